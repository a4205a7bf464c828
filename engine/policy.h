/* Ceiling and policy: may this activity happen? (rule: DESIGN §5) */
#pragma once

#include "activity.h"

/* ST_OK, or ST_REFUSED with the reason, p->stopped set; ST_WAITING when the
 * policy asks and nobody answers. A person's word
 * holds for the step and the class. */
MUST_USE enum status policy_decide(struct door *d, struct passage *p,
                                   const struct activity *a, struct err *err);
