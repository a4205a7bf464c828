/* Walks a tree of settings along its table. */
#include "schema.h"

#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "str.h"

/* Names that differ in so few letters are taken for a slip of the hand. */
#define SLIP 2

struct walk {
    const char *file;
    struct buf path; /* "environments.staging.policy" */
    struct err *err;
};

static enum status check(struct walk *w, const struct schema *s,
                         const struct json *v);

/* --- mistakes -------------------------------------------------------- */

static enum status wrong(struct walk *w, const struct json *v,
                         const struct buf *says)
{
    err_at(w->err, ST_INPUT, w->file, json_line(v), "%s", buf_cstr(says));
    w->err->column = json_column(v);
    return w->err->st;
}

/* "allow, ask or deny" */
static void put_words(const char *const *words, const char *last,
                      struct buf *out)
{
    for (size_t i = 0; words[i]; i++)
        buf_printf(out, "%s%s",
                   i == 0         ? ""
                   : words[i + 1] ? ", "
                                  : last,
                   words[i]);
}

static enum status wrong_type(struct walk *w, const struct schema *s,
                              const struct json *v, const char *must)
{
    struct buf says = {0};
    buf_printf(&says, "%s must be %s; write it as in %s",
               w->path.n ? buf_cstr(&w->path) : "the file", must, s->example);
    enum status st = wrong(w, v, &says);
    buf_release(&says);
    return st;
}

static enum status wrong_word(struct walk *w, const struct schema *s,
                              const struct json *v)
{
    struct buf says = {0};
    buf_printf(&says, "%s must be ", buf_cstr(&w->path));
    put_words(s->words, " or ", &says);
    const char *near =
        json_str(v) ? nearest_name(json_span(v), s->words) : NULL;
    if (json_str(v))
        buf_printf(&says, ", not '%.80s'", json_str(v));
    if (near)
        buf_printf(&says, "; did you mean %s?", near);
    else
        buf_str(&says, "; write one of them");
    enum status st = wrong(w, v, &says);
    buf_release(&says);
    return st;
}

/* The rows' keys, NULL-terminated. */
static void list_keys(const struct schema *of, const char *keys[32])
{
    size_t n = 0;
    for (; of->key && n < 31; of++)
        keys[n++] = of->key;
    keys[n] = NULL;
}

static enum status wrong_key(struct walk *w, const struct schema *s,
                             const struct json *m, const char *near)
{
    const char *keys[32];
    struct buf says = {0};
    list_keys(s->of, keys);
    buf_printf(&says, "unknown key '%.80s'", json_key(m));
    if (w->path.n)
        buf_printf(&says, " in %s", buf_cstr(&w->path));
    if (near) {
        buf_printf(&says, "; did you mean %s?", near);
    } else {
        buf_str(&says, "; known: ");
        put_words(keys, ", ", &says);
    }
    if (near && s->type == SCHEMA_OPEN)
        buf_str(&says, " No other settings may be named so alike.");
    enum status st = wrong(w, m, &says);
    buf_release(&says);
    return st;
}

static enum status wrong_members(struct walk *w, const struct schema *s,
                                 const struct json *v, const char *needs)
{
    struct buf says = {0};
    buf_printf(&says, "%s needs %s; write it as in %s", buf_cstr(&w->path),
               needs, s->example);
    enum status st = wrong(w, v, &says);
    buf_release(&says);
    return st;
}

/* --- types ----------------------------------------------------------- */

static enum status below(struct walk *w, const struct schema *s,
                         const struct json *v, const char *name)
{
    size_t n = w->path.n;
    buf_printf(&w->path, "%s%.80s", n && *name != '[' ? "." : "", name);
    enum status st = check(w, s, v);
    w->path.n = n;
    if (w->path.p)
        w->path.p[n] = '\0';
    return st;
}

static enum status check_list(struct walk *w, const struct schema *s,
                              const struct json *v)
{
    int i = 0;
    for (const struct json *c = json_first(v); c; c = json_next(c)) {
        char name[16];
        snprintf(name, sizeof name, "[%d]", ++i);
        if (below(w, s->of, c, name) != ST_OK)
            return w->err->st;
    }
    return ST_OK;
}

static enum status check_map(struct walk *w, const struct schema *s,
                             const struct json *v)
{
    for (const struct json *m = json_first(v); m; m = json_next(m)) {
        if (s->fits && !s->fits(span_of(json_key(m)))) {
            struct buf says = {0};
            buf_printf(&says,
                       "'%.80s' in %s is no name; use letters, digits and "
                       "_.:@+-",
                       json_key(m), buf_cstr(&w->path));
            enum status st = wrong(w, m, &says);
            buf_release(&says);
            return st;
        }
        if (below(w, s->of, m, json_key(m)) != ST_OK)
            return w->err->st;
    }
    return ST_OK;
}

static enum status check_member(struct walk *w, const struct schema *s,
                                const struct json *m)
{
    const char *keys[32];
    list_keys(s->of, keys);
    for (const struct schema *row = s->of; row->key; row++)
        if (strcmp(row->key, json_key(m)) == 0)
            return below(w, row, m, row->key);
    struct span key = span_of(json_key(m));
    const char *near = s->type == SCHEMA_OPEN ? nearest_within(key, keys, SLIP)
                                              : nearest_name(key, keys);
    return s->type == SCHEMA_OPEN && !near ? ST_OK : wrong_key(w, s, m, near);
}

static enum status check_record(struct walk *w, const struct schema *s,
                                const struct json *v)
{
    for (const struct json *m = json_first(v); m; m = json_next(m))
        if (check_member(w, s, m) != ST_OK)
            return w->err->st;
    for (const struct schema *row = s->of; row->key; row++)
        if ((row->flags & SCHEMA_REQUIRED) && !json_get(v, row->key))
            return wrong_members(w, s, v, row->key);
    size_t n = json_size(v);
    if ((s->flags & SCHEMA_ONE_OF) && n != 1)
        return wrong_members(w, s, v, "exactly one of its members");
    if ((s->flags & SCHEMA_SOME_OF) && n == 0)
        return wrong_members(w, s, v, "one of its members");
    return ST_OK;
}

static bool is_word(const char *const *words, const struct json *v)
{
    for (; words && json_str(v) && *words; words++)
        if (strcmp(json_str(v), *words) == 0)
            return true;
    return false;
}

static enum status check_string(struct walk *w, const struct schema *s,
                                const struct json *v)
{
    struct span text = json_span(v);
    bool good = json_str(v) && text.n && (!s->fits || s->fits(text));
    return good ? ST_OK : wrong_type(w, s, v, "a text that fits");
}

static enum status check_count(struct walk *w, const struct schema *s,
                               const struct json *v)
{
    int64_t n = 0;
    return json_int(v, &n) && n > 0 ? ST_OK
                                    : wrong_type(w, s, v, "a number from 1 on");
}

static enum status check(struct walk *w, const struct schema *s,
                         const struct json *v)
{
    enum json_type type = json_type(v);
    enum json_type want = s->type == SCHEMA_LIST ? JSON_ARRAY : JSON_OBJECT;
    switch (s->type) {
    case SCHEMA_ANY:
        return ST_OK;
    case SCHEMA_STRING:
        return check_string(w, s, v);
    case SCHEMA_WORD:
        return is_word(s->words, v) ? ST_OK : wrong_word(w, s, v);
    case SCHEMA_BOOL:
        return type == JSON_BOOL ? ST_OK : wrong_type(w, s, v, "true or false");
    case SCHEMA_COUNT:
        return check_count(w, s, v);
    default:
        break;
    }
    bool absent = type == JSON_NULL && s->key;
    if (absent || is_word(s->words, v))
        return ST_OK;
    if (type != want)
        return wrong_type(w, s, v, want == JSON_ARRAY ? "a list" : "a mapping");
    return s->type == SCHEMA_LIST  ? check_list(w, s, v)
           : s->type == SCHEMA_MAP ? check_map(w, s, v)
                                   : check_record(w, s, v);
}

enum status schema_check(const struct schema *s, const struct json *v,
                         const char *file, struct err *err)
{
    struct walk w = {.file = file, .err = err};
    enum status st = check(&w, s, v);
    buf_release(&w.path);
    return st;
}
