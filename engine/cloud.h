/* A simulated cloud that outlives its process: what changed it is kept in a
 * folder and told again at the next start (rule: DESIGN §6, "Sandbox"). */
#pragma once

#include "err.h"
#include "json.h"
#include "luafiles.h"

struct cloud;

struct cloud_options {
    const char *dir;     /* holds the state; made if need be */
    const char *root;    /* the fixture's path starts here */
    const char *fixture; /* folder */
    const struct luafile *modules;
    size_t n_modules;
};

/* Reads the fixture and tells the simulators every request kept in the folder
 * again. ST_LOCKED while another process serves the folder; ST_INPUT when it
 * was made from another fixture; ST_TAMPERED, with the line, when a kept
 * request does not do again what it did. */
MUST_USE enum status cloud_open(const struct cloud_options *opt,
                                struct cloud **out, struct err *err);
void cloud_close(struct cloud *c); /* NULL is fine */

/* Answers one request {method, url, headers, body} with {status, headers,
 * body}; the caller frees it. A request that changed the cloud is on the disk
 * before this returns. Its clock is the fixture's epoch and the time since the
 * folder was made, never going back. After an error, close. */
MUST_USE enum status cloud_answer(struct cloud *c, const struct json *request,
                                  struct json **response, struct err *err);
