/* The built-in simulated cloud of one run: the fixture, a scratch copy of its
 * tree with a repository made from its commits, and the simulators in a worker
 * of their own (rule: DESIGN §6 and §7, "Sandbox"). */
#pragma once

#include "arena.h"
#include "err.h"
#include "hash.h"
#include "json.h"
#include "luafiles.h"

struct world;

/* Reads fixture/world.json; does not start anything yet. Paths from the
 * repository's root `root`. */
MUST_USE enum status world_open(const char *root, const char *fixture,
                                struct world **out, struct err *err);
void world_close(struct world *w); /* NULL is fine */

/* SHA-256 over every file of the fixture: part of the run's id. */
struct digest world_digest(const struct world *w);
int64_t world_epoch_ms(const struct world *w); /* -1: the fixture names none */
const struct json *world_settings(const struct world *w); /* `env` in Lua */
const struct json *world_secrets(const struct world *w);  /* by name */

/* Prepares the scratch tree at dir (kept if it is there already: a resume).
 * modules (borrowed) are for the simulators, which start when first asked:
 * many runs never do. */
MUST_USE enum status world_start(struct world *w, const char *dir,
                                 const struct luafile *modules, size_t n,
                                 struct err *err);
/* Starts the simulators now, after world_start: ST_INPUT when they cannot. */
MUST_USE enum status world_wake(struct world *w, struct err *err);
/* The names of the modules that the simulators have loaded; NULL: none. */
const struct json *world_loaded(const struct world *w);
const char *world_tree(const struct world *w); /* what fs, git, sh see */
/* One simulated HTTP request at now_ms, or SQL query {sql, class, dsn, text,
 * params, opts}; request holds no handles any more. The caller frees *response
 * {status,headers,body,changed,op}, of a query {value,changed,op} or
 * {error,refused}. */
MUST_USE enum status world_request(struct world *w, const struct json *request,
                                   int64_t now_ms, struct json **response,
                                   struct err *err);
