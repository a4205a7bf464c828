/* The one door through which a runbook touches the world. */
#include "door.h"

#include <string.h>

#include "bound.h"
#include "conceal.h"
#include "door_part.h"
#include "doubt.h"
#include "forecast.h"
#include "policy.h"
#include "transport.h"
#include "walls.h"
#include "wire.h"

/* --- earlier attempts ------------------------------------------------ */

struct change *passage_earlier(struct passage *p, const char *task)
{
    while (p->n_used < p->n_earlier && p->earlier[p->n_used].used)
        p->n_used++;
    for (size_t i = p->n_used; i < p->n_earlier; i++) {
        struct change *c = &p->earlier[i];
        if (!c->used && (task ? c->task && !strcmp(c->task, task) : !c->task))
            return c;
    }
    return NULL;
}

void passage_rewind(struct passage *p)
{
    p->n_used = 0;
    for (size_t i = 0; i < p->n_earlier; i++)
        p->earlier[i].used = false;
}

/* --- answers --------------------------------------------------------- */

/* Takes value; NULL means null. */
static struct json *answer_value(struct json *value)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_bool(o, "ok", true);
    json_put(o, "value", value ? value : json_new(JSON_NULL));
    return o;
}

static struct json *answer_error(const char *kind, const char *message)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_bool(o, "ok", false);
    json_put_str(o, "kind", kind);
    json_put_str(o, "error", message);
    return o;
}

/* What the members around a value take at most. */
#define ANSWER_ROOM 4096

/* Writes value once, for the worker and the journal. False when it can neither
 * be told to a worker nor read back from a blob. */
static bool write_answer(struct result *res, int64_t n)
{
    struct buf *out = &res->answer;
    buf_clear(out);
    buf_str(out, "{\"n\":");
    buf_int(out, n);
    buf_str(out, ",\"ok\":true,\"value\":");
    res->value_at = out->n;
    out->cap = WIRE_MAX_BYTES - ANSWER_ROOM;
    json_write(res->value, out);
    buf_char(out, '}');
    return !out->over;
}

/* --- what the evidence tells ----------------------------------------- */

static void push_note(struct passage *p, struct json *note)
{
    enum effect class = EFFECT_NONE;
    effect_parse(span_of(json_get_str(note, "class", "")), &class);
    p->counts[class]++;
    if (class == EFFECT_NONE)
        json_free(note); /* the world was not touched: no news */
    else
        json_push(p->activities, note);
}

/* A settled change counts as itself; what its probe read does not count. */
static void settle_note(struct passage *p, const struct json *args)
{
    struct json *note = p->doubtful;
    p->doubtful = NULL;
    if (note && strcmp(json_get_str(args, "outcome", ""), "done") == 0)
        push_note(p, note);
    else
        json_free(note);
}

/* What a probe reads. It cannot give way, so it never asks openly. */
static bool is_of_probe(const struct passage *p, const struct activity *a)
{
    return p->doubtful && !a->open && a->effect <= EFFECT_READ;
}

static void note_activity(struct passage *p, const struct activity *a)
{
    if (strcmp(a->op, "door.settle") == 0)
        settle_note(p, a->args);
    else if (!is_of_probe(p, a))
        push_note(p, activity_note(a));
}

static struct json *answer_in_doubt(void)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_bool(o, "in_doubt", true);
    return o;
}

/* --- errors, as the worker and the journal name them --- */

static const char *error_kind(enum status st)
{
    return st == ST_REFUSED   ? "refused"
           : st == ST_TIMEOUT ? "timeout"
                              : "activity";
}

/* --- replay ---------------------------------------------------------- */

static enum status give_recorded(struct door *d, struct passage *p,
                                 const struct activity *a,
                                 const struct json *rec, struct json **answer,
                                 struct err *err)
{
    if (d->clock->is_virtual || d->mode == DOOR_REPLAY)
        d->clock->virtual_ms = json_get_int(rec, "at", 0);
    p->stopped |= json_get_bool(rec, "stops", false);
    if (json_get_bool(rec, "in_doubt", false)) {
        *answer = answer_in_doubt();
        return ST_OK;
    }
    if (!json_get_bool(rec, "ok", false)) {
        const char *kind = json_get_str(rec, "kind", "activity");
        p->policy_refused |= json_get_bool(rec, "policy", false);
        p->refused |= strcmp(kind, error_kind(ST_REFUSED)) == 0;
        *answer = answer_error(kind, json_get_str(rec, "error", ""));
        return ST_OK;
    }
    struct json *value = NULL;
    enum status st =
        bundle_unfold(d->bundle, json_get(rec, "value"), &value, err);
    if (st != ST_OK)
        return st;
    if (strcmp(a->op, "evidence.file") == 0)
        json_push(p->items, json_copy(value));
    if (json_get_bool(rec, "done", true))
        note_activity(p, a);
    *answer = answer_value(value);
    return ST_OK;
}

enum status door_next_record(struct door *d, struct passage *p,
                             struct json **rec, struct err *err)
{
    *rec = NULL;
    if (p->cursor == p->log->n_results)
        return ST_OK;
    return journal_get(d->journal, p->log->results[p->cursor], rec, err);
}

enum status door_replay(struct door *d, struct passage *p, struct activity *a,
                        const struct json *rec, struct json **answer,
                        struct err *err)
{
    if (strcmp(json_get_str(rec, "op", ""), a->op) != 0 ||
        strcmp(json_get_str(rec, "digest", ""), a->digest.hex) != 0 ||
        json_get_int(rec, "n", 0) != a->n)
        return record_diverged(p, a, rec, err);
    effect_parse(span_of(json_get_str(rec, "class", "")), &a->effect);
    p->cursor++;
    /* it took the place of a change of an earlier attempt then */
    struct change *earlier =
        a->effect > EFFECT_READ ? passage_earlier(p, a->task) : NULL;
    if (earlier)
        earlier->used = true;
    return give_recorded(d, p, a, rec, answer, err);
}

/* --- how it ends ----------------------------------------------------- */

/* What may end an attempt, rather than be raised in Lua. */
static bool is_fatal(enum status st)
{
    return st == ST_WAITING || st == ST_INTERRUPTED || st == ST_INTERNAL ||
           st == ST_DIVERGED;
}

static int64_t http_status(const struct activity *a, const struct result *res)
{
    bool http = strcmp(a->op, "http.request") == 0;
    return http && res->ok ? json_get_int(res->value, "status", 0) : 0;
}

/* Deleted by an earlier one of several requests, whose answer was lost. */
static bool is_gone(const struct activity *a, const struct result *res)
{
    int64_t status = http_status(a, res);
    bool again = res->repeated || json_get(res->value, "tries");
    return again && (status == 404 || status == 410) &&
           strcmp(json_get_str(a->args, "method", ""), "DELETE") == 0;
}

/* A service that answers 4xx or 5xx did not do what was asked. */
static bool is_done(const struct activity *a, const struct result *res)
{
    return res->ok && (a->effect <= EFFECT_READ || http_status(a, res) < 400 ||
                       is_gone(a, res));
}

/* Sent, and nobody knows whether it was done: it must not be sent again by
 * itself. */
static bool is_ambiguous(const struct activity *a, const struct result *res,
                         const struct err *why)
{
    return (!res->ok && why->st != ST_REFUSED) || http_status(a, res) >= 500;
}

/* What the environment has asked for by its file stands in no plan. */
static bool is_bound(const struct door *d, const struct passage *p)
{
    return d->bound && !p->granted;
}

/* What a plan, made or followed, must know of an answer. */
static void tell_plan(struct door *d, const struct passage *p,
                      const struct activity *a, const struct result *res)
{
    struct span step = p->step->block->attr.id;
    if (d->holes && strcmp(a->op, "secret.seal") == 0)
        holes_seal(d->holes, a->args, res->value);
    if (d->forecast && a->effect == EFFECT_READ)
        forecast_note(d->forecast, p, a);
    if (is_bound(d, p) && a->effect > EFFECT_READ && !res->reused)
        bound_made(d->bound, step, a->n, res->done, res->value);
    if (is_bound(d, p) && strcmp(a->op, "door.settle") == 0 &&
        strcmp(json_get_str(a->args, "outcome", ""), "done") == 0)
        bound_made(d->bound, step, json_get_int(a->args, "n", 0), true,
                   res->value);
}

static enum status finish(struct door *d, struct passage *p,
                          const struct activity *a, struct result *res,
                          const struct err *why, struct json **answer,
                          struct err *err)
{
    struct buf safe = {0};
    struct err large = {0};
    const struct redact *known = vault_redact(d->vault);
    if (res->ok && res->value && !res->reused)
        conceal_answer(d->vault, a->row, a->secret_fields, res->value);
    if (res->ok && res->value)
        redact_json(known, res->value);
    if (res->ok && !write_answer(res, a->n)) {
        res->ok = false;
        why = &large;
        (void)err_set(&large, ST_FAILED,
                      "the answer of %s is larger than %u MiB; ask for less",
                      a->op, WIRE_MAX_BYTES >> 20);
    }
    if (!res->ok) {
        redact_message(known, span_of(why->msg), sizeof why->msg, &safe);
        res->message = buf_cstr(&safe);
        res->kind = error_kind(why->st);
    }
    res->done = is_done(a, res);
    res->stops = /* arguments do not get better by trying again */
        why->st == ST_REFUSED || why->st == ST_INPUT ||
        (a->effect == EFFECT_REMOTE && !a->idempotent &&
         is_ambiguous(a, res, why));
    p->stopped |= res->stops;
    p->refused |= why->st == ST_REFUSED;
    res->policy = !res->ok && p->policy_refused;
    enum status st = record_result(d, p, a, res, err);
    if (st == ST_OK && res->ok) {
        if (res->done)
            note_activity(p, a);
        tell_plan(d, p, a, res);
        if (!a->open) {
            *answer = answer_value(res->value);
            res->value = NULL;
        }
    } else if (st == ST_OK) {
        *answer = answer_error(res->kind, res->message);
    }
    buf_release(&safe);
    return st;
}

/* --- changes asked again --------------------------------------------- */

/* A change that an earlier attempt made is answered from the journal when
 * asked again at the same place; another one there stops the step. */
static enum status reuse(struct door *d, struct passage *p, struct activity *a,
                         struct change *change, struct result *res,
                         struct json **answer, struct err *err)
{
    change->used = true;
    res->ok = true;
    res->reused = true;
    struct json *asked = NULL;
    struct json *answered = NULL;
    struct err why = {0};
    enum status st = journal_get(d->journal, change->asked, &asked, err);
    if (st == ST_OK)
        st = journal_get(d->journal, change->answered, &answered, err);
    if (st == ST_OK)
        st = bundle_unfold(d->bundle, json_get(answered, "value"), &res->value,
                           err);
    if (st == ST_OK &&
        strcmp(json_get_str(asked, "digest", ""), a->digest.hex) != 0) {
        (void)record_diverged(p, a, asked, &why);
        why.st = ST_REFUSED;
        res->ok = false;
    }
    if (st == ST_OK)
        st = finish(d, p, a, res, &why, answer, err);
    json_free(asked);
    json_free(answered);
    return st;
}

/* --- live ------------------------------------------------------------ */

enum status door_conclude(struct door *d, struct passage *p,
                          const struct activity *a, struct result *res,
                          struct err *why, struct json **answer,
                          struct err *err)
{
    enum status st = why->st;
    if (is_fatal(st) || p->fatal) {
        *err = *why;
    } else {
        res->ok = st == ST_OK;
        st = finish(d, p, a, res, why, answer, err);
    }
    json_free(res->value);
    res->value = NULL;
    return st;
}

/* Policy, prediction, doubt, intent. *go stays false when it has come to its
 * end with that: *why and *res tell how. */
static enum status decide(struct door *d, struct passage *p, struct activity *a,
                          struct result *res, bool *go, struct err *why)
{
    enum doubt doubt = DOUBT_NONE;
    enum status st = is_bound(d, p) && a->effect > EFFECT_READ
                         ? bound_admit(d, p, a, why)
                         : ST_OK;
    if (st == ST_OK)
        st = policy_decide(d, p, a, why);
    if (st == ST_OK)
        st = walls_check(d, p, a, why);
    if (st == ST_OK && d->mode == DOOR_PREDICT && a->effect > EFFECT_READ) {
        st = forecast_change(d, p, a, &res->value, why);
        if (st == ST_WAITING)
            note_activity(p, a);
        return st;
    }
    if (st == ST_OK)
        st = doubt_settle(d, p, a, &doubt, why);
    if (st != ST_OK)
        return st;
    res->in_doubt = doubt == DOUBT_PROBE;
    if (res->in_doubt)
        return ST_OK;
    if (doubt == DOUBT_DONE) {
        clock_advance(d->clock, a->prim->virtual_ms);
        return strncmp(a->op, "fs.", 3) == 0
                   ? transport_done_file(d, p, a, &res->value, why)
                   : ST_OK;
    }
    if (a->effect > EFFECT_READ)
        st = record_intent(d, p, a, why);
    res->repeated = doubt == DOUBT_AGAIN;
    *go = st == ST_OK;
    return st;
}

/* Secrets travel as handles: their bytes in an argument would be sent, written
 * and journaled in the open. */
static enum status refuse_exposed(struct door *d, struct passage *p,
                                  struct activity *a, const char *name,
                                  struct json **answer, struct err *err)
{
    struct err why = {0};
    struct result res = {0};
    struct json *safe = json_copy(a->args);
    redact_json(vault_redact(d->vault), safe);
    a->args = safe;
    buf_clear(&a->text);
    json_write(safe, &a->text);
    if (activity_exposes(a, vault_redact(d->vault))) {
        json_free(safe); /* a form that reaches over several members */
        a->args = safe = json_new(JSON_OBJECT);
        buf_clear(&a->text);
        json_write(safe, &a->text);
    }
    (void)err_set(&why, ST_REFUSED,
                  "refused: an argument of %s holds the secret %s as text; "
                  "pass its handle, from secret.get or secret.template",
                  a->op, name);
    enum status st = finish(d, p, a, &res, &why, answer, err);
    result_release(&res);
    json_free(safe);
    return st;
}

enum status door_admit(struct door *d, struct passage *p, struct activity *a,
                       struct result *res, bool *go, struct json **answer,
                       struct err *err)
{
    struct err why = {0};
    *go = false;
    if (activity_classify(d, p, a, &why) != ST_OK) {
        a->effect = EFFECT_NONE; /* nothing was done */
        return finish(d, p, a, res, &why, answer, err);
    }
    const char *exposed = activity_exposes(a, vault_redact(d->vault));
    if (exposed)
        return refuse_exposed(d, p, a, exposed, answer, err);
    struct change *earlier =
        a->effect > EFFECT_READ ? passage_earlier(p, a->task) : NULL;
    if (earlier)
        return reuse(d, p, a, earlier, res, answer, err);
    if (decide(d, p, a, res, go, &why) == ST_OK && *go)
        return ST_OK;
    if (!res->in_doubt)
        return door_conclude(d, p, a, res, &why, answer, err);
    res->ok = true;
    *answer = answer_in_doubt();
    return record_result(d, p, a, res, err);
}

void door_doubt(struct passage *p, const struct activity *a)
{
    if (p->doubtful) { /* its probe failed, and the code went on */
        json_free(p->doubtful);
        p->stopped = true;
    }
    p->doubtful = activity_note(a);
}

static enum status perform_live(struct door *d, struct passage *p,
                                struct activity *a, struct json **answer,
                                struct err *err)
{
    struct result res = {0};
    struct err why = {0};
    bool go = false;
    enum status st = door_admit(d, p, a, &res, &go, answer, err);
    if (!go) {
        result_release(&res);
        return st;
    }
    res.began_ms = clock_now_ms(d->clock) + a->prim->virtual_ms;
    why.st = transport_perform(d, p, a, &res.value, &why);
    st = door_conclude(d, p, a, &res, &why, answer, err);
    result_release(&res);
    return st;
}

enum status door_perform(struct door *d, struct passage *p,
                         const struct request *r, struct json **answer,
                         struct err *err)
{
    struct activity a = activity_of(r);
    struct json *rec = NULL;
    enum status st = door_next_record(d, p, &rec, err);
    if (st == ST_OK && rec)
        st = door_replay(d, p, &a, rec, answer, err);
    else if (st == ST_OK && (d->mode == DOOR_REPLAY || p->log->ended))
        st = record_diverged(p, &a, NULL, err);
    else if (st == ST_OK)
        st = perform_live(d, p, &a, answer, err);
    json_free(rec);
    if (st == ST_OK && json_get_bool(*answer, "in_doubt", false))
        door_doubt(p, &a);
    if (st == ST_OK)
        st = journal_flush(d->journal, err);
    activity_release(&a);
    return st;
}
