/* The one door: every touch of the world by a runbook passes door_perform
 * (rule: DESIGN §1). The order is readable there: replay, class, ceiling,
 * policy, intent, transport, redaction, result. */
#pragma once

#include <stdint.h>

#include "bundle.h"
#include "clock.h"
#include "config.h"
#include "history.h"
#include "interrupt.h"
#include "journal.h"
#include "person.h"
#include "vault.h"
#include "world.h"

enum door_mode {
    DOOR_LIVE,    /* do it */
    DOOR_PREDICT, /* reads are real, changes stop the step with a prediction */
    DOOR_REPLAY   /* answer from the journal only; nothing is written */
};

/* Shared by every step of a run. Borrowed, except as noted. */
struct door {
    enum door_mode mode;
    const struct environment *env;
    const struct json *settings; /* `env` in Lua */
    const struct json *rows;
    struct journal *journal;
    const struct bundle *bundle;
    struct history *history;
    struct vault *vault;
    struct clock *clock;
    struct world *world; /* NULL outside the sandbox */
    struct person *person;
    const char *page;       /* for messages */
    struct span source;     /* the page's bytes: may hold no known secret */
    const char *root;       /* what fs, git and sh see */
    const char *scratch;    /* for read-class commands */
    struct waiting waiting; /* told while an activity takes its time */
};

/* A change in the journal: the request, and its answer, which is another
 * record where a probe found out. */
struct change {
    struct record_at asked, answered;
};

/* One attempt of one step, as the door sees it. */
struct passage {
    const struct step *step;
    size_t index; /* into the plan */
    struct attempt_log *log;
    size_t cursor;            /* results replayed so far */
    int64_t n;                /* activities asked so far */
    int64_t deadline_mono_ms; /* moved by the time a person took */
    struct change *earlier;   /* made by an earlier attempt, in order */
    size_t n_earlier, next_earlier;
    /* what the evidence tells of it */
    int counts[EFFECT_COUNT];
    struct json *activities; /* array of {op, class, summary}; owned */
    struct json *items;      /* evidence added by the door; owned, borrowed by
                              * the attempt */
    struct json *doubtful;   /* note of a change in doubt while its probe
                              * looks; owned. What a probe reads is no evidence */
    bool policy_refused;     /* some verdict was no */
    bool stopped;            /* must not be tried again */
    bool fatal;              /* the run must not go on */
};

/* Performs one activity. args are borrowed. *answer is what to tell the worker
 * (ok, or an error the runbook may handle), freed by the caller, and the
 * result is ST_OK; anything else ends the attempt: ST_WAITING and
 * ST_INTERRUPTED leave it open for a resume, ST_DIVERGED means the code took
 * another path than the journal. */
MUST_USE enum status door_perform(struct door *d, struct passage *p,
                                  const char *op, const struct json *args,
                                  struct json **answer, struct err *err);
