/* A runbook, its evidence included, as one self-contained HTML page for
 * reviewers: no script, no network, nothing from the runbook passed through as
 * markup. Pure: the same bytes in, the same page out. */
#pragma once

#include "doc.h"
#include "summary.h"

/* What the page says beyond the document. All borrowed. */
struct render_info {
    const struct run_summary *run; /* NULL: no particular run */
    const char *source_hash;       /* hex, NULL: not shown */
    /* Folders of the runbook and of the page, when they differ: relative links
     * are made to lead to the same places. Both NULL: links stay. */
    const char *runbook_dir, *page_dir;
};

/* ST_LIMIT when the page would pass RENDER_MAX_BYTES. info may be NULL. */
#define RENDER_MAX_BYTES (256u << 20)
MUST_USE enum status render_html(const struct doc *d,
                                 const struct render_info *info,
                                 struct buf *out, struct err *err);
