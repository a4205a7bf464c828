/* Deltas of git packs: copies out of a base, and new bytes between them
 * (format: gitformat-pack, "Deltified representation"). */
#pragma once

#include <stdbool.h>

#include "str.h"

/* What a delta says its base and its result measure. False when it is cut
 * off, or a size is beyond 2^56. */
bool delta_sizes(struct span delta, size_t *base, size_t *result);
/* Writes the result, n bytes as delta_sizes told, to out. False, with out in
 * any state, when the delta asks for what base does not have, makes more or
 * less than n, or is malformed. */
bool delta_apply(struct span base, struct span delta, char *out, size_t n);
