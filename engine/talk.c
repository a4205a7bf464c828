/* Drives a worker through one block. */
#include "talk.h"

#include <stdlib.h>
#include <string.h>

#include "activity.h"
#include "flight.h"
#include "interrupt.h"
#include "plain.h"
#include "redact.h"

/* What a block may print in one attempt; more is dropped, and said so. */
#define OUTPUT_MAX_BYTES ((size_t)128 << 20)
/* What a block may show as evidence in one attempt: all of it is kept in
 * memory, and in one blob. */
#define EVIDENCE_MAX_BYTES ((size_t)32 << 20)
/* How long a worker may be silent before an interrupt is looked at. */
#define TICK_MS 100

static enum status send_block(const struct talk *t, struct err *err)
{
    struct session *s = t->s;
    const struct block *b = t->p.step->block;
    struct json *m = json_new(JSON_OBJECT);
    json_put(m, "id", json_new_bytes(b->attr.id));
    json_put_str(m, "path", s->page);
    json_put_int(m, "line", b->line + 1);
    if (t->errand) {
        json_put_str(m, "code", t->errand->code);
        json_put(m, "given", json_copy(t->errand->given));
    } else {
        json_put(m, "code", json_new_bytes(b->code));
    }
    struct buf text = {0};
    json_write(m, &text);
    json_free(m);
    enum status st = worker_send(s->worker, WIRE_STEP, buf_view(&text), err);
    buf_release(&text);
    return st;
}

void follow_clock(struct session *s, int64_t at)
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
    t->redacted |= redact_bytes(vault_redact(t->s->vault), payload, &safe);
    size_t room = OUTPUT_MAX_BYTES - t->out->output.n;
    struct span kept = span_sub(buf_view(&safe), 0, room);
    buf_span(&t->out->output, kept);
    t->dropped += safe.n - kept.n;
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

/* Who may be asked sees what the questions rest on; others read the page. */
static void show_item(const struct talk *t, const struct json *item)
{
    const struct person *person = &t->s->person;
    if (!person->terminal || person->yes)
        return;
    struct buf text = {0};
    plain_item(item, &text);
    progress_output(t->s->progress, buf_view(&text));
    buf_release(&text);
}

/* Files are shown by the activity evidence.file, which has read them. */
static bool is_evidence(const struct json *item)
{
    static const char *const kinds[] = {"table", "json",   "text",
                                        "link",  "metric", "check"};
    const char *kind = json_get_str(item, "kind", "");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

static enum status on_evidence(struct talk *t, struct span payload,
                               struct err *err)
{
    struct json *item = NULL;
    t->shown += payload.n;
    if (t->shown > EVIDENCE_MAX_BYTES)
        return err_set(err, ST_FAILED,
                       "the block shows more than %zu MiB of evidence; show "
                       "less, or attach a file",
                       EVIDENCE_MAX_BYTES >> 20);
    enum status st = parse(payload, &item, err);
    if (st == ST_OK && !is_evidence(item))
        st = err_set(err, ST_FAILED,
                     "the worker sent evidence of no known kind and was ended");
    if (st != ST_OK) {
        json_free(item);
        return st;
    }
    t->failed_checks += strcmp(json_get_str(item, "kind", ""), "check") == 0 &&
                        !json_get_bool(item, "ok", false);
    t->redacted |= redact_json(vault_redact(t->s->vault), item);
    if (t->quiet) {
        json_free(item);
        return ST_OK;
    }
    show_item(t, item);
    json_push(t->out->items, item);
    return ST_OK;
}

/* Who watches sees what is asked, unless it was asked before. */
static void show_activity(const struct talk *t, const char *op,
                          const struct json *args)
{
    if (t->quiet || t->p.cursor < t->p.log->n_results ||
        !progress_is_live(t->s->progress))
        return;
    struct buf words = {0};
    struct buf safe = {0};
    activity_summary(op, args, &words);
    redact_bytes(vault_redact(t->s->vault), buf_view(&words), &safe);
    progress_activity(t->s->progress, buf_cstr(&safe));
    buf_release(&safe);
    buf_release(&words);
}

/* What is wrong with a request, NULL: nothing. Lua's own are as they should
 * be; answers in the journal are found by their numbers, so none may come
 * twice. */
static const char *request_flaw(const struct talk *t, const struct json *m)
{
    static const struct {
        const char *name;
        enum json_type type;
        bool needed;
    } members[] = {{"op", JSON_STRING, true},
                   {"args", JSON_OBJECT, true},
                   {"task", JSON_STRING, false},
                   {"open", JSON_BOOL, false}};
    int64_t n = 0;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct json *v = json_get(m, members[i].name);
        if (v ? json_type(v) != members[i].type : members[i].needed)
            return members[i].name;
    }
    return json_int(json_get(m, "n"), &n) && n > t->asked ? NULL : "n";
}

static enum status request_of(struct talk *t, const struct json *m,
                              struct request *out, struct err *err)
{
    const char *flaw = request_flaw(t, m);
    if (flaw)
        return err_set(err, ST_FAILED,
                       "the worker sent a malformed request ('%s' is wrong) "
                       "and was ended",
                       flaw);
    *out = (struct request){.n = json_get_int(m, "n", 0),
                            .op = json_get_str(m, "op", ""),
                            .args = json_get(m, "args"),
                            .task = json_str(json_get(m, "task"))};
    t->asked = out->n;
    return ST_OK;
}

/* A request that waits alone. */
static enum status perform(struct talk *t, const struct request *r,
                           struct err *err)
{
    struct json *answer = NULL;
    enum status st = flight_catch_up(&t->s->door, &t->p, r->n, err);
    if (st == ST_OK)
        st = door_perform(&t->s->door, &t->p, r, &answer, err);
    if (st == ST_OK) {
        struct buf text = {0};
        json_add(answer, "n", json_new_int(r->n));
        json_write(answer, &text);
        st = worker_send(t->s->worker, WIRE_ANSWER, buf_view(&text), err);
        buf_release(&text);
    }
    json_free(answer);
    return st;
}

static enum status on_activity(struct talk *t, struct span payload,
                               struct err *err)
{
    struct json *m = NULL;
    struct request r;
    enum status st = parse(payload, &m, err);
    if (st == ST_OK)
        st = request_of(t, m, &r, err);
    if (st != ST_OK) {
        json_free(m);
        return st;
    }
    show_activity(t, r.op, r.args);
    if (json_get_bool(m, "open", false)) {
        flight_ask(&t->p, m);
        return ST_OK;
    }
    st = perform(t, &r, err);
    json_free(m);
    return st;
}

static enum status on_wait(struct talk *t, struct span payload, struct err *err)
{
    struct json *m = NULL;
    struct buf text = {0};
    enum status st = parse(payload, &m, err);
    if (st == ST_OK)
        st = flight_deliver(&t->s->door, &t->p, json_get(m, "cancel"), &text,
                            err);
    if (st == ST_OK)
        st = worker_send(t->s->worker, WIRE_ANSWERS, buf_view(&text), err);
    buf_release(&text);
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
    t->refused = t->p.refused || json_get_bool(m, "refused", false);
    const struct json *error = json_get(m, "error");
    t->out->passed = json_get_bool(m, "ok", false) && !t->refused;
    if (t->dropped)
        buf_printf(&t->out->output,
                   "[%zu bytes more were dropped: a block may print %zu MiB]\n",
                   t->dropped, OUTPUT_MAX_BYTES >> 20);
    const char *kind = json_get_str(error, "kind", "error");
    t->out->stopped |= strcmp(kind, "compile") == 0 ||
                       strcmp(kind, "final") == 0 || t->refused;
    int64_t line = json_get_int(error, "line", 0) - t->p.step->block->line;
    if (!t->out->passed) {
        struct buf safe = {0};
        t->out->line = line > 0 ? (int)line : 0;
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
    {WIRE_PRINT, on_print},       {WIRE_EVIDENCE, on_evidence},
    {WIRE_ACTIVITY, on_activity}, {WIRE_WAIT, on_wait},
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

/* The network goes on while the worker is busy. */
static enum status await_worker(struct talk *t, struct err *err)
{
    int fd = flight_fd(&t->p);
    while (fd >= 0 && !interrupted && clock_mono_ms() < t->p.deadline_mono_ms) {
        if (flight_move(&t->s->door, &t->p, err) != ST_OK)
            return err->st;
        fd = flight_fd(&t->p);
        if (worker_ready(t->s->worker, fd, TICK_MS))
            return ST_OK;
    }
    return ST_OK;
}

static enum status receive(struct talk *t, enum wire_type *type,
                           struct buf *payload, struct err *err)
{
    for (;;) {
        enum status st = await_worker(t, err);
        if (st != ST_OK)
            return st;
        int64_t now = clock_mono_ms();
        if (now >= t->p.deadline_mono_ms) /* also of one that is never silent */
            return err_set(err, ST_TIMEOUT, "the step's time is up");
        int64_t until = now + TICK_MS < t->p.deadline_mono_ms
                            ? now + TICK_MS
                            : t->p.deadline_mono_ms;
        st = worker_recv(t->s->worker, until, type, payload, err);
        if (interrupted) {
            err_clear(err);
            return err_set(err, ST_INTERRUPTED, "interrupted");
        }
        if (st != ST_TIMEOUT)
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
    struct err late = {0};
    if (flight_land(&t->s->door, &t->p, &late) != ST_OK && st == ST_OK) {
        *err = late;
        st = late.st;
    }
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
    if (b->attr.network)
        json_put_bool(opts, "network", true);
    struct request r = {.n = 1, .op = "sh.run", .args = args};
    struct json *answer = NULL;
    enum status st = door_perform(&t->s->door, &t->p, &r, &answer, err);
    if (st == ST_OK) {
        const struct json *value = json_get(answer, "value");
        struct arena a = {0};
        struct span text;
        static const char *const streams[] = {"stdout", "stderr"};
        for (int i = 0; i < 2; i++)
            if (json_bytes(json_get(value, streams[i]), &a, &text))
                (void)on_print(t, text, err);
        arena_release(&a);
        int64_t code = json_get_int(value, "code", -1);
        t->out->passed = json_get_bool(answer, "ok", false) && code == 0;
        if (!t->out->passed)
            t->out->error =
                json_get_bool(answer, "ok", false)
                    ? arena_printf(&t->s->arena, "exit code %lld",
                                   (long long)code)
                    : arena_strdup(&t->s->arena,
                                   json_get_str(answer, "error", ""));
    }
    json_free(answer);
    json_free(args);
    return st;
}

/* Activity n of a block that is none of Lua's. True: *value is its value,
 * which the caller frees; else it failed, or *st says why the attempt ends. */
static bool act(struct talk *t, int64_t n, const char *op, struct json *args,
                struct json **value, enum status *st, struct err *err)
{
    struct request r = {.n = n, .op = op, .args = args};
    struct json *answer = NULL;
    *value = NULL;
    *st = door_perform(&t->s->door, &t->p, &r, &answer, err);
    bool ok = *st == ST_OK && json_get_bool(answer, "ok", false);
    if (ok)
        *value = json_copy(json_get(answer, "value"));
    else if (*st == ST_OK)
        t->out->error = arena_strdup(
            &t->s->arena, json_get_str(answer, "error", "it failed"));
    json_free(answer);
    json_free(args);
    return ok;
}

static bool counts_rows(const char *command)
{
    static const char *const names[] = {"SELECT", "INSERT", "UPDATE", "DELETE",
                                        "MERGE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(command, names[i]) == 0)
            return true;
    return false;
}

/* The rows of a query as a table, in the order of its columns; what gave none
 * as "UPDATE 3" or "CREATE TABLE". */
static struct json *rows_item(const struct json *result)
{
    const struct json *columns = json_get(result, "columns");
    struct json *item = json_new(JSON_OBJECT);
    json_put_str(item, "kind", json_size(columns) ? "table" : "text");
    if (!json_size(columns)) {
        struct buf text = {0};
        const char *command =
            json_get_str(result, "command", "done before the run stopped");
        buf_str(&text, command);
        if (counts_rows(command))
            buf_printf(&text, " %lld",
                       (long long)json_get_int(result, "count", 0));
        buf_char(&text, '\n');
        json_put_str(item, "text", buf_cstr(&text));
        buf_release(&text);
        return item;
    }
    json_put(item, "columns", json_copy(columns));
    struct json *rows = json_put(item, "rows", json_new(JSON_ARRAY));
    const struct json *row = json_first(json_get(result, "rows"));
    for (; row; row = json_next(row)) {
        struct json *cells = json_push(rows, json_new(JSON_ARRAY));
        for (const struct json *c = json_first(columns); c; c = json_next(c))
            json_push(cells, json_copy(json_get(row, json_str(c))));
    }
    return item;
}

/* A sql block: one query on the environment's database, its rows shown. */
static enum status run_sql(struct talk *t, struct err *err)
{
    const struct json *settings = json_get(t->s->door.settings, "postgres");
    struct json *handle = NULL;
    struct json *result = NULL;
    struct json *args = json_new(JSON_OBJECT);
    enum status st = ST_OK;
    json_put_str(args, "name", json_get_str(settings, "dsn", "DATABASE_URL"));
    if (!act(t, 1, "secret.get", args, &handle, &st, err))
        return st;
    args = json_new(JSON_OBJECT);
    json_put(args, "dsn", handle);
    json_put(args, "text", json_new_bytes(t->p.step->block->code));
    if (!act(t, 2, "sql.query", args, &result, &st, err))
        return st;
    struct json *item = rows_item(result);
    struct buf text = {0};
    json_write(item, &text);
    st = on_evidence(t, buf_view(&text), err);
    t->out->passed = st == ST_OK;
    buf_release(&text);
    json_free(item);
    json_free(result);
    return st;
}

/* What each print showed is clean; a form may reach over several of them. */
static void settle_output(struct talk *t)
{
    struct buf safe = {0};
    struct buf *output = &t->out->output;
    const struct redact *known = vault_redact(t->s->vault);
    const char *name = NULL;
    if (redact_find(known, buf_view(output), &name) == output->n)
        return;
    t->redacted |= redact_bytes(known, buf_view(output), &safe);
    buf_release(output);
    *output = safe;
}

static enum status run_block(struct talk *t, struct err *err)
{
    if (!t->errand && span_is(t->p.step->block->lang, "sql"))
        return run_sql(t, err);
    if (!t->errand && !span_is(t->p.step->block->lang, "lua"))
        return run_shell(t, err);
    enum status st = send_block(t, err);
    return st == ST_OK ? converse(t, err) : st;
}

enum status talk_run(struct talk *t, struct err *err)
{
    enum status st = run_block(t, err);
    settle_output(t);
    return st;
}

void talk_open(struct talk *t, struct session *s, size_t step,
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

void talk_close(struct talk *t)
{
    mem_free(t->p.earlier);
    json_free(t->p.doubtful);
}
