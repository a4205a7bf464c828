/* A change announced in the journal without a result: after a crash, was it
 * done? It is never silently done twice (rule: DESIGN §6). */
#pragma once

#include "activity.h"

enum doubt {
    DOUBT_NONE,  /* nothing was cut off */
    DOUBT_AGAIN, /* not done, or harmless to do again */
    DOUBT_PROBE, /* the provider's probe must look */
    DOUBT_DONE   /* done; only its answer is lost */
};

/* Asks the file's digests, the row, or a person, in that order. ST_DIVERGED
 * when the code now asks for something else; ST_WAITING for a person. */
MUST_USE enum status doubt_settle(struct door *d, struct passage *p,
                                  const struct activity *a, enum doubt *out,
                                  struct err *err);
