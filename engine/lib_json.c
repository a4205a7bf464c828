/* json.encode, json.decode, json.null, json.array. */
#include "luajson.h"

#include "json.h"

/* Members in canonical order: a Lua table gives them in none. */
static void indent(struct buf *text)
{
    struct err err = {0};
    struct json *j = NULL;
    if (json_parse(buf_view(text), &j, &err) != ST_OK)
        return;
    buf_clear(text);
    json_pretty(j, text);
    json_free(j);
}

/* Canonical text (RFC 8785); json.encode(v, {indent=true}) for people. */
static int json_encode(lua_State *L)
{
    struct err err = {0};
    struct buf text = {0};
    luaL_checkany(L, 1);
    struct json *j = luajson_from(L, 1, 0, &err);
    if (!j)
        return luaL_error(L, "json.encode: %s", err.msg);
    json_write(j, &text);
    json_free(j);
    if (lua_istable(L, 2) && lua_getfield(L, 2, "indent") != LUA_TNIL &&
        lua_toboolean(L, -1))
        indent(&text);
    lua_pushlstring(L, text.p, text.n);
    buf_release(&text);
    return 1;
}

static int json_decode(lua_State *L)
{
    struct err err = {0};
    struct span text;
    struct json *j = NULL;
    text.p = luaL_checklstring(L, 1, &text.n);
    if (json_parse(text, &j, &err) != ST_OK)
        return luaL_error(L, "json.decode: line %d: %s", err.line, err.msg);
    luajson_push(L, j, 0);
    json_free(j);
    return 1;
}

/* json.array(t): t, marked, so that it is a list even when empty. */
static int json_array(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    luajson_mark_list(L);
    return 1;
}

static const luaL_Reg functions[] = {
    {"array", json_array},
    {"decode", json_decode},
    {"encode", json_encode},
    {NULL, NULL},
};

void lib_json(lua_State *L)
{
    luaL_newlib(L, functions);
    luajson_push_null(L);
    lua_setfield(L, -2, "null");
    lua_setglobal(L, "json");
}
