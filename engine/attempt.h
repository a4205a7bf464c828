/* One attempt of one step in a Lua worker, its activities served through the
 * door (rule: DESIGN §3, Attempts). */
#pragma once

#include "session.h"

struct attempt_result {
    bool passed;
    bool stopped;        /* another attempt must not be made */
    bool policy_refused; /* the policy or a person said no */
    const char *error;   /* arena; NULL when passed */
    int line;            /* of the block's code, from 1; 0: none */
    struct json *items;  /* evidence, owned by the caller */
    struct json *activities;
    int counts[EFFECT_COUNT];
    struct buf output;
    int64_t started_ms, ended_ms; /* Unix */
};

/* Runs the step's attempt `number` (from 1). An attempt that the history
 * already holds is replayed: to its end when it has ended, else to where it
 * stopped and on from there. ST_OK with *out for an attempt that ended, passed
 * or not; ST_WAITING, ST_INTERRUPTED leave it open; ST_DIVERGED. */
MUST_USE enum status attempt_run(struct session *s, size_t step, int number,
                                 struct attempt_result *out, struct err *err);

/* What the engine does for a step that has failed in the end: Lua of its own in
 * a worker of its own, journaled and replayed as an attempt is. */
struct errand {
    const char *name;         /* of its module in lua/errand, in the journal */
    const char *code;         /* gets `given` as its second argument */
    const struct json *given; /* borrowed */
    bool granted;             /* the environment has allowed it by asking */
};
MUST_USE enum status attempt_errand(struct session *s, size_t step,
                                    const struct errand *errand,
                                    struct attempt_result *out,
                                    struct err *err);
void attempt_release(struct attempt_result *r);

/* The step's if=, evaluated in the worker and journaled. *broken, NULL before,
 * becomes the reason when the expression failed. */
MUST_USE enum status attempt_condition(struct session *s, size_t step,
                                       bool *value, const char **broken,
                                       struct err *err);
