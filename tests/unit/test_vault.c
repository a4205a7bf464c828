/* Secrets behind handles. */
#include "vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"

static void assert_writes(const struct json *j, const char *want)
{
    struct buf out = {0};
    json_write(j, &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_release(&out);
}

static void test_handles(void **state)
{
    static const struct {
        const char *name, *value, *handle;
    } rows[] = {
        {"TOKEN", "value-one", "{\"$secret\":\"s1\",\"name\":\"TOKEN\"}"},
        {"OTHER", "value-two", "{\"$secret\":\"s2\",\"name\":\"OTHER\"}"},
        {"TOKEN", "value-one", "{\"$secret\":\"s1\",\"name\":\"TOKEN\"}"},
        {"TOKEN", "value-new", "{\"$secret\":\"s3\",\"name\":\"TOKEN\"}"},
        {"OTHER", "value-one", "{\"$secret\":\"s4\",\"name\":\"OTHER\"}"},
    };
    struct err err = {0};
    (void)state;
    struct vault *v = vault_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *handle = NULL;
        struct span value = {0};
        assert_int_equal(
            vault_put(v, rows[i].name, span_of(rows[i].value), &handle, &err),
            ST_OK);
        assert_writes(handle, rows[i].handle);
        assert_true(vault_is_handle(handle));
        assert_int_equal(vault_reveal(v, handle, &value, &err), ST_OK);
        assert_true(span_is(value, rows[i].value));
        json_free(handle);
    }
    vault_free(v);
    vault_free(NULL);
}

static void test_makes_known_to_redaction(void **state)
{
    struct err err = {0};
    struct json *handle = NULL;
    struct buf out = {0};
    (void)state;
    struct vault *v = vault_new();
    assert_int_equal(vault_put(v, "PIN", SPAN("1234"), &handle, &err),
                     ST_INPUT);
    assert_null(handle);
    assert_int_equal(vault_put(v, "KEY", SPAN("sesame-open"), &handle, &err),
                     ST_OK);
    assert_true(redact_bytes(vault_redact(v), SPAN("x sesame-open"), &out));
    assert_string_equal(buf_cstr(&out), "x [redacted:KEY]");
    assert_string_equal(json_get_str(handle, "$secret", ""), "s1");
    json_free(handle);
    buf_release(&out);
    vault_free(v);
}

static void test_unknown_handles(void **state)
{
    static const char *const rows[] = {
        "{\"$secret\":\"s2\"}",
        "{\"$secret\":\"s0\"}",
        "{\"$secret\":\"s01\"}",
        "{\"$secret\":\"\"}",
        "{\"$secret\":\"S1\"}",
        "{\"$secret\":\"s1 \"}",
        "{\"$secret\":1}",
        "{}",
        "null",
        "\"s1\"",
    };
    struct err err = {0};
    struct json *handle = NULL;
    struct span value = {0};
    (void)state;
    struct vault *v = vault_new();
    assert_int_equal(vault_put(v, "KEY", SPAN("sesame-open"), &handle, &err),
                     ST_OK);
    json_free(handle);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        err_clear(&err);
        assert_int_equal(json_parse(span_of(rows[i]), &handle, &err), ST_OK);
        assert_int_equal(vault_reveal(v, handle, &value, &err), ST_FAILED);
        assert_null(value.p);
        json_free(handle);
    }
    vault_free(v);
}

static void test_fill(void **state)
{
    struct err err = {0};
    struct json *args = NULL;
    struct json *filled = NULL;
    struct json *handle = NULL;
    (void)state;
    struct vault *v = vault_new();
    assert_int_equal(vault_put(v, "KEY", SPAN("sesame-open"), &handle, &err),
                     ST_OK);
    json_free(handle);
    assert_int_equal(
        vault_put(v, "BIN", SPAN("\xFF\xFE\0bytes"), &handle, &err), ST_OK);
    json_free(handle);
    const char *text = "{\"a\":[1,{\"$secret\":\"s1\",\"name\":\"KEY\"}],"
                       "\"b\":{\"c\":{\"$secret\":\"s2\"}},\"d\":null,"
                       "\"e\":9007199254740993}";
    assert_int_equal(json_parse(span_of(text), &args, &err), ST_OK);
    assert_int_equal(vault_fill(v, args, &filled, &err), ST_OK);
    assert_writes(filled, "{\"a\":[1,\"sesame-open\"],"
                          "\"b\":{\"c\":{\"$bytes\":\"//4AYnl0ZXM=\"}},"
                          "\"d\":null,\"e\":9007199254740993}");
    assert_writes(json_get(args, "b"), "{\"c\":{\"$secret\":\"s2\"}}");
    json_free(filled);
    filled = NULL;
    json_push((struct json *)json_get(args, "a"), json_new(JSON_OBJECT));
    json_put_str((struct json *)json_get(args, "b"), "$secret", "s9");
    assert_int_equal(vault_fill(v, args, &filled, &err), ST_FAILED);
    assert_null(filled);
    json_free(args);
    vault_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_handles),
        cmocka_unit_test(test_makes_known_to_redaction),
        cmocka_unit_test(test_unknown_handles),
        cmocka_unit_test(test_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
