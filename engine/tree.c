/* Flattens cmark's syntax tree. */
#include "tree.h"

#include <assert.h>

#define CMARK_NO_SHORT_NAMES
#include <cmark.h>

/* clang-format off */
static const struct {
    enum node_kind kind;
    bool leaf; /* cmark's iterator does not come by again to leave it */
} kinds[] = {
    [CMARK_NODE_DOCUMENT]       = {NODE_DOCUMENT,   false},
    [CMARK_NODE_BLOCK_QUOTE]    = {NODE_QUOTE,      false},
    [CMARK_NODE_LIST]           = {NODE_LIST,       false},
    [CMARK_NODE_ITEM]           = {NODE_ITEM,       false},
    [CMARK_NODE_CODE_BLOCK]     = {NODE_CODE,       true},
    [CMARK_NODE_HTML_BLOCK]     = {NODE_HTML,       true},
    [CMARK_NODE_PARAGRAPH]      = {NODE_PARAGRAPH,  false},
    [CMARK_NODE_HEADING]        = {NODE_HEADING,    false},
    [CMARK_NODE_THEMATIC_BREAK] = {NODE_RULE,       true},
    [CMARK_NODE_TEXT]           = {NODE_TEXT,       true},
    [CMARK_NODE_SOFTBREAK]      = {NODE_SOFT_BREAK, true},
    [CMARK_NODE_LINEBREAK]      = {NODE_HARD_BREAK, true},
    [CMARK_NODE_CODE]           = {NODE_CODE_SPAN,  true},
    [CMARK_NODE_HTML_INLINE]    = {NODE_HTML_SPAN,  true},
    [CMARK_NODE_EMPH]           = {NODE_EMPHASIS,   false},
    [CMARK_NODE_STRONG]         = {NODE_STRONG,     false},
    [CMARK_NODE_LINK]           = {NODE_LINK,       false},
    [CMARK_NODE_IMAGE]          = {NODE_IMAGE,      false},
};
/* clang-format on */

/* Growing array: a first pass would cost as much as the copying. */
struct builder {
    struct node *nodes;
    size_t n, room;
    int line_offset;
};

static void add(struct builder *b, cmark_node *from, size_t parent)
{
    MEM_GROW(b->nodes, b->n, b->room);
    enum node_kind kind = kinds[cmark_node_get_type(from)].kind;
    const char *info = kind == NODE_CODE ? cmark_node_get_fence_info(from)
                                         : cmark_node_get_url(from);
    b->nodes[b->n] = (struct node){
        .kind = kind,
        .depth = b->n ? b->nodes[parent].depth + 1 : 0,
        .parent = parent,
        .line = cmark_node_get_start_line(from) + b->line_offset,
        .column = cmark_node_get_start_column(from),
        .end_line = cmark_node_get_end_line(from) + b->line_offset,
        .text = span_of(cmark_node_get_literal(from)),
        .info = span_of(info),
        .title = span_of(cmark_node_get_title(from)),
        .level = cmark_node_get_heading_level(from),
        .list_type = (int)cmark_node_get_list_type(from),
        .list_delim = (int)cmark_node_get_list_delim(from),
        .list_start = cmark_node_get_list_start(from),
        .tight = cmark_node_get_list_tight(from),
    };
    b->n++;
}

static void flatten(struct builder *b, cmark_node *root)
{
    cmark_iter *iter = cmark_iter_new(root);
    size_t parent = 0;
    for (cmark_event_type ev = cmark_iter_next(iter); ev != CMARK_EVENT_DONE;
         ev = cmark_iter_next(iter)) {
        cmark_node *at = cmark_iter_get_node(iter);
        if (ev == CMARK_EVENT_EXIT) {
            assert(b->nodes); /* every exit follows an enter */
            parent = b->nodes[parent].parent;
            continue;
        }
        add(b, at, parent);
        if (!kinds[cmark_node_get_type(at)].leaf)
            parent = b->n - 1;
    }
    cmark_iter_free(iter);
}

static void free_root(void *root)
{
    cmark_node_free(root);
}

void tree_parse(struct tree *t, struct span text, int first_line,
                struct arena *a)
{
    cmark_node *root =
        cmark_parse_document(text.n ? text.p : "", text.n, CMARK_OPT_DEFAULT);
    arena_defer(a, free_root, root); /* the literals are its own */
    struct builder b = {.line_offset = first_line - 1};
    flatten(&b, root);
    arena_defer(a, mem_free, b.nodes);
    *t = (struct tree){b.nodes, b.n};
}

bool node_is_block(const struct node *n)
{
    return n->kind < NODE_TEXT;
}

size_t tree_skip(const struct tree *t, size_t i)
{
    int depth = t->nodes[i].depth;
    for (i++; i < t->n && t->nodes[i].depth > depth; i++)
        ;
    return i;
}

bool node_equal(const struct node *a, const struct node *b)
{
    return a->kind == b->kind && a->depth == b->depth && a->level == b->level &&
           a->list_type == b->list_type && a->list_delim == b->list_delim &&
           a->list_start == b->list_start && a->tight == b->tight &&
           span_eq(a->text, b->text) && span_eq(a->info, b->info) &&
           span_eq(a->title, b->title);
}

void tree_text(const struct tree *t, size_t i, struct buf *out)
{
    size_t end = tree_skip(t, i);
    for (i++; i < end; i++) {
        enum node_kind kind = t->nodes[i].kind;
        if (kind == NODE_TEXT || kind == NODE_CODE_SPAN)
            buf_span(out, t->nodes[i].text);
        else if (kind == NODE_SOFT_BREAK || kind == NODE_HARD_BREAK)
            buf_char(out, ' ');
    }
}
