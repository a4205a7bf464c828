/* What `runproof scan` may find: `scan: {allow: […]}` of runproof.yaml, each
 * entry with a reason and an end. */
#pragma once

#include <stdint.h>

#include "config.h"
#include "leak.h"

/* NULL: any. */
struct allowance {
    const char *fingerprint;
    const char *path; /* one star stands for any part of a name, two for any
                       * names; what a folder's name fits is all below it */
    const char *rule;
    const char *reason;
    const char *expires; /* as written */
    int64_t end_ms;      /* the first moment at which it is over */
    int line;
};

struct allowances {
    struct allowance *v;
    size_t n;
};

/* Strings are the configuration's. ST_INPUT with file:line for an entry
 * without a reason, without an end, with neither fingerprint nor path, or with
 * a member or rule that is not known. */
MUST_USE enum status allow_read(const struct config *config,
                                const struct leak_rules *rules, struct arena *a,
                                struct allowances *out, struct err *err);
/* The first that holds at now_ms, or NULL. */
const struct allowance *allow_find(const struct allowances *all,
                                   const char *fingerprint, const char *path,
                                   const char *rule, int64_t now_ms);
/* For allow_find and its tests. */
bool allow_glob(const char *glob, const char *path);
