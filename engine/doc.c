/* Puts a document together: front matter, blocks, boxes, regions. */
#include "doc.h"

#include <stdlib.h>

#include "block.h"
#include "box.h"
#include "page.h"
#include "problem.h"
#include "region.h"

/* --- front matter --- */

static void read_front(struct doc *d, struct problems *problems)
{
    struct err err = {0};
    if (front_parse(d->src, &d->arena, &d->front, &err) != ST_OK)
        problem_add_err(problems, 1, &err);
    for (size_t i = 0; i < d->front.n_unknown; i++) {
        const char *name = d->front.unknown[i];
        const char *near = nearest_name(span_of(name), front_names());
        problem_add(problems, PROBLEM_WARNING, d->front.unknown_line[i],
                    "unknown front matter key '%s'%s%s%s", name,
                    near ? ": did you mean '" : ", kept as it is",
                    near ? near : "", near ? "'?" : "");
    }
}

/* --- ids --- */

static int by_id(const void *left, const void *right)
{
    const struct block *const *a = left;
    const struct block *const *b = right;
    int order = span_cmp((*a)->attr.id, (*b)->attr.id);
    return order ? order : (*a > *b) - (*a < *b);
}

static void index_blocks(struct doc *d, struct problems *problems)
{
    d->by_id = arena_array(&d->arena, d->n_blocks, sizeof *d->by_id);
    for (size_t i = 0; i < d->n_blocks; i++)
        d->by_id[i] = &d->blocks[i];
    if (d->n_blocks)
        qsort(d->by_id, d->n_blocks, sizeof *d->by_id, by_id);
    for (size_t i = 1; i < d->n_blocks; i++)
        if (span_eq(d->by_id[i]->attr.id, d->by_id[i - 1]->attr.id))
            problem_add(problems, PROBLEM_FATAL, d->by_id[i]->line,
                        "step id '%.*s' is taken by line %d: give this block "
                        "another",
                        SPAN_ARG(d->by_id[i]->attr.id), d->by_id[i - 1]->line);
}

const struct block *doc_block(const struct doc *d, struct span id)
{
    size_t low = 0;
    size_t high = d->n_blocks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (span_cmp(d->by_id[middle]->attr.id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < d->n_blocks && span_eq(d->by_id[low]->attr.id, id);
    return found ? d->by_id[low] : NULL;
}

/* --- regions and their blocks --- */

static bool is_canonical(const struct doc *d, const struct region *r,
                         const struct block *b)
{
    if (!b || !r->canonical || r->begin != b->insert_at)
        return false;
    struct buf bytes = {0};
    region_write(r->text, b, &bytes);
    bool same = span_eq(buf_view(&bytes), span_sub(d->src, r->begin, r->end));
    buf_release(&bytes);
    return same;
}

static void attach(struct doc *d, size_t i, const struct block *found)
{
    struct region *r = &d->regions[i];
    struct block *b = &d->blocks[found - d->blocks];
    b->region = (int)i;
    r->block = (int)(b - d->blocks);
}

/* A block's own region is the one directly under it, else the first that
 * names it; any other is an orphan. */
static void attach_regions(struct doc *d)
{
    for (int directly = 1; directly >= 0; directly--)
        for (size_t i = 0; i < d->n_regions; i++) {
            const struct region *r = &d->regions[i];
            const struct block *b = doc_block(d, r->id);
            if (b && b->region < 0 && r->block < 0 &&
                (!directly || r->begin == b->insert_at))
                attach(d, i, b);
        }
    for (size_t i = 0; i < d->n_regions; i++) {
        struct region *r = &d->regions[i];
        r->canonical =
            is_canonical(d, r, r->block < 0 ? NULL : &d->blocks[r->block]);
    }
}

bool doc_is_stale(const struct doc *d, const struct region *r)
{
    if (r->block < 0 || r->src.n < DOC_SRC_DIGITS)
        return true;
    struct span hash = span_of(d->blocks[r->block].src.hex);
    return !span_eq(r->src, span_sub(hash, 0, r->src.n));
}

/* --- lint --- */

static void lint_regions(const struct doc *d, struct problems *problems)
{
    for (size_t i = 0; i < d->n_regions; i++) {
        const struct region *r = &d->regions[i];
        if (r->block < 0)
            problem_add(problems, PROBLEM_LINT, r->line,
                        "evidence of '%.*s' belongs to no block: remove it, "
                        "or `runproof strip` the page",
                        SPAN_ARG(r->id));
        else if (doc_is_stale(d, r))
            problem_add(problems, PROBLEM_LINT, r->line,
                        "evidence of '%.*s' is stale, its block has changed: "
                        "run it again",
                        SPAN_ARG(r->id));
        else if (!r->canonical)
            problem_add(problems, PROBLEM_LINT, r->line,
                        "evidence of '%.*s' was reformatted or moved, so it "
                        "does not verify: run it again, and keep formatters "
                        "off it",
                        SPAN_ARG(r->id));
    }
}

static void lint_boxes(const struct doc *d, struct problems *problems)
{
    for (size_t i = 0; i < d->n_boxes && !d->n_regions; i++)
        if (d->boxes[i].ticked)
            problem_add(problems, PROBLEM_LINT, d->boxes[i].line,
                        "check '%.*s' is ticked, but the page has no "
                        "evidence: untick it and run",
                        SPAN_ARG(d->boxes[i].id));
}

/* --- the whole --- */

static void read_title(struct doc *d, const struct page *p)
{
    d->title = d->front.title ? d->front.title : d->path;
    struct region_cursor cursor = region_cursor(d->regions, d->n_regions);
    for (size_t i = 1; i < p->tree.n && !d->front.title; i++) {
        const struct node *n = &p->tree.nodes[i];
        if (n->kind != NODE_HEADING || region_covers(&cursor, n->line))
            continue;
        struct buf text = {0};
        tree_text(&p->tree, i, &text);
        d->title = span_dup(&d->arena, span_trim(buf_view(&text)));
        buf_release(&text);
        return;
    }
}

static void read_all(struct doc *d, struct problems *problems)
{
    struct arena scratch = {0};
    struct page page;
    struct regions regions;
    struct blocks blocks;
    struct boxes boxes;

    read_front(d, problems);
    page_open(&page, d->src, &scratch);
    regions_find(&regions, &page, &d->arena, problems);
    d->regions = regions.list;
    d->n_regions = regions.n;
    if (!regions_inert(&regions, &page))
        problem_add(problems, PROBLEM_FATAL, regions.list[0].line,
                    "the evidence on this page changes how the rest of it "
                    "reads: `runproof strip` it and run again");
    blocks_find(&blocks, &page, &regions, &d->arena, problems);
    d->blocks = blocks.list;
    d->n_blocks = blocks.n;
    boxes_find(&boxes, &page, &regions, &d->arena, problems);
    d->boxes = boxes.list;
    d->n_boxes = boxes.n;
    read_title(d, &page);
    arena_release(&scratch);

    index_blocks(d, problems);
    attach_regions(d);
    problem_sort(problems);
}

static enum status open_doc(struct doc *d, const char *path, struct span bytes,
                            struct err *err)
{
    *d = (struct doc){.path = path, .src = bytes, .title = path};
    if (bytes.n <= DOC_MAX_BYTES)
        return ST_OK;
    return err_at(err, ST_LIMIT, path, 0,
                  "the document is over %u MiB: split it", DOC_MAX_BYTES >> 20);
}

enum status doc_parse(struct doc *d, const char *path, struct span bytes,
                      struct err *err)
{
    if (open_doc(d, path, bytes, err) != ST_OK)
        return err->st;
    struct problems problems = {.arena = &d->arena};
    read_all(d, &problems);
    for (size_t i = 0; i < problems.n; i++)
        if (problems.list[i].severity == PROBLEM_FATAL)
            return problem_err(&problems.list[i], path, err);
    return ST_OK;
}

void doc_release(struct doc *d)
{
    arena_release(&d->arena);
}

void doc_problems(const char *path, struct span bytes,
                  void (*report)(void *ctx, const struct err *e), void *ctx)
{
    struct doc d;
    struct err err = {0};
    if (open_doc(&d, path, bytes, &err) != ST_OK) {
        report(ctx, &err);
        return;
    }
    struct problems problems = {.arena = &d.arena};
    read_all(&d, &problems);
    lint_regions(&d, &problems);
    lint_boxes(&d, &problems);
    problem_sort(&problems);
    for (size_t i = 0; i < problems.n; i++) {
        (void)problem_err(&problems.list[i], path, &err);
        report(ctx, &err);
        err_clear(&err);
    }
    doc_release(&d);
}
