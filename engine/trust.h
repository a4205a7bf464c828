/* Whose signatures a reader trusts: one key, or the persons of runproof.yaml
 * at policy_ref. */
#pragma once

#include "authority.h"
#include "dsse.h"

struct trust {
    struct persons persons;
    bool listed; /* they are runproof.yaml's */
};

/* text: "persons", "ed25519:BASE64", or a file with such a line or a secret
 * key. ST_INPUT for anything else, or what authority_read says. All lives in
 * a. */
MUST_USE enum status trust_read(const char *text, struct arena *a,
                                struct trust *out, struct err *err);
/* Who of them signed it, NULL: none. */
const char *trust_signer(const struct trust *t, const struct dsse *envelope);
