/* Reads the documentation that primitives and Lua modules carry. */
#include "luadoc_part.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"

/* --- modules --------------------------------------------------------- */

static bool is_comment(struct span line)
{
    return span_starts(line, "---");
}

static struct span cut_word(struct span *text)
{
    *text = span_trim(*text);
    struct span word = span_cut(text, ' ');
    *text = span_trim(*text);
    return word;
}

/* The text of a comment's line. */
static struct span content(struct span line)
{
    return span_trim(span_sub(line, strlen("---"), line.n));
}

/* The name a comment gives by @class, empty when it gives none. */
static struct span class_name(struct span comment)
{
    while (comment.n) {
        struct span text = content(span_cut(&comment, '\n'));
        if (span_is(cut_word(&text), "@class"))
            return cut_word(&text);
    }
    return (struct span){0};
}

/* `function M.name(params)` with M the module. */
static bool take_function(struct span line, struct luadoc_entry *e)
{
    if (!span_is(cut_word(&line), "function"))
        return false;
    e->name = span_cut(&line, '(');
    e->params = span_cut(&line, ')');
    struct span name = e->name;
    return span_is(span_cut(&name, '.'), e->module) && name.n;
}

static bool take_entry(struct luadoc_entry *e, struct span below)
{
    e->name = class_name(e->comment);
    e->is_type = e->name.n > 0;
    return e->is_type || take_function(below, e);
}

/* The module whose part it is: "git" of "git/rows" if there is one of that
 * name; NULL for the simulated cloud's. */
static const char *owner_of(const struct luadoc *d, const struct luafile *m)
{
    struct span rest = span_of(m->name);
    struct span folder = span_cut(&rest, '/');
    for (size_t i = 0; i < d->n_modules; i++)
        if (span_is(folder, d->modules[i].name))
            return d->modules[i].name;
    return NULL;
}

static void read_module(struct luadoc *d, const struct luafile *m,
                        const char *owner)
{
    struct span rest = m->text;
    while (rest.n) {
        struct span comment = {rest.p, 0};
        struct span line = span_cut(&rest, '\n');
        while (is_comment(line)) {
            comment.n = (size_t)(line.p - comment.p) + line.n;
            line = span_cut(&rest, '\n');
        }
        struct luadoc_entry e = {.module = owner, .comment = comment};
        if (comment.n && take_entry(&e, line))
            d->v[d->n++] = e;
    }
}

static size_t count_lines(struct span text)
{
    size_t n = 0;
    for (; text.n; n++)
        span_cut(&text, '\n');
    return n;
}

void luadoc_read(struct luadoc *d, const struct luafile *modules, size_t n,
                 const struct json *rows, struct arena *a)
{
    *d = (struct luadoc){.modules = modules, .n_modules = n, .rows = rows};
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        most += count_lines(modules[i].text);
    d->v = arena_array(a, most, sizeof *d->v);
    for (size_t i = 0; i < n; i++) {
        const char *owner = owner_of(d, &modules[i]);
        if (owner)
            read_module(d, &modules[i], owner);
    }
}

bool luadoc_is_required(const char *module)
{
    return strcmp(module, "provider") == 0;
}

bool luadoc_is_called(const char *module)
{
    return !strchr(module, '/') && strcmp(module, "prelude") != 0 &&
           strcmp(module, "expect") != 0 && strcmp(module, "tasks") != 0;
}

/* --- comments -------------------------------------------------------- */

bool luadoc_tag(struct span *comment, struct luadoc_tag *tag)
{
    tag->kind = (struct span){0};
    buf_clear(&tag->text);
    for (bool first = true; comment->n; first = false) {
        struct span rest = *comment;
        struct span text = content(span_cut(&rest, '\n'));
        bool opens = span_starts(text, "@");
        if (opens && !first)
            return true;
        if (opens)
            tag->kind = cut_word(&text);
        if (tag->text.n && text.n)
            buf_char(&tag->text, ' ');
        buf_span(&tag->text, text);
        *comment = rest;
    }
    return tag->kind.n || tag->text.n;
}

struct span luadoc_type(struct span *text)
{
    int depth = 0;
    bool quoted = false;
    size_t n = 0;
    for (; n < text->n && (depth || quoted || text->p[n] != ' '); n++) {
        quoted ^= text->p[n] == '"';
        depth += strchr("([{<", text->p[n]) != NULL;
        depth -= strchr(")]}>", text->p[n]) != NULL;
    }
    struct span type = span_sub(*text, 0, n);
    *text = span_trim(span_sub(*text, n, text->n));
    return type;
}

bool luadoc_name(struct span *text, struct span *name)
{
    *name = cut_word(text);
    bool optional = span_ends(*name, "?");
    if (optional)
        name->n--;
    return optional;
}

/* --- primitives ------------------------------------------------------ */

bool luadoc_listed(const struct prim *row)
{
    return *row->doc;
}

struct span luadoc_space(struct span name)
{
    size_t dot = span_find(name, SPAN("."), 0);
    return dot < name.n ? span_sub(name, 0, dot) : (struct span){0};
}

bool luadoc_opens_space(const struct prim *row)
{
    struct span space = luadoc_space(span_of(row->name));
    for (const struct prim *p = prim_table; p != row; p++)
        if (span_eq(luadoc_space(span_of(p->name)), space))
            return false;
    return luadoc_listed(row);
}

static const struct {
    char letter;
    const char *type;
} types[] = {
    {'s', "string"}, {'n', "number"}, {'i', "integer"},  {'b', "boolean"},
    {'t', "table"},  {'v', "any"},    {'l', "string[]"}, {'h', "secret|string"},
};

static bool has_type(const struct luadoc *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->v[i].is_type && span_is(d->v[i].name, name))
            return true;
    return false;
}

/* The type of a table of options: the call's own, or its space's. */
static const char *options_type(const struct luadoc *d, const struct prim *row,
                                struct luadoc_arg *arg)
{
    struct span space = luadoc_space(span_of(row->name));
    snprintf(arg->room, sizeof arg->room, "%s.opts", row->name);
    if (has_type(d, arg->room))
        return arg->room;
    snprintf(arg->room, sizeof arg->room, "%.*s.opts", SPAN_ARG(space));
    return has_type(d, arg->room) ? arg->room : "table";
}

bool luadoc_arg(const struct luadoc *d, const struct prim *row,
                struct span *rest, struct luadoc_arg *arg)
{
    if (!rest->n)
        return false;
    struct span letter = span_cut(rest, ',');
    arg->name = span_cut(&letter, ':');
    arg->optional = span_ends(letter, "?");
    arg->type = "any";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].letter == letter.p[0])
            arg->type = types[i].type;
    if (span_is(arg->name, "opts"))
        arg->type = options_type(d, row, arg);
    return true;
}
