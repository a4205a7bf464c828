/* Where an activity is answered: in the engine, in the simulated cloud, or by
 * a port. */
#pragma once

#include "activity.h"
#include "port.h"

/* A call that its port carries out beside others. */
struct under_way {
    const struct port *port;
    void *state, *job; /* job: NULL when there is none */
};

/* Does it. The caller frees *value. Errors as port.perform, plus ST_WAITING. */
MUST_USE enum status transport_perform(struct door *d, struct passage *p,
                                       const struct activity *a,
                                       struct json **value, struct err *err);
/* The same, but where the port can have many calls under way, it only begins:
 * *way has the job then, and port->finish gives the value. way may be NULL. */
MUST_USE enum status transport_begin(struct door *d, struct passage *p,
                                     const struct activity *a,
                                     struct under_way *way, struct json **value,
                                     struct err *err);
/* As transport_perform, past what a plan predicts. */
MUST_USE enum status transport_live(struct door *d, struct passage *p,
                                    const struct activity *a,
                                    struct json **value, struct err *err);
/* Whether op is one that the simulators answer in this run. */
bool transport_is_simulated(const struct door *d, const char *op);
/* One such op (op, args, effect and idempotent of a count), told to the
 * simulators, which see what a server would: filled in, a request with a body.
 * As a real one, a request is sent again when that is safe and the answer says
 * so; the virtual clock waits. */
MUST_USE enum status transport_simulate(struct door *d,
                                        const struct activity *a,
                                        struct json **value, struct err *err);
/* What a file change that was made before a crash would have answered. */
MUST_USE enum status transport_done_file(struct door *d, struct passage *p,
                                         const struct activity *a,
                                         struct json **value, struct err *err);
