/* The string library without what shows addresses or bytecode. */
#include "lib.h"

#include <ctype.h>

/* Behind one conversion's flags, width and precision; its letter. */
static char conversion(const char **p, const char *end)
{
    while (*p < end && !isalpha((unsigned char)**p) && **p != '%')
        (*p)++;
    return *p < end ? *(*p)++ : '\0';
}

/* %s of a table or a function is told without its address, %p not at all; the
 * rest is Lua's own string.format, the upvalue. */
static int string_format(lua_State *L)
{
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n);
    const char *end = p + n;
    int top = lua_gettop(L);
    for (int arg = 1; p < end;) {
        if (*p++ != '%')
            continue;
        char c = conversion(&p, end);
        if (c == '%' || c == '\0')
            continue;
        if (c == 'p')
            return luaL_error(L, "'%%p' shows an address, which differs from "
                                 "run to run: it is not available");
        if (++arg > top || c != 's')
            continue;
        lib_tostring(L, arg, NULL);
        lua_replace(L, arg);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 1, 1, 0) == LUA_OK)
        return 1;
    /* Called from here it knows neither its name nor its caller's line. */
    vm_check_memory(vm_of(L));
    luaL_where(L, 1);
    luaL_gsub(L, lua_tostring(L, -2), "'?'", "'format'");
    lua_concat(L, 2);
    return lua_error(L);
}

static const char *const kept[] = {
    "byte",    "char",  "find",   "format", "gmatch",   "gsub",
    "len",     "lower", "match",  "pack",   "packsize", "rep",
    "reverse", "sub",   "unpack", "upper",  NULL};

/* All strings share one metatable: nobody may change it. */
static void lock_metatable(lua_State *L)
{
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void lib_string(lua_State *L)
{
    lib_open(L, luaopen_string, "string", kept);
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, string_format, 1);
    lua_setfield(L, -2, "format");
    lock_metatable(L);
    lua_setglobal(L, "string");
}
