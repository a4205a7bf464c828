/* Digests over Nettle, encodings over libsodium. */
#include "hash.h"

#include <assert.h>
#include <nettle/sha2.h>
#include <sodium.h>

#include "arena.h"

/* Nettle's uses the processor's own instructions, where libsodium's does not:
 * a fifth of the time, for every record and every file of a bundle. */
static struct sha256_ctx *state_of(struct hasher *h)
{
    static_assert(sizeof(struct sha256_ctx) <= sizeof h->state,
                  "struct hasher has room for Nettle's state");
    return (struct sha256_ctx *)(void *)h->state;
}

static const unsigned char *bytes_of(struct span s)
{
    return (const unsigned char *)(s.p ? s.p : "");
}

void hasher_init(struct hasher *h)
{
    sha256_init(state_of(h));
}

void hasher_add(struct hasher *h, struct span s)
{
    sha256_update(state_of(h), s.n, bytes_of(s));
}

/* Two digits a byte. */
static void put_hex(const unsigned char *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
}

struct digest hasher_end(struct hasher *h)
{
    unsigned char raw[SHA256_DIGEST_SIZE];
    struct digest d;
    sha256_digest(state_of(h), sizeof raw, raw);
    put_hex(raw, sizeof raw, d.hex);
    d.hex[sizeof d.hex - 1] = '\0';
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
    char *text = mem_alloc(s.n * 2);
    put_hex(bytes_of(s), s.n, text);
    buf_put(out, text, s.n * 2);
    mem_free(text);
}
