/* Drives a worker through one block. */
#include "attempt.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "activity.h"
#include "boot.h"
#include "prim.h"

/* What a block may print in one attempt; more is dropped, and said so. */
#define OUTPUT_MAX_BYTES ((size_t)128 << 20)
/* A condition is an expression without activities. */
#define CONDITION_MS 5000
/* How long a worker may be silent before an interrupt is looked at. */
#define TICK_MS 100

volatile int attempt_interrupted;

/* The exchange in progress. */
struct talk {
    struct session *s;
    struct passage p;
    struct attempt_result *out;
    bool quiet;   /* bringing a worker's state back: nothing is kept */
    bool done;    /* WIRE_DONE came */
    bool refused; /* a refusal was swallowed in Lua */
    size_t failed_checks;
    size_t dropped;
};

/* --- the worker ------------------------------------------------------ */

static struct json *globals_json(const struct session *s)
{
    struct json *g = json_new(JSON_OBJECT);
    json_put(g, "params", json_copy(s->inputs.values));
    struct json *env = json_copy(s->door.settings);
    if (json_type(env) != JSON_OBJECT) {
        json_free(env);
        env = json_new(JSON_OBJECT);
    }
    json_put_str(env, "name", s->env.name);
    json_put(g, "env", env);
    struct json *run = json_put(g, "run", json_new(JSON_OBJECT));
    json_put_str(run, "id", s->run_id);
    json_put_str(run, "operator", s->operator_name);
    json_put_str(run, "mode", s->env.sandbox ? "sandbox" : "live");
    json_put_str(run, "runbook", s->page);
    return g;
}

static enum status boot(struct session *s, struct err *err)
{
    struct json *payload = json_new(JSON_OBJECT);
    json_put(payload, "globals", globals_json(s));
    struct luafile *mine = arena_array(&s->arena, s->n_modules, sizeof *mine);
    size_t n = 0;
    for (size_t i = 0; i < s->n_modules; i++)
        if (strncmp(s->modules[i].name, "sandbox/", 8) != 0)
            mine[n++] = s->modules[i];
    struct json *rows = NULL;
    enum status st =
        boot_worker(BOOT_RUNBOOK, mine, n, payload, &s->worker, &rows, err);
    json_free(payload);
    if (st != ST_OK)
        return st;
    json_free(s->rows);
    s->rows = rows;
    s->door.rows = rows;
    return ST_OK;
}

static enum status send_block(struct session *s, const struct step *step,
                              struct err *err)
{
    const struct block *b = step->block;
    struct json *m = json_new(JSON_OBJECT);
    json_put(m, "id", json_new_bytes(b->attr.id));
    json_put_str(m, "path", s->page);
    json_put_int(m, "line", b->line + 1);
    json_put(m, "code", json_new_bytes(b->code));
    struct buf text = {0};
    json_write(m, &text);
    json_free(m);
    enum status st = worker_send(s->worker, WIRE_STEP, buf_view(&text), err);
    buf_release(&text);
    return st;
}

/* A virtual clock follows the journal while there is one to follow. */
static void follow_clock(struct session *s, int64_t at)
{
    if (s->clock.is_virtual)
        s->clock.virtual_ms = at;
}

/* --- messages -------------------------------------------------------- */

typedef enum status (*handler)(struct talk *t, struct span payload,
                               struct err *err);

static enum status on_print(struct talk *t, struct span payload,
                            struct err *err)
{
    (void)err;
    if (t->quiet)
        return ST_OK;
    struct buf safe = {0};
    redact_bytes(vault_redact(t->s->vault), payload, &safe);
    size_t room = OUTPUT_MAX_BYTES - t->out->output.n;
    struct span kept = span_sub(buf_view(&safe), 0, room);
    buf_span(&t->out->output, kept);
    t->dropped += safe.n - kept.n;
    if (t->p.cursor == t->p.log->n_results)
        progress_output(t->s->progress, kept);
    buf_release(&safe);
    return ST_OK;
}

static enum status parse(struct span payload, struct json **out,
                         struct err *err)
{
    struct err why = {0};
    if (json_parse(payload, out, &why) == ST_OK)
        return ST_OK;
    return err_set(err, ST_FAILED, "the worker sent no JSON: %s", why.msg);
}

static enum status on_evidence(struct talk *t, struct span payload,
                               struct err *err)
{
    struct json *item = NULL;
    enum status st = parse(payload, &item, err);
    if (st != ST_OK)
        return st;
    t->failed_checks += strcmp(json_get_str(item, "kind", ""), "check") == 0 &&
                        !json_get_bool(item, "ok", false);
    if (t->quiet)
        json_free(item);
    else
        json_push(t->out->items, item);
    return ST_OK;
}

static enum status on_activity(struct talk *t, struct span payload,
                               struct err *err)
{
    struct json *m = NULL;
    enum status st = parse(payload, &m, err);
    if (st != ST_OK)
        return st;
    struct buf answer = {0};
    struct json *none = json_new(JSON_OBJECT);
    const char *op = json_get_str(m, "op", "");
    const struct json *args = json_get(m, "args");
    if (json_type(args) != JSON_OBJECT)
        args = none;
    bool live = t->p.cursor == t->p.log->n_results;
    if (!t->quiet && live) {
        struct buf words = {0};
        activity_summary(op, args, &words);
        progress_activity(t->s->progress, buf_cstr(&words));
        buf_release(&words);
    }
    st = door_perform(&t->s->door, &t->p, op, args, &answer, err);
    if (st == ST_OK) {
        struct json *reply = NULL;
        st = json_parse(buf_view(&answer), &reply, err);
        json_put(reply, "n", json_copy(json_get(m, "n")));
        buf_clear(&answer);
        json_write(reply, &answer);
        json_free(reply);
    }
    if (st == ST_OK)
        st = worker_send(t->s->worker, WIRE_ANSWER, buf_view(&answer), err);
    buf_release(&answer);
    json_free(none);
    json_free(m);
    return st;
}

static enum status on_done(struct talk *t, struct span payload, struct err *err)
{
    struct json *m = NULL;
    enum status st = parse(payload, &m, err);
    if (st != ST_OK)
        return st;
    t->done = true;
    t->refused = json_get_bool(m, "refused", false);
    const struct json *error = json_get(m, "error");
    t->out->passed = json_get_bool(m, "ok", false) && !t->refused;
    const char *kind = json_get_str(error, "kind", "error");
    t->out->stopped |= strcmp(kind, "compile") == 0 || t->refused;
    if (!t->out->passed) {
        struct buf safe = {0};
        redact_bytes(vault_redact(t->s->vault),
                     span_of(json_get_str(error, "message",
                                          "a refused activity was ignored")),
                     &safe);
        t->out->error = arena_strdup(&t->s->arena, buf_cstr(&safe));
        buf_release(&safe);
    }
    json_free(m);
    return ST_OK;
}

static const struct {
    enum wire_type type;
    handler fn;
} handlers[] = {
    {WIRE_PRINT, on_print},
    {WIRE_EVIDENCE, on_evidence},
    {WIRE_ACTIVITY, on_activity},
    {WIRE_DONE, on_done},
};

static enum status dispatch(struct talk *t, enum wire_type type,
                            struct span payload, struct err *err)
{
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (handlers[i].type == type)
            return handlers[i].fn(t, payload, err);
    return err_set(err, ST_FAILED, "the worker sent an unexpected '%c'", type);
}

/* --- the exchange ---------------------------------------------------- */

/* How the worker's end, its silence or a broken message ends the attempt. */
static enum status end_by_force(struct talk *t, const struct err *why)
{
    worker_close(t->s->worker);
    t->s->worker = NULL;
    t->out->passed = false;
    t->out->error = arena_strdup(&t->s->arena, why->msg);
    return ST_OK;
}

static enum status receive(struct talk *t, enum wire_type *type,
                           struct buf *payload, struct err *err)
{
    for (;;) {
        int64_t now = clock_mono_ms();
        int64_t until = now + TICK_MS < t->p.deadline_mono_ms
                            ? now + TICK_MS
                            : t->p.deadline_mono_ms;
        enum status st = worker_recv(t->s->worker, until, type, payload, err);
        if (attempt_interrupted) {
            err_clear(err);
            return err_set(err, ST_INTERRUPTED, "interrupted");
        }
        if (st != ST_TIMEOUT || clock_mono_ms() >= t->p.deadline_mono_ms)
            return st;
        err_clear(err);
        progress_tick(t->s->progress, clock_mono_ms());
    }
}

/* ST_OK once the block has ended one way or the other. */
static enum status converse(struct talk *t, struct err *err)
{
    struct buf payload = {0};
    enum status st = ST_OK;
    while (st == ST_OK && !t->done) {
        enum wire_type type;
        struct err why = {0};
        st = receive(t, &type, &payload, &why);
        if (st == ST_OK)
            st = dispatch(t, type, buf_view(&payload), &why);
        if (st == ST_TIMEOUT) {
            char limit[32];
            int64_t allowed = t->p.step->block->attr.timeout_ms;
            duration_text(allowed, limit);
            follow_clock(t->s, t->out->started_ms + allowed);
            err_clear(&why);
            (void)err_set(&why, ST_FAILED,
                          "timed out after %s; raise timeout= or make the "
                          "step smaller",
                          limit);
            st = ST_FAILED;
        }
        if (st == ST_FAILED || st == ST_IO) {
            st = end_by_force(t, &why);
            break;
        }
        if (st != ST_OK)
            *err = why;
    }
    buf_release(&payload);
    return st;
}

/* A sh or bash block: one activity, its output printed. */
static enum status run_shell(struct talk *t, struct err *err)
{
    const struct block *b = t->p.step->block;
    struct json *args = json_new(JSON_OBJECT);
    struct json *argv = json_put(args, "argv", json_new(JSON_ARRAY));
    json_push(argv, json_new_bytes(b->lang));
    json_push(argv, json_new_str("-c"));
    json_push(argv, json_new_bytes(b->code));
    struct json *opts = json_put(args, "opts", json_new(JSON_OBJECT));
    json_put_bool(opts, "check", false);
    struct buf answer = {0};
    struct json *m = NULL;
    enum status st =
        door_perform(&t->s->door, &t->p, "sh.run", args, &answer, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&answer), &m, err);
    if (st == ST_OK) {
        const struct json *value = json_get(m, "value");
        struct arena a = {0};
        struct span text;
        static const char *const streams[] = {"stdout", "stderr"};
        for (int i = 0; i < 2; i++)
            if (json_bytes(json_get(value, streams[i]), &a, &text))
                (void)on_print(t, text, err);
        arena_release(&a);
        int64_t code = json_get_int(value, "code", -1);
        t->out->passed = json_get_bool(m, "ok", false) && code == 0;
        if (!t->out->passed)
            t->out->error =
                json_get_bool(m, "ok", false)
                    ? arena_printf(&t->s->arena, "exit code %lld",
                                   (long long)code)
                    : arena_strdup(&t->s->arena, json_get_str(m, "error", ""));
    }
    json_free(m);
    json_free(args);
    buf_release(&answer);
    return st;
}

static enum status perform(struct talk *t, struct err *err)
{
    if (!span_is(t->p.step->block->lang, "lua"))
        return run_shell(t, err);
    enum status st = send_block(t->s, t->p.step, err);
    return st == ST_OK ? converse(t, err) : st;
}

static void open_talk(struct talk *t, struct session *s, size_t step,
                      struct attempt_log *log, struct attempt_result *out)
{
    const struct step *st = &s->plan.steps[step];
    *t = (struct talk){.s = s, .out = out};
    *out = (struct attempt_result){.items = json_new(JSON_ARRAY),
                                   .activities = json_new(JSON_ARRAY)};
    t->p = (struct passage){
        .step = st,
        .index = step,
        .log = log,
        .deadline_mono_ms = clock_mono_ms() + st->block->attr.timeout_ms,
        .activities = out->activities,
        .items = out->items,
    };
}

static void close_talk(struct talk *t)
{
    mem_free(t->p.earlier);
    json_free(t->p.doubtful);
}

/* --- state by replay ------------------------------------------------- */

static enum status replay_passed(struct session *s, size_t step,
                                 struct err *err)
{
    struct talk t;
    struct attempt_result ignored;
    open_talk(&t, s, step, history_last(&s->history, step), &ignored);
    t.quiet = true;
    enum status st = perform(&t, err);
    if (st == ST_OK && !ignored.passed)
        st = err_set(err, ST_DIVERGED,
                     "step '%.*s' passed before and fails in replay: %s",
                     SPAN_ARG(t.p.step->block->attr.id),
                     ignored.error ? ignored.error : "no reason");
    close_talk(&t);
    attempt_release(&ignored);
    return st;
}

/* A fresh worker in the state after the last passed step. */
static enum status ensure_worker(struct session *s, struct err *err)
{
    if (s->worker)
        return ST_OK;
    enum status st = boot(s, err);
    enum door_mode mode = s->door.mode;
    struct clock clock = s->clock;
    s->door.mode = DOOR_REPLAY;
    s->clock.is_virtual = true;
    for (size_t i = 0; i < s->n_passed && st == ST_OK; i++)
        if (span_is(s->plan.steps[s->passed[i]].block->lang, "lua"))
            st = replay_passed(s, s->passed[i], err);
    s->door.mode = mode;
    s->clock = clock;
    return st;
}

/* --- retries --------------------------------------------------------- */

/* The changes that the furthest earlier attempt made; each later attempt
 * repeats a prefix of them from the journal. Returns false when one of them
 * was settled by a probe: then nothing may be tried again. */
static enum status gather_changes(struct session *s, size_t step,
                                  struct passage *p, struct err *err)
{
    const struct step_log *log = &s->history.steps[step];
    enum status st = ST_OK;
    for (size_t i = 0; i + 1 < log->n_attempts && st == ST_OK; i++) {
        const struct attempt_log *a = &log->attempts[i];
        struct record_at *found = mem_alloc((a->n_results + 1) * sizeof *found);
        size_t n = 0;
        for (size_t k = 0; k < a->n_results && st == ST_OK; k++) {
            struct json *rec = NULL;
            st = journal_get(&s->journal, a->results[k], &rec, err);
            enum effect class = EFFECT_NONE;
            effect_parse(span_of(json_get_str(rec, "class", "")), &class);
            if (class > EFFECT_READ && json_get_bool(rec, "ok", false))
                found[n++] = a->results[k];
            json_free(rec);
        }
        if (n > p->n_earlier) {
            mem_free(p->earlier);
            p->earlier = found;
            p->n_earlier = n;
        } else {
            mem_free(found);
        }
    }
    return st;
}

/* --- an attempt ------------------------------------------------------ */

static enum status begin(struct session *s, size_t step, int number,
                         struct attempt_log **log, int64_t *started_ms,
                         struct err *err)
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
    json_put_int(r, "at", *started_ms);
    struct record_at at;
    enum status st = session_note(s, r, &at, err);
    *log = history_begin(&s->history, step, at);
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

/* What a failed attempt showed is kept, for it is never executed again. */
static enum status note_end(struct talk *t, struct err *err)
{
    struct attempt_result *o = t->out;
    struct json *r = session_record("attempt-end", t->p.step);
    json_put_str(r, "status", o->passed ? "passed" : "failed");
    json_put_str(r, "out", hash_sha256(buf_view(&o->output)).hex);
    json_put_str(r, "items", digest_of(o->items).hex);
    if (!o->passed) {
        struct json *kept = json_new(JSON_OBJECT);
        json_put(kept, "items", json_copy(o->items));
        json_put(kept, "activities", json_copy(o->activities));
        json_put(kept, "output", json_new_bytes(buf_view(&o->output)));
        struct json *stored = NULL;
        enum status st = bundle_fold(&t->s->bundle, kept, &stored, err);
        json_put(r, "kept", stored);
        json_put_str(r, "error", o->error ? o->error : "");
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

/* A failed attempt from the journal. */
static enum status recall(struct session *s, const struct attempt_log *log,
                          struct attempt_result *out, struct err *err)
{
    struct json *rec = NULL;
    struct json *kept = NULL;
    *out = (struct attempt_result){0};
    enum status st = journal_get(&s->journal, log->end, &rec, err);
    if (st == ST_OK)
        st = bundle_unfold(&s->bundle, json_get(rec, "kept"), &kept, err);
    if (st == ST_OK) {
        struct arena a = {0};
        struct span text;
        out->items = json_copy(json_get(kept, "items"));
        out->activities = json_copy(json_get(kept, "activities"));
        if (json_bytes(json_get(kept, "output"), &a, &text))
            buf_span(&out->output, text);
        arena_release(&a);
        out->error = arena_strdup(&s->arena, json_get_str(rec, "error", ""));
        out->stopped = json_get_bool(rec, "stopped", false);
        out->policy_refused = json_get_bool(rec, "refused", false);
        out->ended_ms = json_get_int(rec, "at", 0);
        follow_clock(s, out->ended_ms);
        count_kept(out);
    }
    json_free(kept);
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
    if (!o->passed)
        differs = o->error ? o->error : "its end";
    else if (t->p.cursor != t->p.log->n_results)
        differs = "it asks for fewer activities";
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

static void judge(struct talk *t)
{
    struct attempt_result *o = t->out;
    struct session *s = t->s;
    if (t->dropped)
        buf_printf(&o->output,
                   "[%zu bytes more were dropped: a block may print %zu MiB]\n",
                   t->dropped, OUTPUT_MAX_BYTES >> 20);
    if (o->passed && t->failed_checks) {
        o->passed = false;
        o->error =
            arena_printf(&s->arena, "%zu check%s failed", t->failed_checks,
                         t->failed_checks == 1 ? "" : "s");
    }
    o->stopped |= t->p.stopped || t->p.was_in_doubt;
    o->policy_refused |= t->p.policy_refused;
    memcpy(o->counts, t->p.counts, sizeof o->counts);
    o->ended_ms = clock_now_ms(&s->clock);
}

enum status attempt_run(struct session *s, size_t step, int number,
                        struct attempt_result *out, struct err *err)
{
    struct attempt_log *log = NULL;
    struct talk t;
    int64_t started_ms = 0;
    *out = (struct attempt_result){0};
    enum status st = begin(s, step, number, &log, &started_ms, err);
    if (st != ST_OK)
        return st;
    if (log->ended && !log->passed) {
        st = recall(s, log, out, err);
        out->started_ms = started_ms;
        return st;
    }
    st = ensure_worker(s, err);
    if (st != ST_OK)
        return st;
    open_talk(&t, s, step, log, out);
    out->started_ms = started_ms;
    st = gather_changes(s, step, &t.p, err);
    if (st == ST_OK)
        st = perform(&t, err);
    if (st == ST_OK)
        judge(&t);
    if (st == ST_OK && log->ended)
        st = compare_end(&t, err);
    else if (st == ST_OK)
        st = note_end(&t, err);
    if (st == ST_OK && !out->passed) {
        worker_close(s->worker);
        s->worker = NULL;
    }
    close_talk(&t);
    return st;
}

void attempt_release(struct attempt_result *r)
{
    json_free(r->items);
    json_free(r->activities);
    buf_release(&r->output);
}

/* --- if= ------------------------------------------------------------- */

static enum status evaluate(struct session *s, const struct step *step,
                            bool *value, struct err *err)
{
    struct json *m = json_new(JSON_OBJECT);
    json_put(m, "id", json_new_bytes(step->block->attr.id));
    json_put_str(m, "path", s->page);
    json_put_int(m, "line", step->block->line);
    json_put(m, "expr", json_new_bytes(step->block->attr.if_expr));
    struct buf text = {0};
    json_write(m, &text);
    json_free(m);
    enum wire_type type = WIRE_VALUE;
    enum status st = worker_send(s->worker, WIRE_COND, buf_view(&text), err);
    if (st == ST_OK)
        st = worker_recv(s->worker, clock_mono_ms() + CONDITION_MS, &type,
                         &text, err);
    m = NULL;
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &m, err);
    if (st == ST_OK && (type != WIRE_VALUE || !json_get_bool(m, "ok", false)))
        st = err_at(err, ST_INPUT, s->page, step->block->line, "if=: %s",
                    json_get_str(m, "error", "no answer"));
    *value = json_get_bool(m, "value", false);
    json_free(m);
    buf_release(&text);
    return st;
}

enum status attempt_condition(struct session *s, size_t step, bool *value,
                              struct err *err)
{
    struct step_log *log = &s->history.steps[step];
    const struct step *st = &s->plan.steps[step];
    enum status result = ensure_worker(s, err);
    if (result == ST_OK)
        result = evaluate(s, st, value, err);
    if (result != ST_OK)
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
