/* A plan in the making, and a run that is held to one: what both must say of
 * the session (rule: DESIGN §5, Plans). */
#pragma once

#include "session.h"

/* The plan's members that hold a run to one page, environment, policy and
 * program: all of plan_file.h that is hashed, but changes. New object. */
struct json *rehearse_about(struct session *s);
/* The whole plan, without its hash, after the last step. New object. */
struct json *rehearse_plan(struct session *s);

/* Before the first step of a plan, once the files are in place: s->forecast. */
void rehearse_begin(struct session *s);
/* Before a run begins: reads opt->under into s->bound. ST_REFUSED when the plan
 * is for another page, environment, input, module or policy. */
MUST_USE enum status rehearse_bind(struct session *s, struct err *err);
/* Before it goes on: the same, after the page, the policy or runproof.yaml may
 * have changed. */
MUST_USE enum status rehearse_still(struct session *s, struct err *err);
/* The same for a run that goes on: the plan is in its bundle, and must be the
 * one whose hash the journal's first record has (NULL: none). */
MUST_USE enum status rehearse_rebind(struct session *s, const char *hash,
                                     struct err *err);
