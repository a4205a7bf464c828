/* Effect classes (rule: DESIGN §1 and §5). Ordered: a ceiling allows every
 * class up to itself. */
#pragma once

#include <stdbool.h>

#include "str.h"

enum effect {
    EFFECT_NONE,   /* touches nothing */
    EFFECT_READ,   /* looks */
    EFFECT_LOCAL,  /* writes in this repository */
    EFFECT_REMOTE, /* changes a service */
    EFFECT_COUNT
};

const char *effect_name(enum effect e);             /* "read" */
bool effect_parse(struct span s, enum effect *out); /* false: unknown */
