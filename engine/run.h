/* The steps of a session, one after the other, with retries, rescues and
 * clean-up; a fresh run, a resumed one and a replayed one take the same path
 * (rule: DESIGN §1 and §3). */
#pragma once

#include "session.h"

/* Runs every step in order. ST_OK when all have ended, whatever their status;
 * ST_WAITING, ST_INTERRUPTED when it stopped and can be resumed; ST_DIVERGED.
 * In DOOR_REPLAY it stops where the journal stops. */
MUST_USE enum status run_steps(struct session *s, struct err *err);

/* Before anything is done: --only and --from name steps, and the code of what
 * will run compiles. ST_INPUT otherwise. */
MUST_USE enum status run_check(struct session *s, struct err *err);
/* The run's verdict from its steps: ST_OK, ST_FAILED, ST_REFUSED, or
 * ST_TAMPERED for drift and nothing else. */
enum status run_verdict(const struct session *s);
/* "passed", "failed", "drifted", "refused", "waiting", "interrupted". */
const char *run_word(enum status st);
