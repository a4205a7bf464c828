/* Lines by pattern: what matches, and what a hostile pattern may not do. */
#include "grep.h"

#include "port_kit.h"

static void matches(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        bool regex;
        const char *line;
        bool match;
    } rows[] = {
        {"a.c", false, "xa.cx", true},
        {"a.c", false, "abc", false},
        {"a.c", true, "abc", true},
        {"^abc$", true, "abc", true},
        {"^abc$", true, "abcd", false},
        {"a|b", true, "b", true},
        {"x{2,3}", true, "oxxo", true},
        {"x{2,3}", true, "oxo", false},
        {"[[:digit:]]+", true, "7", true},
        {"\\{2\\}", true, "{2}", true},
        {"abc", false, "", false},
        {"^$", true, "", true},
        {"\xc3\xa9", false, "caf\xc3\xa9", true},
        {"{", false, "{", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct grep *g = NULL;
        struct err err = {0};
        if (grep_new(span_of(rows[i].pattern), rows[i].regex, &g, &err) !=
            ST_OK)
            fail_msg("%s: %s", rows[i].pattern, err.msg);
        if (grep_matches(g, span_of(rows[i].line)) != rows[i].match)
            fail_msg("%s on %s", rows[i].pattern, rows[i].line);
        grep_free(g);
    }
}

static void refuses(void **state)
{
    (void)state;
    static char longest[GREP_PATTERN_CAP + 2];
    memset(longest, 'a', GREP_PATTERN_CAP + 1);
    static const struct {
        const char *pattern, *message;
    } rows[] = {
        {"", "1 to 1000 bytes"},    {longest, "1 to 1000 bytes"},
        {"(", "malformed"},         {"a\\", "malformed"},
        {"(a)\\1", "refer back"},   {"((a{99}){99}){99}", "multiply"},
        {"a{1,32767}", "multiply"}, {"a{99999999999999999999}", "multiply"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct grep *g = NULL;
        struct err err = {0};
        assert_int_equal(grep_new(span_of(rows[i].pattern), true, &g, &err),
                         ST_INPUT);
        assert_non_null(strstr(err.msg, rows[i].message));
    }
    struct err err = {0};
    struct grep *g = NULL;
    assert_int_equal(grep_new(SPAN("a\0b"), false, &g, &err), ST_INPUT);
}

/* Ten seconds are far more than any of these may take. */
static void hostile_patterns_end(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "(a*)*b", "(a|aa)+$", "(a?){30}a{30}", "(.*)(.*)(.*)(.*)[^a]x",
        "((((((((((a*)*)*)*)*)*)*)*)*)*)b"};
    static char line[1 << 20];
    memset(line, 'a', sizeof line);
    int64_t begin = clock_mono_ms();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct grep *g = NULL;
        struct err err = {0};
        assert_int_equal(grep_new(span_of(patterns[i]), true, &g, &err), ST_OK);
        (void)grep_matches(g, (struct span){line, sizeof line});
        grep_free(g);
    }
    assert_true(clock_mono_ms() - begin < 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(refuses),
        cmocka_unit_test(hostile_patterns_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
