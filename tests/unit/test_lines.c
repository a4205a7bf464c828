/* Lines: every end of line, a byte order mark, a last line without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lines.h"

static const struct {
    const char *src;
    const char *want; /* start text eol; … */
} rows[] = {
    {"", ""},
    {"a", "0 a \\n;"},
    {"a\n", "0 a \\n;"},
    {"\n", "0  \\n;"},
    {"\n\n", "0  \\n;1  \\n;"},
    {"a\r\nb", "0 a \\r\\n;3 b \\n;"},
    {"a\rb\r", "0 a \\r;2 b \\r;"},
    {"\r\r\n\n", "0  \\r;1  \\r\\n;3  \\n;"},
    {"\xEF\xBB\xBF", ""},
    {"\xEF\xBB\xBF\n", "3  \\n;"},
    {"\xEF\xBB\xBFx\r\ny", "3 x \\r\\n;6 y \\n;"},
};

static void put_escaped(const char *eol, struct buf *out)
{
    for (; *eol; eol++)
        buf_str(out, *eol == '\n' ? "\\n" : "\\r");
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = {0};
        struct lines l;
        struct buf got = {0};
        lines_read(&l, span_of(rows[i].src), &a);
        for (size_t k = 1; k <= l.n; k++) {
            struct span text = lines_text(&l, k);
            assert_int_equal(lines_end(&l, k), l.start[k - 1] + text.n);
            buf_printf(&got, "%zu %.*s ", l.start[k - 1], SPAN_ARG(text));
            put_escaped(lines_eol(&l, k), &got);
            buf_char(&got, ';');
        }
        assert_int_equal(l.start[l.n], l.src.n);
        assert_string_equal(buf_cstr(&got), rows[i].want);
        buf_release(&got);
        arena_release(&a);
    }
}

static void test_cut(void **state)
{
    (void)state;
    struct span rest = SPAN("a\r\n\rb");
    assert_true(span_is(line_cut(&rest), "a"));
    assert_true(span_is(line_cut(&rest), ""));
    assert_true(span_is(line_cut(&rest), "b"));
    assert_int_equal(rest.n, 0);
    assert_true(span_is(line_cut(&rest), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
