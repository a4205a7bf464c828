/* Bytes: a borrowed view (span) and a growable owned buffer (buf). Neither is
 * NUL-terminated unless said so; both may hold any byte. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

/* Borrowed: whoever owns the bytes says for how long. */
struct span {
    const char *p;
    size_t n;
};

/* A span over a string literal, usable in constant expressions. */
#define SPAN(lit) ((struct span){(lit), sizeof(lit) - 1})
/* printf: "%.*s", SPAN_ARG(s) */
#define SPAN_ARG(s) (int)(s).n, (s).p

struct span span_of(const char *cstr); /* NULL gives the empty span */
struct span span_sub(struct span s, size_t from, size_t to);
bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *cstr);
bool span_starts(struct span s, const char *prefix);
bool span_ends(struct span s, const char *suffix);
/* Bytewise order, shorter first on a tie; for sorting. */
int span_cmp(struct span a, struct span b);
/* Offset of needle at or after from, or s.n when there is none. */
size_t span_find(struct span s, struct span needle, size_t from);
struct span span_trim(struct span s); /* ASCII blanks on both ends */
/* Cut off and return what stands before sep (whole rest when absent). */
struct span span_cut(struct span *rest, char sep);
/* Strict UTF-8 (no surrogates, no overlongs). */
bool span_utf8(struct span s);
char *span_dup(struct arena *a, struct span s); /* NUL-terminated copy */

/* Owned, growable, always NUL-terminated behind n (p is NULL while empty).
 * cap 0 means no ceiling; over the ceiling bytes are dropped and `over` is
 * set, so a writer needs one check at the end. Zero-initialise ({0}). */
struct buf {
    char *p;
    size_t n, room;
    size_t cap;
    bool over;
};

void buf_put(struct buf *b, const void *p, size_t n);
void buf_span(struct buf *b, struct span s);
void buf_str(struct buf *b, const char *cstr);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v); /* in decimal */
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
struct span buf_view(const struct buf *b); /* until the next put */
const char *buf_cstr(const struct buf *b); /* "" while empty */
void buf_clear(struct buf *b);             /* keeps the room */
void buf_cut(struct buf *b, size_t n);     /* all behind the first n bytes */
void buf_release(struct buf *b);
void buf_wipe(struct buf *b); /* zeroes what it held, and releases */
