/* Digests and encodings against published vectors. */
#include "hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_sha256(void **state)
{
    static const struct {
        const char *in, *hex;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb924"
             "27ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223"
                "b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039"
         "a33ce45964ff2167f6ecedd419db06c1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(hash_sha256(span_of(rows[i].in)).hex, rows[i].hex);
        struct hasher h;
        hasher_init(&h);
        for (const char *p = rows[i].in; *p; p++)
            hasher_add(&h, (struct span){p, 1});
        assert_string_equal(hasher_end(&h).hex, rows[i].hex);
    }
}

static void test_base64(void **state)
{
    static const struct {
        struct span plain;
        const char *coded;
    } rows[] = {
        {{"", 0}, ""},
        {{"f", 1}, "Zg=="},
        {{"fo", 2}, "Zm8="},
        {{"foo", 3}, "Zm9v"},
        {{"foobar", 6}, "Zm9vYmFy"},
        {{"\0\xFF\xFB", 3}, "AP/7"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        base64_encode(rows[i].plain, &out);
        assert_string_equal(buf_cstr(&out), rows[i].coded);
        buf_clear(&out);
        assert_true(base64_decode(span_of(rows[i].coded), &out));
        assert_true(span_eq(buf_view(&out), rows[i].plain));
        buf_release(&out);
    }
}

static void test_base64_refused(void **state)
{
    static const char *const rows[] = {
        "Zg",   "Zg=",    "Zg===", "Z",     "====",   "Zm9v\n",
        "Zm 9", "Zm9v!!", "Zm-_",  "Zh==x", "Zm9vZg", "Zh==",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        buf_str(&out, "kept");
        if (base64_decode(span_of(rows[i]), &out))
            fail_msg("%s was accepted", rows[i]);
        assert_string_equal(buf_cstr(&out), "kept");
        buf_release(&out);
    }
}

static void test_hex(void **state)
{
    struct buf out = {0};
    (void)state;
    hex_encode((struct span){"\x00\x7f\xff"
                             "A",
                             4},
               &out);
    assert_string_equal(buf_cstr(&out), "007fff41");
    hex_encode((struct span){NULL, 0}, &out);
    assert_int_equal(out.n, 8);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_base64_refused),
        cmocka_unit_test(test_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
