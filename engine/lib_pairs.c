/* pairs in an order that the keys alone decide, and what is left of next. */
#include "lib.h"

#include "sort.h"

enum rank { RANK_NUMBER, RANK_STRING, RANK_BOOLEAN };

struct key {
    enum rank rank;
    bool is_float;
    lua_Integer i; /* integer, or boolean as 0 and 1 */
    lua_Number f;
    struct span s; /* held by the table of keys */
};

/* Lua turns float keys with an integral value into integers, so a float that
 * is left has a fraction or lies outside the integers. */
static bool int_before_float(lua_Integer i, lua_Number f)
{
    if (f >= 0x1p63)
        return true;
    return f >= -0x1p63 && (lua_Number)i < f;
}

static bool number_before(const struct key *a, const struct key *b)
{
    if (a->is_float && b->is_float)
        return a->f < b->f;
    if (a->is_float)
        return !int_before_float(b->i, a->f);
    if (b->is_float)
        return int_before_float(a->i, b->f);
    return a->i < b->i;
}

static bool key_before(void *ctx, size_t x, size_t y)
{
    const struct key *a = (const struct key *)ctx + x;
    const struct key *b = (const struct key *)ctx + y;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->rank == RANK_NUMBER)
        return number_before(a, b);
    if (a->rank == RANK_STRING)
        return span_cmp(a->s, b->s) < 0;
    return a->i < b->i;
}

/* The key on top of the stack. */
static struct key read_key(lua_State *L)
{
    struct key k = {.rank = RANK_NUMBER};
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        k.is_float = !lua_isinteger(L, -1);
        k.i = k.is_float ? 0 : lua_tointeger(L, -1);
        k.f = lua_tonumber(L, -1);
        break;
    case LUA_TSTRING:
        k.rank = RANK_STRING;
        k.s.p = lua_tolstring(L, -1, &k.s.n);
        break;
    case LUA_TBOOLEAN:
        k.rank = RANK_BOOLEAN;
        k.i = lua_toboolean(L, -1);
        break;
    default:
        luaL_error(L,
                   "a key of type %s has no order: use numbers, strings or "
                   "booleans as keys",
                   luaL_typename(L, -1));
    }
    return k;
}

static size_t count_keys(lua_State *L, int idx)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1))
        n++;
    return n;
}

/* Pushes the list of the keys of the table at idx, in order. */
static void push_keys(lua_State *L, int idx)
{
    idx = lua_absindex(L, idx);
    luaL_checkstack(L, 8, "table keys");
    size_t n = count_keys(L, idx);
    lua_createtable(L, (int)n, 0);
    int sorted = lua_gettop(L);
    struct key *key = lua_newuserdatauv(L, n * sizeof *key, 0);
    size_t *order = lua_newuserdatauv(L, 2 * n * sizeof *order, 0);
    lua_createtable(L, (int)n, 0);
    int found = lua_gettop(L);
    lua_Integer i = 0;
    for (lua_pushnil(L); lua_next(L, idx);) {
        lua_pop(L, 1);
        key[i] = read_key(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, found, ++i);
    }
    sort_indices(order, order + n, n, key_before, key);
    for (size_t k = 0; k < n; k++) {
        lua_rawgeti(L, found, (lua_Integer)order[k] + 1);
        lua_rawseti(L, sorted, (lua_Integer)k + 1);
    }
    lua_settop(L, sorted);
}

/* Upvalues: keys, index of the last one given. */
static int pairs_next(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));
    luaL_checktype(L, 1, LUA_TTABLE); /* a block may call it, too */
    while (lua_rawgeti(L, lua_upvalueindex(1), ++i) != LUA_TNIL) {
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_replace(L, lua_upvalueindex(2));
            return 2;
        }
        lua_pop(L, 2);
    }
    lua_pushnil(L);
    return 1;
}

int lib_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    push_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_next, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

int lib_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        return luaL_error(L, "next(t) only tells whether t is empty: walk a "
                             "table with pairs");
    lua_pushnil(L);
    if (!lua_next(L, 1))
        lua_pushnil(L);
    else
        lua_pushboolean(L, 1);
    return 1;
}
