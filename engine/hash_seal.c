/* Sealed boxes over libsodium's public-key boxes. */
#include "hash_seal.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "arena.h"

static_assert(SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "one kind of key");

static const unsigned char *bytes_of(struct span s)
{
    return (const unsigned char *)(s.p ? s.p : "");
}

/* The seed of the one-time key pair. */
static void make_seed(struct span key, struct span text, enum seal how,
                      unsigned char seed[crypto_box_SEEDBYTES])
{
    if (how == SEAL_RANDOM) {
        randombytes_buf(seed, crypto_box_SEEDBYTES);
        return;
    }
    crypto_generichash_state h;
    crypto_generichash_init(&h, NULL, 0, crypto_box_SEEDBYTES);
    crypto_generichash_update(&h, bytes_of(key), key.n);
    crypto_generichash_update(&h, bytes_of(text), text.n);
    crypto_generichash_final(&h, seed, crypto_box_SEEDBYTES);
}

/* blake2b(one-time key, key): part of the format, so that no nonce travels. */
static void make_nonce(const unsigned char *once, struct span key,
                       unsigned char nonce[crypto_box_NONCEBYTES])
{
    crypto_generichash_state h;
    crypto_generichash_init(&h, NULL, 0, crypto_box_NONCEBYTES);
    crypto_generichash_update(&h, once, crypto_box_PUBLICKEYBYTES);
    crypto_generichash_update(&h, bytes_of(key), key.n);
    crypto_generichash_final(&h, nonce, crypto_box_NONCEBYTES);
}

/* crypto_box_seal takes no seed; this is its construction, with one. */
bool hash_seal(struct span key, struct span text, enum seal how,
               struct buf *out)
{
    unsigned char seed[crypto_box_SEEDBYTES];
    unsigned char once[crypto_box_SECRETKEYBYTES];
    unsigned char nonce[crypto_box_NONCEBYTES];
    if (key.n != SEAL_KEY_BYTES)
        return false;
    size_t n = crypto_box_SEALBYTES + text.n;
    unsigned char *box = mem_alloc(n);
    make_seed(key, text, how, seed);
    crypto_box_seed_keypair(box, once, seed);
    make_nonce(box, key, nonce);
    bool ok = crypto_box_easy(box + crypto_box_PUBLICKEYBYTES, bytes_of(text),
                              text.n, nonce, bytes_of(key), once) == 0;
    if (ok)
        buf_put(out, box, n);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(once, sizeof once);
    mem_free(box);
    return ok;
}
