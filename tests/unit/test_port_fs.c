/* fs.*: reads, whole writes, and no way out of the repository. */
#include "port_fs.h"

#include "port_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hash.h"

static void writes_and_reads(void **state)
{
    struct kit *k = *state;
    kit_call(k, "fs.write", "{\"path\":\"a.txt\",\"text\":\"one\\n\"}");
    assert_value(k, "{\"path\":\"a.txt\",\"bytes\":4,\"changed\":true,"
                    "\"sha256\":\"2c8b08da5ce60398e1f19af0e5dccc744df274b8"
                    "26abe585eaba68c525434806\"}");
    kit_call(k, "fs.read", "{\"path\":\"a.txt\"}");
    assert_value(k, "\"one\\n\"");
    kit_call(k, "fs.write", "{\"path\":\"./a.txt\",\"text\":\"one\\n\"}");
    assert_false(json_get_bool(k->value, "changed", true));
    kit_call(k, "fs.append", "{\"path\":\"a.txt\",\"text\":\"two\\n\"}");
    assert_int_equal(json_get_int(k->value, "bytes", -1), 8);
    assert_file(k->root, "a.txt", "one\ntwo\n");
    kit_call(k, "fs.append", "{\"path\":\"new.log\",\"text\":\"first\"}");
    assert_file(k->root, "new.log", "first");
}

static void carries_any_bytes(void **state)
{
    struct kit *k = *state;
    kit_call(k, "fs.write", "{\"path\":\"b\",\"text\":{\"$bytes\":\"AP8=\"}}");
    kit_call(k, "fs.read", "{\"path\":\"b\"}");
    assert_value(k, "{\"$bytes\":\"AP8=\"}");
    kit_call(k, "fs.write", "{\"path\":\"empty\",\"text\":\"\"}");
    kit_call(k, "fs.read", "{\"path\":\"empty\"}");
    assert_value(k, "\"\"");
}

static void keeps_the_mode(void **state)
{
    struct kit *k = *state;
    struct stat st;
    kit_put(k->root, "run", "x");
    chmod(kit_path(k->root, "run"), 0750);
    kit_call(k, "fs.write", "{\"path\":\"run\",\"text\":\"y\"}");
    assert_int_equal(stat(kit_path(k->root, "run"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
}

static void folders(void **state)
{
    struct kit *k = *state;
    kit_call(k, "fs.mkdir", "{\"path\":\"d/e/f\"}");
    assert_value(k, "true");
    kit_call(k, "fs.mkdir", "{\"path\":\"d/e/f/\"}");
    assert_value(k, "false");
    kit_put(k->root, "d/z", "12345");
    kit_put(k->root, "d/a", "");
    assert_int_equal(symlink("z", kit_path(k->root, "d/l")), 0);
    kit_call(k, "fs.list", "{\"dir\":\"d\"}");
    assert_value(k, "[\"a\",\"e\",\"l\",\"z\"]");
    kit_call(k, "fs.list", "{\"dir\":\".\"}");
    assert_value(k, "[\"d\"]");
    kit_call(k, "fs.mkdir", "{\"path\":\"d/z\"}");
    assert_error(k, ST_FAILED, "a file is in the way");
    kit_call(k, "fs.mkdir", "{\"path\":\"d/z/y\"}");
    assert_error(k, ST_FAILED, "not a folder");
}

static void exists_and_remove(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *args, *value;
    } rows[] = {
        {"fs.exists", "{\"path\":\"f\"}", "true"},
        {"fs.exists", "{\"path\":\"d\"}", "true"},
        {"fs.exists", "{\"path\":\"none\"}", "false"},
        {"fs.exists", "{\"path\":\"f/below\"}", "false"},
        {"fs.exists", "{\"path\":\"none/at/all\"}", "false"},
        {"fs.remove", "{\"path\":\"f\"}", "true"},
        {"fs.remove", "{\"path\":\"f\"}", "false"},
        {"fs.remove", "{\"path\":\"none/at/all\"}", "false"},
        {"fs.remove", "{\"path\":\"d\"}", "true"},
    };
    kit_put(k->root, "f", "x");
    assert_int_equal(mkdir(kit_path(k->root, "d"), 0755), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, rows[i].op, "%s", rows[i].args);
        assert_value(k, rows[i].value);
    }
}

/* Nothing leaves the root, and nothing touches history or evidence. */
static void refuses(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *path, *message;
    } rows[] = {
        {"fs.read", "/etc/passwd", "leaves the repository"},
        {"fs.read", "../outside/f", "leaves the repository"},
        {"fs.read", "d/../../outside/f", "leaves the repository"},
        {"fs.read", "link", "leaves the repository"},
        {"fs.read", "up/f", "leaves the repository"},
        {"fs.read", "abs/f", "leaves the repository"},
        {"fs.exists", "up/f", "leaves the repository"},
        {"fs.write", "up/f", "leaves the repository"},
        {"fs.write", "up/new", "leaves the repository"},
        {"fs.write", "link", "symbolic link"},
        {"fs.write", "/tmp/f", "leaves the repository"},
        {"fs.append", "abs/f", "leaves the repository"},
        {"fs.remove", "up/f", "leaves the repository"},
        {"fs.mkdir", "up/d", "leaves the repository"},
        {"fs.mkdir", "../d", "leaves the repository"},
        {"fs.write", ".git/config", "inside .git"},
        {"fs.write", "g/config", "inside .git"},
        {"fs.remove", ".git", "inside .git"},
        {"fs.mkdir", ".git/hooks", "inside .git"},
        {"fs.write", "artifacts/o/r/journal.jsonl", "journal"},
        {"fs.append", "artifacts/o/r/journal.jsonl", "journal"},
        {"fs.remove", "artifacts/o/r/journal.jsonl", "journal"},
        {"fs.append", "d/a/o/r/journal.jsonl", "journal"},
    };
    kit_put(k->outside, "f", "secret");
    assert_int_equal(mkdir(kit_path(k->root, "d"), 0755), 0);
    assert_int_equal(mkdir(kit_path(k->root, ".git"), 0755), 0);
    assert_int_equal(
        file_mkdirs(kit_path(k->root, "artifacts/o/r"), &(struct err){0}),
        ST_OK);
    kit_put(k->root, "artifacts/o/r/journal.jsonl", "{}\n");
    assert_int_equal(symlink("../outside/f", kit_path(k->root, "link")), 0);
    assert_int_equal(symlink("../outside", kit_path(k->root, "up")), 0);
    assert_int_equal(symlink(k->outside, kit_path(k->root, "abs")), 0);
    assert_int_equal(symlink(".git", kit_path(k->root, "g")), 0);
    assert_int_equal(symlink("../artifacts", kit_path(k->root, "d/a")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, rows[i].op, "{\"path\":\"%s\",\"text\":\"x\"}",
                 rows[i].path);
        assert_error(k, ST_REFUSED, rows[i].message);
    }
    assert_file(k->outside, "f", "secret");
    assert_file(k->root, "artifacts/o/r/journal.jsonl", "{}\n");
    assert_false(file_exists(kit_path(k->outside, "new")));
    assert_false(file_exists(kit_path(k->outside, "d")));
}

/* What a runbook may catch, each with its reason. */
static void fails(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *args;
        enum status st;
        const char *message;
    } rows[] = {
        {"fs.read", "{\"path\":\"none\"}", ST_FAILED, "no file none"},
        {"fs.read", "{\"path\":\".\"}", ST_FAILED, "is a folder"},
        {"fs.read", "{\"path\":\"fifo\"}", ST_FAILED, "not a plain file"},
        {"fs.read", "{\"path\":\"big\"}", ST_FAILED, "over 16 MiB"},
        {"fs.read", "{}", ST_INPUT, "needs a path"},
        {"fs.read", "{\"path\":\"\"}", ST_INPUT, "empty"},
        {"fs.list", "{\"dir\":\"none\"}", ST_FAILED, "no folder none"},
        {"fs.write", "{\"path\":\"f\"}", ST_INPUT, "needs a text"},
        {"fs.write", "{\"path\":\"x/y\",\"text\":\"\"}", ST_FAILED, "mkdir"},
        {"fs.write", "{\"path\":\"d\",\"text\":\"\"}", ST_FAILED, "a folder"},
        {"fs.write", "{\"path\":\"d/.\",\"text\":\"\"}", ST_INPUT, "folder"},
        {"fs.write", "{\"path\":\"f\",\"text\":{\"$secret\":\"s1\"}}",
         ST_REFUSED, "secret"},
        {"fs.remove", "{\"path\":\"d\"}", ST_FAILED, "not empty"},
    };
    assert_int_equal(mkdir(kit_path(k->root, "d"), 0755), 0);
    kit_put(k->root, "d/f", "");
    kit_put(k->root, "big", "");
    assert_int_equal(truncate(kit_path(k->root, "big"), (16 << 20) + 1), 0);
    assert_int_equal(mkfifo(kit_path(k->root, "fifo"), 0600), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, rows[i].op, "%s", rows[i].args);
        assert_error(k, rows[i].st, rows[i].message);
    }
}

/* The digests of the intent are the truth, before and after. */
static void tells_what_will_be(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *path, *before, *after; /* NULL: a digest */
    } rows[] = {
        {"fs.write", "f", "absent", NULL},
        {"fs.append", "f", NULL, NULL},
        {"fs.write", "f", NULL, NULL},
        {"fs.remove", "f", NULL, "absent"},
        {"fs.mkdir", "d/e", "absent", "directory"},
        {"fs.mkdir", "d/e", "directory", "directory"},
        {"fs.remove", "d/e", "directory", "absent"},
        {"fs.remove", "d/e", "absent", "absent"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char before[FS_STATE_ROOM], after[FS_STATE_ROOM], now[FS_STATE_ROOM],
            unused[FS_STATE_ROOM];
        struct json *args = kit_json("{\"text\":\"x\\n\"}");
        json_put_str(args, "path", rows[i].path);
        fs_state_digest(k->root, rows[i].op, args, before, after);
        if (rows[i].before)
            assert_string_equal(before, rows[i].before);
        if (rows[i].after)
            assert_string_equal(after, rows[i].after);
        assert_int_equal(kit_perform(k, rows[i].op, args), ST_OK);
        fs_state_digest(k->root, "fs.remove", args, now, unused);
        assert_string_equal(now, after);
    }
}

static void what_is_refused_is_unknown(void **state)
{
    struct kit *k = *state;
    static const char *const refused[] = {
        "{\"path\":\"../f\",\"text\":\"\"}", "{\"path\":\"f\"}",
        "{\"path\":\".git/config\",\"text\":\"\"}", "{}"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char before[FS_STATE_ROOM], after[FS_STATE_ROOM];
        struct json *args = kit_json(refused[i]);
        fs_state_digest(k->root, "fs.write", args, before, after);
        assert_string_equal(before, "unknown");
        assert_string_equal(after, "unknown");
        json_free(args);
    }
}

/* Writes "a" or "b" for ever. */
static _Noreturn void writer(struct kit *k)
{
    for (;;)
        for (char c = 'a'; c <= 'b'; c++) {
            struct buf text = {0};
            buf_str(&text, "{\"path\":\"f\",\"text\":\"");
            for (int i = 0; i < 200000; i++)
                buf_char(&text, c);
            buf_str(&text, "\"}");
            kit_perform(k, "fs.write", kit_json(buf_cstr(&text)));
            buf_release(&text);
        }
}

static void assert_whole(struct kit *k)
{
    struct buf b = {0};
    struct err err = {0};
    assert_int_equal(file_read(kit_path(k->root, "f"), 1 << 20, &b, &err),
                     ST_OK);
    assert_int_equal(b.n, 200000);
    for (size_t i = 1; i < b.n; i++)
        assert_int_equal(b.p[i], b.p[0]);
    buf_release(&b);
}

/* Killed anywhere in a write, the file is whole, and the next write leaves
 * nothing of the killed one behind. */
static void survives_a_kill(void **state)
{
    struct kit *k = *state;
    for (int i = 0; i < 12; i++) {
        pid_t pid = fork();
        if (pid == 0)
            writer(k);
        int64_t until = clock_mono_ms() + 10000;
        while (!file_exists(kit_path(k->root, "f")) && clock_mono_ms() < until)
            usleep(1000);
        usleep((useconds_t)(i * 1700));
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_whole(k);
    }
    kit_call(k, "fs.write", "{\"path\":\"f\",\"text\":\"end\"}");
    kit_call(k, "fs.list", "{\"dir\":\".\"}");
    assert_value(k, "[\"f\"]");
}

static void full_disk_changes_nothing(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, "f", "before");
    pid_t pid = fork();
    if (pid == 0) {
        const struct rlimit small = {4096, 4096};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        struct buf text = {0};
        buf_printf(&text, "{\"path\":\"f\",\"text\":\"%08000d\"}", 0);
        enum status st = kit_perform(k, "fs.write", kit_json(buf_cstr(&text)));
        _exit(st == ST_FAILED && strstr(k->err.msg, "too large") ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_file(k->root, "f", "before");
    kit_call(k, "fs.list", "{\"dir\":\".\"}");
    assert_int_equal(json_size(k->value), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_and_reads, kit_enter, kit_leave),
        cmocka_unit_test_setup_teardown(carries_any_bytes, kit_enter,
                                        kit_leave),
        cmocka_unit_test_setup_teardown(keeps_the_mode, kit_enter, kit_leave),
        cmocka_unit_test_setup_teardown(folders, kit_enter, kit_leave),
        cmocka_unit_test_setup_teardown(exists_and_remove, kit_enter,
                                        kit_leave),
        cmocka_unit_test_setup_teardown(refuses, kit_enter, kit_leave),
        cmocka_unit_test_setup_teardown(fails, kit_enter, kit_leave),
        cmocka_unit_test_setup_teardown(tells_what_will_be, kit_enter,
                                        kit_leave),
        cmocka_unit_test_setup_teardown(what_is_refused_is_unknown, kit_enter,
                                        kit_leave),
        cmocka_unit_test_setup_teardown(survives_a_kill, kit_enter, kit_leave),
        cmocka_unit_test_setup_teardown(full_disk_changes_nothing, kit_enter,
                                        kit_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
