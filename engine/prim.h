/* The primitives' registration rows: what exists, how its positional Lua
 * arguments become the args object of an activity, its effect class, its
 * documentation. One table serves the worker (makes the functions), the door
 * (knows the class) and docs/LUA.md (rule: STYLE, "row"). */
#pragma once

#include "effect.h"
#include "str.h"

enum prim_kind {
    PRIM_ACTIVITY, /* crosses to the engine's door */
    PRIM_PURE,     /* stays in the worker: deterministic */
    PRIM_LUA       /* written in lua/prelude.lua; listed for the docs */
};

struct prim {
    const char *name; /* "fs.read" */
    enum prim_kind kind;
    enum effect effect; /* fixed class; EFFECT_COUNT: computed per call */
    /* Comma-separated "name:type[?]": s string, n number, i integer,
     * b boolean, t table, v any, l list of strings, h secret handle or
     * string. Positional, in order; "..." for any more. The members of a table
     * called opts are the type "<name>.opts" or "<its space>.opts" of
     * lua/prelude.lua. NULL: a value, not a function. */
    const char *args;
    const char *ret; /* LuaCATS type */
    const char *doc; /* one or two sentences, errors included */
    int virtual_ms;  /* what it costs on a virtual clock */
};

extern const struct prim prim_table[]; /* ended by a NULL name */
const struct prim *prim_find(struct span name);
