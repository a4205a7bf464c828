/* The Lua modules of a run: those it could load stand in its first record by
 * digest, those it did load in its bundle (rule: DESIGN §6). */
#pragma once

#include "session.h"

/* Those that the run can load: the embedded ones and opt->lua_dir on top. */
MUST_USE enum status modules_load(struct session *s, struct err *err);
/* [{name, sha256, from}] for the first record. New array. */
struct json *modules_record(const struct session *s);
/* A worker has told the names of what it loaded; NULL: none. */
void modules_note(struct session *s, const struct json *names);
/* Puts into the bundle what was loaded since the last time, and, as no binary
 * has them, those of a folder. add: the bundle is not published yet. */
MUST_USE enum status modules_keep(struct session *s, bool add, struct err *err);
/* The digest that a first record's list has of a module; NULL: none. */
const char *modules_digest(const struct json *list, struct span name);
/* Those of a run's bundle; of the others that its first record lists, this
 * binary's where they are the same. ST_TAMPERED names a file that is not the
 * run's. */
MUST_USE enum status modules_reopen(struct session *s, const struct json *list,
                                    struct err *err);
