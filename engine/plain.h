/* What a block showed as evidence, as lines for the person at the terminal: who
 * is asked about a change must have seen what it rests on. The page has the
 * whole of it. */
#pragma once

#include "json.h"

#define PLAIN_MAX_ROWS 40
#define PLAIN_CELL_COLUMNS 48

/* item: one of the array in struct step_result. Each line ends; what is over a
 * ceiling is cut, and a line says how much. Bytes are as foreign as they
 * were. */
void plain_item(const struct json *item, struct buf *out);
