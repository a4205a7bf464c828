/* JSON: strict in, exact inside, canonical out. */
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arena.h"

static struct json *parsed(const char *text)
{
    struct err err = {0};
    struct json *j = NULL;
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%.60s: %s", text, err.msg);
    return j;
}

static void assert_writes(const struct json *j, const char *want)
{
    struct buf out = {0};
    json_write(j, &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_release(&out);
}

static void test_canonical(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"null", "null"},
        {" [ true , false ] ", "[true,false]"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"{\"a\":[],\"b\":{},\"c\":null}", "{\"a\":[],\"b\":{},\"c\":null}"},
        {"9007199254740993", "9007199254740993"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"18446744073709551616", "18446744073709552000"},
        {"-0", "0"},
        {"1.0", "1"},
        {"1e2", "100"},
        {"1e21", "1e+21"},
        {"1E-7", "1e-7"},
        {"0.000001", "0.000001"},
        {"1.5e300", "1.5e+300"},
        {"\"\\u0041\\/\\u00e9\"", "\"A/\xC3\xA9\""},
        {"\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\""},
        {"\"\\u000f\\n\\t\\\"\\\\\\u007f\"", "\"\\u000f\\n\\t\\\"\\\\\x7f\""},
        {"{\"b\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"b\":1}"},
        {"{\"A\":1,\"a\":2}", "{\"A\":1,\"a\":2}"},
        /* RFC 8785, 3.2.3: the order is of UTF-16 code units. */
        {"{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,"
         "\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}",
         "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"\xC3\xB6\":7,\"\xE2\x82\xAC\":1,"
         "\"\xF0\x9F\x98\x80\":5,\"\xEF\xAC\xB3\":3}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = parsed(rows[i].in);
        assert_writes(j, rows[i].out);
        json_free(j);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *in;
        int line;
        const char *says;
    } rows[] = {
        {"", 1, "ends too early"},
        {"\n\n", 3, "ends too early"},
        {"[1,\n2,\n]", 3, "unexpected"},
        {"[1 2]", 1, "','"},
        {"[1", 1, "','"},
        {"{\"a\" 1}", 1, "':'"},
        {"{a:1}", 1, "double quotes"},
        {"{\"a\":1,}", 1, "double quotes"},
        {"1 1", 1, "follows"},
        {"nul", 1, "unexpected"},
        {"nulll", 1, "follows"},
        {"NaN", 1, "unexpected"},
        {"+1", 1, "unexpected"},
        {"01", 1, "leading zero"},
        {"-01", 1, "leading zero"},
        {"-", 1, "'-'"},
        {"1.", 1, "decimal point"},
        {".5", 1, "unexpected"},
        {"1e", 1, "exponent"},
        {"1e400", 1, "out of range"},
        {"-1e400", 1, "out of range"},
        {"1e-400", 1, "out of range"},
        {"\"a", 1, "closing quote"},
        {"\"a\\", 1, "escape"},
        {"\"\\x41\"", 1, "escape"},
        {"\"\\u00g0\"", 1, "hex"},
        {"\"\\u12", 1, "hex"},
        {"\"a\\u0000b\"", 1, "\\u0000"},
        {"\"\\ud83d\"", 1, "surrogate"},
        {"\"\\ude00\\ud83d\"", 1, "surrogate"},
        {"\"\\ud83d\\n\"", 1, "surrogate"},
        {"\"a\nb\"", 1, "control"},
        {"\"\t\"", 1, "control"},
        {"\"\xC3\x28\"", 1, "UTF-8"},
        {"\"\xED\xA0\x80\"", 1, "UTF-8"},
        {"\xEF\xBB\xBF{}", 1, "unexpected"},
        {"{\"a\":1,\n\"b\":2,\n\"\\u0061\":3}", 3, "\"a\" appears twice"},
        {"[\n{\"x\":{\"k\":1,\"k\":1}}]", 2, "\"k\" appears twice"},
        {"// no\n1", 1, "unexpected"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct json *j = NULL;
        assert_int_equal(json_parse(span_of(rows[i].in), &j, &err), ST_INPUT);
        assert_null(j);
        assert_int_equal(err.line, rows[i].line);
        if (!strstr(err.msg, rows[i].says))
            fail_msg("%s: %s", rows[i].in, err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
