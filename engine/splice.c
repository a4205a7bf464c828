/* Applies edits to bytes. */
#include "splice.h"

#include <stdlib.h>

static int by_place(const void *left, const void *right)
{
    const struct edit *a = left;
    const struct edit *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->remove > b->remove) - (a->remove < b->remove);
}

static enum status check(struct span src, const struct edit *edits, size_t n,
                         struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct edit *e = &edits[i];
        if (e->at > src.n || e->remove > src.n - e->at)
            return err_set(err, ST_INTERNAL,
                           "an edit at byte %zu reaches beyond the document",
                           e->at);
        bool twice = i > 0 && e->at == edits[i - 1].at &&
                     e->remove == edits[i - 1].remove;
        if (twice || (i > 0 && edits[i - 1].at + edits[i - 1].remove > e->at))
            return err_set(err, ST_INTERNAL, "two edits overlap at byte %zu",
                           e->at);
    }
    return ST_OK;
}

enum status splice(struct span src, struct edit *edits, size_t n,
                   struct buf *out, struct err *err)
{
    if (n)
        qsort(edits, n, sizeof *edits, by_place);
    if (check(src, edits, n, err) != ST_OK)
        return err->st;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        buf_span(out, span_sub(src, at, edits[i].at));
        buf_span(out, edits[i].text);
        at = edits[i].at + edits[i].remove;
    }
    buf_span(out, span_sub(src, at, src.n));
    return ST_OK;
}
