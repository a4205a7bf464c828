/* Files: bounded reads, atomic replacement, no way out of a root. */
#include "file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"

/* Every test runs in a directory of its own, removed behind it. */
struct place {
    struct arena a;
    char dir[64];
};

static int enter(void **state)
{
    static struct place p;
    snprintf(p.dir, sizeof p.dir, "/tmp/runproof-test-XXXXXX");
    *state = &p;
    return mkdtemp(p.dir) ? 0 : -1;
}

static int leave(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    enum status st = file_remove_tree(p->dir, &err);
    arena_release(&p->a);
    return st == ST_OK && !file_exists(p->dir) ? 0 : -1;
}

static char *at(struct place *p, const char *name)
{
    return path_join(&p->a, p->dir, name);
}

static void put(const char *path, const char *text)
{
    struct err err = {0};
    if (file_write(path, span_of(text), &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static void assert_holds(const char *path, const char *text)
{
    struct err err = {0};
    struct buf out = {0};
    assert_int_equal(file_read(path, 1 << 20, &out, &err), ST_OK);
    assert_string_equal(buf_cstr(&out), text);
    buf_release(&out);
}

static void assert_names(struct place *p, const char *dir, const char *want)
{
    struct err err = {0};
    struct buf all = {0};
    char **names = NULL;
    size_t n = 0;
    assert_int_equal(file_list(dir, &p->a, &names, &n, &err), ST_OK);
    for (size_t i = 0; i < n; i++)
        buf_printf(&all, "%s ", names[i]);
    assert_string_equal(buf_cstr(&all), want);
    buf_release(&all);
}

static void test_read(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct buf out = {0};
    put(at(p, "five"), "12345");
    buf_str(&out, "had ");
    assert_int_equal(file_read(at(p, "five"), 5, &out, &err), ST_OK);
    assert_string_equal(buf_cstr(&out), "had 12345");
    buf_release(&out);
}

static void test_read_refused(void **state)
{
    struct place *p = *state;
    put(at(p, "five"), "12345");
    assert_int_equal(symlink("loop", at(p, "loop")), 0);
    const struct {
        const char *path;
        enum status st;
        const char *says;
    } rows[] = {
        {at(p, "five"), ST_LIMIT, "larger than 4 bytes"},
        {at(p, "none"), ST_IO, "No such file"},
        {at(p, "five/x"), ST_IO, "Not a directory (check the path)"},
        {at(p, "loop"), ST_IO, "symbolic links"},
        {p->dir, ST_IO, "it is a directory"},
        {"/dev/full", ST_IO, "not a regular file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct buf out = {0};
        buf_str(&out, "kept");
        assert_int_equal(file_read(rows[i].path, 4, &out, &err), rows[i].st);
        if (!strstr(err.msg, rows[i].says) || !strstr(err.msg, rows[i].path))
            fail_msg("%s", err.msg);
        assert_string_equal(buf_cstr(&out), "kept");
        buf_release(&out);
    }
}

static void test_create(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(file_create(at(p, "new"), SPAN("first"), &err), ST_OK);
    assert_int_equal(symlink("gone", at(p, "link")), 0);
    const char *const taken[] = {at(p, "new"), at(p, "link"), at(p, "no/new")};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        assert_int_equal(file_create(taken[i], SPAN("second"), &err),
                         ST_UNWRITTEN);
        if (!strstr(err.msg, taken[i]))
            fail_msg("%s", err.msg);
        err_clear(&err);
    }
    assert_holds(at(p, "new"), "first");
    assert_names(p, p->dir, "link new ");
}

static void test_replace(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct stat info;
    char *path = at(p, "doc.md");
    put(path, "old");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(file_replace(path, SPAN("new\0er"), &err), ST_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
    assert_int_equal(info.st_size, 6);
    assert_names(p, p->dir, "doc.md ");
}

static void test_replace_through_link(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct stat info;
    put(at(p, "real"), "old");
    assert_int_equal(symlink("real", at(p, "link")), 0);
    assert_int_equal(file_replace(at(p, "link"), SPAN("new"), &err), ST_OK);
    assert_holds(at(p, "real"), "new");
    assert_int_equal(lstat(at(p, "link"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

static void test_replace_refused(void **state)
{
    struct place *p = *state;
    put(at(p, "file"), "x");
    put(at(p, "locked"), "x");
    assert_int_equal(chmod(at(p, "locked"), 0444), 0);
    const struct {
        const char *path, *says;
    } rows[] = {
        {at(p, "none/doc.md"), "No such file"},
        {at(p, "file/doc.md"), "Not a directory"},
        {at(p, "locked"), "read-only"},
        {p->dir, "not a regular file"},
        {"/dev/full", "not a regular file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        assert_int_equal(file_replace(rows[i].path, SPAN("y"), &err),
                         ST_UNWRITTEN);
        if (!strstr(err.msg, rows[i].says))
            fail_msg("%s", err.msg);
    }
    assert_holds(at(p, "locked"), "x");
    assert_names(p, p->dir, "file locked ");
}

/* A file size limit stands in for a full disk: it needs neither root nor a
 * mount. In a child, since the limit cannot be raised again. */
static int in_child_with_limit(rlim_t bytes, int (*fn)(struct place *p),
                               struct place *p)
{
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {bytes, bytes};
        _exit(setrlimit(RLIMIT_FSIZE, &limit) ? 99 : fn(p));
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static int replace_too_much(struct place *p)
{
    struct err err = {0};
    struct span big = {arena_alloc(&p->a, 100000), 100000};
    enum status st = file_replace(at(p, "doc.md"), big, &err);
    return st == ST_UNWRITTEN && strstr(err.msg, "File too large") ? 0 : 1;
}

static int append_too_much(struct place *p)
{
    struct err err = {0};
    enum status st = file_append(at(p, "log"), SPAN("0123456789"), &err);
    return st == ST_UNWRITTEN && err.st == ST_UNWRITTEN ? 0 : 1;
}

static void test_full_disk(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    put(at(p, "doc.md"), "old");
    put(at(p, "log"), "line\n");
    assert_int_equal(in_child_with_limit(4096, replace_too_much, p), 0);
    assert_int_equal(in_child_with_limit(9, append_too_much, p), 0);
    assert_holds(at(p, "doc.md"), "old");
    assert_holds(at(p, "log"), "line\n");
    assert_names(p, p->dir, "doc.md log ");
    assert_int_equal(file_append("/dev/full", SPAN("x"), &err), ST_UNWRITTEN);
    assert_non_null(strstr(err.msg, "No space left"));
}

static void test_append(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct stat info;
    char *path = at(p, "log");
    assert_int_equal(file_append(path, SPAN("a\n"), &err), ST_OK);
    assert_int_equal(file_append(path, SPAN("b\n"), &err), ST_OK);
    assert_holds(path, "a\nb\n");
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0133, 0);
    assert_int_equal(file_append(at(p, "no/log"), SPAN("b"), &err),
                     ST_UNWRITTEN);
}

static void test_mkdirs(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(file_mkdirs(at(p, "a//b/c/"), &err), ST_OK);
    assert_int_equal(file_mkdirs(at(p, "a/b"), &err), ST_OK);
    assert_true(file_is_dir(at(p, "a/b/c")));
    put(at(p, "file"), "x");
    assert_int_equal(file_mkdirs(at(p, "file/d"), &err), ST_IO);
    assert_non_null(strstr(err.msg, "file"));
}

static void test_list(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    char **names = NULL;
    size_t n = 0;
    put(at(p, "b"), "");
    put(at(p, "a"), "");
    put(at(p, "\xC3\xA9"), "");
    put(at(p, "Z"), "");
    assert_names(p, p->dir, "Z a b \xC3\xA9 ");
    assert_int_equal(file_list(at(p, "a"), &p->a, &names, &n, &err), ST_IO);
}

static void test_copy_tree(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    struct stat info;
    assert_int_equal(file_mkdirs(at(p, "from/sub/empty"), &err), ST_OK);
    put(at(p, "from/one"), "1");
    put(at(p, "from/sub/two"), "2");
    assert_int_equal(chmod(at(p, "from/one"), 0755), 0);
    assert_int_equal(file_copy_tree(at(p, "from"), at(p, "to/deep"), &err),
                     ST_OK);
    assert_holds(at(p, "to/deep/one"), "1");
    assert_holds(at(p, "to/deep/sub/two"), "2");
    assert_true(file_is_dir(at(p, "to/deep/sub/empty")));
    assert_int_equal(stat(at(p, "to/deep/one"), &info), 0);
    assert_int_equal(info.st_mode & 0100, 0100);
}

static void test_copy_tree_refused(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(file_mkdirs(at(p, "from"), &err), ST_OK);
    assert_int_equal(symlink("/etc/passwd", at(p, "from/link")), 0);
    assert_int_equal(file_copy_tree(at(p, "from"), at(p, "to"), &err),
                     ST_INPUT);
    assert_non_null(strstr(err.msg, "from/link"));
    err_clear(&err);
    assert_int_equal(file_copy_tree(at(p, "from"), at(p, "from/in"), &err),
                     ST_INPUT);
    assert_non_null(strstr(err.msg, "into itself"));
    err_clear(&err);
    assert_int_equal(file_copy_tree(at(p, "none"), at(p, "to"), &err), ST_IO);
}

static void test_remove_tree_keeps_link_targets(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(file_mkdirs(at(p, "kept"), &err), ST_OK);
    put(at(p, "kept/x"), "x");
    assert_int_equal(file_mkdirs(at(p, "gone/sub"), &err), ST_OK);
    assert_int_equal(symlink("../kept", at(p, "gone/link")), 0);
    assert_int_equal(file_remove_tree(at(p, "gone"), &err), ST_OK);
    assert_int_equal(file_remove_tree(at(p, "gone"), &err), ST_OK);
    assert_false(file_exists(at(p, "gone")));
    assert_holds(at(p, "kept/x"), "x");
}

static void test_open_beneath(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    char got[8] = {0};
    assert_int_equal(file_mkdirs(at(p, "root/sub"), &err), ST_OK);
    put(at(p, "root/sub/in"), "inside");
    assert_int_equal(symlink("sub/in", at(p, "root/near")), 0);
    char *root = at(p, "root");
    int fd = file_open_beneath(root, "near", O_RDONLY, 0, &err);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, got, sizeof got), 6);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    fd = file_open_beneath(root, "sub/new", O_WRONLY | O_CREAT, 0600, &err);
    assert_true(fd >= 0);
    close(fd);
    assert_true(file_exists(at(p, "root/sub/new")));
}

static void test_open_beneath_refused(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(file_mkdirs(at(p, "root/sub"), &err), ST_OK);
    put(at(p, "out"), "outside");
    assert_int_equal(symlink("../out", at(p, "root/up")), 0);
    assert_int_equal(symlink("..", at(p, "root/updir")), 0);
    assert_int_equal(symlink("/etc", at(p, "root/abs")), 0);
    assert_int_equal(symlink("/proc/self/cwd", at(p, "root/magic")), 0);
    assert_int_equal(symlink("loop", at(p, "root/loop")), 0);
    static const struct {
        const char *rel;
        enum status st;
    } rows[] = {
        {"../out", ST_REFUSED},
        {"/etc/passwd", ST_REFUSED},
        {"sub/../../out", ST_REFUSED},
        {"sub/..", ST_REFUSED},
        {"up", ST_REFUSED},
        {"updir/out", ST_REFUSED},
        {"abs/passwd", ST_REFUSED},
        {"magic/out", ST_REFUSED},
        {"loop", ST_REFUSED},
        {"none", ST_IO},
        {"", ST_IO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err_clear(&err);
        int fd = file_open_beneath(at(p, "root"), rows[i].rel,
                                   O_RDWR | O_CREAT * (i < 9), 0600, &err);
        assert_int_equal(fd, -1);
        if (err.st != rows[i].st)
            fail_msg("%s: %s: %s", rows[i].rel, status_name(err.st), err.msg);
    }
    err_clear(&err);
    assert_int_equal(file_open_beneath(at(p, "no"), "x", O_RDONLY, 0, &err),
                     -1);
    assert_int_equal(err.st, ST_IO);
    assert_names(p, p->dir, "out root ");
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_read),
        IN_PLACE(test_read_refused),
        IN_PLACE(test_create),
        IN_PLACE(test_replace),
        IN_PLACE(test_replace_through_link),
        IN_PLACE(test_replace_refused),
        IN_PLACE(test_full_disk),
        IN_PLACE(test_append),
        IN_PLACE(test_mkdirs),
        IN_PLACE(test_list),
        IN_PLACE(test_copy_tree),
        IN_PLACE(test_copy_tree_refused),
        IN_PLACE(test_remove_tree_keeps_link_targets),
        IN_PLACE(test_open_beneath),
        IN_PLACE(test_open_beneath_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
