/* A secret key in a file, under a passphrase, readable by its owner alone. */
#pragma once

#include "arena.h"
#include "err.h"
#include "hash_sign.h"

/* What stands in it. person: NULL when it names none; in the arena. */
struct keyfile {
    const char *person;
    struct sign_public public;
    struct sign_lock lock;
    unsigned char box[SIGN_BOX_BYTES];
};

/* The text of a key file for signer, under passphrase; appended. person may be
 * NULL. ST_LIMIT when there is no memory for it. */
MUST_USE enum status keyfile_text(const struct signer *s, const char *person,
                                  struct span passphrase,
                                  const struct sign_lock *how, struct buf *out,
                                  struct err *err);
/* Makes the file, mode 0600. ST_INPUT when there is one already. */
MUST_USE enum status keyfile_create(const char *path, struct span text,
                                    struct err *err);
/* ST_INPUT: no key file, cut short, of another version, or others may read
 * it. */
MUST_USE enum status keyfile_read(const char *path, struct arena *a,
                                  struct keyfile *out, struct err *err);
/* The same of a text, whoever may read it. */
MUST_USE enum status keyfile_parse(struct span text, struct arena *a,
                                   struct keyfile *out, struct err *err);
/* NULL with ST_INPUT when the passphrase is another one, or the file says
 * another public key. The caller frees it. */
struct signer *keyfile_unlock(const struct keyfile *k, struct span passphrase,
                              const char *path, struct err *err);
/* Reads and unlocks it, asking for the passphrase. The caller frees *out. */
MUST_USE enum status keyfile_open(const char *path, struct arena *a,
                                  struct keyfile *k, struct signer **out,
                                  struct err *err);
