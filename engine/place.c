/* Writes evidence regions and ticks into a document's bytes, and proves
 * afterwards that nothing else has changed (rule: DESIGN §3, Insertion rule).
 */
#include "doc.h"

#include "page.h"
#include "problem.h"
#include "region.h"
#include "splice.h"
#include "strip.h"

struct job {
    const struct doc *doc;
    const struct placement *put;
    size_t n_put;
    const struct tick *ticks;
    size_t n_ticks;
    struct arena arena;
};

/* --- edits --- */

static struct edit tick_edit(const struct job *j, size_t i)
{
    return (struct edit){
        .at = j->doc->boxes[j->ticks[i].box].mark_at,
        .remove = 1,
        .text = j->ticks[i].ticked ? SPAN("x") : SPAN(" "),
    };
}

static bool needs_tick(const struct job *j, size_t i)
{
    return j->doc->boxes[j->ticks[i].box].ticked != j->ticks[i].ticked;
}

/* Bytes of a placement, as they stand in the document. */
static struct span region_bytes(struct job *j, const struct placement *put)
{
    if (!put->text.n)
        return (struct span){0};
    struct buf bytes = {0};
    region_write(put->text, &j->doc->blocks[put->block], &bytes);
    arena_defer(&j->arena, mem_free, bytes.p);
    return buf_view(&bytes);
}

/* The old regions go, the ticks change, and `with_text` the new regions come;
 * without it the result is what the new tree is compared with. */
static enum status edited(struct job *j, bool with_text, struct buf *out,
                          struct err *err)
{
    struct edit *edits =
        arena_array(&j->arena, 2 * j->n_put + j->n_ticks, sizeof *edits);
    size_t n = 0;
    for (size_t i = 0; i < j->n_put; i++) {
        const struct block *b = &j->doc->blocks[j->put[i].block];
        struct edit insert = {.at = b->insert_at};
        if (with_text)
            insert.text = region_bytes(j, &j->put[i]);
        const struct region *old =
            b->region < 0 ? NULL : &j->doc->regions[b->region];
        if (old && old->begin == insert.at)
            insert.remove = old->end - old->begin;
        else if (old)
            edits[n++] = (struct edit){.at = old->begin,
                                       .remove = old->end - old->begin};
        edits[n++] = insert;
    }
    for (size_t i = 0; i < j->n_ticks; i++)
        if (needs_tick(j, i))
            edits[n++] = tick_edit(j, i);
    return splice(j->doc->src, edits, n, out, err);
}

/* --- proofs --- */

static enum status strip_doc(const struct doc *d, struct buf *out,
                             struct err *err)
{
    return strip_known(d->src, d->regions, d->n_regions, d->boxes, d->n_boxes,
                       out, err);
}

static enum status prove_strip(const struct doc *old, const struct doc *new,
                               struct err *err)
{
    struct buf before = {0};
    struct buf after = {0};
    enum status st = strip_doc(old, &before, err);
    if (st == ST_OK)
        st = strip_doc(new, &after, err);
    if (st == ST_OK && !span_eq(buf_view(&before), buf_view(&after)))
        st = err_set(err, ST_INTERNAL,
                     "writing the evidence would change the page itself");
    buf_release(&before);
    buf_release(&after);
    return st;
}

/* The next node from i on that is in no region; t->n when there is none. */
static size_t next_outside(const struct tree *t, struct region_cursor *c,
                           size_t i)
{
    while (i < t->n && node_is_block(&t->nodes[i]) &&
           region_covers(c, t->nodes[i].line))
        i = tree_skip(t, i);
    return i;
}

static bool trees_equal(const struct page *a, const struct regions *in_a,
                        const struct page *b, const struct regions *in_b)
{
    struct region_cursor skip_a = region_cursor(in_a->list, in_a->n);
    struct region_cursor skip_b = region_cursor(in_b->list, in_b->n);
    size_t i = 1;
    size_t k = 1;
    for (;;) {
        i = next_outside(&a->tree, &skip_a, i);
        k = next_outside(&b->tree, &skip_b, k);
        if (i == a->tree.n || k == b->tree.n)
            return i == a->tree.n && k == b->tree.n;
        if (!node_equal(&a->tree.nodes[i++], &b->tree.nodes[k++]))
            return false;
    }
}

static enum status prove_tree(struct span base, struct span new,
                              struct err *err)
{
    struct arena scratch = {0};
    struct problems ignored = {.arena = &scratch};
    struct page pages[2];
    struct regions regions[2];
    page_open(&pages[0], base, &scratch);
    page_open(&pages[1], new, &scratch);
    for (int i = 0; i < 2; i++)
        regions_find(&regions[i], &pages[i], &scratch, &ignored);
    bool equal = trees_equal(&pages[0], &regions[0], &pages[1], &regions[1]);
    arena_release(&scratch);
    if (equal)
        return ST_OK;
    return err_set(err, ST_INTERNAL,
                   "writing the evidence would change how the page reads "
                   "elsewhere");
}

static enum status prove_regions(const struct job *j, const struct doc *new,
                                 struct err *err)
{
    bool same =
        new->n_blocks == j->doc->n_blocks &&new->n_boxes == j->doc->n_boxes;
    for (size_t i = 0; same && i < j->n_put; i++) {
        int index = new->blocks[j->put[i].block].region;
        const struct region *r = index < 0 ? NULL : &new->regions[index];
        same = r ? r->canonical && span_eq(r->text, j->put[i].text)
                 : !j->put[i].text.n;
        if (!same)
            return err_set(err, ST_INTERNAL,
                           "the evidence of step '%.*s' would not read back "
                           "as written",
                           SPAN_ARG(j->doc->blocks[j->put[i].block].attr.id));
    }
    for (size_t i = 0; same && i < j->n_ticks; i++)
        same = new->boxes[j->ticks[i].box].ticked == j->ticks[i].ticked;
    if (same)
        return ST_OK;
    return err_set(err, ST_INTERNAL,
                   "writing the evidence would change the page's steps or "
                   "check boxes");
}

static enum status prove(struct job *j, struct span new_bytes, struct err *err)
{
    struct doc new;
    struct buf base = {0};
    struct err why = {0};
    if (doc_parse(&new, j->doc->path, new_bytes, &why) == ST_OK &&
        prove_regions(j, &new, &why) == ST_OK &&
        prove_strip(j->doc, &new, &why) == ST_OK &&
        edited(j, false, &base, &why) == ST_OK)
        (void)prove_tree(buf_view(&base), new_bytes, &why);
    doc_release(&new);
    buf_release(&base);
    if (why.st == ST_OK)
        return ST_OK;
    return err_at(err, ST_INTERNAL, j->doc->path, why.line,
                  "%s; nothing was written", why.msg);
}

enum status doc_place(const struct doc *d, const struct placement *put,
                      size_t n_put, const struct tick *ticks, size_t n_ticks,
                      struct buf *out, struct err *err)
{
    struct job j = {d, put, n_put, ticks, n_ticks, {0}};
    buf_clear(out);
    enum status st = edited(&j, true, out, err);
    if (st == ST_OK)
        st = prove(&j, buf_view(out), err);
    if (st != ST_OK)
        buf_clear(out);
    arena_release(&j.arena);
    return st;
}
