/* Removes secrets from any bytes that leave (rule: DESIGN §5, "second net"):
 * known values in plain, base64 (three alignments, two alphabets, wrapped),
 * URL-, hex-, JSON-, HTML-, shell- and Markdown-escaped forms, and what looks
 * like a secret (shape.h). Replaced by "[redacted:NAME]". */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "str.h"

#define REDACT_MIN_BYTES 8 /* shorter values are refused as secrets */

struct json;
struct redact; /* owns copies of the values, in locked memory */

struct redact *redact_new(void); /* known values alone */
void redact_free(struct redact *r);
/* Whether shapes are taken out as well. */
void redact_shapes(struct redact *r, bool also);
/* ST_INPUT when value is under REDACT_MIN_BYTES; name is for the message. */
MUST_USE enum status redact_add(struct redact *r, const char *name,
                                struct span value, struct err *err);
/* Appends s with every known form replaced; true if anything was. A NULL r
 * knows nothing. Linear in s for any number of secrets (shared first bytes). */
bool redact_bytes(const struct redact *r, struct span s, struct buf *out);
/* The same of a text from room bytes that may have cut it: what could be the
 * beginning of a secret at its end goes as well. */
bool redact_message(const struct redact *r, struct span s, size_t room,
                    struct buf *out);
/* The same on every string and member name of a tree, in place. */
bool redact_json(const struct redact *r, struct json *j);
/* Offset of the first known form in s, or s.n. *name (borrowed) is set. */
size_t redact_find(const struct redact *r, struct span s, const char **name);
/* The same without shapes. */
size_t redact_find_known(const struct redact *r, struct span s,
                         const char **name);

/* A text that comes in pieces. What may be the beginning of a form is held
 * back until more comes; of one that begins with a piece's last three bytes
 * these may pass. Zero-initialise. */
struct redact_stream {
    struct buf kept;
    size_t done; /* bytes of kept that have been given out */
};
/* Appends to out what s lets pass. is_end: nothing may follow soon; all of it
 * passes. */
void redact_stream(const struct redact *r, struct redact_stream *st,
                   struct span s, bool is_end, struct buf *out);
void redact_stream_release(struct redact_stream *st);
