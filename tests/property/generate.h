/* Markdown documents made up from a seed: every block nested in quotes and
 * lists, tight and loose, hostile corners included. */
#pragma once

#include <stdint.h>

#include "str.h"

/* Well-formed, by and large: blocks in containers. Appended, LF. */
void generate_page(uint64_t seed, struct buf *out);
/* Scraps of syntax in any order. Appended, LF. */
void generate_scraps(uint64_t seed, struct buf *out);

/* How the same text may stand in a file. */
enum dressing {
    DRESS_PLAIN,
    DRESS_CRLF,
    DRESS_CR,
    DRESS_MIXED, /* each line its own EOL */
    DRESS_BOM,
    DRESS_CUT, /* no final newline */
    DRESS_QUOTED,
    DRESS_LISTED,
    DRESS_LOOSE, /* in an item of a loose list */
    DRESS_FRONT, /* behind front matter, CRLF */
    DRESS_COUNT
};
void dress(struct span text, enum dressing how, struct buf *out);
