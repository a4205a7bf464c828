/* What the door must know of SQL beyond the port's vtable. */
#pragma once

#include "effect.h"
#include "err.h"
#include "json.h"

/* The class of one sql.query under the step's ceiling, as port_class has it.
 * ST_REFUSED also for a statement that begins or ends a transaction or is of
 * no use outside its session, and for one that does not read in a class that
 * may only read: by its first word, before a server is asked. Which of the
 * others write all the same, the server knows: the port lets them run in a
 * read-only transaction. ST_INPUT when there is no statement. */
MUST_USE enum status sql_class(const struct json *args, enum effect ceiling,
                               enum effect *out, struct err *err);
