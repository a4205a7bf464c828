/* The rewriting of `#`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lex.h"

#define LEN " " LEX_LENGTH "^"

static const struct {
    const char *code, *want;
} rewrites[] = {
    {"", ""},
    {"return #t", "return " LEN "t"},
    {"return#t", "return" LEN "t"},
    {"x = ##t", "x = " LEN LEN "t"},
    {"-- a # in a comment\nx = #t", "-- a # in a comment\nx = " LEN "t"},
    {"--[[ # \n # ]] #t", "--[[ # \n # ]] " LEN "t"},
    {"--[==[ # ]] # ]=] ]==]#t", "--[==[ # ]] # ]=] ]==]" LEN "t"},
    {"--[=x # ]]\n#t", "--[=x # ]]\n" LEN "t"},
    {"s = '#' .. \"#\\\"#\"", "s = '#' .. \"#\\\"#\""},
    {"s = [[ # ]] .. [=[ ]] # ]=]", "s = [[ # ]] .. [=[ ]] # ]=]"},
    {"s = 'a\\\n#' #t", "s = 'a\\\n#' " LEN "t"},
    {"s = 'a\\\r\n#' #t", "s = 'a\\\r\n#' " LEN "t"},
    {"s = 'a\\z \n\n #' #t", "s = 'a\\z \n\n #' " LEN "t"},
    {"s = '\\\\' #t", "s = '\\\\' " LEN "t"},
    {"a[#a]", "a[" LEN "a]"},
    {"a[b[1]] # c", "a[b[1]] " LEN " c"},
    /* not Lua: comes out as something that is not Lua either */
    {"'unfinished # \n#", "'unfinished # \n" LEN},
    {"[[unfinished #", "[[unfinished #"},
    {"--[[unfinished #", "--[[unfinished #"},
    {"'\\", "'\\"},
    {"'\\z", "'\\z"},
    {"[=", "[="},
    {"-", "-"},
};

static void only_the_token_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rewrites / sizeof *rewrites; i++) {
        struct buf out = {0};
        struct err err = {0};
        assert_int_equal(lex_rewrite(span_of(rewrites[i].code), &out, &err),
                         ST_OK);
        assert_string_equal(buf_cstr(&out), rewrites[i].want);
        buf_release(&out);
    }
}

static const struct {
    const char *code;
    int line;
} reserved[] = {
    {LEX_LENGTH " = 1", 1},
    {"x = 1\n\nlocal " LEX_RESERVED "x", 3},
    {"--[[\n]]\r\n'\\\n'\n" LEX_LENGTH, 5},
    {"t." LEX_RESERVED, 1},
};

static void reserved_names_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        struct buf out = {0};
        struct err err = {0};
        assert_int_equal(lex_rewrite(span_of(reserved[i].code), &out, &err),
                         ST_INPUT);
        assert_int_equal(err.line, reserved[i].line);
        buf_release(&out);
    }
}

static void reserved_text_is_no_name(void **state)
{
    (void)state;
    struct buf out = {0};
    struct err err = {0};
    const char *code = "s = '" LEX_LENGTH "' -- " LEX_LENGTH "\nx" LEX_LENGTH;
    assert_int_equal(lex_rewrite(span_of(code), &out, &err), ST_OK);
    assert_string_equal(buf_cstr(&out), code);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_token_changes),
        cmocka_unit_test(reserved_names_are_refused),
        cmocka_unit_test(reserved_text_is_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
