/* The terminal's redacting sink: whatever this process writes to standard
 * output and standard error, by whomever, passes here before it leaves. */
#pragma once

#include <stdio.h>

#include "redact.h"

/* From here on stdout and stderr lead through it; shapes are taken out. Once
 * a process. */
void outlet_open(void);
/* What a run knows is taken out as well. Borrowed, until the next call; NULL:
 * nothing more. */
void outlet_know(const struct redact *known);
/* What stands for both, for what leaves by another way; NULL before
 * outlet_open. */
const struct redact *outlet_net(void);
/* Writes out what is held back, as nothing more will come. False when stdout
 * took not all of it, now or before. */
bool outlet_end(void);
/* Bytes to stdout as they are: a source that somebody asked for. */
bool outlet_raw(struct span bytes);
/* The descriptor below a stream. */
int outlet_fd(FILE *stream);
