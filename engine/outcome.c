/* Writes down how a step ended: evidence, log, journal. */
#include "outcome.h"

#include <string.h>

#include "bundle.h"
#include "drift.h"
#include "file.h"
#include "talk.h"

void outcome_log(struct step_view *v, const char *title,
                 const struct attempt_result *a)
{
    char iso[32];
    time_iso(a->ended_ms, iso);
    buf_printf(&v->log, "== %s, %s at %s\n", title,
               a->passed ? "passed" : "failed", iso);
    for (const struct json *c = json_first(a->activities); c; c = json_next(c))
        buf_printf(&v->log, "-- %s: %s\n", json_get_str(c, "class", ""),
                   json_get_str(c, "summary", ""));
    if (a->output.n) {
        buf_str(&v->log, "-- output\n");
        buf_span(&v->log, buf_view(&a->output));
        if (a->output.p[a->output.n - 1] != '\n')
            buf_char(&v->log, '\n');
    }
    if (a->items && json_size(a->items)) {
        buf_str(&v->log, "-- evidence\n");
        json_pretty(a->items, &v->log);
        buf_char(&v->log, '\n');
    }
    if (a->error)
        buf_printf(&v->log, "-- error: %s\n", a->error);
}

static const char *log_name(struct session *s, size_t i)
{
    const struct step *step = &s->plan.steps[i];
    return arena_printf(&s->arena, "%02zu-%.*s.log", step->number,
                        SPAN_ARG(step->block->attr.id));
}

static const char *inputs_digest(struct session *s)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n", s->env.sandbox ? "sandbox" : "live");
    json_write(s->inputs.values, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return arena_strdup(&s->arena, d.hex);
}

/* A file of the bundle as the page links it. */
static const char *linked(struct session *s, const char *name)
{
    return path_relative(&s->arena, path_dir(&s->arena, session_target(s)),
                         path_join(&s->arena, s->bundle.rel, name));
}

/* The evidence with its files' paths as the page links them. New array. */
static struct json *linked_items(struct session *s, const struct json *items)
{
    struct json *all = json_new(JSON_ARRAY);
    for (const struct json *i = json_first(items); i; i = json_next(i)) {
        struct json *item = json_push(all, json_copy(i));
        if (strcmp(json_get_str(item, "kind", ""), "file") == 0)
            json_put_str(item, "path", linked(s, json_get_str(i, "path", "")));
    }
    return all;
}

/* By the block's own lines: those of the page move with the evidence. */
const char *outcome_error(struct session *s, size_t i)
{
    const struct step_view *v = &s->steps[i];
    if (!v->error || v->line == 0)
        return v->error;
    return arena_printf(&s->arena, "line %d of the block: %s", v->line,
                        v->error);
}

const char *outcome_error_at(struct session *s, size_t i)
{
    const struct step_view *v = &s->steps[i];
    const struct block *b = s->plan.steps[i].block;
    return arena_printf(&s->arena, "%s:%d: %s", s->page, b->line + v->line,
                        v->error ? v->error : "failed");
}

void outcome_region(struct session *s, size_t i)
{
    struct step_view *v = &s->steps[i];
    const struct block *b = s->plan.steps[i].block;
    const char *log = v->log.n ? linked(s, log_name(s, i)) : NULL;
    struct json *items = linked_items(s, v->items);
    struct step_result r = {
        .id = span_dup(&s->arena, b->attr.id),
        .run = s->bundle.name,
        .environment = s->env.name,
        .status = v->status,
        .attempts = v->attempts,
        .started_ms = v->started_ms,
        .elapsed_ms = v->ended_ms - v->started_ms,
        .src = b->src.hex,
        .items = items,
        .output = buf_view(&v->output),
        .error = outcome_error(s, i),
        .undone = v->undone,
        .reason = v->reason,
        .activities = v->activities,
        .log = log,
        .tight = b->tight,
        .inputs = inputs_digest(s),
    };
    memcpy(r.counts, v->counts, sizeof r.counts);
    struct buf text = {0};
    struct buf safe = {0};
    evidence_markdown(&r, &text);
    redact_bytes(vault_redact(s->vault), buf_view(&text), &safe);
    v->region = span_dup(&s->arena, buf_view(&safe));
    buf_release(&text);
    buf_release(&safe);
    json_free(items);
}

static enum status write_log(struct session *s, size_t i, struct err *err)
{
    struct step_view *v = &s->steps[i];
    if (!v->log.n)
        return ST_OK;
    struct buf safe = {0};
    redact_bytes(vault_redact(s->vault), buf_view(&v->log), &safe);
    enum status st =
        bundle_put(&s->bundle, log_name(s, i), buf_view(&safe), err);
    buf_release(&safe);
    return st;
}

static enum status note_final(struct session *s, size_t i, struct err *err)
{
    struct step_view *v = &s->steps[i];
    struct digest region = hash_sha256(span_of(v->region));
    struct step_log *log = &s->history.steps[i];
    if (log->has_final) {
        struct json *rec = NULL;
        enum status st = journal_get(&s->journal, log->final, &rec, err);
        if (st == ST_OK && strcmp(json_get_str(rec, "region", ""), region.hex))
            st = err_set(err, ST_DIVERGED,
                         "step '%.*s': replay gives other evidence than the "
                         "journal names",
                         SPAN_ARG(s->plan.steps[i].block->attr.id));
        json_free(rec);
        return st;
    }
    enum status st = write_log(s, i, err);
    if (st != ST_OK)
        return st;
    struct json *r = session_record("step", &s->plan.steps[i]);
    if (!v->attempts)
        json_put_int(r, "at", v->started_ms);
    json_put_str(r, "status", step_status_name(v->status));
    json_put_int(r, "attempts", v->attempts);
    json_put_str(r, "region", region.hex);
    if (v->reason)
        json_put_str(r, "reason", v->reason);
    if (v->log.n)
        json_put_str(r, "log", log_name(s, i));
    struct json *counts = json_put(r, "effects", json_new(JSON_OBJECT));
    for (int e = 0; e < EFFECT_COUNT; e++)
        json_put_int(counts, effect_name((enum effect)e), v->counts[e]);
    log->has_final = true;
    return session_note(s, r, &log->final, err);
}

/* A step without an attempt shows when it was passed over: now, or as the
 * journal has it. */
static enum status date_step(struct session *s, size_t i, struct err *err)
{
    struct step_view *v = &s->steps[i];
    const struct step_log *log = &s->history.steps[i];
    struct json *rec = NULL;
    enum status st = ST_OK;
    v->started_ms = clock_now_ms(&s->clock);
    if (log->has_final) {
        st = journal_get(&s->journal, log->final, &rec, err);
        v->started_ms = json_get_int(rec, "at", v->started_ms);
        follow_clock(s, v->started_ms);
        json_free(rec);
    }
    v->ended_ms = v->started_ms;
    return st;
}

/* expect=match: a step that passed fails when it shows something else than the
 * page has recorded; that record stays until --touch replaces it. */
static void compare_expected(struct session *s, size_t i)
{
    struct step_view *v = &s->steps[i];
    struct arena a = {0};
    const struct json *text =
        json_get(s->expected, span_dup(&a, s->plan.steps[i].block->attr.id));
    struct span recorded = json_span(text);
    arena_release(&a);
    if (!text || v->status != STEP_PASSED || s->opt->plan || /* with holes */
        evidence_same(recorded, span_of(v->region)))
        return;
    struct buf why = {0};
    buf_str(&why, "the evidence drifted from what the page records; mend the "
                  "cause, or accept it with --touch");
    drift_diff(recorded, span_of(v->region), &why);
    v->error = span_dup(&s->arena, buf_view(&why));
    buf_release(&why);
    v->drifted = true;
    v->status = STEP_FAILED;
    outcome_region(s, i);
}

static void note_checks(struct session *s, const struct json *items)
{
    for (const struct json *c = json_first(items); c; c = json_next(c)) {
        struct span id = json_span(json_get(c, "id"));
        if (strcmp(json_get_str(c, "kind", ""), "check") != 0)
            continue;
        struct span kept = span_of(span_dup(&s->arena, id));
        if (!json_get_bool(c, "ok", false))
            names_put(&s->checks, kept, CHECK_BROKEN);
        else if (!names_get(&s->checks, kept))
            names_put(&s->checks, kept, CHECK_HELD);
    }
}

/* Once evidence and log are written nothing of it is asked for again but, in a
 * rehearsal, the activities: a run's memory does not grow with what its steps
 * show. */
static void let_go(struct session *s, size_t i)
{
    struct step_view *v = &s->steps[i];
    note_checks(s, v->items);
    json_free(v->items);
    v->items = NULL;
    if (!s->opt->plan) {
        json_free(v->activities);
        v->activities = NULL;
    }
    buf_release(&v->output);
    buf_release(&v->log);
}

enum status outcome_finish(struct session *s, size_t i, enum step_status status,
                           const char *reason, struct err *err)
{
    struct step_view *v = &s->steps[i];
    v->status = status;
    v->reason = reason;
    if (!v->attempts && date_step(s, i, err) != ST_OK)
        return err->st;
    outcome_region(s, i);
    compare_expected(s, i);
    progress_step_end(s->progress, v->status, v->ended_ms - v->started_ms,
                      v->error ? outcome_error_at(s, i) : reason);
    enum status st = note_final(s, i, err);
    let_go(s, i);
    return st;
}
