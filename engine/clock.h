/* The only source of time and ids. A clock is real or virtual; a virtual one
 * starts at the fixture's epoch and moves only when told, so that a sandbox
 * run is the same on every machine (rule: DESIGN §6). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "str.h"

struct clock {
    bool is_virtual;
    int64_t virtual_ms; /* Unix time, ms */
};

void clock_real(struct clock *c);
void clock_virtual(struct clock *c, int64_t epoch_ms);
int64_t clock_now_ms(const struct clock *c);     /* Unix time, ms */
void clock_advance(struct clock *c, int64_t ms); /* no-op on a real clock */
/* Monotonic, for time-outs only: never virtual. */
int64_t clock_mono_ms(void);

/* "2026-11-23T13:00:00Z"; out holds 21 bytes. */
void time_iso(int64_t unix_ms, char out[32]);
/* "2026-11-23" or "2026-11-23T13:00:00[.123]Z" to ms; false if neither. */
bool time_parse(struct span s, int64_t *unix_ms);
/* "5m", "90s", "2h", "7d", "250ms" to ms; false otherwise or on overflow. */
bool duration_parse(struct span s, int64_t *ms);
/* "0.42 s", "3 m 20 s": for people. */
void duration_text(int64_t ms, char out[32]);

/* A ULID (26 characters, Crockford base 32): time plus randomness. */
void ulid_new(int64_t unix_ms, char out[27]);
