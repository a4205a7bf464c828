/* Writes evidence regions and ticks into a document's bytes, and proves
 * afterwards that nothing else has changed (rule: DESIGN §3, Insertion rule).
 */
#include "doc.h"

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

/* The old regions go, the new ones come, the ticks change. */
static enum status edited(struct job *j, struct buf *out, struct err *err)
{
    struct edit *edits =
        arena_array(&j->arena, 2 * j->n_put + j->n_ticks, sizeof *edits);
    size_t n = 0;
    for (size_t i = 0; i < j->n_put; i++) {
        const struct block *b = &j->doc->blocks[j->put[i].block];
        struct edit insert = {b->insert_at, 0, region_bytes(j, &j->put[i])};
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

/* That the tree outside regions is as before follows: doc_parse has proved for
 * both pages that it is the one of the page without regions, and these are the
 * same bytes. */
static enum status prove(const struct job *j, struct span new_bytes,
                         struct err *err)
{
    struct doc new;
    struct err why = {0};
    if (doc_parse(&new, j->doc->path, new_bytes, &why) == ST_OK &&
        prove_regions(j, &new, &why) == ST_OK)
        (void)prove_strip(j->doc, &new, &why);
    doc_release(&new);
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
    enum status st = edited(&j, out, err);
    if (st == ST_OK)
        st = prove(&j, buf_view(out), err);
    if (st != ST_OK)
        buf_clear(out);
    arena_release(&j.arena);
    return st;
}
