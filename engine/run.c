/* Runs the steps of a session. */
#include "run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "attempt.h"
#include "file.h"
#include "interrupt.h"
#include "outcome.h"
#include "selection.h"
#include "state.h"
#include "talk.h"
#include "undo.h"

#define BACK_OFF_MS 1000 /* doubled with each attempt */

static struct step_log *log_of(struct session *s, size_t i)
{
    return &s->history.steps[i];
}

static bool replaying(const struct session *s)
{
    return s->door.mode == DOOR_REPLAY;
}

/* --- before the first step ------------------------------------------- */

enum status run_check(struct session *s, struct err *err)
{
    enum status st = selection_check(s, err);
    for (size_t i = 0; i < s->plan.n && st == ST_OK; i++)
        if (selection_has(s, i) && span_is(s->plan.steps[i].block->lang, "lua"))
            st = state_compile(s, i, err);
    return st;
}

/* The first need that did not pass, SIZE_MAX when all did. */
static size_t unmet(const struct session *s, const struct step *step)
{
    for (size_t k = 0; k < step->n_needs; k++) {
        enum step_status st = s->steps[step->needs[k]].status;
        if (st != STEP_PASSED && st != STEP_SKIPPED)
            return step->needs[k];
    }
    return SIZE_MAX;
}

/* --- attempts -------------------------------------------------------- */

/* Moves what the attempt showed into the view; a is empty afterwards. */
static void take(struct step_view *v, int number, struct attempt_result *a)
{
    char title[32];
    snprintf(title, sizeof title, "attempt %d", number);
    outcome_log(v, title, a);
    json_free(v->items);
    json_free(v->activities);
    buf_release(&v->output);
    v->attempts = number;
    v->items = a->items;
    v->activities = a->activities;
    v->output = a->output;
    v->error = a->passed ? NULL : a->error;
    v->line = a->line;
    v->ended_ms = a->ended_ms;
    memcpy(v->counts, a->counts, sizeof v->counts);
    *a = (struct attempt_result){0};
}

static void back_off(struct session *s, int number)
{
    int64_t ms = (int64_t)BACK_OFF_MS << (number < 6 ? number - 1 : 5);
    if (s->clock.is_virtual) {
        clock_advance(&s->clock, ms);
        return;
    }
    uint32_t chance = 0; /* of what fails together not all comes back at once */
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) == sizeof chance)
        ms -= ms / 2 * (chance % 1000) / 1000;
    (void)interrupt_sleep(ms, &s->door.waiting);
}

static enum status attempts(struct session *s, size_t i, bool *passed,
                            bool *refused, struct err *err)
{
    struct step_view *v = &s->steps[i];
    int last = s->plan.steps[i].block->attr.retries + 1;
    enum status st = ST_OK;
    *passed = false;
    for (int n = 1; n <= last && st == ST_OK; n++) {
        struct attempt_result a = {0};
        bool known = (size_t)n <= history_tries(log_of(s, i));
        if (n > 1 && !known)
            back_off(s, n - 1);
        st = attempt_run(s, i, n, &a, err);
        if (n == 1)
            v->started_ms = a.started_ms;
        bool stop = a.passed || a.stopped;
        *passed = a.passed;
        *refused = a.policy_refused;
        if (st == ST_OK || s->door.mode == DOOR_PREDICT)
            take(v, n, &a);
        attempt_release(&a);
        if (stop)
            break;
    }
    return st;
}

/* --- before a step --------------------------------------------------- */

/* Outside of the sandbox it takes a person, whatever --yes covers. */
static enum status confirmed(struct session *s, size_t i, bool *yes,
                             struct err *err)
{
    const struct step *step = &s->plan.steps[i];
    struct step_log *log = log_of(s, i);
    *yes = log->confirm != CONSENT_NO;
    if (!step->block->attr.confirm.n || log->confirm != CONSENT_UNKNOWN ||
        s->opt->plan)
        return ST_OK;
    struct consent c = {.id = span_dup(&s->arena, step->block->attr.id),
                        .question =
                            span_dup(&s->arena, step->block->attr.confirm),
                        .by_yes = s->env.sandbox};
    const char *how = NULL;
    enum status st = person_consent(&s->person, &c, yes, &how, err);
    if (st != ST_OK)
        return st;
    log->confirm = *yes ? CONSENT_YES : CONSENT_NO;
    struct json *r = session_record("decision", step);
    json_put_str(r, "about", "confirm");
    json_put_bool(r, "yes", *yes);
    json_put_str(r, "how", how);
    json_put_str(r, "by", s->person.name);
    return session_note(s, r, NULL, err);
}

static enum status condition(struct session *s, size_t i, bool *holds,
                             struct err *err)
{
    *holds = true;
    if (!s->plan.steps[i].block->attr.if_expr.n)
        return ST_OK;
    return attempt_condition(s, i, holds, &s->steps[i].error, err);
}

static void announce(struct session *s, const struct step *step)
{
    progress_step_begin(s->progress, step->number, s->plan.n,
                        span_dup(&s->arena, step->block->attr.id),
                        step->block->heading, clock_mono_ms());
}

/* What keeps a step from running: STEP_PENDING when nothing does. */
static enum step_status hindrance(struct session *s, size_t i,
                                  const char **reason)
{
    const struct step *step = &s->plan.steps[i];
    size_t need = unmet(s, step);
    if (need == SIZE_MAX || step->block->attr.always)
        return STEP_PENDING;
    bool unknown = s->opt->plan && (s->steps[need].status == STEP_WAITING ||
                                    s->steps[need].status == STEP_BLOCKED);
    *reason =
        arena_printf(&s->arena, "%sit needs '%.*s', which %s",
                     unknown ? "not predicted: " : "",
                     SPAN_ARG(s->plan.steps[need].block->attr.id),
                     unknown                                 ? "is not"
                     : s->steps[need].status == STEP_PENDING ? "has not run"
                                                             : "did not pass");
    return STEP_BLOCKED;
}

static enum status run_block(struct session *s, size_t i, struct err *err)
{
    bool passed = false;
    bool refused = false;
    enum status st = attempts(s, i, &passed, &refused, err);
    if (st == ST_OK && !passed)
        st = undo_offer(s, i, err);
    if (st != ST_OK)
        return st;
    st = outcome_finish(s, i,
                        passed    ? STEP_PASSED
                        : refused ? STEP_REFUSED
                                  : STEP_FAILED,
                        NULL, err);
    if (s->steps[i].status == STEP_PASSED) {
        s->passed[s->n_passed++] = i;
    } else if (passed) { /* drifted: its state does not count */
        worker_close(s->worker);
        s->worker = NULL;
    }
    return st;
}

static enum status run_step(struct session *s, size_t i, struct err *err)
{
    const struct step *step = &s->plan.steps[i];
    const struct attrs *at = &step->block->attr;
    const char *reason = NULL;
    if (interrupted)
        return err_set(err, ST_INTERRUPTED, "interrupted");
    announce(s, step);
    enum step_status why_not = hindrance(s, i, &reason);
    if (why_not != STEP_PENDING)
        return outcome_finish(s, i, why_not, reason, err);
    bool holds = true;
    enum status st = condition(s, i, &holds, err);
    if (st == ST_OK && s->steps[i].error)
        return outcome_finish(s, i, STEP_FAILED, NULL, err);
    if (st == ST_OK && !holds)
        return outcome_finish(s, i, STEP_SKIPPED,
                              arena_printf(&s->arena, "if=\"%.*s\" is false",
                                           SPAN_ARG(at->if_expr)),
                              err);
    bool yes = true;
    if (st == ST_OK)
        st = confirmed(s, i, &yes, err);
    if (st == ST_OK && !yes)
        return outcome_finish(s, i, STEP_REFUSED, "a person said no", err);
    return st == ST_OK ? run_block(s, i, err) : st;
}

/* --- the run --------------------------------------------------------- */

/* A replay ends where the journal does. */
static bool journal_is_over(struct session *s, size_t i)
{
    return replaying(s) && !log_of(s, i)->has_final;
}

/* The step stays open for a resume. A prediction goes on: what does not
 * depend on the change can still be predicted. */
static enum status wait_at(struct session *s, size_t i, struct err *err)
{
    struct step_view *v = &s->steps[i];
    v->status = STEP_WAITING;
    v->reason = arena_strdup(&s->arena, err->msg);
    v->started_ms = v->ended_ms = clock_now_ms(&s->clock);
    outcome_region(s, i);
    progress_step_end(s->progress, STEP_WAITING, 0, err->msg);
    if (s->door.mode != DOOR_PREDICT)
        return ST_WAITING;
    err_clear(err);
    worker_close(s->worker);
    s->worker = NULL;
    return ST_OK;
}

static enum status take_step(struct session *s, size_t i, struct err *err)
{
    enum status st = run_step(s, i, err);
    if (st != ST_OK)
        err_place(err, s->page, s->plan.steps[i].block->line);
    return st == ST_WAITING ? wait_at(s, i, err) : st;
}

/* The rescue of a step that failed, then the rescue's own. */
static enum status rescue(struct session *s, size_t i, struct err *err)
{
    enum status st = ST_OK;
    while (st == ST_OK && s->steps[i].status == STEP_FAILED) {
        i = s->plan.steps[i].on_fail;
        if (i == SIZE_MAX || s->steps[i].status != STEP_PENDING ||
            journal_is_over(s, i))
            break;
        st = take_step(s, i, err);
    }
    return st;
}

static enum status skip_rescues(struct session *s, struct err *err)
{
    enum status st = ST_OK;
    for (size_t i = 0; i < s->plan.n && st == ST_OK; i++) {
        bool unused =
            s->plan.steps[i].rescue && s->steps[i].status == STEP_PENDING;
        if (!unused)
            continue;
        if (!selection_has(s, i)) {
            selection_leave_out(s, i);
        } else if (!journal_is_over(s, i)) {
            announce(s, &s->plan.steps[i]);
            st = outcome_finish(s, i, STEP_SKIPPED, "a rescue: nothing failed",
                                err);
        }
    }
    return st;
}

/* Rescues have no turn of their own, not even to be left out: a failure calls
 * them. */
enum status run_steps(struct session *s, struct err *err)
{
    enum status st = ST_OK;
    for (size_t k = 0; k < s->plan.n && st == ST_OK; k++) {
        size_t i = s->plan.order[k];
        if (s->plan.steps[i].rescue)
            continue;
        if (!selection_has(s, i)) {
            selection_leave_out(s, i);
            continue;
        }
        if (journal_is_over(s, i))
            return ST_OK;
        st = take_step(s, i, err);
        if (st == ST_OK)
            st = rescue(s, i, err);
    }
    return st == ST_OK ? skip_rescues(s, err) : st;
}

enum status run_verdict(const struct session *s)
{
    enum status verdict = ST_OK;
    for (size_t i = 0; i < s->plan.n; i++) {
        if (s->steps[i].status == STEP_REFUSED)
            return ST_REFUSED;
        if (s->steps[i].status == STEP_FAILED && verdict != ST_FAILED)
            verdict = s->steps[i].drifted ? ST_TAMPERED : ST_FAILED;
    }
    return verdict;
}

const char *run_word(enum status st)
{
    return st == ST_OK            ? "passed"
           : st == ST_WAITING     ? "waiting"
           : st == ST_INTERRUPTED ? "interrupted"
           : st == ST_REFUSED     ? "refused"
           : st == ST_TAMPERED    ? "drifted"
                                  : "failed";
}
