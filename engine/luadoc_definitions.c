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
