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
    DOOR_PREDICT, /* reads are real, changes are predicted (forecast.h) */
    DOOR_REPLAY   /* answer from the journal only; nothing is written */
};

/* Shared by every step of a run. Borrowed, except as noted. */
struct forecast;
struct bound;
struct holes;

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
    struct forecast *forecast; /* of a plan in the making; NULL: none */
    struct bound *bound;    /* the plan that the run is held to; NULL: none */
    struct holes *holes;    /* of one of them; or NULL */
    const char *page;       /* for messages */
    struct span source;     /* the page's bytes: may hold no known secret */
    const char *root;       /* what fs, git and sh see */
    const char *scratch;    /* for read-class commands */
    struct waiting waiting; /* told while an activity takes its time */
    bool warned;            /* that commands are not confined */
};

/* A change in the journal: the request, and its answer, which is another
 * record where a probe found out. */
struct change {
    struct record_at asked, answered;
    const char *task; /* that asked, NULL: the block itself */
    bool used;        /* asked again in this attempt */
};

/* What a worker asks. Borrowed. */
struct request {
    int64_t n; /* counts from 1 in an attempt */
    const char *op;
    const struct json *args;
    const char *task; /* its path, NULL: the block itself */
};

/* One attempt of one step, as the door sees it. */
struct passage {
    const struct step *step;
    size_t index; /* into the plan */
    struct attempt_log *log;
    size_t cursor;            /* results replayed so far */
    int64_t deadline_mono_ms; /* moved by the time a person took */
    struct change *earlier;   /* made by earlier attempts, each task's in
                               * order */
    size_t n_earlier, earlier_room;
    size_t n_used;           /* those before are used, all of them */
    const char *task;        /* that asks just now, NULL: the block itself */
    struct flights *flights; /* NULL: no task has asked yet; owned */
    /* what the evidence tells of it */
    int counts[EFFECT_COUNT];
    struct json *activities; /* array of {op, class, summary}; owned */
    struct json *items;      /* evidence added by the door; owned, borrowed by
                              * the attempt */
    struct json *doubtful;   /* note of a change in doubt while its probe
                              * looks; owned. What a probe reads is no evidence */
    bool granted;            /* the environment has asked for it: no verdict */
    bool policy_refused;     /* some verdict was no */
    bool refused;            /* an activity was: the attempt cannot pass,
                              * whatever the worker says */
    bool stopped;            /* must not be tried again */
    bool fatal;              /* the run must not go on */
};

/* The change that earlier attempts made at the place where task now is among
 * its changes; NULL behind the last one. */
struct change *passage_earlier(struct passage *p, const char *task);
/* The next attempt begins: no change is used. */
void passage_rewind(struct passage *p);

/* Performs one activity. *answer is what to tell the worker (ok, or an error
 * the runbook may handle), freed by the caller, and the result is ST_OK;
 * anything else ends the attempt: ST_WAITING and ST_INTERRUPTED leave it open
 * for a resume, ST_DIVERGED means the code took another path than the
 * journal. */
MUST_USE enum status door_perform(struct door *d, struct passage *p,
                                  const struct request *r, struct json **answer,
                                  struct err *err);
