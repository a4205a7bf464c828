/* git.*: over a fixture's repository, whose hashes are the same everywhere. */
#include "fixture_repo.h"

#include "port_kit.h"

#include <sys/stat.h>
#include <unistd.h>

/* Made with git itself from the same files and dates. */
#define FIRST "664691803d0efebaa437b51077d8a7be15966c0e"
#define SECOND "1525b7c5e06322d6fc6560d04dbc36b17ff64ec5"

static const char commits[] =
    "[{\"message\":\"api: answer\\n\\nBody.\\n\",\"author\":\"Ada\","
    "\"email\":\"ada@example.com\",\"time\":\"2023-11-14T22:13:20Z\",\"add\":["
    "\"api\"]},"
    "{\"message\":\"all the rest\\n\",\"author\":\"Bob\","
    "\"email\":\"bob@example.com\",\"time\":\"2023-11-14T22:23:20Z\"}]";

static void tree(const char *dir)
{
    struct err err = {0};
    assert_int_equal(file_mkdirs(kit_path(dir, "api/v1"), &err), ST_OK);
    kit_put(dir, "api/v1/main.c", "int main(void)\n{\n    return 42;\n}\n");
    kit_put(dir, "api/run.sh", "#!/bin/sh\necho run\n");
    chmod(kit_path(dir, "api/run.sh"), 0755);
    chmod(kit_path(dir, "api/v1/main.c"), 0644);
    kit_put(dir, "README", "one\ntwo\nthree\n");
    kit_put(dir, ".gitignore", "*.log\n");
    kit_put(dir, "x.log", "noise\n");
}

static enum status make(const char *dir, const char *list, struct err *err)
{
    struct json *j = kit_json(list), *shas = NULL;
    enum status st = fixture_repo_init(dir, NULL, j, &shas, err);
    if (st == ST_OK && !strcmp(list, commits)) {
        assert_string_equal(json_str(json_first(shas)), FIRST);
        assert_string_equal(json_str(json_next(json_first(shas))), SECOND);
    }
    json_free(j);
    json_free(shas);
    return st;
}

static int enter(void **state)
{
    struct err err = {0};
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    tree(k->root);
    return make(k->root, commits, &err) == ST_OK ? 0 : -1;
}

static void same_hash_everywhere(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    kit_call(k, "git.head", "{}");
    assert_value(k, "{\"sha\":\"" SECOND "\",\"short\":\"1525b7c\","
                    "\"branch\":\"main\",\"subject\":\"all the rest\","
                    "\"author\":\"Bob\",\"email\":\"bob@example.com\","
                    "\"time\":1700000600,\"dirty\":false}");
    tree(k->outside);
    assert_int_equal(make(k->outside, commits, &err), ST_OK);
    snprintf(k->root, sizeof k->root, "%s", k->outside);
    kit_call(k, "git.head", "{}");
    assert_string_equal(json_get_str(k->value, "sha", ""), SECOND);
}

static void bad_fixtures(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *list, *message;
        enum status st;
    } rows[] = {
        {"[]", "needs a list", ST_INPUT},
        {"{}", "needs a list", ST_INPUT},
        {"[{\"add\":[\"none\"]}]", "none, which adds no file", ST_INPUT},
        {"[{\"add\":[7]}]", "no path", ST_INPUT},
        {"[{\"author\":\"\"}]", "commit the fixture", ST_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        assert_int_equal(file_remove_tree(kit_path(k->root, ".git"), &err),
                         ST_OK);
        assert_int_equal(make(k->root, rows[i].list, &err), rows[i].st);
        assert_non_null(strstr(err.msg, rows[i].message));
    }
    struct err err = {0};
    assert_int_equal(make(k->root, commits, &err), ST_FAILED);
    assert_non_null(strstr(err.msg, "attempt to reinitialize"));
    static const char *const origins[] = {"{\"refs/heads/x\":\"none\"}",
                                          "{\"refs/heads/x\":1}",
                                          "{\"a..b\":\"HEAD\"}"};
    tree(k->outside);
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        struct json *list = kit_json(commits), *refs = kit_json(origins[i]);
        const struct fixture_origin origin = {kit_path(k->dir, "o.git"), refs};
        struct json *shas = NULL;
        err_clear(&err);
        assert_int_equal(
            fixture_repo_init(k->outside, &origin, list, &shas, &err),
            ST_INPUT);
        assert_non_null(strstr(err.msg, "origin cannot have"));
        json_free(list);
        json_free(refs);
        err_clear(&err);
        assert_int_equal(file_remove_tree(kit_path(k->outside, ".git"), &err),
                         ST_OK);
        assert_int_equal(file_remove_tree(kit_path(k->dir, "o.git"), &err),
                         ST_OK);
    }
}

static void status_of_each_kind(void **state)
{
    struct kit *k = *state;
    kit_call(k, "git.status", "{}");
    assert_value(k, "[]");
    kit_put(k->root, "README", "one\ntwo\nfour\n");
    unlink(kit_path(k->root, "api/run.sh"));
    kit_put(k->root, "new.txt", "new\n");
    kit_put(k->root, "y.log", "ignored\n");
    assert_int_equal(mkdir(kit_path(k->root, "out"), 0755), 0);
    kit_put(k->root, "out/1", "");
    kit_put(k->root, "out/2", "");
    kit_call(k, "git.status", "{}");
    assert_value(k, "[{\"path\":\"README\",\"state\":\"modified\"},"
                    "{\"path\":\"api/run.sh\",\"state\":\"deleted\"},"
                    "{\"path\":\"new.txt\",\"state\":\"untracked\"},"
                    "{\"path\":\"out/\",\"state\":\"untracked\"}]");
    kit_call(k, "git.head", "{}");
    assert_true(json_get_bool(k->value, "dirty", false));
}

static void untracked_is_not_dirty(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, "new.txt", "new\n");
    kit_call(k, "git.head", "{}");
    assert_false(json_get_bool(k->value, "dirty", true));
}

static void logs(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *args, *first;
        size_t count;
    } rows[] = {
        {"{}", SECOND, 2},
        {"{\"max\":1}", SECOND, 1},
        {"{\"path\":\"api\"}", FIRST, 1},
        {"{\"path\":\"api/v1/main.c\"}", FIRST, 1},
        {"{\"path\":\"README\"}", SECOND, 1},
        {"{\"from\":\"HEAD~1\"}", FIRST, 1},
        {"{\"from\":\"main\",\"path\":\"none\"}", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, "git.log", "%s", rows[i].args);
        assert_int_equal(json_size(k->value), rows[i].count);
        if (rows[i].first)
            assert_string_equal(json_get_str(json_first(k->value), "sha", ""),
                                rows[i].first);
    }
    kit_call(k, "git.log", "{\"from\":\"HEAD~1\"}");
    assert_value(k, "[{\"sha\":\"" FIRST "\",\"subject\":\"api: answer\","
                    "\"author\":\"Ada\",\"email\":\"ada@example.com\","
                    "\"time\":1700000000}]");
}

static void diffs(void **state)
{
    struct kit *k = *state;
    kit_call(k, "git.diff", "{}");
    assert_value(k, "{\"files\":[],\"text\":\"\",\"truncated\":false}");
    kit_call(k, "git.diff", "{\"from\":\"HEAD~1\",\"to\":\"HEAD\"}");
    const struct json *files = json_get(k->value, "files");
    assert_int_equal(json_size(files), 2);
    kit_put(k->root, "README", "one\ntwo\nfour\nfive\n");
    kit_put(k->root, "api/run.sh", "#!/bin/sh\n");
    kit_call(k, "git.diff", "{\"path\":\"README\"}");
    assert_value(
        k, "{\"files\":[{\"path\":\"README\",\"status\":\"modified\","
           "\"added\":2,\"removed\":1}],\"text\":"
           "\"diff --git a/README b/README\\nindex 4cb29ea..784d3e9 100644\\n"
           "--- a/README\\n+++ b/README\\n@@ -1,3 +1,4 @@\\n one\\n two\\n"
           "-three\\n+four\\n+five\\n\",\"truncated\":false}");
}

static void long_diff_is_cut_at_a_line(void **state)
{
    struct kit *k = *state;
    struct buf text = {0};
    for (int i = 0; i < 40000; i++)
        buf_printf(&text, "line %d\n", i);
    kit_put(k->root, "README", buf_cstr(&text));
    buf_release(&text);
    kit_call(k, "git.diff", "{}");
    struct span got = json_span(json_get(k->value, "text"));
    assert_true(json_get_bool(k->value, "truncated", false));
    assert_true(got.n <= 256 << 10 && got.n > 255 << 10);
    assert_true(span_ends(got, "\n"));
    assert_int_equal(
        json_get_int(json_first(json_get(k->value, "files")), "added", 0),
        40000);
}

static void greps(void **state)
{
    struct kit *k = *state;
    static const char main_c[] =
        "[{\"path\":\"api/v1/main.c\",\"line\":3,\"text\":\"    return 42;\"}]";
    static const struct {
        const char *args, *value;
    } rows[] = {
        {"{\"pattern\":\"return 42\"}", main_c},
        {"{\"pattern\":\"return [0-9]+;\",\"regex\":true}", main_c},
        {"{\"pattern\":\"return [0-9]+;\"}", "[]"},
        {"{\"pattern\":\"42\",\"path\":\"api/\"}", main_c},
        {"{\"pattern\":\"42\",\"path\":\"ap\"}", "[]"},
        {"{\"pattern\":\"noise\"}", "[]"},
        {"{\"pattern\":\"bytes\"}", "[]"},
        {"{\"pattern\":\"^t\",\"regex\":true,\"max\":1}",
         "[{\"path\":\"README\",\"line\":2,\"text\":\"two\"}]"},
        {"{\"pattern\":\"changed\"}",
         "[{\"path\":\"README\",\"line\":3,\"text\":\"changed\"}]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strstr(rows[i].args, "changed"))
            kit_put(k->root, "README", "one\ntwo\nchanged\r\n");
        kit_call(k, "git.grep", "%s", rows[i].args);
        assert_value(k, rows[i].value);
    }
}

static void wrong_calls(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *args;
        enum status st;
        const char *message;
    } rows[] = {
        {"git.log", "{\"from\":\"none\"}", ST_FAILED, "cannot resolve none"},
        {"git.log", "{\"from\":1}", ST_INPUT, "from is not a string"},
        {"git.log", "{\"max\":0}", ST_INPUT, "max must be 1 to"},
        {"git.diff", "{\"to\":\"none\"}", ST_FAILED, "cannot resolve none"},
        {"git.grep", "{}", ST_INPUT, "needs a pattern"},
        {"git.grep", "{\"pattern\":\"\"}", ST_INPUT, "1 to 1000 bytes"},
        {"git.grep", "{\"pattern\":\"(\",\"regex\":true}", ST_INPUT,
         "malformed"},
        {"git.grep", "{\"pattern\":\"(a)\\\\1\",\"regex\":true}", ST_INPUT,
         "refer back"},
        {"git.grep", "{\"pattern\":\"(a{100}){100}\",\"regex\":true}", ST_INPUT,
         "multiply to over 1000"},
        {"git.none", "{}", ST_INTERNAL, "git.none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, rows[i].op, "%s", rows[i].args);
        assert_error(k, rows[i].st, rows[i].message);
    }
}

/* What git makes and libgit2 cannot read: the cause and the way out. */
static void shallow_clone(void **state)
{
    struct kit *k = *state;
    char object[80] = ".git/objects/" FIRST;
    memmove(object + 16, object + 15, strlen(object + 15) + 1);
    object[15] = '/';
    assert_int_equal(unlink(kit_path(k->root, object)), 0);
    kit_put(k->root, ".git/shallow", SECOND "\n");
    kit_call(k, "git.log", "{}");
    assert_error(k, ST_FAILED, "git fetch --unshallow");
    kit_call(k, "git.head", "{}");
    assert_string_equal(json_get_str(k->value, "sha", ""), SECOND);
}

static void unknown_extension(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *config, *message;
    } rows[] = {
        {"[extensions]\n\tworktreeConfig = true\n"
         "[core]\n\trepositoryformatversion = 1\n",
         "--unset extensions.worktreeConfig"},
        {"[extensions]\n\tobjectFormat = sha256\n"
         "[core]\n\trepositoryformatversion = 1\n",
         "it needs a newer git library"},
        {"[core]\n\trepositoryformatversion = 2\n",
         "it needs a newer git library"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_put(k->root, ".git/config", rows[i].config);
        kit_call(k, "git.head", "{}");
        assert_error(k, ST_FAILED, rows[i].message);
    }
}

static void foreign_owner(void **state)
{
    struct kit *k = *state;
    if (geteuid() != 0) {
        print_message("only root can give a repository away: not root\n");
        assert_int_not_equal(chown(k->root, 12345, 12345), 0);
        return;
    }
    assert_int_equal(chown(k->root, 12345, 12345), 0);
    assert_int_equal(chown(kit_path(k->root, ".git"), 12345, 12345), 0);
    kit_call(k, "git.head", "{}");
    assert_error(k, ST_FAILED, "safe.directory");
}

static void no_repository(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    char below[80];
    snprintf(below, sizeof below, "%s", kit_path(k->root, "api"));
    snprintf(k->root, sizeof k->root, "%s", below);
    kit_call(k, "git.head", "{}");
    assert_error(k, ST_FAILED, "this is not a git repository (git init)");
    assert_int_equal(make(k->scratch, "[{\"time\":\"2023-11-14\"}]", &err),
                     ST_OK);
    snprintf(k->root, sizeof k->root, "%s", k->scratch);
    kit_put(k->root, ".git/HEAD", "ref: refs/heads/unborn\n");
    kit_call(k, "git.head", "{}");
    assert_error(k, ST_FAILED, "make the first commit");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_hash_everywhere),
        TEST(bad_fixtures),
        TEST(status_of_each_kind),
        TEST(untracked_is_not_dirty),
        TEST(logs),
        TEST(diffs),
        TEST(long_diff_is_cut_at_a_line),
        TEST(greps),
        TEST(wrong_calls),
        TEST(shallow_clone),
        TEST(unknown_extension),
        TEST(foreign_owner),
        TEST(no_repository),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
