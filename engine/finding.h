/* What a scan found, put in order: one finding a secret and path, with the
 * oldest commit that brought it, and what is allowed about it. */
#pragma once

#include "allow.h"
#include "scan.h"

struct finding {
    const struct leak_rule *rule; /* NULL: an allowance that is over */
    const char *path, *fingerprint, *shown;
    const char *commit, *date, *blob; /* NULL in a work tree; commit and date
                                       * NULL too when no commit holds it */
    int64_t line, column;
    int64_t order;
    bool reachable;
    const struct allowance *allowed; /* NULL: it counts */
};

struct findings {
    struct finding *v;
    size_t n, cap;
    size_t allowed; /* of n */
};

/* Adds rows of a scan_result, which are lent. */
void findings_add(struct findings *f, const struct json *rows,
                  const struct leak_rules *rules);
/* Puts all in order, drops what says the same again, and asks the list. An
 * entry that is over is a finding itself. */
void findings_settle(struct findings *f, const struct allowances *allow,
                     const struct config *config, int64_t now_ms);
void findings_release(struct findings *f);

/* "holds a connection string with its password, post… (57 characters)" */
void finding_text(const struct finding *f, struct buf *out);
/* Where it comes from: "since commit 1a2b3c4d5e6f of 2025-01-02", or "". */
void finding_since(const struct finding *f, struct buf *out);
/* {rule, path, line, column, fingerprint, shown, message, …} */
struct json *finding_json(const struct finding *f);
