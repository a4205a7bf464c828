/* Sealed boxes: what only the holder of a private key can open. */
#pragma once

#include <stdbool.h>

#include "str.h"

#define SEAL_KEY_BYTES 32u

enum seal {
    SEAL_RANDOM,    /* two boxes of one text differ */
    SEAL_REPEATABLE /* the same bytes from the same input, on every machine:
                     * who guesses the text can prove it. For simulations */
};

/* Appends the box of text for a public X25519 key, as libsodium's
 * crypto_box_seal_open reads it. False leaves *out unchanged: the key is none
 * (its length, or a point of low order). */
bool hash_seal(struct span key, struct span text, enum seal how,
               struct buf *out);
