/* What the page and the definitions share. */
#pragma once

#include "luadoc.h"
#include "prim.h"

/* The description (kind empty) or one tag of a comment, its lines joined. */
struct luadoc_tag {
    struct span kind; /* "param" */
    struct buf text;
};
/* Cuts the next one off; false at the end. tag->text is used again. */
bool luadoc_tag(struct span *comment, struct luadoc_tag *tag);
/* Cuts a LuaCATS type off: up to a blank outside of brackets. */
struct span luadoc_type(struct span *text);
/* "name?" is cut off; true when the '?' was there. */
bool luadoc_name(struct span *text, struct span *name);

/* One argument of a primitive. */
struct luadoc_arg {
    struct span name;
    const char *type; /* LuaCATS; in room */
    bool optional;
    char room[64];
};
bool luadoc_arg(const struct luadoc *d, const struct prim *row,
                struct span *rest, struct luadoc_arg *arg);

/* A provider's call, a row of `catalogue` in lua/provider.lua. */
struct luadoc_call {
    const struct json *row;
    struct span module; /* before the first dot */
    struct span name;   /* behind it */
};
/* Gives the next call of module (NULL: of any) behind c->row, which begins as
 * NULL. */
bool luadoc_next_call(const struct luadoc *d, const char *module,
                      struct luadoc_call *c);

/* One of its arguments: "name?: type  what it is". */
struct luadoc_field {
    struct span name, type, words;
    bool optional;
};
struct luadoc_field luadoc_field(const struct json *line);
/* A table's cell: only '|' could end it. */
void luadoc_cell(struct span text, struct buf *out);

/* Primitives without documentation are the engine's own. */
bool luadoc_listed(const struct prim *row);
/* "fs" of "fs.read", empty for a name without a dot. */
struct span luadoc_space(struct span name);
/* The first row of each space. */
bool luadoc_opens_space(const struct prim *row);
bool luadoc_is_called(const char *module); /* by runbooks */
/* Not a global: taken by require. */
bool luadoc_is_required(const char *module);
