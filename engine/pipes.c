/* Reads pipe tables. */
#include "pipes.h"

static bool is_escaped_pipe(struct span s, size_t at)
{
    return s.p[at] == '\\' && at + 1 < s.n && s.p[at + 1] == '|';
}

/* A row without the pipes at its edges. */
static struct span inner(struct span line)
{
    line = span_trim(line);
    if (span_starts(line, "|"))
        line = span_sub(line, 1, line.n);
    if (span_ends(line, "|") && !span_ends(line, "\\|"))
        line = span_sub(line, 0, line.n - 1);
    return line;
}

/* Cuts the next cell off *row; false at the end. */
static bool next_cell(struct span *row, bool *more, struct span *cell)
{
    if (!*more)
        return false;
    size_t at = 0;
    while (at < row->n && row->p[at] != '|')
        at += row->p[at] == '\\' && at + 1 < row->n ? 2 : 1;
    *cell = span_trim(span_sub(*row, 0, at));
    *more = at < row->n;
    *row = span_sub(*row, at + 1, row->n);
    return true;
}

static size_t count_cells(struct span line)
{
    struct span row = inner(line);
    struct span cell;
    bool more = true;
    size_t n = 0;
    while (next_cell(&row, &more, &cell))
        n++;
    return n;
}

/* `---`, `:---`, `:---:` */
static bool is_dashes(struct span cell)
{
    if (span_starts(cell, ":"))
        cell = span_sub(cell, 1, cell.n);
    if (span_ends(cell, ":"))
        cell = span_sub(cell, 0, cell.n - 1);
    for (size_t i = 0; i < cell.n; i++)
        if (cell.p[i] != '-')
            return false;
    return cell.n > 0;
}

static bool is_rule(struct span line)
{
    struct span row = inner(line);
    struct span cell;
    bool more = true;
    while (next_cell(&row, &more, &cell))
        if (!is_dashes(cell))
            return false;
    return memchr(line.p, '|', line.n) != NULL;
}

static struct span unescape(struct span cell, struct arena *a)
{
    char *text = arena_strndup(a, cell.p, cell.n);
    size_t n = 0;
    for (size_t i = 0; i < cell.n; i++) {
        if (is_escaped_pipe(cell, i))
            continue;
        text[n++] = cell.p[i];
    }
    text[n] = '\0';
    return (struct span){text, n};
}

bool pipes_parse(const struct span *lines, size_t n, struct arena *a,
                 struct pipe_table *out)
{
    if (n < 2 || !is_rule(lines[1]))
        return false;
    size_t columns = count_cells(lines[1]);
    if (count_cells(lines[0]) != columns)
        return false;
    out->columns = columns;
    out->rows = n - 1;
    out->cells = arena_array(a, out->rows * columns, sizeof *out->cells);
    for (size_t i = 0; i < out->rows; i++) {
        struct span row = inner(lines[i == 0 ? 0 : i + 1]);
        struct span cell;
        bool more = true;
        for (size_t c = 0; c < columns && next_cell(&row, &more, &cell); c++)
            out->cells[i * columns + c] = unescape(cell, a);
    }
    return true;
}
