/* Edits to bytes: order, edges, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "splice.h"

#define EDIT(at, remove, lit)                                                  \
    {                                                                          \
        at, remove,                                                            \
        {                                                                      \
            lit, sizeof(lit) - 1                                               \
        }                                                                      \
    }

static const struct {
    const char *src;
    struct edit edits[3];
    size_t n;
    const char *want; /* NULL: refused */
} rows[] = {
    {"abc", {{0}}, 0, "abc"},
    {"", {EDIT(0, 0, "x")}, 1, "x"},
    {"abc", {EDIT(0, 0, "x")}, 1, "xabc"},
    {"abc", {EDIT(3, 0, "x")}, 1, "abcx"},
    {"abc", {EDIT(1, 1, "")}, 1, "ac"},
    {"abc", {EDIT(0, 3, "")}, 1, ""},
    {"abc", {EDIT(2, 1, "Z"), EDIT(0, 1, "X")}, 2, "XbZ"},
    {"abc", {EDIT(1, 1, ""), EDIT(1, 0, "x")}, 2, "axc"},
    {"abc", {EDIT(1, 1, "x"), EDIT(2, 0, "y")}, 2, "axyc"},
    {"abc", {EDIT(4, 0, "x")}, 1, NULL},
    {"abc", {EDIT(2, 2, "")}, 1, NULL},
    {"abc", {EDIT(1, SIZE_MAX, "")}, 1, NULL},
    {"abc", {EDIT(0, 2, ""), EDIT(1, 1, "")}, 2, NULL},
    {"abc", {EDIT(0, 2, ""), EDIT(1, 0, "x")}, 2, NULL},
    {"abc", {EDIT(1, 0, "x"), EDIT(1, 0, "y")}, 2, NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct edit edits[3];
        memcpy(edits, rows[i].edits, sizeof edits);
        struct buf out = {0};
        struct err err = {0};
        buf_str(&out, "kept ");
        enum status st =
            splice(span_of(rows[i].src), edits, rows[i].n, &out, &err);
        assert_int_equal(st, rows[i].want ? ST_OK : ST_INTERNAL);
        struct span got = span_sub(buf_view(&out), strlen("kept "), out.n);
        if (!span_eq(got, span_of(rows[i].want)))
            fail_msg("row %zu: '%.*s'", i, SPAN_ARG(got));
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
