/* The sources of secrets that are more than a look-up. */
#pragma once

#include "err.h"
#include "str.h"

struct json;
struct vault;

/* Where a value is looked for. */
struct search {
    const char *root; /* paths and commands begin there */
    const char *name;
    struct vault *vault;
};

/* Reads a file that only its owner can read, by no symbolic link, in a folder
 * that not everybody can write. *there is false when it is missing. */
MUST_USE enum status secrets_read_private(const char *root, const char *rel,
                                          struct buf *out, bool *there,
                                          struct err *err);
/* What a command prints: source is {command: […], env: […], timeout: "30s"}.
 * Without its last line end. A command that fails is ST_FAILED. */
MUST_USE enum status secrets_ask_command(const struct search *s,
                                         const struct json *source,
                                         struct buf *out, struct err *err);
/* Whether source is a well-formed command source. ST_INPUT with its line. */
MUST_USE enum status secrets_check_command(const struct json *source,
                                           struct err *err);
