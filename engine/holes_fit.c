/* Compares what is asked with what a plan holds. */
#include "holes_part.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "visible.h"

#define SHA_DIGITS 40
#define SHORT_SHA_DIGITS 7

/* What a service's clock may differ from ours. */
#define SKEW_MS 300000

static bool is_hex(char c)
{
    return holes_digit(c) || (c >= 'a' && c <= 'f');
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
    const struct json *v = holes_binding(h, name);
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
    size_t n = holes_time(s, &ms);
    bool now = ms >= h->from_ms - SKEW_MS && ms <= h->to_ms + SKEW_MS;
    return n && now ? n : 0;
}

/* The mark at the head of planned and what fills it at the head of asked, both
 * cut off. False: there is a mark, and something else in its place. */
static bool eat_mark(const struct holes *h, struct span *planned,
                     struct span *asked, bool *any)
{
    size_t mark = holes_length(*planned);
    size_t n = 0;
    *any = true;
    if (mark) {
        n = eat_hole(h, span_sub(*planned, 0, mark), *asked);
    } else if (span_starts(*planned, HOLES_TIME)) {
        mark = sizeof HOLES_TIME - 1;
        n = eat_time(h, *asked);
    } else if (span_starts(*planned, HOLES_SEALED)) {
        const char *same = holes_box(h, *asked, &n);
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
    if (span_is(mark, HOLES_TIME))
        return holes_clock_number(&wide, json_num(asked));
    return holes_length(mark) == mark.n &&
           json_equal(holes_binding(h, mark), asked);
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
        const char *name = c->vault ? vault_name(c->vault, asked)
                                    : json_get_str(asked, "name", NULL);
        return name && json_size(planned) == 1 &&
               strcmp(json_get_str(planned, HOLES_SECRET, ""), name) == 0;
    }
    enum json_type type = json_type(asked);
    if (holes_like_mark(asked)) {
        planned =
            json_size(planned) == 1 ? json_get(planned, HOLES_LITERAL) : NULL;
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
