/* What `runproof plan` prints and keeps. */
#pragma once

#include "cmd.h"
#include "session.h"

struct plan_wishes {
    const char *out;   /* file to write the plan to, or NULL */
    const char *check; /* file that must hold the same plan, or NULL */
};

/* plan: as of rehearse_plan; borrowed. */
void plan_print(const struct session *s, const struct json *plan);
/* ST_REFUSED when it is not the plan of w->check: the difference is printed.
 * ST_UNWRITTEN. */
MUST_USE enum status plan_keep(struct json *plan, const struct plan_wishes *w,
                               struct err *err);
