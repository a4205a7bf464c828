/* Status, message and place of the first thing that went wrong. */
#include "err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef err_set /* what err.h tells the analyzer */
#undef err_at

static const struct {
    const char *name;
    int code;
} status_info[ST_COUNT] = {
    [ST_OK] = {"ok", 0},
    [ST_FAILED] = {"failed", 1},
    [ST_INPUT] = {"input", 2},
    [ST_LIMIT] = {"limit", 2},
    [ST_IO] = {"io", 2},
    [ST_REFUSED] = {"refused", 3},
    [ST_LOCKED] = {"locked", 3},
    [ST_WAITING] = {"waiting", 3},
    [ST_INTERRUPTED] = {"interrupted", 4},
    [ST_UNWRITTEN] = {"unwritten", 4},
    [ST_TAMPERED] = {"tampered", 5},
    [ST_DIVERGED] = {"diverged", 5},
    [ST_TIMEOUT] = {"timeout", 1},
    [ST_INTERNAL] = {"internal", 1},
};

/* The end of a long path tells more than its beginning. */
static void put_place(struct err *e, const char *file, int line)
{
    size_t n = file ? strlen(file) : 0;
    bool cut = n >= sizeof e->file;
    snprintf(e->file, sizeof e->file, "%s%s", cut ? "..." : "",
             cut    ? file + n - sizeof e->file + 4
             : file ? file
                    : "");
    e->line = line;
}

__attribute__((format(printf, 5, 0))) static enum status
fill(struct err *e, enum status st, const char *file, int line, const char *fmt,
     va_list ap)
{
    assert(st > ST_OK && st < ST_COUNT);
    if (e->st != ST_OK)
        return e->st;
    e->st = st;
    put_place(e, file, line);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    for (char *p = e->msg; *p; p++)
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    return st;
}

enum status err_set(struct err *e, enum status st, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    st = fill(e, st, NULL, 0, fmt, ap);
    va_end(ap);
    return st;
}

enum status err_at(struct err *e, enum status st, const char *file, int line,
                   const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    st = fill(e, st, file, line, fmt, ap);
    va_end(ap);
    return st;
}

enum status err_place(struct err *e, const char *file, int line)
{
    if (!*e->file)
        put_place(e, file, line);
    return e->st;
}

void err_clear(struct err *e)
{
    *e = (struct err){0};
}

const char *status_name(enum status st)
{
    assert(st >= ST_OK && st < ST_COUNT);
    return status_info[st].name;
}

int status_exit(enum status st)
{
    assert(st >= ST_OK && st < ST_COUNT);
    return status_info[st].code;
}

void err_text(const struct err *e, char *out, unsigned n)
{
    if (*e->file && e->line > 0 && e->column > 0)
        snprintf(out, n, "%s:%d:%d: %s", e->file, e->line, e->column, e->msg);
    else if (*e->file && e->line > 0)
        snprintf(out, n, "%s:%d: %s", e->file, e->line, e->msg);
    else if (*e->file)
        snprintf(out, n, "%s: %s", e->file, e->msg);
    else
        snprintf(out, n, "%s", e->msg);
}
