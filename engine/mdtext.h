/* Foreign text inside Markdown that we write (rule: DESIGN §3, "Nothing from
 * outside can leave its place"). Whatever comes in, what goes out renders as
 * the same characters, in CommonMark and GFM, and does nothing else. */
#pragma once

#include <stdbool.h>

#include "str.h"

/* Escapes s for running text and table cells: line breaks to blanks, control
 * bytes as visible text, ASCII punctuation behind a backslash wherever it
 * could be markup ("2026-11-20" stays readable), '@' and '#' defused. */
void md_escape(struct span s, struct buf *out);
/* The same, of at most max_bytes of s; "…" where it was cut. */
void md_escape_cut(struct span s, size_t max_bytes, struct buf *out);
/* A fence with lang around s that nothing in s can end; control bytes and
 * invalid UTF-8 as visible text (␛, \xNN). Ends without a newline. */
void md_fence(const char *lang, struct span s, struct buf *out);
/* `[text](url)` when url is http, https or relative, else both as text. */
void md_link(struct span text, struct span url, struct buf *out);
/* True for http:, https: and relative references without blanks or control
 * bytes: what may become a link on a page. */
bool url_is_safe(struct span url);

/* Writes a document part by part: a blank line between two parts or, where
 * that would make a tight list loose, an empty comment. */
struct md_parts {
    struct buf *out;
    bool tight;
    bool any;
};
void md_part(struct md_parts *p);
