/* Coroutines for lua/tasks.lua: several activities asked before one answer. */
#include "lib.h"

#include "json.h"

/* task(fn, ended): a coroutine that will run fn, of one that is done where
 * there is one: its stack has grown already. */
static int task(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_tothread(L, 2);
    if (!co)
        co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int push_error(lua_State *L, enum vm_kind kind)
{
    lua_pushliteral(L, "failed"); /* text failed */
    lua_insert(L, -2);
    lua_pushinteger(L, vm_of(L)->line);
    lua_pushinteger(L, kind);
    return 4;
}

/* resume(task, path, …): "waits" and what it waits for, "done" and its value,
 * or "failed", text, line, kind. path names the task in its requests. */
static int resume(lua_State *L)
{
    struct vm *vm = vm_of(L);
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "thread");
    int nargs = lua_gettop(L) - 2;
    int nresults = 0;
    enum vm_kind kind;
    vm->task = luaL_checkstring(L, 2);
    lua_xmove(L, co, nargs);
    bool ok = vm_resume(co, L, nargs, &nresults, &kind);
    vm->task = NULL;
    if (!ok)
        return push_error(L, kind);
    lua_pushstring(L, lua_status(co) == LUA_YIELD ? "waits" : "done");
    if (nresults > 1)
        lua_pop(co, nresults - 1);
    if (nresults > 0)
        lua_xmove(co, L, 1);
    else
        lua_pushnil(L);
    return 2;
}

/* yield(what): the running task waits for what; false outside of a task. */
static int yield(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_isyieldable(L))
        return lua_yield(L, 1);
    lua_pushboolean(L, 0);
    return 1;
}

/* Tells the engine that all tasks wait, and which requests are not wanted any
 * more (a list at idx); gets the next answers. */
static void wait_for_answers(lua_State *L, int idx)
{
    struct vm *vm = vm_of(L);
    struct json *wait = json_new(JSON_OBJECT);
    struct json *cancel = json_put(wait, "cancel", json_new(JSON_ARRAY));
    lua_Integer n = lib_length(L, idx);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, idx, i);
        json_push(cancel, json_new_int(lua_tointeger(L, -1)));
        lua_pop(L, 1);
    }
    if (!vm_send_json(vm, WIRE_WAIT, wait))
        vm_die(vm, "more open requests than fit into one message");
    json_free(wait);
    vm_receive_answer(vm, WIRE_ANSWERS, &vm->batch);
    vm->answer = json_first(vm->batch);
    if (!vm->answer)
        vm_die(vm, "no answer to take");
}

/* deliver(list): the number of the request that is answered next, whose task
 * is to be resumed and takes the answer; and whether the engine knows by now
 * that the requests of the list are not wanted any more. */
static int deliver(lua_State *L)
{
    struct vm *vm = vm_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    vm->answer = json_next(vm->answer);
    bool asked = !vm->answer;
    if (asked)
        wait_for_answers(L, 1);
    lua_pushinteger(L, json_get_int(vm->answer, "n", -1));
    lua_pushboolean(L, asked);
    return 2;
}

/* raise_at(kind, line, text): what resume told, once more. */
static int raise_at(lua_State *L)
{
    int line = (int)luaL_checkinteger(L, 2);
    return vm_raise_at(L, (enum vm_kind)luaL_checkinteger(L, 1), line,
                       luaL_checkstring(L, 3));
}

/* step(): the number of the block that runs, for its worker. */
static int step(lua_State *L)
{
    lua_pushinteger(L, vm_of(L)->steps);
    return 1;
}

void lib_add_tasks(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"task", task},       {"resume", resume},     {"yield", yield},
        {"deliver", deliver}, {"raise_at", raise_at}, {"step", step},
        {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
}
