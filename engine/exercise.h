/* The "last exercised" section of a runbook's reader page
 * (docs/runbooks/<name>.md). */
#pragma once

#include "err.h"
#include "summary.h"

/* The section from `<!-- runproof:exercise runbook=PATH out=HASH -->` to
 * `<!-- /runproof:exercise -->`, LF between lines, none at the end. out= hashes
 * what a later run must have in common for the old text to stay: not run,
 * times and seconds. dir: folder of the page. */
void exercise_section(const struct run_summary *s, const char *dir,
                      struct buf *out);
/* Pure: page with the section in the place of the one that names the same
 * runbook; the same bytes when out= is equal. ST_INPUT when the page has no
 * such section (the message holds the lines to add). */
MUST_USE enum status exercise_splice(struct span page, struct span section,
                                     struct buf *out, struct err *err);
