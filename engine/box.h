/* Marked check boxes: `- [ ] text <!-- check: id -->` (rule: DESIGN §3). */
#pragma once

#include "page.h"
#include "problem.h"
#include "region.h"

struct boxes {
    struct box *list; /* in order of place */
    size_t n;
};

/* Boxes outside regions. A marker without a box or without an id is a lint
 * problem; one id both manual and not is fatal. Lives in a. */
void boxes_find(struct boxes *out, const struct page *p,
                const struct regions *regions, struct arena *a,
                struct problems *problems);
