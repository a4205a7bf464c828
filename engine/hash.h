/* Digests and encodings (the only user of libnettle, and of libsodium's
 * codecs). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "str.h"

struct arena;

/* Lower-case hex SHA-256, NUL-terminated. */
struct digest {
    char hex[65];
};

struct digest hash_sha256(struct span s);

/* Streaming: init, add…, end. No resources to free. */
struct hasher {
    _Alignas(64) unsigned char state[256];
};
void hasher_init(struct hasher *h);
void hasher_add(struct hasher *h, struct span s);
struct digest hasher_end(struct hasher *h);

/* Standard base64 with padding, appended. */
void base64_encode(struct span s, struct buf *out);
/* Strict; false leaves *out unchanged. */
bool base64_decode(struct span text, struct buf *out);
void hex_encode(struct span s, struct buf *out);
