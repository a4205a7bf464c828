/* The one change Runproof makes to Lua source before Lua reads it: the token
 * `#` becomes the operator LEX_LENGTH^, so that the length of a table is ours
 * and depends on its content alone (rule: DESIGN §1, Determinism). `^` binds
 * as tightly as `#` does, and to the right, so every expression keeps its
 * meaning. */
#pragma once

#include "err.h"
#include "str.h"

/* No identifier in a source may start so. */
#define LEX_RESERVED "__rp_"
#define LEX_LENGTH LEX_RESERVED "len"

/* Appends the rewritten code to out, line for line. ST_INPUT with err->line
 * (from 1) for a reserved identifier. Text that is not Lua comes out as some
 * text that is not Lua: errors of syntax are left to Lua. */
MUST_USE enum status lex_rewrite(struct span code, struct buf *out,
                                 struct err *err);
