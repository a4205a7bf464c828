/* Taking back what a step changed that has failed in the end, the newest change
 * first (rule: DESIGN §5: offered, and like any change through the door). */
#pragma once

#include "session.h"

/* Asks a person and takes back what a provider's row can; the step's view tells
 * what became of it. Nobody there, or a policy that lets no person decide: not
 * taken back, which is told. ST_OK unless the run stops in it, and can be
 * resumed. */
MUST_USE enum status undo_offer(struct session *s, size_t step,
                                struct err *err);
