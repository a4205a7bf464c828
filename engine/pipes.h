/* Pipe tables (GFM), which CommonMark reads as a paragraph. */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "str.h"

/* Rows of cells, the header first, all of the same width. Cells are Markdown
 * with `\|` undone. Owned by the arena. */
struct pipe_table {
    struct span *cells;
    size_t rows, columns;
};

/* lines: a paragraph's source lines without the bytes of its containers. False
 * when they are no table: no row of dashes below a header as wide. */
bool pipes_parse(const struct span *lines, size_t n, struct arena *a,
                 struct pipe_table *out);
