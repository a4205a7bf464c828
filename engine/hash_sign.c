/* Signatures and locked keys over libsodium. */
#include "hash_sign.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#define PUBLIC_PREFIX "ed25519:"

static_assert(SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519");
static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "Ed25519");
static_assert(SIGN_SALT_BYTES == crypto_pwhash_SALTBYTES, "Argon2id");
static_assert(SIGN_NONCE_BYTES == crypto_secretbox_NONCEBYTES, "secretbox");
static_assert(SIGN_BOX_BYTES ==
                  crypto_sign_SEEDBYTES + crypto_secretbox_MACBYTES,
              "a box holds a seed");

struct signer {
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    struct sign_public public;
};

static const unsigned char *bytes_of(struct span s)
{
    return (const unsigned char *)(s.p ? s.p : "");
}

static struct span view(const unsigned char *p, size_t n)
{
    return (struct span){(const char *)p, n};
}

/* --- public keys ----------------------------------------------------- */

void sign_public_text(const struct sign_public *key, struct buf *out)
{
    buf_str(out, PUBLIC_PREFIX);
    base64_encode(view(key->bytes, sizeof key->bytes), out);
}

bool sign_public_parse(struct span text, struct sign_public *out)
{
    struct buf raw = {0};
    size_t prefix = sizeof PUBLIC_PREFIX - 1;
    bool ok = span_starts(text, PUBLIC_PREFIX) &&
              base64_decode(span_sub(text, prefix, text.n), &raw) &&
              raw.n == sizeof out->bytes;
    if (ok)
        memcpy(out->bytes, raw.p, sizeof out->bytes);
    buf_release(&raw);
    return ok;
}

bool sign_public_same(const struct sign_public *a, const struct sign_public *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct digest sign_keyid(const struct sign_public *key)
{
    return hash_sha256(view(key->bytes, sizeof key->bytes));
}

bool sign_check(const struct sign_public *key, struct span message,
                struct span signature)
{
    return signature.n == SIGNATURE_BYTES &&
           crypto_sign_verify_detached(bytes_of(signature), bytes_of(message),
                                       message.n, key->bytes) == 0;
}

/* --- secret keys ----------------------------------------------------- */

void *locked_alloc(size_t n)
{
    if (sodium_init() < 0)
        abort(); /* no random numbers: nothing here can be trusted */
    void *p = sodium_malloc(n);
    if (!p)
        abort(); /* out of memory */
    sodium_memzero(p, n);
    return p;
}

void locked_free(void *p)
{
    sodium_free(p);
}

static struct signer *signer_of(const unsigned char *seed)
{
    struct signer *s = locked_alloc(sizeof *s);
    crypto_sign_seed_keypair(s->public.bytes, s->secret, seed);
    sodium_mprotect_readonly(s);
    return s;
}

struct signer *signer_new(void)
{
    unsigned char *seed = locked_alloc(crypto_sign_SEEDBYTES);
    randombytes_buf(seed, crypto_sign_SEEDBYTES);
    struct signer *s = signer_of(seed);
    locked_free(seed);
    return s;
}

void signer_free(struct signer *s)
{
    locked_free(s);
}

const struct sign_public *signer_public(const struct signer *s)
{
    return &s->public;
}

void signer_sign(const struct signer *s, struct span message,
                 unsigned char signature[SIGNATURE_BYTES])
{
    crypto_sign_detached(signature, NULL, bytes_of(message), message.n,
                         s->secret);
}

/* --- passphrases ----------------------------------------------------- */

void sign_lock_new(struct sign_lock *how)
{
    if (sodium_init() < 0)
        abort();
    how->passes = crypto_pwhash_OPSLIMIT_MODERATE;
    how->bytes = crypto_pwhash_MEMLIMIT_MODERATE;
    randombytes_buf(how->salt, sizeof how->salt);
    randombytes_buf(how->nonce, sizeof how->nonce);
}

static bool affordable(const struct sign_lock *how)
{
    return how->passes >= crypto_pwhash_OPSLIMIT_MIN &&
           how->passes <= SIGN_MAX_PASSES &&
           how->bytes >= crypto_pwhash_MEMLIMIT_MIN &&
           how->bytes <= SIGN_MAX_BYTES;
}

/* The key of the box in locked memory, NULL when it cannot be made. */
static unsigned char *stretch(struct span passphrase,
                              const struct sign_lock *how)
{
    if (!affordable(how))
        return NULL;
    unsigned char *key = locked_alloc(crypto_secretbox_KEYBYTES);
    if (crypto_pwhash(key, crypto_secretbox_KEYBYTES,
                      passphrase.p ? passphrase.p : "", passphrase.n, how->salt,
                      how->passes, (size_t)how->bytes,
                      crypto_pwhash_ALG_ARGON2ID13) == 0)
        return key;
    locked_free(key);
    return NULL;
}

bool signer_lock(const struct signer *s, struct span passphrase,
                 const struct sign_lock *how, unsigned char box[SIGN_BOX_BYTES])
{
    unsigned char *key = stretch(passphrase, how);
    if (!key)
        return false;
    /* the seed is the first half of a secret key */
    crypto_secretbox_easy(box, s->secret, crypto_sign_SEEDBYTES, how->nonce,
                          key);
    locked_free(key);
    return true;
}

struct signer *signer_unlock(const unsigned char box[SIGN_BOX_BYTES],
                             struct span passphrase,
                             const struct sign_lock *how)
{
    struct signer *s = NULL;
    unsigned char *seed = locked_alloc(crypto_sign_SEEDBYTES);
    unsigned char *key = stretch(passphrase, how);
    if (key && crypto_secretbox_open_easy(seed, box, SIGN_BOX_BYTES, how->nonce,
                                          key) == 0)
        s = signer_of(seed);
    locked_free(seed);
    locked_free(key);
    return s;
}

void random_hex(size_t bytes, struct buf *out)
{
    unsigned char raw[32];
    assert(bytes <= sizeof raw);
    if (sodium_init() < 0)
        abort();
    randombytes_buf(raw, bytes);
    hex_encode(view(raw, bytes), out);
}
