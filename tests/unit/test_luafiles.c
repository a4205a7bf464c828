/* Lua modules: embedded, and a directory's on top. */
#include "luafiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"

struct place {
    struct arena a;
    char dir[64];
};

static int enter(void **state)
{
    static struct place p;
    memcpy(p.dir, "/tmp/runproof-test-XXXXXX", 26);
    *state = &p;
    return mkdtemp(p.dir) ? 0 : -1;
}

static int leave(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    enum status st = file_remove_tree(p->dir, &err);
    arena_release(&p->a);
    return st == ST_OK ? 0 : -1;
}

static void put(struct place *p, const char *name, struct span text)
{
    struct err err = {0};
    char *path = path_join(&p->a, p->dir, name);
    assert_int_equal(file_mkdirs(path_dir(&p->a, path), &err), ST_OK);
    assert_int_equal(file_write(path, text, &err), ST_OK);
}

static const struct luafile *module(const struct luafile *v, size_t n,
                                    const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i].name, name) == 0)
            return &v[i];
    return NULL;
}

static void assert_sorted(const struct luafile *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(v[i - 1].name, v[i].name) < 0);
}

static size_t embedded_count(void)
{
    size_t n = 0;
    while (luafile_embedded[n].name)
        n++;
    return n;
}

static void test_embedded(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct luafile *v = NULL;
    size_t n = 0;
    assert_int_equal(luafiles_load(NULL, &p->a, &v, &n, &err), ST_OK);
    assert_int_equal(n, embedded_count());
    assert_sorted(v, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(v[i].embedded);
        assert_string_equal(v[i].sha256.hex, hash_sha256(v[i].text).hex);
    }
}

static void test_by_name(void **state)
{
    (void)state;
    assert_int_equal(luafile_embedded_count, embedded_count());
    for (size_t i = 0; i < luafile_embedded_count; i++) {
        const struct luafile_row *row = &luafile_embedded[i];
        if (i)
            assert_true(strcmp(row[-1].name, row->name) < 0);
        struct span text = luafile_text(row->name);
        assert_ptr_equal(text.p, row->text);
        assert_int_equal(text.n, row->size);
    }
    assert_null(luafile_text("preludes").p);
}

static void test_directory(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct luafile *v = NULL;
    size_t n = 0;
    put(p, "zz-new.lua", SPAN("return 1"));
    put(p, "zz/deep/er.lua", SPAN("\xFF\0\r\n"));
    put(p, "zz/deep/notes.md", SPAN("no"));
    put(p, "zz.lua.bak", SPAN("no"));
    assert_int_equal(luafiles_load(p->dir, &p->a, &v, &n, &err), ST_OK);
    assert_int_equal(n, embedded_count() + 2);
    assert_sorted(v, n);
    const struct luafile *f = module(v, n, "zz-new");
    assert_false(f->embedded);
    assert_true(span_is(f->text, "return 1"));
    f = module(v, n, "zz/deep/er");
    assert_int_equal(f->text.n, 4);
    assert_memory_equal(f->text.p, "\xFF\0\r\n", 4);
}

static void test_override(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct luafile *v = NULL;
    size_t n = 0;
    size_t count = embedded_count();
    assert_true(count > 0);
    const char *name = luafile_embedded[count - 1].name;
    put(p, arena_printf(&p->a, "%s.lua", name), SPAN("-- mine"));
    assert_int_equal(luafiles_load(p->dir, &p->a, &v, &n, &err), ST_OK);
    assert_int_equal(n, count);
    assert_true(span_is(module(v, n, name)->text, "-- mine"));
    assert_false(module(v, n, name)->embedded);
}

static void test_refused(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct luafile *v = NULL;
    size_t n = 0;
    char *none = path_join(&p->a, p->dir, "none");
    assert_int_equal(luafiles_load(none, &p->a, &v, &n, &err), ST_IO);
    assert_non_null(strstr(err.msg, none));
    err_clear(&err);
    size_t big = (1u << 20) + 1;
    put(p, "big.lua", (struct span){arena_alloc(&p->a, big), big});
    assert_int_equal(luafiles_load(p->dir, &p->a, &v, &n, &err), ST_LIMIT);
    assert_non_null(strstr(err.msg, "big.lua"));
}

static void test_links_that_go_round(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct luafile *v = NULL;
    size_t n = 0;
    assert_int_equal(symlink(".", path_join(&p->a, p->dir, "round")), 0);
    assert_int_equal(luafiles_load(p->dir, &p->a, &v, &n, &err), ST_LIMIT);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_embedded),  cmocka_unit_test(test_by_name),
        IN_PLACE(test_directory), IN_PLACE(test_override),
        IN_PLACE(test_refused),   IN_PLACE(test_links_that_go_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
