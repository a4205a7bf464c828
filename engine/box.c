/* Finds marked check boxes. cmark has no task lists: a box is a list item
 * whose first paragraph begins with `[ ] ` in the source. */
#include "box.h"

#include <stdlib.h>

#include "attr.h"

struct finder {
    const struct page *page;
    struct arena *arena;
    struct problems *problems;
    struct box *list; /* heap while growing */
    size_t n, room;
};

/* `<!-- check: health -->`: what stands behind the colon. */
static bool marker_of(const struct node *n, struct span *what)
{
    struct span s = span_trim(n->text);
    if ((n->kind != NODE_HTML_SPAN && n->kind != NODE_HTML) ||
        !span_starts(s, "<!-- check:") || !span_ends(s, "-->"))
        return false;
    *what = span_trim(span_sub(s, strlen("<!-- check:"), s.n - 3));
    return true;
}

/* The raw bytes decide: `[x]` may also be a link in the tree. */
static bool has_box(struct span line)
{
    return line.n >= 4 && line.p[0] == '[' && line.p[2] == ']' &&
           strchr(" xX", line.p[1]) && line.p[1] &&
           (line.p[3] == ' ' || line.p[3] == '\t');
}

static const char *box_text(const struct finder *f, size_t paragraph)
{
    struct buf text = {0};
    tree_text(&f->page->tree, paragraph, &text);
    struct span s = buf_view(&text);
    bool link = !span_starts(s, "["); /* whose text is the x */
    s = span_sub(s, link ? strlen("x") : strlen("[ ]"), s.n);
    const char *copy = span_dup(f->arena, span_trim(s));
    buf_release(&text);
    return copy;
}

/* Reads "id" or "manual:id"; false leaves the box without an id. */
static bool read_id(struct box *b, struct span what)
{
    b->manual = span_starts(what, "manual:");
    b->id = span_sub(what, b->manual ? strlen("manual:") : 0, what.n);
    return attr_is_id(b->id);
}

static void add_box(struct finder *f, size_t paragraph, struct span what)
{
    const struct node *n = &f->page->tree.nodes[paragraph];
    const struct lines *lines = &f->page->lines;
    struct box b = {
        .line = n->line,
        .mark_at = lines->start[n->line - 1] + (size_t)n->column,
    };
    if (!read_id(&b, what)) {
        problem_add(f->problems, PROBLEM_LINT, n->line,
                    "'%.*s' is not a check's id: write <!-- check: id --> or "
                    "<!-- check: manual:id --> with letters, digits and "
                    "_.:@+-",
                    SPAN_ARG(what));
        return;
    }
    b.id = (struct span){span_dup(f->arena, b.id), b.id.n};
    b.ticked = f->page->src.p[b.mark_at] != ' ';
    b.text = box_text(f, paragraph);
    MEM_GROW(f->list, f->n, f->room);
    f->list[f->n++] = b;
}

/* Everything in one leaf block; i is that block. */
static void scan_block(struct finder *f, size_t i)
{
    const struct tree *t = &f->page->tree;
    const struct node *block = &t->nodes[i];
    bool boxed = block->kind == NODE_PARAGRAPH && block->parent == i - 1 &&
                 t->nodes[i - 1].kind == NODE_ITEM &&
                 has_box(page_node_line(f->page, block));
    size_t end = tree_skip(t, i);
    for (size_t k = i; k < end; k++) {
        struct span what;
        if (!marker_of(&t->nodes[k], &what))
            continue;
        if (boxed)
            add_box(f, i, what);
        else
            problem_add(f->problems, PROBLEM_LINT, block->line,
                        "a check marker stands without its box: write "
                        "`- [ ] text <!-- check: %.*s -->` as a list item",
                        SPAN_ARG(what));
        boxed = false; /* one check a box */
    }
}

static int by_id(const void *left, const void *right)
{
    const struct box *const *a = left;
    const struct box *const *b = right;
    int order = span_cmp((*a)->id, (*b)->id);
    return order ? order
                 : ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static void check_clashes(const struct finder *f)
{
    const struct box **order =
        arena_array(f->arena, f->n, sizeof(struct box *));
    for (size_t i = 0; i < f->n; i++)
        order[i] = &f->list[i];
    if (f->n)
        qsort(order, f->n, sizeof(struct box *), by_id);
    for (size_t i = 1; i < f->n; i++)
        if (span_eq(order[i]->id, order[i - 1]->id) &&
            order[i]->manual != order[i - 1]->manual)
            problem_add(f->problems, PROBLEM_FATAL, order[i]->line,
                        "check '%.*s' is manual and automatic (line %d): "
                        "give one of them another id",
                        SPAN_ARG(order[i]->id), order[i - 1]->line);
}

void boxes_find(struct boxes *out, const struct page *p,
                const struct regions *regions, struct arena *a,
                struct problems *problems)
{
    struct finder f = {.page = p, .arena = a, .problems = problems};
    struct region_cursor cursor = region_cursor(regions->list, regions->n);
    for (size_t i = 1; i < p->tree.n; i++) {
        const struct node *n = &p->tree.nodes[i];
        if (!node_is_block(n) || region_covers(&cursor, n->line))
            continue;
        if (n->kind == NODE_PARAGRAPH || n->kind == NODE_HEADING ||
            n->kind == NODE_HTML)
            scan_block(&f, i);
    }
    check_clashes(&f);
    arena_defer(a, mem_free, f.list);
    *out = (struct boxes){f.list, f.n};
}
