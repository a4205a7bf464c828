/* Removes known secrets from any bytes that leave (rule: DESIGN §5, "second
 * net"): plain, base64 (three alignments), URL-, hex- and JSON-escaped forms.
 * Replaced by "[redacted:NAME]". */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "str.h"

#define REDACT_MIN_BYTES 8 /* shorter values are refused as secrets */

struct json;
struct redact; /* owns copies of the values, zeroed on free */

struct redact *redact_new(void);
void redact_free(struct redact *r);
/* ST_INPUT when value is under REDACT_MIN_BYTES; name is for the message. */
MUST_USE enum status redact_add(struct redact *r, const char *name,
                                struct span value, struct err *err);
/* Appends s with every known form replaced; true if anything was. A NULL r
 * knows nothing. Linear in s for any number of secrets (shared first bytes). */
bool redact_bytes(const struct redact *r, struct span s, struct buf *out);
/* The same on every string and member name of a tree, in place. */
bool redact_json(const struct redact *r, struct json *j);
/* Offset of the first known form in s, or s.n. *name (borrowed) is set. */
size_t redact_find(const struct redact *r, struct span s, const char **name);
