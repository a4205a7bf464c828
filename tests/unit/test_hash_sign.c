/* Signatures: the vectors of RFC 8032, and keys under a passphrase. */
#include "hash_sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Cheap: the tests are about right and wrong, not about cost. */
static struct sign_lock cheap(void)
{
    struct sign_lock how;
    sign_lock_new(&how);
    how.passes = 1;
    how.bytes = 8192;
    return how;
}

static size_t unhex(const char *hex, unsigned char *out)
{
    size_t n = 0;
    for (; hex[2 * n]; n++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(hex + 2 * n, "%2x", &byte), 1);
        out[n] = (unsigned char)byte;
    }
    return n;
}

static void the_vectors_of_the_standard(void **state)
{
    static const struct {
        const char *public, *message, *signature;
    } rows[] = {
        {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88"
         "21590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
         "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac"
         "1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
         "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9"
         "b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sign_public key;
        unsigned char message[8], signature[SIGNATURE_BYTES];
        assert_int_equal(unhex(rows[i].public, key.bytes), sizeof key.bytes);
        size_t n = unhex(rows[i].message, message);
        assert_int_equal(unhex(rows[i].signature, signature), SIGNATURE_BYTES);
        struct span m = {(char *)message, n};
        struct span s = {(char *)signature, SIGNATURE_BYTES};
        assert_true(sign_check(&key, m, s));
        assert_false(sign_check(&key, SPAN("another"), s));
        assert_false(sign_check(&key, m, span_sub(s, 0, SIGNATURE_BYTES - 1)));
        for (size_t bit = 0; bit < (size_t)SIGNATURE_BYTES * 8; bit += 7) {
            signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_false(sign_check(&key, m, s));
            signature[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    }
}

static void a_signature_is_of_one_key(void **state)
{
    (void)state;
    unsigned char raw[SIGNATURE_BYTES];
    struct signer *mine = signer_new();
    struct signer *other = signer_new();
    struct span s = {(char *)raw, sizeof raw};
    signer_sign(mine, SPAN("text"), raw);
    assert_true(sign_check(signer_public(mine), SPAN("text"), s));
    assert_false(sign_check(signer_public(other), SPAN("text"), s));
    assert_false(sign_public_same(signer_public(mine), signer_public(other)));
    signer_free(mine);
    signer_free(other);
}

static void public_keys_as_text(void **state)
{
    static const char *const wrong[] = {
        "",
        "ed25519:",
        "ed25519:AAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ",
        "ed25519: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "Ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    (void)state;
    struct signer *s = signer_new();
    struct buf text = {0};
    struct sign_public key;
    sign_public_text(signer_public(s), &text);
    assert_int_equal(text.n, 8 + 44);
    assert_true(sign_public_parse(buf_view(&text), &key));
    assert_true(sign_public_same(&key, signer_public(s)));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (sign_public_parse(span_of(wrong[i]), &key))
            fail_msg("taken for a key: '%s'", wrong[i]);
    buf_release(&text);
    signer_free(s);
}

static void a_passphrase_opens_its_key(void **state)
{
    (void)state;
    unsigned char box[SIGN_BOX_BYTES];
    struct sign_lock how = cheap();
    struct signer *s = signer_new();
    assert_true(signer_lock(s, SPAN("right"), &how, box));
    struct signer *again = signer_unlock(box, SPAN("right"), &how);
    assert_non_null(again);
    assert_true(sign_public_same(signer_public(s), signer_public(again)));
    assert_null(signer_unlock(box, SPAN("wrong"), &how));
    assert_null(signer_unlock(box, SPAN(""), &how));
    box[3] ^= 1;
    assert_null(signer_unlock(box, SPAN("right"), &how));
    box[3] ^= 1;
    how.salt[0] ^= 1;
    assert_null(signer_unlock(box, SPAN("right"), &how));
    signer_free(again);
    signer_free(s);
}

static void a_file_cannot_ask_for_any_cost(void **state)
{
    static const struct {
        uint64_t passes, bytes;
    } rows[] = {
        {0, 8192}, {1, 0},          {SIGN_MAX_PASSES + 1, 8192},
        {1, 1},    {1, UINT64_MAX}, {1, SIGN_MAX_BYTES + 1},
    };
    unsigned char box[SIGN_BOX_BYTES] = {0};
    (void)state;
    struct signer *s = signer_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sign_lock how = cheap();
        how.passes = rows[i].passes;
        how.bytes = rows[i].bytes;
        assert_null(signer_unlock(box, SPAN("right"), &how));
        assert_false(signer_lock(s, SPAN("right"), &how, box));
    }
    signer_free(s);
}

static void new_locks_differ_and_cost(void **state)
{
    (void)state;
    struct sign_lock a, b;
    sign_lock_new(&a);
    sign_lock_new(&b);
    assert_memory_not_equal(a.salt, b.salt, sizeof a.salt);
    assert_memory_not_equal(a.nonce, b.nonce, sizeof a.nonce);
    assert_true(a.passes >= 3 && a.bytes >= (uint64_t)256 << 20);
}

static void random_numbers_differ(void **state)
{
    (void)state;
    struct buf a = {0};
    struct buf b = {0};
    random_hex(16, &a);
    random_hex(16, &b);
    assert_int_equal(a.n, 32);
    assert_int_equal(strspn(a.p, "0123456789abcdef"), 32);
    assert_string_not_equal(a.p, b.p);
    buf_release(&a);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_standard),
        cmocka_unit_test(a_signature_is_of_one_key),
        cmocka_unit_test(public_keys_as_text),
        cmocka_unit_test(a_passphrase_opens_its_key),
        cmocka_unit_test(a_file_cannot_ask_for_any_cost),
        cmocka_unit_test(new_locks_differ_and_cost),
        cmocka_unit_test(random_numbers_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
