/* Activities that the engine answers itself: clock, secrets, questions,
 * evidence files. */
#pragma once

#include "door.h"

/* ST_OK with *value (caller frees). *found tells whether op is one of these at
 * all. Errors as port.perform, plus ST_WAITING. */
MUST_USE enum status inner_perform(struct door *d, struct passage *p,
                                   const char *op, const struct json *args,
                                   bool *found, struct json **value,
                                   struct err *err);
