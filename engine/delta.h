/* Deltas of git packs: copies out of a base, and new bytes between them
 * (format: gitformat-pack, "Deltified representation"). */
#pragma once

#include <stdbool.h>

#include "str.h"

/* What a delta says its base and its result measure. False when it is cut
 * off, or a size is beyond 2^56. */
bool delta_sizes(struct span delta, size_t *base, size_t *result);
/* One part of the result: a copy out of the base, or new bytes. */
struct delta_op {
    bool is_copy;
    size_t from; /* in the base, or in the delta */
    size_t n;
};

/* The operation at *at, which moves behind it; *at begins as 0. False at the
 * end, with *at = delta.n, or at one that is malformed. */
bool delta_next(struct span delta, size_t *at, struct delta_op *out);
/* Writes the result, n bytes as delta_sizes told, to out. False, with out in
 * any state, when the delta asks for what base does not have, makes more or
 * less than n, or is malformed. */
bool delta_apply(struct span base, struct span delta, char *out, size_t n);
