/* Secrets the engine holds. Lua sees opaque handles; bytes are seen only by
 * ports, in locked memory, zeroed when freed (rule: DESIGN §5). */
#pragma once

#include "err.h"
#include "json.h"
#include "redact.h"
#include "str.h"

struct vault;

struct vault *vault_new(void);
void vault_free(struct vault *v);
/* What every outgoing byte is scanned with; owned by the vault. Shapes are
 * taken out, too, but in a replay: it must show what was shown. */
const struct redact *vault_redact(const struct vault *v);
void vault_replays(struct vault *v);
/* Stores value under a new handle ("s1", "s2", … in order of call) and makes
 * it known to redaction. *handle_json is {"$secret":"s1","name":NAME}, freed
 * by the caller. The same name and value again give the same handle.
 * ST_INPUT when the value is too short. */
MUST_USE enum status vault_put(struct vault *v, const char *name,
                               struct span value, struct json **handle_json,
                               struct err *err);
/* Makes value, which is long enough, known to redaction alone. */
void vault_know(struct vault *v, const char *name, struct span value);
/* Bytes behind {"$secret":…}; borrowed, until vault_free. ST_FAILED for a
 * handle this vault does not know. */
MUST_USE enum status vault_reveal(const struct vault *v,
                                  const struct json *handle_json,
                                  struct span *out, struct err *err);
bool vault_is_handle(const struct json *j);
/* What the secret behind a handle is called, whatever the handle says; a
 * secret made of another one is called as that. NULL for a handle this vault
 * does not know. */
const char *vault_name(const struct vault *v, const struct json *handle_json);
/* A copy of args with every handle replaced by its bytes as a string: for a
 * port about to send. The caller frees it. */
MUST_USE enum status vault_fill(const struct vault *v, const struct json *args,
                                struct json **out, struct err *err);
