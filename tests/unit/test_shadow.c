/* Files as a plan would leave them: every answer is the one that the port
 * gives where the same is really done, and nothing is. */
#include "port_kit.h"

#include "arena.h"
#include "file.h"
#include "shadow.h"

/* One operation, in the shadow and for real; *text is what it gave. */
static enum status perform(struct shadow *s, const char *root, const char *op,
                           const char *args, struct buf *text)
{
    struct json *j = kit_json(args);
    struct json *value = NULL;
    struct err err = {0};
    struct port_call call = {.op = op, .args = j, .root = root};
    enum status st = s ? shadow_perform(s, &call, &value, &err)
                       : port_fs.perform(NULL, &call, &value, &err);
    buf_clear(text);
    if (st == ST_OK)
        json_write(value, text);
    else
        buf_str(text, err.msg);
    json_free(value);
    json_free(j);
    return st;
}

static void put_tree(const char *root)
{
    struct err err = {0};
    assert_int_equal(file_mkdirs(kit_path(root, "a/b"), &err), ST_OK);
    assert_int_equal(file_mkdirs(kit_path(root, "empty"), &err), ST_OK);
    kit_put(root, "one", "1\n");
    kit_put(root, "a/two", "2\n");
    kit_put(root, "a/b/three", "3\n");
}

static const struct {
    const char *op, *args;
} operations[] = {
    {"fs.list", "{\"dir\":\".\"}"},
    {"fs.write", "{\"path\":\"one\",\"text\":\"11\\n\"}"},
    {"fs.read", "{\"path\":\"one\"}"},
    {"fs.write", "{\"path\":\"one\",\"text\":\"11\\n\"}"},
    {"fs.append", "{\"path\":\"a/two\",\"text\":\"22\\n\"}"},
    {"fs.read", "{\"path\":\"./a//two\"}"},
    {"fs.read", "{\"path\":\"a/b/three\"}"},
    {"fs.append", "{\"path\":\"a/new\",\"text\":\"n\"}"},
    {"fs.list", "{\"dir\":\"a\"}"},
    {"fs.exists", "{\"path\":\"a/new\"}"},
    {"fs.write", "{\"path\":\"no/such\",\"text\":\"x\"}"},
    {"fs.write", "{\"path\":\"a\",\"text\":\"x\"}"},
    {"fs.write", "{\"path\":\"../out\",\"text\":\"x\"}"},
    {"fs.write", "{\"path\":\"/out\",\"text\":\"x\"}"},
    {"fs.write", "{\"path\":\".git/config\",\"text\":\"x\"}"},
    {"fs.mkdir", "{\"path\":\"c/d/e\"}"},
    {"fs.mkdir", "{\"path\":\"c/d\"}"},
    {"fs.mkdir", "{\"path\":\"a/b/f\"}"},
    {"fs.mkdir", "{\"path\":\"one\"}"},
    {"fs.exists", "{\"path\":\"c/d\"}"},
    {"fs.list", "{\"dir\":\"c/d\"}"},
    {"fs.write", "{\"path\":\"c/d/e/f\",\"text\":\"x\"}"},
    {"fs.list", "{\"dir\":\"c/d/e\"}"},
    {"fs.list", "{\"dir\":\".\"}"},
    {"fs.remove", "{\"path\":\"a/b\"}"},
    {"fs.remove", "{\"path\":\"a/b/three\"}"},
    {"fs.exists", "{\"path\":\"a/b/three\"}"},
    {"fs.read", "{\"path\":\"a/b/three\"}"},
    {"fs.list", "{\"dir\":\"a/b\"}"},
    {"fs.remove", "{\"path\":\"a/b/three\"}"},
    {"fs.remove", "{\"path\":\"a/b/f\"}"},
    {"fs.remove", "{\"path\":\"a/b\"}"},
    {"fs.list", "{\"dir\":\"a\"}"},
    {"fs.list", "{\"dir\":\"a/b\"}"},
    {"fs.exists", "{\"path\":\"a/b\"}"},
    {"fs.remove", "{\"path\":\"empty\"}"},
    {"fs.write", "{\"path\":\"empty\",\"text\":\"a file now\"}"},
    {"fs.read", "{\"path\":\"empty\"}"},
    {"fs.mkdir", "{\"path\":\"a/b\"}"},
    {"fs.list", "{\"dir\":\"a/b\"}"},
    {"fs.write", "{\"path\":\"a/b/three\",\"text\":\"again\"}"},
    {"fs.read", "{\"path\":\"a/b/three\"}"},
    {"fs.list", "{\"dir\":\"nowhere\"}"},
    {"fs.list", "{\"dir\":\".\"}"},
};

static void it_answers_as_the_port_does(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    struct arena a = {0};
    const char *live = path_join(&a, k->dir, "live");
    const char *real = path_join(&a, k->dir, "real");
    put_tree(live);
    assert_int_equal(file_mkdirs(real, &err), ST_OK);
    assert_int_equal(file_copy_tree(live, real, &err), ST_OK);
    struct shadow *s = shadow_new(live, kit_path(k->dir, "shadow"));
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        struct buf got = {0};
        struct buf want = {0};
        enum status foreseen =
            perform(s, live, operations[i].op, operations[i].args, &got);
        enum status done =
            perform(NULL, real, operations[i].op, operations[i].args, &want);
        if (foreseen != done || strcmp(buf_cstr(&got), buf_cstr(&want)) != 0)
            fail_msg("%zu: %s %s: %s, not %s", i, operations[i].op,
                     operations[i].args, buf_cstr(&got), buf_cstr(&want));
        buf_release(&got);
        buf_release(&want);
    }
    struct buf text = {0};
    assert_int_equal(file_read(kit_path(live, "one"), 100, &text, &err), ST_OK);
    assert_string_equal(buf_cstr(&text), "1\n");
    assert_true(file_exists(kit_path(live, "a/b/three")));
    assert_false(file_exists(kit_path(live, "c")));
    assert_false(file_exists(kit_path(live, "a/new")));
    buf_release(&text);
    shadow_free(s);
    arena_release(&a);
}

static void what_is_shown_is_what_is_there(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    const char *live = path_join(&a, k->dir, "live");
    struct buf text = {0};
    put_tree(live);
    struct shadow *s = shadow_new(live, kit_path(k->dir, "shadow"));
    assert_false(shadow_any(s));
    assert_string_equal(shadow_root(s, "one"), live);
    perform(s, live, "fs.write", "{\"path\":\"one\",\"text\":\"new\"}", &text);
    perform(s, live, "fs.remove", "{\"path\":\"a/two\"}", &text);
    assert_true(shadow_any(s));
    static const struct {
        const char *path, *want;
    } rows[] = {
        {"one", "\"new\""},        {"a/two", "null"},
        {"a/b/three", "\"3\\n\""}, {"a", "{\"folder\":true}"},
        {"nowhere", "null"},       {"../../etc/passwd", "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *seen = shadow_look(s, rows[i].path);
        buf_clear(&text);
        json_write(seen, &text);
        assert_string_equal(buf_cstr(&text), rows[i].want);
        json_free(seen);
    }
    assert_string_equal(shadow_root(s, "a/b/three"), live);
    assert_string_not_equal(shadow_root(s, "a/two"), live);
    buf_release(&text);
    shadow_free(s);
    arena_release(&a);
}

#define shadow_test(fn)                                                        \
    cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        shadow_test(it_answers_as_the_port_does),
        shadow_test(what_is_shown_is_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
