/* One run in short, for the pages that people read afterwards: what the
 * feedback log and the runbook's reader page have in common. */
#pragma once

#include <stddef.h>

#include "evidence.h"

struct step_summary {
    const char *id;
    enum step_status status;
    int attempts;
    int64_t elapsed_ms;
    int counts[EFFECT_COUNT];
    const char *note; /* error or reason, NULL when none */
};

/* One run. All borrowed; paths are relative to the repository's root. */
struct run_summary {
    const char *run;
    const char *runbook;
    const char *title;
    const char *owner;
    const char *environment;
    const char *operator;
    const char *mode;   /* "live", "dry run", "replay" */
    const char *status; /* "passed", "failed", "waiting", … */
    int64_t started_ms; /* Unix */
    int64_t elapsed_ms;
    const struct step_summary *steps;
    size_t n_steps;
    size_t boxes_ticked, boxes_total;
    const char *bundle;
    const char *command;    /* secrets never */
    const char *approval;   /* who approved which plan, NULL when none */
    const char *escalation; /* why a person is needed, NULL when none */
};

/* step | status | attempts | time | effects; no newline at the end. */
void summary_table(const struct run_summary *s, struct buf *out);
/* A link to path as seen from the folder dir. */
void summary_link(const char *text, const char *path, const char *dir,
                  struct buf *out);
/* "**✅ passed**" */
void summary_verdict(const struct run_summary *s, struct buf *out);
/* "sandbox · 3 of 4 boxes ticked"; the boxes only when there are any. */
void summary_place(const struct run_summary *s, struct buf *out);
