/* The info string of a runnable fence: `lua {#id key=value flag}` by table
 * (rule: DESIGN §3, Blocks). Parsed from the raw line, since cmark decodes
 * escapes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "effect.h"
#include "err.h"
#include "str.h"

#define ATTR_MAX_NEEDS 32

struct attrs {
    struct span id;
    enum effect effect; /* default read */
    struct span needs[ATTR_MAX_NEEDS];
    size_t n_needs;
    bool has_needs;
    struct span if_expr; /* empty: none */
    struct span confirm; /* empty: none */
    int retries;         /* default 2 */
    int64_t timeout_ms;  /* default 120000 */
    bool always;
    struct span on_fail; /* empty: none */
    bool expect_match;
    bool network; /* of a sh or bash block: it may use it */
};

/* info: the raw info string behind the fence characters, trimmed. Returns
 * ST_OK with *runs false when the block is prose (language not runnable, or
 * no `{`). lang points into info. ST_INPUT: unknown attribute (with the
 * nearest known name), repeated attribute, bad value; err->line is not set. */
MUST_USE enum status attr_parse(struct span info, bool *runs, struct span *lang,
                                struct attrs *out, struct err *err);
/* The known names, NULL-terminated: for `check`, completion and docs. */
const char *const *attr_names(void);
/* What ids are made of, as logs are named after them: letters, digits and
 * _.:@+-, from 1 to ATTR_MAX_ID. */
#define ATTR_MAX_ID 64
bool attr_is_id(struct span s);
/* Nearest of a NULL-terminated list by edit distance, NULL if none is near. */
const char *nearest_name(struct span word, const char *const *names);
/* The first that so few edits lead to, NULL if there is none. */
const char *nearest_within(struct span word, const char *const *names,
                           size_t most);
