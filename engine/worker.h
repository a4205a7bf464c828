/* Lua workers as the engine sees them: unprivileged processes, forked by a
 * zygote, that can do nothing but talk over one socket (rule: DESIGN §1). */
#pragma once

#include "err.h"
#include "wire.h"

struct worker;

struct worker_limits {
    size_t memory_bytes; /* 0: the default, 512 MiB */
};

/* Forks the zygote. Call first thing in main, before any configuration,
 * environment or descriptor is opened. The zygote and every worker die with
 * this process (PDEATHSIG). */
MUST_USE enum status worker_zygote(struct err *err);
void worker_zygote_stop(void); /* ends and reaps it; fine when not started */

/* Forks a fresh worker and hands it a socket. *out is freed by
 * worker_close. */
MUST_USE enum status worker_open(const struct worker_limits *limits,
                                 struct worker **out, struct err *err);
/* ST_LIMIT for a payload of WIRE_MAX_BYTES or more, which changes nothing;
 * ST_FAILED as in worker_recv. */
MUST_USE enum status worker_send(struct worker *w, enum wire_type type,
                                 struct span payload, struct err *err);
/* As wire_recv; a worker that died gives ST_FAILED with the reason in one line
 * ("memory ceiling of 512 MiB", "killed by signal 31 (system call refused)").
 * Afterwards only worker_close is of use. ST_TIMEOUT leaves it running. */
MUST_USE enum status worker_recv(struct worker *w, int64_t deadline_mono_ms,
                                 enum wire_type *type, struct buf *payload,
                                 struct err *err);
/* Whether worker_recv has something to begin with, once it has, the other
 * descriptor is readable, or wait_ms have passed. */
bool worker_ready(const struct worker *w, int other, int wait_ms);
/* SIGKILLs and reaps it. NULL is fine. */
void worker_close(struct worker *w);
