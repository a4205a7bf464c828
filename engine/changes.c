/* Reads a step's changes back from its journal. */
#include "changes.h"

#include <string.h>

#include "activity.h"
#include "redact.h"

/* Whether rec answers a change that was made. */
static bool is_change(const struct json *rec)
{
    enum effect class = EFFECT_NONE;
    effect_parse(span_of(json_get_str(rec, "class", "")), &class);
    return class > EFFECT_READ && json_get_bool(rec, "ok", false) &&
           json_get_bool(rec, "done", true) &&
           !json_get_bool(rec, "in_doubt", false);
}

/* Whether rec is a probe's finding that the change in doubt was made. */
static bool is_settlement(const struct json *rec)
{
    return strcmp(json_get_str(rec, "op", ""), "door.settle") == 0 &&
           json_type(json_get(rec, "value")) != JSON_NULL;
}

static void keep_change(struct session *s, struct passage *p,
                        const struct json *rec, struct record_at asked,
                        struct record_at answered)
{
    const char *task = json_str(json_get(rec, "task"));
    struct change *same = passage_earlier(p, task);
    if (!same) {
        MEM_GROW(p->earlier, p->n_earlier, p->earlier_room);
        same = &p->earlier[p->n_earlier++];
        *same = (struct change){.asked = asked,
                                .answered = answered,
                                .task = task ? arena_strdup(&s->arena, task)
                                             : NULL};
    }
    same->used = true;
}

/* Where the change was asked that settlement, result number k, is about:
 * beside it others may have been in doubt. */
static enum status find_doubt(struct session *s, const struct attempt_log *a,
                              size_t k, const struct json *settlement,
                              struct record_at *at, struct err *err)
{
    struct json *args = NULL;
    enum status st =
        bundle_unfold(&s->bundle, json_get(settlement, "args"), &args, err);
    int64_t n = json_get_int(args, "n", 0);
    json_free(args);
    for (bool found = false; k > 0 && !found && st == ST_OK;) {
        struct json *rec = NULL;
        *at = a->results[--k];
        st = journal_get(&s->journal, *at, &rec, err);
        found = json_get_int(rec, "n", 0) == n;
        json_free(rec);
    }
    return st;
}

/* Those of one attempt. It repeated what its tasks had changed in earlier
 * ones, each from its beginning, and maybe went on. */
static enum status attempt_changes(struct session *s,
                                   const struct attempt_log *a,
                                   struct passage *p, struct err *err)
{
    enum status st = ST_OK;
    for (size_t k = 0; k < a->n_results && st == ST_OK; k++) {
        struct json *rec = NULL;
        struct record_at at = a->results[k];
        struct record_at asked = at;
        st = journal_get(&s->journal, at, &rec, err);
        bool settled = st == ST_OK && is_settlement(rec);
        if (settled)
            st = find_doubt(s, a, k, rec, &asked, err);
        if (st == ST_OK && (settled || is_change(rec)))
            keep_change(s, p, rec, asked, at);
        json_free(rec);
    }
    return st;
}

enum status changes_gather(struct session *s, size_t step, int attempts,
                           struct passage *p, struct err *err)
{
    const struct step_log *log = &s->history.steps[step];
    enum status st = ST_OK;
    for (int i = 0; i < attempts && st == ST_OK; i++) {
        st = attempt_changes(s, &log->attempts[i], p, err);
        passage_rewind(p);
    }
    return st;
}

/* --- as others need them ---------------------------------------------- */

static const char *before_of(const struct session *s, const char *row)
{
    for (const struct json *r = json_first(s->rows); r; r = json_next(r))
        if (strcmp(json_get_str(r, "name", ""), row) == 0)
            return json_str(json_get(r, "before"));
    return NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether rec answers the read that was done just before task's change. */
static bool is_before(const struct json *rec, const struct json *args,
                      const char *read, const char *task)
{
    return strcmp(json_get_str(rec, "op", ""), "http.request") == 0 &&
           json_get_bool(rec, "ok", false) &&
           same_text(json_str(json_get(rec, "task")), task) &&
           strcmp(json_get_str(args, "row", ""), read) == 0;
}

/* How the object of a change was: what the row's read gave last, of this task,
 * before it. */
static enum status add_before(struct session *s, const struct change *c,
                              const char *read, struct json *out,
                              struct err *err)
{
    const struct history *h = &s->history;
    size_t k = h->n_all;
    enum status st = ST_OK;
    while (k > 0 && h->all_results[k - 1].offset >= c->asked.offset)
        k--;
    for (bool found = false; k > 0 && !found && st == ST_OK; k--) {
        struct json *rec = NULL;
        struct json *args = NULL;
        struct json *value = NULL;
        st = journal_get(&s->journal, h->all_results[k - 1], &rec, err);
        if (st == ST_OK)
            st = bundle_unfold(&s->bundle, json_get(rec, "args"), &args, err);
        found = st == ST_OK && is_before(rec, args, read, c->task);
        if (found)
            st = bundle_unfold(&s->bundle, json_get(rec, "value"), &value, err);
        if (found && st == ST_OK)
            json_put(out, "before", value);
        json_free(args);
        json_free(rec);
    }
    return st;
}

static void put_summary(const struct session *s, const struct json *rec,
                        const struct json *args, struct json *out)
{
    struct buf words = {0};
    struct buf safe = {0};
    activity_summary(json_get_str(rec, "op", ""), args, &words);
    redact_bytes(vault_redact(s->vault), buf_view(&words), &safe);
    json_put(out, "summary", json_new_bytes(buf_view(&safe)));
    json_put_str(out, "class", json_get_str(rec, "class", ""));
    buf_release(&words);
    buf_release(&safe);
}

static enum status read_change(struct session *s, const struct change *c,
                               struct json *out, struct err *err)
{
    struct json *asked = NULL;
    struct json *answered = NULL;
    struct json *args = NULL;
    struct json *value = NULL;
    enum status st = journal_get(&s->journal, c->asked, &asked, err);
    if (st == ST_OK)
        st = journal_get(&s->journal, c->answered, &answered, err);
    if (st == ST_OK)
        st = bundle_unfold(&s->bundle, json_get(asked, "args"), &args, err);
    if (st == ST_OK)
        st =
            bundle_unfold(&s->bundle, json_get(answered, "value"), &value, err);
    if (st == ST_OK)
        put_summary(s, asked, args, out);
    const char *row = json_str(json_get(args, "row"));
    const char *read = row ? before_of(s, row) : NULL;
    if (st == ST_OK && read)
        st = add_before(s, c, read, out, err);
    if (st == ST_OK && row) {
        json_put_str(out, "row", row);
        json_put(out, "request", json_copy(args));
        json_put(out, "answer", json_copy(value));
    }
    json_free(value);
    json_free(args);
    json_free(answered);
    json_free(asked);
    return st;
}

enum status changes_made(struct session *s, size_t step, struct json **out,
                         struct err *err)
{
    struct passage p = {0};
    size_t tries = history_tries(&s->history.steps[step]);
    *out = json_new(JSON_ARRAY);
    enum status st = changes_gather(s, step, (int)tries, &p, err);
    for (size_t i = p.n_earlier; i > 0 && st == ST_OK; i--)
        st = read_change(s, &p.earlier[i - 1],
                         json_push(*out, json_new(JSON_OBJECT)), err);
    mem_free(p.earlier);
    return st;
}

/* Sent, and nobody knows what became of it. */
static bool is_doubtful(const struct json *rec)
{
    return strcmp(json_get_str(rec, "class", ""), "remote") == 0 &&
           json_get_bool(rec, "stops", false) &&
           strcmp(json_get_str(rec, "kind", ""), "refused") != 0 &&
           !is_change(rec);
}

static enum status add_doubt(struct session *s, struct record_at at, bool open,
                             struct json *out, struct err *err)
{
    struct json *rec = NULL;
    struct json *args = NULL;
    enum status st = journal_get(&s->journal, at, &rec, err);
    if (st == ST_OK && (open || is_doubtful(rec))) {
        st = bundle_unfold(&s->bundle, json_get(rec, "args"), &args, err);
        put_summary(s, rec, args, json_push(out, json_new(JSON_OBJECT)));
    }
    json_free(args);
    json_free(rec);
    return st;
}

enum status changes_in_doubt(struct session *s, size_t step, struct json **out,
                             struct err *err)
{
    const struct step_log *log = &s->history.steps[step];
    enum status st = ST_OK;
    *out = json_new(JSON_ARRAY);
    for (size_t i = 0; i < history_tries(log); i++) {
        const struct attempt_log *a = &log->attempts[i];
        for (size_t k = 0; k < a->n_results && st == ST_OK; k++)
            st = add_doubt(s, a->results[k], false, *out, err);
        for (size_t k = 0; k < a->n_intents && st == ST_OK; k++)
            st = add_doubt(s, a->intents[k].at, true, *out, err);
    }
    return st;
}
