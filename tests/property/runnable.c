/* Rewrites info strings. */
#include "runnable.h"

#include "doc.h"
#include "page.h"
#include "splice.h"

#define MAX_TRIES 4

struct candidate {
    int line;
    struct edit edit;
    bool dropped;
};

struct candidates {
    struct candidate *list;
    size_t n;
};

static size_t fence_length(struct span line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == line.p[0])
        n++;
    return line.n && strchr("`~", line.p[0]) && n >= 3 ? n : 0;
}

static void find(struct candidates *c, const struct page *p, struct arena *a)
{
    c->list = arena_array(a, p->tree.n, sizeof *c->list);
    for (size_t i = 0; i < p->tree.n; i++) {
        const struct node *n = &p->tree.nodes[i];
        if (n->kind != NODE_CODE)
            continue;
        struct span line = page_node_line(p, n);
        size_t fence = fence_length(line);
        if (!fence)
            continue;
        const char *info = arena_printf(a, "lua {#b%zu}", c->n);
        c->list[c->n++] = (struct candidate){
            .line = n->line,
            .edit = {.at = (size_t)(line.p + fence - p->src.p),
                     .remove = line.n - fence,
                     .text = span_of(info)},
        };
    }
}

/* A fence that is never closed, or an indented one. */
static void drop(void *ctx, const struct err *e)
{
    struct candidates *c = ctx;
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].line == e->line)
            c->list[i].dropped = true;
}

static enum status apply(const struct candidates *c, struct span src,
                         struct arena *a, struct buf *out, struct err *err)
{
    struct edit *edits = arena_array(a, c->n, sizeof *edits);
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (!c->list[i].dropped)
            edits[n++] = c->list[i].edit;
    return splice(src, edits, n, out, err);
}

static bool accepted(struct span src, struct err *err)
{
    struct doc d;
    err_clear(err);
    enum status st = doc_parse(&d, "page.md", src, err);
    doc_release(&d);
    return st == ST_OK;
}

static struct span fended(struct span src, struct arena *a)
{
    if (!front_opens(src) || span_starts(src, "---\r\ntitle"))
        return src;
    size_t bom = bom_length(src);
    const char *text = arena_printf(a, "%.*s\n%.*s", (int)bom, src.p,
                                    (int)(src.n - bom), src.p + bom);
    return span_of(text);
}

enum status runnable(struct span src, struct buf *out, struct err *err)
{
    struct arena a = {0};
    struct page page;
    struct candidates c = {0};
    src = fended(src, &a);
    page_open(&page, src, &a);
    find(&c, &page, &a);
    enum status st = ST_FAILED;
    for (int i = 0; i < MAX_TRIES && st == ST_FAILED; i++) {
        buf_clear(out);
        st = apply(&c, src, &a, out, err);
        if (st == ST_OK && !accepted(buf_view(out), err)) {
            doc_problems("page.md", buf_view(out), drop, &c);
            st = ST_FAILED;
        }
    }
    arena_release(&a);
    return st;
}
