/* What predicts requests: lua/provider/overlay.lua over the providers' rows, in
 * a worker of its own, which starts when it is first asked (rule: DESIGN §5,
 * Plans). */
#pragma once

#include "json.h"
#include "luafiles.h"

struct overlay;

/* modules (borrowed) are those that a runbook's worker has; globals as of
 * WIRE_BOOT, taken. */
struct overlay *overlay_new(const struct luafile *modules, size_t n,
                            struct json *globals);
void overlay_close(struct overlay *o); /* NULL is fine */

/* One question {change, request, known} at now_ms, and its reply, as of
 * lua/provider/overlay.lua; the caller frees it. ST_INTERNAL when there is
 * none. */
MUST_USE enum status overlay_ask(struct overlay *o, struct json *question,
                                 int64_t now_ms, struct json **reply,
                                 struct err *err);
