/* POSIX extended patterns that answers must match. They come from runbooks, so
 * they are bounded: regcomp's time and memory grow as repeats multiply. */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "str.h"

/* ST_INPUT when pattern is no POSIX extended regular expression, or is longer
 * or repeats more than anybody writes. */
MUST_USE enum status pattern_check(const char *pattern, struct err *err);
/* Whether the whole text matches a checked pattern. */
bool pattern_fits(const char *pattern, struct span text);
