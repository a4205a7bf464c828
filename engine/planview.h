/* A plan as the person sees it who is to approve it: all of what is hashed,
 * with every byte visible. */
#pragma once

#include "plan_file.h"
#include "str.h"

/* Appends text for a terminal: what stands in the plan cannot steer it. */
void planview_text(const struct plan_file *plan, struct buf *out);
