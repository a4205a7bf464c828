/* Ed25519 signatures over libsodium (RFC 8032), and secret keys under a
 * passphrase. Secret keys and passphrases live in locked memory, which is no
 * part of a core dump, and are zeroed when freed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "str.h"

#define SIGN_PUBLIC_BYTES 32
#define SIGNATURE_BYTES 64
#define SIGN_SALT_BYTES 16
#define SIGN_NONCE_BYTES 24
#define SIGN_BOX_BYTES 48 /* the seed of a key, sealed */

struct sign_public {
    unsigned char bytes[SIGN_PUBLIC_BYTES];
};

/* "ed25519:" and standard base64: as runproof.yaml lists keys; appended. */
void sign_public_text(const struct sign_public *key, struct buf *out);
/* False unless text is exactly that of a key. */
bool sign_public_parse(struct span text, struct sign_public *out);
bool sign_public_same(const struct sign_public *a, const struct sign_public *b);
/* SHA-256 of the key's bytes. */
struct digest sign_keyid(const struct sign_public *key);
bool sign_check(const struct sign_public *key, struct span message,
                struct span signature);

/* Locked memory, zeroed when freed; never NULL. Aborts when there is none. */
void *locked_alloc(size_t n);
void locked_free(void *p); /* NULL is fine */

struct signer; /* a secret key */

struct signer *signer_new(void); /* a key of random bytes */
void signer_free(struct signer *s);
const struct sign_public *signer_public(const struct signer *s);
void signer_sign(const struct signer *s, struct span message,
                 unsigned char signature[SIGNATURE_BYTES]);

/* How a key is put under a passphrase: Argon2id, then XSalsa20-Poly1305. */
struct sign_lock {
    uint64_t passes, bytes; /* what Argon2id takes */
    unsigned char salt[SIGN_SALT_BYTES];
    unsigned char nonce[SIGN_NONCE_BYTES];
};

/* What a file may ask of this machine. */
#define SIGN_MAX_PASSES 16
#define SIGN_MAX_BYTES ((uint64_t)1 << 30)

/* Fresh salt and nonce, and a cost of about a second. */
void sign_lock_new(struct sign_lock *how);
/* False when there is not enough memory. */
bool signer_lock(const struct signer *s, struct span passphrase,
                 const struct sign_lock *how,
                 unsigned char box[SIGN_BOX_BYTES]);
/* NULL when the passphrase is another one, the box was changed, or the cost is
 * outside of what is allowed or there. */
struct signer *signer_unlock(const unsigned char box[SIGN_BOX_BYTES],
                             struct span passphrase,
                             const struct sign_lock *how);
/* Lower-case hex of that many random bytes; appended. */
void random_hex(size_t bytes, struct buf *out);
