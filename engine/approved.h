/* What lets a run under a plan make changes that the policy allows only with
 * an approved plan: the approvals beside it, or those its journal holds (rule:
 * DESIGN §5, Plans). */
#pragma once

#include "session.h"

/* Before the bundle is made: gathers the approvals into s->approval, for the
 * first record. ST_WAITING, ST_REFUSED when the policy needs them and they are
 * not there. */
MUST_USE enum status approved_begin(struct session *s, struct err *err);
/* Once the bundle is in its place: the nonces are used. */
MUST_USE enum status approved_use(struct session *s, struct err *err);
/* Before a run goes on: its own approvals, and those beside the plan in its
 * bundle, must hold now; what is new is noted in the journal. */
MUST_USE enum status approved_again(struct session *s, struct err *err);
