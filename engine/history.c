/* Indexes a journal by step and attempt. */
#include "history.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

void history_init(struct history *h, size_t n_steps)
{
    *h = (struct history){.n = n_steps};
    h->steps = mem_alloc(n_steps * sizeof *h->steps);
}

void history_release(struct history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        struct step_log *s = &h->steps[i];
        for (size_t k = 0; k < s->n_attempts; k++) {
            mem_free(s->attempts[k].results);
            mem_free(s->attempts[k].intents);
        }
        mem_free(s->attempts);
    }
    mem_free(h->steps);
    mem_free(h->all_results);
    *h = (struct history){0};
}

struct attempt_log *history_begin(struct history *h, size_t step,
                                  struct record_at at)
{
    struct step_log *s = &h->steps[step];
    if (!s->room) { /* most steps need no second one */
        s->attempts = mem_alloc(sizeof *s->attempts);
        s->room = 1;
    }
    MEM_GROW(s->attempts, s->n_attempts, s->room);
    struct attempt_log *log = &s->attempts[s->n_attempts++];
    *log = (struct attempt_log){.begin = at};
    return log;
}

void history_intent(struct attempt_log *log, int64_t n, struct record_at at)
{
    MEM_GROW(log->intents, log->n_intents, log->intents_room);
    log->intents[log->n_intents++] = (struct intent){n, at};
}

bool history_is_open(const struct attempt_log *log, int64_t n)
{
    for (size_t i = 0; i < log->n_intents; i++)
        if (log->intents[i].n == n)
            return true;
    return false;
}

bool history_settle(struct attempt_log *log, int64_t n, struct record_at *at)
{
    for (size_t i = 0; i < log->n_intents; i++) {
        if (log->intents[i].n != n)
            continue;
        *at = log->intents[i].at;
        log->intents[i] = log->intents[--log->n_intents];
        return true;
    }
    return false;
}

void history_result(struct history *h, struct attempt_log *log, int64_t n,
                    struct record_at at)
{
    struct record_at intent;
    MEM_GROW(log->results, log->n_results, log->room);
    log->results[log->n_results++] = at;
    (void)history_settle(log, n, &intent);
    MEM_GROW(h->all_results, h->n_all, h->room_all);
    h->all_results[h->n_all++] = at;
}

struct attempt_log *history_last(struct history *h, size_t step)
{
    struct step_log *s = &h->steps[step];
    return s->n_attempts ? &s->attempts[s->n_attempts - 1] : NULL;
}

size_t history_tries(const struct step_log *log)
{
    size_t n = 0;
    while (n < log->n_attempts && !log->attempts[n].errand)
        n++;
    return n;
}

size_t history_errand(const struct step_log *log, const char *name)
{
    for (size_t i = 0; i < log->n_attempts; i++)
        if (log->attempts[i].errand &&
            strcmp(log->attempts[i].errand, name) == 0)
            return i + 1;
    return 0;
}

int64_t history_hook_at(const struct history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        size_t n = history_errand(&h->steps[i], "escalate");
        if (n)
            return h->steps[i].attempts[n - 1].begin.offset;
    }
    return INT64_MAX;
}

struct loader {
    struct history *h;
    const struct plan *plan;
    const char *path;
    size_t step; /* the step of the last record that named one */
};

typedef void (*apply)(struct loader *l, const struct json *rec,
                      struct record_at at);

static struct step_log *current(struct loader *l)
{
    return &l->h->steps[l->step];
}

static void on_run(struct loader *l, const struct json *rec,
                   struct record_at at)
{
    (void)rec;
    l->h->run = at;
    l->h->has_run = true;
}

static void on_cond(struct loader *l, const struct json *rec,
                    struct record_at at)
{
    (void)rec;
    current(l)->cond = at;
    current(l)->has_cond = true;
}

static void on_decision(struct loader *l, const struct json *rec,
                        struct record_at at)
{
    enum agreement word =
        json_get_bool(rec, "yes", false) ? CONSENT_YES : CONSENT_NO;
    struct span about = json_span(json_get(rec, "about"));
    enum effect class;
    if (span_is(about, "confirm"))
        current(l)->confirm = word;
    else if (span_is(about, "undo")) {
        current(l)->undo = word;
        current(l)->undo_at = at;
    } else if (effect_parse(about, &class))
        current(l)->agreed[class] = word;
}

static const char *const errands[] = {"undo", "escalate"};

static void on_attempt(struct loader *l, const struct json *rec,
                       struct record_at at)
{
    struct attempt_log *log = history_begin(l->h, l->step, at);
    const char *name = json_get_str(rec, "for", "");
    for (size_t i = 0; i < sizeof errands / sizeof *errands; i++)
        if (strcmp(name, errands[i]) == 0)
            log->errand = errands[i];
}

static void on_intent(struct loader *l, const struct json *rec,
                      struct record_at at)
{
    struct attempt_log *log = history_last(l->h, l->step);
    if (log)
        history_intent(log, json_get_int(rec, "n", 0), at);
}

static void on_result(struct loader *l, const struct json *rec,
                      struct record_at at)
{
    struct attempt_log *log = history_last(l->h, l->step);
    if (log)
        history_result(l->h, log, json_get_int(rec, "n", 0), at);
}

static void on_attempt_end(struct loader *l, const struct json *rec,
                           struct record_at at)
{
    struct attempt_log *log = history_last(l->h, l->step);
    if (!log)
        return;
    log->end = at;
    log->ended = true;
    log->passed = strcmp(json_get_str(rec, "status", ""), "passed") == 0;
}

static void on_step(struct loader *l, const struct json *rec,
                    struct record_at at)
{
    (void)rec;
    current(l)->final = at;
    current(l)->has_final = true;
}

static void on_end(struct loader *l, const struct json *rec,
                   struct record_at at)
{
    (void)rec;
    l->h->last_end = at;
    l->h->ended = true;
}

static void on_nothing(struct loader *l, const struct json *rec,
                       struct record_at at)
{
    (void)l;
    (void)rec;
    (void)at;
}

static const struct {
    const char *type;
    apply fn;
} kinds[] = {
    {"run", on_run},
    {"cond", on_cond},
    {"decision", on_decision},
    {"attempt", on_attempt},
    {"intent", on_intent},
    {"result", on_result},
    {"attempt-end", on_attempt_end},
    {"step", on_step},
    {"end", on_end},
    {"pause", on_nothing},
    {"resume", on_nothing},
    {"approval", on_nothing},
    {"warning", on_nothing},
};

static bool find_step(struct loader *l, struct span id)
{
    const struct plan *p = l->plan;
    if (l->step < p->n && span_eq(p->steps[l->step].block->attr.id, id))
        return true;
    size_t next = l->step + 1;
    if (next < p->n && span_eq(p->steps[next].block->attr.id, id))
        l->step = next;
    else
        l->step = plan_find(p, id);
    return l->step != SIZE_MAX;
}

static enum status load_record(void *ctx, const struct json *rec,
                               struct record_at at, struct err *err)
{
    struct loader *l = ctx;
    const char *type = json_get_str(rec, "type", "");
    const char *step = json_str(json_get(rec, "step"));
    if (step && !find_step(l, span_of(step)))
        return err_at(err, ST_DIVERGED, l->path, (int)at.line,
                      "the journal names step '%s', which the source does not "
                      "have",
                      step);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(type, kinds[i].type) == 0) {
            kinds[i].fn(l, rec, at);
            return ST_OK;
        }
    return err_at(err, ST_TAMPERED, l->path, (int)at.line,
                  "unknown kind of record '%s'", type);
}

enum status history_load(struct history *h, const struct plan *plan,
                         const char *path, enum torn torn,
                         struct journal_walk *walk, struct err *err)
{
    struct loader l = {.h = h, .plan = plan, .path = path};
    *walk = (struct journal_walk){.fn = load_record, .ctx = &l};
    history_init(h, plan->n);
    enum status st = journal_walk(path, torn, walk, err);
    if (st == ST_OK && !h->has_run)
        st = err_at(err, ST_TAMPERED, path, 1,
                    "the journal has no first record");
    return st;
}
