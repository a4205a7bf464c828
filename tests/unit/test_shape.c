/* What looks like a secret is found, and what stands for one is not. */
#include "shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "hash.h"
#include "redact.h"

/* No token stands in this file as a whole. */
#define A36 "abcdefghijklmnopqrstuvwxyz0123456789"
#define GH                                                                     \
    "gh"                                                                       \
    "p_" A36
#define FM                                                                     \
    "fm"                                                                       \
    "2_" A36 "+/=,"                                                            \
    "fm"                                                                       \
    "2_" A36
#define JWT_HEAD                                                               \
    "ey"                                                                       \
    "JhbGciOiJIUzI1NiJ9"
#define SIGNATURE "c2lnbmF0dXJlLWJ5dGVz"

static void assert_shows(const char *text, const char *want)
{
    struct buf out = {0};
    struct redact *r = redact_new();
    redact_shapes(r, true);
    bool any = redact_bytes(r, span_of(text), &out);
    if (strcmp(buf_cstr(&out), want) != 0)
        fail_msg("%s\n   gives %s\n  wanted %s", text, buf_cstr(&out), want);
    assert_int_equal(any, strcmp(text, want) != 0);
    buf_release(&out);
    redact_free(r);
}

static void shapes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"a " GH " b", "a [redacted:github-token] b"},
        {"{\"t\":\"" GH "\"}", "{\"t\":\"[redacted:github-token]\"}"},
        {"t=" GH "&x", "t=[redacted:github-token]&x"},
        {"github"
         "_pat_" A36 "_" A36,
         "[redacted:github-token]"},
        {"FlyV1 " FM " x", "FlyV1 [redacted:fly-token] x"},
        {"fo"
         "1_" A36,
         "[redacted:fly-token]"},
        {"sb"
         "p_" A36,
         "[redacted:supabase-token]"},
        {"sb"
         "_secret_" A36,
         "[redacted:supabase-key]"},
        {"postgres://me:p4ss@db/x", "postgres://me:[redacted:password]@db/x"},
        {"redis://:p4ss@db", "redis://:[redacted:password]@db"},
        {"postgres://me:p/4@db/x?a=b@c",
         "postgres://me:[redacted:password]@db/x?a=b@c"},
        {"postgres://me:p@4@db/x", "postgres://me:[redacted:password]@db/x"},
        {"https://me:p4ss@h/x.git and https://you:q5tt@h",
         "https://me:[redacted:password]@h/x.git and "
         "https://you:[redacted:password]@h"},
        {JWT_HEAD ".eyJyb2xlIjoic2VydmljZV9yb2xlIn0." SIGNATURE,
         "[redacted:jwt]"},
        {"Authorization: Bearer abcdefgh12345678",
         "Authorization: Bearer [redacted:credentials]"},
        {"\"authorization\": \"Bearer abcdefgh12345678\"",
         "\"authorization\": \"Bearer [redacted:credentials]\""},
        {"authorization: Basic bWU6cHc=",
         "authorization: Basic [redacted:credentials]"},
        {"> api_access_token: abcdefgh12345678",
         "> api_access_token: [redacted:credentials]"},
        {"?api_access_token=abcdefgh12345678&a",
         "?api_access_token=[redacted:credentials]&a"},
        {"Cookie: sid=abc123; a=b\r\nHost: x",
         "Cookie: [redacted:cookie]\r\nHost: x"},
        {"-----BEGIN RSA PRIVATE "
         "KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n"
         "-----END RSA PRIVATE KEY-----\nx",
         "[redacted:private-key]\nx"},
        {"\"-----BEGIN PRIVATE "
         "KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\\n\"",
         "\"[redacted:private-key]\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_shows(rows[i].text, rows[i].shown);
}

static void no_shapes(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "gh"
        "p_short",
        "xgh"
        "p_" A36,
        "postgres://user:password@host/db",
        "postgres://postgres:postgres@localhost/db",
        "postgres://me:$PASSWORD@h/x",
        "postgres://me:<password>@h/x",
        "postgres://me:${PW}@h/x",
        "postgres://me:[redacted:password]@h/x",
        "postgres://me@h/x",
        "http://localhost:3000/@me",
        "https://a.example/x:y@z",
        "git@a.example:acme/shop.git",
        "https://a.example:8443?to=me@b.example",
        "a://b",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <token>",
        "authorization: process.env.SERVICE_ROLE_KEY",
        "authorization: [redacted:API_TOKEN]",
        "cookie: consent",
        "const cookie = require('cookie')",
        "-----BEGIN PRIVATE KEY----- and so on",
        "-----BEGIN PUBLIC "
        "KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwMIIEvQIBADANB\n",
        "eyJhbGciOiJIUzI1NiJ9.x.y",
        /* {"role":"anon"}: for everybody */
        JWT_HEAD ".eyJyb2xlIjoiYW5vbiJ9." SIGNATURE,
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_shows(rows[i], rows[i]);
}

/* The finder of tokens looks where the last character stands. */
static void rows_end_in_their_trigger(void **state)
{
    (void)state;
    size_t tokens = 0;
    for (const struct shape_row *row = shape_rows; row->name; row++) {
        assert_true(!*row->begins || span_ends(span_of(row->begins), "_"));
        assert_true(!*row->begins || row->least >= 16);
        tokens += *row->begins != 0;
    }
    assert_true(tokens >= 12);
}

static void open_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t open;
    } rows[] = {
        {"a gh"
         "p_abc",
         2},
        {"a gh"
         "p",
         2},
        {"a gh", 4},
        {"a b ", 4},
        {"x postgres://me", 2},
        {"plain", 5},
        {"x -----BEGIN PRIVATE KEY-----\nabc ", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (shape_open(span_of(rows[i].text)) != rows[i].open)
            fail_msg("%s: %zu", rows[i].text,
                     shape_open(span_of(rows[i].text)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(no_shapes),
        cmocka_unit_test(rows_end_in_their_trigger),
        cmocka_unit_test(open_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
