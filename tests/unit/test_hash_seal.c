/* Sealed boxes, opened by libsodium with the private key. */
#include "hash_seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static unsigned char public_key[crypto_box_PUBLICKEYBYTES];
static unsigned char private_key[crypto_box_SECRETKEYBYTES];

static struct span key(void)
{
    return (struct span){(const char *)public_key, sizeof public_key};
}

static int make_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof private_key; i++)
        private_key[i] = (unsigned char)(i + 1);
    return crypto_scalarmult_base(public_key, private_key);
}

static void assert_opens(struct span box, struct span want)
{
    unsigned char text[64];
    const unsigned char *c = (const unsigned char *)box.p;
    assert_int_equal(box.n, want.n + crypto_box_SEALBYTES);
    assert_int_equal(
        crypto_box_seal_open(text, c, box.n, public_key, private_key), 0);
    assert_memory_equal(text, want.p, want.n);
}

static void boxes_open(void **state)
{
    static const struct span texts[] = {
        {"", 0}, {"x", 1}, {"a\0b\xFF", 4}, {"postgres://me:pw@h/d", 20}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int how = SEAL_RANDOM; how <= SEAL_REPEATABLE; how++) {
            struct buf box = {0};
            assert_true(hash_seal(key(), texts[i], (enum seal)how, &box));
            assert_opens(buf_view(&box), texts[i]);
            buf_release(&box);
        }
}

static bool same_twice(struct span first, struct span second, enum seal how)
{
    struct buf a = {0};
    struct buf b = {0};
    assert_true(hash_seal(key(), first, how, &a));
    assert_true(hash_seal(key(), second, how, &b));
    bool same = span_eq(buf_view(&a), buf_view(&b));
    buf_release(&a);
    buf_release(&b);
    return same;
}

static void only_the_repeatable_repeat(void **state)
{
    (void)state;
    assert_false(same_twice(SPAN("text"), SPAN("text"), SEAL_RANDOM));
    assert_true(same_twice(SPAN("text"), SPAN("text"), SEAL_REPEATABLE));
    assert_false(same_twice(SPAN("text"), SPAN("test"), SEAL_REPEATABLE));
}

/* The same on every machine: golden pages hold such boxes. */
static void the_repeatable_are_fixed(void **state)
{
    (void)state;
    struct buf box = {0};
    char hex[2 * (crypto_box_SEALBYTES + 4) + 1];
    assert_true(hash_seal(key(), SPAN("text"), SEAL_REPEATABLE, &box));
    sodium_bin2hex(hex, sizeof hex, (const unsigned char *)box.p, box.n);
    assert_string_equal(hex, "58bd168be44d40b8cadc1588259de84bb66508a2a13db955"
                             "2e40dc6ae6fcb90ceeaf04cf2f7dc0c88d68036a181babc1"
                             "401de5ca");
    buf_release(&box);
}

static void what_is_no_key(void **state)
{
    (void)state;
    static const char zeros[SEAL_KEY_BYTES + 1];
    const struct span keys[] = {
        {"", 0}, {zeros, 31}, {zeros, 33}, {zeros, SEAL_KEY_BYTES}};
    struct buf box = {0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_false(hash_seal(keys[i], SPAN("text"), SEAL_RANDOM, &box));
    assert_int_equal(box.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_open),
        cmocka_unit_test(only_the_repeatable_repeat),
        cmocka_unit_test(the_repeatable_are_fixed),
        cmocka_unit_test(what_is_no_key),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}
