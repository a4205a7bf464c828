/* Holds a run to its plan. */
#include "bound.h"

#include <string.h>

/* How a message ends. */
#define SENT "; nothing was sent"

struct bound {
    struct plan_file plan;
    struct holes holes;
    int64_t approved_until_ms; /* 0: not approved */
    size_t n;
    bool *made;
    int64_t *asked; /* by which activity of its step, 0: not yet */
};

enum status bound_open(const char *path, const char *run_id, int64_t from_ms,
                       struct bound **out, struct err *err)
{
    struct bound *b = mem_alloc(sizeof *b);
    *out = b;
    holes_init(&b->holes);
    b->holes.from_ms = b->holes.to_ms = from_ms;
    json_put_str(b->holes.bound, HOLES_RUN, run_id);
    enum status st = plan_file_read(path, &b->plan, err);
    b->n = json_size(b->plan.changes);
    b->made = arena_array(&b->plan.arena, b->n, sizeof *b->made);
    b->asked = arena_array(&b->plan.arena, b->n, sizeof *b->asked);
    return st;
}

void bound_free(struct bound *b)
{
    if (!b)
        return;
    holes_release(&b->holes);
    plan_file_release(&b->plan);
    mem_free(b);
}

const struct plan_file *bound_plan(const struct bound *b)
{
    return &b->plan;
}

struct holes *bound_holes(struct bound *b)
{
    return &b->holes;
}

size_t bound_left(const struct bound *b)
{
    size_t left = 0;
    for (size_t i = 0; i < b->n; i++)
        left += !b->made[i];
    return left;
}

void bound_approve(struct bound *b, int64_t until_ms)
{
    b->approved_until_ms = until_ms;
}

enum status bound_leave(const struct bound *b, int64_t now_ms, struct err *err)
{
    char iso[32];
    if (now_ms <= b->approved_until_ms)
        return ST_OK;
    time_iso(b->approved_until_ms, iso);
    return err_set(err, ST_WAITING,
                   "%s%s; nothing was sent; `runproof approve` the " BUNDLE_PLAN
                   " in the run's bundle, and resume",
                   b->approved_until_ms ? "the plan was approved until "
                                        : "the plan needs approval",
                   b->approved_until_ms ? iso : "");
}

/* --- which change is the next ---------------------------------------- */

/* Whether two tasks run beside each other, so that a change of one may still be
 * open when the other asks: where their paths part ("1.2/3.1": the second item
 * of the first group, therein the first of the third) they are items of one
 * group. Groups come one after the other, and a task waits for its own. */
static bool at_once(const char *a, const char *b)
{
    struct span x = span_of(a);
    struct span y = span_of(b);
    while (x.n && y.n) {
        struct span item_x = span_cut(&x, '/');
        struct span item_y = span_cut(&y, '/');
        if (!span_eq(item_x, item_y))
            return span_eq(span_cut(&item_x, '.'), span_cut(&item_y, '.'));
    }
    return false;
}

static bool is_task(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* What is asked, where. */
struct asked {
    struct span step;
    const char *task;
    int64_t n;
    const char *op;
    const struct json *args;
};

static enum status unlike(const struct json *c, const struct asked *q,
                          const char *where, struct err *err)
{
    struct buf want = {0};
    struct buf have = {0};
    activity_summary(json_get_str(c, "op", ""), json_get(c, "args"), &want);
    activity_summary(q->op, q->args, &have);
    enum status st = err_set(
        err, ST_WAITING,
        "not the plan's change %lld: expected in step '%s' `%.100s`, asked "
        "`%.100s`%s%.220s" SENT,
        (long long)json_get_int(c, "n", 0), json_get_str(c, "step", ""),
        buf_cstr(&want), buf_cstr(&have), *where ? ": " : "", where);
    buf_release(&want);
    buf_release(&have);
    return st;
}

static enum status beyond(const struct bound *b, const struct asked *q,
                          struct err *err)
{
    struct buf have = {0};
    activity_summary(q->op, q->args, &have);
    const char *why = json_size(json_get(b->plan.whole, "stops"))
                          ? "it could not be predicted any further"
                          : "all of it is done";
    enum status st =
        err_set(err, ST_WAITING,
                "beyond the plan, which holds no further change (%s): asked "
                "`%.200s`" SENT,
                why, buf_cstr(&have));
    buf_release(&have);
    return st;
}

/* The plan's change that q may be; *i is its place. */
static enum status find(struct bound *b, const struct vault *vault,
                        const struct asked *q, size_t *place, struct err *err)
{
    const struct json *c = json_first(b->plan.changes);
    for (size_t i = 0; c; c = json_next(c), i++) {
        const char *task = json_str(json_get(c, "task"));
        bool here = span_is(q->step, json_get_str(c, "step", ""));
        if (b->made[i] || (here && at_once(q->task, task)))
            continue;
        struct buf where = {0};
        bool same =
            here && is_task(q->task, task) &&
            strcmp(json_get_str(c, "op", ""), q->op) == 0 &&
            holes_fit(&b->holes, vault, json_get(c, "args"), q->args, &where);
        enum status st = same ? ST_OK : unlike(c, q, buf_cstr(&where), err);
        buf_release(&where);
        *place = i;
        return st;
    }
    return beyond(b, q, err);
}

/* Numbers begin anew in each attempt: what one of them asked under this number
 * and did not get done is asked again. */
static void note_asked(struct bound *b, size_t place, int64_t n)
{
    for (size_t i = 0; i < b->n; i++)
        if (!b->made[i] && b->asked[i] == n)
            b->asked[i] = 0;
    b->asked[place] = n;
}

enum status bound_admit(struct door *d, const struct passage *p,
                        const struct activity *a, struct err *err)
{
    struct bound *b = d->bound;
    size_t i = 0;
    const struct asked q = {p->step->block->attr.id, a->task, a->n, a->op,
                            a->args};
    b->holes.to_ms = clock_now_ms(d->clock);
    enum status st = find(b, d->vault, &q, &i, err);
    if (st == ST_OK)
        note_asked(b, i, a->n);
    return st;
}

void bound_made(struct bound *b, struct span step, int64_t n, bool done,
                const struct json *value)
{
    const struct json *c = json_first(b->plan.changes);
    for (size_t i = 0; c; c = json_next(c), i++) {
        if (b->made[i] || b->asked[i] != n ||
            !span_is(step, json_get_str(c, "step", "")))
            continue;
        if (!done && !json_get_bool(c, "refused", false))
            return;
        b->made[i] = true;
        holes_learn(&b->holes, json_get(c, "binds"), value);
        return;
    }
}

/* --- after a break --------------------------------------------------- */

static bool was_change(const struct json *rec)
{
    enum effect class = EFFECT_NONE;
    effect_parse(span_of(json_get_str(rec, "class", "")), &class);
    return class > EFFECT_READ && json_get_bool(rec, "ok", false) &&
           !json_get_bool(rec, "reused", false);
}

static bool is_op(const struct json *rec, const char *op)
{
    return strcmp(json_get_str(rec, "op", ""), op) == 0;
}

/* A change, or what a probe found of one. */
static enum status take_record(struct door *d, const struct json *rec,
                               const struct json *args,
                               const struct json *value, struct err *err)
{
    struct bound *b = d->bound;
    const struct asked q = {
        json_span(json_get(rec, "step")), json_str(json_get(rec, "task")),
        json_get_int(rec, "n", 0), json_get_str(rec, "op", ""), args};
    size_t i = 0;
    b->holes.to_ms = json_get_int(rec, "at", 0);
    if (is_op(rec, "secret.seal"))
        holes_seal(&b->holes, args, value);
    if (is_op(rec, "door.settle") &&
        strcmp(json_get_str(args, "outcome", ""), "done") == 0)
        bound_made(b, q.step, json_get_int(args, "n", 0), true, value);
    if (!was_change(rec))
        return ST_OK;
    /* a replay has no secrets, and what stands in a journal had been checked */
    const struct vault *vault = d->mode == DOOR_REPLAY ? NULL : d->vault;
    struct err why = {0};
    enum status st = find(b, vault, &q, &i, &why);
    struct span told = span_of(why.msg);
    struct span change = span_sub(told, 0, span_find(told, SPAN(SENT), 0));
    if (st != ST_OK)
        return err_set(err, ST_TAMPERED,
                       "the journal has a change that is %.*s",
                       SPAN_ARG(change));
    note_asked(b, i, q.n);
    if (!json_get_bool(rec, "in_doubt", false))
        bound_made(b, q.step, q.n, json_get_bool(rec, "done", true), value);
    return ST_OK;
}

enum status bound_catch_up(struct door *d, struct err *err)
{
    const struct history *h = d->history;
    const int64_t hook_at = history_hook_at(h); /* what follows is no step's */
    enum status st = ST_OK;
    for (size_t i = 0; i < h->n_all && st == ST_OK; i++) {
        if (h->all_results[i].offset > hook_at)
            break;
        struct json *rec = NULL;
        struct json *args = NULL;
        struct json *value = NULL;
        st = journal_get(d->journal, h->all_results[i], &rec, err);
        if (st == ST_OK)
            st = bundle_unfold(d->bundle, json_get(rec, "args"), &args, err);
        if (st == ST_OK && json_get(rec, "value"))
            st = bundle_unfold(d->bundle, json_get(rec, "value"), &value, err);
        if (st == ST_OK)
            st = take_record(d, rec, args, value, err);
        json_free(value);
        json_free(args);
        json_free(rec);
    }
    return st;
}
