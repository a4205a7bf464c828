/* Cuts the front matter off and parses the rest. */
#include "page.h"

#include "front.h"

void page_open(struct page *p, struct span src, struct arena *a)
{
    p->src = src;
    lines_read(&p->lines, src, a);
    struct front_place front;
    size_t body = bom_length(src);
    int before = 0;
    if (front_find(src, &front)) {
        body = front.end;
        before = front.lines;
    }
    tree_parse(&p->tree, span_sub(src, body, src.n), before + 1, a);
}

struct span page_node_line(const struct page *p, const struct node *n)
{
    struct span line = lines_text(&p->lines, (size_t)n->line);
    return span_sub(line, (size_t)n->column - 1, line.n);
}
