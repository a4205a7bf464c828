/* Bytes and edits to new bytes: pure. Whatever no edit names stays as it is
 * (rule: DESIGN §3, the source is never re-rendered). */
#pragma once

#include "err.h"
#include "str.h"

/* Replace src[at, at + remove) by text. */
struct edit {
    size_t at;
    size_t remove;
    struct span text;
};

/* Appends src with the edits done to *out; sorts the edits by place, of two at
 * one place the insertion first. ST_INTERNAL, *out unchanged, when edits
 * overlap, insert twice at one place or reach beyond src. */
MUST_USE enum status splice(struct span src, struct edit *edits, size_t n,
                            struct buf *out, struct err *err);
