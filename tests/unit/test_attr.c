/* Attributes of a fence: every row, every refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "attr.h"

#define TEN "1234567890"

static const char *lines_of(const struct attrs *a)
{
    static char text[512];
    int n = snprintf(text, sizeof text, "#%.*s %s", SPAN_ARG(a->id),
                     effect_name(a->effect));
    for (size_t i = 0; i < a->n_needs; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, " needs:%.*s",
                      SPAN_ARG(a->needs[i]));
    snprintf(text + n, sizeof text - (size_t)n,
             "%s if:%.*s confirm:%.*s %d %lld%s on-fail:%.*s%s",
             a->has_needs && !a->n_needs ? " needs:" : "", SPAN_ARG(a->if_expr),
             SPAN_ARG(a->confirm), a->retries, (long long)a->timeout_ms,
             a->always ? " always" : "", SPAN_ARG(a->on_fail),
             a->expect_match ? " match" : "");
    return text;
}

static const struct {
    const char *info;
    const char *want;
} good[] = {
    {"lua {#a}", "#a read if: confirm: 2 120000 on-fail:"},
    {"lua\t{ #a }  ", "#a read if: confirm: 2 120000 on-fail:"},
    {"sh {#a_B.9:@+-}", "#a_B.9:@+- read if: confirm: 2 120000 on-fail:"},
    {"bash {effect=none #a}", "#a none if: confirm: 2 120000 on-fail:"},
    {"sql {#a effect=local}", "#a local if: confirm: 2 120000 on-fail:"},
    {"lua {#a effect=\"remote\"}", "#a remote if: confirm: 2 120000 on-fail:"},
    {"lua {#a needs=b}", "#a read needs:b if: confirm: 2 120000 on-fail:"},
    {"lua {#a needs=b,c}",
     "#a read needs:b needs:c if: confirm: 2 120000 on-fail:"},
    {"lua {#a needs=\"b, c\"}",
     "#a read needs:b needs:c if: confirm: 2 120000 on-fail:"},
    {"lua {#a needs=\"\"}", "#a read needs: if: confirm: 2 120000 on-fail:"},
    {"lua {#a if=\"x == '}'\"}",
     "#a read if:x == '}' confirm: 2 120000 on-fail:"},
    {"lua {#a confirm=\"Sure? \\ ü\"}",
     "#a read if: confirm:Sure? \\ ü 2 120000 on-fail:"},
    {"lua {#a retries=0 timeout=5m}", "#a read if: confirm: 0 300000 on-fail:"},
    {"lua {#a retries=100 timeout=90s}",
     "#a read if: confirm: 100 90000 on-fail:"},
    {"lua {#" TEN TEN TEN TEN TEN TEN "1234}",
     "#" TEN TEN TEN TEN TEN TEN "1234 read if: confirm: 2 120000 on-fail:"},
    {"lua {#a always}", "#a read if: confirm: 2 120000 always on-fail:"},
    {"lua {#a on-fail=b expect=match}",
     "#a read if: confirm: 2 120000 on-fail:b match"},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct attrs a;
        struct span lang;
        struct err err = {0};
        bool runs = false;
        enum status st =
            attr_parse(span_of(good[i].info), &runs, &lang, &a, &err);
        if (st != ST_OK)
            fail_msg("%s: %s", good[i].info, err.msg);
        assert_true(runs);
        assert_string_equal(lines_of(&a), good[i].want);
    }
}

static const char *const prose[] = {
    "",         "lua",       "lua title=x", "python {#a}", "luau {#a}",
    "Lua {#a}", "text {#a}", "{#a}",        "sh",          "{.lua #a}",
};

static void test_prose(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++) {
        struct attrs a;
        struct span lang;
        struct err err = {0};
        bool runs = true;
        assert_int_equal(attr_parse(span_of(prose[i]), &runs, &lang, &a, &err),
                         ST_OK);
        assert_false(runs);
    }
}

static const struct {
    const char *info;
    const char *hint; /* a part of the message */
} bad[] = {
    {"lua {}", "needs an id"},
    {"lua {", "closing '}'"},
    {"lua {#a", "closing '}'"},
    {"lua {effect=read}", "needs an id"},
    {"lua{#a}", "behind the language and a blank"},
    {"lua title=x {#a}", "behind the language and a blank"},
    {"lua {#}", "not a step id"},
    {"lua {#a,b}", "not a step id"},
    {"lua {#../../x}", "not a step id"},
    {"lua {#" TEN TEN TEN TEN TEN TEN "12345}", "at most 64"},
    {"lua {#a #b}", "one id"},
    {"lua {#a} x", "behind the attributes"},
    {"lua {#a efect=read}", "did you mean 'effect'"},
    {"lua {#a retry=3}", "did you mean 'retries'"},
    {"lua {#a onfail=b}", "did you mean 'on-fail'"},
    {"lua {#a colour=red}", "known are #id, effect, needs"},
    {"lua {#a .class}", "unknown attribute '.class'"},
    {"lua {#a effect=write}", "none, read, local or remote"},
    {"lua {#a effect=read effect=read}", "stands twice"},
    {"lua {#a always always}", "stands twice"},
    {"lua {#a always=true}", "takes no value"},
    {"lua {#a retries}", "needs a value"},
    {"lua {#a retries=}", "has no value"},
    {"lua {#a retries=-1}", "number from 0 to 100"},
    {"lua {#a retries=101}", "number from 0 to 100"},
    {"lua {#a retries=99999999999999999999}", "number from 0 to 100"},
    {"lua {#a retries=\"\"}", "number from 0 to 100"},
    {"lua {#a timeout=5}", "write it as in"},
    {"lua {#a timeout=0s}", "write it as in"},
    {"lua {#a timeout=8d}", "write it as in"},
    {"lua {#a needs=b,,c}", "not a step id"},
    {"lua {#a needs=b,}", "not a step id"},
    {"lua {#a needs=\"b c\"}", "not a step id"},
    {"lua {#a on-fail=b,c}", "not a step id"},
    {"lua {#a if=\"\"}", "if= is empty"},
    {"lua {#a confirm=\" \"}", "confirm= is empty"},
    {"lua {#a confirm=\"x}", "closing '\"'"},
    {"lua {#a confirm=\"x\"always}", "part them by blanks"},
    {"lua {#a expect=same}", "expect=match"},
    {"lua {#a, always}", "not a step id"},
    {"lua {#a confirm=\"\x1b[31m\"}", "control bytes"},
    {"lua {#a confirm=\"\xff\"}", "invalid UTF-8"},
    {"lua {#a =x}", "unexpected '=x}'"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct attrs a;
        struct span lang;
        struct err err = {0};
        bool runs;
        enum status st =
            attr_parse(span_of(bad[i].info), &runs, &lang, &a, &err);
        if (st != ST_INPUT || !strstr(err.msg, bad[i].hint))
            fail_msg("%s: status %s, message '%s' lacks '%s'", bad[i].info,
                     status_name(st), err.msg, bad[i].hint);
    }
}

static void test_needs_ceiling(void **state)
{
    (void)state;
    struct buf info = {0};
    buf_str(&info, "lua {#a needs=b0");
    for (int i = 1; i < ATTR_MAX_NEEDS; i++)
        buf_printf(&info, ",b%d", i);
    struct attrs a;
    struct span lang;
    struct err err = {0};
    bool runs;
    struct buf full = {0};
    buf_printf(&full, "%s}", buf_cstr(&info));
    assert_int_equal(attr_parse(buf_view(&full), &runs, &lang, &a, &err),
                     ST_OK);
    assert_int_equal(a.n_needs, ATTR_MAX_NEEDS);
    buf_str(&info, ",one-more}");
    assert_int_equal(attr_parse(buf_view(&info), &runs, &lang, &a, &err),
                     ST_INPUT);
    buf_release(&info);
    buf_release(&full);
}

static const struct {
    const char *word;
    const char *want;
} near[] = {
    {"needs", "needs"},
    {"need", "needs"},
    {"ensde", NULL},
    {"nedes", "needs"},
    {"time-out", "timeout"},
    {"", NULL},
    {"conform", "confirm"},
    {"x", NULL},
    {"fi", "if"},
};

static void test_nearest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
        const char *got = nearest_name(span_of(near[i].word), attr_names());
        if (!got != !near[i].want || (got && strcmp(got, near[i].want) != 0))
            fail_msg("'%s' is near '%s'", near[i].word, got ? got : "none");
    }
    char long_word[200];
    memset(long_word, 'a', sizeof long_word);
    struct span s = {long_word, sizeof long_word};
    assert_null(nearest_name(s, attr_names()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),          cmocka_unit_test(test_prose),
        cmocka_unit_test(test_bad),           cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_needs_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
