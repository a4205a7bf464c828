/* Turns the fences of any Markdown into blocks that run. */
#pragma once

#include "err.h"
#include "str.h"

/* src with the info string of every closed fence replaced by `lua {#bN}`, so
 * that doc_parse accepts it; front matter that is none is fended off by a
 * blank line. Replaces *out; ST_FAILED when it cannot be read all the same. */
MUST_USE enum status runnable(struct span src, struct buf *out,
                              struct err *err);
