/* A run that is held to a plan: the plan's changes, in its order, and no other
 * (rule: DESIGN §5, Plans). Changes of tasks that run at once come in any order
 * among each other, those of one task in the plan's. */
#pragma once

#include "activity.h"
#include "holes.h"
#include "plan_file.h"

struct bound;

/* The plan in a file; run_id fills HOLES_RUN, from_ms is when the run began.
 * Errors as of plan_file_read. bound_free also after an error. */
MUST_USE enum status bound_open(const char *path, const char *run_id,
                                int64_t from_ms, struct bound **out,
                                struct err *err);
void bound_free(struct bound *b); /* NULL is fine */
const struct plan_file *bound_plan(const struct bound *b);
struct holes *bound_holes(struct bound *b);
/* How many of its changes were not made. */
size_t bound_left(const struct bound *b);

/* Approvals let through until then what the policy allows only under a plan. */
void bound_approve(struct bound *b, int64_t until_ms);
/* ST_OK while they do; ST_WAITING when they do not any more, or never did. */
MUST_USE enum status bound_leave(const struct bound *b, int64_t now_ms,
                                 struct err *err);

/* A change is about to be made: ST_OK when it is the plan's next, else
 * ST_WAITING with what was expected and what was asked. */
MUST_USE enum status bound_admit(struct door *d, const struct passage *p,
                                 const struct activity *a, struct err *err);
/* Activity n of that step was answered with value; done: the service did what
 * was asked. A change that was admitted is behind the run then, and its holes
 * are bound; one that was not done is still to be made, unless the plan knew.
 */
void bound_made(struct bound *b, struct span step, int64_t n, bool done,
                const struct json *value);

/* Before a resume or a replay: what the journal says was made. ST_TAMPERED when
 * it has a change that is not in the plan. */
MUST_USE enum status bound_catch_up(struct door *d, struct err *err);
