/* What a step that ended leaves behind: the region for the page, the log in the
 * bundle, the record in the journal. */
#pragma once

#include "attempt.h"
#include "session.h"

/* The step's evidence from its view, into view.region. */
void outcome_region(struct session *s, size_t i);
/* Adds an attempt, called by title, to the step's log file. */
void outcome_log(struct step_view *v, const char *title,
                 const struct attempt_result *a);
/* Ends the step: region, expect=match, log, record. A step that the journal
 * holds already must come out the same (ST_DIVERGED). */
MUST_USE enum status outcome_finish(struct session *s, size_t i,
                                    enum step_status status, const char *reason,
                                    struct err *err);
/* A failed step's error: with its line in the block (NULL when there is none),
 * and as "page:line: error". Arena. */
const char *outcome_error(struct session *s, size_t i);
const char *outcome_error_at(struct session *s, size_t i);
