/* The allow list of scan: its globs, and until when an entry holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "allow.h"
#include "clock.h"
#include "yaml.h"

static void globs(void **state)
{
    (void)state;
    static const struct {
        const char *glob, *path;
        bool fits;
    } rows[] = {
        {"a/b.c", "a/b.c", true},
        {"a/b.c", "a/b.cc", false},
        {"a", "a/b/c", true},
        {"a", "ab", false},
        {"*.c", "a.c", true},
        {"*.c", "a/b.c", false},
        {"**.c", "a/b.c", true},
        {"**/b.c", "x/y/b.c", true},
        {"a/*/c", "a/b/c", true},
        {"a/*/c", "a/b/d/c", false},
        {"a/**/c", "a/b/d/c", true},
        {"a*b*c", "axxbyyc", true},
        {"a*b*c", "axxbyy", false},
        {"**/*.env", "x/y.env", true},
        {"**/*.env", "x/y.en", false},
        {"", "", true},
        {"*", "", true},
        {"a**z", "a/b/c/z", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (allow_glob(rows[i].glob, rows[i].path) != rows[i].fits)
            fail_msg("'%s' on '%s'", rows[i].glob, rows[i].path);
}

/* Stars that a hostile path makes go back and forth. */
static void globs_are_quick(void **state)
{
    (void)state;
    static char path[20001];
    memset(path, 'a', sizeof path - 1);
    assert_false(allow_glob("*a*a*a*a*a*a*a*a*a*a*b", path));
    assert_false(allow_glob("**a**a**a**a**a**a**a**b", path));
}

static void holds_to_the_end_of_its_day(void **state)
{
    (void)state;
    static const char text[] = "scan:\n  allow:\n"
                               "    - path: tests\n      rule: a-rule\n"
                               "      reason: made up for tests\n"
                               "      expires: 2026-03-31\n";
    struct arena a = {0};
    struct json *tree = NULL;
    struct err err = {0};
    struct allowances all;
    struct leak_rule rule = {"a-rule", "", ""};
    const struct leak_rules rules = {&rule, 1, NULL, 0};
    int64_t end = 0;
    assert_int_equal(yaml_parse(SPAN(text), 1000, &tree, &err), ST_OK);
    const struct config config = {.path = "runproof.yaml",
                                  .tree = json_adopt(&a, tree)};
    assert_int_equal(allow_read(&config, &rules, &a, &all, &err), ST_OK);
    assert_true(time_parse(SPAN("2026-04-01"), &end));
    assert_non_null(allow_find(&all, "x", "tests/a", "a-rule", end - 1));
    assert_null(allow_find(&all, "x", "tests/a", "a-rule", end));
    assert_null(allow_find(&all, "x", "tests/a", "another", end - 1));
    assert_null(allow_find(&all, "x", "other/a", "a-rule", end - 1));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs),
        cmocka_unit_test(globs_are_quick),
        cmocka_unit_test(holds_to_the_end_of_its_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
