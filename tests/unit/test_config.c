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

static void malformed_files_name_line_and_way_out(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *text, *says;
        int line;
    } rows[] = {
        {"[a]\n", "must be a mapping", 1},
        {"environments:\n  a: {}\nenviroments: {}\n",
         "unknown key 'enviroments'; did you mean environments", 3},
        {"x: 1\n", "unknown key 'x'; known: environments, fixtures, reads", 1},
        {"environments: []\n", "environments: write it as in", 1},
        {"fixtures: [a]\n", "fixtures: write it as in", 1},
        {"reads: {}\n", "reads: write it as in", 1},
        {"a: [\n", "", 2},
        {"a: 1\na: 2\n", "", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct config c;
        struct err err;
        enum status st = load_text(k, rows[i].text, &a, &c, &err);
        if (st != ST_INPUT || !strstr(err.msg, rows[i].says) ||
            err.line != rows[i].line || strcmp(err.file, "runproof.yaml") != 0)
            fail_msg("%s gives %s, %s:%d: %s", rows[i].text, status_name(st),
                     err.file, err.line, err.msg);
        arena_release(&a);
    }
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
        struct json *told = environment_policy_json(&e);
        for (int f = 0; f < EFFECT_COUNT; f++) {
            assert_int_equal(e.policy[f], rows[i].want[f]);
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
        {"environments:\n  a: 1", "a", "no environment 'a'", 0},
        {"environments:\n  sandbox: {}", "sandbox", "is built in", 2},
        {"environments:\n  a:\n    policy:\n      write: ask", "a",
         "unknown effect class 'write'; known: none, read, local, remote", 4},
        {"environments:\n  a:\n    policy:\n      remote: maybe", "a",
         "'remote' must be allow, ask, plan or deny", 4},
        {"environments:\n  a:\n    policy:\n      remote: 1", "a",
         "'remote' must be", 4},
        {"environments:\n  a:\n    policy: ask", "a", "policy: write it", 3},
        {"environments:\n  a:\n    secrets: process", "a", "secrets: write it",
         3},
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
    assert_int_equal(e.policy[EFFECT_REMOTE], VERDICT_ASK);
    arena_release(&a);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(the_root_is_found),
        kit_test(malformed_files_name_line_and_way_out),
        kit_test(a_file_may_be_too_large),
        kit_test(policies),
        kit_test(wrong_environments),
        kit_test(settings_are_the_providers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
