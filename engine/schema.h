/* What a tree of settings may hold, as tables: which keys are known and what
 * each takes. A mistake is told with its place and the way out, so that
 * nothing in it is passed over. */
#pragma once

#include <stdbool.h>

#include "err.h"
#include "json.h"

enum schema_type {
    SCHEMA_ANY,
    SCHEMA_STRING, /* not empty; `fits` tells more */
    SCHEMA_WORD,   /* one of `words` */
    SCHEMA_BOOL,
    SCHEMA_COUNT,  /* a whole number above 0 */
    SCHEMA_LIST,   /* of what `of` is, one row */
    SCHEMA_MAP,    /* the same, with names that `fits` */
    SCHEMA_RECORD, /* the rows of `of` are its members */
    SCHEMA_OPEN    /* as a record, others' members pass */
};

enum schema_flag {
    SCHEMA_REQUIRED = 1, /* of a record's member */
    SCHEMA_ONE_OF = 2,   /* a record with exactly one member */
    SCHEMA_SOME_OF = 4   /* a record with one member at least */
};

/* A row. A list of rows ends with one without a type and key. */
struct schema {
    const char *key;          /* NULL for what a list or a map holds */
    const char *example;      /* how to write it */
    const struct schema *of;  /* see the types */
    const char *const *words; /* NULL-terminated; a list, a map or a record
                               * may be one of them instead */
    bool (*fits)(struct span s);
    const char *doc; /* what it is for, one line of Markdown */
    enum schema_type type;
    unsigned flags;
};

/* ST_INPUT with file, line and column. An empty value of a list, a map or a
 * record's member counts as absent. */
MUST_USE enum status schema_check(const struct schema *s, const struct json *v,
                                  const char *file, struct err *err);
