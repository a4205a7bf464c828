/* Names and what they stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "arena.h"
#include "names.h"

static void keeps_what_was_put_last(void **state)
{
    (void)state;
    struct names m = {0};
    assert_null(names_get(&m, SPAN("a")));
    names_put(&m, SPAN("a"), "1");
    names_put(&m, SPAN("b"), "2");
    names_put(&m, SPAN("a"), "3");
    assert_int_equal(m.n, 2);
    assert_string_equal(names_get(&m, SPAN("a")), "3");
    assert_string_equal(names_get(&m, SPAN("b")), "2");
    assert_null(names_get(&m, SPAN("ab")));
    names_put(&m, SPAN("a"), NULL);
    assert_null(names_get(&m, SPAN("a")));
    names_put(&m, (struct span){0}, "empty");
    assert_string_equal(names_get(&m, SPAN("")), "empty");
    names_release(&m);
    assert_null(names_get(&m, SPAN("b")));
}

static void grows(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct arena a = {0};
    struct names m = {0};
    for (int i = 0; i < MANY; i++)
        names_put(&m, span_of(arena_printf(&a, "s%d", i)),
                  arena_printf(&a, "%d", i));
    assert_int_equal(m.n, MANY);
    for (int i = 0; i < MANY; i++) {
        char name[16];
        char want[16];
        snprintf(name, sizeof name, "s%d", i);
        snprintf(want, sizeof want, "%d", i);
        assert_string_equal(names_get(&m, span_of(name)), want);
    }
    assert_null(names_get(&m, SPAN("s20000")));
    names_release(&m);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_was_put_last),
        cmocka_unit_test(grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
