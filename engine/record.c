/* Writes the door's intents and results into the journal. */
#include "record.h"

#include <string.h>

#include "port_fs.h"

static struct json *new_record(const char *type, const struct passage *p,
                               const struct activity *a)
{
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", type);
    struct span id = p->step->block->attr.id;
    json_put(r, "step", json_new_bytes(id));
    json_put_int(r, "n", a->n);
    if (a->task)
        json_put_str(r, "task", a->task);
    json_put_str(r, "op", a->op);
    json_put_str(r, "class", effect_name(a->effect));
    json_put_str(r, "digest", a->digest.hex);
    return r;
}

void result_release(struct result *res)
{
    json_free(res->value);
    res->value = NULL;
    buf_release(&res->answer);
}

enum status record_append(struct door *d, struct json *record,
                          enum journal_sync sync, struct record_at *at,
                          struct err *err)
{
    json_put_int(record, "at", clock_now_ms(d->clock));
    enum status st = journal_append(d->journal, record, sync, at, err);
    json_free(record);
    return st;
}

/* Announces a change before it starts; local ones with the file's digests, so
 * that a resume can tell whether it happened. */
enum status record_intent(struct door *d, struct passage *p,
                          const struct activity *a, struct err *err)
{
    struct json *r = new_record("intent", p, a);
    struct buf args = {0};
    enum status st =
        bundle_fold_text(d->bundle, a->args, buf_view(&a->text), &args, err);
    json_put(r, "args", json_new_raw(buf_view(&args)));
    buf_release(&args);
    char before[FS_STATE_ROOM] = "";
    char after[FS_STATE_ROOM] = "";
    if (st == ST_OK && strncmp(a->op, "fs.", 3) == 0) {
        fs_state_digest(d->root, a->op, a->args, before, after);
        json_put_str(r, "before", before);
        json_put_str(r, "after", after);
    }
    if (st != ST_OK) {
        json_free(r);
        return st;
    }
    enum journal_sync sync = a->effect == EFFECT_REMOTE && !d->world
                                 ? JOURNAL_SYNC
                                 : JOURNAL_NO_SYNC;
    struct record_at at;
    st = record_append(d, r, sync, &at, err);
    if (st == ST_OK)
        history_intent(p->log, a->n, at);
    return st;
}

/* --- results: by far the most records, so written without a tree ------- */

static void put_name(struct buf *out, const char *name)
{
    buf_span(out, SPAN(",\""));
    buf_str(out, name);
    buf_span(out, SPAN("\":"));
}

static void put_text(struct buf *out, const char *name, struct span text)
{
    put_name(out, name);
    json_quote(text, out);
}

static void put_int(struct buf *out, const char *name, int64_t value)
{
    put_name(out, name);
    buf_int(out, value);
}

static void put_flag(struct buf *out, const char *name, bool present,
                     bool value)
{
    if (!present)
        return;
    put_name(out, name);
    buf_str(out, value ? "true" : "false");
}

/* The members up to "prev", in canonical order. */
static enum status put_before(const struct door *d, const struct activity *a,
                              const struct result *res, struct buf *out,
                              struct err *err)
{
    buf_span(out, SPAN("{\"args\":"));
    enum status st =
        bundle_fold_text(d->bundle, a->args, buf_view(&a->text), out, err);
    put_int(out, "at", clock_now_ms(d->clock));
    if (json_get(res->value, "tries"))
        put_int(out, "began", res->began_ms);
    put_text(out, "class", span_of(effect_name(a->effect)));
    put_text(out, "digest", span_of(a->digest.hex));
    put_flag(out, "done", res->ok && !res->done && !res->in_doubt, false);
    if (!res->ok)
        put_text(out, "error", span_of(res->message));
    put_flag(out, "in_doubt", res->in_doubt, true);
    if (!res->ok)
        put_text(out, "kind", span_of(res->kind));
    put_int(out, "n", a->n);
    put_flag(out, "ok", true, res->ok);
    put_text(out, "op", span_of(a->op));
    put_flag(out, "policy", res->policy, true);
    return st;
}

/* That, and those behind it. */
static enum status put_after(const struct door *d, const struct passage *p,
                             const struct activity *a, const struct result *res,
                             struct buf *out, struct err *err)
{
    enum status st = ST_OK;
    put_text(out, "prev", span_of(d->journal->head.hex));
    put_flag(out, "reused", res->reused, true);
    put_text(out, "step", p->step->block->attr.id);
    put_flag(out, "stops", res->stops, true);
    if (a->task)
        put_text(out, "task", span_of(a->task));
    put_text(out, "type", SPAN("result"));
    if (res->ok && !res->in_doubt) {
        struct span value =
            span_sub(buf_view(&res->answer), res->value_at, res->answer.n - 1);
        put_name(out, "value");
        st = bundle_fold_text(d->bundle, res->value, value, out, err);
    }
    buf_char(out, '}');
    return st;
}

enum status record_result(struct door *d, struct passage *p,
                          const struct activity *a, const struct result *res,
                          struct err *err)
{
    struct record_at at;
    struct buf *line = journal_begin(d->journal);
    enum status st = put_before(d, a, res, line, err);
    if (st == ST_OK)
        st = put_after(d, p, a, res, line, err);
    if (st == ST_OK)
        st = journal_commit(d->journal, JOURNAL_NO_SYNC, &at, err);
    else
        journal_drop(d->journal);
    if (st == ST_OK && a->effect > EFFECT_READ) /* what was done is noted */
        st = journal_flush(d->journal, err);
    if (st == ST_OK) {
        history_result(d->history, p->log, a->n, at);
        p->cursor = p->log->n_results;
    }
    return st;
}

enum status record_diverged(const struct passage *p, const struct activity *a,
                            const struct json *rec, struct err *err)
{
    struct buf now = {0};
    struct buf then = {0};
    activity_summary(a->op, a->args, &now);
    activity_summary(json_get_str(rec, "op", "?"), json_get(rec, "args"),
                     &then);
    enum status st = err_set(
        err, ST_DIVERGED,
        "step '%.*s', activity %lld: the journal has `%.180s`, the code now "
        "asks `%.180s`",
        SPAN_ARG(p->step->block->attr.id), (long long)a->n, buf_cstr(&then),
        buf_cstr(&now));
    buf_release(&now);
    buf_release(&then);
    return st;
}
