/* Runnable blocks: fenced code whose info string carries attributes (rule:
 * DESIGN §3, Blocks and Insertion rule). */
#pragma once

#include "page.h"
#include "problem.h"
#include "region.h"

struct blocks {
    struct block *list; /* in order of place */
    size_t n;
};

/* Blocks outside regions. Bad attributes and a fence that is never closed are
 * fatal problems. Lives in a; spans of attributes point into the source. */
void blocks_find(struct blocks *out, const struct page *p,
                 const struct regions *regions, struct arena *a,
                 struct problems *problems);
