/* Seals a secret for the holder of a private key, or finds the box again. */
#include "inner_seal.h"

#include <string.h>

#include "activity.h"
#include "secrets.h"

/* Results of a log, from first to last. */
struct search {
    const struct door *d;
    struct digest asked;
    size_t before; /* how often the same is to be passed over */
};

static bool is_same(const struct search *s, const struct json *rec)
{
    return json_get_bool(rec, "ok", false) &&
           strcmp(json_get_str(rec, "op", ""), "secret.seal") == 0 &&
           strcmp(json_get_str(rec, "digest", ""), s->asked.hex) == 0;
}

/* How many results of log are of the same request; *found is the one behind
 * s->before of them, or untouched. */
static enum status count(const struct search *s, const struct attempt_log *log,
                         size_t *n, struct json **found, struct err *err)
{
    enum status st = ST_OK;
    *n = 0;
    for (size_t i = 0; i < log->n_results && st == ST_OK; i++) {
        struct json *rec = NULL;
        st = journal_get(s->d->journal, log->results[i], &rec, err);
        if (st == ST_OK && is_same(s, rec) && (*n)++ == s->before && found) {
            *found = rec;
            return ST_OK;
        }
        json_free(rec);
    }
    return st;
}

/* The box that an earlier attempt was given for the same request, at the same
 * place among such requests; NULL when there is none. */
static enum status given_before(struct door *d, const struct passage *p,
                                const struct search *want, struct json **value,
                                struct err *err)
{
    struct search s = *want;
    enum status st = count(&s, p->log, &s.before, NULL, err);
    const struct step_log *log = &d->history->steps[p->index];
    for (size_t i = 0; i < log->n_attempts && st == ST_OK && !*value; i++) {
        size_t n = 0;
        struct json *rec = NULL;
        if (&log->attempts[i] != p->log)
            st = count(&s, &log->attempts[i], &n, &rec, err);
        if (rec)
            st = bundle_unfold(d->bundle, json_get(rec, "value"), value, err);
        json_free(rec);
    }
    return st;
}

enum status inner_seal(struct door *d, struct passage *p, const char *op,
                       const struct json *args, struct json **value,
                       struct err *err)
{
    if (d->world)
        return secrets_seal(d->vault, json_get(args, "key"),
                            json_get(args, "s"), SEAL_REPEATABLE, value, err);
    struct request r = {.op = op, .args = args};
    struct activity a = activity_of(&r);
    struct search s = {.d = d, .asked = a.digest};
    activity_release(&a);
    enum status st = given_before(d, p, &s, value, err);
    if (st == ST_OK && !*value)
        st = secrets_seal(d->vault, json_get(args, "key"), json_get(args, "s"),
                          SEAL_RANDOM, value, err);
    return st;
}
