/* What writing and comparing share. */
#pragma once

#include "holes.h"

#define HOLES_MARK "rp-hole-"
#define HOLES_TIME "rp-time"
#define HOLES_SEALED "rp-sealed("
#define HOLES_SECRET "secret"
#define HOLES_LITERAL "literal"

bool holes_digit(char c);
size_t holes_digits(struct span s, size_t from); /* how many stand there */
/* "2026-11-20T09:00:00Z", perhaps with a fraction: its length, 0: none. */
size_t holes_time(struct span s, int64_t *ms);
/* Whether v is seconds or milliseconds of the clock. */
bool holes_clock_number(const struct holes *h, double v);
/* The mark of the box at the head of s, whose length is *n; NULL: none. */
const char *holes_box(const struct holes *h, struct span s, size_t *n);
/* An object that a plan would take for a secret, or for what says that one is
 * none. */
bool holes_like_mark(const struct json *j);
/* The length of "rp-hole-7" at the head of s; 0: none. */
size_t holes_length(struct span s);
/* What it is bound to; NULL: nothing yet. */
const struct json *holes_binding(const struct holes *h, struct span name);
