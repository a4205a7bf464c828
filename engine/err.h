/* Errors: a status, a place and one line of text, on the caller's stack. The
 * first error wins; outer layers add only the place. Programmer errors are
 * assert, never statuses. One table maps a status to its exit code and hint
 * (rule: DESIGN §4, exit codes). */
#pragma once

#include <stdbool.h>

#define MUST_USE __attribute__((warn_unused_result))

/* clang-format off */
enum status {
    ST_OK = 0,
    ST_FAILED,      /* a step failed, or findings                    exit 1 */
    ST_INPUT,       /* the runbook or the call is wrong              exit 2 */
    ST_LIMIT,       /* an input over a documented ceiling            exit 2 */
    ST_IO,          /* the operating system refused a read           exit 2 */
    ST_REFUSED,     /* policy said no                                exit 3 */
    ST_LOCKED,      /* another run holds the lock                    exit 3 */
    ST_WAITING,     /* needs a person or an approval                 exit 3 */
    ST_INTERRUPTED, /* stopped half-way, can be resumed              exit 4 */
    ST_UNWRITTEN,   /* ran, but the document was not written back    exit 4 */
    ST_TAMPERED,    /* evidence does not verify, or drift            exit 5 */
    ST_DIVERGED,    /* replay took another path than the journal     exit 5 */
    ST_TIMEOUT,     /* an attempt ran over its time                  exit 1 */
    ST_INTERNAL,    /* a bug of ours                                 exit 1 */
    ST_COUNT
};
/* clang-format on */

/* Owns its texts: an error outlives what it tells of. file "" and line 0: no
 * place. */
struct err {
    enum status st;
    int line;
    int column; /* set by those who know it; 0: none */
    char file[256];
    char msg[512];
};

/* Fills *e unless it already holds an error; returns st, so that
 * `return err_set(e, ST_INPUT, "…")` is the idiom. */
enum status err_set(struct err *e, enum status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum status err_at(struct err *e, enum status st, const char *file, int line,
                   const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Adds the place if there is none yet; returns e->st. */
enum status err_place(struct err *e, const char *file, int line);
void err_clear(struct err *e);

const char *status_name(enum status st); /* "refused" */
int status_exit(enum status st);         /* 0..5 */
/* "file:line:column: message", or with less of a place; one line, no newline.
 * n = room. */
void err_text(const struct err *e, char *out, unsigned n);

#ifdef __clang_analyzer__
/* clang-tidy sees one file at a time: here it is told what fill() asserts,
 * that a status which was set is not ST_OK. */
static inline enum status err_told(const struct err *e)
{
    if (e->st == ST_OK)
        __builtin_unreachable();
    return e->st;
}
#define err_set(e, ...) ((void)(err_set)(e, __VA_ARGS__), err_told(e))
#define err_at(e, ...) ((void)(err_at)(e, __VA_ARGS__), err_told(e))
#endif
