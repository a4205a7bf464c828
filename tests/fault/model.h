/* The run that nobody disturbs, and how others compare with it. */
#pragma once

#include "lab.h"

struct model {
    enum lab_env env;
    struct buf before; /* the page, before */
    struct buf page;   /* and after; in LAB_CLOUD normalised */
    struct buf logs;   /* of the steps, likewise */
    struct buf counters;
    struct buf note, tries, big; /* in the repository, not in LAB_SANDBOX's */
    size_t lines;                /* of the journal */
    int64_t us;                  /* it took */
};

void model_make(struct model *m, enum lab_env env);
void model_release(struct model *m);
/* After a kill: the page is whole, and the old one or the new one. */
void model_check_page(const struct model *m, const struct lab *l);
/* At the end: page, files and counters as in the model, one entry in the
 * feedback log, nothing left over, and the evidence verifies. */
void model_compare(const struct model *m, const struct lab *l);
