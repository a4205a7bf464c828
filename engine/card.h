/* The frames that a rendered runbook puts around its steps and their evidence.
 * What is inside comes from render.c. */
#pragma once

#include "frame.h"

void card_step_begin(const struct doc *d, const struct block *b,
                     const struct render_info *info, struct buf *out);
void card_step_end(struct buf *out);
void card_evidence_begin(const struct doc *d, const struct region *r,
                         struct buf *out);
void card_evidence_end(struct buf *out);
