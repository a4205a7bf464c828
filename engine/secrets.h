/* Where secrets come from, and what may be made of them without seeing them
 * (rule: DESIGN §5, Secrets). */
#pragma once

#include "config.h"
#include "hash_seal.h"
#include "vault.h"
#include "world.h"

/* Fetches a named secret: from the fixture in the sandbox (world not NULL),
 * else from the environment's sources in order: "process", {"file": path},
 * {"command": argv}; the first one that has it. A source that fails ends the
 * search.
 * *handle is freed by the caller. ST_FAILED naming the sources when absent. */
MUST_USE enum status secrets_get(const struct environment *env,
                                 const struct world *world, struct vault *v,
                                 const char *name, struct json **handle,
                                 struct err *err);
/* The secret that a person names in the call, "@env:VAR" or "@file"; option and
 * name are for messages: "-p", "token". ST_INPUT when source is neither. */
MUST_USE enum status secrets_named(struct vault *v, const char *option,
                                   const char *name, const char *source,
                                   struct json **handle, struct err *err);
/* Makes every secret of a world known to redaction from the start. */
void secrets_know(const struct world *world, struct vault *v);
/* A page that holds a known secret must not run: its evidence would publish it
 * once more (rule: DESIGN §3). ST_INPUT with its line. */
MUST_USE enum status secrets_check_page(const struct vault *v, const char *page,
                                        struct span source, struct err *err);
/* Handles or plain strings; in constant time. */
MUST_USE enum status secrets_equal(const struct vault *v, const struct json *a,
                                   const struct json *b, bool *same,
                                   struct err *err);
/* fmt holds one "{}"; the result is a new handle. */
MUST_USE enum status secrets_template(struct vault *v, const char *fmt,
                                      const struct json *s,
                                      struct json **handle, struct err *err);
/* {scheme, user, host, port, database} as strings, password as a handle. */
MUST_USE enum status secrets_dsn(struct vault *v, const struct json *s,
                                 struct json **parts, struct err *err);
/* A box of s, a handle or a plain string, for a public key in base64. *box is
 * base64, freed by the caller. ST_INPUT when the key is none. */
MUST_USE enum status secrets_seal(const struct vault *v, const struct json *key,
                                  const struct json *s, enum seal how,
                                  struct json **box, struct err *err);
