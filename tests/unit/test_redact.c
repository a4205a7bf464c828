/* Known secrets never leave, whatever text format they passed through. */
#include "redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "clock.h"
#include "hash.h"

static struct redact *knowing(const char *name, struct span value)
{
    struct err err = {0};
    struct redact *r = redact_new();
    if (redact_add(r, name, value, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return r;
}

static void assert_redacts(const struct redact *r, struct span in,
                           const char *want)
{
    struct buf out = {0};
    bool any = redact_bytes(r, in, &out);
    if (strcmp(buf_cstr(&out), want) != 0)
        fail_msg("%.*s\n   gives %s\n  wanted %s", SPAN_ARG(in), buf_cstr(&out),
                 want);
    assert_int_equal(any, strstr(want, "[redacted:") != NULL);
    buf_release(&out);
}

static void test_forms(void **state)
{
    static const struct {
        const char *value, *in, *out;
    } rows[] = {
        {"hunter2hunter2", "hunter2hunter2", "[redacted:K]"},
        {"hunter2hunter2", "a hunter2hunter2 b hunter2hunter2",
         "a [redacted:K] b [redacted:K]"},
        {"hunter2hunter2", "hunter2hunter", "hunter2hunter"},
        {"hunter2hunter2", "68756e7465723268756e74657232", "[redacted:K]"},
        {"hunter2hunter2", "68756E7465723268756E74657232", "[redacted:K]"},
        {"p@ss/w+rd 1~x", "q=p%40ss%2Fw%2Brd%201~x&", "q=[redacted:K]&"},
        {"p@ss/w+rd 1~x", "q=p%40ss%2fw%2brd%201~x&", "q=[redacted:K]&"},
        {"p@ss/w+rd 1~x", "q=p%40ss%2Fw%2Brd+1~x&", "q=[redacted:K]&"},
        {"p@ss/w+rd 1~x", "q=p%40ss%2fw%2brd+1~x&", "q=[redacted:K]&"},
        {"p@ss(w)rd!", "p%40ss(w)rd!", "[redacted:K]"},
        {"say \"hi\"\n/now", "{\"a\":\"say \\\"hi\\\"\\n/now\"}",
         "{\"a\":\"[redacted:K]\"}"},
        {"say \"hi\"\n/now", "say \\\"hi\\\"\\n\\/now", "[redacted:K]"},
        {"a<b>&'c'\"d\"", "<td>a&lt;b&gt;&amp;&#39;c&#39;&quot;d&quot;",
         "<td>[redacted:K]"},
        {"ghp_12-34*56", "| ghp\\_12\\-34\\*56 |", "| [redacted:K] |"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct redact *r = knowing("K", span_of(rows[i].value));
        assert_redacts(r, span_of(rows[i].in), rows[i].out);
        redact_free(r);
    }
}

/* In base64 of any text around it, in both alphabets, at every alignment and
 * for lengths of every remainder. */
static void test_base64(void **state)
{
    static const char bytes[] = "\xFB\xFF?>~k3y-of-\xC3\xA9l\xC3\xA9phants";
    (void)state;
    for (size_t n = 8; n < sizeof bytes; n++) {
        struct span value = {bytes, n};
        struct redact *r = knowing("K", value);
        for (size_t before = 0; before < 7; before++) {
            for (size_t behind = 0; behind < 4; behind++) {
                struct buf plain = {0};
                struct buf coded = {0};
                const char *name = NULL;
                buf_put(&plain, "user:\xFF\xFE", before);
                buf_span(&plain, value);
                buf_put(&plain, "\xFF\xFF\xFF", behind);
                base64_encode(buf_view(&plain), &coded);
                assert_in_range(redact_find(r, buf_view(&coded), &name), 0,
                                coded.n - 10);
                for (size_t i = 0; i < coded.n; i++) {
                    coded.p[i] = coded.p[i] == '+' ? '-' : coded.p[i];
                    coded.p[i] = coded.p[i] == '/' ? '_' : coded.p[i];
                }
                assert_in_range(redact_find(r, buf_view(&coded), &name), 0,
                                coded.n - 10);
                assert_string_equal(name, "K");
                buf_release(&plain);
                buf_release(&coded);
            }
        }
        redact_free(r);
    }
}

static void test_overlaps(void **state)
{
    struct err err = {0};
    (void)state;
    struct redact *r = knowing("A", SPAN("12345678ABCD"));
    assert_int_equal(redact_add(r, "B", SPAN("ABCDefghijkl"), &err), ST_OK);
    assert_int_equal(redact_add(r, "C", SPAN("12345678ABCDxyz"), &err), ST_OK);
    assert_int_equal(redact_add(r, "D", SPAN("5678ABCD"), &err), ST_OK);
    assert_redacts(r, SPAN("<12345678ABCDefghijkl>"), "<[redacted:A]>");
    assert_redacts(r, SPAN("<12345678ABCDxyz>"), "<[redacted:C]>");
    assert_redacts(r, SPAN("<5678ABCD>"), "<[redacted:D]>");
    assert_redacts(r, SPAN("12345678ABCD12345678ABCD"),
                   "[redacted:A][redacted:A]");
    redact_free(r);
}

static void test_many_lines(void **state)
{
    (void)state;
    struct redact *r = knowing("PEM", SPAN("-----BEGIN PRIVATE KEY-----\r\n"
                                           "MIIEvQIBADANBgkqhkiG9w0B\r\n"
                                           "short\r\n"
                                           "-----END PRIVATE KEY-----\r\n"));
    assert_redacts(r, SPAN("> MIIEvQIBADANBgkqhkiG9w0B\n> x"),
                   "> [redacted:PEM]\n> x");
    assert_redacts(r, SPAN("-----BEGIN PRIVATE KEY----- short"),
                   "-----BEGIN PRIVATE KEY----- short");
    redact_free(r);
}

static void test_short_is_refused(void **state)
{
    struct err err = {0};
    (void)state;
    struct redact *r = redact_new();
    assert_int_equal(redact_add(r, "PIN", SPAN("1234567"), &err), ST_INPUT);
    assert_non_null(strstr(err.msg, "PIN"));
    assert_null(strstr(err.msg, "1234567"));
    assert_redacts(r, SPAN("1234567"), "1234567");
    redact_free(r);
}

static void test_nothing_known(void **state)
{
    const char *name = "untouched";
    (void)state;
    assert_redacts(NULL, SPAN("text"), "text");
    assert_int_equal(redact_find(NULL, SPAN("text"), &name), 4);
    struct redact *r = redact_new();
    assert_redacts(r, SPAN("longer text"), "longer text");
    assert_redacts(r, (struct span){NULL, 0}, "");
    assert_int_equal(redact_find(r, SPAN("longer text"), &name), 11);
    assert_string_equal(name, "untouched");
    redact_free(r);
    redact_free(NULL);
}

static void test_binary(void **state)
{
    struct buf out = {0};
    const char *name = NULL;
    (void)state;
    struct span value = {"\0\1\2\3\xFF\xFE\xFD\xFC", 8};
    struct redact *r = knowing("BIN", value);
    struct span text = {"a\0\1\2\3\xFF\xFE\xFD\xFC\0z", 11};
    assert_int_equal(redact_find(r, text, &name), 1);
    assert_true(redact_bytes(r, text, &out));
    assert_int_equal(out.n, 1 + strlen("[redacted:BIN]") + 2);
    buf_release(&out);
    redact_free(r);
}

/* A thousand tokens of one kind cost about what one costs. */
static void test_many_secrets(void **state)
{
    struct err err = {0};
    struct buf text = {0};
    struct buf out = {0};
    char value[64];
    (void)state;
    struct redact *r = redact_new();
    for (int i = 0; i < 1000; i++) {
        snprintf(value, sizeof value, "tok_%08d_abcdefgh", i);
        assert_int_equal(redact_add(r, "T", span_of(value), &err), ST_OK);
    }
    for (int i = 0; i < 200000; i++)
        buf_str(&text, "tok_");
    buf_str(&text, "tok_00000999_abcdefgh");
    int64_t begin = clock_mono_ms();
    assert_true(redact_bytes(r, buf_view(&text), &out));
    assert_true(clock_mono_ms() - begin < 5000);
    assert_int_equal(out.n, 800000 + strlen("[redacted:T]"));
    buf_release(&text);
    buf_release(&out);
    redact_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_overlaps),
        cmocka_unit_test(test_many_lines),
        cmocka_unit_test(test_short_is_refused),
        cmocka_unit_test(test_nothing_known),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_many_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
