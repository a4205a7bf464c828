/* The grammar of JSON text, strictly: what json_parse asks before it lets
 * cJSON, which is lax, build the tree. Knows nothing of nodes. */
#pragma once

#include "err.h"
#include "str.h"

/* One value of the text. integer is the text of a whole number that a double
 * may not hold exactly, else empty; it points into the text. */
struct json_place {
    int line;
    struct span integer;
};

/* In document order, parents before children. Zero-initialise; v is freed with
 * mem_free by the caller, also after an error. */
struct json_places {
    struct json_place *v;
    size_t n, cap;
};

/* ST_INPUT when text is not exactly one value, ST_LIMIT when it is nested too
 * deep or holds too many values; err->line is set. */
MUST_USE enum status json_scan(struct span text, struct json_places *out,
                               struct err *err);
