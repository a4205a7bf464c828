/* Signed envelopes: what is signed, and what no forgery gets past. */
#include "dsse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json.h"

#define TYPE "application/vnd.runproof.test+json"

static struct signer *ada, *bob;

static int make_keys(void **state)
{
    (void)state;
    ada = signer_new();
    bob = signer_new();
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    signer_free(ada);
    signer_free(bob);
    return 0;
}

/* The vector of the DSSE specification, protocol.md. */
static void what_is_signed(void **state)
{
    (void)state;
    struct buf out = {0};
    dsse_pae("http://example.com/HelloWorld", SPAN("hello world"), &out);
    assert_string_equal(buf_cstr(&out),
                        "DSSEv1 29 http://example.com/HelloWorld 11 hello "
                        "world");
    buf_clear(&out);
    dsse_pae("", SPAN(""), &out);
    assert_string_equal(buf_cstr(&out), "DSSEv1 0  0 ");
    buf_clear(&out);
    dsse_pae("t", (struct span){"a\0b", 3}, &out);
    assert_int_equal(out.n, 13 + 3);
    buf_release(&out);
}

static struct json *sealed(const char *type, const char *payload,
                           const struct signer *s)
{
    struct buf text = {0};
    struct err err = {0};
    struct json *j = NULL;
    dsse_seal(type, span_of(payload), s, &text);
    assert_int_equal(json_parse(buf_view(&text), &j, &err), ST_OK);
    buf_release(&text);
    return j;
}

static bool holds(const struct json *j, const struct signer *s)
{
    struct arena a = {0};
    struct dsse d;
    struct err err = {0};
    assert_int_equal(dsse_read(j, &a, &d, &err), ST_OK);
    bool yes = dsse_signed_by(&d, signer_public(s));
    arena_release(&a);
    return yes;
}

static struct json *first_signature(const struct json *j)
{
    return (struct json *)json_first(json_get(j, "signatures"));
}

static void what_was_sealed_is_read(void **state)
{
    (void)state;
    struct arena a = {0};
    struct dsse d;
    struct err err = {0};
    struct json *j = sealed(TYPE, "{\"a\":1}", ada);
    assert_true(dsse_is(j));
    assert_int_equal(dsse_read(j, &a, &d, &err), ST_OK);
    assert_string_equal(d.type, TYPE);
    assert_true(span_is(d.payload, "{\"a\":1}"));
    assert_int_equal(d.n, 1);
    assert_true(dsse_signed_by(&d, signer_public(ada)));
    assert_false(dsse_signed_by(&d, signer_public(bob)));
    assert_string_equal(json_get_str(first_signature(j), "keyid", ""),
                        sign_keyid(signer_public(ada)).hex);
    arena_release(&a);
    json_free(j);
}

static void a_swapped_payload_or_type(void **state)
{
    (void)state;
    struct json *j = sealed(TYPE, "{\"a\":1}", ada);
    struct json *other = sealed(TYPE, "{\"a\":2}", bob);
    json_put(j, "payload", json_copy(json_get(other, "payload")));
    assert_false(holds(j, ada));
    json_free(j);
    json_free(other);
    j = sealed(TYPE, "{\"a\":1}", ada);
    json_put_str(j, "payloadType", TYPE "2");
    assert_false(holds(j, ada));
    json_put_str(j, "payloadType", TYPE);
    assert_true(holds(j, ada));
    json_free(j);
}

static void the_keyid_decides_nothing(void **state)
{
    (void)state;
    struct json *j = sealed(TYPE, "{}", bob);
    json_put_str(first_signature(j), "keyid",
                 sign_keyid(signer_public(ada)).hex);
    assert_false(holds(j, ada));
    assert_true(holds(j, bob));
    json_remove(first_signature(j), "keyid");
    assert_true(holds(j, bob));
    json_free(j);
}

static void one_of_many_signatures(void **state)
{
    (void)state;
    struct json *j = sealed(TYPE, "{}", ada);
    struct json *k = sealed(TYPE, "{}", bob);
    struct json *list = (struct json *)json_get(j, "signatures");
    json_push(list, json_copy(first_signature(k)));
    json_push(list, json_copy(first_signature(k)));
    assert_true(holds(j, ada));
    assert_true(holds(j, bob));
    json_free(j);
    json_free(k);
}

static void base64_for_urls_is_read_too(void **state)
{
    (void)state;
    struct json *j = sealed(TYPE, "\xC3\xBF>>>???\xC3\xBF", ada);
    struct json *sig = first_signature(j);
    struct buf text = {0};
    buf_str(&text, json_get_str(j, "payload", ""));
    assert_non_null(strpbrk(text.p, "+/"));
    for (char *c = text.p; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    json_put_str(j, "payload", text.p);
    buf_clear(&text);
    buf_str(&text, json_get_str(sig, "sig", ""));
    for (char *c = text.p; *c; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    json_put_str(sig, "sig", text.p);
    assert_true(holds(j, ada));
    buf_release(&text);
    json_free(j);
}

static void what_is_no_envelope(void **state)
{
    static const char *const rows[] = {
        "",
        "\x7f"
        "ELF\x01",
        "[]",
        "{}",
        "null",
        "\"payload\"",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\"}",
        "{\"payload\":\"e30=\",\"payloadType\":1,\"signatures\":[]}",
        "{\"payload\":1,\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"!!\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"e30\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":{}}",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[1]}",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[{}]}",
        "{\"payload\":\"e30=\",\"payload\":\"e30=\",\"payloadType\":\"t\","
        "\"signatures\":[]}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct dsse d;
        struct err err = {0};
        if (dsse_parse(span_of(rows[i]), &a, &d, &err) != ST_INPUT)
            fail_msg("row %zu: %s", i, rows[i]);
        assert_int_not_equal(*err.msg, '\0');
        arena_release(&a);
    }
}

static void too_many_signatures(void **state)
{
    (void)state;
    struct arena a = {0};
    struct dsse d;
    struct err err = {0};
    struct json *j = sealed(TYPE, "{}", ada);
    struct json *list = (struct json *)json_get(j, "signatures");
    while (json_size(list) < DSSE_MAX_SIGNATURES)
        json_push(list, json_copy(first_signature(j)));
    assert_true(holds(j, ada));
    json_push(list, json_copy(first_signature(j)));
    assert_int_equal(dsse_read(j, &a, &d, &err), ST_LIMIT);
    arena_release(&a);
    json_free(j);
}

static void no_signature_is_nobodys(void **state)
{
    (void)state;
    struct json *j = sealed(TYPE, "{}", ada);
    json_put(j, "signatures", json_new(JSON_ARRAY));
    assert_false(holds(j, ada));
    json_free(j);
    j = sealed(TYPE, "{}", ada);
    json_put_str(first_signature(j), "sig", "");
    assert_false(holds(j, ada));
    json_put_str(first_signature(j), "sig", "AAAA");
    assert_false(holds(j, ada));
    json_free(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_signed),
        cmocka_unit_test(what_was_sealed_is_read),
        cmocka_unit_test(a_swapped_payload_or_type),
        cmocka_unit_test(the_keyid_decides_nothing),
        cmocka_unit_test(one_of_many_signatures),
        cmocka_unit_test(base64_for_urls_is_read_too),
        cmocka_unit_test(what_is_no_envelope),
        cmocka_unit_test(too_many_signatures),
        cmocka_unit_test(no_signature_is_nobodys),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
