/* A runbook's bytes as lines and as the syntax tree of its Markdown part, the
 * front matter cut off. Node lines are lines of the file. */
#pragma once

#include "arena.h"
#include "lines.h"
#include "str.h"
#include "tree.h"

struct page {
    struct span src; /* borrowed */
    struct lines lines;
    struct tree tree;
};

/* Everything lives in a. src at most DOC_MAX_BYTES, the caller has checked. */
void page_open(struct page *p, struct span src, struct arena *a);
/* The source bytes of the node's first line, from its first byte on. */
struct span page_node_line(const struct page *p, const struct node *n);
