/* Compiles source text into Lua functions. */
#include "lib.h"

#include "lex.h"

/* Stands before every chunk, on its first line. */
#define HEADER "local " LEX_LENGTH "<const> =...;"

/* Lua's own words name the rewritten token. */
static void name_token(lua_State *L)
{
    luaL_gsub(L, lua_tostring(L, -1), "'" LEX_LENGTH "'", "'#'");
    lua_remove(L, -2);
}

static bool compile(lua_State *L, struct span text, const char *chunk, int line)
{
    if (luaL_loadbufferx(L, text.p, text.n, chunk, "t") == LUA_OK)
        return true;
    vm_check_memory(vm_of(L));
    name_token(L);
    vm_place_syntax(L, line);
    return false;
}

static bool load_rewritten(lua_State *L, struct span code, const char *name,
                           int line, struct buf *text)
{
    struct err err = {0};
    char chunk[LUA_IDSIZE];
    buf_str(text, HEADER);
    if (lex_rewrite(code, text, &err) != ST_OK) {
        vm_of(L)->line = (line > 0 ? line - 1 : 0) + err.line;
        if (line > 0)
            lua_pushstring(L, err.msg);
        else
            lua_pushfstring(L, "%s.lua:%d: %s", name, err.line, err.msg);
        return false;
    }
    if (line > 0)
        snprintf(chunk, sizeof chunk, "=\x1e%d", line);
    else
        snprintf(chunk, sizeof chunk, "=%s.lua", name);
    return compile(L, buf_view(text), chunk, line);
}

bool vm_load(lua_State *L, struct span code, const char *name, int line,
             int env)
{
    struct buf text = {0};
    env = env ? lua_absindex(L, env) : 0;
    bool ok = load_rewritten(L, code, name, line, &text);
    buf_release(&text);
    if (ok && env) {
        lua_pushvalue(L, env);
        lua_setupvalue(L, -2, 1);
    }
    return ok;
}

bool vm_run(lua_State *L, int nargs, int nresults, enum vm_kind *kind)
{
    lib_push_length_operator(L);
    lua_insert(L, -(nargs + 1));
    return vm_call(L, nargs + 1, nresults, kind);
}
