/* The files as a plan would leave them: fs changes are made in a folder of
 * their own, and what looks at a changed file sees it there. The repository is
 * never written. */
#pragma once

#include "port.h"

struct shadow;

/* root: the repository; dir: an empty folder of this plan's, made when first
 * needed. */
struct shadow *shadow_new(const char *root, const char *dir);
void shadow_free(struct shadow *s); /* NULL is fine */

/* Whether any file was changed. */
bool shadow_any(const struct shadow *s);
/* The folder to look for path in: dir or root. */
const char *shadow_root(const struct shadow *s, const char *path);
/* Performs any fs.* as its port would, over the changes so far. Errors as
 * port.perform. */
MUST_USE enum status shadow_perform(struct shadow *s,
                                    const struct port_call *call,
                                    struct json **value, struct err *err);
/* What stands at path: its text, {"sha256", "bytes"} of what is no text or is
 * long, "folder" as {"folder":true}, or null. New. */
struct json *shadow_look(struct shadow *s, const char *path);
