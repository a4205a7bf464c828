/* What the door must know of commands beyond the port's vtable. */
#pragma once

#include "effect.h"
#include "err.h"
#include "json.h"

/* The class of one sh.run under the step's ceiling: see port_class. ST_INPUT
 * when opts.network is no boolean. */
MUST_USE enum status sh_class(const struct json *args, enum effect ceiling,
                              enum effect *out, struct err *err);
/* Whether the call declares that it uses the network: opts.network. */
bool sh_network(const struct json *args);
