/* The feedback log of a role (feedback/<owner>.md): one entry a run, never two
 * for the same run. */
#pragma once

#include "err.h"
#include "summary.h"

/* The Markdown of one run, from `<!-- run: ID -->` to `<!-- /run -->`, ended
 * by LF. dir: folder of the log, as links are seen from there. */
void feedback_entry(const struct run_summary *s, const char *dir,
                    struct buf *out);
/* Puts entry into the log at path: in the place of the entry that the same run
 * has, else at the end. Creates folder and file. Notes between entries stay;
 * the file is replaced atomically, writers wait for each other.
 * ST_UNWRITTEN, ST_IO, ST_LIMIT. */
MUST_USE enum status feedback_append(const char *path, const char *run,
                                     struct span entry, struct err *err);
