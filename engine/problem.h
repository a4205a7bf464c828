/* The problems found while reading a document: collected, so that `check` can
 * tell all of them and a run the first one. */
#pragma once

#include "arena.h"
#include "err.h"

enum severity {
    PROBLEM_WARNING, /* worth a look; told with "warning: " in front */
    PROBLEM_LINT,    /* wrong, but the document can still be read and run */
    PROBLEM_FATAL    /* the document cannot be used */
};

struct problem {
    enum severity severity;
    enum status st;
    int line;
    const char *text;
};

/* More than this are not kept: hostile input could make one a line. */
#define PROBLEM_MAX 1000

struct problems {
    struct arena *arena; /* owns the texts and the list */
    struct problem *list;
    size_t n;
};

void problem_add(struct problems *ps, enum severity severity, int line,
                 const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* A fatal problem from an error of a lower layer; line counts when the error
 * has no place. */
void problem_add_err(struct problems *ps, int line, const struct err *e);
/* By line, in the order of finding within a line. */
void problem_sort(struct problems *ps);
/* As an error at path; returns its status. */
enum status problem_err(const struct problem *p, const char *path,
                        struct err *out);
