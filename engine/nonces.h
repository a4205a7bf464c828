/* Which run has used an approval: one nonce serves one run and its resumes
 * (rule: DESIGN §5, Plans). */
#pragma once

#include "arena.h"
#include "err.h"

#define NONCE_BYTES 16 /* of randomness, in hex */

/* The run other than own (a bundle's name, or NULL) that used the nonce: in
 * the journals of the bundles below root, or in .runproof/nonces, which
 * outlives a bundle that was removed. *run is NULL when there is none. ST_IO
 * when they cannot be read: what is not known is not taken for unused. */
MUST_USE enum status nonces_find(const char *root, const char *nonce,
                                 const char *own, struct arena *a,
                                 const char **run, struct err *err);
/* Notes in .runproof/nonces that run uses the nonce, once. ST_UNWRITTEN. */
MUST_USE enum status nonces_note(const char *root, const char *nonce,
                                 const char *run, struct err *err);
/* How a journal's record names a nonce: what is looked for. */
const char *nonces_mark(const char *nonce, struct arena *a);
