/* Secret handles: userdata that can be passed on and nothing else. */
#include "luajson.h"

#define METATABLE "secret"

/* User values: the handle, the name. */
enum { HANDLE = 1, NAME };

static int secret_tostring(lua_State *L)
{
    lua_getiuservalue(L, 1, NAME);
    lua_pushfstring(L, "<secret %s>", lua_tostring(L, -1));
    return 1;
}

static int refuse_concat(lua_State *L)
{
    return vm_raise(L, KIND_ERROR,
                    "a secret cannot be joined to text: use "
                    "secret.template(\"Bearer {}\", s)");
}

static int refuse_equal(lua_State *L)
{
    return vm_raise(L, KIND_ERROR,
                    "secrets cannot be compared with ==: use "
                    "secret.equal(a, b)");
}

static const luaL_Reg events[] = {
    {"__tostring", secret_tostring},
    {"__concat", refuse_concat},
    {"__eq", refuse_equal},
    {NULL, NULL},
};

void lib_push_secret(lua_State *L, const char *handle, const char *name)
{
    lua_newuserdatauv(L, 0, 2);
    lua_pushstring(L, handle);
    lua_setiuservalue(L, -2, HANDLE);
    lua_pushstring(L, name);
    lua_setiuservalue(L, -2, NAME);
    if (luaL_newmetatable(L, METATABLE)) {
        luaL_setfuncs(L, events, 0);
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
}

bool lib_to_secret(lua_State *L, int idx, const char **handle,
                   const char **name)
{
    if (!luaL_testudata(L, idx, METATABLE))
        return false;
    lua_getiuservalue(L, idx, HANDLE);
    lua_getiuservalue(L, idx < 0 ? idx - 1 : idx, NAME);
    *handle = lua_tostring(L, -2);
    *name = lua_tostring(L, -1);
    lua_pop(L, 2); /* the userdata keeps both strings */
    return true;
}
