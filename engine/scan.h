/* Looks for leaked secrets in the files of a folder, or in every blob of a
 * git repository's history. Loads the scan module. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "json.h"
#include "leak.h"
#include "pack.h"

/* What is bigger is not looked at, and that is said. */
#define SCAN_BLOB_MOST (256u << 20)
/* Of one blob, and of all. */
#define SCAN_HITS_OF_BLOB 200
#define SCAN_HITS 100000

struct scan_request {
    const char *path; /* a folder or file; with history of a repository */
    const struct leak_rules *rules;
    bool history;     /* every blob that a ref leads to … */
    bool unreachable; /* … or none does */
    size_t blob_most; /* 0: SCAN_BLOB_MOST */
    int threads;      /* 0: one a processor, at most 16 */
    const volatile sig_atomic_t *stop;
    int64_t deadline_mono_ms; /* 0: none; then ST_INTERRUPTED, too */
};

struct scan_result {
    /* Array of {rule, fingerprint, shown, path, line, column}; of the history
     * also {blob, commit, date, reachable}, commit and date null when no
     * commit holds it, path "" when nothing gives it a name. In no order. */
    struct json *rows;
    struct json *notices; /* array of texts: what was not looked at, and why */
    bool damaged;         /* some of it because it is damaged */
    size_t files;         /* blobs, or files, looked at */
    uint64_t bytes;
    size_t unreached; /* hits in what no ref leads to, when not asked for */
};

/* ST_INPUT when path is no repository, or one that cannot be read (one line
 * says why); ST_IO; ST_INTERRUPTED. The caller frees with scan_release. */
MUST_USE enum status scan(const struct scan_request *request,
                          struct scan_result *out, struct err *err);
void scan_release(struct scan_result *r);

/* The module's zlib, for tests of packs; state is one thread's. */
MUST_USE enum status scan_inflater(struct inflater *out, struct err *err);
void scan_inflater_free(struct inflater *inflate);

/* What the module exports. */
#define SCAN_SYMBOL "runproof_scan"
struct scan_module {
    enum status (*scan)(const struct scan_request *request,
                        struct scan_result *out, struct err *err);
    struct inflater (*inflater)(void);
    void (*inflater_free)(struct inflater *inflate);
};
