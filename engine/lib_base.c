/* The basic functions: Lua's own where these are deterministic, else ours. */
#include "lib.h"

#include <math.h>

/* --- text of a value --- */

static const char *push_number(lua_State *L, int idx, size_t *len)
{
    /* The sign of "not a number" differs between processors. */
    if (!lua_isinteger(L, idx) && isnan(lua_tonumber(L, idx)))
        lua_pushliteral(L, "nan");
    else
        lua_pushvalue(L, idx);
    return lua_tolstring(L, -1, len);
}

static const char *push_other(lua_State *L, int idx, size_t *len)
{
    switch (lua_type(L, idx)) {
    case LUA_TNUMBER:
        return push_number(L, idx, len);
    case LUA_TSTRING:
        lua_pushvalue(L, idx);
        break;
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, idx) ? "true" : "false");
        break;
    case LUA_TLIGHTUSERDATA: /* the only one there is: json.null */
        lua_pushliteral(L, "null");
        break;
    default:
        if (luaL_getmetafield(L, idx, "__name") != LUA_TSTRING)
            lua_pushstring(L, luaL_typename(L, idx));
    }
    return lua_tolstring(L, -1, len);
}

const char *lib_tostring(lua_State *L, int idx, size_t *len)
{
    idx = lua_absindex(L, idx);
    if (!luaL_callmeta(L, idx, "__tostring"))
        return push_other(L, idx, len);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "'__tostring' must return a string");
    return lua_tolstring(L, -1, len);
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    lib_tostring(L, 1, NULL);
    return 1;
}

static int base_print(lua_State *L)
{
    int n = lua_gettop(L);
    for (int i = 1; i <= n; i++) {
        size_t len;
        const char *s = lib_tostring(L, i, &len);
        vm_print(vm_of(L), (struct span){s, len});
        vm_print(vm_of(L), i < n ? SPAN("\t") : SPAN("\n"));
        lua_pop(L, 1);
    }
    if (n == 0)
        vm_print(vm_of(L), SPAN("\n"));
    return 0;
}

/* --- length --- */

/* Doubling, then bisecting: of a table with holes always the same border, on
 * whatever way it was filled. */
static lua_Integer border(lua_State *L, int idx)
{
    lua_Unsigned full = 0;
    lua_Unsigned empty = 1;
    while (lua_rawgeti(L, idx, (lua_Integer)empty) != LUA_TNIL) {
        lua_pop(L, 1);
        full = empty;
        empty *= 2;
    }
    lua_pop(L, 1);
    while (empty - full > 1) {
        lua_Unsigned mid = full + (empty - full) / 2;
        if (lua_rawgeti(L, idx, (lua_Integer)mid) == LUA_TNIL)
            empty = mid;
        else
            full = mid;
        lua_pop(L, 1);
    }
    return (lua_Integer)full;
}

lua_Integer lib_length(lua_State *L, int idx)
{
    int is_int = 1;
    lua_Integer n = 0;
    idx = lua_absindex(L, idx);
    if (lua_type(L, idx) == LUA_TSTRING)
        return (lua_Integer)lua_rawlen(L, idx);
    if (luaL_callmeta(L, idx, "__len")) {
        n = lua_tointegerx(L, -1, &is_int);
        if (!is_int)
            luaL_error(L, "object length is not an integer");
        lua_pop(L, 1);
        return n;
    }
    if (!lua_istable(L, idx))
        luaL_error(L, "attempt to get length of a %s value",
                   luaL_typename(L, idx));
    return border(L, idx);
}

static int base_rawlen(lua_State *L)
{
    int type = lua_type(L, 1);
    luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1,
                     "table or string");
    lua_pushinteger(L, type == LUA_TTABLE ? border(L, 1)
                                          : (lua_Integer)lua_rawlen(L, 1));
    return 1;
}

/* LEX_LENGTH^x; __len may give anything when asked by the operator. */
static int length_of_power(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TSTRING || !luaL_callmeta(L, 2, "__len"))
        lua_pushinteger(L, lib_length(L, 2));
    return 1;
}

static const char length_key = 'l';

static void make_length_operator(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, length_of_power);
    lua_setfield(L, -2, "__pow");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &length_key);
}

void lib_push_length_operator(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &length_key);
}

/* --- metatables --- */

/* Where a private copy keeps the table it was made from. */
static const char origin_key = 'm';

/* What Lua and these libraries look for in a metatable. */
static const char *const events[] = {
    "__add",  "__sub",   "__mul",       "__div",  "__mod",   "__pow",
    "__unm",  "__idiv",  "__band",      "__bor",  "__bxor",  "__bnot",
    "__shl",  "__shr",   "__concat",    "__len",  "__eq",    "__lt",
    "__le",   "__index", "__newindex",  "__call", "__close", "__tostring",
    "__name", "__pairs", "__metatable", NULL};

/* A finalizer would run, a weak table forget, when the collector likes. */
static void refuse_field(lua_State *L, const char *name)
{
    lua_pushstring(L, name);
    if (lua_rawget(L, 2) != LUA_TNIL)
        luaL_error(L, "%s is not available in a runbook", name);
    lua_pop(L, 1);
}

/* A metatable is read when it is set: the copy cannot grow a __gc later. */
static int base_setmetatable(lua_State *L)
{
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2,
                     "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    if (type == LUA_TTABLE) {
        refuse_field(L, "__gc");
        refuse_field(L, "__mode");
        lua_createtable(L, 0, 4);
        for (const char *const *e = events; *e; e++) {
            lua_pushstring(L, *e);
            lua_pushvalue(L, -1);
            lua_rawget(L, 2);
            lua_rawset(L, 3);
        }
        lua_pushvalue(L, 2);
        lua_rawsetp(L, 3, &origin_key);
    }
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

static int base_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    if (luaL_getmetafield(L, 1, "__metatable") == LUA_TNIL &&
        lua_rawgetp(L, -1, &origin_key) == LUA_TNIL)
        lua_pushnil(L); /* the mark of json.array: none of the user's */
    return 1;
}

/* --- protected calls --- */

/* A task may have waited inside of the call: then status is LUA_YIELD. */
static int finish_call(lua_State *L, int status, lua_KContext skip)
{
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L) - (int)skip;
    vm_check_memory(vm_of(L));
    vm_place(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    int status =
        lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_call);
    return finish_call(L, status, 0);
}

/* Upvalue: the handler of the user. */
static int call_handler(lua_State *L)
{
    vm_check_memory(vm_of(L));
    lua_settop(L, 1);
    vm_place(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int base_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, call_handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1); /* f handler args… true */
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* f handler true f args… */
    int status = lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, finish_call);
    return finish_call(L, status, 2);
}

/* --- opening --- */

static const char *const kept_base[] = {
    "_G",     "_VERSION", "assert", "error",    "ipairs", "rawequal",
    "rawget", "rawset",   "select", "tonumber", "type",   NULL};

static const char *const kept_math[] = {
    "abs", "acos",       "asin", "atan", "ceil", "cos", "deg",
    "exp", "floor",      "fmod", "huge", "log",  "max", "maxinteger",
    "min", "mininteger", "modf", "pi",   "rad",  "sin", "sqrt",
    "tan", "tointeger",  "type", "ult",  NULL};

static const luaL_Reg ours[] = {
    {"getmetatable", base_getmetatable},
    {"next", lib_next},
    {"pairs", lib_pairs},
    {"pcall", base_pcall},
    {"print", base_print},
    {"rawlen", base_rawlen},
    {"setmetatable", base_setmetatable},
    {"tostring", base_tostring},
    {"xpcall", base_xpcall},
    {NULL, NULL},
};

/* The table on top of the stack by one with these fields only. */
static void keep_only(lua_State *L, const char *const *names)
{
    lua_newtable(L);
    for (; *names; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    lua_remove(L, -2);
}

void lib_open(lua_State *L, lua_CFunction open, const char *name,
              const char *const *keep)
{
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    keep_only(L, keep);
}

static const char *const kept_utf8[] = {
    "char", "charpattern", "codepoint", "codes", "len", "offset", NULL};

void lib_base(lua_State *L)
{
    lib_open(L, luaopen_base, "_G", kept_base);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
    luaL_setfuncs(L, ours, 0);
    lua_pop(L, 1);
    lib_open(L, luaopen_math, "math", kept_math);
    lua_setglobal(L, "math");
    lib_open(L, luaopen_utf8, "utf8", kept_utf8);
    lua_setglobal(L, "utf8");
    make_length_operator(L);
}
