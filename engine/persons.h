/* The persons of runproof.yaml, and the keys that are theirs. */
#pragma once

#include "arena.h"
#include "err.h"
#include "hash_sign.h"
#include "json.h"

struct person_key {
    const char *person;
    struct sign_public key;
};

struct persons {
    const char **names; /* in the order of the file */
    size_t n_names;
    struct person_key *keys;
    size_t n_keys;
};

/* list: the value of `persons:`, {name: ["ed25519:BASE64", …]}, NULL for none;
 * a person without a key may be listed, and approves nothing. file: for
 * messages. ST_INPUT with file:line for another shape, a key that is none, and
 * one that two persons claim. All lives in a. */
MUST_USE enum status persons_read(const struct json *list, const char *file,
                                  struct arena *a, struct persons *out,
                                  struct err *err);
/* NULL when the key is nobody's. */
const char *persons_owner(const struct persons *p,
                          const struct sign_public *key);
/* Upper and lower case alike: the name as it is listed, or NULL. */
const char *persons_find(const struct persons *p, const char *name);
bool persons_has_key(const struct persons *p, const char *person);
/* Whether a person may be called so: a name that can be part of a file's. */
bool person_name_fits(struct span name);
