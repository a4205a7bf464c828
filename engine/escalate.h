/* What becomes of a run in which a step failed in the end: a summary that is
 * ready to be sent, and the environment's hook (rule: DESIGN §5). */
#pragma once

#include "session.h"

#define BUNDLE_ESCALATION "escalation.md"

/* Before the run's end is noted: writes the summary into the bundle and, once a
 * run, tells whom `escalate` names. Nothing when no step failed. A hook that
 * fails is told in s->told and changes nothing else; ST_IO when the summary
 * cannot be written, ST_INTERRUPTED. */
MUST_USE enum status escalate(struct session *s, struct err *err);
