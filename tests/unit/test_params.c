/* Parameters: typed, checked, asked for, and secrets never in clear. */
#include "port_kit.h"

#include "arena.h"
#include "params.h"

static const char front_text[] =
    "---\n"
    "title: t\n"
    "params:\n"
    "  name: {type: string}\n"
    "  count: {type: integer, default: 3}\n"
    "  rate: {type: number}\n"
    "  fast: {type: boolean, default: false}\n"
    "  region: {type: choice, choices: [fra, ams]}\n"
    "  tag: {type: string, pattern: 'v[0-9]+'}\n"
    "  zed: {type: string, secret: true}\n"
    "  key: {type: string, secret: true}\n"
    "---\n";

struct resolved {
    struct arena arena;
    struct front front;
    struct inputs inputs;
    struct json *given;
    struct err err;
};

static enum status resolve_with(struct kit *k, struct resolved *r,
                                const char *front, const char *given,
                                struct person *person)
{
    *r = (struct resolved){.given = kit_json(given)};
    if (front_parse(span_of(front), &r->arena, &r->front, &r->err) != ST_OK)
        fail_msg("%s", r->err.msg);
    return params_resolve(&r->front, "page.md", r->given, person, k->vault,
                          &r->inputs, &r->err);
}

static enum status resolve(struct kit *k, struct resolved *r, const char *given)
{
    struct person nobody = {0};
    return resolve_with(k, r, front_text, given, &nobody);
}

static void release(struct resolved *r)
{
    inputs_release(&r->inputs);
    json_free(r->given);
    arena_release(&r->arena);
}

static void values_are_typed(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *given, *want;
    } rows[] = {
        {"{}", "{\"count\":3,\"fast\":false}"},
        {"{\"count\":\"-7\"}", "{\"count\":-7,\"fast\":false}"},
        {"{\"count\":\"9007199254740993\"}",
         "{\"count\":9007199254740993,\"fast\":false}"},
        {"{\"rate\":\"0.5\"}", "{\"count\":3,\"fast\":false,\"rate\":0.5}"},
        {"{\"rate\":\"2\"}", "{\"count\":3,\"fast\":false,\"rate\":2}"},
        {"{\"fast\":\"true\"}", "{\"count\":3,\"fast\":true}"},
        {"{\"name\":\"\"}", "{\"count\":3,\"fast\":false,\"name\":\"\"}"},
        {"{\"name\":\"7\"}", "{\"count\":3,\"fast\":false,\"name\":\"7\"}"},
        {"{\"region\":\"ams\"}",
         "{\"count\":3,\"fast\":false,\"region\":\"ams\"}"},
        {"{\"tag\":\"v12\"}", "{\"count\":3,\"fast\":false,\"tag\":\"v12\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resolved r;
        if (resolve(k, &r, rows[i].given) != ST_OK)
            fail_msg("%s: %s", rows[i].given, r.err.msg);
        struct json *want = kit_json(rows[i].want);
        if (!json_equal(r.inputs.values, want)) {
            struct buf got = {0};
            json_write(r.inputs.values, &got);
            fail_msg("%s gives %s", rows[i].given, buf_cstr(&got));
        }
        assert_int_equal(json_size(r.inputs.sources), 0);
        json_free(want);
        release(&r);
    }
}

static void wrong_values(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *given, *says;
        int line;
    } rows[] = {
        {"{\"count\":\"x\"}", "-p count=x: must be an integer", 5},
        {"{\"count\":\"1.5\"}", "must be an integer", 5},
        {"{\"count\":\"\"}", "must be an integer", 5},
        {"{\"count\":\"[1]\"}", "must be an integer", 5},
        {"{\"count\":\"99999999999999999999\"}", "must be an integer", 5},
        {"{\"rate\":\"fast\"}", "must be a number", 6},
        {"{\"rate\":\"1e999\"}", "must be a number", 6},
        {"{\"rate\":\"\\\"1\\\"\"}", "must be a number", 6},
        {"{\"fast\":\"yes\"}", "must be true or false", 7},
        {"{\"region\":\"us\"}", "must be one of its choices: fra, ams", 8},
        {"{\"region\":\"\"}", "must be one of its choices", 8},
        {"{\"tag\":\"12\"}", "-p tag must match v[0-9]+", 9},
        {"{\"tag\":\"v1\\nv2\"}", "must match", 9},
        {"{\"tag\":\"xv1\"}", "must match", 9},
        {"{\"nmae\":\"x\"}", "no parameter nmae; did you mean name", 0},
        {"{\"qqqqqq\":\"x\"}", "the runbook has no parameter qqqqqq", 0},
        {"{\"key\":\"s3cret-in-clear\"}", "never in the command line", 11},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resolved r;
        enum status st = resolve(k, &r, rows[i].given);
        if (st != ST_INPUT || !strstr(r.err.msg, rows[i].says) ||
            r.err.line != rows[i].line)
            fail_msg("%s: %s, line %d: %s", rows[i].given, status_name(st),
                     r.err.line, r.err.msg);
        assert_null(strstr(r.err.msg, "s3cret-in-clear"));
        release(&r);
    }
}

static void required_ones_are_asked_for(void **state)
{
    struct kit *k = *state;
    static const char front[] = "---\nparams:\n  app: {type: string, required: "
                                "true, prompt: Which app?}\n---\n";
    struct resolved r;
    struct person nobody = {0};
    assert_int_equal(resolve_with(k, &r, front, "{}", &nobody), ST_INPUT);
    assert_non_null(strstr(r.err.msg, "add -p app=… — Which app?"));
    release(&r);

    /* what stands in for a person answers as one, and is checked as one */
    struct json *answers = kit_json("{\"app\":\"shop\"}");
    struct person somebody = {.terminal = true, .answers = answers};
    assert_int_equal(resolve_with(k, &r, front, "{}", &somebody), ST_OK);
    assert_string_equal(json_get_str(r.inputs.values, "app", ""), "shop");
    release(&r);
    json_free(answers);
}

/* Handles come in the front matter's order, on a resume too, whatever order
 * the journal keeps their names in: a replay would see others otherwise. */
static void secrets_come_back_under_their_handles(void **state)
{
    struct kit *k = *state;
    struct resolved r;
    struct inputs again;
    struct err err = {0};
    assert_int_equal(setenv("RUNPROOF_TEST_Z", "secret-of-zed", 1), 0);
    assert_int_equal(setenv("RUNPROOF_TEST_K", "secret-of-key", 1), 0);
    if (resolve(k, &r,
                "{\"key\":\"@env:RUNPROOF_TEST_K\","
                "\"zed\":\"@env:RUNPROOF_TEST_Z\"}") != ST_OK)
        fail_msg("%s", r.err.msg);
    struct buf text = {0};
    json_write(r.inputs.values, &text);
    json_write(r.inputs.sources, &text);
    assert_null(strstr(buf_cstr(&text), "secret-of"));
    buf_release(&text);
    assert_string_equal(
        json_get_str(json_get(r.inputs.values, "zed"), "$secret", ""), "s1");

    /* as the journal has them: sorted */
    buf_clear(&text);
    json_write(r.inputs.sources, &text);
    struct json *sources = kit_json(buf_cstr(&text));
    struct vault *other = vault_new();
    assert_int_equal(
        params_restore(&r.front, r.inputs.values, sources, other, &again, &err),
        ST_OK);
    assert_true(json_equal(again.values, r.inputs.values));
    struct span value;
    assert_int_equal(
        vault_reveal(other, json_get(again.values, "zed"), &value, &err),
        ST_OK);
    assert_true(span_is(value, "secret-of-zed"));
    inputs_release(&again);

    /* a source that is gone */
    unsetenv("RUNPROOF_TEST_K");
    assert_int_equal(
        params_restore(&r.front, r.inputs.values, sources, other, &again, &err),
        ST_INPUT);
    assert_non_null(strstr(err.msg, "RUNPROOF_TEST_K is not set"));
    inputs_release(&again);
    unsetenv("RUNPROOF_TEST_Z");
    vault_free(other);
    json_free(sources);
    buf_release(&text);
    release(&r);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(values_are_typed),
        kit_test(wrong_values),
        kit_test(required_ones_are_asked_for),
        kit_test(secrets_come_back_under_their_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
