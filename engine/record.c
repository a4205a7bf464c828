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

/* text: value as canonical JSON. */
static enum status put_folded(const struct door *d, struct json *record,
                              const char *key, const struct json *value,
                              struct span text, struct err *err)
{
    struct json *stored = NULL;
    enum status st = bundle_fold_text(d->bundle, value, text, &stored, err);
    json_add(record, key, stored);
    return st;
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
    enum status st = put_folded(d, r, "args", a->args, buf_view(&a->text), err);
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

enum status record_result(struct door *d, struct passage *p,
                          const struct activity *a, const struct result *res,
                          struct err *err)
{
    struct json *r = new_record("result", p, a);
    enum status st = put_folded(d, r, "args", a->args, buf_view(&a->text), err);
    json_put_bool(r, "ok", res->ok);
    if (res->in_doubt)
        json_put_bool(r, "in_doubt", true);
    if (res->ok && !res->done && !res->in_doubt)
        json_put_bool(r, "done", false);
    if (res->policy)
        json_put_bool(r, "policy", true);
    if (res->stops)
        json_put_bool(r, "stops", true);
    if (res->reused)
        json_put_bool(r, "reused", true);
    if (json_get(res->value, "tries"))
        json_put_int(r, "began", res->began_ms);
    if (st == ST_OK && res->ok && !res->in_doubt)
        st = put_folded(d, r, "value", res->value, buf_view(&res->text), err);
    if (!res->ok) {
        json_put_str(r, "kind", res->kind);
        json_put_str(r, "error", res->message);
    }
    if (st != ST_OK) {
        json_free(r);
        return st;
    }
    struct record_at at;
    st = record_append(d, r, JOURNAL_NO_SYNC, &at, err);
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
