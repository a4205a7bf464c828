/* One input of a runbook, as its front matter declares it (rule: DESIGN §3).
 */
#pragma once

#include "front.h"

/* Reads the member name: {type, default, …}. Strings are the tree's. ST_INPUT
 * with err->line the member's line in its text. */
MUST_USE enum status param_read(const struct json *member, struct param *out,
                                struct err *err);
/* The known keys of a declaration, NULL-terminated. */
const char *const *param_names(void);
