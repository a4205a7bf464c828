/* What a person sees while a run goes on: on a terminal a live line with
 * elapsed time below the streamed output, otherwise plain lines. No threads:
 * the run's loop ticks. Foreign bytes never reach the terminal raw. Every
 * function accepts NULL and then does nothing (a quiet run). */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "evidence.h"

struct progress;

enum progress_flags {
    PROGRESS_LIVE = 1,  /* redraws its last line */
    PROGRESS_COLOUR = 2 /* ANSI colours */
};

/* What suits the stream: live on a terminal unless TERM is dumb, coloured
 * when live unless NO_COLOR is set. */
unsigned progress_flags_for(FILE *out);

/* columns: width of the terminal, 0 to ask it at every draw. out is borrowed.
 * Freed by progress_close. */
struct progress *progress_open(FILE *out, unsigned flags, size_t columns);

/* Step i of n, from 1. now_ms is any steady clock (clock_mono_ms). */
void progress_step_begin(struct progress *p, size_t i, size_t n, const char *id,
                         const char *heading, int64_t now_ms);
/* What the step prints, in pieces of any size; shown line by line. */
void progress_output(struct progress *p, struct span bytes);
/* Whether what the step does just now is shown at all; p may be NULL. */
bool progress_is_live(const struct progress *p);
/* What that is, in a few words. */
void progress_activity(struct progress *p, const char *summary);
/* Moves the spinner and the clock; cheap when called too often. */
void progress_tick(struct progress *p, int64_t now_ms);
/* Says, once, that somebody asked to stop and what it waits for. */
void progress_stopping(struct progress *p);
/* elapsed_ms 0: it did not run. reason: the error, or why it did not run; NULL
 * when none. */
void progress_step_end(struct progress *p, enum step_status status,
                       int64_t elapsed_ms, const char *reason);
/* Before a question: the step's label stands above it, the live line is gone
 * until the next tick. */
void progress_pause(struct progress *p);
/* Prints the summary (NULL: none) and frees p. */
void progress_close(struct progress *p, const char *summary);
