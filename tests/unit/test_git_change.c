/* git.*: what changes this repository, and what looks at it without files. */
#include "arena.h"
#include "fixture_repo.h"

#include "git_server.h"

static const char commits[] =
    "[{\"message\":\"one\\n\",\"author\":\"Ada\",\"email\":\"ada@example.com\","
    "\"time\":\"2023-11-14T22:13:20Z\",\"add\":[\"a.txt\"]},"
    "{\"message\":\"two\\n\",\"author\":\"Bob\",\"email\":\"bob@example.com\","
    "\"time\":\"2023-11-14T22:23:20Z\"}]";

static char first[41], second[41];

static void copy_sha(char to[41], const struct json *from)
{
    assert_int_equal(snprintf(to, 41, "%s", json_str(from)), 40);
}

static int enter(void **state)
{
    struct err err = {0};
    struct json *list = kit_json(commits), *shas = NULL;
    struct json *refs = kit_json("{\"refs/heads/release\":\"HEAD~1\"}");
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    kit_put(k->root, "a.txt", "1\n2\n3\n4\n5\n");
    assert_int_equal(file_mkdirs(kit_path(k->root, "lib/deep"), &err), ST_OK);
    kit_put(k->root, "lib/b.txt", "b\n");
    kit_put(k->root, "lib/deep/c.txt", "c\n");
    kit_put(k->root, ".gitignore", "*.log\n");
    const struct fixture_origin origin = {kit_path(k->dir, "origin.git"), refs};
    if (fixture_repo_init(k->root, &origin, list, &shas, &err) != ST_OK)
        fail_msg("%s", err.msg);
    copy_sha(first, json_first(shas));
    copy_sha(second, json_next(json_first(shas)));
    json_free(shas);
    json_free(list);
    json_free(refs);
    return 0;
}

/* The last call gave a value; it is told why not. */
static void assert_ok(const struct kit *k)
{
    if (k->err.st != ST_OK)
        fail_msg("%s", k->err.msg);
}

static const char *got(const struct kit *k, const char *member)
{
    assert_ok(k);
    return json_get_str(k->value, member, "");
}

/* A file as it is in a commit; "" for none. */
static void assert_shows(struct kit *k, const char *rev, const char *path,
                         const char *text)
{
    kit_call(k, "git.show", "{\"rev\":\"%s\",\"path\":\"%s\"}", rev, path);
    assert_ok(k);
    assert_string_equal(json_str(k->value), text);
}

static void assert_names(struct kit *k, const char *op, const char *opts,
                         const char *names)
{
    struct buf all = {0};
    kit_call(k, op, "%s", opts);
    assert_ok(k);
    for (const struct json *r = json_first(k->value); r; r = json_next(r))
        buf_printf(&all, "%s%s", all.n ? " " : "", json_get_str(r, "name", ""));
    assert_string_equal(buf_cstr(&all), names);
    buf_release(&all);
}

/* --- looking --- */

static void shows(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, "a.txt", "changed\n");
    assert_shows(k, "HEAD", "a.txt", "1\n2\n3\n4\n5\n");
    assert_shows(k, "main~1", "a.txt", "1\n2\n3\n4\n5\n");
    assert_shows(k, second, "lib/deep/c.txt", "c\n");
    kit_call(k, "git.show", "{\"rev\":\"HEAD\"}");
    assert_string_equal(got(k, "sha"), second);
    assert_string_equal(got(k, "message"), "two\n");
    const struct json *parents = json_get(k->value, "parents");
    assert_string_equal(json_str(json_first(parents)), first);
    static const struct {
        const char *args, *message;
    } rows[] = {
        {"{\"rev\":\"none\"}", "cannot resolve none"},
        {"{\"rev\":\"HEAD~1\",\"path\":\"lib/b.txt\"}",
         "cannot show lib/b.txt of HEAD~1: there is no such file"},
        {"{\"rev\":\"HEAD\",\"path\":\"lib\"}", "it is not a file"},
        {"{\"rev\":\"HEAD\",\"path\":\"../x\"}", "there is no such file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, "git.show", "%s", rows[i].args);
        assert_error(k, ST_FAILED, rows[i].message);
    }
}

static void shows_bytes_as_they_are(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct span bytes;
    struct err err = {0};
    static const char raw[] = {'\0', '\xff', '\n', 'x'};
    assert_int_equal(file_write(kit_path(k->root, "raw"),
                                (struct span){raw, sizeof raw}, &err),
                     ST_OK);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"raw\",\"paths\":[\"raw\"]}}");
    assert_ok(k);
    kit_call(k, "git.show", "{\"rev\":\"HEAD\",\"path\":\"raw\"}");
    assert_true(json_bytes(k->value, &a, &bytes));
    assert_int_equal(bytes.n, sizeof raw);
    assert_memory_equal(bytes.p, raw, sizeof raw);
    arena_release(&a);
}

static void graph(void **state)
{
    struct kit *k = *state;
    kit_call(k, "git.branch",
             "{\"name\":\"side\",\"opts\":{\"at\":\"HEAD~1\"}}");
    kit_call(k, "git.merge_base", "{\"a\":\"main\",\"b\":\"side\"}");
    assert_string_equal(json_str(k->value), first);
    kit_call(k, "git.is_ancestor", "{\"a\":\"side\",\"b\":\"main\"}");
    assert_value(k, "true");
    kit_call(k, "git.is_ancestor", "{\"a\":\"main\",\"b\":\"side\"}");
    assert_value(k, "false");
    kit_call(k, "git.is_ancestor", "{\"a\":\"main\",\"b\":\"main\"}");
    assert_value(k, "true");
    kit_call(k, "git.ahead_behind", "{\"a\":\"main\",\"b\":\"side\"}");
    assert_value(k, "{\"ahead\":1,\"behind\":0}");
    kit_call(k, "git.ahead_behind", "{\"a\":\"side\",\"b\":\"main\"}");
    assert_value(k, "{\"ahead\":0,\"behind\":1}");
    git(k->root, "checkout", "-q", "--orphan", "apart", NULL);
    git(k->root, "commit", "-q", "-m", "apart", NULL);
    kit_call(k, "git.merge_base", "{\"a\":\"main\",\"b\":\"apart\"}");
    assert_value(k, "null");
    kit_call(k, "git.merge_base", "{\"a\":\"main\"}");
    assert_error(k, ST_INPUT, "git.merge_base needs a b");
}

/* --- branches and tags --- */

static void branches(void **state)
{
    struct kit *k = *state;
    static const char at_first[] =
        "{\"name\":\"fix\",\"opts\":{\"at\":\"HEAD~1\"}}";
    kit_call(k, "git.branch", "%s", at_first);
    assert_string_equal(got(k, "sha"), first);
    assert_true(json_get_bool(k->value, "changed", false));
    kit_call(k, "git.branch", "%s", at_first); /* as after a crash */
    assert_false(json_get_bool(k->value, "changed", true));
    assert_names(k, "git.branches", "{}", "fix main");
    assert_names(k, "git.branches", "{\"opts\":{\"remote\":true}}",
                 "origin/main");
    kit_call(k, "git.branch", "{\"name\":\"fix\"}");
    assert_error(k, ST_FAILED, "branch fix is at another commit");
    kit_call(k, "git.branch", "{\"name\":\"fix\",\"opts\":{\"force\":true}}");
    assert_string_equal(got(k, "sha"), second);
    kit_call(k, "git.branch",
             "{\"name\":\"main\",\"opts\":{\"at\":\"HEAD~1\","
             "\"force\":true}}");
    assert_error(k, ST_FAILED, "it is checked out");
    static const char *const bad[] = {"a..b", "-x", "a b", "x.lock"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kit_call(k, "git.branch", "{\"name\":\"%s\"}", bad[i]);
        assert_error(k, ST_INPUT, "is no name for a reference");
    }
    kit_call(k, "git.branch", "{\"name\":\"y\",\"opts\":{\"forc\":true}}");
    assert_error(k, ST_INPUT, "there is no option 'forc'");
    kit_call(k, "git.branch", "{\"name\":\"y\",\"opts\":{\"force\":1}}");
    assert_error(k, ST_INPUT, "force is true or false");
}

static void deleting_branches(void **state)
{
    struct kit *k = *state;
    git(k->root, "branch", "-q", "old", "HEAD~1", NULL);
    git(k->root, "config", "branch.old.remote", "origin", NULL);
    kit_call(k, "git.delete_branch", "{\"name\":\"old\"}");
    assert_value(k, "true");
    kit_call(k, "git.delete_branch", "{\"name\":\"old\"}");
    assert_value(k, "false");
    kit_call(k, "git.delete_branch", "{\"name\":\"main\"}");
    assert_error(k, ST_FAILED, "it is checked out");
    git(k->root, "checkout", "-q", "-b", "ahead", NULL);
    git(k->root, "commit", "-q", "--allow-empty", "-m", "more", NULL);
    git(k->root, "checkout", "-q", "main", NULL);
    kit_call(k, "git.delete_branch", "{\"name\":\"ahead\"}");
    assert_error(k, ST_FAILED, "neither in HEAD nor in its upstream");
    kit_call(k, "git.delete_branch",
             "{\"name\":\"ahead\",\"opts\":{\"force\":true}}");
    assert_value(k, "true");
    assert_names(k, "git.branches", "{}", "main");
}

static void tags(void **state)
{
    struct kit *k = *state;
    static const char noted[] =
        "{\"name\":\"v2\",\"opts\":{\"message\":\"Second\"}}";
    kit_call(k, "git.tag", "{\"name\":\"v1\",\"opts\":{\"at\":\"HEAD~1\"}}");
    assert_string_equal(got(k, "sha"), first);
    kit_call(k, "git.tag", "%s", noted);
    assert_true(json_get_bool(k->value, "changed", false));
    kit_call(k, "git.tag", "%s", noted);
    assert_false(json_get_bool(k->value, "changed", true));
    kit_call(k, "git.tags", "{}");
    struct buf expected = {0};
    buf_printf(&expected,
               "[{\"name\":\"v1\",\"sha\":\"%s\",\"annotated\":false},"
               "{\"name\":\"v2\",\"sha\":\"%s\",\"annotated\":true}]",
               first, second);
    assert_value(k, buf_cstr(&expected));
    buf_release(&expected);
    kit_call(k, "git.tag", "{\"name\":\"v1\"}");
    assert_error(k, ST_FAILED, "tag v1 is there and stands for something else");
    kit_call(k, "git.tag", "{\"name\":\"v2\"}");
    assert_error(k, ST_FAILED, "tag v2 is there and stands for something else");
    kit_call(k, "git.tag", "{\"name\":\"v1\",\"opts\":{\"force\":true}}");
    assert_string_equal(got(k, "sha"), second);
}

/* --- commits --- */

static void commits_named_paths_alone(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, "a.txt", "changed\n");
    kit_put(k->root, "lib/new.txt", "new\n");
    kit_put(k->root, "lib/b.txt", "staged\n");
    git(k->root, "add", "lib/b.txt", NULL);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"fix: it\",\"paths\":"
             "[\"a.txt\",\"lib/new.txt\"]}}");
    assert_ok(k);
    /* the same everywhere: made by git itself from these bytes and dates */
    assert_string_equal(got(k, "sha"),
                        "d01050af2b519553ad16f13c91be5251d43c0f63");
    assert_string_equal(got(k, "author"), "sandbox");
    assert_int_equal(json_get_int(k->value, "time", 0), KIT_NOW_MS / 1000);
    assert_shows(k, "HEAD", "a.txt", "changed\n");
    assert_shows(k, "HEAD", "lib/new.txt", "new\n");
    assert_shows(k, "HEAD", "lib/b.txt", "b\n");
    kit_call(k, "git.status", "{}");
    assert_value(k, "[{\"path\":\"lib/b.txt\",\"state\":\"modified\"}]");
    git(k->root, "fsck", "--strict", NULL);
}

static void commits_all_or_a_folder(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, "a.txt", "changed\n");
    kit_put(k->root, "new.txt", "untracked\n");
    assert_int_equal(unlink(kit_path(k->root, "lib/b.txt")), 0);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"all\",\"all\":true,\"author\":"
             "\"Eve <eve@example.com>\"}}");
    assert_string_equal(got(k, "author"), "Eve");
    kit_call(k, "git.status", "{}");
    assert_value(k, "[{\"path\":\"new.txt\",\"state\":\"untracked\"}]");
    kit_put(k->root, "lib/x.txt", "x\n");
    kit_put(k->root, "lib/deep/y.txt", "y\n");
    kit_put(k->root, "lib/z.log", "ignored\n");
    assert_int_equal(unlink(kit_path(k->root, "lib/deep/c.txt")), 0);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"lib\",\"paths\":[\"lib/\"],"
             "\"branch\":\"work\"}}");
    assert_ok(k);
    assert_shows(k, "work", "lib/x.txt", "x\n");
    assert_shows(k, "work", "lib/deep/y.txt", "y\n");
    kit_call(k, "git.head", "{}");
    assert_string_equal(got(k, "branch"), "work");
    assert_false(json_get_bool(k->value, "dirty", true));
    kit_call(k, "git.show", "{\"rev\":\"HEAD\",\"path\":\"lib/z.log\"}");
    assert_error(k, ST_FAILED, "no such file");
    kit_put(k->root, "last.txt", "last\n");
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"rest\",\"paths\":[\"./\"]}}");
    assert_shows(k, "work", "new.txt", "untracked\n");
    assert_shows(k, "work", "last.txt", "last\n");
    git(k->root, "fsck", "--strict", NULL);
}

static void commits_that_cannot_be(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *opts;
        enum status st;
        const char *message;
    } rows[] = {
        {"{\"paths\":[\"a.txt\"]}", ST_INPUT, "needs a message"},
        {"{\"message\":\" \",\"all\":true}", ST_INPUT, "needs a message"},
        {"{\"message\":\"m\"}", ST_INPUT, "either paths, a list, or all=true"},
        {"{\"message\":\"m\",\"paths\":[\"a.txt\"],\"all\":true}", ST_INPUT,
         "either paths"},
        {"{\"message\":\"m\",\"paths\":[1]}", ST_INPUT, "a list of strings"},
        {"{\"message\":\"m\",\"paths\":\"a.txt\"}", ST_INPUT,
         "a list of strings"},
        {"{\"message\":\"m\",\"all\":true,\"author\":\"Eve\"}", ST_INPUT,
         "author must be like"},
        {"{\"message\":\"m\",\"all\":true}", ST_FAILED, "nothing to commit"},
        {"{\"message\":\"m\",\"paths\":[\"none\"]}", ST_FAILED,
         "nothing to commit"},
        {"{\"message\":\"m\",\"paths\":[\"lib/../../out\"]}", ST_INPUT,
         "../out leaves the repository"},
        {"{\"message\":\"m\",\"paths\":[\"x.log\"]}", ST_FAILED,
         "x.log is ignored"},
        {"{\"message\":\"m\",\"paths\":[\"new\"],\"branch\":\"side\"}",
         ST_FAILED, "branch side is at another commit than the work tree"},
    };
    git(k->root, "branch", "-q", "side", "HEAD~1", NULL);
    kit_put(k->root, "x.log", "noise\n");
    kit_put(k->root, "new", "new\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, "git.commit", "{\"opts\":%s}", rows[i].opts);
        assert_error(k, rows[i].st, rows[i].message);
    }
    kit_call(k, "git.head", "{}");
    assert_string_equal(got(k, "sha"), second);
    git(k->root, "config", "--unset", "user.email", NULL);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"m\",\"paths\":[\"new\"]}}");
    assert_error(k, ST_FAILED, "git config user.name and user.email");
}

static void filters_are_left_to_git(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, ".gitattributes", "*.bin filter=lfs\n*.txt -filter\n");
    kit_put(k->root, "big.bin", "big\n");
    kit_put(k->root, "a.txt", "changed\n");
    kit_call(
        k, "git.commit",
        "{\"opts\":{\"message\":\"m\",\"paths\":[\"a.txt\",\"big.bin\"]}}");
    assert_error(k, ST_FAILED, "big.bin goes through the filter lfs");
    kit_call(k, "git.head", "{}");
    assert_string_equal(got(k, "sha"), second);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"m\",\"paths\":[\"a.txt\"]}}");
    assert_ok(k);
}

/* --- cherry-picks --- */

/* A branch of the first commit, and a fix on main. */
static void pick_setting(struct kit *k)
{
    kit_call(k, "git.branch",
             "{\"name\":\"release\",\"opts\":{\"at\":\"HEAD~1\"}}");
    assert_ok(k);
    kit_put(k->root, "a.txt", "1\n2\n3\n4\nfive\n");
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"fix: five\",\"all\":true,\"author\":"
             "\"Eve <eve@example.com>\"}}");
    assert_ok(k);
}

static void picks(void **state)
{
    struct kit *k = *state;
    pick_setting(k);
    kit_put(k->root, "lib/b.txt", "at work\n"); /* stays as it is */
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"release\","
             "\"cite\":true}}");
    assert_true(json_get_bool(k->value, "changed", false));
    assert_string_equal(got(k, "branch"), "release");
    char sha[41];
    copy_sha(sha, json_get(k->value, "sha"));
    assert_shows(k, "release", "a.txt", "1\n2\n3\n4\nfive\n");
    kit_call(k, "git.show", "{\"rev\":\"release\"}");
    assert_string_equal(got(k, "sha"), sha);
    assert_string_equal(got(k, "author"), "Eve");
    assert_non_null(
        strstr(got(k, "message"), "fix: five\n\n(cherry picked from commit "));
    assert_string_equal(json_str(json_first(json_get(k->value, "parents"))),
                        first);
    assert_file(k->root, "lib/b.txt", "at work\n");
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"release\"}}");
    assert_false(json_get_bool(k->value, "changed", true));
    assert_string_equal(got(k, "sha"), sha);
    git(k->root, "fsck", "--strict", NULL);
}

static void picks_onto_what_is_checked_out(void **state)
{
    struct kit *k = *state;
    pick_setting(k);
    git(k->root, "checkout", "-q", "release", NULL);
    kit_put(k->root, "a.txt", "dirty\n");
    kit_call(k, "git.cherry_pick", "{\"rev\":\"main\"}");
    assert_error(k, ST_FAILED, "release is checked out and has changes");
    assert_file(k->root, "a.txt", "dirty\n");
    kit_put(k->root, "a.txt", "1\n2\n3\n4\n5\n");
    kit_call(k, "git.cherry_pick", "{\"rev\":\"main\"}");
    assert_ok(k);
    assert_file(k->root, "a.txt", "1\n2\n3\n4\nfive\n");
    kit_call(k, "git.status", "{}");
    assert_value(k, "[]");
    git(k->root, "checkout", "-q", "--detach", NULL);
    kit_call(k, "git.cherry_pick", "{\"rev\":\"main\"}");
    assert_error(k, ST_FAILED, "no branch is checked out");
}

static void picks_that_conflict(void **state)
{
    struct kit *k = *state;
    pick_setting(k);
    git(k->root, "checkout", "-q", "release", NULL);
    kit_put(k->root, "a.txt", "1\n2\n3\n4\nFIVE\n");
    git(k->root, "commit", "-q", "-a", "-m", "other", NULL);
    git(k->root, "checkout", "-q", "main", NULL);
    kit_call(k, "git.show", "{\"rev\":\"release\"}");
    char sha[41];
    copy_sha(sha, json_get(k->value, "sha"));
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"release\"}}");
    assert_error(k, ST_FAILED,
                 "conflicts with release in a.txt: nothing was changed");
    kit_call(k, "git.show", "{\"rev\":\"release\"}");
    assert_string_equal(got(k, "sha"), sha);
    kit_call(k, "git.status", "{}");
    assert_value(k, "[]");
}

/* A name that is no text is shown by its bytes. */
static void conflict_in_any_name(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, "caf\xe9", "1\n");
    git(k->root, "add", "-A", NULL);
    git(k->root, "commit", "-q", "-m", "one", NULL);
    git(k->root, "branch", "release", NULL);
    kit_put(k->root, "caf\xe9", "2\n");
    git(k->root, "commit", "-q", "-a", "-m", "two", NULL);
    kit_put(k->root, "caf\xe9", "3\n");
    git(k->root, "commit", "-q", "-a", "-m", "three", NULL);
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"release\"}}");
    assert_error(k, ST_FAILED, "conflicts with release in caf\\xE9:");
    assert_true(span_utf8(span_of(k->err.msg)));
}

static void nothing_while_a_merge_waits(void **state)
{
    struct kit *k = *state;
    kit_put(k->root, ".git/MERGE_HEAD", first);
    kit_put(k->root, "a.txt", "changed\n");
    kit_call(k, "git.commit", "{\"opts\":{\"message\":\"m\",\"all\":true}}");
    assert_error(k, ST_FAILED, "a merge, rebase or the like is under way");
    kit_call(k, "git.cherry_pick", "{\"rev\":\"HEAD~1\"}");
    assert_error(k, ST_FAILED, "a merge, rebase or the like is under way");
}

static void linked_work_trees(void **state)
{
    struct kit *k = *state;
    char tree[80];
    pick_setting(k);
    snprintf(tree, sizeof tree, "%s", kit_path(k->dir, "linked"));
    git(k->root, "worktree", "add", "-q", tree, "release", NULL);
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"release\"}}");
    assert_error(k, ST_FAILED, "release is checked out in another work tree");
    snprintf(k->root, sizeof k->root, "%s", tree);
    kit_call(k, "git.cherry_pick", "{\"rev\":\"main\"}");
    assert_ok(k);
    assert_file(k->root, "a.txt", "1\n2\n3\n4\nfive\n");
    kit_put(k->root, "a.txt", "linked\n");
    kit_call(k, "git.commit", "{\"opts\":{\"message\":\"m\",\"all\":true}}");
    assert_shows(k, "release", "a.txt", "linked\n");
    kit_call(k, "git.push", "{\"opts\":{\"refs\":[\"HEAD\"]}}");
    assert_ok(k);
}

static void picks_of_merges(void **state)
{
    struct kit *k = *state;
    pick_setting(k);
    git(k->root, "checkout", "-q", "-b", "side", "HEAD~1", NULL);
    kit_put(k->root, "lib/b.txt", "side\n");
    git(k->root, "commit", "-q", "-a", "-m", "side", NULL);
    git(k->root, "checkout", "-q", "main", NULL);
    git(k->root, "merge", "-q", "--no-ff", "-m", "merge", "side", NULL);
    kit_call(k, "git.branch", "{\"name\":\"to\",\"opts\":{\"at\":\"HEAD~1\"}}");
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"to\"}}");
    assert_error(k, ST_INPUT, "main is a merge: name the parent");
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"main\",\"opts\":{\"onto\":\"to\",\"mainline\":1}}");
    assert_ok(k);
    assert_shows(k, "to", "lib/b.txt", "side\n");
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"side\",\"opts\":{\"onto\":\"to\",\"mainline\":1}}");
    assert_error(k, ST_INPUT, "side is no merge");
    kit_call(k, "git.cherry_pick",
             "{\"rev\":\"side\",\"opts\":{\"onto\":\"none\"}}");
    assert_error(k, ST_FAILED, "there is no branch none");
}

/* What stands behind the fixture: a remote with the same commits, and a branch
 * that was not fetched yet. */
static void origin_of_a_fixture(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    struct buf config = {0};
    assert_int_equal(
        file_read(kit_path(k->root, ".git/config"), 1 << 16, &config, &err),
        ST_OK);
    assert_non_null(strstr(buf_cstr(&config), "url = ../origin.git\n"));
    assert_null(strstr(buf_cstr(&config), k->dir));
    buf_release(&config);
    kit_call(k, "git.fetch", "{}");
    struct buf expected = {0};
    buf_printf(&expected,
               "{\"updated\":[{\"name\":\"refs/remotes/origin/release\","
               "\"from\":null,\"to\":\"%s\"}],\"pruned\":[]}",
               first);
    assert_value(k, buf_cstr(&expected));
    buf_release(&expected);
    snprintf(k->root, sizeof k->root, "%s", kit_path(k->dir, "origin.git"));
    kit_call(k, "git.show", "{\"rev\":\"main\"}");
    assert_string_equal(got(k, "sha"), second);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(shows),
        TEST(shows_bytes_as_they_are),
        TEST(graph),
        TEST(branches),
        TEST(deleting_branches),
        TEST(tags),
        TEST(commits_named_paths_alone),
        TEST(commits_all_or_a_folder),
        TEST(commits_that_cannot_be),
        TEST(filters_are_left_to_git),
        TEST(picks),
        TEST(picks_onto_what_is_checked_out),
        TEST(picks_that_conflict),
        TEST(picks_of_merges),
        TEST(conflict_in_any_name),
        TEST(nothing_while_a_merge_waits),
        TEST(linked_work_trees),
        TEST(origin_of_a_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
