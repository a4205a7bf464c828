/* What it means for a run that the kernel cannot confine commands: a warning
 * once, or a refusal where the policy says `confine: required`. */
#pragma once

#include "activity.h"

/* After the policy has decided. ST_REFUSED, p->stopped set, or ST_OK; the
 * warning goes to the terminal and into the journal. */
MUST_USE enum status walls_check(struct door *d, struct passage *p,
                                 const struct activity *a, struct err *err);
