/* Before a resume: what the run held that no journal holds. */
#pragma once

#include "door.h"

/* Fetches secrets again and tells the simulators their requests again, in the
 * journal's order. ST_WAITING when a person must type a secret once more. */
MUST_USE enum status door_restore(struct door *d, struct err *err);
