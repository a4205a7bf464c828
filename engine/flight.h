/* Activities that tasks wait for: several are under way at once, the answers
 * are delivered one by one, in the order in which they come (rule: DESIGN §1,
 * Order). The journal holds them in that order, so that a replay delivers
 * alike. */
#pragma once

#include "door.h"

/* A task asks. message is the worker's, {n, op, args, task}; taken. */
void flight_ask(struct passage *p, struct json *message);

/* Begins what was asked and not begun, gives up those numbered in cancel, and
 * waits for answers: appended as a JSON array of at least one {n, …} as of
 * door_perform. Errors as of door_perform; then flight_land is to be called. */
MUST_USE enum status flight_deliver(struct door *d, struct passage *p,
                                    const struct json *cancel,
                                    struct buf *answers, struct err *err);

/* While the worker is busy: a descriptor that is readable when something that
 * is under way goes on, -1 when nothing is; and what has ended by now is
 * answered. */
int flight_fd(const struct passage *p);
MUST_USE enum status flight_move(struct door *d, struct passage *p,
                                 struct err *err);

/* Before request n, which waits alone: what the journal answered before it is
 * answered, if it is a replay. */
MUST_USE enum status flight_catch_up(struct door *d, struct passage *p,
                                     int64_t n, struct err *err);

/* Ends all that is under way: what only looks is given up, changes are waited
 * for, lest they be in doubt, and journaled. */
MUST_USE enum status flight_land(struct door *d, struct passage *p,
                                 struct err *err);
