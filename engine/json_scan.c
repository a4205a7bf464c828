/* Checks the grammar of JSON text and notes where each value stands. */
#include "json_scan.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "json.h"

/* cJSON copies a number into a buffer of 64 bytes and trips over the rest. */
#define NUMBER_MAX 63
/* From here on not every integer is a double. */
#define EXACT_MAX 9007199254740992.0

struct scan {
    const char *p, *end;
    int line;
    int depth;
    struct json_places *places;
    struct err *err;
};

static bool scan_value(struct scan *s);

static bool fail(struct scan *s, const char *what)
{
    err_at(s->err, ST_INPUT, NULL, s->line, "not JSON: %s", what);
    return false;
}

static bool over(struct scan *s, const char *what, int most)
{
    err_at(s->err, ST_LIMIT, NULL, s->line, "JSON with %s: %d at most", what,
           most);
    return false;
}

static void skip_blanks(struct scan *s)
{
    for (; s->p < s->end; s->p++) {
        if (*s->p == '\n')
            s->line++;
        else if (*s->p != ' ' && *s->p != '\t' && *s->p != '\r')
            return;
    }
}

static bool take(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static bool take_digits(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return s->p > from;
}

static bool take_hex4(struct scan *s, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, s->p++) {
        if (s->p == s->end)
            return false;
        unsigned c = (unsigned char)*s->p | 0x20u;
        if (*s->p >= '0' && *s->p <= '9')
            *unit = *unit * 16 + (unsigned)(*s->p - '0');
        else if (c >= 'a' && c <= 'f')
            *unit = *unit * 16 + c - 'a' + 10;
        else
            return false;
    }
    return true;
}

/* Behind "\u". Only whole characters other than NUL pass: the tree's strings
 * are NUL-terminated UTF-8. */
static bool scan_unicode_escape(struct scan *s)
{
    unsigned unit = 0;
    unsigned low = 0;
    if (!take_hex4(s, &unit))
        return fail(s, "\\u wants four hex digits");
    if (unit == 0)
        return fail(s, "\\u0000 is not supported in strings");
    if (unit < 0xD800 || unit > 0xDFFF)
        return true;
    if (unit > 0xDBFF || !take(s, '\\') || !take(s, 'u') ||
        !take_hex4(s, &low) || low < 0xDC00 || low > 0xDFFF)
        return fail(s, "half of a surrogate pair in a string");
    return true;
}

static bool scan_escape(struct scan *s)
{
    if (take(s, 'u'))
        return scan_unicode_escape(s);
    if (s->p == s->end || !*s->p || !strchr("\"\\/bfnrt", *s->p))
        return fail(s, "unknown escape in a string");
    s->p++;
    return true;
}

static bool scan_string(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p != '"') {
        char c = *s->p++;
        if ((unsigned char)c < 0x20)
            return fail(s, "control character in a string; escape it");
        if (c == '\\' && !scan_escape(s))
            return false;
    }
    struct span inside = {from, (size_t)(s->p - from)};
    if (!take(s, '"'))
        return fail(s, "string without its closing quote");
    if (!span_utf8(inside))
        return fail(s, "string is not UTF-8");
    return true;
}

static bool scan_number(struct scan *s)
{
    struct span text = {s->p, 0};
    take(s, '-');
    if (!take(s, '0') && !take_digits(s))
        return fail(s, "'-' without a number");
    if (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        return fail(s, "number with a leading zero");
    const char *whole_end = s->p;
    if (take(s, '.') && !take_digits(s))
        return fail(s, "no digit behind the decimal point");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        if (!take_digits(s))
            return fail(s, "exponent without digits");
    }
    text.n = (size_t)(s->p - text.p);
    if (text.n > NUMBER_MAX)
        return over(s, "a number of too many characters", NUMBER_MAX);
    char copy[NUMBER_MAX + 1] = {0};
    memcpy(copy, text.p, text.n);
    double value = strtod(copy, NULL);
    bool nonzero = strcspn(copy, "123456789") < strcspn(copy, "eE");
    if (!isfinite(value) || (value == 0 && nonzero))
        return fail(s, "number out of range (IEEE double)");
    if (s->p == whole_end && fabs(value) >= EXACT_MAX)
        s->places->v[s->places->n - 1].integer = text;
    return true;
}

static bool scan_word(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    struct span rest = {s->p, (size_t)(s->end - s->p)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (span_starts(rest, words[i])) {
            s->p += strlen(words[i]);
            return true;
        }
    }
    return fail(s, rest.n ? "unexpected character" : "ends too early");
}

static bool scan_member(struct scan *s)
{
    skip_blanks(s);
    if (!take(s, '"'))
        return fail(s, "expected a member name in double quotes");
    if (!scan_string(s))
        return false;
    skip_blanks(s);
    if (!take(s, ':'))
        return fail(s, "expected ':' behind a member name");
    return scan_value(s);
}

/* Behind the opening bracket; item scans one element or member. */
static bool scan_items(struct scan *s, char close, bool (*item)(struct scan *))
{
    if (++s->depth > JSON_MAX_DEPTH)
        return over(s, "too deep nesting", JSON_MAX_DEPTH);
    skip_blanks(s);
    bool more = !take(s, close);
    while (more) {
        if (!item(s))
            return false;
        skip_blanks(s);
        more = take(s, ',');
        if (!more && !take(s, close))
            return fail(s, close == ']' ? "expected ',' or ']' in an array"
                                        : "expected ',' or '}' in an object");
    }
    s->depth--;
    return true;
}

static bool scan_value(struct scan *s)
{
    skip_blanks(s);
    struct json_places *at = s->places;
    if (at->n == JSON_MAX_VALUES)
        return over(s, "too many values", JSON_MAX_VALUES);
    MEM_GROW(at->v, at->n, at->cap);
    at->v[at->n++] = (struct json_place){.line = s->line};
    if (take(s, '{'))
        return scan_items(s, '}', scan_member);
    if (take(s, '['))
        return scan_items(s, ']', scan_value);
    if (take(s, '"'))
        return scan_string(s);
    if (s->p < s->end && (*s->p == '-' || (*s->p >= '0' && *s->p <= '9')))
        return scan_number(s);
    return scan_word(s);
}

enum status json_scan(struct span text, struct json_places *out,
                      struct err *err)
{
    struct scan s = {.p = text.n ? text.p : "", .line = 1};
    s.end = s.p + text.n;
    s.places = out;
    s.err = err;
    if (text.n > JSON_MAX_BYTES)
        over(&s, "too many bytes", (int)JSON_MAX_BYTES);
    else if (scan_value(&s)) {
        skip_blanks(&s);
        if (s.p < s.end)
            fail(&s, "something follows the value");
    }
    return err->st;
}
