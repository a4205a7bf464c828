/* Writes docs/runproof.lua: LuaCATS definitions for editors. */
#include "luadoc_part.h"

#include <string.h>

static const char intro[] =
    "---@meta runproof\n"
    "-- Definitions of a runbook's Lua for editors. Written by\n"
    "-- `runproof lua --annotations` from engine/prim.c and lua/. Do not "
    "edit.\n";

/* --- primitives ------------------------------------------------------ */

static void put_value(const struct prim *row, struct buf *out)
{
    bool global = !luadoc_space(span_of(row->name)).n;
    buf_printf(out, "---@type %s\n%s = %s\n", row->ret, row->name,
               global ? "{}" : "nil");
}

static void put_function(const struct luadoc *d, const struct prim *row,
                         struct buf *out)
{
    struct luadoc_arg arg;
    struct span rest = span_of(row->args);
    while (luadoc_arg(d, row, &rest, &arg))
        buf_printf(out, "---@param %.*s%s %s\n", SPAN_ARG(arg.name),
                   arg.optional ? "?" : "", arg.type);
    if (strcmp(row->ret, "nil") != 0)
        buf_printf(out, "---@return %s\n", row->ret);
    buf_printf(out, "function %s(", row->name);
    rest = span_of(row->args);
    for (const char *between = ""; luadoc_arg(d, row, &rest, &arg);
         between = ", ")
        buf_printf(out, "%s%.*s", between, SPAN_ARG(arg.name));
    buf_str(out, ") end\n");
}

static void put_primitives(const struct luadoc *d, struct buf *out)
{
    for (const struct prim *row = prim_table; row->name; row++) {
        struct span space = luadoc_space(span_of(row->name));
        if (!luadoc_listed(row))
            continue;
        if (space.n && luadoc_opens_space(row))
            buf_printf(out, "\n%.*s = {}\n", SPAN_ARG(space));
        buf_printf(out, "\n--- %s\n", row->doc);
        if (row->args)
            put_function(d, row, out);
        else
            put_value(row, out);
    }
}

/* --- providers ------------------------------------------------------- */

static void put_notes(const struct json *args, struct buf *out)
{
    for (const struct json *a = json_first(args); a; a = json_next(a)) {
        struct luadoc_field f = luadoc_field(a);
        if (f.words.n)
            buf_printf(out, "--- - `%.*s` %.*s\n", SPAN_ARG(f.name),
                       SPAN_ARG(f.words));
    }
}

/* What a row does not describe may be anything. */
static void put_argument(const struct json *args, struct buf *out)
{
    struct buf shape = {0};
    bool needed = false;
    for (const struct json *a = json_first(args); a; a = json_next(a)) {
        struct luadoc_field f = luadoc_field(a);
        buf_printf(&shape, "%s%.*s%s: %.*s", shape.n ? ", " : "",
                   SPAN_ARG(f.name), f.optional ? "?" : "", SPAN_ARG(f.type));
        needed = needed || !f.optional;
    }
    buf_printf(out, "---@param a%s ", needed ? "" : "?");
    buf_printf(out, args ? "{%s}\n" : "table\n", buf_cstr(&shape));
    buf_release(&shape);
}

static void put_call(const struct luadoc_call *c, struct buf *out)
{
    const struct json *args = json_get(c->row, "args");
    const char *link = json_get_str(c->row, "link", NULL);
    const char *name = json_get_str(c->row, "name", "");
    buf_printf(out, "\n--- %s\n", json_get_str(c->row, "doc", ""));
    put_notes(args, out);
    if (link)
        buf_printf(out, "---@see %s\n", link);
    put_argument(args, out);
    buf_printf(out, "---@return %s\nfunction %s(a) end\n",
               json_get_str(c->row, "gives", "table"), name);
}

static void put_try(const struct luadoc_call *c, struct buf *out)
{
    buf_printf(out, "\n--- As %s, but a failure is given, not raised.\n",
               json_get_str(c->row, "name", ""));
    const char *gives = json_get_str(c->row, "gives", "table");
    put_argument(json_get(c->row, "args"), out);
    buf_printf(out,
               "---@return %s%s\n---@return provider.failure|nil\n"
               "function %.*s.try.%.*s(a) end\n",
               gives, span_ends(span_of(gives), "|nil") ? "" : "|nil",
               SPAN_ARG(c->module), SPAN_ARG(c->name));
}

/* Whether a call before c stands in the same table. */
static bool is_open(const struct luadoc *d, const struct luadoc_call *c,
                    struct span table)
{
    struct luadoc_call e = {0};
    while (luadoc_next_call(d, NULL, &e) && e.row != c->row)
        if (span_eq(e.module, c->module) && e.name.n > table.n &&
            e.name.p[table.n] == '.' &&
            span_eq(span_sub(e.name, 0, table.n), table))
            return true;
    return false;
}

/* The tables that c is the first to stand in: "a" and "a.b" for "a.b.c". */
static void open_tables(const struct luadoc *d, const struct luadoc_call *c,
                        const char *prefix, struct buf *out)
{
    for (size_t i = 0; i < c->name.n; i++) {
        struct span table = span_sub(c->name, 0, i);
        if (c->name.p[i] == '.' && !is_open(d, c, table))
            buf_printf(out, "\n%.*s.%s%.*s = {}\n", SPAN_ARG(c->module), prefix,
                       SPAN_ARG(table));
    }
}

static void put_calls(const struct luadoc *d, const char *module,
                      struct buf *out)
{
    size_t before = out->n;
    for (struct luadoc_call c = {0}; luadoc_next_call(d, module, &c);) {
        open_tables(d, &c, "", out);
        put_call(&c, out);
    }
    if (out->n > before)
        buf_printf(out, "\n%s.try = {}\n", module);
    for (struct luadoc_call c = {0}; luadoc_next_call(d, module, &c);) {
        open_tables(d, &c, "try.", out);
        put_try(&c, out);
    }
}

/* --- modules --------------------------------------------------------- */

static bool names_module(const struct luadoc_entry *e)
{
    return e->is_type && span_is(e->name, e->module);
}

/* The table of a module, behind the type that describes it if there is one. */
static void put_module(const struct luadoc *d, const char *name,
                       struct buf *out)
{
    buf_char(out, '\n');
    for (size_t i = 0; i < d->n; i++)
        if (names_module(&d->v[i]) && strcmp(d->v[i].module, name) == 0)
            buf_printf(out, "%.*s\n", SPAN_ARG(d->v[i].comment));
    buf_printf(out, "%s = {}\n", name);
    put_calls(d, name, out);
    for (size_t i = 0; i < d->n; i++) {
        const struct luadoc_entry *e = &d->v[i];
        if (!e->is_type && strcmp(e->module, name) == 0)
            buf_printf(out, "\n%.*s\nfunction %.*s(%.*s) end\n",
                       SPAN_ARG(e->comment), SPAN_ARG(e->name),
                       SPAN_ARG(e->params));
    }
}

void luadoc_definitions(const struct luadoc *d, struct buf *out)
{
    buf_str(out, intro);
    for (size_t i = 0; i < d->n; i++)
        if (d->v[i].is_type && !names_module(&d->v[i]))
            buf_printf(out, "\n%.*s\n", SPAN_ARG(d->v[i].comment));
    for (size_t i = 0; i < d->n; i++)
        if (names_module(&d->v[i]) && !luadoc_is_called(d->v[i].module))
            buf_printf(out, "\n%.*s\n", SPAN_ARG(d->v[i].comment));
    put_primitives(d, out);
    for (size_t i = 0; i < d->n_modules; i++) {
        const char *name = d->modules[i].name;
        if (luadoc_is_called(name) && !luadoc_is_required(name))
            put_module(d, name, out);
    }
}
