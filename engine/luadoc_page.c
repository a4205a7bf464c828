/* Writes docs/LUA.md. */
#include "luadoc_part.h"

#include <string.h>

static const char intro[] =
    "# Lua for runbook authors\n"
    "\n"
    "<!-- Written by `runproof lua --docs` from the rows of engine/prim.c and "
    "the comments in lua/. Do not edit. -->\n"
    "\n"
    "A block is Lua 5.4 in a worker process that has no files, no network and "
    "no clock. What touches the world is a call below: the engine decides on "
    "it, carries it out and journals it. Each call has an effect class, "
    "*none*, *read*, *local* (writes in this repository) or *remote* (changes "
    "a service), and fails above the block's `effect=`.\n"
    "\n"
    "A call that fails raises one line that says what is wrong and what to do. "
    "`pcall` can catch it; a refusal fails the step all the same. Globals that "
    "a block sets are seen by later blocks; a failed attempt leaves none.\n"
    "\n"
    "The language is deterministic: `pairs` walks integers ascending, then "
    "strings bytewise, then booleans; `table.sort` is stable; `#t` depends on "
    "the content alone. Absent are `io`, `os`, `debug`, `coroutine`, `load`, "
    "`loadfile`, `dofile`, `collectgarbage`, `math.random` and "
    "`string.dump`.\n"
    "\n"
    "For an editor with a Lua language server, `runproof lua --annotations` "
    "prints the same as definitions ([runproof.lua](runproof.lua)). What the "
    "calls of providers send is in [PROVIDERS.md](PROVIDERS.md).\n";

static const char helpers[] =
    "\n"
    "Of a provider there are *functions*, which do a whole job (look, change, "
    "wait until it is so, print what they did), and *calls*, which are one "
    "request each. A call takes a table of named arguments; one that is left "
    "out comes from `env` where it can. A call that is refused raises; its "
    "twin below the provider's `try` gives nil and a `provider.failure`. An "
    "argument that is not known is refused, not ignored.\n";

/* --- types ----------------------------------------------------------- */

static void put_class(struct span text, struct buf *out)
{
    struct span name = luadoc_type(&text);
    buf_printf(out, "- **`%.*s`**", SPAN_ARG(name));
    if (span_starts(text, ": ")) {
        text = span_sub(text, strlen(": "), text.n);
        struct span parent = luadoc_type(&text);
        buf_printf(out, ", also a `%.*s`", SPAN_ARG(parent));
    }
    if (text.n)
        buf_printf(out, ": %.*s", SPAN_ARG(text));
    buf_char(out, '\n');
}

static void put_field(struct span text, struct buf *out)
{
    struct span name;
    bool optional = luadoc_name(&text, &name);
    struct span type = luadoc_type(&text);
    buf_printf(out, "  - `%.*s%s`: `%.*s`%s%.*s\n", SPAN_ARG(name),
               optional ? "?" : "", SPAN_ARG(type), text.n ? " " : "",
               SPAN_ARG(text));
}

static void put_type(const struct luadoc_entry *e, struct buf *out)
{
    struct luadoc_tag tag = {0};
    struct buf about = {0};
    for (struct span c = e->comment; luadoc_tag(&c, &tag);) {
        struct span text = buf_view(&tag.text);
        if (!tag.kind.n)
            buf_printf(&about, "  %.*s\n", SPAN_ARG(text));
        else if (span_is(tag.kind, "@class"))
            put_class(text, out);
        else if (span_is(tag.kind, "@field"))
            put_field(text, out);
        if (span_is(tag.kind, "@class"))
            buf_span(out, buf_view(&about));
    }
    buf_release(&about);
    buf_release(&tag.text);
}

static void put_types(const struct luadoc *d, const char *module,
                      const char *title, struct buf *out)
{
    size_t before = out->n;
    for (size_t i = 0; i < d->n; i++) {
        const struct luadoc_entry *e = &d->v[i];
        if (!e->is_type || strcmp(e->module, module) != 0)
            continue;
        if (out->n == before)
            buf_str(out, title);
        put_type(e, out);
    }
}

/* --- primitives ------------------------------------------------------ */

static const char *class_of(const struct prim *row)
{
    return row->effect == EFFECT_COUNT ? "by what is asked"
                                       : effect_name(row->effect);
}

static void put_prim(const struct luadoc *d, const struct prim *row,
                     struct buf *out)
{
    buf_printf(out, "- **`%s", row->name);
    if (row->args) {
        struct span rest = span_of(row->args);
        struct luadoc_arg arg;
        const char *between = "(";
        for (; luadoc_arg(d, row, &rest, &arg); between = ", ")
            buf_printf(out, "%s%.*s%s: %s", between, SPAN_ARG(arg.name),
                       arg.optional ? "?" : "", arg.type);
        buf_str(out, *row->args ? ")" : "()");
    }
    if (strcmp(row->ret, "nil") != 0)
        buf_printf(out, ": %s", row->ret);
    buf_printf(out, "`** — %s\n  %s\n", class_of(row), row->doc);
}

static void put_space(const struct luadoc *d, const struct prim *first,
                      struct buf *out)
{
    struct span space = luadoc_space(span_of(first->name));
    struct span title = space.n ? space : SPAN("Globals");
    buf_printf(out, "\n### %.*s\n\n", SPAN_ARG(title));
    for (const struct prim *row = first; row->name; row++)
        if (luadoc_listed(row) &&
            span_eq(luadoc_space(span_of(row->name)), space))
            put_prim(d, row, out);
}

static void put_primitives(const struct luadoc *d, struct buf *out)
{
    buf_str(out, "\n## Primitives\n");
    for (const struct prim *row = prim_table; row->name; row++)
        if (luadoc_opens_space(row))
            put_space(d, row, out);
    put_types(d, "prelude", "\n### Types of the primitives\n\n", out);
    put_types(d, "expect", "", out);
}

/* --- modules --------------------------------------------------------- */

static void put_param(struct span text, const char *between, struct buf *out)
{
    struct span name;
    bool optional = luadoc_name(&text, &name);
    struct span type = luadoc_type(&text);
    buf_printf(out, "%s%.*s%s: %.*s", between, SPAN_ARG(name),
               optional ? "?" : "", SPAN_ARG(type));
}

/* Parameters stand before results in a comment. */
static void put_signature(const struct luadoc_entry *e, struct buf *out)
{
    struct luadoc_tag tag = {0};
    const char *param = "";
    const char *result = "): ";
    buf_printf(out, "- **`%.*s(", SPAN_ARG(e->name));
    for (struct span c = e->comment; luadoc_tag(&c, &tag);) {
        struct span text = buf_view(&tag.text);
        if (span_is(tag.kind, "@param")) {
            put_param(text, param, out);
            param = ", ";
        } else if (span_is(tag.kind, "@return")) {
            buf_str(out, result);
            buf_span(out, luadoc_type(&text));
            result = ", ";
        }
    }
    buf_printf(out, "%s`**\n", *result == ')' ? ")" : "");
    buf_release(&tag.text);
}

/* What the signature leaves to say. */
static void put_notes(const struct luadoc_entry *e, struct buf *out)
{
    struct luadoc_tag tag = {0};
    for (struct span c = e->comment; luadoc_tag(&c, &tag);) {
        struct span text = buf_view(&tag.text);
        struct span name = {0};
        if (!tag.kind.n) {
            buf_printf(out, "  %.*s\n", SPAN_ARG(text));
            continue;
        }
        bool gives = span_is(tag.kind, "@return");
        if (!gives)
            luadoc_name(&text, &name);
        struct span type = luadoc_type(&text);
        if (text.n)
            buf_printf(out, "  - %s`%.*s` %.*s\n", gives ? "gives " : "",
                       SPAN_ARG(gives ? type : name), SPAN_ARG(text));
    }
    buf_release(&tag.text);
}

static void put_functions(const struct luadoc *d, const char *module,
                          struct buf *out)
{
    size_t before = out->n;
    for (size_t i = 0; i < d->n; i++) {
        const struct luadoc_entry *e = &d->v[i];
        if (e->is_type || strcmp(e->module, module) != 0)
            continue;
        if (out->n == before)
            buf_str(out, "\nFunctions:\n\n");
        put_signature(e, out);
        put_notes(e, out);
    }
}

/* The arguments of a call, a line each. */
static void put_arguments(const struct json *args, struct buf *out)
{
    struct buf cell = {0};
    for (const struct json *a = json_first(args); a; a = json_next(a)) {
        struct luadoc_field f = luadoc_field(a);
        buf_printf(&cell, "%s`%.*s%s: %.*s`%s%.*s", cell.n ? "<br>" : "",
                   SPAN_ARG(f.name), f.optional ? "?" : "", SPAN_ARG(f.type),
                   f.words.n ? " " : "", SPAN_ARG(f.words));
    }
    luadoc_cell(buf_view(&cell), out);
    buf_release(&cell);
}

static void put_call(const struct json *row, struct buf *out)
{
    const char *name = json_get_str(row, "name", "");
    const char *link = json_get_str(row, "link", NULL);
    struct buf cell = {0};
    buf_printf(&cell, link ? "[`%s`](%s)" : "`%s`", name, link);
    luadoc_cell(buf_view(&cell), out);
    put_arguments(json_get(row, "args"), out);
    buf_clear(&cell);
    buf_printf(&cell, "`%s`", json_get_str(row, "gives", "table"));
    luadoc_cell(buf_view(&cell), out);
    luadoc_cell(span_of(json_get_str(row, "effect", "")), out);
    luadoc_cell(span_of(json_get_str(row, "doc", "")), out);
    buf_str(out, "|\n");
    buf_release(&cell);
}

static void put_calls(const struct luadoc *d, const char *module,
                      struct buf *out)
{
    size_t before = out->n;
    for (struct luadoc_call c = {0}; luadoc_next_call(d, module, &c);) {
        if (out->n == before)
            buf_printf(out,
                       "\nCalls, each with a table of named arguments ([their "
                       "requests](PROVIDERS.md#%s)):\n\n"
                       "| call | arguments | gives | effect | what it does |\n"
                       "| --- | --- | --- | --- | --- |\n",
                       module);
        put_call(c.row, out);
    }
}

/* Its first line is a comment that tells its job. */
static struct span module_job(const struct luafile *m)
{
    struct span text = m->text;
    struct span line = span_cut(&text, '\n');
    return span_trim(span_sub(line, strlen("--"), line.n));
}

static void put_modules(const struct luadoc *d, struct buf *out)
{
    buf_str(out, "\n## Modules\n");
    buf_str(out, helpers);
    for (size_t i = 0; i < d->n_modules; i++) {
        const struct luafile *m = &d->modules[i];
        if (!luadoc_is_called(m->name))
            continue;
        buf_printf(out, "\n### %s\n\n%.*s\n", m->name, SPAN_ARG(module_job(m)));
        if (luadoc_is_required(m->name))
            buf_printf(out, "Not a global: `require \"%s\"`.\n", m->name);
        put_functions(d, m->name, out);
        put_calls(d, m->name, out);
        put_types(d, m->name, "\nTypes:\n\n", out);
    }
}

/* Where to find what. */
static void put_contents(const struct luadoc *d, struct buf *out)
{
    buf_str(out, "\n[Primitives](#primitives): [Globals](#globals)");
    for (const struct prim *row = prim_table; row->name; row++) {
        struct span space = luadoc_space(span_of(row->name));
        if (luadoc_opens_space(row) && space.n)
            buf_printf(out, ", [%.*s](#%.*s)", SPAN_ARG(space),
                       SPAN_ARG(space));
    }
    buf_str(out, ". [Modules](#modules):\n\n");
    for (size_t i = 0; i < d->n_modules; i++) {
        const struct luafile *m = &d->modules[i];
        if (luadoc_is_called(m->name))
            buf_printf(out, "- [%s](#%s): %.*s\n", m->name, m->name,
                       SPAN_ARG(module_job(m)));
    }
}

void luadoc_page(const struct luadoc *d, struct buf *out)
{
    buf_str(out, intro);
    put_contents(d, out);
    put_primitives(d, out);
    put_modules(d, out);
}
