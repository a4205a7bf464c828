/* A document's runnable blocks as ordered, validated steps (rule: DESIGN §3,
 * needs, always, on-fail). */
#pragma once

#include "doc.h"

struct step {
    const struct block *block;
    size_t number;       /* from 1, in order of the document */
    const size_t *needs; /* indices into plan.steps */
    size_t n_needs;
    size_t on_fail; /* index, or SIZE_MAX */
    bool rescue;    /* named by some on-fail: runs only so */
};

struct plan {
    const struct doc *doc;
    struct step *steps; /* in order of the document */
    size_t n;
    size_t *order; /* indices, every step behind what it needs */
};

/* Lives in a; the doc must outlive it. ST_INPUT with file:line for an unknown
 * id (nearest one named), a cycle, a language that cannot run, no step. */
MUST_USE enum status plan_make(const struct doc *d, struct arena *a,
                               struct plan *out, struct err *err);
/* Index of the step with this id, SIZE_MAX when none. */
size_t plan_find(const struct plan *p, struct span id);
