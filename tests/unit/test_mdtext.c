/* Foreign text in Markdown: escapes, links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mdtext.h"

static void test_escape(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"acme-web v1.2.3 at 13:00:00", "acme-web v1.2.3 at 13:00:00"},
        {"FLY_API_TOKEN=x, \"y\"; 5%?", "FLY_API_TOKEN=x, \"y\"; 5%?"},
        {"<b>*a* _b_ `c` [d](e)", "\\<b\\>\\*a\\* \\_b\\_ \\`c\\` "
                                  "\\[d\\]\\(e\\)"},
        {"- a", "\\- a"},
        {"1. a", "1\\. a"},
        {"http://evil www.evil", "http\\://evil www\\.evil"},
        {"@octocat", "\\@&#8203;octocat"},
        {"ops@acme.test", "ops\\@acme.test"},
        {"a/b#12 # 1", "a/b\\#&#8203;12 \\# 1"},
        {" a\n\r\t b\\|c ", "a b\\\\\\|c"},
        {"\x1b[31m\x7f", "␛\\[31m␡"},
        {"\xff\xe2\x80\xae", "\\\\xFF\\<U+202E\\>"},
        {"日本 é", "日本 é"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        md_escape(span_of(rows[i].in), &out);
        assert_string_equal(buf_cstr(&out), rows[i].out);
        buf_release(&out);
    }
}

static void test_links(void **state)
{
    (void)state;
    static const struct {
        const char *url, *out;
    } rows[] = {
        {"https://x.test/a_b(c)", "[t](https://x.test/a_b%28c%29)"},
        {"../a/b.log", "[t](../a/b.log)"},
        {"HTTP://x", "[t](HTTP://x)"},
        {"a:b", "t – a:b"},
        {"javascript:alert(1)", "t – javascript:alert\\(1\\)"},
        {" javascript:x", "t – javascript:x"},
        {"data:text/html,x", "t – data:text/html,x"},
        {"//evil.test", "t – //evil.test"},
        {"a\nb", "t – a b"},
        {"", "t – no address"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        md_link(SPAN("t"), span_of(rows[i].url), &out);
        assert_string_equal(buf_cstr(&out), rows[i].out);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
