/* Makes foreign bytes safe to show. */
#include "visible.h"

struct range {
    uint32_t first, last;
};

/* Valid code points that a reader cannot see or that move other text: C1
 * controls, soft hyphen, bidirectional controls, line and paragraph
 * separators, invisible operators, the byte order mark, tag characters. The
 * joiners U+200C and U+200D stay: scripts and emoji need them. */
static const struct range hidden[] = {
    {0x80, 0x9F},     {0xAD, 0xAD},       {0x61C, 0x61C},      {0x115F, 0x1160},
    {0x180E, 0x180E}, {0x200B, 0x200B},   {0x200E, 0x200F},    {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFEFF, 0xFEFF},    {0xFFA0, 0xFFA0},
    {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
};

/* Two columns on a terminal: East Asian wide and emoji, by block. */
static const struct range wide[] = {
    {0x1100, 0x115E},   {0x231A, 0x231B},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x2614, 0x2615},
    {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x274C, 0x274C},
    {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},
    {0x2795, 0x2797},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x20000, 0x3FFFD},
};

/* No column of their own: combining marks, joiners, variation selectors. */
static const struct range narrow[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},
    {0x64B, 0x65F},   {0x200C, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
};

#define IN(table, code) in_ranges(table, sizeof(table) / sizeof *(table), code)

static bool in_ranges(const struct range *r, size_t n, uint32_t code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= r[i].first && code <= r[i].last)
            return true;
    return false;
}

size_t utf8_decode(struct span s, size_t at, uint32_t *code)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (n > s.n - at || !span_utf8(span_sub(s, at, at + n)))
        return 0;
    uint32_t c = p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    *code = c;
    return n;
}

struct span utf8_head(struct span s, size_t max)
{
    if (s.n <= max)
        return s;
    /* A sequence is at most four bytes; longer tails are not UTF-8 at all. */
    for (size_t at = max; at > 0 && at + 4 > max; at--)
        if (((unsigned char)s.p[at] & 0xC0) != 0x80)
            return span_sub(s, 0, at);
    return span_sub(s, 0, max);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void put_stand_in(uint32_t code, struct buf *out)
{
    if (code < 0x20)
        buf_printf(out, "\xE2\x90%c", (char)(0x80 + code)); /* U+2400 on */
    else if (code == 0x7F)
        buf_str(out, "\xE2\x90\xA1");
    else
        buf_printf(out, "<U+%04X>", (unsigned)code);
}

/* Bytes of s taken by the character at `at`, which is written to out. */
static size_t put_visible(struct span s, size_t at, struct buf *out)
{
    uint32_t code = 0;
    size_t n = utf8_decode(s, at, &code);
    if (n == 0) {
        buf_printf(out, "\\x%02X", (unsigned)(unsigned char)s.p[at]);
        return 1;
    }
    if (code < 0x20 || code == 0x7F || (code >= 0x80 && IN(hidden, code)))
        put_stand_in(code, out);
    else
        buf_put(out, s.p + at, n);
    return n;
}

void visible_text(struct span s, enum visible_breaks breaks, struct buf *out)
{
    for (size_t i = 0; i < s.n;) {
        size_t run = i;
        if (breaks == VISIBLE_ONE_LINE && is_blank(s.p[i])) {
            while (i < s.n && is_blank(s.p[i]))
                i++;
            buf_char(out, ' ');
            continue;
        }
        while (run < s.n && s.p[run] >= ' ' && s.p[run] < 0x7F &&
               (s.p[run] != ' ' || breaks == VISIBLE_LINES))
            run++;
        if (run > i) {
            buf_put(out, s.p + i, run - i);
            i = run;
        } else if (s.p[i] == '\n' || s.p[i] == '\t') {
            buf_char(out, s.p[i++]);
        } else if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n') {
            i++;
        } else {
            i += put_visible(s, i, out);
        }
    }
}

/* Columns of the character at `at`; *n is its bytes. */
static size_t columns_at(struct span s, size_t at, size_t *n)
{
    uint32_t code = 0;
    *n = utf8_decode(s, at, &code);
    if (*n == 0) {
        *n = 1;
        return 1;
    }
    if (code < 0x300)
        return 1;
    return IN(narrow, code) ? 0 : IN(wide, code) ? 2 : 1;
}

size_t visible_columns(struct span s)
{
    size_t total = 0;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i += n)
        total += columns_at(s, i, &n);
    return total;
}

struct span visible_fit(struct span s, size_t columns)
{
    size_t used = 0;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i += n) {
        used += columns_at(s, i, &n);
        if (used > columns)
            return span_sub(s, 0, i);
    }
    return s;
}
