/* One Lua function for each activity of the table of primitives. */
#include "luajson.h"

#include "prim.h"

/* The types of a row's arguments: letter, what a message calls it, check. */
static bool is_string(lua_State *L, int idx)
{
    return lua_type(L, idx) == LUA_TSTRING;
}

static bool is_number(lua_State *L, int idx)
{
    return lua_type(L, idx) == LUA_TNUMBER;
}

static bool is_integer(lua_State *L, int idx)
{
    return lua_isinteger(L, idx);
}

static bool is_boolean(lua_State *L, int idx)
{
    return lua_isboolean(L, idx);
}

static bool is_table(lua_State *L, int idx)
{
    return lua_istable(L, idx);
}

static bool is_any(lua_State *L, int idx)
{
    return !lua_isnone(L, idx);
}

static bool is_secret_or_string(lua_State *L, int idx)
{
    const char *handle;
    const char *name;
    return is_string(L, idx) || lib_to_secret(L, idx, &handle, &name);
}

/* Every element must be a string; the table becomes a list even when empty. */
static bool is_list(lua_State *L, int idx)
{
    if (!lua_istable(L, idx))
        return false;
    lua_Integer n = lib_length(L, idx);
    lua_createtable(L, (int)n, 0);
    for (lua_Integer i = 1; i <= n; i++) {
        if (lua_geti(L, idx, i) != LUA_TSTRING)
            return false;
        lua_rawseti(L, -2, i);
    }
    luajson_mark_list(L);
    lua_replace(L, idx);
    return true;
}

static const struct {
    char letter;
    const char *name;
    bool (*is)(lua_State *L, int idx);
} types[] = {
    {'s', "string", is_string},
    {'n', "number", is_number},
    {'i', "integer", is_integer},
    {'b', "boolean", is_boolean},
    {'t', "table", is_table},
    {'v', "value", is_any},
    {'l', "list of strings", is_list},
    {'h', "secret or string", is_secret_or_string},
};

static void check_argument(lua_State *L, const char *fn, int idx,
                           struct span name, char letter)
{
    const char *want = "nothing";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].letter != letter)
            continue;
        if (types[i].is(L, idx))
            return;
        want = types[i].name;
    }
    lua_pushlstring(L, name.p, name.n);
    vm_raise(L, KIND_ERROR,
             "bad argument #%d (%s) to '%s': %s expected, got %s", idx,
             lua_tostring(L, -1), fn, want,
             lua_isnoneornil(L, idx) ? "nothing" : luaL_typename(L, idx));
}

static int count_arguments(const char *spec)
{
    int n = *spec ? 1 : 0;
    for (; *spec; spec++)
        n += *spec == ',';
    return n;
}

/* The positional arguments as a table, pushed, as the row's spec names them. */
static void pack(lua_State *L, const struct prim *row)
{
    struct span spec = span_of(row->args);
    int n = count_arguments(row->args);
    if (lua_gettop(L) > n)
        vm_raise(L, KIND_ERROR, "too many arguments to '%s': it takes %d",
                 row->name, n);
    lua_settop(L, n);
    lua_createtable(L, 0, n);
    for (int i = 1; i <= n; i++) {
        struct span type = span_cut(&spec, ',');
        struct span name = span_cut(&type, ':');
        if (lua_isnil(L, i) && span_ends(type, "?"))
            continue;
        check_argument(L, row->name, i, name, type.p[0]);
        lua_pushlstring(L, name.p, name.n);
        lua_pushvalue(L, i);
        lua_rawset(L, n + 1);
    }
}

/* Upvalue: the row. */
static int call_row(lua_State *L)
{
    const struct prim *row = lua_touserdata(L, lua_upvalueindex(1));
    pack(L, row);
    lua_insert(L, 1);
    lua_settop(L, 1);
    lua_pushstring(L, row->name);
    lua_insert(L, 1);
    return lib_act(L); /* not called: a task may give way in it */
}

void lib_push_rows(lua_State *L, bool late)
{
    lua_newtable(L);
    for (const struct prim *row = prim_table; row->name; row++) {
        bool is_late = strchr(row->name, '_') != NULL;
        if (row->kind != PRIM_ACTIVITY || is_late != late)
            continue;
        lua_pushlightuserdata(L, (void *)row);
        lua_pushcclosure(L, call_row, 1);
        lua_setfield(L, -2, row->name);
    }
}
