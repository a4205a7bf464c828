/* Digests and encodings over libsodium. */
#include "hash.h"

#include <assert.h>
#include <sodium.h>

#include "arena.h"

static crypto_hash_sha256_state *state_of(struct hasher *h)
{
    static_assert(sizeof(crypto_hash_sha256_state) <= sizeof h->state,
                  "struct hasher has room for libsodium's state");
    return (crypto_hash_sha256_state *)(void *)h->state;
}

static const unsigned char *bytes_of(struct span s)
{
    return (const unsigned char *)(s.p ? s.p : "");
}

void hasher_init(struct hasher *h)
{
    crypto_hash_sha256_init(state_of(h));
}

void hasher_add(struct hasher *h, struct span s)
{
    crypto_hash_sha256_update(state_of(h), bytes_of(s), s.n);
}

struct digest hasher_end(struct hasher *h)
{
    unsigned char raw[crypto_hash_sha256_BYTES];
    struct digest d;
    crypto_hash_sha256_final(state_of(h), raw);
    sodium_bin2hex(d.hex, sizeof d.hex, raw, sizeof raw);
    return d;
}

struct digest hash_sha256(struct span s)
{
    struct hasher h;
    hasher_init(&h);
    hasher_add(&h, s);
    return hasher_end(&h);
}

void base64_encode(struct span s, struct buf *out)
{
    const int variant = sodium_base64_VARIANT_ORIGINAL;
    size_t room = sodium_base64_encoded_len(s.n, variant);
    char *text = mem_alloc(room);
    sodium_bin2base64(text, room, bytes_of(s), s.n, variant);
    buf_put(out, text, room - 1);
    mem_free(text);
}

bool base64_decode(struct span text, struct buf *out)
{
    size_t room = text.n / 4 * 3 + 1;
    unsigned char *raw = mem_alloc(room);
    size_t n = 0;
    bool ok =
        sodium_base642bin(raw, room, (const char *)bytes_of(text), text.n, NULL,
                          &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
    if (ok)
        buf_put(out, raw, n);
    mem_free(raw);
    return ok;
}

void hex_encode(struct span s, struct buf *out)
{
    size_t room = s.n * 2 + 1;
    char *text = mem_alloc(room);
    sodium_bin2hex(text, room, bytes_of(s), s.n);
    buf_put(out, text, room - 1);
    mem_free(text);
}
