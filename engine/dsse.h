/* Signed envelopes: DSSE v1.0, one JSON object {payload, payloadType,
 * signatures: [{keyid, sig}]}. What is signed is the payload with its type
 * (PAE), never the layout of the JSON. */
#pragma once

#include "arena.h"
#include "err.h"
#include "hash_sign.h"
#include "str.h"

#define DSSE_MAX_SIGNATURES 32

/* All in the arena it was read into. */
struct dsse {
    const char *type;
    struct span payload; /* the bytes that are signed for */
    struct span *signatures;
    size_t n;
};

/* "DSSEv1 LEN(type) type LEN(body) body": what a signature is over;
 * appended. */
void dsse_pae(const char *type, struct span payload, struct buf *out);
/* An envelope with one signature, as canonical JSON and a newline; appended. */
void dsse_seal(const char *type, struct span payload, const struct signer *s,
               struct buf *out);
/* ST_INPUT for what is no envelope, ST_LIMIT for too many signatures. Nothing
 * in it is trusted yet. */
MUST_USE enum status dsse_parse(struct span text, struct arena *a,
                                struct dsse *out, struct err *err);
/* The same of a value that is read already. */
struct json;
MUST_USE enum status dsse_read(const struct json *envelope, struct arena *a,
                               struct dsse *out, struct err *err);
/* Whether it has the members of an envelope. */
bool dsse_is(const struct json *j);
/* Whether some signature is that key's over type and payload. The key alone
 * decides: a keyid is not signed, so it is a name that anybody may write. */
bool dsse_signed_by(const struct dsse *d, const struct sign_public *key);
