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

/* Primitives without documentation are the engine's own. */
bool luadoc_listed(const struct prim *row);
/* "fs" of "fs.read", empty for a name without a dot. */
struct span luadoc_space(struct span name);
/* The first row of each space. */
bool luadoc_opens_space(const struct prim *row);
bool luadoc_is_called(const char *module); /* by runbooks */
/* Not a global: taken by require. */
bool luadoc_is_required(const char *module);
