/* What is found in a text, and what of it may be shown. */
#include <stdio.h>
#include <stdlib.h>

#include "scan_part.h"

/* Where hits of the text under the eye begin in the list. */
struct look {
    struct hits *hits;
    struct span text;
    uint32_t source;
    size_t first;
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

static bool on_candidate(void *ctx, unsigned line, size_t end)
{
    struct look *look = ctx;
    struct hits *h = look->hits;
    const struct leak_line *l = &h->rules->lines[line];
    struct leak leak;
    if (!leak_at(l, look->text, end, &leak) || !make_way(look, line, &leak))
        return true;
    if (h->n - look->first == SCAN_HITS_OF_BLOB || h->n == SCAN_HITS) {
        h->full = true;
        return false;
    }
    MEM_GROW(h->v, h->n, h->cap);
    struct hit *hit = &h->v[h->n];
    *hit = (struct hit){
        .line_of_rules = line, .source = look->source, .begin = leak.begin};
    show(hit, span_sub(look->text, leak.begin, leak.end));
    print_finger(hit, l->rule, leak.secret);
    look->ends[h->n++ - look->first] = leak.end;
    return true;
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

bool hits_look(struct hits *h, uint32_t source, struct span text)
{
    struct look look = {
        .hits = h, .text = text, .source = source, .first = h->n};
    h->files++;
    h->bytes += text.n;
    matcher_run(h->matcher, h->scratch, text, on_candidate, &look);
    if (h->n > look.first)
        place(&look);
    return h->n > look.first;
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
