/* Views of bytes, growable buffers of bytes. */
#include "str.h"

#include <stdint.h>
#include <stdio.h>

#include "arena.h"

struct span span_of(const char *cstr)
{
    return (struct span){cstr, cstr ? strlen(cstr) : 0};
}

struct span span_sub(struct span s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (struct span){s.p ? s.p + from : s.p, to - from};
}

bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_is(struct span a, const char *cstr)
{
    return span_eq(a, span_of(cstr));
}

bool span_starts(struct span s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool span_ends(struct span s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

int span_cmp(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

size_t span_find(struct span s, struct span needle, size_t from)
{
    if (from > s.n || needle.n > s.n - from)
        return s.n;
    if (needle.n == 0)
        return from;
    const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : s.n;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span span_trim(struct span s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct span span_cut(struct span *rest, char sep)
{
    const char *hit = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    size_t n = hit ? (size_t)(hit - rest->p) : rest->n;
    struct span head = span_sub(*rest, 0, n);
    *rest = span_sub(*rest, hit ? n + 1 : n, rest->n);
    return head;
}

/* Length of the valid sequence at p, 0 when invalid (RFC 3629, table 3-7 of
 * the Unicode standard). */
static size_t utf8_step(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    size_t need = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || need > n)
        return 0;
    unsigned char lo = 0x80;
    unsigned char hi = 0xBF;
    if (p[0] == 0xE0)
        lo = 0xA0;
    else if (p[0] == 0xED)
        hi = 0x9F;
    else if (p[0] == 0xF0)
        lo = 0x90;
    else if (p[0] == 0xF4)
        hi = 0x8F;
    if (p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < need; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return need;
}

/* How many bytes at p, of eights, are ASCII. */
static size_t ascii_eights(const unsigned char *p, size_t n)
{
    uint64_t eight = 0;
    size_t i = 0;
    while (n - i >= sizeof eight) {
        memcpy(&eight, p + i, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
        i += sizeof eight;
    }
    return i;
}

bool span_utf8(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = ascii_eights(p, s.n); i < s.n;) {
        size_t step = utf8_step(p + i, s.n - i);
        if (!step)
            return false;
        i += step;
    }
    return true;
}

char *span_dup(struct arena *a, struct span s)
{
    return arena_strndup(a, s.p, s.n);
}

static void grow(struct buf *b, size_t more)
{
    size_t room = b->room ? b->room : 256;
    while (room - b->n <= more) {
        if (room > SIZE_MAX / 2)
            room = SIZE_MAX; /* mem_resize aborts */
        else
            room *= 2;
        if (room == SIZE_MAX)
            break;
    }
    b->p = mem_resize(b->p, room);
    b->room = room;
}

static inline bool buf_reserve(struct buf *b, size_t more)
{
    if (b->cap && (more > b->cap || b->n > b->cap - more)) {
        b->over = true;
        return false;
    }
    if (b->room - b->n <= more)
        grow(b, more);
    return true;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    if (!buf_reserve(b, n))
        return;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_span(struct buf *b, struct span s)
{
    buf_put(b, s.p, s.n);
}

void buf_str(struct buf *b, const char *cstr)
{
    buf_span(b, span_of(cstr));
}

void buf_char(struct buf *b, char c)
{
    if (!buf_reserve(b, 1))
        return;
    b->p[b->n++] = c;
    b->p[b->n] = '\0';
}

void buf_int(struct buf *b, int64_t v)
{
    char text[20]; /* filled from its end */
    size_t at = sizeof text;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        text[--at] = '-';
    buf_put(b, text + at, sizeof text - at);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    size_t room = b->room - b->n;
    int n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
    bool fits = n > 0 && buf_reserve(b, (size_t)n);
    if (fits && (size_t)n >= room)
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    if (fits)
        b->n += (size_t)n;
    else if (b->p) /* nothing of what was too much */
        b->p[b->n] = '\0';
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

struct span buf_view(const struct buf *b)
{
    return (struct span){b->p ? b->p : "", b->n};
}

const char *buf_cstr(const struct buf *b)
{
    return b->p ? b->p : "";
}

void buf_cut(struct buf *b, size_t n)
{
    if (n >= b->n)
        return;
    b->n = n;
    b->p[n] = '\0';
}

void buf_clear(struct buf *b)
{
    buf_cut(b, 0);
    b->over = false;
}

void buf_wipe(struct buf *b)
{
    if (b->p)
        explicit_bzero(b->p, b->room);
    buf_release(b);
}

void buf_release(struct buf *b)
{
    mem_free(b->p);
    *b = (struct buf){.cap = b->cap};
}
