/* Names for headings to link to, each given once: "Roll back!" is "roll-back",
 * the second one "roll-back-1", as hosting sites do. */
#pragma once

#include "arena.h"
#include "str.h"

#define ANCHOR_BUCKETS 512

struct anchors {
    struct arena *arena; /* borrowed; owns the names */
    struct anchor *buckets[ANCHOR_BUCKETS];
};

/* Zero-initialise with an arena. The name lives as long as the arena. */
const char *anchor_for(struct anchors *set, struct span heading);
