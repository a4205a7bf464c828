/* YAML to JSON: core schema, lines, ceilings. */
#include "yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "clock.h"

#define MAX_NODES 1000

static struct json *parsed(const char *text)
{
    struct err err = {0};
    struct json *j = NULL;
    if (yaml_parse(span_of(text), MAX_NODES, &j, &err) != ST_OK)
        fail_msg("%s\n%d: %s", text, err.line, err.msg);
    return j;
}

static void test_values(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", "{}"},
        {"# only this\n", "{}"},
        {"a: 1\nb: [x, y]\nc: {d: e}\n",
         "{\"a\":1,\"b\":[\"x\",\"y\"],\"c\":{\"d\":\"e\"}}"},
        {"[null, Null, ~, \"\", nulL]", "[null,null,null,\"\",\"nulL\"]"},
        {"a:\nb: ~\n", "{\"a\":null,\"b\":null}"},
        {"[true, True, false, FALSE, yes, no, on, off, y, tRUE]",
         "[true,true,false,false,\"yes\",\"no\",\"on\",\"off\",\"y\","
         "\"tRUE\"]"},
        {"[1, -1, +1, 007, 0o17, 0x1F, 1_000, 0b1, -0]",
         "[1,-1,1,7,15,31,\"1_000\",\"0b1\",0]"},
        {"[9007199254740993, 9223372036854775807, -9223372036854775808]",
         "[9007199254740993,9223372036854775807,-9223372036854775808]"},
        {"[1.5, .5, 5., 1e3, 1E-2, -1.5e+1, 1.2.3, ., e3, 1e]",
         "[1.5,0.5,5,1000,0.01,-15,\"1.2.3\",\".\",\"e3\",\"1e\"]"},
        {"[2026-11-23, 2026-11-23T13:00:00Z, 13:00, 1:30]",
         "[\"2026-11-23\",\"2026-11-23T13:00:00Z\",\"13:00\",\"1:30\"]"},
        {"['1', \"true\", '~', !!str 5, ! 6]",
         "[\"1\",\"true\",\"~\",\"5\",\"6\"]"},
        {"|\n  a\n  b\n", "\"a\\nb\\n\""},
        {">-\n  a\n  b\n", "\"a b\""},
        {"\"\\u00e9\\U0001F600\\t\"", "\"\xC3\xA9\xF0\x9F\x98\x80\\t\""},
        {"1: a\ntrue: b\n", "{\"1\":\"a\",\"true\":\"b\"}"},
        {"a: &x [1, 2]\nb: *x\n", "{\"a\":[1,2],\"b\":[1,2]}"},
        {"a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"},
        {"---\na: 1\n...\n", "{\"a\":1}"},
        {"[]", "[]"},
        {"{}", "{}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = parsed(rows[i].in);
        struct buf out = {0};
        json_write(j, &out);
        assert_string_equal(buf_cstr(&out), rows[i].out);
        buf_release(&out);
        json_free(j);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *in;
        enum status st;
        int line;
        const char *says;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", ST_INPUT, 3, "\"a\" appears twice"},
        {"x:\n  a: 1\n  'a': 3\n", ST_INPUT, 3, "\"a\" appears twice"},
        {"a: 1\n? [1]\n: 2\n", ST_INPUT, 2, "key must be a scalar"},
        {"a: &x 1\n*x : 2\n", ST_INPUT, 2, "key must be a scalar"},
        {"&k a: 1\n", ST_INPUT, 1, "anchor"},
        {"a: &x {b: 1}\nc:\n  <<: *x\n", ST_INPUT, 3, "merge keys"},
        {"a: 1\n---\nb: 2\n", ST_INPUT, 2, "more than one document"},
        {"a: *x\n", ST_INPUT, 1, "not defined"},
        {"a: &x [1,\n *x]\n", ST_INPUT, 2, "alias inside"},
        {"a: 1\nb: \"x\\0y\"\n", ST_INPUT, 2, "NUL"},
        {"a: .inf\n", ST_INPUT, 1, "out of range"},
        {"a: 1e400\n", ST_INPUT, 1, "out of range"},
        {"a: 0xFFFFFFFFFFFFFFFF\n", ST_INPUT, 1, "out of range"},
        {"a: !!int 5\n", ST_INPUT, 1, "tags"},
        {"a: !env [X]\n", ST_INPUT, 1, "tags"},
        {"a: [1, 2\n", ST_INPUT, 2, "expected"},
        {"a: 1\n b: 2\n", ST_INPUT, 2, "not allowed"},
        {"a: 1\n\tb: 2\n", ST_INPUT, 2, "YAML: "},
        {"a: \"x\n", ST_INPUT, 2, "end of stream"},
        {"a: '\xFF'\n", ST_INPUT, 0, "UTF-8"},
        {"a: \x01\n", ST_INPUT, 1, "control characters"},
        {"%YAML 3.0\n---\na: 1\n", ST_INPUT, 1, "incompatible"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct json *j = NULL;
        assert_int_equal(yaml_parse(span_of(rows[i].in), MAX_NODES, &j, &err),
                         rows[i].st);
        assert_null(j);
        if (!strstr(err.msg, rows[i].says) || err.line != rows[i].line)
            fail_msg("%s\n%d: %s", rows[i].in, err.line, err.msg);
    }
}

static void test_lines(void **state)
{
    (void)state;
    struct json *j = parsed("# head\n"
                            "a: 1\n"
                            "b:\n"
                            "\n"
                            "  c: x\n"
                            "d:\n"
                            "  - 1\n"
                            "  - 2\n");
    assert_int_equal(json_line(j), 2);
    assert_int_equal(json_line(json_get(j, "a")), 2);
    assert_int_equal(json_line(json_get(j, "b")), 3);
    assert_int_equal(json_line(json_get(json_get(j, "b"), "c")), 5);
    assert_int_equal(json_line(json_next(json_first(json_get(j, "d")))), 8);
    json_free(j);
}

static void assert_limit(const struct buf *text, size_t max, const char *says)
{
    struct err err = {0};
    struct json *j = NULL;
    int64_t begin = clock_mono_ms();
    assert_int_equal(yaml_parse(buf_view(text), max, &j, &err), ST_LIMIT);
    assert_null(j);
    assert_true(err.line > 0);
    if (!strstr(err.msg, says))
        fail_msg("%s", err.msg);
    assert_true(clock_mono_ms() - begin < 5000);
}

static void test_billion_laughs(void **state)
{
    struct buf text = {0};
    (void)state;
    buf_str(&text, "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for (int i = 1; i < 30; i++) {
        buf_printf(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            buf_printf(&text, "%s*a%d", k ? ", " : "", i - 1);
        buf_str(&text, "]\n");
    }
    assert_limit(&text, 10000, "too many values");
    buf_release(&text);
}

static void test_alias_of_much_text(void **state)
{
    struct buf text = {0};
    (void)state;
    buf_str(&text, "a: &a ");
    for (int i = 0; i < 30000; i++)
        buf_char(&text, 'x');
    buf_str(&text, "\nb: [");
    for (int i = 0; i < 5000; i++)
        buf_str(&text, "*a, ");
    buf_str(&text, "]\n");
    assert_limit(&text, 10000, "too much text");
    buf_release(&text);
}

static void test_alias_towers(void **state)
{
    struct buf text = {0};
    (void)state;
    buf_str(&text, "a0: &a0 [x]\n");
    for (int i = 1; i < 300; i++)
        buf_printf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    assert_limit(&text, 1000000, "too deep nesting");
    buf_release(&text);
}

static void test_depth_and_anchors(void **state)
{
    struct buf text = {0};
    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_char(&text, '[');
    assert_limit(&text, 1000000, "too deep nesting");
    buf_clear(&text);
    for (int i = 0; i < 100000; i++)
        buf_str(&text, "- ");
    assert_limit(&text, 1000000, "too deep nesting");
    buf_clear(&text);
    for (int i = 0; i < 300; i++)
        buf_printf(&text, "- &a%d x\n", i);
    assert_limit(&text, 1000000, "too many anchors");
    buf_clear(&text);
    for (int i = 0; i < 2000; i++)
        buf_str(&text, "- x\n");
    assert_limit(&text, 2000, "too many values");
    buf_release(&text);
}

static void test_many_keys(void **state)
{
    struct buf text = {0};
    struct err err = {0};
    struct json *j = NULL;
    (void)state;
    for (int i = 0; i < 50000; i++)
        buf_printf(&text, "k%d: v\n", i);
    int64_t begin = clock_mono_ms();
    assert_int_equal(yaml_parse(buf_view(&text), 100000, &j, &err), ST_OK);
    assert_int_equal(json_size(j), 50000);
    assert_true(clock_mono_ms() - begin < 10000);
    json_free(j);
    j = NULL;
    buf_str(&text, "k77: v\n");
    assert_int_equal(yaml_parse(buf_view(&text), 100000, &j, &err), ST_INPUT);
    assert_int_equal(err.line, 50001);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_billion_laughs),
        cmocka_unit_test(test_alias_of_much_text),
        cmocka_unit_test(test_alias_towers),
        cmocka_unit_test(test_depth_and_anchors),
        cmocka_unit_test(test_many_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
