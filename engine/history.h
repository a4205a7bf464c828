/* What a journal tells of each step: its attempts, what they asked and got,
 * how they ended. Filled while a run writes its journal, or by reading one
 * back; resume, retry and verify all replay from it (rule: DESIGN §3,
 * Attempts; §6). Holds places of records, not the records. */
#pragma once

#include "err.h"
#include "journal.h"
#include "plan.h"

struct intent {
    int64_t n; /* the activity's number */
    struct record_at at;
};

struct attempt_log {
    struct record_at begin;
    struct record_at *results; /* in order of delivery; owned */
    size_t n_results, room;
    struct intent *intents; /* announced, without a result; owned */
    size_t n_intents, intents_room;
    struct record_at end;
    bool ended, passed;
    const char *errand; /* its name, NULL: an attempt to do the step */
};

enum agreement { CONSENT_UNKNOWN, CONSENT_YES, CONSENT_NO };

struct step_log {
    struct attempt_log *attempts; /* owned */
    size_t n_attempts, room;
    struct record_at cond; /* value of if= */
    bool has_cond;
    enum agreement confirm;              /* to confirm= */
    enum agreement agreed[EFFECT_COUNT]; /* to activities of a class */
    enum agreement undo;                 /* to taking back what it changed */
    struct record_at undo_at;            /* that decision */
    struct record_at final;
    bool has_final;
};

struct history {
    struct step_log *steps; /* one per step of the plan; owned */
    size_t n;
    struct record_at run; /* the first record */
    bool has_run;
    struct record_at last_end; /* `end`, or the `pause` just written */
    bool ended;
    struct record_at *all_results; /* every result in order; owned */
    size_t n_all, room_all;
};

void history_init(struct history *h, size_t n_steps);
void history_release(struct history *h);
/* The attempt a live run starts; returned pointer is valid until the next. */
struct attempt_log *history_begin(struct history *h, size_t step,
                                  struct record_at at);
void history_intent(struct attempt_log *log, int64_t n, struct record_at at);
/* Whether activity n was announced, and nobody knows what became of it. */
bool history_is_open(const struct attempt_log *log, int64_t n);
/* Ends the intent of activity n, if it had one; true, and where it stands. */
bool history_settle(struct attempt_log *log, int64_t n, struct record_at *at);
void history_result(struct history *h, struct attempt_log *log, int64_t n,
                    struct record_at at);
/* How often the step was tried: its attempts without the errands behind. */
size_t history_tries(const struct step_log *log);
/* Which of the step's attempts, from 1, is the errand of that name; 0: none. */
size_t history_errand(const struct step_log *log, const char *name);
/* Where the run's own errand begins, that of telling others of a failure, which
 * is the last that a run asks for; INT64_MAX: nobody was told. */
int64_t history_hook_at(const struct history *h);
/* NULL when the step has none. */
struct attempt_log *history_last(struct history *h, size_t step);

/* Reads path, checking the chain. Steps are found by id in plan; a record that
 * names none is ST_DIVERGED. The walk's head, lines, end are for
 * journal_reopen. */
MUST_USE enum status history_load(struct history *h, const struct plan *plan,
                                  const char *path, enum torn torn,
                                  struct journal_walk *walk, struct err *err);
