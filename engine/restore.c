/* Brings vault and simulated cloud back to where a journal left them. */
#include "restore.h"

#include <string.h>

#include "inner.h"
#include "transport.h"

/* A sealed box stands in the journal; the other secret.… bring handles. */
static bool is_secret(const char *op, const struct json *args)
{
    if (strcmp(op, "secret.seal") == 0)
        return false;
    return strncmp(op, "secret.", 7) == 0 ||
           (strncmp(op, "ask.", 4) == 0 &&
            json_get_bool(json_get(args, "opts"), "secret", false));
}

static enum status restore_one(struct door *d, const struct json *rec,
                               struct err *err)
{
    const char *op = json_get_str(rec, "op", "");
    struct json *args = NULL;
    struct json *value = NULL;
    enum status st =
        bundle_unfold(d->bundle, json_get(rec, "args"), &args, err);
    bool ok = json_get_bool(rec, "ok", false);
    struct passage p = {.deadline_mono_ms = INT64_MAX};
    bool found = false;
    if (st == ST_OK && ok && is_secret(op, args))
        st = inner_perform(d, &p, op, args, &found, &value, err);
    else if (st == ST_OK && ok && d->world && strcmp(op, "http.request") == 0 &&
             !json_get_bool(rec, "reused", false)) {
        d->clock->virtual_ms = json_get_int(rec, "at", 0);
        st = transport_simulate(d, args, &value, err);
    }
    json_free(args);
    json_free(value);
    return st;
}

enum status door_restore(struct door *d, struct err *err)
{
    enum status st = ST_OK;
    struct clock clock = *d->clock; /* the replay of the steps moves it */
    for (size_t i = 0; i < d->history->n_all && st == ST_OK; i++) {
        struct json *rec = NULL;
        st = journal_get(d->journal, d->history->all_results[i], &rec, err);
        if (st == ST_OK)
            st = restore_one(d, rec, err);
        json_free(rec);
    }
    *d->clock = clock;
    return st;
}
