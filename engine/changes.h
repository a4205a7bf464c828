/* What the attempts of a step have changed, as its journal tells. */
#pragma once

#include "session.h"

/* Adds the changes of the first so many attempts to p->earlier, each where its
 * task made it first, unused. */
MUST_USE enum status changes_gather(struct session *s, size_t step,
                                    int attempts, struct passage *p,
                                    struct err *err);
/* All changes that were made, the newest first: [{summary, class}], of those
 * of a provider's row also row, request, answer, and before where the row has
 * a read for it. The caller frees *out, always. */
MUST_USE enum status changes_made(struct session *s, size_t step,
                                  struct json **out, struct err *err);
/* Those of which nobody knows whether they were made: [{summary, class}], the
 * oldest first. The caller frees *out, always. */
MUST_USE enum status changes_in_doubt(struct session *s, size_t step,
                                      struct json **out, struct err *err);
