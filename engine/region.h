/* Evidence regions: finding them in the syntax tree, writing one at a block
 * (rule: DESIGN §3, Evidence and Insertion rule). */
#pragma once

#include "doc.h"
#include "page.h"
#include "problem.h"

struct regions {
    struct region *list; /* in order of place, not overlapping */
    size_t n;
};

/* block of each is left at -1; canonical tells as yet only that each marker is
 * an HTML block of its own. Unpaired and nested markers are fatal problems.
 * Texts live in a. */
void regions_find(struct regions *out, const struct page *p, struct arena *a,
                  struct problems *problems);

/* Whether the page outside the regions reads as it would without them: the
 * same tree. If so, the source hash tells all there is to know about what a
 * page does. */
bool regions_inert(const struct regions *r, const struct page *p);

/* Tells whether lines, asked in rising order, lie in a region. */
struct region_cursor {
    const struct region *at, *end;
};
struct region_cursor region_cursor(const struct region *list, size_t n);
bool region_covers(struct region_cursor *c, int line);

/* The bytes of text at a block: for each line an EOL, the prefix, the line;
 * empty lines drop the prefix's trailing blanks. Appended. */
void region_write(struct span text, const struct block *b, struct buf *out);
