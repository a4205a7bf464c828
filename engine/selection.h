/* Which steps a run was asked for: all, those of --only, those since --from. */
#pragma once

#include "session.h"

bool selection_has(const struct session *s, size_t i);
/* ST_INPUT when an option names no step of the page. */
MUST_USE enum status selection_check(const struct session *s, struct err *err);
/* The step's evidence on the page, from another run, stays as it is. */
void selection_leave_out(struct session *s, size_t i);
/* The first of the step's needs that was left out; SIZE_MAX: none. */
size_t selection_missing(const struct session *s, size_t i);
