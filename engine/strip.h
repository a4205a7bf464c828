/* Inside of doc_strip and doc_source_hash (declared in doc.h). */
#pragma once

#include "doc.h"

/* src without these regions, these boxes unticked; appended. */
MUST_USE enum status strip_known(struct span src, const struct region *regions,
                                 size_t n_regions, const struct box *boxes,
                                 size_t n_boxes, struct buf *out,
                                 struct err *err);
