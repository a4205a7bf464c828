/* Brings vault and simulated cloud back to where a journal left them. */
#include "restore.h"

#include <string.h>

#include "conceal.h"
#include "inner.h"
#include "transport.h"

/* For a read that is asked again. */
#define AGAIN_MS 30000

/* A sealed box stands in the journal; the other secret.… bring handles. */
static bool is_secret(const char *op, const struct json *args)
{
    if (strcmp(op, "secret.seal") == 0)
        return false;
    return strncmp(op, "secret.", 7) == 0 ||
           (strncmp(op, "ask.", 4) == 0 &&
            json_get_bool(json_get(args, "opts"), "secret", false));
}

/* Once more what rec asked. In the simulated cloud that also brings its state
 * back. */
static enum status ask_again(struct door *d, const struct activity *a,
                             struct json **value, struct err *err)
{
    if (transport_is_simulated(d, a->op))
        return transport_simulate(d, a, value, err);
    const struct port *port = NULL;
    void *state = NULL;
    struct port_call call = {.op = a->op,
                             .args = a->args,
                             .effect = EFFECT_READ,
                             .vault = d->vault,
                             .deadline_mono_ms = clock_mono_ms() + AGAIN_MS,
                             .now_ms = clock_now_ms(d->clock),
                             .waiting = d->waiting,
                             .idempotent = true};
    if (port_for(call.op, &port, &state, err) != ST_OK)
        return err->st;
    return port_perform(port, state, &call, value, err);
}

/* What a service answered: asked again if it is simulated, or if the answer
 * brought secrets and asking changes nothing. */
static enum status restore_asked(struct door *d, const struct json *rec,
                                 const struct json *args, struct err *err)
{
    struct json *then = NULL;
    struct json *now = NULL;
    struct activity a = {.op = json_get_str(rec, "op", ""), .args = args};
    effect_parse(span_of(json_get_str(rec, "class", "")), &a.effect);
    enum status st =
        bundle_unfold(d->bundle, json_get(rec, "value"), &then, err);
    a.idempotent = a.effect == EFFECT_READ || json_get(then, "tries");
    bool secret =
        st == ST_OK && strcmp(a.op, "http.request") == 0 && conceal_holds(then);
    bool simulated = transport_is_simulated(d, a.op);
    if (simulated)
        d->clock->virtual_ms =
            json_get_int(rec, "began", json_get_int(rec, "at", 0));
    if (st == ST_OK && (simulated || (secret && a.effect == EFFECT_READ)))
        st = ask_again(d, &a, &now, err);
    if (st == ST_OK && secret && now)
        st = conceal_again(d->vault, then, now, err);
    json_free(then);
    json_free(now);
    return st;
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
    else if (st == ST_OK && ok && !json_get_bool(rec, "reused", false))
        st = restore_asked(d, rec, args, err);
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
