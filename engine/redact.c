/* Takes known secrets, and what looks like one, out of bytes. */
#include "redact.h"

#include <string.h>

#include "arena.h"
#include "json.h"
#include "redact_part.h"

struct redact *redact_new(void)
{
    struct redact *r = mem_alloc(sizeof(struct redact));
    r->pool = strongbox_new();
    return r;
}

void redact_free(struct redact *r)
{
    if (!r)
        return;
    strongbox_free(r->pool);
    mem_free(r->exact.v);
    mem_free(r->folded.v);
    mem_free(r);
}

void redact_shapes(struct redact *r, bool also)
{
    r->shapes = also;
}

enum status redact_add(struct redact *r, const char *name, struct span value,
                       struct err *err)
{
    if (value.n < REDACT_MIN_BYTES)
        return err_set(err, ST_INPUT,
                       "secret %s is shorter than %d bytes: too short to be "
                       "found again in what is written; use a longer one",
                       name, REDACT_MIN_BYTES);
    redact_forms(r, name, value);
    return ST_OK;
}

/* The bytes from *done to limit, but for what hits. */
static void put_rest(struct span s, const struct hits *h, size_t done,
                     size_t limit, struct buf *out)
{
    for (size_t i = 0; i < h->n && h->v[i].begin < limit; i++) {
        if (h->v[i].end <= done)
            continue;
        if (h->v[i].begin > done)
            buf_span(out, span_sub(s, done, h->v[i].begin));
        buf_printf(out, "[redacted:%s]", h->v[i].name);
        done = h->v[i].end;
    }
    if (done < limit)
        buf_span(out, span_sub(s, done, limit));
}

bool redact_bytes(const struct redact *r, struct span s, struct buf *out)
{
    struct hits h = {0};
    if (r && s.n >= REDACT_MIN_BYTES)
        redact_collect(r, s, true, &h);
    put_rest(s, &h, 0, s.n, out);
    mem_free(h.v);
    return h.n > 0;
}

bool redact_message(const struct redact *r, struct span s, size_t room,
                    struct buf *out)
{
    struct hits h = {0};
    bool is_cut = s.n + 1 >= room;
    if (r && s.n >= REDACT_MIN_BYTES)
        redact_collect(r, s, !is_cut, &h);
    size_t end = is_cut && r ? h.partial : s.n;
    for (size_t i = 0; i < h.n; i++)
        if (h.v[i].begin < end && h.v[i].end > end)
            end = h.v[i].begin;
    put_rest(s, &h, 0, end, out);
    if (end < s.n)
        buf_str(out, "[cut]");
    mem_free(h.v);
    return h.n > 0 || end < s.n;
}

static bool redact_string(void *ctx, struct span s, struct buf *out)
{
    const struct redact *r = ctx;
    struct hits h;
    if (s.n < REDACT_MIN_BYTES)
        return false;
    redact_collect(r, s, true, &h);
    if (h.n)
        put_rest(s, &h, 0, s.n, out);
    mem_free(h.v);
    return h.n > 0;
}

bool redact_json(const struct redact *r, struct json *j)
{
    return r && json_map_strings(j, redact_string, (void *)r);
}

static size_t take_first(struct hits *h, struct span s, const char **name)
{
    size_t begin = s.n;
    if (h->n) {
        begin = h->v[0].begin;
        *name = h->v[0].name;
    }
    mem_free(h->v);
    return begin;
}

size_t redact_find(const struct redact *r, struct span s, const char **name)
{
    struct hits h = {0};
    if (r && s.n >= REDACT_MIN_BYTES)
        redact_collect(r, s, true, &h);
    return take_first(&h, s, name);
}

size_t redact_find_known(const struct redact *r, struct span s,
                         const char **name)
{
    struct hits h = {0};
    if (r && s.n >= REDACT_MIN_BYTES)
        redact_collect_known(r, s, true, &h);
    return take_first(&h, s, name);
}

/* --- streams --- */

/* So few bytes of a form may pass before it is known to be one: lest what a
 * person waits for, as a prompt, be held back by chance. */
#define HOLD_FROM_BYTES 4
/* What is held back at most: what begins like a form, and then has blanks
 * without end. */
#define HOLD_MOST_BYTES ((size_t)1 << 20)

void redact_stream(const struct redact *r, struct redact_stream *st,
                   struct span s, bool is_end, struct buf *out)
{
    struct hits h = {0};
    buf_span(&st->kept, s);
    struct span all = buf_view(&st->kept);
    bool flush = is_end || all.n > HOLD_MOST_BYTES;
    h.partial = all.n;
    if (r)
        redact_collect(r, all, flush, &h);
    size_t limit = all.n - h.partial < HOLD_FROM_BYTES ? all.n : h.partial;
    for (size_t i = 0; i < h.n; i++)
        if (h.v[i].begin < limit && h.v[i].end > limit)
            limit = h.v[i].begin;
    size_t from = h.partial < limit ? h.partial : limit;
    if (limit < st->done)
        limit = st->done;
    put_rest(all, &h, st->done, limit, out);
    struct buf rest = {0};
    buf_span(&rest, span_sub(all, from, all.n));
    buf_release(&st->kept);
    st->kept = rest;
    st->done = limit - from;
    mem_free(h.v);
}

void redact_stream_release(struct redact_stream *st)
{
    buf_release(&st->kept);
    *st = (struct redact_stream){0};
}
