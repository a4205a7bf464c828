/* Lua values as JSON and back. */
#pragma once

#include "lib.h"

struct json;

enum luajson_flags {
    /* Messages to the engine: bytes as {"$bytes":…}, secrets as
     * {"$secret":…}; without it both are errors, and such objects are plain
     * data (rule: wire.h). */
    LUAJSON_WIRE = 1,
    LUAJSON_SKIP_FUNCTIONS = 2 /* members that are functions are left out */
};

/* The value at idx; the caller frees it. NULL with a reason in err when it has
 * no JSON form: a function, a list with holes, mixed keys, a cycle (too deep),
 * too large for one message, not UTF-8. Raises nothing. A table is a list when
 * its keys are 1…n or it is marked by json.array, else an object. */
struct json *luajson_from(lua_State *L, int idx, unsigned flags,
                          struct err *err);
/* Pushes j (NULL as null). */
void luajson_push(lua_State *L, const struct json *j, unsigned flags);

/* json.null */
void luajson_push_null(lua_State *L);
bool luajson_is_null(lua_State *L, int idx);
/* Marks the table on top of the stack as a list. */
void luajson_mark_list(lua_State *L);

/* Secret handles (lib_secret.c), opaque in Lua. */
void lib_push_secret(lua_State *L, const char *handle, const char *name);
/* True when idx is one; *handle and *name (borrowed) are set. */
bool lib_to_secret(lua_State *L, int idx, const char **handle,
                   const char **name);
