/* Undoes what text formats do to a value, one character at a time. */
#include <string.h>

#include "redact_part.h"

#define ESCAPE_MOST 48 /* bytes: also a doubled one */

enum fold_class { FOLD_SELF, FOLD_DROP, FOLD_PERCENT, FOLD_AND, FOLD_BACK };

static const unsigned char classes[256] = {
    [0] = FOLD_DROP,    [' '] = FOLD_DROP,    ['\t'] = FOLD_DROP,
    ['\n'] = FOLD_DROP, ['\v'] = FOLD_DROP,   ['\f'] = FOLD_DROP,
    ['\r'] = FOLD_DROP, ['"'] = FOLD_DROP,    ['\''] = FOLD_DROP,
    ['+'] = FOLD_DROP,  ['%'] = FOLD_PERCENT, ['&'] = FOLD_AND,
    ['\\'] = FOLD_BACK,
};

static int digit_of(char c, unsigned base)
{
    int d = c >= '0' && c <= '9'                     ? c - '0'
            : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                     : 99;
    return d < (int)base ? d : -1;
}

/* Digits from at, least to most of them; their number, 0: none. */
static size_t number(struct span s, size_t at, unsigned base, size_t least,
                     size_t most, unsigned *out)
{
    size_t n = 0;
    *out = 0;
    while (n < most && at + n < s.n && digit_of(s.p[at + n], base) >= 0)
        *out = *out * base + (unsigned)digit_of(s.p[at + n++], base);
    return n >= least ? n : 0;
}

/* Keeps the bytes of a code point for fold_next. */
static void keep_point(struct fold *f, unsigned c)
{
    f->n_rest = 0;
    if (c < 0x80) {
        f->rest[f->n_rest++] = (unsigned char)c;
        return;
    }
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) /* the last byte first out of rest */
        f->rest[f->n_rest++] = (unsigned char)(0x80 | (c & 0x3F));
    f->rest[f->n_rest++] = (unsigned char)(lead[n] | c);
}

static void keep_byte(struct fold *f, unsigned c)
{
    f->rest[0] = (unsigned char)c;
    f->n_rest = 1;
}

static bool word_at(struct span s, size_t at, struct span word)
{
    return at <= s.n && s.n - at >= word.n &&
           memcmp(s.p + at, word.p, word.n) == 0;
}

/* "%40", and "%2540", which is that once more. Bytes taken, 0: none. */
static size_t undo_percent(struct fold *f)
{
    unsigned c;
    size_t at = f->at + 1;
    while (word_at(f->s, at, SPAN("25")) && at < f->at + ESCAPE_MOST &&
           number(f->s, at + 2, 16, 2, 2, &c))
        at += 2;
    if (!number(f->s, at, 16, 2, 2, &c))
        return 0;
    keep_byte(f, c);
    return at + 2 - f->at;
}

static size_t undo_and(struct fold *f)
{
    static const struct {
        struct span word;
        unsigned char c;
    } names[] = {
        {SPAN("amp;"), '&'},   {SPAN("lt;"), '<'},    {SPAN("gt;"), '>'},
        {SPAN("quot;"), '"'},  {SPAN("apos;"), '\''}, {SPAN("nbsp;"), ' '},
        {SPAN("sol;"), '/'},   {SPAN("plus;"), '+'},  {SPAN("equals;"), '='},
        {SPAN("colon;"), ':'}, {SPAN("commat;"), '@'}};
    size_t at = f->at + 1;
    while (word_at(f->s, at, SPAN("amp;")) && at < f->at + ESCAPE_MOST &&
           at + 4 < f->s.n && strchr("#algqn", f->s.p[at + 4]))
        at += 4;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (word_at(f->s, at, names[i].word)) {
            keep_byte(f, names[i].c);
            return at + names[i].word.n - f->at;
        }
    unsigned c;
    if (!word_at(f->s, at, SPAN("#")))
        return at > f->at + 1 ? (keep_byte(f, '&'), at - f->at) : 0;
    bool hex = at + 1 < f->s.n && (f->s.p[at + 1] | 0x20) == 'x';
    size_t from = at + 1 + hex;
    size_t n = number(f->s, from, hex ? 16 : 10, 1, 7, &c);
    if (!n || c > 0x10FFFF || !word_at(f->s, from + n, SPAN(";")))
        return 0;
    keep_point(f, c);
    return from + n + 1 - f->at;
}

/* The code point of "\u0040" whose 'u' is at u; of two that are a pair. */
static size_t undo_unicode(struct fold *f, size_t u)
{
    unsigned c;
    unsigned low;
    if (!number(f->s, u + 1, 16, 4, 4, &c))
        return 0;
    size_t end = u + 5;
    if (c >= 0xD800 && c < 0xDC00 && word_at(f->s, end, SPAN("\\u")) &&
        number(f->s, end + 2, 16, 4, 4, &low) && low >= 0xDC00 &&
        low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        end += 6;
    }
    keep_point(f, c);
    return end - f->at;
}

/* A backslash, or a run of them, and what it may stand for. The character
 * behind it that it only protects is left for the next turn. */
static size_t undo_back(struct fold *f)
{
    unsigned c;
    size_t at = f->at + 1;
    while (at < f->s.n && f->s.p[at] == '\\' && at < f->at + ESCAPE_MOST)
        at++;
    if (at < f->s.n && f->s.p[at] == 'u') {
        size_t n = undo_unicode(f, at);
        if (n)
            return n;
    }
    if (at < f->s.n && f->s.p[at] == 'x' &&
        number(f->s, at + 1, 16, 2, 2, &c)) {
        keep_byte(f, c);
        return at + 3 - f->at;
    }
    if (at < f->s.n && f->s.p[at] && strchr("nrt", f->s.p[at]))
        at++;
    return at - f->at;
}

static bool is_dropped(unsigned char c)
{
    return classes[c] == FOLD_DROP || c == '\\';
}

int fold_next(struct fold *f)
{
    for (;;) {
        while (f->n_rest) {
            unsigned char c = f->rest[--f->n_rest];
            if (!is_dropped(c))
                return c;
        }
        if (f->at >= f->s.n)
            return -1;
        unsigned char c = (unsigned char)f->s.p[f->at];
        f->begin = f->at;
        size_t n = 0;
        switch (classes[c]) {
        case FOLD_SELF:
            f->at++;
            return c;
        case FOLD_PERCENT:
            n = undo_percent(f);
            break;
        case FOLD_AND:
            n = undo_and(f);
            break;
        case FOLD_BACK:
            n = undo_back(f);
            break;
        default:
            n = 1;
        }
        f->at += n ? n : 1;
        if (!n)
            return c;
    }
}

void fold_all(struct span s, struct buf *out)
{
    struct fold f = {.s = s};
    for (int c = fold_next(&f); c >= 0; c = fold_next(&f))
        buf_char(out, (char)c);
}

size_t fold_whole(struct span s)
{
    size_t first = s.n > ESCAPE_MOST ? s.n - ESCAPE_MOST : 0;
    for (size_t i = s.n; i > first; i--) {
        unsigned char c = (unsigned char)s.p[i - 1];
        size_t room = s.n - i;
        bool hex = digit_of((char)c, 16) >= 0;
        if (c == '%' || c == '\\' || (c == '&' && room < 12)) {
            /* of a run, or of a pair, the first */
            size_t from = i - 1;
            while (from > first && s.p[from - 1] == '\\' && c == '\\')
                from--;
            return from;
        }
        if (!hex && !strchr("uxX#;amplgtqosnbuiechr", c))
            return s.n;
    }
    return s.n;
}
