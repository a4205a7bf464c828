/* Secrets in answers: handles instead of text, and the same ones after a
 * resume. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conceal.h"

static struct json *parsed(const char *text)
{
    struct json *j = NULL;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%s in %s", err.msg, text);
    return j;
}

/* An answer with that body. */
static struct json *answer(const char *body)
{
    struct json *a = json_new(JSON_OBJECT);
    json_put_int(a, "status", 200);
    json_put_str(a, "body", body);
    return a;
}

static void assert_body(const struct json *a, const char *want)
{
    struct buf got = {0};
    json_write(json_get(a, "body"), &got);
    assert_string_equal(buf_cstr(&got), want);
    buf_release(&got);
}

#define HANDLE(n, name) "{\"$secret\":\"s" #n "\",\"name\":\"" name "\"}"

static void marked_members_become_handles(void **state)
{
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"[{\"name\":\"a\",\"key\":\"long-enough-1\"},"
         "{\"name\":\"b\",\"key\":\"long-enough-2\"}]",
         "[{\"key\":" HANDLE(
             1, "p.keys.key") ",\"name\":\"a\"},"
                              "{\"key\":" HANDLE(
                                  2, "p.keys.key") ",\"name\":\"b\"}]"},
        /* the same value is the same handle, wherever it stands */
        {"{\"data\":{\"key\":\"long-enough-1\"}}",
         "{\"data\":{\"key\":" HANDLE(1, "p.keys.key") "}}"},
        {"{\"key\":[\"long-enough-1\",7,{\"a\":\"x\",\"b\":true}],"
         "\"n\":1.50}",
         "{\"key\":[" HANDLE(1,
                             "p.keys.key") ",\"[secret]\","
                                           "{\"a\":\"[secret]\",\"b\":true}],"
                                           "\"n\":1.5}"},
        {"{\"key\":\"short\",\"token\":null,\"name\":\"\"}",
         "{\"key\":\"[secret]\",\"name\":\"\",\"token\":null}"},
        {"{\"key\":123456789}", "{\"key\":\"[secret]\"}"},
        {"{\"key\":\"long-enough-1", "\"[secret]\""}, /* cut short */
        {"no JSON, key: x", "\"[secret]\""},
        {"", "\"\""},
    };
    (void)state;
    struct vault *v = vault_new();
    struct json *fields = parsed("[\"key\",\"token\"]");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *a = answer(rows[i].body);
        conceal_answer(v, "p.keys", fields, a);
        assert_body(a, rows[i].want);
        assert_int_equal(conceal_holds(a), i < 3);
        json_free(a);
    }
    struct json *plain = answer("{\"key\":\"long-enough-1\"}");
    conceal_answer(v, "p.keys", NULL, plain);
    assert_body(plain, "\"{\\\"key\\\":\\\"long-enough-1\\\"}\"");
    json_free(plain);
    json_free(fields);
    vault_free(v);
}

/* A secret may stand in the half of an answer that came, and in no refusal. */
static void what_is_no_json_is_hidden(void **state)
{
    (void)state;
    struct vault *v = vault_new();
    struct json *fields = parsed("[\"key\"]");
    struct json *refusal = answer("no JSON");
    json_put_int(refusal, "status", 502);
    conceal_answer(v, "p.keys", fields, refusal);
    assert_body(refusal, "\"no JSON\"");
    json_free(refusal);
    struct json *bytes = answer("");
    json_put(bytes, "body",
             json_new_bytes((struct span){"{\"key\":\"\xfflong-enough", 20}));
    conceal_answer(v, "p.keys", fields, bytes);
    assert_body(bytes, "\"[secret]\"");
    json_free(bytes);
    json_free(fields);
    vault_free(v);
}

/* What is kept from all is no reason not to go on. */
static void what_is_unusable_may_change(void **state)
{
    struct err err = {0};
    (void)state;
    struct json *fields = parsed("[\"key\"]");
    struct vault *before = vault_new();
    struct vault *v = vault_new();
    struct json *then = answer("{\"key\":[7,\"x\",\"long-enough-1\"]}");
    struct json *now = answer("{\"key\":[8,\"y\",\"long-enough-2\"]}");
    conceal_answer(before, "p.keys", fields, then);
    assert_int_equal(conceal_again(v, then, now, &err), ST_OK);
    json_free(then);
    json_free(now);
    json_free(fields);
    vault_free(before);
    vault_free(v);
}

static void a_resume_fetches_them_again(void **state)
{
    static const char body[] = "[{\"id\":1,\"key\":\"long-enough-1\"},"
                               "{\"id\":2,\"key\":\"long-enough-2\"}]";
    static const struct {
        const char *now;
        enum status st;
    } rows[] = {
        {body, ST_OK},
        /* rotated since: the handle stands for the new value */
        {"[{\"id\":1,\"key\":\"new-and-long-1\"},"
         "{\"id\":2,\"key\":\"long-enough-2\"}]",
         ST_OK},
        {"[{\"id\":2,\"key\":\"long-enough-2\"},"
         "{\"id\":1,\"key\":\"long-enough-1\"}]",
         ST_WAITING},
        {"[{\"id\":1,\"key\":\"long-enough-1\"}]", ST_WAITING},
        {"[{\"id\":1,\"key\":null},{\"id\":2,\"key\":\"long-enough-2\"}]",
         ST_WAITING},
        {"no JSON", ST_WAITING},
    };
    (void)state;
    struct json *fields = parsed("[\"key\"]");
    struct vault *before = vault_new();
    struct json *then = answer(body);
    conceal_answer(before, "p.keys", fields, then);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct vault *v = vault_new();
        struct json *now = answer(rows[i].now);
        assert_int_equal(conceal_again(v, then, now, &err), rows[i].st);
        struct span first = {0};
        const struct json *handle =
            json_get(json_first(json_get(then, "body")), "key");
        if (rows[i].st == ST_OK) {
            assert_int_equal(vault_reveal(v, handle, &first, &err), ST_OK);
            assert_non_null(
                memmem(rows[i].now, strlen(rows[i].now), first.p, first.n));
        }
        json_free(now);
        vault_free(v);
    }
    json_free(then);
    vault_free(before);
    json_free(fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marked_members_become_handles),
        cmocka_unit_test(a_resume_fetches_them_again),
        cmocka_unit_test(what_is_no_json_is_hidden),
        cmocka_unit_test(what_is_unusable_may_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
