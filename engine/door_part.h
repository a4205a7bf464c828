/* The parts of the way through the door, for activities that are under way
 * beside others (flight.c). */
#pragma once

#include "record.h"

/* The next result that the journal has for this attempt; NULL behind the last.
 * The caller frees it. */
MUST_USE enum status door_next_record(struct door *d, struct passage *p,
                                      struct json **rec, struct err *err);
/* Answers a from rec, that result. ST_DIVERGED when it is another one's. */
MUST_USE enum status door_replay(struct door *d, struct passage *p,
                                 struct activity *a, const struct json *rec,
                                 struct json **answer, struct err *err);
/* Class, earlier attempts, policy, prediction, doubt, intent. With *go it is
 * to be carried out, and door_conclude to be told how that ended; else *answer
 * is there, or the attempt ends as of door_perform. The value of an open
 * activity is told by res->answer alone, and *answer stays NULL. */
MUST_USE enum status door_admit(struct door *d, struct passage *p,
                                struct activity *a, struct result *res,
                                bool *go, struct json **answer,
                                struct err *err);
/* Redaction, result, answer as of door_admit; why->st is ST_OK when res->value,
 * which is freed, is the answer. */
MUST_USE enum status door_conclude(struct door *d, struct passage *p,
                                   const struct activity *a, struct result *res,
                                   struct err *why, struct json **answer,
                                   struct err *err);
/* The worker is about to be told that the change is in doubt: what it asks
 * next is its probe. */
void door_doubt(struct passage *p, const struct activity *a);
