/* What is found in a text, and what of it may be shown. */
#include <stdio.h>
#include <stdlib.h>

#include "delta.h"
#include "scan_part.h"

struct candidate {
    uint32_t line;
    uint32_t end;
};

struct candidates {
    struct candidate *v;
    size_t n, cap;
    bool full; /* there are more: they are not known */
};
#define CANDIDATES_MOST 20000

/* The text under the eye, and where its hits begin in the list. */
struct look {
    struct hits *hits;
    struct span text;
    uint32_t source;
    size_t first;
    struct candidates *own;
    size_t ends[SCAN_HITS_OF_BLOB];
};

void hits_open(struct hits *h, const struct leak_rules *rules,
               const struct matcher *m)
{
    *h = (struct hits){.rules = rules, .matcher = m};
    h->scratch = matcher_scratch_new(m);
}

void hits_close(struct hits *h)
{
    matcher_scratch_free(h->scratch);
    mem_free(h->v);
    *h = (struct hits){0};
}

/* The first four characters and how many there are; of a short one none. */
static void show(struct hit *hit, struct span whole)
{
    size_t n = whole.n < 16 ? 0 : 4;
    char head[5] = {0};
    for (size_t i = 0; i < n; i++)
        head[i] = whole.p[i] > ' ' && whole.p[i] < 127 ? whole.p[i] : '?';
    snprintf(hit->shown, sizeof hit->shown, "%s… (%zu characters)", head,
             whole.n);
}

static void print_finger(struct hit *hit, const struct leak_rule *rule,
                         struct span secret)
{
    struct hasher h;
    hasher_init(&h);
    hasher_add(&h, span_of(rule->name));
    hasher_add(&h, SPAN("\0"));
    hasher_add(&h, secret);
    struct digest d = hasher_end(&h);
    memcpy(hit->fingerprint, d.hex, sizeof hit->fingerprint - 1);
}

/* A hit of an earlier rule at the same bytes says more; false if there is
 * one. Those of later rules give way. */
static bool make_way(struct look *look, unsigned line, const struct leak *leak)
{
    struct hits *h = look->hits;
    for (size_t i = look->first; i < h->n; i++) {
        const struct hit *other = &h->v[i];
        size_t end = look->ends[i - look->first];
        if (leak->end <= other->begin || end <= leak->begin)
            continue;
        if (other->line_of_rules <= line)
            return false;
        h->n--;
        h->v[i] = h->v[h->n];
        look->ends[i - look->first] = look->ends[h->n - look->first];
        i--;
    }
    return true;
}

static void judge(struct look *look, unsigned line, size_t end)
{
    struct hits *h = look->hits;
    const struct leak_line *l = &h->rules->lines[line];
    struct leak leak;
    if (!leak_at(l, look->text, end, &leak) || !make_way(look, line, &leak))
        return;
    if (h->n - look->first == SCAN_HITS_OF_BLOB || h->n == SCAN_HITS) {
        h->full = true;
        return;
    }
    MEM_GROW(h->v, h->n, h->cap);
    struct hit *hit = &h->v[h->n];
    *hit = (struct hit){
        .line_of_rules = line, .source = look->source, .begin = leak.begin};
    show(hit, span_sub(look->text, leak.begin, leak.end));
    print_finger(hit, l->rule, leak.secret);
    look->ends[h->n++ - look->first] = leak.end;
}

static void note(struct candidates *c, unsigned line, size_t end)
{
    c->full |= c->n == CANDIDATES_MOST;
    if (c->full)
        return;
    MEM_GROW(c->v, c->n, c->cap);
    c->v[c->n++] = (struct candidate){line, (uint32_t)end};
}

/* A window of the text: what ends at its first `skip` bytes is known. */
struct window {
    struct look *look;
    size_t begin, skip;
};

static bool on_candidate(void *ctx, unsigned line, size_t end)
{
    const struct window *w = ctx;
    if (end <= w->skip)
        return true;
    note(w->look->own, line, w->begin + end);
    judge(w->look, line, w->begin + end);
    return true;
}

/* Looks for candidates that end in (from, to]. */
static void look_between(struct look *look, size_t from, size_t to)
{
    const struct hits *h = look->hits;
    size_t reach = matcher_reach(h->matcher);
    size_t begin = from > reach ? from - reach : 0;
    struct window w = {look, begin, from - begin};
    matcher_run(h->matcher, h->scratch, span_sub(look->text, begin, to),
                on_candidate, &w);
}

/* --- what a delta leaves as it was ------------------------------------ */

static size_t first_after(const struct candidates *c, size_t end)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->v[middle].end <= end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int by_end(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->end > y->end) - (x->end < y->end);
}

/* Copies long enough bring the candidates that lie in them wholly; between
 * these everything is looked at. */
static void look_at_delta(struct look *look, struct span delta,
                          const struct candidates *base)
{
    size_t reach = matcher_reach(look->hits->matcher);
    size_t at = 0, to = 0, fresh = 0; /* looked at up to there */
    struct delta_op op;
    while (delta_next(delta, &at, &op)) {
        if (op.is_copy && op.n > 4 * reach) {
            look_between(look, fresh, to + reach);
            for (size_t i = first_after(base, op.from + reach);
                 i < base->n && base->v[i].end <= op.from + op.n; i++) {
                size_t end = base->v[i].end - op.from + to;
                note(look->own, base->v[i].line, end);
                judge(look, base->v[i].line, end);
            }
            fresh = to + op.n;
        }
        to += op.n;
    }
    if (fresh < look->text.n)
        look_between(look, fresh, look->text.n);
}

void candidates_free(struct candidates *c)
{
    if (c)
        mem_free(c->v);
    mem_free(c);
}

static int by_place(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Line, and column in characters, of each: one pass over the text. */
static void place(struct look *look)
{
    struct hits *h = look->hits;
    size_t at = 0;
    uint32_t line = 1, column = 1;
    qsort(h->v + look->first, h->n - look->first, sizeof *h->v, by_place);
    for (size_t i = look->first; i < h->n; i++) {
        for (; at < h->v[i].begin; at++) {
            bool ends = look->text.p[at] == '\n';
            bool follows = ((unsigned char)look->text.p[at] & 0xc0) == 0x80;
            line += ends;
            column = ends ? 1 : column + !follows;
        }
        h->v[i].line = line;
        h->v[i].column = column;
    }
}

bool hits_look_delta(struct hits *h, uint32_t source, struct span text,
                     struct span delta, const struct candidates *base,
                     struct candidates **out)
{
    struct candidates own = {0};
    struct look look = {
        .hits = h, .text = text, .source = source, .first = h->n, .own = &own};
    h->files++;
    h->bytes += text.n;
    if (base && !base->full && delta.n)
        look_at_delta(&look, delta, base);
    else
        look_between(&look, 0, text.n);
    if (h->n > look.first)
        place(&look);
    if (out) {
        if (own.n)
            qsort(own.v, own.n, sizeof *own.v, by_end);
        *out = mem_alloc(sizeof **out);
        **out = own;
    } else {
        mem_free(own.v);
    }
    return h->n > look.first;
}

bool hits_look(struct hits *h, uint32_t source, struct span text)
{
    return hits_look_delta(h, source, text, (struct span){0}, NULL, NULL);
}

struct json *hit_row(const struct hit *hit, const struct leak_rules *rules)
{
    struct json *row = json_new(JSON_OBJECT);
    json_put_str(row, "rule", rules->lines[hit->line_of_rules].rule->name);
    json_put_str(row, "fingerprint", hit->fingerprint);
    json_put_str(row, "shown", hit->shown);
    json_put_int(row, "line", hit->line);
    json_put_int(row, "column", hit->column);
    return row;
}
