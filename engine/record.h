/* The door's records in the journal: intent before a change, result after
 * every activity (rule: DESIGN §6). */
#pragma once

#include "activity.h"

struct result {
    bool ok;
    struct json *value; /* NULL means null; owned */
    struct buf answer;  /* as the worker is told of value; owned */
    size_t value_at;    /* where in it that stands, up to the last brace */
    const char *kind;   /* of an error: "activity", "refused", "timeout" */
    const char *message;
    int64_t began_ms; /* when it was first sent */
    bool done;        /* what was asked has happened */
    bool policy;      /* the policy said no */
    bool stops;       /* the step must not be tried again */
    bool repeated;    /* done again, as it may have been done before a crash */
    bool reused;      /* answered from an earlier attempt */
    bool in_doubt;    /* a probe is asked for the answer */
};

void result_release(struct result *res);

/* Appends record (taken) with the time. at may be NULL. */
MUST_USE enum status record_append(struct door *d, struct json *record,
                                   enum journal_sync sync, struct record_at *at,
                                   struct err *err);
/* Announces a change before it starts, synced before a remote one; a file's
 * change with its digests before and after, so that a resume can tell whether
 * it happened. */
MUST_USE enum status record_intent(struct door *d, struct passage *p,
                                   const struct activity *a, struct err *err);
MUST_USE enum status record_result(struct door *d, struct passage *p,
                                   const struct activity *a,
                                   const struct result *res, struct err *err);
/* ST_DIVERGED: the code asks for something else than rec (NULL: nothing). */
enum status record_diverged(const struct passage *p, const struct activity *a,
                            const struct json *rec, struct err *err);
