/* The providers' rows, as booted from the embedded Lua modules: what lowers a
 * request's class or makes it safe to send again. The engine matches them
 * itself; a worker's word is not enough (rule: DESIGN §5). */
#pragma once

#include "effect.h"
#include "json.h"

struct row_facts {
    const char *name; /* "provider.op", NULL when no row fits */
    enum effect effect;
    bool idempotent;
    int at_once;       /* calls that the service bears, 0: unknown */
    double per_second; /* the same */
    const struct json *secret_fields; /* of its answer; or NULL */
    const char *doubt; /* where a person sees whether it happened; or NULL */
};

/* rows: array of {name, provider, base, method, path, effect, idempotent,
 * secret, hosts, at_once, per_second};
 * settings: the environment (settings[provider].base overrides base); request:
 * {method, url, row?}. Without a fitting row the method alone decides. */
struct row_facts rows_classify(const struct json *rows,
                               const struct json *settings,
                               const struct json *request);

/* The name of the first row that the request fits by method and URL, whatever
 * it says of itself; NULL when there is none. A GraphQL endpoint tells nothing:
 * all its rows share one path. */
const char *rows_name(const struct json *rows, const struct json *settings,
                      const struct json *request);

/* Whether a secret of that name is a provider's, and url leads to none of its
 * hosts: those of its bases, and the rows' `hosts`. */
bool rows_astray(const struct json *rows, const struct json *settings,
                 const char *secret, struct span url);
struct vault;
/* The name of a secret in the request that its URL would lead astray; NULL when
 * there is none. */
const char *rows_strays(const struct json *rows, const struct json *settings,
                        const struct vault *vault, const struct json *request);
