/* Where the list of persons is read from: a commit, never the working tree. */
#include "authority.h"

#include "git_server.h"

#define KEY_A "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define KEY_E "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ADA "persons:\n  ada: [\"" KEY_A "\"]\n"
#define EVE "persons:\n  eve: [\"" KEY_E "\"]\n"

static int enter(void **state)
{
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    git(k->root, "init", "-q", "-b", "main", NULL);
    return 0;
}

static void commit(const struct kit *k, const char *yaml)
{
    kit_put(k->root, "runproof.yaml", yaml);
    git(k->root, "add", "-A", NULL);
    git(k->root, "commit", "-q", "--allow-empty", "-m", "policy", NULL);
}

/* As a clone has it. */
static void set_origin(const struct kit *k, const char *at)
{
    git(k->root, "update-ref", "refs/remotes/origin/main", at, NULL);
    git(k->root, "symbolic-ref", "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main", NULL);
}

struct asked {
    struct arena arena;
    struct config config;
    struct authority au;
    struct err err;
    enum status st;
};

static void ask(const struct kit *k, struct asked *q)
{
    *q = (struct asked){0};
    q->st = config_load(k->root, &q->arena, &q->config, &q->err);
    if (q->st == ST_OK)
        q->st = authority_read(&q->config, &q->arena, &q->au, &q->err);
}

/* The one person found; NULL: refused, saying that. */
static void assert_found(const struct kit *k, const char *person,
                         const char *says)
{
    struct asked q;
    ask(k, &q);
    if (person) {
        if (q.st != ST_OK)
            fail_msg("%s", q.err.msg);
        assert_int_equal(q.au.persons.n_names, 1);
        assert_string_equal(q.au.persons.names[0], person);
    } else {
        assert_int_equal(q.st, ST_REFUSED);
        if (!strstr(q.err.msg, says))
            fail_msg("\"%s\" does not say \"%s\"", q.err.msg, says);
    }
    arena_release(&q.arena);
}

static void the_working_tree_lists_nobody(void **state)
{
    struct kit *k = *state;
    commit(k, ADA);
    set_origin(k, "HEAD");
    kit_put(k->root, "runproof.yaml", EVE);
    assert_found(k, "ada", NULL);
    commit(k, EVE); /* nor does a commit of one's own */
    assert_found(k, "ada", NULL);
}

static void without_a_remote(void **state)
{
    struct kit *k = *state;
    commit(k, ADA);
    assert_found(k, NULL, "set policy_ref in runproof.yaml");
    kit_put(k->root, "runproof.yaml", "policy_ref: main\n" EVE);
    assert_found(k, "ada", NULL);
    kit_put(k->root, "runproof.yaml", "policy_ref: absent\n" EVE);
    assert_found(k, NULL, "names refs/heads/absent, and there is no");
}

static void no_repository(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    assert_int_equal(file_remove_tree(kit_path(k->root, ".git"), &err), ST_OK);
    kit_put(k->root, "runproof.yaml", "policy_ref: main\n" EVE);
    assert_found(k, NULL, "there is no such commit");
}

/* The operator cannot point it at a branch of their own. */
static void the_working_tree_names_another(void **state)
{
    struct kit *k = *state;
    commit(k, ADA);
    set_origin(k, "HEAD");
    git(k->root, "checkout", "-q", "-b", "mine", NULL);
    commit(k, "policy_ref: mine\n" EVE);
    assert_found(k, NULL,
                 "sets policy_ref to refs/heads/mine, and in "
                 "origin/HEAD, which decides, it is "
                 "refs/remotes/origin/HEAD");
    kit_put(k->root, "runproof.yaml", "policy_ref: HEAD\n" EVE);
    assert_found(k, NULL, "which decides");
    kit_put(k->root, "runproof.yaml", "policy_ref: origin/HEAD\n" EVE);
    assert_found(k, "ada", NULL);
}

static void origin_names_another(void **state)
{
    struct kit *k = *state;
    commit(k, ADA);
    git(k->root, "update-ref", "refs/remotes/origin/policy", "HEAD", NULL);
    commit(k, "policy_ref: origin/policy\n" EVE);
    set_origin(k, "HEAD");
    assert_found(k, "ada", NULL);
    kit_put(k->root, "runproof.yaml", EVE);
    assert_found(k, "ada", NULL);
}

/* Git looks for tags and branches of that name first. */
static void a_tag_called_like_it(void **state)
{
    struct kit *k = *state;
    commit(k, ADA);
    set_origin(k, "HEAD");
    commit(k, EVE);
    git(k->root, "tag", "origin/HEAD", NULL);
    git(k->root, "branch", "origin/HEAD", NULL);
    git(k->root, "update-ref", "refs/origin/HEAD", "HEAD", NULL);
    assert_found(k, "ada", NULL);
}

static void nothing_is_agreed_on_yet(void **state)
{
    struct kit *k = *state;
    git(k->root, "commit", "-q", "--allow-empty", "-m", "empty", NULL);
    set_origin(k, "HEAD");
    kit_put(k->root, "runproof.yaml", EVE);
    assert_found(k, NULL, "it is not there; commit it");
}

static void a_broken_list(void **state)
{
    struct kit *k = *state;
    struct asked q;
    commit(k, "persons:\n  ada: [x]\n");
    set_origin(k, "HEAD");
    kit_put(k->root, "runproof.yaml", EVE);
    ask(k, &q);
    assert_int_equal(q.st, ST_INPUT);
    assert_string_equal(q.err.file,
                        "runproof.yaml at refs/remotes/origin/HEAD");
    assert_int_equal(q.err.line, 2);
    arena_release(&q.arena);
}

/* --- the rule -------------------------------------------------------- */

static const struct {
    const char *name, *policy; /* NULL: no such environment */
    enum status st;
    int64_t persons;
    bool not_operator;
} rules[] = {
    {"production", "{}", ST_OK, 1, true},
    {"staging", "{}", ST_OK, 1, false},
    {"staging", "{approvals: {persons: 2}}", ST_OK, 2, false},
    {"staging", "{approvals: {not_operator: true}}", ST_OK, 1, true},
    {"production", "{approvals: {persons: 3}}", ST_OK, 3, true},
    {"production", "{approvals: {not_operator: false}}", ST_OK, 1, false},
    {"production", NULL, ST_REFUSED, 0, false},
    {"production", "{approvals: {persons: 0}}", ST_INPUT, 0, false},
    {"production", "{approvals: {persons: -1}}", ST_INPUT, 0, false},
    {"production", "{approvals: {persons: 1.5}}", ST_INPUT, 0, false},
    {"production", "{approvals: {persons: many}}", ST_INPUT, 0, false},
    {"production", "{approvals: {not_operator: 0}}", ST_INPUT, 0, false},
    {"production", "{approvals: {person: 2}}", ST_INPUT, 0, false},
    {"production", "{approvals: 2}", ST_INPUT, 0, false},
    {"production", "{approvals: [2]}", ST_INPUT, 0, false},
};

static void how_many_must_approve(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct buf yaml = {0};
        struct approval_rule rule;
        struct asked q;
        buf_printf(&yaml, "environments:\n  %s: {policy: %s}\n",
                   rules[i].policy ? rules[i].name : "other",
                   rules[i].policy ? rules[i].policy : "{}");
        commit(k, buf_cstr(&yaml));
        set_origin(k, "HEAD");
        kit_put(k->root, "runproof.yaml", "fixtures: x\n");
        ask(k, &q);
        assert_int_equal(q.st, ST_OK);
        enum status st = authority_rule(&q.au, rules[i].name, &rule, &q.err);
        if (st != rules[i].st)
            fail_msg("row %zu: %s", i, q.err.msg);
        if (st == ST_OK) {
            assert_int_equal(rule.persons, rules[i].persons);
            assert_int_equal(rule.not_operator, rules[i].not_operator);
        }
        arena_release(&q.arena);
        buf_release(&yaml);
    }
}

#define REPO_TEST(f) cmocka_unit_test_setup_teardown(f, enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPO_TEST(the_working_tree_lists_nobody),
        REPO_TEST(without_a_remote),
        REPO_TEST(no_repository),
        REPO_TEST(the_working_tree_names_another),
        REPO_TEST(origin_names_another),
        REPO_TEST(a_tag_called_like_it),
        REPO_TEST(nothing_is_agreed_on_yet),
        REPO_TEST(a_broken_list),
        REPO_TEST(how_many_must_approve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
