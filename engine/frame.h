/* What stands around a rendered runbook: the HTML frame with its style, the
 * facts of document and run, the outline of its steps. */
#pragma once

#include "render.h"

/* State of a step as the outline and its card show it. */
struct step_view {
    enum step_status status;
    bool stale;         /* its evidence belongs to another version of it */
    int64_t elapsed_ms; /* -1 when not known */
};
struct step_view step_view_of(const struct doc *d, const struct block *b,
                              const struct render_info *info);
/* `<span class="status passed">passed</span>`; the style puts a dot before it,
 * since not every reader's fonts have the marks of the Markdown. */
void frame_status(enum step_status status, struct buf *out);

/* Everything before the body of the runbook, and everything behind it. */
void frame_begin(const struct doc *d, const struct render_info *info,
                 struct buf *out);
void frame_end(struct buf *out);

extern const char frame_css[];
