/* Finds the lines of some bytes. */
#include "lines.h"

/* Length of the EOL at p[at], 0 when there is none. */
static size_t eol_length(struct span s, size_t at)
{
    if (at >= s.n)
        return 0;
    if (s.p[at] == '\n')
        return 1;
    if (s.p[at] != '\r')
        return 0;
    return at + 1 < s.n && s.p[at + 1] == '\n' ? 2 : 1;
}

static size_t find_eol(struct span s, size_t at)
{
    while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r')
        at++;
    return at;
}

struct span line_cut(struct span *rest)
{
    size_t end = find_eol(*rest, 0);
    struct span line = span_sub(*rest, 0, end);
    *rest = span_sub(*rest, end + eol_length(*rest, end), rest->n);
    return line;
}

size_t bom_length(struct span src)
{
    return span_starts(src, "\xEF\xBB\xBF") ? 3 : 0;
}

static size_t count(struct span src)
{
    size_t n = 0;
    while (src.n) {
        (void)line_cut(&src);
        n++;
    }
    return n;
}

void lines_read(struct lines *l, struct span src, struct arena *a)
{
    struct span rest = span_sub(src, bom_length(src), src.n);
    l->src = src;
    l->n = count(rest);
    l->start = arena_array(a, l->n + 1, sizeof *l->start);
    for (size_t i = 0; i < l->n; i++) {
        l->start[i] = src.n - rest.n;
        (void)line_cut(&rest);
    }
    l->start[l->n] = src.n;
}

size_t lines_end(const struct lines *l, size_t line)
{
    size_t end = l->start[line];
    size_t start = l->start[line - 1];
    if (end > start && l->src.p[end - 1] == '\n')
        end--;
    if (end > start && l->src.p[end - 1] == '\r')
        end--;
    return end;
}

struct span lines_text(const struct lines *l, size_t line)
{
    return span_sub(l->src, l->start[line - 1], lines_end(l, line));
}

const char *lines_eol(const struct lines *l, size_t line)
{
    size_t end = lines_end(l, line);
    if (end == l->src.n || l->src.p[end] == '\n')
        return "\n";
    return eol_length(l->src, end) == 2 ? "\r\n" : "\r";
}
