/* What secrets look like: tokens of known services (rows of lua/shapes.txt),
 * DSNs with a password, signed tokens (JWT), private keys, headers that carry
 * a secret. Found in any text, though nobody made the value known. */
#pragma once

#include <stdbool.h>

#include "str.h"

/* Generated from lua/shapes.txt, NULL-name ended. */
struct shape_row {
    const char *name;
    const char *begins;   /* "" of a header: name is the header's */
    const char *alphabet; /* "A-Za-z0-9_" */
    size_t least;         /* so many characters of it follow at least */
};
extern const struct shape_row shape_rows[];

/* What is to be taken out: of a DSN the password, of a header its value. */
struct shape {
    size_t begin, end;
    const char *name; /* static: "github-token" */
};

/* The first shape at or after from; false when there is none. What only stands
 * for a secret ("<token>", "$TOKEN", "password") is none. */
bool shape_next(struct span s, size_t from, struct shape *out);
/* Where something begins that may be a shape once more bytes follow, or s.n.
 * It lies at most SHAPE_OPEN_BYTES before the end. */
#define SHAPE_OPEN_BYTES 16384
size_t shape_open(struct span s);
