/* Activities that the engine answers itself: clock, secrets, questions,
 * evidence files. */
#pragma once

#include "door.h"

/* ST_OK with *value (caller frees). *found tells whether op is one of these at
 * all. Errors as port.perform, plus ST_WAITING. */
/* How long time.sleep is to take. ST_INPUT when that is no time. */
MUST_USE enum status inner_sleep_ms(const struct json *args, int64_t *ms,
                                    struct err *err);
MUST_USE enum status inner_perform(struct door *d, struct passage *p,
                                   const char *op, const struct json *args,
                                   bool *found, struct json **value,
                                   struct err *err);
