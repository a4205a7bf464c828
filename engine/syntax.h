/* Whether a Lua block compiles: asked of a worker, for bytes from outside are
 * not parsed beside the secrets. */
#pragma once

#include "doc.h"
#include "err.h"
#include "json.h"
#include "worker.h"

/* *answer, which the caller frees, tells what the block reads and sets; NULL
 * when the worker gave none, and then it is lost. ST_INPUT, with page and line,
 * for what does not compile. */
MUST_USE enum status syntax_check(struct worker *w, const char *path,
                                  const struct block *b, struct json **answer,
                                  struct err *err);
