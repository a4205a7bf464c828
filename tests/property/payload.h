/* What may be written under a block: evidence as the engine makes it, of
 * tame and hostile results, and text that nobody has made safe. */
#pragma once

#include "doc.h"

enum payload {
    PAYLOAD_TAME,    /* evidence_markdown of a friendly result */
    PAYLOAD_HOSTILE, /* the same, where every foreign text attacks */
    PAYLOAD_RAW,     /* the attack itself between markers */
};

/* The region's text for block b; variant picks among attacks. Appended. */
void payload_write(enum payload kind, unsigned variant, const struct block *b,
                   struct buf *out);
