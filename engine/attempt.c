/* One attempt of a step: begun, carried out or recalled, judged, noted. */
#include "attempt.h"

#include <string.h>

#include "changes.h"
#include "state.h"
#include "talk.h"

/* A condition is an expression without activities. */
#define CONDITION_MS 5000
/* More would make the error a list. */
#define NAMED_CHECKS 5

/* --- an attempt ------------------------------------------------------ */

static enum status begin(struct session *s, size_t step, int number,
                         const struct errand *errand, struct attempt_log **log,
                         int64_t *started_ms, struct err *err)
{
    struct step_log *sl = &s->history.steps[step];
    if ((size_t)number <= sl->n_attempts) {
        struct json *rec = NULL;
        *log = &sl->attempts[number - 1];
        enum status st = journal_get(&s->journal, (*log)->begin, &rec, err);
        *started_ms = json_get_int(rec, "at", 0);
        follow_clock(s, *started_ms);
        json_free(rec);
        return st;
    }
    *started_ms = clock_now_ms(&s->clock);
    struct json *r = session_record("attempt", &s->plan.steps[step]);
    json_put_int(r, "attempt", number);
    if (errand)
        json_put_str(r, "for", errand->name);
    json_put_int(r, "at", *started_ms);
    struct record_at at;
    enum status st = session_note(s, r, &at, err);
    *log = history_begin(&s->history, step, at);
    (*log)->errand = errand ? errand->name : NULL;
    return st;
}

static struct digest digest_of(const struct json *j)
{
    struct buf text = {0};
    json_write(j, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return d;
}

/* What a failed attempt showed is kept, for it is never executed again; so is
 * what showed a secret, for a replay would not know what to take out. */
static enum status note_end(struct talk *t, struct err *err)
{
    struct attempt_result *o = t->out;
    struct json *r = session_record("attempt-end", t->p.step);
    json_put_str(r, "status", o->passed ? "passed" : "failed");
    json_put_str(r, "out", hash_sha256(buf_view(&o->output)).hex);
    json_put_str(r, "items", digest_of(o->items).hex);
    json_put_bool(r, "redacted", t->redacted);
    if (!o->passed || t->redacted) {
        struct json *kept = json_new(JSON_OBJECT);
        json_put(kept, "items", json_copy(o->items));
        json_put(kept, "activities", json_copy(o->activities));
        struct json *stored = NULL;
        enum status st = bundle_fold_bytes(&t->s->bundle, buf_view(&o->output),
                                           &stored, err);
        json_put(kept, "output", stored);
        if (st == ST_OK)
            st = bundle_fold(&t->s->bundle, kept, &kept, err);
        json_put(r, "kept", kept);
        json_put_str(r, "error", o->error ? o->error : "");
        json_put_int(r, "line", o->line);
        json_put_bool(r, "stopped", o->stopped);
        json_put_bool(r, "refused", o->policy_refused);
        if (st != ST_OK) {
            json_free(r);
            return st;
        }
    }
    t->p.log->ended = true;
    t->p.log->passed = o->passed;
    json_put_int(r, "at", o->ended_ms);
    return session_note(t->s, r, &t->p.log->end, err);
}

static void count_kept(struct attempt_result *out)
{
    const struct json *a = json_first(out->activities);
    for (; a; a = json_next(a)) {
        enum effect class = EFFECT_NONE;
        effect_parse(span_of(json_get_str(a, "class", "")), &class);
        out->counts[class]++;
    }
}

/* What an attempt showed, from the record of its end. */
static enum status take_kept(struct session *s, const struct json *rec,
                             struct attempt_result *out, struct err *err)
{
    struct json *kept = NULL;
    enum status st =
        bundle_unfold(&s->bundle, json_get(rec, "kept"), &kept, err);
    if (st == ST_OK) {
        attempt_release(out);
        out->output = (struct buf){0};
        out->items = json_copy(json_get(kept, "items"));
        out->activities = json_copy(json_get(kept, "activities"));
        st = bundle_unfold_bytes(&s->bundle, json_get(kept, "output"),
                                 &out->output, err);
    }
    json_free(kept);
    return st;
}

/* A failed attempt from the journal. */
static enum status recall(struct session *s, const struct attempt_log *log,
                          struct attempt_result *out, struct err *err)
{
    struct json *rec = NULL;
    *out = (struct attempt_result){0};
    enum status st = journal_get(&s->journal, log->end, &rec, err);
    if (st == ST_OK)
        st = take_kept(s, rec, out, err);
    if (st == ST_OK) {
        out->error = arena_strdup(&s->arena, json_get_str(rec, "error", ""));
        out->line = (int)json_get_int(rec, "line", 0);
        out->stopped = json_get_bool(rec, "stopped", false);
        out->policy_refused = json_get_bool(rec, "refused", false);
        out->ended_ms = json_get_int(rec, "at", 0);
        follow_clock(s, out->ended_ms);
        count_kept(out);
    }
    json_free(rec);
    return st;
}

/* A replayed passed attempt must show what it showed. */
static enum status compare_end(struct talk *t, struct err *err)
{
    struct json *rec = NULL;
    struct attempt_result *o = t->out;
    enum status st = journal_get(&t->s->journal, t->p.log->end, &rec, err);
    if (st != ST_OK)
        return st;
    const char *differs = NULL;
    bool redacted = json_get_bool(rec, "redacted", false);
    if (!o->passed)
        differs = o->error ? o->error : "its end";
    else if (t->p.cursor != t->p.log->n_results)
        differs = "it asks for fewer activities";
    else if (redacted)
        st = take_kept(t->s, rec, o, err);
    else if (strcmp(json_get_str(rec, "out", ""),
                    hash_sha256(buf_view(&o->output)).hex))
        differs = "its output";
    else if (strcmp(json_get_str(rec, "items", ""), digest_of(o->items).hex))
        differs = "its evidence";
    if (differs)
        st = err_set(err, ST_DIVERGED,
                     "step '%.*s', after activity %zu: replay differs from the "
                     "journal in: %s",
                     SPAN_ARG(t->p.step->block->attr.id), t->p.cursor, differs);
    o->ended_ms = json_get_int(rec, "at", 0);
    follow_clock(t->s, o->ended_ms);
    json_free(rec);
    return st;
}

/* "2 checks failed: health, version" */
static const char *name_failed(struct session *s, const struct json *items,
                               size_t failed)
{
    struct buf text = {0};
    size_t named = 0;
    buf_printf(&text, "%zu check%s failed", failed, failed == 1 ? "" : "s");
    for (const struct json *c = json_first(items); c; c = json_next(c)) {
        bool is_one = strcmp(json_get_str(c, "kind", ""), "check") == 0 &&
                      !json_get_bool(c, "ok", false);
        if (is_one && named++ < NAMED_CHECKS)
            buf_printf(&text, "%s %s", named == 1 ? ":" : ",",
                       json_get_str(c, "id", ""));
    }
    if (named > NAMED_CHECKS)
        buf_str(&text, ", …");
    const char *kept = span_dup(&s->arena, buf_view(&text));
    buf_release(&text);
    return kept;
}

/* A change from before a crash that nobody has found out about: its probe
 * failed, or the attempt ended before it was asked for again. Another attempt
 * would make it once more. */
static void stop_in_doubt(struct talk *t)
{
    struct attempt_result *o = t->out;
    if (o->passed || !(t->p.doubtful || t->p.log->n_intents))
        return;
    o->stopped = true;
    o->error =
        arena_printf(&t->s->arena,
                     "%s; a change that was under way when the run stopped "
                     "may have been made: see, before you run this again",
                     o->error ? o->error : "failed");
}

static void judge(struct talk *t)
{
    struct attempt_result *o = t->out;
    struct session *s = t->s;
    if (o->passed && t->failed_checks) {
        o->passed = false;
        o->error = name_failed(s, o->items, t->failed_checks);
    }
    stop_in_doubt(t);
    o->stopped |= t->p.stopped;
    o->policy_refused |= t->p.policy_refused;
    memcpy(o->counts, t->p.counts, sizeof o->counts);
    o->ended_ms = clock_now_ms(&s->clock);
}

static enum status conduct(struct session *s, size_t step, int number,
                           const struct errand *errand,
                           struct attempt_result *out, struct err *err)
{
    struct attempt_log *log = NULL;
    struct talk t;
    int64_t started_ms = 0;
    *out = (struct attempt_result){0};
    enum status st = begin(s, step, number, errand, &log, &started_ms, err);
    if (st != ST_OK)
        return st;
    if (log->ended && !log->passed) {
        st = recall(s, log, out, err);
        out->started_ms = started_ms;
        return st;
    }
    st = errand ? state_boot(s, errand->name, err) : state_ensure(s, err);
    if (st != ST_OK)
        return st;
    talk_open(&t, s, step, log, out);
    t.errand = errand;
    out->started_ms = started_ms;
    if (errand)
        t.p.granted = errand->granted;
    else
        st = changes_gather(s, step, number - 1, &t.p, err);
    if (st == ST_OK)
        st = talk_run(&t, err);
    if (st == ST_OK || s->door.mode == DOOR_PREDICT)
        judge(&t);
    if (st == ST_OK && log->ended)
        st = compare_end(&t, err);
    else if (st == ST_OK)
        st = note_end(&t, err);
    if (st == ST_OK && (errand || !out->passed)) {
        worker_close(s->worker);
        s->worker = NULL;
    }
    talk_close(&t);
    return st;
}

enum status attempt_run(struct session *s, size_t step, int number,
                        struct attempt_result *out, struct err *err)
{
    return conduct(s, step, number, NULL, out, err);
}

enum status attempt_errand(struct session *s, size_t step,
                           const struct errand *errand,
                           struct attempt_result *out, struct err *err)
{
    const struct step_log *log = &s->history.steps[step];
    size_t number = history_errand(log, errand->name);
    if (!number)
        number = log->n_attempts + 1;
    return conduct(s, step, (int)number, errand, out, err);
}

void attempt_release(struct attempt_result *r)
{
    json_free(r->items);
    json_free(r->activities);
    buf_release(&r->output);
}

/* --- if= ------------------------------------------------------------- */

/* The answer to WIRE_COND; a worker that gives none is closed. */
static enum status ask_worker(struct session *s, struct json *question,
                              struct json **answer, struct err *err)
{
    struct buf text = {0};
    enum wire_type type = WIRE_VALUE;
    json_write(question, &text);
    enum status st = worker_send(s->worker, WIRE_COND, buf_view(&text), err);
    if (st == ST_OK)
        st = worker_recv(s->worker, clock_mono_ms() + CONDITION_MS, &type,
                         &text, err);
    if (st == ST_OK && type != WIRE_VALUE)
        st =
            err_set(err, ST_FAILED, "the worker sent an unexpected '%c'", type);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), answer, err);
    buf_release(&text);
    if (st != ST_OK) {
        worker_close(s->worker);
        s->worker = NULL;
    }
    return st;
}

static void evaluate(struct session *s, const struct step *step, bool *value,
                     const char **broken)
{
    struct json *m = json_new(JSON_OBJECT);
    struct json *answer = NULL;
    struct err why = {0};
    json_put(m, "id", json_new_bytes(step->block->attr.id));
    json_put_str(m, "path", s->page);
    json_put_int(m, "line", step->block->line);
    json_put(m, "expr", json_new_bytes(step->block->attr.if_expr));
    enum status st = ask_worker(s, m, &answer, &why);
    const char *text = NULL;
    if (st == ST_TIMEOUT)
        text = "it did not come to an end";
    else if (st != ST_OK)
        text = why.msg;
    else if (!json_get_bool(answer, "ok", false))
        text = json_get_str(json_get(answer, "error"), "message", "no answer");
    if (text)
        *broken = arena_printf(&s->arena, "if=: %s", text);
    *value = json_get_bool(answer, "value", false);
    json_free(answer);
    json_free(m);
}

enum status attempt_condition(struct session *s, size_t step, bool *value,
                              const char **broken, struct err *err)
{
    struct step_log *log = &s->history.steps[step];
    const struct step *st = &s->plan.steps[step];
    enum status result = state_ensure(s, err);
    if (result == ST_OK)
        evaluate(s, st, value, broken);
    if (result != ST_OK || *broken)
        return result;
    if (!log->has_cond) {
        struct json *r = session_record("cond", st);
        json_put_bool(r, "value", *value);
        log->has_cond = true;
        return session_note(s, r, &log->cond, err);
    }
    struct json *rec = NULL;
    result = journal_get(&s->journal, log->cond, &rec, err);
    if (result == ST_OK && json_get_bool(rec, "value", false) != *value)
        result = err_set(err, ST_DIVERGED,
                         "step '%.*s': if= was %s and is %s in replay",
                         SPAN_ARG(st->block->attr.id),
                         *value ? "false" : "true", *value ? "true" : "false");
    json_free(rec);
    return result;
}
