/* The exchange with a worker over one block: its messages served, its
 * activities passed to the door. */
#pragma once

#include "attempt.h"

struct talk {
    struct session *s;
    struct passage p;
    struct attempt_result *out;
    const struct errand *errand; /* instead of the step's block, or NULL */
    bool quiet;    /* bringing a worker's state back: nothing is kept */
    bool done;     /* WIRE_DONE came */
    bool refused;  /* a refusal was swallowed in Lua */
    bool redacted; /* the block showed a secret, which was taken out */
    int64_t asked; /* number of the last request */
    size_t failed_checks;
    size_t dropped; /* of what it printed, in bytes */
    size_t shown;   /* as evidence, in bytes */
};

/* out starts empty; log says what is known of the attempt. */
void talk_open(struct talk *t, struct session *s, size_t step,
               struct attempt_log *log, struct attempt_result *out);
/* Runs the block to its end in s->worker. ST_OK once it has ended one way or
 * the other, *out telling how; a worker that had to be killed is closed. */
MUST_USE enum status talk_run(struct talk *t, struct err *err);
void talk_close(struct talk *t);
/* A virtual clock follows the journal while there is one to follow. */
void follow_clock(struct session *s, int64_t at);
