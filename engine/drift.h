/* expect=match: a step's evidence against what the page had recorded (rule:
 * DESIGN §3). The recorded text goes into the bundle when the run starts, so
 * that a resume and a replay compare with the same. */
#pragma once

#include "session.h"

/* {id: region text} of the steps that say expect=match and passed when they
 * were recorded. New object, empty when there are none. */
struct json *drift_expected(const struct session *s);
/* The lines that differ between two texts, "- " and "+ ", without what is equal
 * before and behind. Appends nothing when none does. */
void drift_diff(struct span recorded, struct span now, struct buf *out);
