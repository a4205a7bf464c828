/* What opening, starting and reopening a session share. */
#pragma once

#include "session.h"

#define WORK_DIR ".runproof" /* scratch folders and locks, not committed */

/* Each as session_read: a part of it. */
MUST_USE enum status session_load_page(struct session *s, const char *path,
                                       struct err *err);
MUST_USE enum status session_environment(struct session *s, struct err *err);
/* Document, plan, hash, vault; needs page and environment. */
MUST_USE enum status session_parts(struct session *s, struct err *err);
/* s->out, from opt->out. */
MUST_USE enum status session_name_out(struct session *s, struct err *err);
/* None of the folders that a run writes to leads out of the repository. */
MUST_USE enum status session_check_folders(struct session *s, struct err *err);
/* s->signer, from opt->key: before anything is written. */
MUST_USE enum status session_signer(struct session *s, struct err *err);
MUST_USE enum status session_world(struct session *s, struct err *err);
void session_clock(struct session *s);
/* The run's folder below WORK_DIR. */
const char *session_work(struct session *s);
/* Tells runs of one page in one environment from all others; a file name. */
const char *session_key(struct session *s);
/* Scratch folders, new ones for a new run; in the sandbox the fixture's tree
 * and the simulators. */
MUST_USE enum status session_tree(struct session *s, struct err *err);
/* `env` in Lua. */
const struct json *session_settings(const struct session *s);
void session_door(struct session *s, enum door_mode mode);
