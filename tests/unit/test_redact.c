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

/* Escapes undone and line ends left out, in any mixture. */
static void test_folded(void **state)
{
    static const char value[] = "p@ss \"w/rd\" <x>&'y\\z";
    static const char *const rows[] = {
        "p%40ss+%22w/rd%22 %3Cx%3E&%27y%5cz",
        "p%2540ss%2520%2522w%252frd%2522%2520%253cx%253e%2526%2527y%255cz",
        "p\\u0040ss \\\"w\\/rd\\\" <x>\\u0026'y\\\\z",
        "p\\\\u0040ss \\\\\\\"w\\/rd\\\\\\\" <x>&'y\\\\\\\\z",
        "p&#64;ss &quot;w&#x2F;rd&quot; &lt;x&gt;&amp;&apos;y&#92;z",
        "p@ss &amp;quot;w/rd&amp;quot; &amp;lt;x&amp;gt;&amp;amp;&#39;y\\z",
        "p@ss\n\"w/r\r\n  d\" <x>&'y\\z",
        "p\\x40ss \"w/rd\" \\x3cx>&'\\''y\\z",
        "70:40:73:73:20:22:77:2f:72:64:22:20:3c:78:3e:26:27:79:5c:7a",
        "0x70, 0x40, 0x73, 0x73, 0x20, 0x22, 0x77, 0x2f, 0x72, 0x64, 0x22, "
        "0x20, 0x3c, 0x78, 0x3e, 0x26, 0x27, 0x79, 0x5c, 0x7a",
        " 70 40 73 73 20 22 77 2f 72 64 22 20 3c 78\n 3e 26 27 79 5c 7a",
        "cEBzcyAidy9y\nZCIgPHg+Jid5XHo=",
        "cEBzcyAidy9y\\nZCIgPHg%2BJid5XHo=",
    };
    (void)state;
    struct redact *r = knowing("K", span_of(value));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        const char *name = NULL;
        if (redact_find(r, span_of(rows[i]), &name) > 3)
            fail_msg("not found: %s", rows[i]);
        redact_bytes(r, span_of(rows[i]), &out);
        if (strstr(buf_cstr(&out), "7a") || strstr(buf_cstr(&out), "yz") ||
            out.n > 20)
            fail_msg("%s leaves %s", rows[i], buf_cstr(&out));
        buf_release(&out);
    }
    redact_free(r);
}

/* The half in front of what cuts a text. */
static void test_cut(void **state)
{
    (void)state;
    struct redact *r = knowing("K", SPAN("hunter2hunter2hunter2"));
    struct buf out = {0};
    assert_redacts(r, SPAN("x hunter2hunt\xE2\x80\xA6"),
                   "x [redacted:K]\xE2\x80\xA6");
    assert_redacts(r, SPAN("x hunter2hunt..."), "x [redacted:K]...");
    assert_redacts(r, SPAN("x hunter2hunt!"), "x hunter2hunt!");
    assert_true(redact_message(r, SPAN("x hunter2hunt"), 14, &out));
    assert_string_equal(buf_cstr(&out), "x [cut]");
    buf_clear(&out);
    assert_false(redact_message(r, SPAN("x hunter2hunt"), 15, &out));
    buf_release(&out);
    redact_free(r);
}

/* Whatever the pieces: no form passes, and nothing else is lost. */
static void test_stream(void **state)
{
    static const char text[] = "a hunter2hunter2 b aHVudGVyMmh1\nbnRlcjI= "
                               "hunter2 c %68unter2hunter2\n";
    (void)state;
    struct redact *r = knowing("K", SPAN("hunter2hunter2"));
    for (size_t size = 1; size < sizeof text; size++) {
        struct redact_stream st = {0};
        struct buf out = {0};
        for (size_t at = 0; at < sizeof text - 1; at += size)
            redact_stream(r, &st, span_sub(SPAN(text), at, at + size), false,
                          &out);
        redact_stream(r, &st, (struct span){"", 0}, true, &out);
        const char *name = NULL;
        if (redact_find(r, buf_view(&out), &name) < out.n ||
            strstr(buf_cstr(&out), "ter2hunt") ||
            strstr(buf_cstr(&out), "udGVyMm") ||
            !strstr(buf_cstr(&out), "hunter2 c "))
            fail_msg("pieces of %zu: %s", size, buf_cstr(&out));
        redact_stream_release(&st);
        buf_release(&out);
    }
    redact_free(r);
}

/* A prompt is not held back. */
static void test_stream_waits_for_nobody(void **state)
{
    (void)state;
    struct redact *r = knowing("K", SPAN("hunter2hunter2"));
    struct redact_stream st = {0};
    struct buf out = {0};
    redact_stream(r, &st, SPAN("Deploy? [y/N] > "), false, &out);
    assert_string_equal(buf_cstr(&out), "Deploy? [y/N] > ");
    redact_stream(r, &st, SPAN("oh"), false, &out);
    assert_string_equal(buf_cstr(&out), "Deploy? [y/N] > oh");
    redact_stream_release(&st);
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
        cmocka_unit_test(test_folded),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_stream_waits_for_nobody),
        cmocka_unit_test(test_many_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
