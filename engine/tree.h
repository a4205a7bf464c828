/* A Markdown syntax tree as a flat array in preorder, so that walking and
 * comparing need no recursion, however deep a document nests. The only user of
 * cmark's parser. */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "str.h"

enum node_kind {
    NODE_DOCUMENT,
    NODE_QUOTE,
    NODE_LIST,
    NODE_ITEM,
    NODE_CODE, /* fenced or indented */
    NODE_HTML,
    NODE_PARAGRAPH,
    NODE_HEADING,
    NODE_RULE,
    /* inlines, without places of their own */
    NODE_TEXT,
    NODE_SOFT_BREAK,
    NODE_HARD_BREAK,
    NODE_CODE_SPAN,
    NODE_HTML_SPAN,
    NODE_EMPHASIS,
    NODE_STRONG,
    NODE_LINK,
    NODE_IMAGE
};

struct node {
    enum node_kind kind;
    int depth;         /* the document's is 0 */
    size_t parent;     /* index; the document's is 0 */
    int line;          /* blocks: of the first byte, from 1 */
    int column;        /* blocks: byte in that line, from 1 */
    int end_line;      /* fenced code only: as cmark tells it */
    struct span text;  /* literal of code, HTML, text; LF */
    struct span info;  /* a fence's decoded info, or a link's target */
    struct span title; /* a link's */
    int level;         /* of a heading */
    int list_type, list_delim, list_start;
    bool tight; /* a list's */
};

struct tree {
    struct node *nodes; /* nodes[0] is the document */
    size_t n;
};

/* Parses text; its first line counts as first_line. Nodes and their spans live
 * in a. */
void tree_parse(struct tree *t, struct span text, int first_line,
                struct arena *a);
bool node_is_block(const struct node *n);
/* Index behind the last descendant of node i. */
size_t tree_skip(const struct tree *t, size_t i);
/* Equal but for the places. */
bool node_equal(const struct node *a, const struct node *b);
/* The plain text of everything below node i, breaks as blanks, HTML left
 * out; appended. */
void tree_text(const struct tree *t, size_t i, struct buf *out);
