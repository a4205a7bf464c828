/* Activities that tasks wait for: several are under way at once, the answers
 * are delivered one by one, in the order in which they come (rule: DESIGN §1,
 * Order). The journal holds them in that order, so that a replay delivers
 * alike. */
#pragma once

#include "door.h"

/* A task asks. message is the worker's, {n, op, args, task}; taken. */
void flight_ask(struct passage *p, struct json *message);

/* Begins what was asked and not begun, gives up those numbered in cancel, and
 * waits for an answer: {n, …} as of door_perform, freed by the caller. Errors
 * as of door_perform; then flight_land is to be called. */
MUST_USE enum status flight_deliver(struct door *d, struct passage *p,
                                    const struct json *cancel,
                                    struct json **answer, struct err *err);

/* Ends all that is under way: what only looks is given up, changes are waited
 * for, lest they be in doubt, and journaled. */
void flight_land(struct door *d, struct passage *p);
