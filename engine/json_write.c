/* Writes JSON values as text: canonical (RFC 8785) or indented. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "json_node.h"

/* --- numbers, as ECMAScript's Number::toString --- */

/* value = 0.DIGITS * 10^point */
struct decimal {
    char digits[18];
    int count;
    int point;
};

static struct decimal decimal_of(double v, int precision)
{
    char text[40];
    snprintf(text, sizeof text, "%.*e", precision - 1, v);
    struct decimal d = {.digits = {text[0]}, .count = 1};
    const char *p = text + 1;
    if (*p == '.')
        for (p++; *p != 'e'; p++)
            d.digits[d.count++] = *p;
    d.point = (int)strtol(p + 1, NULL, 10) + 1;
    while (d.count > 1 && d.digits[d.count - 1] == '0')
        d.digits[--d.count] = '\0';
    return d;
}

static bool reads_back(const struct decimal *d, double v)
{
    char text[40];
    snprintf(text, sizeof text, "0.%se%d", d->digits, d->point);
    return strtod(text, NULL) == v;
}

/* One unit more in the last of `precision` places. */
static void decimal_bump(struct decimal *d, int precision)
{
    while (d->count < precision)
        d->digits[d->count++] = '0';
    while (d->count && d->digits[d->count - 1] == '9')
        d->digits[--d->count] = '\0';
    if (d->count) {
        d->digits[d->count - 1]++;
        return;
    }
    d->digits[d->count++] = '1';
    d->point++;
}

/* The fewest digits that read back as v > 0. A normal double needs at least
 * what 15 places show (zeros fall off), a subnormal may need one. Above a
 * power of two the gap is twice that below it, so that the next decimal up
 * can be right where the nearest is not. */
static struct decimal decimal_shortest(double v)
{
    int exponent = 0;
    bool power_of_two = frexp(v, &exponent) == 0.5;
    for (int precision = v < DBL_MIN ? 1 : 15; precision < 17; precision++) {
        struct decimal d = decimal_of(v, precision);
        if (reads_back(&d, v))
            return d;
        decimal_bump(&d, precision);
        if (power_of_two && reads_back(&d, v))
            return d;
    }
    return decimal_of(v, 17);
}

static void put_zeros(struct buf *out, int n)
{
    while (n-- > 0)
        buf_char(out, '0');
}

static void write_double(double v, struct buf *out)
{
    if (v < 0)
        buf_char(out, '-');
    struct decimal d = decimal_shortest(fabs(v));
    size_t n = (size_t)d.count;
    if (d.point > 21 || d.point < -5) {
        buf_put(out, d.digits, 1);
        if (n > 1)
            buf_char(out, '.');
        buf_put(out, d.digits + 1, n - 1);
        buf_printf(out, "e%+d", d.point - 1);
    } else if (d.point <= 0) {
        buf_str(out, "0.");
        put_zeros(out, -d.point);
        buf_put(out, d.digits, n);
    } else if (d.point >= d.count) {
        buf_put(out, d.digits, n);
        put_zeros(out, d.point - d.count);
    } else {
        size_t whole = (size_t)d.point;
        buf_put(out, d.digits, whole);
        buf_char(out, '.');
        buf_put(out, d.digits + whole, n - whole);
    }
}

static void write_number(const struct json *j, struct buf *out)
{
    int64_t whole = 0;
    if (json_int(j, &whole))
        buf_int(out, whole);
    else
        write_double(json_num(j), out);
}

/* --- strings --- */

static bool is_special(char c)
{
    return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

size_t json_plain(struct span s)
{
    size_t i = 0;
    while (i < s.n && !is_special(s.p[i]))
        i++;
    return i;
}

static void put_escape(char c, struct buf *out)
{
    static const char *const short_escape[0x60] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",  ['\f'] = "\\f",
        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
    };
    const char *escape = short_escape[(unsigned char)c];
    if (escape)
        buf_str(out, escape);
    else
        buf_printf(out, "\\u%04x", (unsigned)c);
}

void json_quote(struct span s, struct buf *out)
{
    buf_char(out, '"');
    while (s.n) {
        size_t plain = json_plain(s);
        buf_put(out, s.p, plain);
        if (plain < s.n)
            put_escape(s.p[plain++], out);
        s = span_sub(s, plain, s.n);
    }
    buf_char(out, '"');
}

/* --- trees --- */

static int utf16_rank(char c)
{
    int b = (unsigned char)c;
    /* UTF-16 puts U+10000 and up, whose UTF-8 begins with F0 to F4, before
     * U+E000 to U+FFFF, whose UTF-8 begins with EE and EF. */
    return b == 0xEE || b == 0xEF ? b + 0x10 : b;
}

static int by_utf16_key(const void *a, const void *b)
{
    const char *x = json_key(*(const struct json *const *)a);
    const char *y = json_key(*(const struct json *const *)b);
    while (*x && *x == *y) {
        x++;
        y++;
    }
    return utf16_rank(*x) - utf16_rank(*y);
}

static void write_member(const struct json *c, bool first, struct buf *out)
{
    if (!first)
        buf_char(out, ',');
    json_quote(span_of(json_key(c)), out);
    buf_char(out, ':');
    json_write(c, out);
}

/* What was written before mostly is. */
static bool is_in_order(const struct json *j)
{
    const struct json *c = json_first(j);
    const struct json *next = c ? json_next(c) : NULL;
    for (; next; c = next, next = json_next(c))
        if (by_utf16_key(&c, &next) > 0)
            return false;
    return true;
}

static void write_sorted(const struct json *j, struct buf *out)
{
    size_t n = 0;
    const struct json **member = mem_alloc(json_size(j) * sizeof *member);
    for (const struct json *c = json_first(j); c; c = json_next(c))
        member[n++] = c;
    qsort(member, n, sizeof *member, by_utf16_key);
    for (size_t i = 0; i < n; i++)
        write_member(member[i], i == 0, out);
    mem_free(member);
}

static void write_object(const struct json *j, struct buf *out)
{
    buf_char(out, '{');
    if (is_in_order(j))
        for (const struct json *c = json_first(j); c; c = json_next(c))
            write_member(c, c == json_first(j), out);
    else
        write_sorted(j, out);
    buf_char(out, '}');
}

static void write_array(const struct json *j, struct buf *out)
{
    buf_char(out, '[');
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        if (c != json_first(j))
            buf_char(out, ',');
        json_write(c, out);
    }
    buf_char(out, ']');
}

void json_write(const struct json *j, struct buf *out)
{
    switch (json_type(j)) {
    case JSON_NULL:
        buf_str(out, json_raw(j) ? json_raw(j) : "null");
        return;
    case JSON_BOOL:
        buf_str(out, json_bool(j) ? "true" : "false");
        return;
    case JSON_NUMBER:
        write_number(j, out);
        return;
    case JSON_STRING:
        json_quote(json_span(j), out);
        return;
    case JSON_ARRAY:
        write_array(j, out);
        return;
    case JSON_OBJECT:
        write_object(j, out);
        return;
    }
    assert(false && "a JSON type without a writer");
}

static void new_line(struct buf *out, int depth)
{
    buf_printf(out, "\n%*s", depth * 2, "");
}

static void pretty(const struct json *j, int depth, struct buf *out)
{
    bool object = json_type(j) == JSON_OBJECT;
    if ((!object && json_type(j) != JSON_ARRAY) || !json_first(j)) {
        json_write(j, out);
        return;
    }
    buf_char(out, object ? '{' : '[');
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        if (c != json_first(j))
            buf_char(out, ',');
        new_line(out, depth + 1);
        if (object) {
            json_quote(span_of(json_key(c)), out);
            buf_str(out, ": ");
        }
        pretty(c, depth + 1, out);
    }
    new_line(out, depth);
    buf_char(out, object ? '}' : ']');
}

void json_pretty(const struct json *j, struct buf *out)
{
    pretty(j, 0, out);
}
