/* Views and buffers of bytes. */
#include "str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_compare(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"", "", 0},    {"a", "a", 0},         {"", "a", -1},  {"a", "b", -1},
        {"ab", "a", 1}, {"a", "\xC3\xA9", -1}, {"B", "a", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span a = span_of(rows[i].a);
        struct span b = span_of(rows[i].b);
        int c = span_cmp(a, b);
        assert_int_equal((c > 0) - (c < 0), rows[i].order);
        assert_int_equal(span_eq(a, b), rows[i].order == 0);
        assert_int_equal(span_is(a, rows[i].b), rows[i].order == 0);
    }
    assert_true(span_eq(span_of(NULL), SPAN("")));
}

static void test_affixes(void **state)
{
    static const struct {
        const char *s, *affix;
        bool starts, ends;
    } rows[] = {
        {"abcab", "ab", true, true}, {"abc", "", true, true},
        {"", "", true, true},        {"", "a", false, false},
        {"ab", "abc", false, false}, {"xab", "ab", false, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span s = span_of(rows[i].s);
        assert_int_equal(span_starts(s, rows[i].affix), rows[i].starts);
        assert_int_equal(span_ends(s, rows[i].affix), rows[i].ends);
    }
}

static void test_sub_and_find(void **state)
{
    struct span s = SPAN("hello");
    (void)state;
    assert_true(span_is(span_sub(s, 1, 3), "el"));
    assert_true(span_is(span_sub(s, 3, 99), "lo"));
    assert_true(span_is(span_sub(s, 4, 2), ""));
    assert_int_equal(span_sub((struct span){NULL, 0}, 0, 5).n, 0);
    assert_int_equal(span_find(s, SPAN("l"), 0), 2);
    assert_int_equal(span_find(s, SPAN("l"), 3), 3);
    assert_int_equal(span_find(s, SPAN("l"), 4), 5);
    assert_int_equal(span_find(s, SPAN("hello!"), 0), 5);
    assert_int_equal(span_find(s, SPAN(""), 2), 2);
    assert_int_equal(span_find(s, SPAN("h"), 9), 5);
}

static void test_trim_and_cut(void **state)
{
    struct span rest = SPAN("a=b==");
    (void)state;
    assert_true(span_is(span_trim(SPAN(" \t x y\r\n ")), "x y"));
    assert_true(span_is(span_trim(SPAN(" \n")), ""));
    assert_true(span_is(span_cut(&rest, '='), "a"));
    assert_true(span_is(span_cut(&rest, '='), "b"));
    assert_true(span_is(span_cut(&rest, '='), ""));
    assert_int_equal(rest.n, 0);
    assert_true(span_is(span_cut(&rest, '='), ""));
    rest = SPAN("whole");
    assert_true(span_is(span_cut(&rest, '='), "whole"));
    assert_int_equal(rest.n, 0);
}

static void test_utf8(void **state)
{
    static const struct {
        struct span s;
        bool ok;
    } rows[] = {
        {{"", 0}, true},
        {{"a\0b", 3}, true},
        {{"\xC3\xA9", 2}, true},
        {{"\xE2\x82\xAC", 3}, true},
        {{"\xEF\xBF\xBF", 3}, true},
        {{"\xF0\x9F\x98\x80", 4}, true},
        {{"\xF4\x8F\xBF\xBF", 4}, true},
        {{"\xC3", 1}, false},
        {{"\xA9", 1}, false},
        {{"\xC0\x80", 2}, false},         /* overlong NUL */
        {{"\xC1\xBF", 2}, false},         /* overlong */
        {{"\xE0\x9F\xBF", 3}, false},     /* overlong */
        {{"\xF0\x8F\xBF\xBF", 4}, false}, /* overlong */
        {{"\xED\xA0\x80", 3}, false},     /* surrogate */
        {{"\xF4\x90\x80\x80", 4}, false}, /* over U+10FFFF */
        {{"\xF5\x80\x80\x80", 4}, false},
        {{"\xFF", 1}, false},
        {{"\xE2\x82", 2}, false},
        {{"\xE2\x28\xA1", 3}, false},
        {{"ok\xE2\x82\xACok\x80", 8}, false},
        {{"eight of\xC3\xA9", 10}, true},
        {{"eight of\xC3", 9}, false},
        {{"of eight\xC3 and more", 18}, false},
        {{"seven \xC3\xA9 and \xFF", 14}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (span_utf8(rows[i].s) != rows[i].ok)
            fail_msg("row %zu", i);
}

static void test_buf(void **state)
{
    struct buf b = {0};
    (void)state;
    assert_string_equal(buf_cstr(&b), "");
    assert_int_equal(buf_view(&b).n, 0);
    buf_put(&b, NULL, 0);
    buf_str(&b, "one ");
    buf_span(&b, SPAN("two\0 "));
    buf_char(&b, '!');
    buf_printf(&b, "%d %s", 42, "end");
    assert_int_equal(b.n, 16);
    assert_memory_equal(b.p, "one two\0 !42 end", 17);
    buf_clear(&b);
    assert_string_equal(buf_cstr(&b), "");
    for (int i = 0; i < 10000; i++)
        buf_char(&b, (char)('a' + i % 26));
    assert_int_equal(b.n, 10000);
    assert_int_equal(b.p[9999], 'a' + 9999 % 26);
    buf_release(&b);
    buf_release(&b);
}

static void test_buf_int(void **state)
{
    static const struct {
        int64_t v;
        const char *text;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {-10, "-10"},
        {1234567890123456789, "1234567890123456789"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        buf_int(&b, rows[i].v);
        assert_string_equal(buf_cstr(&b), rows[i].text);
        buf_release(&b);
    }
}

/* Formatted in the room there is, in more room, over the ceiling. */
static void test_buf_printf(void **state)
{
    struct buf b = {.cap = 300};
    char long_one[300];
    (void)state;
    memset(long_one, 'x', sizeof long_one);
    buf_printf(&b, "%s", "");
    assert_string_equal(buf_cstr(&b), "");
    buf_printf(&b, "%d,", 1);
    buf_printf(&b, "%.253s", long_one);
    assert_int_equal(b.n, 255);
    assert_int_equal(strlen(buf_cstr(&b)), 255);
    buf_printf(&b, "%s", "yz");
    assert_string_equal(buf_cstr(&b) + 254, "xyz");
    assert_false(b.over);
    buf_printf(&b, "%.100s", long_one);
    assert_true(b.over);
    assert_string_equal(buf_cstr(&b) + 254, "xyz");
    buf_release(&b);
}

static void test_buf_cut(void **state)
{
    struct buf b = {0};
    (void)state;
    buf_cut(&b, 0);
    buf_str(&b, "one two");
    buf_cut(&b, 9);
    assert_string_equal(buf_cstr(&b), "one two");
    buf_cut(&b, 3);
    assert_string_equal(buf_cstr(&b), "one");
    buf_str(&b, "!");
    assert_string_equal(buf_cstr(&b), "one!");
    buf_release(&b);
}

static void test_buf_cap(void **state)
{
    struct buf b = {.cap = 4};
    (void)state;
    buf_str(&b, "abc");
    buf_str(&b, "de");
    assert_true(b.over);
    assert_string_equal(buf_cstr(&b), "abc");
    buf_char(&b, 'd');
    assert_string_equal(buf_cstr(&b), "abcd");
    buf_printf(&b, "%d", 1);
    assert_int_equal(b.n, 4);
    buf_clear(&b);
    assert_false(b.over);
    buf_put(&b, "12345", 5);
    assert_true(b.over);
    buf_release(&b);
    assert_int_equal(b.cap, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_affixes),
        cmocka_unit_test(test_sub_and_find),
        cmocka_unit_test(test_trim_and_cut),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_buf_int),
        cmocka_unit_test(test_buf_printf),
        cmocka_unit_test(test_buf_cut),
        cmocka_unit_test(test_buf_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
