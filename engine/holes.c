/* Writes arguments with holes, and compares real ones with them. */
#include "holes.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "visible.h"

#define HOLE "rp-hole-"
#define TIME "rp-time"
#define SEALED "rp-sealed("
#define SECRET "secret"
#define LITERAL "literal"

/* A hole where a number is expected: lua/provider/overlay.lua. */
#define NUMBERS 9007199254000000
#define NUMBERS_HEAD "9007199254"
#define NUMBERS_DIGITS 16
#define NUMBERS_ROOM 1000000

#define SHA_DIGITS 40
#define SHORT_SHA_DIGITS 7

/* What a service's clock may differ from ours. */
#define SKEW_MS 300000

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
    buf_printf(&mark, SEALED "%s,%s)",
               json_get_str(json_get(args, "s"), "name", "text"),
               json_get_str(args, "key", ""));
    json_put_str(h->sealed, json_str(box), buf_cstr(&mark));
    buf_release(&mark);
}

/* --- what stands in a text ------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(struct span s, size_t from)
{
    size_t n = from;
    while (n < s.n && is_digit(s.p[n]))
        n++;
    return n - from;
}

/* "2026-11-20T09:00:00Z", perhaps with a fraction: its length, 0: none. */
static size_t time_length(struct span s, int64_t *ms)
{
    const size_t seconds = sizeof "2026-11-20T09:00:00" - 1;
    if (s.n <= seconds || digits(s, 0) != 4 || s.p[4] != '-')
        return 0;
    size_t n = seconds;
    if (s.p[n] == '.')
        n += 1 + digits(s, n + 1);
    if (n >= s.n || s.p[n] != 'Z')
        return 0;
    return time_parse(span_sub(s, 0, n + 1), ms) ? n + 1 : 0;
}

static bool is_clock(const struct holes *h, int64_t ms)
{
    return ms >= h->from_ms - h->from_ms % 1000 && ms <= h->to_ms;
}

/* A numeric hole's digits, and no digit more. */
static bool is_number(struct span s, size_t at)
{
    return span_starts(span_sub(s, at, s.n), NUMBERS_HEAD) &&
           digits(s, at) == NUMBERS_DIGITS &&
           (at == 0 || !is_digit(s.p[at - 1]));
}

static const char *sealed_at(const struct holes *h, struct span s, size_t *n)
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
        buf_str(out, HOLE);
        buf_span(out, last);
        return NUMBERS_DIGITS;
    }
    size_t n = time_length(rest, &ms);
    if (n && is_clock(h, ms)) {
        buf_str(out, TIME);
        return n;
    }
    const char *mark = sealed_at(h, rest, &n);
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

/* Seconds or milliseconds of the clock. */
static bool is_clock_number(const struct holes *h, double v)
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
        snprintf(text, sizeof text, HOLE "%lld", (long long)(v - NUMBERS));
        return json_new_str(text);
    }
    return is_clock_number(h, json_num(j)) ? json_new_str(TIME) : json_copy(j);
}

/* An object that a plan would take for a secret, or for what says that one is
 * none. */
static bool is_like_mark(const struct json *j)
{
    const char *name = json_key(json_first(j));
    return json_type(j) == JSON_OBJECT && json_size(j) == 1 &&
           (strcmp(name, SECRET) == 0 || strcmp(name, LITERAL) == 0);
}

static struct json *write_members(const struct holes *h, const struct json *j);

static struct json *write_object(const struct holes *h, const struct json *j)
{
    struct json *out = write_members(h, j);
    if (!is_like_mark(j))
        return out;
    struct json *o = json_new(JSON_OBJECT);
    json_put(o, LITERAL, out);
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
        json_put_str(o, SECRET, json_get_str(value, "name", ""));
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

/* --- comparing ------------------------------------------------------- */

/* The length of "rp-hole-7" at the head of s; 0: none. */
static size_t hole_length(struct span s)
{
    size_t n = span_starts(s, HOLE) ? digits(s, sizeof HOLE - 1) : 0;
    return n ? sizeof HOLE - 1 + n : 0;
}

static const struct json *binding(const struct holes *h, struct span name)
{
    struct arena a = {0};
    const struct json *v = json_get(h->bound, span_dup(&a, name));
    arena_release(&a);
    return v;
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* How much of a commit's name stands there: Lua cannot shorten a hole, but
 * shortens what takes its place. */
static size_t eat_sha(struct span sha, struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < sha.n; i++)
        if (!is_hex(sha.p[i]))
            return 0;
    while (n < sha.n && n < s.n && sha.p[n] == s.p[n])
        n++;
    return sha.n == SHA_DIGITS && n >= SHORT_SHA_DIGITS ? n : 0;
}

/* How much of s is text as a part of a URL. */
static size_t eat_escaped(struct span text, struct span s)
{
    char three[4];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool plain = isalnum(c) || strchr("-._~", c);
        snprintf(three, sizeof three, plain ? "%c" : "%%%02X", c);
        if (!span_starts(span_sub(s, n, s.n), three))
            return 0;
        n += strlen(three);
    }
    return n;
}

static size_t eat_hole(const struct holes *h, struct span name, struct span s)
{
    char room[32];
    const struct json *v = binding(h, name);
    const char *text = json_str(v);
    if (!text && json_type(v) == JSON_NUMBER)
        text = json_num_text(v, room);
    if (!text || !*text)
        return 0;
    if (span_starts(s, text))
        return strlen(text);
    size_t n = eat_escaped(span_of(text), s);
    return n ? n : eat_sha(span_of(text), s);
}

static size_t eat_time(const struct holes *h, struct span s)
{
    int64_t ms = 0;
    size_t n = time_length(s, &ms);
    bool now = ms >= h->from_ms - SKEW_MS && ms <= h->to_ms + SKEW_MS;
    return n && now ? n : 0;
}

/* The mark at the head of planned and what fills it at the head of asked, both
 * cut off. False: there is a mark, and something else in its place. */
static bool eat_mark(const struct holes *h, struct span *planned,
                     struct span *asked, bool *any)
{
    size_t mark = hole_length(*planned);
    size_t n = 0;
    *any = true;
    if (mark) {
        n = eat_hole(h, span_sub(*planned, 0, mark), *asked);
    } else if (span_starts(*planned, TIME)) {
        mark = sizeof TIME - 1;
        n = eat_time(h, *asked);
    } else if (span_starts(*planned, SEALED)) {
        const char *same = sealed_at(h, *asked, &n);
        mark = same && span_starts(*planned, same) ? strlen(same) : 0;
        n = mark ? n : 0;
    } else {
        *any = false;
        return true;
    }
    *planned = span_sub(*planned, mark, planned->n);
    *asked = span_sub(*asked, n, asked->n);
    return n > 0;
}

static bool text_fits(const struct holes *h, struct span planned,
                      struct span asked)
{
    while (planned.n) {
        bool mark = false;
        if (!eat_mark(h, &planned, &asked, &mark))
            return false;
        if (mark)
            continue;
        if (!asked.n || *planned.p != *asked.p)
            return false;
        planned = span_sub(planned, 1, planned.n);
        asked = span_sub(asked, 1, asked.n);
    }
    return asked.n == 0;
}

static bool number_fits(const struct holes *h, const struct json *planned,
                        const struct json *asked)
{
    struct span mark = json_span(planned);
    struct holes wide = *h;
    wide.from_ms -= SKEW_MS;
    wide.to_ms += SKEW_MS;
    if (json_type(planned) != JSON_STRING)
        return json_equal(planned, asked);
    if (span_is(mark, TIME))
        return is_clock_number(&wide, json_num(asked));
    return hole_length(mark) == mark.n && json_equal(binding(h, mark), asked);
}

struct comparison {
    const struct holes *holes;
    const struct vault *vault;
    struct buf at;                      /* the place that is looked at */
    const struct json *planned, *asked; /* there, when they part */
};

static bool fits(struct comparison *c, const struct json *planned,
                 const struct json *asked);

static bool member_fits(struct comparison *c, const char *name, size_t i,
                        const struct json *planned, const struct json *asked)
{
    size_t n = c->at.n;
    if (name)
        buf_printf(&c->at, "%s%s", n ? "." : "", name);
    else
        buf_printf(&c->at, "[%zu]", i + 1);
    c->planned = planned;
    c->asked = asked;
    if (!planned || !asked || !fits(c, planned, asked))
        return false;
    c->at.n = n;
    c->at.p[n] = '\0';
    return true;
}

static bool members_fit(struct comparison *c, const struct json *planned,
                        const struct json *asked)
{
    const struct json *a = json_first(asked);
    size_t i = 0;
    if (json_type(asked) == JSON_ARRAY) {
        const struct json *p = json_first(planned);
        for (; p || a; i++) {
            if (!member_fits(c, NULL, i, p, a))
                return false;
            p = json_next(p);
            a = json_next(a);
        }
        return true;
    }
    for (const struct json *p = json_first(planned); p; p = json_next(p))
        if (!member_fits(c, json_key(p), 0, p, json_get(asked, json_key(p))))
            return false;
    for (; a; a = json_next(a))
        if (!member_fits(c, json_key(a), 0, json_get(planned, json_key(a)), a))
            return false;
    return true;
}

static bool fits(struct comparison *c, const struct json *planned,
                 const struct json *asked)
{
    if (vault_is_handle(asked)) {
        const char *name = vault_name(c->vault, asked);
        return name && json_size(planned) == 1 &&
               strcmp(json_get_str(planned, SECRET, ""), name) == 0;
    }
    enum json_type type = json_type(asked);
    if (is_like_mark(asked)) {
        planned = json_size(planned) == 1 ? json_get(planned, LITERAL) : NULL;
        return planned && members_fit(c, planned, asked);
    }
    if (type == JSON_NUMBER)
        return number_fits(c->holes, planned, asked);
    if (type != json_type(planned))
        return false;
    if (type == JSON_STRING)
        return text_fits(c->holes, json_span(planned), json_span(asked));
    if (type == JSON_ARRAY || type == JSON_OBJECT)
        return members_fit(c, planned, asked);
    return json_equal(planned, asked);
}

#define SHOWN_BYTES 80

static void write_value(const struct json *v, struct buf *out)
{
    if (v)
        json_write(v, out);
    else
        buf_str(out, "nothing");
}

/* A value in a message, from a little before where it differs from another. */
static void put_value(struct span text, struct span other, struct buf *out)
{
    size_t at = 0;
    while (at < text.n && at < other.n && text.p[at] == other.p[at])
        at++;
    at = at > SHOWN_BYTES / 2 ? at - SHOWN_BYTES / 4 : 0;
    while (at > 0 && (text.p[at] & 0xC0) == 0x80) /* inside a character */
        at--;
    struct span rest = span_sub(text, at, text.n);
    struct span head = utf8_head(rest, SHOWN_BYTES);
    buf_printf(out, "%s%.*s%s", at ? "…" : "", SPAN_ARG(head),
               head.n < rest.n ? "…" : "");
}

static void put_difference(const struct comparison *c, struct buf *out)
{
    struct buf planned = {0};
    struct buf asked = {0};
    write_value(c->planned, &planned);
    write_value(c->asked, &asked);
    buf_printf(out, "%s%splanned ", buf_cstr(&c->at), c->at.n ? ": " : "");
    put_value(buf_view(&planned), buf_view(&asked), out);
    buf_str(out, ", asked ");
    put_value(buf_view(&asked), buf_view(&planned), out);
    buf_release(&planned);
    buf_release(&asked);
}

bool holes_fit(const struct holes *h, const struct vault *vault,
               const struct json *planned, const struct json *asked,
               struct buf *where)
{
    struct comparison c = {
        .holes = h, .vault = vault, .planned = planned, .asked = asked};
    bool same = fits(&c, planned, asked);
    if (!same && where)
        put_difference(&c, where);
    buf_release(&c.at);
    return same;
}

/* --- where holes stand ----------------------------------------------- */

/* Of an HTTP response the body, decoded; *made is to be freed. */
static const struct json *content(const struct json *answer, struct json **made)
{
    struct arena a = {0};
    struct err none = {0};
    struct span text;
    const struct json *body = json_get(answer, "body");
    *made = NULL;
    if (!body || !json_get(answer, "status"))
        return answer;
    if (json_bytes(body, &a, &text))
        none.st = json_parse(text, made, &none);
    arena_release(&a);
    return *made ? *made : body;
}

static void put_step(struct buf *at, const char *name)
{
    buf_char(at, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            buf_str(at, *name == '~' ? "~0" : "~1");
        else
            buf_char(at, *name);
    }
}

static void find_holes(const struct json *j, const struct json *known,
                       struct buf *at, struct json *binds)
{
    struct span s = json_span(j);
    size_t n = at->n;
    char number[24];
    size_t i = 0;
    if (s.n && hole_length(s) == s.n && !json_get(known, json_str(j)) &&
        !json_get(binds, json_str(j)))
        json_put_str(binds, json_str(j), buf_cstr(at));
    enum json_type type = json_type(j);
    const struct json *c =
        type == JSON_ARRAY || type == JSON_OBJECT ? json_first(j) : NULL;
    for (; c; c = json_next(c)) {
        snprintf(number, sizeof number, "%zu", i++);
        put_step(at, type == JSON_ARRAY ? number : json_key(c));
        find_holes(c, known, at, binds);
        at->n = n;
        at->p[n] = '\0';
    }
}

void holes_places(const struct json *answer, const struct json *known,
                  struct json *binds)
{
    struct json *made = NULL;
    struct holes plain;
    struct buf at = {0};
    holes_init(&plain);
    struct json *form = holes_write(&plain, content(answer, &made));
    find_holes(form, known, &at, binds);
    buf_release(&at);
    json_free(form);
    json_free(made);
    holes_release(&plain);
}

/* The member that one step of a pointer names. */
static const struct json *step_to(const struct json *j, struct span step)
{
    struct arena a = {0};
    char *name = span_dup(&a, step);
    char *to = name;
    for (const char *p = name; *p; p++, to++) {
        *to = *p;
        if (*p == '~' && (p[1] == '0' || p[1] == '1'))
            *to = *++p == '0' ? '~' : '/';
    }
    *to = '\0';
    const struct json *c = NULL;
    if (json_type(j) == JSON_OBJECT) {
        c = json_get(j, name);
    } else if (json_type(j) == JSON_ARRAY) {
        size_t i = 0;
        for (const char *p = name; is_digit(*p); p++)
            i = i * 10 + (size_t)(*p - '0');
        for (c = json_first(j); c && i > 0; i--)
            c = json_next(c);
    }
    arena_release(&a);
    return c;
}

void holes_learn(struct holes *h, const struct json *binds,
                 const struct json *answer)
{
    struct json *made = NULL;
    const struct json *body = content(answer, &made);
    for (const struct json *b = json_first(binds); b; b = json_next(b)) {
        struct span rest = json_span(b);
        const struct json *v = body;
        (void)span_cut(&rest, '/');
        while (rest.n && v)
            v = step_to(v, span_cut(&rest, '/'));
        enum json_type type = json_type(v);
        if (type == JSON_STRING || type == JSON_NUMBER)
            json_put(h->bound, json_key(b), json_copy(v));
    }
    json_free(made);
}

static bool text_unknown(struct span s, const struct json *known)
{
    struct holes k = {.bound = (struct json *)known};
    for (size_t i = span_find(s, SPAN(HOLE), 0); i < s.n;
         i = span_find(s, SPAN(HOLE), i + 1)) {
        size_t n = hole_length(span_sub(s, i, s.n));
        if (n && !binding(&k, span_sub(s, i, i + n)))
            return true;
    }
    return false;
}

bool holes_unknown(const struct json *value, const struct json *known)
{
    enum json_type type = json_type(value);
    if (type == JSON_STRING)
        return text_unknown(json_span(value), known);
    if (type != JSON_ARRAY && type != JSON_OBJECT)
        return false;
    for (const struct json *c = json_first(value); c; c = json_next(c))
        if (holes_unknown(c, known) ||
            (type == JSON_OBJECT && text_unknown(span_of(json_key(c)), known)))
            return true;
    return false;
}
