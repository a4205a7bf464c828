/* Finds the known forms and the shapes in a text. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "redact_part.h"
#include "shape.h"

static bool has_head(const struct needles *in, size_t hash)
{
    return in->seen[hash / 64] >> (hash % 64) & 1;
}

void needle_add(struct redact *r, struct needles *in, const char *name,
                struct span form)
{
    uint64_t head;
    if (form.n < HEAD_BYTES)
        return;
    memcpy(&head, form.p, HEAD_BYTES);
    size_t hash = head_hash(head);
    for (size_t i = in->heads[hash]; i; i = in->v[i - 1].next)
        if (span_eq((struct span){in->v[i - 1].p, in->v[i - 1].n}, form))
            return;
    MEM_GROW(in->v, in->n, in->cap);
    in->v[in->n++] =
        (struct needle){.p = strongbox_copy(r->pool, form.p, form.n),
                        .name = name,
                        .n = form.n,
                        .next = in->heads[hash]};
    in->heads[hash] = (uint32_t)in->n;
    in->seen[hash / 64] |= UINT64_C(1) << (hash % 64);
    if (form.n > in->longest)
        in->longest = form.n;
}

static void add_hit(struct hits *h, size_t begin, size_t end, const char *name)
{
    MEM_GROW(h->v, h->n, h->cap);
    h->v[h->n++] = (struct hit){begin, end, name};
}

static void may_go_on(struct hits *h, size_t begin)
{
    if (begin < h->partial)
        h->partial = begin;
}

/* What cuts a text says so: the half in front of that is of the whole. */
static bool is_cut(struct span s, size_t at)
{
    static const struct span marks[] = {SPAN("\xE2\x80\xA6"), SPAN("...")};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (at <= s.n && s.n - at >= marks[i].n &&
            memcmp(s.p + at, marks[i].p, marks[i].n) == 0)
            return true;
    return false;
}

/* --- as it is --- */

static void match_exact(const struct needles *in, struct span s, size_t at,
                        size_t hash, struct hits *out)
{
    for (size_t i = in->heads[hash]; i; i = in->v[i - 1].next) {
        const struct needle *x = &in->v[i - 1];
        size_t n = 0;
        while (n < x->n && at + n < s.n && x->p[n] == s.p[at + n])
            n++;
        if (n == x->n || (n >= HEAD_BYTES && is_cut(s, at + n)))
            add_hit(out, at, at + n, x->name);
        else if (at + n == s.n)
            may_go_on(out, at);
    }
}

static void scan_exact(const struct needles *in, struct span s,
                       struct hits *out)
{
    for (size_t at = 0; at + HEAD_BYTES <= s.n; at++) {
        uint64_t head;
        memcpy(&head, s.p + at, HEAD_BYTES);
        size_t hash = head_hash(head);
        if (has_head(in, hash))
            match_exact(in, s, at, hash, out);
    }
}

/* The same where fewer bytes than a head are left. */
static void tail_exact(const struct needles *in, struct span s,
                       struct hits *out)
{
    size_t most = s.n < HEAD_BYTES ? s.n : HEAD_BYTES - 1;
    for (size_t n = most; n; n--)
        for (size_t i = 0; i < in->n; i++)
            if (memcmp(in->v[i].p, s.p + s.n - n, n) == 0) {
                may_go_on(out, s.n - n);
                return;
            }
}

/* --- folded --- */

/* f has just given the last character of a head that begins at begin. */
static void match_folded(const struct needles *in, const struct fold *f,
                         uint64_t head, size_t begin, struct hits *out)
{
    for (size_t i = in->heads[head_hash(head)]; i; i = in->v[i - 1].next) {
        const struct needle *x = &in->v[i - 1];
        struct fold ahead = *f;
        size_t n = HEAD_BYTES;
        int c = 0;
        if (memcmp(x->p, &head, HEAD_BYTES) != 0)
            continue;
        size_t end = ahead.at;
        while (n < x->n && (c = fold_next(&ahead)) >= 0 &&
               (unsigned char)x->p[n] == c) {
            n++;
            end = ahead.at;
        }
        if (n == x->n || (c >= 0 && is_cut(ahead.s, ahead.begin)))
            add_hit(out, begin, end, x->name);
        else if (c < 0)
            may_go_on(out, begin);
    }
}

/* The characters given last, and where they begin. */
struct ring {
    uint64_t head;
    size_t begins[HEAD_BYTES];
    size_t n;
};

/* The same where the text ends with fewer characters than a head has. */
static void tail_folded(const struct needles *in, const struct ring *last,
                        struct hits *out)
{
    size_t most = last->n < HEAD_BYTES ? last->n : HEAD_BYTES - 1;
    char text[HEAD_BYTES];
    memcpy(text, &last->head, HEAD_BYTES);
    for (size_t n = most; n; n--)
        for (size_t i = 0; i < in->n; i++)
            if (memcmp(in->v[i].p, text + HEAD_BYTES - n, n) == 0) {
                may_go_on(out, last->begins[(last->n - n) % HEAD_BYTES]);
                return;
            }
}

static void scan_folded(const struct needles *in, struct span s, bool is_end,
                        struct hits *out)
{
    struct ring last = {0};
    struct fold f = {.s = s};
    for (int c = fold_next(&f); c >= 0; c = fold_next(&f)) {
        last.head = last.head >> 8 | (uint64_t)c << 56;
        last.begins[last.n++ % HEAD_BYTES] = f.begin;
        if (last.n >= HEAD_BYTES && has_head(in, head_hash(last.head)))
            match_folded(in, &f, last.head, last.begins[last.n % HEAD_BYTES],
                         out);
    }
    if (!is_end)
        tail_folded(in, &last, out);
}

/* --- all --- */

static void scan_shapes(struct span s, bool is_end, struct hits *out)
{
    struct shape x;
    for (size_t from = 0; shape_next(s, from, &x); from = x.end)
        add_hit(out, x.begin, x.end, x.name);
    if (!is_end)
        may_go_on(out, shape_open(s));
}

/* The longest first of those that begin together. */
static int by_place(const void *a, const void *b)
{
    const struct hit *x = a;
    const struct hit *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end < y->end) - (x->end > y->end);
}

/* Lest the tail of one stay behind another's end. */
static void join(struct hits *h)
{
    size_t kept = 0;
    if (h->n > 1)
        qsort(h->v, h->n, sizeof *h->v, by_place);
    for (size_t i = 0; i < h->n; i++) {
        struct hit *last = kept ? &h->v[kept - 1] : NULL;
        if (last && h->v[i].begin < last->end) {
            if (h->v[i].end > last->end)
                last->end = h->v[i].end;
        } else {
            h->v[kept++] = h->v[i];
        }
    }
    h->n = kept;
}

static void scan_known(const struct redact *r, struct span s, bool is_end,
                       struct hits *out)
{
    if (!r->exact.n)
        return;
    size_t whole = is_end ? s.n : fold_whole(s);
    scan_exact(&r->exact, s, out);
    scan_folded(&r->folded, span_sub(s, 0, whole), is_end, out);
    if (is_end)
        return;
    tail_exact(&r->exact, s, out);
    may_go_on(out, whole);
}

void redact_collect(const struct redact *r, struct span s, bool is_end,
                    struct hits *hits)
{
    *hits = (struct hits){.partial = s.n};
    scan_known(r, s, is_end, hits);
    if (r->shapes)
        scan_shapes(s, is_end, hits);
    join(hits);
}

void redact_collect_known(const struct redact *r, struct span s, bool is_end,
                          struct hits *hits)
{
    *hits = (struct hits){.partial = s.n};
    scan_known(r, s, is_end, hits);
    join(hits);
}
