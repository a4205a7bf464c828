/* Writes arguments as a plan holds them. */
#include "holes_part.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"

/* A hole where a number is expected: lua/provider/overlay.lua. */
#define NUMBERS 9007199254000000
#define NUMBERS_HEAD "9007199254"
#define NUMBERS_DIGITS 16
#define NUMBERS_ROOM 1000000

void holes_init(struct holes *h)
{
    *h = (struct holes){.bound = json_new(JSON_OBJECT),
                        .sealed = json_new(JSON_OBJECT)};
}

void holes_release(struct holes *h)
{
    json_free(h->bound);
    json_free(h->sealed);
    *h = (struct holes){0};
}

void holes_seal(struct holes *h, const struct json *args,
                const struct json *box)
{
    struct buf mark = {0};
    if (!json_str(box) || !*json_str(box))
        return;
    buf_printf(&mark, HOLES_SEALED "%s,%s)",
               json_get_str(json_get(args, "s"), "name", "text"),
               json_get_str(args, "key", ""));
    json_put_str(h->sealed, json_str(box), buf_cstr(&mark));
    buf_release(&mark);
}

/* --- what stands in a text ------------------------------------------- */

bool holes_digit(char c)
{
    return c >= '0' && c <= '9';
}

size_t holes_digits(struct span s, size_t from)
{
    size_t n = from;
    while (n < s.n && holes_digit(s.p[n]))
        n++;
    return n - from;
}

size_t holes_time(struct span s, int64_t *ms)
{
    const size_t seconds = sizeof "2026-11-20T09:00:00" - 1;
    if (s.n <= seconds || holes_digits(s, 0) != 4 || s.p[4] != '-')
        return 0;
    size_t n = seconds;
    if (s.p[n] == '.')
        n += 1 + holes_digits(s, n + 1);
    if (n >= s.n || s.p[n] != 'Z')
        return 0;
    return time_parse(span_sub(s, 0, n + 1), ms) ? n + 1 : 0;
}

static bool is_clock(const struct holes *h, int64_t ms)
{
    return ms >= h->from_ms - h->from_ms % 1000 && ms <= h->to_ms;
}

/* A numeric hole's holes_digits, and no digit more. */
static bool is_number(struct span s, size_t at)
{
    return span_starts(span_sub(s, at, s.n), NUMBERS_HEAD) &&
           holes_digits(s, at) == NUMBERS_DIGITS &&
           (at == 0 || !holes_digit(s.p[at - 1]));
}

const char *holes_box(const struct holes *h, struct span s, size_t *n)
{
    const struct json *b = json_first(h->sealed);
    for (; b; b = json_next(b))
        if (span_starts(s, json_key(b))) {
            *n = strlen(json_key(b));
            return json_str(b);
        }
    return NULL;
}

/* Writes what stands at `at` in a plan's form; the bytes taken, 0: none. */
static size_t write_mark(const struct holes *h, struct span s, size_t at,
                         struct buf *out)
{
    int64_t ms = 0;
    struct span rest = span_sub(s, at, s.n);
    if (is_number(s, at)) {
        struct span last = span_sub(rest, NUMBERS_DIGITS - 6, NUMBERS_DIGITS);
        while (last.n > 1 && *last.p == '0')
            last = span_sub(last, 1, last.n);
        buf_str(out, HOLES_MARK);
        buf_span(out, last);
        return NUMBERS_DIGITS;
    }
    size_t n = holes_time(rest, &ms);
    if (n && is_clock(h, ms)) {
        buf_str(out, HOLES_TIME);
        return n;
    }
    const char *mark = holes_box(h, rest, &n);
    if (!mark)
        return 0;
    buf_str(out, mark);
    return n;
}

void holes_write_text(const struct holes *h, struct span text, struct buf *out)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = write_mark(h, text, i, out);
        if (!n)
            buf_char(out, text.p[i]);
        i += n ? n : 1;
    }
}

static struct json *write_string(const struct holes *h, struct span text)
{
    struct buf out = {0};
    holes_write_text(h, text, &out);
    struct json *j = json_new_bytes(out.n ? buf_view(&out) : SPAN(""));
    buf_release(&out);
    return j;
}

bool holes_clock_number(const struct holes *h, double v)
{
    double from = (double)(h->from_ms - h->from_ms % 1000);
    double to = (double)h->to_ms;
    bool s = v * 1000 >= from && v * 1000 <= to;
    return h->from_ms > 0 && (s || (v >= from && v <= to));
}

static struct json *write_number(const struct holes *h, const struct json *j)
{
    char text[32];
    int64_t v = 0;
    if (json_int(j, &v) && v > NUMBERS && v < NUMBERS + NUMBERS_ROOM) {
        snprintf(text, sizeof text, HOLES_MARK "%lld",
                 (long long)(v - NUMBERS));
        return json_new_str(text);
    }
    return holes_clock_number(h, json_num(j)) ? json_new_str(HOLES_TIME)
                                              : json_copy(j);
}

bool holes_like_mark(const struct json *j)
{
    const char *name = json_key(json_first(j));
    return json_type(j) == JSON_OBJECT && json_size(j) == 1 &&
           (strcmp(name, HOLES_SECRET) == 0 ||
            strcmp(name, HOLES_LITERAL) == 0);
}

static struct json *write_members(const struct holes *h, const struct json *j);

static struct json *write_object(const struct holes *h, const struct json *j)
{
    struct json *out = write_members(h, j);
    if (!holes_like_mark(j))
        return out;
    struct json *o = json_new(JSON_OBJECT);
    json_put(o, HOLES_LITERAL, out);
    return o;
}

static struct json *write_members(const struct holes *h, const struct json *j)
{
    struct json *out = json_new(json_type(j));
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        if (json_type(j) == JSON_ARRAY) {
            json_push(out, holes_write(h, c));
            continue;
        }
        struct buf key = {0};
        holes_write_text(h, span_of(json_key(c)), &key);
        json_put(out, buf_cstr(&key), holes_write(h, c));
        buf_release(&key);
    }
    return out;
}

struct json *holes_write(const struct holes *h, const struct json *value)
{
    if (vault_is_handle(value)) {
        struct json *o = json_new(JSON_OBJECT);
        json_put_str(o, HOLES_SECRET, json_get_str(value, "name", ""));
        return o;
    }
    switch (json_type(value)) {
    case JSON_STRING:
        return write_string(h, json_span(value));
    case JSON_NUMBER:
        return write_number(h, value);
    case JSON_ARRAY:
        return write_members(h, value);
    case JSON_OBJECT:
        return write_object(h, value);
    default:
        return json_copy(value);
    }
}

size_t holes_length(struct span s)
{
    size_t n =
        span_starts(s, HOLES_MARK) ? holes_digits(s, sizeof HOLES_MARK - 1) : 0;
    return n ? sizeof HOLES_MARK - 1 + n : 0;
}

const struct json *holes_binding(const struct holes *h, struct span name)
{
    struct arena a = {0};
    const struct json *v = json_get(h->bound, span_dup(&a, name));
    arena_release(&a);
    return v;
}
