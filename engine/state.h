/* A worker in the state after the last passed step (rule: DESIGN §1: a new
 * worker is brought there as a resume is, by replay). */
#pragma once

#include "session.h"

/* What a runbook's worker finds: params, env, run. New object. */
struct json *state_globals(const struct session *s);
/* Makes sure that s->worker lives: boots one and replays the passed steps.
 * ST_DIVERGED when one of them does not pass again. */
MUST_USE enum status state_ensure(struct session *s, struct err *err);
/* A new s->worker with all modules and, if errand is not NULL, that of
 * lua/errand, in no step's state. */
MUST_USE enum status state_boot(struct session *s, const char *errand,
                                struct err *err);
/* Before the first step: whether a step's Lua compiles. ST_INPUT, with its
 * line. */
MUST_USE enum status state_compile(struct session *s, size_t step,
                                   struct err *err);
