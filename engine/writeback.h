/* After the steps: evidence into the page, the statement into the bundle, the
 * feedback log and the reader's page. */
#pragma once

#include "session.h"

/* Closes the journal's part of the run and writes everything outward. st is
 * what run_steps said (ST_OK, ST_WAITING, ST_INTERRUPTED). Returns the run's
 * verdict as a status: ST_OK, ST_FAILED, ST_REFUSED, ST_WAITING,
 * ST_INTERRUPTED, or ST_UNWRITTEN with err when the page could not be
 * written. */
MUST_USE enum status writeback(struct session *s, enum status st,
                               struct err *err);
/* The page of a reopened run as that run alone leaves it: the source it ran,
 * with its evidence. */
MUST_USE enum status writeback_made(struct session *s, struct buf *made,
                                    struct err *err);
