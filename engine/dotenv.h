/* Reads KEY=VALUE files as dotenv has them (docs/SECRETS.md): export, comments,
 * CRLF, quotes with escapes, values of many lines in quotes. */
#pragma once

#include "err.h"
#include "str.h"

/* Appends the value of name, the last one where there are several. *found is
 * false when it is absent or empty. A line without '=' is passed over. A quote
 * that is not closed, or is followed by more than a comment, is ST_INPUT with
 * the line; no message holds a value. */
MUST_USE enum status dotenv_find(struct span text, const char *file,
                                 const char *name, struct buf *out, bool *found,
                                 struct err *err);
