/* Names of the effect classes. */
#include "effect.h"

static const char *const names[EFFECT_COUNT] = {
    [EFFECT_NONE] = "none",
    [EFFECT_READ] = "read",
    [EFFECT_LOCAL] = "local",
    [EFFECT_REMOTE] = "remote",
};

const char *effect_name(enum effect e)
{
    return names[e];
}

bool effect_parse(struct span s, enum effect *out)
{
    for (int i = 0; i < EFFECT_COUNT; i++)
        if (span_is(s, names[i])) {
            *out = (enum effect)i;
            return true;
        }
    return false;
}
