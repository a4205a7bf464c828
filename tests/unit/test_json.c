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
#include "clock.h"

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
        {"\"plain \\n\\r\\b\\f\\\\ \\u20AC end\"",
         "\"plain \\n\\r\\b\\f\\\\ \xE2\x82\xAC end\""},
        {"{\"a\\tb\":{\"c\\\"\":\"d\\\\\"}}",
         "{\"a\\tb\":{\"c\\\"\":\"d\\\\\"}}"},
        {"{\"fifteen letters\":1,\"sixteen letters!\":2,\"of seventeen "
         "let\":3}",
         "{\"fifteen letters\":1,\"of seventeen let\":3,\"sixteen "
         "letters!\":2}"},
        {"123456789012345", "123456789012345"},
        {"-99999999999999", "-99999999999999"},
        {"-1234567890123456", "-1234567890123456"},
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
        {"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\n"
         "\"h\":2}",
         2, "\"h\" appears twice"},
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

/* RFC 8785, appendix B: the bits of a double and its text. Integers within
 * int64 are ours: in full. */
static void test_number_samples(void **state)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } rows[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
        {0x7ff0000000000000, "null"},
        {0x7fffffffffffffff, "null"},
        /* Beyond the appendix: 2^-44 wants the next decimal up. */
        {0x3d30000000000000, "5.684341886080802e-14"},
        {0x0010000000000000, "2.2250738585072014e-308"},
        {0x000fffffffffffff, "2.225073858507201e-308"},
        {0x0000000000000002, "1e-323"},
        {0x3fb999999999999a, "0.1"},
        {0x4415af1d78b58c40, "100000000000000000000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double v = 0;
        memcpy(&v, &rows[i].bits, sizeof v);
        struct json *j = json_new_num(v);
        assert_writes(j, rows[i].text);
        json_free(j);
    }
}

/* What is written reads back as the same double, over doubles of all sizes. */
static void test_numbers_read_back(void **state)
{
    uint64_t bits = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        double v = 0;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&v, &bits, sizeof v);
        struct json *j = json_new_num(v);
        struct buf text = {0};
        json_write(j, &text);
        if (json_type(j) == JSON_NUMBER)
            assert_true(strtod(buf_cstr(&text), NULL) == v);
        buf_release(&text);
        json_free(j);
    }
}

static void test_integers(void **state)
{
    static const struct {
        const char *in;
        bool whole;
        int64_t value;
        const char *text;
    } rows[] = {
        {"0", true, 0, "0"},
        {"-0", true, 0, "0"},
        {"9007199254740992", true, 9007199254740992, "9007199254740992"},
        {"9007199254740993", true, 9007199254740993, "9007199254740993"},
        {"-9007199254740993", true, -9007199254740993, "-9007199254740993"},
        {"9223372036854775807", true, INT64_MAX, "9223372036854775807"},
        {"-9223372036854775808", true, INT64_MIN, "-9223372036854775808"},
        {"9223372036854775808", false, 0, "9223372036854775808"},
        {"123456789012345678901234567890", false, 0,
         "123456789012345678901234567890"},
        {"1e3", true, 1000, "1000"},
        {"2.0", true, 2, "2"},
        {"2.5", false, 0, "2.5"},
        {"1e300", false, 0, "1e+300"},
        {"\"1\"", false, 0, "null"},
        {"true", false, 0, "null"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = parsed(rows[i].in);
        int64_t v = 0;
        char room[32];
        assert_int_equal(json_int(j, &v), rows[i].whole);
        assert_int_equal(v, rows[i].value);
        assert_string_equal(json_num_text(j, room), rows[i].text);
        json_free(j);
        if (!rows[i].whole)
            continue;
        j = json_new_int(rows[i].value);
        assert_writes(j, rows[i].text);
        json_free(j);
    }
}

static void test_ceilings(void **state)
{
    struct err err = {0};
    struct json *j = NULL;
    struct buf text = {0};
    (void)state;
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        buf_char(&text, '[');
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        buf_char(&text, ']');
    assert_int_equal(json_parse(buf_view(&text), &j, &err), ST_OK);
    json_free(j);
    j = NULL;
    buf_clear(&text);
    for (int i = 0; i < 1000000; i++)
        buf_str(&text, i % 2 ? "[" : "{\"a\":");
    assert_int_equal(json_parse(buf_view(&text), &j, &err), ST_LIMIT);
    assert_non_null(strstr(err.msg, "200"));
    err_clear(&err);
    struct span huge = {buf_cstr(&text), JSON_MAX_BYTES + 1};
    assert_int_equal(json_parse(huge, &j, &err), ST_LIMIT);
    err_clear(&err);
    buf_clear(&text);
    for (int i = 0; i < 64; i++)
        buf_char(&text, '1');
    assert_int_equal(json_parse(buf_view(&text), &j, &err), ST_LIMIT);
    assert_null(j);
    buf_release(&text);
}

/* Time tells: comparing each name with each takes minutes here. */
static void test_many_members(void **state)
{
    struct err err = {0};
    struct json *j = NULL;
    struct buf text = {0};
    (void)state;
    buf_str(&text, "{\"k0\":0");
    for (int i = 1; i < 100000; i++)
        buf_printf(&text, ",\n\"k%d\":%d", i, i);
    int64_t begin = clock_mono_ms();
    buf_char(&text, '}');
    assert_int_equal(json_parse(buf_view(&text), &j, &err), ST_OK);
    assert_int_equal(json_size(j), 100000);
    assert_int_equal(json_get_int(j, "k99999", -1), 99999);
    struct json *same = json_copy(j);
    assert_true(json_equal(j, same));
    json_free(same);
    json_free(j);
    text.n--;
    buf_str(&text, ",\"k\\u0037\":0}");
    assert_int_equal(json_parse(buf_view(&text), &j, &err), ST_INPUT);
    assert_non_null(strstr(err.msg, "\"k7\" appears twice"));
    assert_int_equal(err.line, 100000);
    assert_true(clock_mono_ms() - begin < 20000);
    buf_release(&text);
}

static void test_reading(void **state)
{
    (void)state;
    struct json *j = parsed("{\"s\":\"x\",\"n\":5,\"f\":1.5,\"b\":true,"
                            "\"z\":null,\"a\":[],\"o\":{},\"S\":\"upper\"}");
    assert_string_equal(json_get_str(j, "s", "-"), "x");
    assert_string_equal(json_get_str(j, "S", "-"), "upper");
    assert_string_equal(json_get_str(j, "n", "-"), "-");
    assert_string_equal(json_get_str(j, "none", "-"), "-");
    assert_int_equal(json_get_int(j, "n", 9), 5);
    assert_int_equal(json_get_int(j, "f", 9), 9);
    assert_true(json_num(json_get(j, "f")) == 1.5);
    assert_true(json_get_bool(j, "b", false));
    assert_true(json_get_bool(j, "n", true));
    /* null, absent, empty array and empty object are four things */
    assert_non_null(json_get(j, "z"));
    assert_null(json_get(j, "none"));
    assert_int_equal(json_type(json_get(j, "z")), JSON_NULL);
    assert_int_equal(json_type(json_get(j, "a")), JSON_ARRAY);
    assert_int_equal(json_type(json_get(j, "o")), JSON_OBJECT);
    assert_null(json_get(json_get(j, "a"), "s"));
    json_free(j);
}

static void test_null_is_null(void **state)
{
    int64_t v = 7;
    char room[32];
    (void)state;
    assert_int_equal(json_type(NULL), JSON_NULL);
    assert_null(json_get(NULL, "a"));
    assert_null(json_str(NULL));
    assert_int_equal(json_span(NULL).n, 0);
    assert_false(json_int(NULL, &v));
    assert_true(json_num(NULL) == 0);
    assert_string_equal(json_num_text(NULL, room), "null");
    assert_false(json_bool(NULL));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_key(NULL));
    assert_int_equal(json_size(NULL), 0);
    assert_int_equal(json_line(NULL), 0);
    assert_writes(NULL, "null");
    json_free(NULL);
    struct json *copy = json_copy(NULL);
    assert_true(json_equal(copy, NULL));
    json_free(copy);
}

static void test_building(void **state)
{
    struct arena a = {0};
    (void)state;
    struct json *j = json_adopt(&a, json_new(JSON_OBJECT));
    json_put_str(j, "b", "one");
    json_put_int(j, "a", INT64_MIN);
    json_put_bool(j, "t", true);
    json_put_str(j, "none", NULL);
    struct json *arr = json_put(j, "list", json_new(JSON_ARRAY));
    json_push(arr, json_new_num(0.5));
    json_push(arr, json_new(JSON_STRING));
    json_push(arr, json_new(JSON_NUMBER));
    json_push(arr, json_new(JSON_BOOL));
    json_put_str(j, "b", "two");
    json_put(j, "t", json_new(JSON_OBJECT));
    json_remove(j, "none");
    json_remove(j, "none");
    assert_writes(j, "{\"a\":-9223372036854775808,\"b\":\"two\","
                     "\"list\":[0.5,\"\",0,false],\"t\":{}}");
    /* A replaced member keeps its place. */
    assert_string_equal(json_key(json_first(j)), "b");
    struct buf out = {0};
    json_pretty(j, &out);
    assert_string_equal(buf_cstr(&out), "{\n"
                                        "  \"b\": \"two\",\n"
                                        "  \"a\": -9223372036854775808,\n"
                                        "  \"t\": {},\n"
                                        "  \"list\": [\n"
                                        "    0.5,\n"
                                        "    \"\",\n"
                                        "    0,\n"
                                        "    false\n"
                                        "  ]\n"
                                        "}");
    buf_release(&out);
    arena_release(&a);
}

/* A copy shares nothing with what it is a copy of, names neither. */
static void test_copy(void **state)
{
    static const char text[] = "{\"a\":[1,9007199254740993,\"x\",null,true],"
                               "\"a name that takes room\":{\"b\":\"\"}}";
    (void)state;
    struct json *j = parsed(text);
    struct json *list = json_copy(json_get(j, "a"));
    struct json *copy = json_copy(j);
    json_free(j);
    assert_writes(copy, text);
    json_put(copy, "list", list);
    json_put(copy, "a name that takes room", json_new_int(1));
    assert_writes(copy, "{\"a\":[1,9007199254740993,\"x\",null,true],"
                        "\"a name that takes room\":1,"
                        "\"list\":[1,9007199254740993,\"x\",null,true]}");
    json_free(copy);
}

static void test_equal(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"1", "1.0", true},
        {"100", "1e2", true},
        {"9007199254740992", "9007199254740993", false},
        {"[]", "{}", false},
        {"null", "false", false},
        {"{\"a\":null}", "{}", false},
        {"[1,2]", "[2,1]", false},
        {"\"1\"", "1", false},
        {"\"\\u00e9\"", "\"\xC3\xA9\"", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *a = parsed(rows[i].a);
        struct json *b = parsed(rows[i].b);
        if (json_equal(a, b) != rows[i].equal)
            fail_msg("%s, %s", rows[i].a, rows[i].b);
        json_free(a);
        json_free(b);
    }
}

static void test_bytes(void **state)
{
    static const struct {
        struct span in;
        const char *out;
    } rows[] = {
        {{"", 0}, "\"\""},
        {{NULL, 0}, "\"\""},
        {{"text\n", 5}, "\"text\\n\""},
        {{"a\0b", 3}, "{\"$bytes\":\"YQBi\"}"},
        {{"\xFF\xFE", 2}, "{\"$bytes\":\"//4=\"}"},
    };
    struct arena a = {0};
    struct span back = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = json_new_bytes(rows[i].in);
        assert_writes(j, rows[i].out);
        assert_true(json_bytes(j, &a, &back));
        assert_true(span_eq(back, rows[i].in));
        json_free(j);
    }
    static const char *const neither[] = {
        "null",
        "1",
        "{}",
        "{\"$bytes\":1}",
        "{\"$bytes\":\"Zg\"}",
        "{\"$bytes\":\"Zg==\",\"x\":1}",
        "[\"a\"]",
    };
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++) {
        struct json *j = parsed(neither[i]);
        assert_false(json_bytes(j, &a, &back));
        json_free(j);
    }
    assert_false(json_bytes(NULL, &a, &back));
    arena_release(&a);
}

/* Replaces every "secret" by what ctx says. */
static bool replace_secret(void *ctx, struct span s, struct buf *out)
{
    size_t at = span_find(s, SPAN("secret"), 0);
    if (at == s.n)
        return false;
    buf_span(out, span_sub(s, 0, at));
    buf_span(out, *(const struct span *)ctx);
    buf_span(out, span_sub(s, at + 6, s.n));
    return true;
}

static void test_map_strings(void **state)
{
    static const struct {
        const char *in;
        struct span with;
        const char *out;
    } rows[] = {
        {"[\"a secret b\",1,null,{\"k\":\"secret\"}]",
         {"\"{x}\n", 5},
         "[\"a \\\"{x}\\n b\",1,null,{\"k\":\"\\\"{x}\\n\"}]"},
        {"\"secret\"", {"", 0}, "\"\""},
        {"{\"secret\":\"secret\"}", {"***", 3}, "{\"***\":\"***\"}"},
        {"[\"secret\"]",
         {"a\0\xFF\xC3\xA9z", 6},
         "[\"a\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9z\"]"},
        {"{\"secret\":1,\"x\":2,\"-\":3,\"- (2)\":4}",
         {"-", 1},
         "{\"-\":1,\"- (2)\":3,\"- (2) (2)\":4,\"x\":2}"},
        {"9007199254740993", {"-", 1}, "9007199254740993"},
        {"[1,true]", {"-", 1}, "[1,true]"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = parsed(rows[i].in);
        struct span with = rows[i].with;
        json_map_strings(j, replace_secret, &with);
        assert_writes(j, rows[i].out);
        json_free(j);
    }
    json_map_strings(NULL, replace_secret, NULL);
}

static void test_lines(void **state)
{
    (void)state;
    struct json *j = parsed("{\n\"a\": 1,\n\"b\":\n [\n  true,\n\"x\"]}");
    const struct json *b = json_get(j, "b");
    assert_int_equal(json_line(j), 1);
    assert_int_equal(json_line(json_get(j, "a")), 2);
    assert_int_equal(json_line(b), 4);
    assert_int_equal(json_line(json_first(b)), 5);
    assert_int_equal(json_line(json_next(json_first(b))), 6);
    /* A line is not a value, nor the other way round. */
    struct json *n = json_new_int(12);
    assert_int_equal(json_line(n), 0);
    json_set_place(n, 3, 0);
    assert_int_equal(json_line(n), 3);
    assert_writes(n, "12");
    json_free(n);
    json_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_number_samples),
        cmocka_unit_test(test_numbers_read_back),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_ceilings),
        cmocka_unit_test(test_many_members),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_null_is_null),
        cmocka_unit_test(test_building),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_map_strings),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
