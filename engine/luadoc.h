/* What a runbook's Lua may use, as a page for people and as definitions for
 * editors, from the primitives' rows and the comments of the Lua modules.
 *
 * The rule for modules: a run of lines that begin with "---" documents the
 * type it names by @class, or else the function on the line below it, if that
 * is `function M.name(…)` and M the module. The tags are LuaCATS'. M/part is a
 * part of M; the folders without such a module are the simulated cloud's,
 * which no runbook calls. A provider's calls come from its rows. */
#pragma once

#include "json.h"
#include "luafiles.h"

struct luadoc_entry {
    const char *module;
    struct span name;    /* "json.encode", "git.head" */
    bool is_type;        /* else a function */
    struct span params;  /* of a function: "value, opts" */
    struct span comment; /* its lines, dashes and all */
};

struct luadoc {
    const struct luafile *modules;
    size_t n_modules;
    const struct json *rows; /* the providers', of BOOT_DESCRIBE */
    struct luadoc_entry *v;
    size_t n;
};

/* Everything stays borrowed from modules and rows; v is an arena array. */
void luadoc_read(struct luadoc *d, const struct luafile *modules, size_t n,
                 const struct json *rows, struct arena *a);

/* docs/LUA.md */
void luadoc_page(const struct luadoc *d, struct buf *out);
/* docs/runproof.lua, for a language server. */
void luadoc_definitions(const struct luadoc *d, struct buf *out);
/* docs/PROVIDERS.md */
void luadoc_providers(const struct luadoc *d, struct buf *out);
