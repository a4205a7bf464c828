/* Offers to take back what a failed step changed. */
#include "undo.h"

#include <stdint.h>
#include <string.h>

#include "attempt.h"
#include "changes.h"
#include "interrupt.h"
#include "outcome.h"
#include "state.h"
#include "wire.h"

#define NAME "undo"
#define CODE "require(\"errand/undo\").perform((select(2, ...)))"
#define LIST_MS 10000
#define NAMED 10 /* in the question */

/* What is offered. */
struct offer {
    size_t step;
    struct json *changes; /* those of rows, the newest first */
    struct json *list;    /* {what, why} of each, as Lua sees them */
    size_t able;          /* so many of them can be taken back */
};

static struct step_log *log_of(struct session *s, const struct offer *o)
{
    return &s->history.steps[o->step];
}

/* --- what can be taken back ------------------------------------------- */

static enum status gather(struct session *s, struct offer *o, struct err *err)
{
    struct json *all = NULL;
    json_free(o->changes);
    o->changes = json_new(JSON_ARRAY);
    enum status st = changes_made(s, o->step, &all, err);
    for (const struct json *c = json_first(all); c; c = json_next(c))
        if (json_get(c, "row") &&
            strcmp(json_get_str(c, "class", ""), "remote") == 0)
            json_push(o->changes, json_copy(c));
    json_free(all);
    return st;
}

static enum status ask_worker(struct session *s, struct offer *o,
                              struct err *err)
{
    struct buf text = {0};
    enum wire_type type = WIRE_SIM;
    json_write(o->changes, &text);
    enum status st = worker_send(s->worker, WIRE_ASK_SIM, buf_view(&text), err);
    if (st == ST_OK)
        st = worker_recv(s->worker, clock_mono_ms() + LIST_MS, &type, &text,
                         err);
    if (st == ST_OK && type != WIRE_SIM)
        st = err_set(err, ST_INTERNAL, "undo: the worker answered '%c'", type);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &o->list, err);
    if (st == ST_OK && json_type(o->list) != JSON_ARRAY)
        st = err_set(err, ST_INTERNAL, "undo: %s",
                     json_get_str(o->list, "error", "no list"));
    buf_release(&text);
    return st;
}

/* The rows, which name the reads before changes, are known once a worker has
 * booted. Rows without a way back are not worth a question. */
static enum status list(struct session *s, struct offer *o, struct err *err)
{
    enum status st = state_boot(s, NAME, err);
    if (st == ST_OK)
        st = gather(s, o, err);
    if (st == ST_OK)
        st = ask_worker(s, o, err);
    worker_close(s->worker);
    s->worker = NULL;
    for (const struct json *l = json_first(o->list); l; l = json_next(l))
        o->able += !json_get(l, "why");
    return st;
}

/* --- the question ----------------------------------------------------- */

static void put_words(const struct session *s, const struct offer *o,
                      struct buf *out)
{
    size_t named = 0;
    buf_printf(out, "Undo %zu change%s of step '%.*s' in %s, the newest first:",
               o->able, o->able == 1 ? "" : "s",
               SPAN_ARG(s->plan.steps[o->step].block->attr.id), s->env.name);
    for (const struct json *l = json_first(o->list); l; l = json_next(l))
        if (!json_get(l, "why") && named++ < NAMED)
            buf_printf(out, "%s %s", named == 1 ? "" : ";",
                       json_get_str(l, "what", ""));
    if (named > NAMED)
        buf_printf(out, "; and %zu more", named - NAMED);
    buf_char(out, '?');
}

/* A rescue is the author's way back: beside it only a person says yes, not
 * --yes. Nobody there is no yes, and no reason to wait. */
static enum status ask_person(struct session *s, const struct offer *o,
                              bool *yes, const char **how, struct err *err)
{
    struct buf words = {0};
    struct buf safe = {0};
    put_words(s, o, &words);
    redact_bytes(vault_redact(s->vault), buf_view(&words), &safe);
    const struct step *step = &s->plan.steps[o->step];
    struct consent c = {.id = arena_printf(&s->arena, "%.*s-undo",
                                           SPAN_ARG(step->block->attr.id)),
                        .question = buf_cstr(&safe),
                        .by_yes = step->on_fail == SIZE_MAX};
    enum status st = person_consent(&s->person, &c, yes, how, err);
    if (st == ST_WAITING && !interrupted) {
        err_clear(err);
        *how = "nobody";
        st = ST_OK;
    }
    buf_release(&words);
    buf_release(&safe);
    return st;
}

static enum status note_decision(struct session *s, const struct offer *o,
                                 bool yes, const char *how, struct err *err)
{
    struct step_log *log = log_of(s, o);
    struct json *r = session_record("decision", &s->plan.steps[o->step]);
    json_put_str(r, "about", "undo");
    json_put_bool(r, "yes", yes);
    json_put_str(r, "how", how);
    json_put_str(r, "by", s->person.name);
    log->undo = yes ? CONSENT_YES : CONSENT_NO;
    return session_note(s, r, &log->undo_at, err);
}

/* A replay knows only what was decided; a step that has ended without was
 * asked nothing. */
static enum status decide(struct session *s, const struct offer *o,
                          struct err *err)
{
    struct step_log *log = log_of(s, o);
    bool yes = false;
    const char *how = "policy";
    if (log->undo != CONSENT_UNKNOWN || log->has_final ||
        s->door.mode == DOOR_REPLAY)
        return ST_OK;
    enum verdict v = s->env.policy.by_class[EFFECT_REMOTE];
    enum status st = ST_OK;
    bool asks = v == VERDICT_ALLOW || v == VERDICT_ASK;
    if (asks && !s->bound) /* what is taken back stands in no plan */
        st = ask_person(s, o, &yes, &how, err);
    return st == ST_OK ? note_decision(s, o, yes, how, err) : st;
}

/* --- what became of it ------------------------------------------------ */

static const char *refusal(const char *how)
{
    return strcmp(how, "nobody") == 0   ? "nobody was there to agree"
           : strcmp(how, "policy") == 0 ? "the policy lets no person decide"
                                        : "a person said no";
}

static enum status tell_refused(struct session *s, const struct offer *o,
                                struct err *err)
{
    struct json *rec = NULL;
    enum status st = journal_get(&s->journal, log_of(s, o)->undo_at, &rec, err);
    if (st == ST_OK)
        s->steps[o->step].undone = arena_printf(
            &s->arena, "no: %zu change%s could be taken back, and %s", o->able,
            o->able == 1 ? "" : "s", refusal(json_get_str(rec, "how", "")));
    json_free(rec);
    return st;
}

static void append(struct json **to, struct json *more)
{
    if (!*to)
        *to = json_new(JSON_ARRAY);
    for (const struct json *m = json_first(more); m; m = json_next(m))
        json_push(*to, json_copy(m));
}

static void tell_done(struct session *s, size_t step,
                      const struct attempt_result *a)
{
    struct step_view *v = &s->steps[step];
    outcome_log(v, "undo", a);
    append(&v->items, a->items);
    append(&v->activities, a->activities);
    for (int e = 0; e < EFFECT_COUNT; e++)
        v->counts[e] += a->counts[e];
    v->ended_ms = a->ended_ms;
    v->undone = a->passed ? span_dup(&s->arena, span_trim(buf_view(&a->output)))
                          : a->error;
}

static enum status carry_out(struct session *s, const struct offer *o,
                             struct err *err)
{
    struct attempt_result a = {0};
    struct errand errand = {.name = NAME, .code = CODE, .given = o->changes};
    enum status st = attempt_errand(s, o->step, &errand, &a, err);
    if (st == ST_OK)
        tell_done(s, o->step, &a);
    attempt_release(&a);
    return st;
}

enum status undo_offer(struct session *s, size_t step, struct err *err)
{
    if (s->opt->plan)
        return ST_OK;
    if (interrupted)
        return err_set(err, ST_INTERRUPTED, "interrupted");
    struct offer o = {.step = step};
    enum status st = gather(s, &o, err);
    if (st == ST_OK && json_size(o.changes))
        st = list(s, &o, err);
    if (st == ST_OK && o.able)
        st = decide(s, &o, err);
    enum agreement word = log_of(s, &o)->undo;
    if (st == ST_OK && word == CONSENT_YES)
        st = carry_out(s, &o, err);
    else if (st == ST_OK && word == CONSENT_NO)
        st = tell_refused(s, &o, err);
    json_free(o.changes);
    json_free(o.list);
    return st;
}
