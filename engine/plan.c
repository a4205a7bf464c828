/* Orders and validates the steps of a document. */
#include "plan.h"

#include <stdint.h>
#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    const struct step *const *x = a;
    const struct step *const *y = b;
    return span_cmp((*x)->block->attr.id, (*y)->block->attr.id);
}

/* Steps sorted by id, for the look-ups of one plan_make. */
struct id_index {
    const struct step **sorted;
    const struct plan *plan;
};

static void index_ids(const struct plan *p, struct arena *a,
                      struct id_index *out)
{
    out->plan = p;
    out->sorted = arena_array(a, p->n, sizeof *out->sorted);
    for (size_t i = 0; i < p->n; i++)
        out->sorted[i] = &p->steps[i];
    qsort(out->sorted, p->n, sizeof *out->sorted, by_id);
}

static size_t index_find(const struct id_index *x, struct span id)
{
    struct block probe_block = {.attr = {.id = id}};
    struct step probe = {.block = &probe_block};
    const struct step *key = &probe;
    const struct step **hit =
        bsearch(&key, x->sorted, x->plan->n, sizeof *x->sorted, by_id);
    return hit ? (size_t)(*hit - x->plan->steps) : SIZE_MAX;
}

size_t plan_find(const struct plan *p, struct span id)
{
    for (size_t i = 0; i < p->n; i++)
        if (span_eq(p->steps[i].block->attr.id, id))
            return i;
    return SIZE_MAX;
}

static enum status unknown_id(const struct plan *p, const struct step *s,
                              const char *attr, struct span id, struct arena *a,
                              struct err *err)
{
    const char **names = arena_array(a, p->n + 1, sizeof *names);
    for (size_t i = 0; i < p->n; i++)
        names[i] = span_dup(a, p->steps[i].block->attr.id);
    const char *near = nearest_name(id, names);
    return err_at(err, ST_INPUT, p->doc->path, s->block->line,
                  "%s=%.*s names no step%s%s%s", attr, SPAN_ARG(id),
                  near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
}

static enum status link_rescues(struct plan *p, const struct id_index *x,
                                struct arena *a, struct err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        struct step *s = &p->steps[i];
        s->on_fail = SIZE_MAX;
        struct span id = s->block->attr.on_fail;
        if (!id.n)
            continue;
        s->on_fail = index_find(x, id);
        if (s->on_fail == SIZE_MAX)
            return unknown_id(p, s, "on-fail", id, a, err);
        if (s->on_fail == i)
            return err_at(err, ST_INPUT, p->doc->path, s->block->line,
                          "step '%.*s' cannot be its own rescue; name another",
                          SPAN_ARG(id));
        p->steps[s->on_fail].rescue = true;
    }
    return ST_OK;
}

static enum status link_needs(struct plan *p, const struct id_index *x,
                              struct arena *a, struct err *err)
{
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i < p->n; i++) {
        struct step *s = &p->steps[i];
        const struct attrs *at = &s->block->attr;
        bool plain = !at->always && !s->rescue;
        size_t n = at->has_needs ? at->n_needs : nearest != SIZE_MAX && plain;
        size_t *needs = arena_array(a, n, sizeof *needs);
        for (size_t k = 0; k < n; k++) {
            needs[k] = at->has_needs ? index_find(x, at->needs[k]) : nearest;
            if (needs[k] == SIZE_MAX)
                return unknown_id(p, s, "needs", at->needs[k], a, err);
        }
        s->needs = needs;
        s->n_needs = n;
        if (plain)
            nearest = i;
    }
    return ST_OK;
}

enum visit { UNSEEN, OPEN, DONE };

/* Depth first with a stack of our own: a hostile page may chain a million. */
static enum status make_order(struct plan *p, struct arena *a, struct err *err)
{
    struct frame {
        size_t step, next;
    } *stack = arena_array(a, p->n + 1, sizeof *stack);
    unsigned char *seen = arena_alloc(a, p->n);
    p->order = arena_array(a, p->n, sizeof *p->order);
    size_t done = 0;
    for (size_t root = 0; root < p->n; root++) {
        size_t depth = 0;
        if (seen[root] == UNSEEN) {
            stack[depth++] = (struct frame){root, 0};
            seen[root] = OPEN;
        }
        while (depth) {
            struct frame *f = &stack[depth - 1];
            const struct step *s = &p->steps[f->step];
            if (f->next == s->n_needs) {
                seen[f->step] = DONE;
                p->order[done++] = f->step;
                depth--;
                continue;
            }
            size_t need = s->needs[f->next++];
            if (seen[need] == OPEN)
                return err_at(err, ST_INPUT, p->doc->path, s->block->line,
                              "needs= goes in a circle: '%.*s' and '%.*s' wait "
                              "for each other; drop one",
                              SPAN_ARG(s->block->attr.id),
                              SPAN_ARG(p->steps[need].block->attr.id));
            if (seen[need] == UNSEEN) {
                seen[need] = OPEN;
                stack[depth++] = (struct frame){need, 0};
            }
        }
    }
    return ST_OK;
}

/* A rescue runs only when another step fails. */
static enum status check_first(const struct plan *p, struct err *err)
{
    for (size_t i = 0; i < p->n; i++)
        if (!p->steps[i].rescue)
            return ST_OK;
    return err_at(err, ST_INPUT, p->doc->path, p->steps[0].block->line,
                  "every step is the rescue of another: none would ever run; "
                  "drop an on-fail=");
}

enum status plan_make(const struct doc *d, struct arena *a, struct plan *out,
                      struct err *err)
{
    *out = (struct plan){.doc = d, .n = d->n_blocks};
    if (d->n_blocks == 0)
        return err_at(err, ST_INPUT, d->path, 0,
                      "nothing to run: no fenced block has attributes, as in "
                      "```lua {#name effect=read}");
    out->steps = arena_array(a, out->n, sizeof *out->steps);
    for (size_t i = 0; i < out->n; i++) {
        out->steps[i].block = &d->blocks[i];
        out->steps[i].number = i + 1;
    }
    struct id_index x;
    index_ids(out, a, &x);
    enum status st = link_rescues(out, &x, a, err);
    if (st == ST_OK)
        st = check_first(out, err);
    if (st == ST_OK)
        st = link_needs(out, &x, a, err);
    if (st == ST_OK)
        st = make_order(out, a, err);
    return st;
}
