/* runproof.yaml: where it is found, what it may hold, what it decides. */
#include "port_kit.h"

#include <limits.h>
#include <unistd.h>

#include "arena.h"
#include "config.h"

static enum status load(const char *near, struct arena *a, struct config *c,
                        struct err *err)
{
    *err = (struct err){0};
    return config_load(near, a, c, err);
}

/* The text as runproof.yaml of the kit's root. */
static enum status load_text(const struct kit *k, const char *text,
                             struct arena *a, struct config *c, struct err *err)
{
    kit_put(k->root, "runproof.yaml", text);
    return load(k->root, a, c, err);
}

static void the_root_is_found(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct config c;
    struct err err;
    char real[PATH_MAX];
    char deep[96];
    snprintf(deep, sizeof deep, "%s/a/b", k->root);
    assert_int_equal(file_mkdirs(deep, &err), ST_OK);
    kit_put(deep, "page.md", "x");
    assert_non_null(realpath(k->root, real));

    /* nothing above names a root: the folder itself */
    assert_int_equal(load(kit_path(deep, "page.md"), &a, &c, &err), ST_OK);
    assert_true(span_ends(span_of(c.root), "/root/a/b"));
    assert_null(c.path);
    assert_null(c.tree);

    kit_put(k->root, "runproof.yaml", "fixtures: f\n");
    assert_int_equal(load(kit_path(deep, "page.md"), &a, &c, &err), ST_OK);
    assert_string_equal(c.root, real);
    assert_string_equal(c.path, "runproof.yaml");
    assert_string_equal(c.fixtures, "f");
    assert_int_equal(load(deep, &a, &c, &err), ST_OK);
    assert_string_equal(c.root, real);

    /* the nearest wins, and .git is one */
    assert_int_equal(file_mkdirs(kit_path(k->root, "a/.git"), &err), ST_OK);
    assert_int_equal(load(deep, &a, &c, &err), ST_OK);
    assert_true(span_ends(span_of(c.root), "/root/a"));
    assert_null(c.fixtures);

    /* a file that is not there is looked for in its folder */
    assert_int_equal(load(kit_path(k->root, "missing.md"), &a, &c, &err),
                     ST_OK);
    assert_string_equal(c.root, real);
    arena_release(&a);
}

/* Each is a mistake that must not make a policy more lenient, or pass. */
#define ENV "environments:\n  a:\n    "
#define POLICY ENV "policy:\n      "
static const struct {
    const char *text, *says;
    int line, column;
} mistakes[] = {
    {"[a]\n", "the file must be a mapping; write it as in environ", 1, 1},
    {"environments:\n  a: {}\nenviroments: {}\n",
     "unknown key 'enviroments'; did you mean environments?", 3, 1},
    {"x: 1\n",
     "unknown key 'x'; known: environments, fixtures, reads, scan, "
     "policy_ref, "
     "persons",
     1, 1},
    {"environments: []\n", "environments must be a mapping", 1, 1},
    {"fixtures: [a]\n", "fixtures must be a text", 1, 1},
    {"fixtures: ''\n", "fixtures must be a text", 1, 1},
    {"reads: {}\n", "reads must be a list", 1, 1},
    {"a: [\n", "YAML: ", 2, 1},
    {"a: 1\n a: 2\n", "YAML: ", 2, 3},
    {"a: 1\na: 2\n", "appears twice", 2, 1},
    {"a: *b\n", "alias of an anchor", 1, 4},
    {"environments:\n  a: 1", "environments.a must be a mapping", 2, 3},
    {"environments:\n  a:", "environments.a must be a mapping", 2, 3},
    {"environments:\n  ../a: {}\n", "'../a' in environments is no name", 2, 3},
    {ENV "polcy: {remote: deny}",
     "unknown key 'polcy' in environments.a; did you mean policy? No other", 3,
     5},
    {ENV "polices: {}", "did you mean policy?", 3, 5},
    {ENV "secret: []", "did you mean secrets?", 3, 5},
    {ENV "escalation: {}\n    Escalate: {}", "did you mean escalate?", 4, 5},
    {ENV "policy: ask", "environments.a.policy must be a mapping", 3, 5},
    {POLICY "write: ask",
     "unknown key 'write' in environments.a.policy; known: none, read, "
     "local, remote, rules, ask_timeout, confine, approvals",
     4, 7},
    {POLICY "remotes: ask", "did you mean remote?", 4, 7},
    {POLICY "remote: maybe",
     "policy.remote must be allow, ask, plan or deny, not 'maybe'; write "
     "one of them",
     4, 7},
    {POLICY "remote: denny", "did you mean deny?", 4, 7},
    {POLICY "remote: 1", "policy.remote must be allow", 4, 7},
    {POLICY "remote:", "policy.remote must be allow", 4, 7},
    {POLICY "remote: [deny]", "policy.remote must be allow", 4, 7},
    {POLICY "ask_timeout: 10", "policy.ask_timeout must be", 4, 7},
    {POLICY "ask_timeout: 0s", "policy.ask_timeout must be", 4, 7},
    {POLICY "confine: maybe", "must be warn or required, not 'maybe'", 4, 7},
    {POLICY "approvals: {persons: 0}", "approvals.persons must be a number", 4,
     19},
    {POLICY "approvals: {person: 1}", "did you mean persons?", 4, 19},
    {POLICY "approvals: {not_operator: yes}", "must be true or false", 4, 19},
    {POLICY "approvals: 2", "policy.approvals must be a mapping", 4, 7},
    {POLICY "rules: {match: a.b, verdict: deny}", "rules must be a list", 4, 7},
    {POLICY "rules:\n        - match: a.b",
     "policy.rules[1] needs verdict; write it as in", 5, 11},
    {POLICY "rules:\n        - verdict: deny", "rules[1] needs match", 5, 11},
    {POLICY "rules:\n        - {match: a.b, verdict: deny}\n"
            "        - match: a b\n          verdict: deny",
     "policy.rules[2].match must be a text that fits; write it as in "
     "match: git.push",
     6, 11},
    {POLICY "rules: [{match: a.b, verdict: no}]",
     "rules[1].verdict must be allow", 4, 28},
    {POLICY "rules: [{match: a.b, verdict: deny, class: write}]",
     "rules[1].class must be none, read, local or remote", 4, 43},
    {POLICY "rules: [{match: a.b, verdict: deny, clas: read}]",
     "unknown key 'clas' in environments.a.policy.rules[1]; did you mean "
     "class?",
     4, 43},
    {POLICY "rules: [deny]", "rules[1] must be a mapping", 4, 15},
    {ENV "secrets: process", "secrets must be a list", 3, 5},
    {ENV "secrets: [proces]",
     "environments.a.secrets[1] must be a mapping; write it as in process,", 3,
     15},
    {ENV "secrets: [{file: a, command: [b]}]", "exactly one of its members", 3,
     15},
    {ENV "secrets: [{files: a}]", "did you mean file?", 3, 16},
    {ENV "secrets: [{command: pass}]", "command must be a list", 3, 16},
    {ENV "secrets: [{command: [pass, 1]}]", "command[2] must be a text", 3, 32},
    {ENV "escalate: {}", "escalate needs one of its members", 3, 5},
    {ENV "escalate: {issue: shop}",
     "escalate.issue must be a text that fits; write it as in issue: acme", 3,
     16},
    {ENV "escalate: {webhook: {url: 'http://a.example/'}}",
     "webhook.url must be", 3, 26},
    {ENV "escalate: {webhook: {}}", "exactly one of its members", 3, 16},
    {"policy_ref: --all", "policy_ref must be", 1, 1},
    {"persons: {ada: 'ed25519:x'}", "persons.ada must be a list", 1, 11},
    {"persons: {ada: ['ed25519:aGFsbG8=']}",
     "persons.ada[1] must be a text that fits; write it as in ed25519:", 1, 17},
};

static void malformed_files_name_place_and_way_out(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct arena a = {0};
        struct config c;
        struct err err;
        enum status st = load_text(k, mistakes[i].text, &a, &c, &err);
        if (st != ST_INPUT || !strstr(err.msg, mistakes[i].says) ||
            err.line != mistakes[i].line || err.column != mistakes[i].column ||
            strcmp(err.file, "runproof.yaml") != 0)
            fail_msg("%s gives %s, %s:%d:%d: %s", mistakes[i].text,
                     status_name(st), err.file, err.line, err.column, err.msg);
        arena_release(&a);
    }
}

static const char everything[] =
    "policy_ref: origin/main\n"
    "persons:\n"
    "  ada: ['ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']\n"
    "fixtures: f\n"
    "reads: [{anything: goes}]\n"
    "environments:\n"
    "  b: {policy: , secrets: , escalate: }\n"
    "  a:\n"
    "    fly: {app: shop, policy: mine}\n"
    "    vault: 1\n"
    "    policy:\n"
    "      none: allow\n"
    "      remote: plan\n"
    "      rules:\n"
    "        - {match: git.push, class: remote, verdict: deny,"
    " because: by hand}\n"
    "        - {match: '*', verdict: ask}\n"
    "      ask_timeout: 10m\n"
    "      confine: required\n"
    "      approvals: {persons: 2, not_operator: true}\n"
    "    escalate:\n"
    "      webhook: {secret: ESCALATE_URL}\n"
    "      issue: acme/shop\n"
    "    secrets:\n"
    "      - process\n"
    "      - file: v.env\n"
    "      - command: [pass, show, 'shop/{name}']\n";

static void everything_that_is_known_passes(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct config c;
    struct environment e;
    struct err err;
    assert_int_equal(load_text(k, everything, &a, &c, &err), ST_OK);
    assert_string_equal(c.policy_ref, "origin/main");
    assert_int_equal(json_size(json_get(c.persons, "ada")), 1);
    assert_int_equal(config_environment(&c, "a", &a, &e, &err), ST_OK);
    assert_int_equal(e.policy.n_rules, 2);
    assert_string_equal(e.policy.rules[0].match, "git.push");
    assert_false(e.policy.rules[0].any_class);
    assert_int_equal(e.policy.rules[0].class, EFFECT_REMOTE);
    assert_int_equal(e.policy.rules[0].verdict, VERDICT_DENY);
    assert_string_equal(e.policy.rules[0].because, "by hand");
    assert_true(e.policy.rules[1].any_class);
    assert_int_equal(e.policy.ask_timeout_ms, 600000);
    assert_int_equal(e.policy.confinement, CONFINEMENT_REQUIRED);
    assert_int_equal(e.policy.approvals.persons, 2);
    assert_true(e.policy.approvals.not_operator);
    assert_string_equal(json_get_str(e.escalate, "issue", ""), "acme/shop");
    assert_int_equal(json_size(e.settings), 2);
    assert_int_equal(json_size(e.own), 5);

    /* what was in force can be read again and says the same */
    struct json *told = policy_json(&e.policy);
    struct policy again = policy_default("other");
    policy_read(told, &a, &again);
    struct json *once_more = policy_json(&again);
    assert_true(json_equal(told, once_more));
    json_free(told);
    json_free(once_more);

    assert_int_equal(config_environment(&c, "b", &a, &e, &err), ST_OK);
    assert_int_equal(e.policy.by_class[EFFECT_REMOTE], VERDICT_ASK);
    assert_int_equal(e.policy.ask_timeout_ms, ASK_TIMEOUT_DEFAULT_MS);
    assert_false(e.policy.approvals.not_operator);
    assert_true(policy_default("production").approvals.not_operator);
    arena_release(&a);
}

static void a_file_may_be_too_large(void **state)
{
    struct kit *k = *state;
    struct buf text = {0};
    struct arena a = {0};
    struct config c;
    struct err err;
    while (text.n <= 1 << 20)
        buf_str(&text, "# a comment of some length to fill the file with\n");
    assert_int_equal(load_text(k, buf_cstr(&text), &a, &c, &err), ST_LIMIT);
    buf_release(&text);
    arena_release(&a);
}

#define ALLOW VERDICT_ALLOW
#define ASK VERDICT_ASK
#define PLAN VERDICT_PLAN
#define DENY VERDICT_DENY

static void policies(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *name, *policy; /* lines below the environment's policy: */
        enum verdict want[EFFECT_COUNT];
    } rows[] = {
        {"staging", "{}", {ALLOW, ALLOW, ALLOW, ASK}},
        {"production", "{}", {ALLOW, ALLOW, ALLOW, PLAN}},
        {"production", "{remote: ask}", {ALLOW, ALLOW, ALLOW, ASK}},
        {"a", "{remote: deny, local: ask}", {ALLOW, ALLOW, ASK, DENY}},
        {"a",
         "{none: deny, read: plan, local: plan, remote: allow}",
         {DENY, PLAN, PLAN, ALLOW}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct config c;
        struct environment e;
        struct err err;
        char text[200];
        snprintf(text, sizeof text, "environments:\n  %s:\n    policy: %s\n",
                 rows[i].name, rows[i].policy);
        assert_int_equal(load_text(k, text, &a, &c, &err), ST_OK);
        assert_int_equal(config_environment(&c, rows[i].name, &a, &e, &err),
                         ST_OK);
        struct json *told = policy_json(&e.policy);
        for (int f = 0; f < EFFECT_COUNT; f++) {
            assert_int_equal(e.policy.by_class[f], rows[i].want[f]);
            assert_string_equal(
                json_get_str(told, effect_name((enum effect)f), "?"),
                verdict_name(rows[i].want[f]));
        }
        json_free(told);
        arena_release(&a);
    }
}

static void wrong_environments(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *text, *name, *says;
        int line;
    } rows[] = {
        {"environments: {a: {}, b: {}}", "c",
         "no environment 'c'; known: sandbox, a, b", 0},
        {"fixtures: x", "c", "no environment 'c'; known: sandbox", 0},
        {"environments:\n  sandbox: {}", "sandbox", "is built in", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct config c;
        struct environment e;
        struct err err;
        assert_int_equal(load_text(k, rows[i].text, &a, &c, &err), ST_OK);
        enum status st = config_environment(&c, rows[i].name, &a, &e, &err);
        if (st != ST_INPUT || !strstr(err.msg, rows[i].says) ||
            err.line != rows[i].line)
            fail_msg("%s gives %s, line %d: %s", rows[i].text, status_name(st),
                     err.line, err.msg);
        arena_release(&a);
    }
}

static void settings_are_the_providers(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct config c;
    struct environment e;
    struct err err;
    assert_int_equal(load_text(k,
                               "environments:\n  a:\n    fly: {app: shop}\n"
                               "    policy: {remote: allow}\n"
                               "    secrets: [process, {file: v.env}]\n",
                               &a, &c, &err),
                     ST_OK);
    assert_int_equal(config_environment(&c, "a", &a, &e, &err), ST_OK);
    assert_false(e.sandbox);
    assert_string_equal(json_get_str(json_get(e.settings, "fly"), "app", ""),
                        "shop");
    assert_int_equal(json_size(e.settings), 1);
    assert_int_equal(json_size(e.secrets), 2);

    assert_int_equal(config_environment(&c, "sandbox", &a, &e, &err), ST_OK);
    assert_true(e.sandbox);
    assert_null(e.settings);
    assert_int_equal(e.policy.by_class[EFFECT_REMOTE], VERDICT_ASK);
    arena_release(&a);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(the_root_is_found),
        kit_test(malformed_files_name_place_and_way_out),
        kit_test(everything_that_is_known_passes),
        kit_test(a_file_may_be_too_large),
        kit_test(policies),
        kit_test(wrong_environments),
        kit_test(settings_are_the_providers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
