/* hash.sha256. */
#include "lib.h"

#include "hash.h"

static int sha256(lua_State *L)
{
    struct span bytes;
    bytes.p = luaL_checklstring(L, 1, &bytes.n);
    lua_pushstring(L, hash_sha256(bytes).hex);
    return 1;
}

static const luaL_Reg functions[] = {
    {"sha256", sha256},
    {NULL, NULL},
};

void lib_hash(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_setglobal(L, "hash");
}
