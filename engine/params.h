/* The inputs of a run: what the front matter declares, checked and typed. */
#pragma once

#include "front.h"
#include "person.h"
#include "vault.h"

struct inputs {
    struct json *values;  /* {name: value}; secrets as handles; owned */
    struct json *sources; /* {name: "@env:X"} of the secret ones; owned */
};

/* given: {name: text} from -p, or on a resume (typed) the values and sources
 * of the first record. ST_INPUT names the parameter and what to do; missing
 * required ones are asked for at a terminal, by their prompt. */
MUST_USE enum status params_resolve(const struct front *f, const char *path,
                                    const struct json *given,
                                    struct person *person, struct vault *vault,
                                    struct inputs *out, struct err *err);
/* Values as journaled, secrets fetched again from their sources, in the front
 * matter's order: it numbered their handles. */
MUST_USE enum status params_restore(const struct front *f,
                                    const struct json *values,
                                    const struct json *sources,
                                    struct vault *vault, struct inputs *out,
                                    struct err *err);
void inputs_release(struct inputs *in);
