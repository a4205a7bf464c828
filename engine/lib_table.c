/* The table library on our border and our sort. */
#include "lib.h"

#include "sort.h"

/* As Lua counts: a __len may say that the largest integer is not the end. */
static lua_Integer next_to(lua_Integer n)
{
    return (lua_Integer)((lua_Unsigned)n + 1);
}

/* Whether at is from 1 to the place behind the last of n. */
static bool is_place(lua_Integer at, lua_Integer n)
{
    return (lua_Unsigned)at - 1u < (lua_Unsigned)next_to(n);
}

static int table_insert(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = lib_length(L, 1);
    lua_Integer at = next_to(n);
    int args = lua_gettop(L);
    if (args != 2 && args != 3)
        return luaL_error(L, "wrong number of arguments to 'insert'");
    if (args == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, is_place(at, n), 2, "position out of bounds");
        for (lua_Integer i = n; i >= at; i--) {
            lua_geti(L, 1, i);
            lua_seti(L, 1, next_to(i));
        }
    }
    lua_seti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = lib_length(L, 1);
    lua_Integer at = luaL_optinteger(L, 2, n);
    if (lua_gettop(L) > 1)
        luaL_argcheck(L, (n == 0 && at == 0) || is_place(at, n), 2,
                      "position out of bounds");
    lua_geti(L, 1, at);
    for (; at < n; at++) {
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at);
    return 1;
}

static int table_concat(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t sep_len;
    const char *sep = luaL_optlstring(L, 2, "", &sep_len);
    lua_Integer first = luaL_optinteger(L, 3, 1);
    lua_Integer last =
        lua_isnoneornil(L, 4) ? lib_length(L, 1) : luaL_checkinteger(L, 4);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (lua_Integer i = first; i <= last; i++) {
        lua_geti(L, 1, i);
        if (!lua_isstring(L, -1))
            return luaL_error(
                L, "invalid value (at index %I) in table for 'concat'", i);
        luaL_addvalue(&out);
        if (i == last) /* also keeps i from running over maxinteger */
            break;
        luaL_addlstring(&out, sep, sep_len);
    }
    luaL_pushresult(&out);
    return 1;
}

static int table_unpack(lua_State *L)
{
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last =
        lua_isnoneornil(L, 3) ? lib_length(L, 1) : luaL_checkinteger(L, 3);
    if (first > last)
        return 0;
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)first;
    if (n >= INT32_MAX || !lua_checkstack(L, (int)n + 1))
        return luaL_error(L, "too many results to unpack");
    for (lua_Unsigned i = 0; i <= n; i++)
        lua_geti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
    return (int)n + 1;
}

/* The stack of table_sort. */
enum { ARG_TABLE = 1, ARG_BEFORE, COPY };

static bool element_before(void *ctx, size_t a, size_t b)
{
    lua_State *L = ctx;
    bool plain = lua_isnil(L, ARG_BEFORE);
    if (!plain)
        lua_pushvalue(L, ARG_BEFORE);
    lua_rawgeti(L, COPY, (lua_Integer)a + 1);
    lua_rawgeti(L, COPY, (lua_Integer)b + 1);
    if (!plain)
        lua_call(L, 2, 1);
    bool before =
        plain ? lua_compare(L, -2, -1, LUA_OPLT) : lua_toboolean(L, -1);
    lua_settop(L, plain ? -3 : -2);
    return before;
}

/* Stable, and the same whatever the comparison does: Lua's own picks its
 * pivot by the clock. */
static int table_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, ARG_BEFORE))
        luaL_checktype(L, ARG_BEFORE, LUA_TFUNCTION);
    lua_settop(L, ARG_BEFORE);
    lua_Integer len = lib_length(L, ARG_TABLE);
    luaL_argcheck(L, len < INT32_MAX, 1, "array too big");
    size_t n = len > 0 ? (size_t)len : 0;
    lua_createtable(L, (int)n, 0);
    for (lua_Integer i = 1; i <= (lua_Integer)n; i++) {
        lua_geti(L, ARG_TABLE, i);
        lua_rawseti(L, COPY, i);
    }
    size_t *order = lua_newuserdatauv(L, 2 * n * sizeof *order, 0);
    sort_indices(order, order + n, n, element_before, L);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, COPY, (lua_Integer)order[i] + 1);
        lua_seti(L, ARG_TABLE, (lua_Integer)i + 1);
    }
    return 0;
}

static const luaL_Reg ours[] = {
    {"concat", table_concat}, {"insert", table_insert},
    {"remove", table_remove}, {"sort", table_sort},
    {"unpack", table_unpack}, {NULL, NULL},
};

static const char *const kept[] = {"move", "pack", NULL};

void lib_table(lua_State *L)
{
    lib_open(L, luaopen_table, "table", kept);
    luaL_setfuncs(L, ours, 0);
    lua_setglobal(L, "table");
}
