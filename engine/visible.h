/* Foreign bytes as text that is safe to show: control bytes, invalid UTF-8 and
 * characters that reorder or hide text become visible stand-ins (␛, \xNN,
 * <U+202E>), so that a reader sees what is there and nothing else happens. */
#pragma once

#include <stdint.h>

#include "str.h"

enum visible_breaks {
    VISIBLE_ONE_LINE, /* each run of blanks and line ends becomes one blank */
    VISIBLE_LINES     /* LF and tab stay, CRLF becomes LF, a lone CR shows */
};

/* The result is valid UTF-8 without NUL, and a fixed point of this function. */
void visible_text(struct span s, enum visible_breaks breaks, struct buf *out);

/* Bytes of the UTF-8 sequence at s.p[at] and its code point; 0 if invalid. */
size_t utf8_decode(struct span s, size_t at, uint32_t *code);
/* Longest prefix of s, at most max bytes, that splits no UTF-8 sequence. */
struct span utf8_head(struct span s, size_t max);
/* Terminal columns that visible text takes (East Asian wide: two). */
size_t visible_columns(struct span s);
/* Longest prefix of visible text that fits in so many columns. */
struct span visible_fit(struct span s, size_t columns);
