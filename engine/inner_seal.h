/* The activity secret.seal. */
#pragma once

#include "door.h"

/* *value is base64, freed by the caller. ST_INPUT when the key is none. In the
 * sandbox the same text gives the same box. Outside boxes differ, so that one
 * that an earlier attempt of the step was given is given again: a change sent
 * with it is then still the same change. */
MUST_USE enum status inner_seal(struct door *d, struct passage *p,
                                const char *op, const struct json *args,
                                struct json **value, struct err *err);
