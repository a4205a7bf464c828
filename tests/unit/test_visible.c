/* Foreign bytes made visible, and how wide they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "visible.h"

static void test_visible(void **state)
{
    (void)state;
    static const char raw[] = "a\0b\r\nc\rd\t\x85\xc2\x85\xf0\x9f\x98\x80";
    struct buf once = {0};
    struct buf twice = {0};
    visible_text((struct span){raw, sizeof raw - 1}, VISIBLE_LINES, &once);
    assert_string_equal(buf_cstr(&once), "a␀b\nc␍d\t\\x85<U+0085>😀");
    visible_text(buf_view(&once), VISIBLE_LINES, &twice);
    assert_string_equal(buf_cstr(&twice), buf_cstr(&once));
    assert_int_equal(visible_columns(SPAN("é日😀e\xcc\x81")), 6);
    assert_true(span_is(visible_fit(SPAN("é日😀"), 4), "é日"));
    assert_true(span_is(utf8_head(SPAN("é日"), 4), "é"));
    buf_release(&once);
    buf_release(&twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
