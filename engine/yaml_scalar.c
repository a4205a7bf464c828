/* Tells what a plain YAML scalar means. */
#include "yaml_scalar.h"

#include <math.h>
#include <stdlib.h>

static size_t count_of(struct span s, size_t from, const char *set)
{
    size_t n = 0;
    while (from + n < s.n && s.p[from + n] && strchr(set, s.p[from + n]))
        n++;
    return n;
}

#define DECIMAL "0123456789"

static bool is_sign(struct span s)
{
    return s.n && (s.p[0] == '-' || s.p[0] == '+');
}

static bool is_decimal(struct span s)
{
    size_t from = is_sign(s) ? 1 : 0;
    return s.n > from && from + count_of(s, from, DECIMAL) == s.n;
}

static bool is_octal(struct span s)
{
    return s.n > 2 && span_starts(s, "0o") &&
           2 + count_of(s, 2, "01234567") == s.n;
}

static bool is_hex(struct span s)
{
    return s.n > 2 && span_starts(s, "0x") &&
           2 + count_of(s, 2, DECIMAL "abcdefABCDEF") == s.n;
}

/* [-+]? ( \.[0-9]+ | [0-9]+ ( \.[0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_float(struct span s)
{
    size_t at = is_sign(s) ? 1 : 0;
    size_t whole = count_of(s, at, DECIMAL);
    size_t part = 0;
    at += whole;
    if (at < s.n && s.p[at] == '.') {
        part = count_of(s, at + 1, DECIMAL);
        at += part + 1;
    }
    if (whole + part == 0)
        return false;
    if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at += 1 + (is_sign(span_sub(s, at + 1, s.n)) ? 1u : 0u);
        size_t exponent = count_of(s, at, DECIMAL);
        if (!exponent)
            return false;
        at += exponent;
    }
    return at == s.n;
}

static struct json *make_null(struct span s)
{
    (void)s;
    return json_new(JSON_NULL);
}

static struct json *make_true(struct span s)
{
    (void)s;
    return json_new_bool(true);
}

static struct json *make_false(struct span s)
{
    (void)s;
    return json_new_bool(false);
}

/* Of any size: json keeps the digits. */
static struct json *make_decimal(struct span s)
{
    struct buf text = {0};
    struct err ignored = {0};
    struct json *j = NULL;
    size_t from = is_sign(s) ? 1 : 0;
    if (s.p[0] == '-')
        buf_char(&text, '-');
    while (from + 1 < s.n && s.p[from] == '0')
        from++;
    buf_span(&text, span_sub(s, from, s.n));
    if (json_parse(buf_view(&text), &j, &ignored) != ST_OK)
        j = NULL;
    buf_release(&text);
    return j;
}

static struct json *make_unsigned(struct span s, int base)
{
    int64_t v = 0;
    for (size_t i = 2; i < s.n; i++) {
        char digit[2] = {s.p[i], '\0'};
        if (__builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, strtol(digit, NULL, base), &v))
            return NULL;
    }
    return json_new_int(v);
}

static struct json *make_octal(struct span s)
{
    return make_unsigned(s, 8);
}

static struct json *make_hex(struct span s)
{
    return make_unsigned(s, 16);
}

/* libyaml's scalars are NUL-terminated. */
static struct json *make_float(struct span s)
{
    double v = strtod(s.p, NULL);
    return isfinite(v) ? json_new_num(v) : NULL;
}

/* What JSON has no number for. */
static struct json *make_nothing(struct span s)
{
    (void)s;
    return NULL;
}

/* A row per kind of plain scalar: by its words or by its shape. make returns
 * NULL for a number out of range. */
static const struct {
    const char *words[6];
    bool (*matches)(struct span s);
    struct json *(*make)(struct span s);
} plain_rows[] = {
    {{"", "~", "null", "Null", "NULL"}, NULL, make_null},
    {{"true", "True", "TRUE"}, NULL, make_true},
    {{"false", "False", "FALSE"}, NULL, make_false},
    {{".inf", ".Inf", ".INF", "+.inf", "-.inf"}, NULL, make_nothing},
    {{".nan", ".NaN", ".NAN"}, NULL, make_nothing},
    {{NULL}, is_decimal, make_decimal},
    {{NULL}, is_octal, make_octal},
    {{NULL}, is_hex, make_hex},
    {{NULL}, is_float, make_float},
};

static bool row_matches(size_t row, struct span s)
{
    if (plain_rows[row].matches)
        return plain_rows[row].matches(s);
    for (const char *const *w = plain_rows[row].words; *w; w++)
        if (span_is(s, *w))
            return true;
    return false;
}

struct json *yaml_plain(struct span text)
{
    for (size_t i = 0; i < sizeof plain_rows / sizeof *plain_rows; i++)
        if (row_matches(i, text))
            return plain_rows[i].make(text);
    return json_new_bytes(text);
}
