/* Collects the problems of a document. */
#include "problem.h"

#include <stdarg.h>
#include <stdlib.h>

#include "str.h"

static void keep(struct problems *ps, struct problem p)
{
    if (!ps->list)
        ps->list = arena_array(ps->arena, PROBLEM_MAX, sizeof *ps->list);
    if (ps->n < PROBLEM_MAX)
        ps->list[ps->n++] = p;
}

void problem_add(struct problems *ps, enum severity severity, int line,
                 const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    keep(ps, (struct problem){severity, ST_INPUT, line,
                              arena_strdup(ps->arena, buf_cstr(&text))});
    buf_release(&text);
}

void problem_add_err(struct problems *ps, int line, const struct err *e)
{
    keep(ps, (struct problem){PROBLEM_FATAL, e->st, e->line ? e->line : line,
                              arena_strdup(ps->arena, e->msg)});
}

/* Insertion order breaks ties: the list is contiguous, so addresses tell. */
static int by_line(const void *left, const void *right)
{
    const struct problem *const *a = left;
    const struct problem *const *b = right;
    if ((*a)->line != (*b)->line)
        return (*a)->line < (*b)->line ? -1 : 1;
    return (*a > *b) - (*a < *b);
}

void problem_sort(struct problems *ps)
{
    if (!ps->n)
        return;
    const struct problem **order =
        arena_array(ps->arena, ps->n, sizeof(struct problem *));
    for (size_t i = 0; i < ps->n; i++)
        order[i] = &ps->list[i];
    qsort(order, ps->n, sizeof(struct problem *), by_line);
    struct problem *sorted =
        arena_array(ps->arena, PROBLEM_MAX, sizeof *sorted);
    for (size_t i = 0; i < ps->n; i++)
        sorted[i] = *order[i];
    ps->list = sorted;
}

enum status problem_err(const struct problem *p, const char *path,
                        struct err *out)
{
    return err_at(out, p->st, path, p->line, "%s%s",
                  p->severity == PROBLEM_WARNING ? "warning: " : "", p->text);
}
