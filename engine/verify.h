/* Proves, offline, that evidence is what a run produced (rule: DESIGN §6). */
#pragma once

#include "err.h"
#include "str.h"

/* Called for each finding; err->st is ST_TAMPERED (exit 5), ST_INTERRUPTED for
 * a run that did not end, or ST_INPUT. */
typedef void (*verify_report)(void *ctx, const struct err *finding);

struct verify_count {
    size_t regions, runs, findings;
    size_t signed_runs;
    char signers[160]; /* "ada, bob": whose trusted signatures were found */
};

struct json;
struct trust;

/* Checks one bundle: chain, head, files, source, the plan's approvals, and that
 * somebody signed it whom trust lists (NULL: signed or not). root: the
 * repository's. */
void verify_run(const char *root, const char *run, const struct trust *trust,
                verify_report report, void *ctx, struct verify_count *count);
/* Checks a page: every region against the run it cites, each run as above. The
 * runs' folders are added to the array cited. ST_INPUT when the page cannot be
 * read at all. */
MUST_USE enum status verify_page(const char *path, const struct trust *trust,
                                 verify_report report, void *ctx,
                                 struct verify_count *count, struct json *cited,
                                 struct err *err);
/* Executes a run again from its journal alone. What it reports, and returns, is
 * ST_DIVERGED with the step, the activity and what differs. */
enum status verify_replay(const char *run, verify_report report, void *ctx);
