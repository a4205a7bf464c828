/* Bytes as lines, numbered from 1 as in a text editor and in cmark: LF, CRLF
 * and CR each end a line; a byte order mark belongs to no line. */
#pragma once

#include "arena.h"
#include "str.h"

struct lines {
    struct span src; /* borrowed */
    size_t *start;   /* start[i]: first byte of line i + 1; start[n] = src.n */
    size_t n;
};

/* The table lives in a; one pass over src. */
void lines_read(struct lines *l, struct span src, struct arena *a);
/* Without its EOL; line from 1 to l->n. */
struct span lines_text(const struct lines *l, size_t line);
/* Offset behind the line's last byte, where its EOL begins. */
size_t lines_end(const struct lines *l, size_t line);
/* "\n", "\r\n" or "\r"; "\n" for a last line that has none. */
const char *lines_eol(const struct lines *l, size_t line);

size_t bom_length(struct span src); /* 3 or 0 */
/* The line at the head of *rest, cut off together with its EOL. */
struct span line_cut(struct span *rest);
