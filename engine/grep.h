/* A search for lines, by fixed string or POSIX extended regular expression,
 * that a hostile pattern cannot make explode. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "json.h"
#include "str.h"

#define GREP_PATTERN_CAP 1000
/* The product of all {n,m} of an expression. */
#define GREP_REPEAT_CAP 1000
/* Of a file, and of a line that is shown. */
#define GREP_FILE_CAP (16u << 20)
#define GREP_TEXT_CAP 1000
/* An expression looks at no more of a line. */
#define GREP_LINE_CAP (64u << 10)

struct grep;

/* pattern is copied. ST_INPUT: empty, over its cap, malformed, with a back
 * reference or too many repeats. Freed by grep_free. */
MUST_USE enum status grep_new(struct span pattern, bool is_regex,
                              struct grep **out, struct err *err);
void grep_free(struct grep *g); /* NULL is fine */
/* line without its newline. */
bool grep_matches(struct grep *g, struct span line);
/* Appends to rows {path, line, text} for each of the first max matching lines
 * of the file path below root; returns how many. None for a file that is
 * binary (as git has it: a NUL among the first 8000 bytes), missing, no plain
 * file, or behind a link out of root. */
int64_t grep_file(struct grep *g, const char *root, const char *path,
                  int64_t max, struct json *rows);
