/* A page that was edited while its run stood still. The run goes on with the
 * edited page when only steps that had not started changed; otherwise it is
 * refused, naming what differs (rule: DESIGN §6). */
#pragma once

#include "session.h"

/* Compares the page on disk with the source of the reopened run s. *fresh
 * (empty: nothing changed, or the page is gone) becomes the edited page,
 * stripped, to go on with. ST_INPUT when it must not. */
MUST_USE enum status edited_compare(struct session *s, struct buf *fresh,
                                    struct err *err);
/* Makes the edited page the run's source: keeps the old one in the bundle as
 * source-N.md, journals the change. The session must be reopened then. */
MUST_USE enum status edited_adopt(struct session *s, struct span fresh,
                                  struct err *err);
