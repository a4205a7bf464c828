/* Finds runnable blocks. */
#include "block.h"

#include "attr.h"

#define FENCE_LENGTH_MAX 255 /* cmark remembers no longer one */

struct finder {
    const struct page *page;
    struct arena *arena;
    struct problems *problems;
    struct block *list; /* heap while growing */
    size_t n, room;
    const char *heading; /* text of the last one */
};

static size_t run_length(struct span s, char c)
{
    size_t n = 0;
    while (n < s.n && s.p[n] == c)
        n++;
    return n;
}

static size_t newlines(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

/* The bytes of quotes and list indentation that a line begins with. */
static size_t container_prefix(struct span line)
{
    size_t n = 0;
    while (n < line.n &&
           (line.p[n] == ' ' || line.p[n] == '\t' || line.p[n] == '>'))
        n++;
    return n;
}

/* Whether node i's fence is closed, and where its closing fence begins in its
 * line. cmark reports the end of a fence cut short by its container on the
 * line after it; so three things must agree: the literal leaves room for one
 * closing line, nothing else begins on that line, and it looks like a fence. */
static bool is_closed(const struct page *p, size_t i, struct span opening,
                      size_t *fence_at)
{
    const struct node *n = &p->tree.nodes[i];
    size_t between = (size_t)(n->end_line - n->line);
    if (between != newlines(n->text) + 1 || (size_t)n->end_line > p->lines.n)
        return false;
    if (i + 1 < p->tree.n && p->tree.nodes[i + 1].line == n->end_line)
        return false;
    struct span line = lines_text(&p->lines, (size_t)n->end_line);
    *fence_at = container_prefix(line);
    struct span fence = span_sub(line, *fence_at, line.n);
    size_t length = run_length(fence, opening.p[0]);
    size_t needed = run_length(opening, opening.p[0]);
    if (needed > FENCE_LENGTH_MAX)
        needed = FENCE_LENGTH_MAX;
    return length >= needed && !span_trim(span_sub(fence, length, fence.n)).n;
}

/* What each line of a region begins with: the bytes before the closing
 * fence, parted from the text by a blank if a quote ends there. */
static struct span region_prefix(struct span before, struct arena *a)
{
    if (!span_ends(before, ">"))
        return before;
    return span_of(arena_printf(a, "%.*s ", SPAN_ARG(before)));
}

static bool in_tight_list(const struct tree *t, const struct node *n)
{
    const struct node *item = &t->nodes[n->parent];
    return item->kind == NODE_ITEM && t->nodes[item->parent].tight;
}

static struct digest code_digest(struct span lang, struct span code)
{
    struct hasher h;
    hasher_init(&h);
    hasher_add(&h, lang);
    hasher_add(&h, SPAN("\n"));
    hasher_add(&h, code);
    return hasher_end(&h);
}

static void add_block(struct finder *f, size_t i, struct block b,
                      size_t fence_at)
{
    const struct page *p = f->page;
    const struct node *n = &p->tree.nodes[i];
    struct span closing = lines_text(&p->lines, (size_t)n->end_line);
    b.code = (struct span){span_dup(f->arena, n->text), n->text.n};
    b.src = code_digest(b.lang, b.code);
    b.line = n->line;
    b.begin = p->lines.start[n->line - 1];
    b.insert_at = lines_end(&p->lines, (size_t)n->end_line);
    b.prefix = region_prefix(span_sub(closing, 0, fence_at), f->arena);
    b.eol = lines_eol(&p->lines, (size_t)n->line);
    b.tight = in_tight_list(&p->tree, n);
    b.region = -1;
    b.heading = f->heading;
    MEM_GROW(f->list, f->n, f->room);
    f->list[f->n++] = b;
}

static void scan_code(struct finder *f, size_t i)
{
    const struct node *n = &f->page->tree.nodes[i];
    if (!n->info.n) /* indented code, or prose */
        return;
    struct span opening = page_node_line(f->page, n);
    size_t fence = run_length(opening, opening.p[0]);
    struct span info = span_trim(span_sub(opening, fence, opening.n));
    struct block b = {0};
    struct err err = {0};
    bool runs;
    size_t fence_at = 0;
    if (attr_parse(info, &runs, &b.lang, &b.attr, &err) != ST_OK)
        problem_add_err(f->problems, n->line, &err);
    else if (!runs && span_find(info, SPAN("{#"), 0) < info.n)
        problem_add(f->problems, PROBLEM_WARNING, n->line,
                    "a '%.*s' block does not run: only lua, sh, bash and sql "
                    "do",
                    SPAN_ARG(b.lang));
    else if (runs && !is_closed(f->page, i, opening, &fence_at))
        problem_add(f->problems, PROBLEM_FATAL, n->line,
                    "the fence of step '%.*s' is never closed: end the block "
                    "with a line of %zu '%c', indented and quoted as its "
                    "first line",
                    SPAN_ARG(b.attr.id), fence, opening.p[0]);
    else if (runs)
        add_block(f, i, b, fence_at);
}

static void read_heading(struct finder *f, size_t i)
{
    struct buf text = {0};
    tree_text(&f->page->tree, i, &text);
    f->heading = span_dup(f->arena, span_trim(buf_view(&text)));
    buf_release(&text);
}

void blocks_find(struct blocks *out, const struct page *p,
                 const struct regions *regions, struct arena *a,
                 struct problems *problems)
{
    struct finder f = {
        .page = p, .arena = a, .problems = problems, .heading = ""};
    struct region_cursor cursor = region_cursor(regions->list, regions->n);
    for (size_t i = 1; i < p->tree.n; i++) {
        const struct node *n = &p->tree.nodes[i];
        if ((n->kind != NODE_CODE && n->kind != NODE_HEADING) ||
            region_covers(&cursor, n->line))
            continue;
        if (n->kind == NODE_CODE)
            scan_code(&f, i);
        else
            read_heading(&f, i);
    }
    arena_defer(a, mem_free, f.list);
    *out = (struct blocks){f.list, f.n};
}
