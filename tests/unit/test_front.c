/* Front matter: where it stands, every key, every refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "front.h"

static const struct {
    const char *src;
    bool found;
    size_t end;
    int lines;
} places[] = {
    {"", false, 0, 0},
    {"---", false, 0, 0},
    {"---\n", false, 0, 0},
    {"# a\n---\n---\n", false, 0, 0},
    {"---\na: 1\n", false, 0, 0},
    {"----\n---\n", false, 0, 0},
    {" ---\n---\n", false, 0, 0},
    {"\n---\n---\n", false, 0, 0},
    {"---\n\na: 1\n---\n", false, 0, 0},
    {"---\n \t\na: 1\n---\n", false, 0, 0},
    {"---\n---", true, 7, 2},
    {"---\n---\nx", true, 8, 2},
    {"--- \na: 1\n---\t\nx", true, 15, 3},
    {"\xEF\xBB\xBF---\na: 1\n---\nx", true, 16, 3},
    {"---\r\na: 1\r\n---\r\nx", true, 16, 3},
    {"---\ra: 1\r---\rx", true, 13, 3},
    {"---\na: |\n  ---\n---\n", true, 19, 4},
};

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct front_place got = {0};
        bool found = front_find(span_of(places[i].src), &got);
        if (found != places[i].found || got.end != places[i].end ||
            got.lines != places[i].lines)
            fail_msg("row %zu: found %d, end %zu, %d lines", i, found, got.end,
                     got.lines);
    }
}

static void test_everything(void **state)
{
    (void)state;
    struct arena a = {0};
    struct front f;
    struct err err = {0};
    struct span src = span_of("---\n"
                              "title: Roll back\n"
                              "owner: deployment\n"
                              "environments: [staging, production]\n"
                              "epoch: 2026-11-23T13:00:00Z\n"
                              "doc: runbooks/rollback.md\n"
                              "last_reviewed: 2026-11-20\n"
                              "expires: 2027-05-20\n"
                              "doc_hash: TBD\n"
                              "last_exercised:\n"
                              "exercise_every: 7d\n"
                              "evidence: copy\n"
                              "fixtures: tests/tree\n"
                              "colour: red\n"
                              "params:\n"
                              "  app: {type: string, default: web}\n"
                              "  size:\n"
                              "    type: choice\n"
                              "    choices: [s, m]\n"
                              "    default: m\n"
                              "    prompt: How big?\n"
                              "  n: {type: integer, required: true}\n"
                              "  key: {secret: true, pattern: '^k-[0-9]+$'}\n"
                              "---\n"
                              "text\n");
    if (front_parse(src, &a, &f, &err) != ST_OK)
        fail_msg("%d: %s", err.line, err.msg);
    assert_true(f.present);
    assert_int_equal(f.lines, 24);
    assert_string_equal(f.title, "Roll back");
    assert_string_equal(f.owner, "deployment");
    assert_string_equal(f.environments[1], "production");
    assert_null(f.environments[2]);
    assert_int_equal(f.epoch_ms, 1795438800000);
    assert_string_equal(f.doc, "runbooks/rollback.md");
    assert_string_equal(f.last_reviewed, "2026-11-20");
    assert_string_equal(f.expires, "2027-05-20");
    assert_string_equal(f.doc_hash, "TBD");
    assert_null(f.last_exercised);
    assert_string_equal(f.exercise_every, "7d");
    assert_true(f.evidence_copy);
    assert_string_equal(f.fixtures, "tests/tree");
    assert_int_equal(f.n_unknown, 1);
    assert_string_equal(f.unknown[0], "colour");
    assert_int_equal(f.unknown_line[0], 14);
    assert_int_equal(f.n_params, 4);
    assert_string_equal(f.params[0].name, "app");
    assert_string_equal(json_str(f.params[0].otherwise), "web");
    assert_int_equal(f.params[1].type, PARAM_CHOICE);
    assert_int_equal(f.params[1].line, 17);
    assert_string_equal(f.params[1].prompt, "How big?");
    assert_int_equal(json_size(f.params[1].choices), 2);
    assert_true(f.params[2].required);
    assert_true(f.params[3].secret);
    assert_string_equal(f.params[3].pattern, "^k-[0-9]+$");
    arena_release(&a);
}

static void test_absent(void **state)
{
    (void)state;
    struct arena a = {0};
    struct front f;
    struct err err = {0};
    assert_int_equal(front_parse(SPAN("# a\n"), &a, &f, &err), ST_OK);
    assert_false(f.present);
    assert_int_equal(f.epoch_ms, -1);
    assert_int_equal(front_parse(SPAN("---\n---\n"), &a, &f, &err), ST_OK);
    assert_true(f.present);
    arena_release(&a);
}

static const struct {
    const char *yaml;
    int line;
    const char *hint;
} bad[] = {
    {"a: [", 0, ""},
    {"- a", 0, "`key: value`"},
    {"title: x\ntitle: y", 3, ""},
    {"title: [x]", 2, "title: must be a text"},
    {"x: 1\nowner: true", 3, "owner: must be a text"},
    {"expires: soon", 2, "2026-11-23"},
    {"last_reviewed: 5", 2, "2026-11-23"},
    {"doc_hash: sha256:12", 2, "`runproof stamp`"},
    {"epoch: yesterday", 2, "must be a time"},
    {"exercise_every: week", 2, "must be a duration"},
    {"evidence: both", 2, "inline or copy"},
    {"environments: staging", 2, "must be a list"},
    {"environments: [1]", 2, "names only"},
    {"params: [a]", 2, "must map names"},
    {"params:\n  a: web", 3, "{type: …}"},
    {"params:\n  a-b: {}", 3, "as in Lua"},
    {"params:\n  a: {kind: string}", 3, "unknown key 'kind'"},
    {"params:\n  a: {requird: true}", 3, "did you mean 'required'"},
    {"params:\n  a: {type: text}", 3, "string, integer"},
    {"params:\n  a: {type: choice}", 3, "belong together"},
    {"params:\n  a: {choices: [x]}", 3, "belong together"},
    {"params:\n  a: {type: choice, choices: []}", 3, "choices is empty"},
    {"params:\n  a: {type: choice, choices: [1]}", 3, "quote them"},
    {"params:\n  a: {type: choice, choices: [x], default: y}", 3, "not fit"},
    {"params:\n  a: {type: integer, default: 1.5}", 3, "not fit"},
    {"params:\n  a: {type: boolean, default: 'yes'}", 3, "not fit"},
    {"params:\n  a: {default: 5}", 3, "quote it"},
    {"params:\n  a: {secret: true, default: hunter22}", 3, "no default"},
    {"params:\n  a: {required: maybe}", 3, "true or false"},
    {"params:\n  a: {prompt: [x]}", 3, "prompt must be"},
    {"params:\n  a: {pattern: '('}", 3, "regular expression"},
    {"params:\n  a: {pattern: 'a{999}{999}'}", 3, "too often"},
    {"params:\n  a: {pattern: 'a{2,9999}'}", 3, "too often"},
};

static void test_never_closed(void **state)
{
    (void)state;
    struct arena a = {0};
    struct front f;
    struct err err = {0};
    struct span src = SPAN("---\ntitle: x\n----\n");
    assert_int_equal(front_parse(src, &a, &f, &err), ST_INPUT);
    assert_int_equal(err.line, 1);
    arena_release(&a);
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct arena a = {0};
        struct buf src = {0};
        struct front f;
        struct err err = {0};
        buf_printf(&src, "---\n%s\n---\n", bad[i].yaml);
        enum status st = front_parse(buf_view(&src), &a, &f, &err);
        if (st != ST_INPUT || !strstr(err.msg, bad[i].hint) ||
            (bad[i].line && err.line != bad[i].line))
            fail_msg("%s: %s, line %d: %s", bad[i].yaml, status_name(st),
                     err.line, err.msg);
        buf_release(&src);
        arena_release(&a);
    }
}

/* 10 MB, and aliases that would make more than 10 billion nodes. */
static void test_bombs(void **state)
{
    (void)state;
    struct arena a = {0};
    struct front f;
    struct err err = {0};
    struct buf src = {0};
    buf_str(&src, "---\nx: ");
    for (int i = 0; i < 10 << 20; i++)
        buf_char(&src, 'y');
    buf_str(&src, "\n---\n");
    assert_int_equal(front_parse(buf_view(&src), &a, &f, &err), ST_LIMIT);

    buf_clear(&src);
    err_clear(&err);
    buf_str(&src, "---\na0: &a0 [x]\n");
    for (int i = 1; i <= 10; i++) {
        buf_printf(&src, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            buf_printf(&src, "*a%d,", i - 1);
        buf_str(&src, "]\n");
    }
    buf_str(&src, "---\n");
    assert_int_equal(front_parse(buf_view(&src), &a, &f, &err), ST_LIMIT);
    buf_release(&src);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places), cmocka_unit_test(test_everything),
        cmocka_unit_test(test_absent), cmocka_unit_test(test_bad),
        cmocka_unit_test(test_bombs),  cmocka_unit_test(test_never_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
