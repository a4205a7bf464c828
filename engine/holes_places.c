/* Finds holes in answers, and what fills them. */
#include "holes_part.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"

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
    if (s.n && holes_length(s) == s.n && !json_get(known, json_str(j)) &&
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
        for (const char *p = name; holes_digit(*p); p++)
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
    for (size_t i = span_find(s, SPAN(HOLES_MARK), 0); i < s.n;
         i = span_find(s, SPAN(HOLES_MARK), i + 1)) {
        size_t n = holes_length(span_sub(s, i, s.n));
        if (n && !holes_binding(&k, span_sub(s, i, i + n)))
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
