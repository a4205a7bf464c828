/* Where an activity is answered: in the engine, in the simulated cloud, or by
 * a port. */
#pragma once

#include "activity.h"

/* Does it. The caller frees *value. Errors as port.perform, plus ST_WAITING. */
MUST_USE enum status transport_perform(struct door *d, struct passage *p,
                                       const struct activity *a,
                                       struct json **value, struct err *err);
/* Whether op is one that the simulators answer in this run. */
bool transport_is_simulated(const struct door *d, const char *op);
/* One such op, told to the simulators, which see what a server would: filled
 * in, a request with a body. effect is the class that the door decided on. */
MUST_USE enum status transport_simulate(struct door *d, const char *op,
                                        const struct json *args,
                                        enum effect effect, struct json **value,
                                        struct err *err);
/* What a file change that was made before a crash would have answered. */
MUST_USE enum status transport_done_file(struct door *d, struct passage *p,
                                         const struct activity *a,
                                         struct json **value, struct err *err);
