/* The worker's side of the one door: asks the engine, waits, hands on. */
#include "luajson.h"

#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "prim.h"

#define MS_PER_S 1000

/* --- asking --- */

static const char *const idle_reason[] = {
    [VM_IDLE] = "not while modules load or an if= is evaluated",
    [VM_SIM] = "not in a simulator",
};

static void send_request(lua_State *L, const char *op, int args, bool probe)
{
    struct vm *vm = vm_of(L);
    struct err err = {0};
    struct json *j = luajson_from(L, args, LUAJSON_WIRE, &err);
    if (!j)
        vm_raise(L, KIND_ERROR, "%s: %s", op, err.msg);
    if (probe)
        json_put_bool(j, "probe", true);
    struct json *m = json_new(JSON_OBJECT);
    json_put_int(m, "n", ++vm->asked);
    json_put_str(m, "op", op);
    json_put(m, "args", j);
    vm_send_json(vm, WIRE_ACTIVITY, m);
    json_free(m);
}

/* The answer to the request just sent; freed by the caller. */
static struct json *await_answer(struct vm *vm)
{
    struct buf text = {0};
    struct err err = {0};
    struct json *m = NULL;
    if (vm_recv(vm, &text) != WIRE_ANSWER ||
        json_parse(buf_view(&text), &m, &err) != ST_OK ||
        json_get_int(m, "n", -1) != vm->asked)
        vm_die(vm, "an answer to another question");
    buf_release(&text);
    return m;
}

/* Raises what the answer says; frees it. */
static int raise_answer(lua_State *L, struct json *answer)
{
    struct vm *vm = vm_of(L);
    const char *kind = json_get_str(answer, "kind", "error");
    bool refused = strcmp(kind, "refused") == 0;
    lua_pushstring(L, json_get_str(answer, "error", "failed"));
    json_free(answer);
    if (refused && !vm->refused) {
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &vm->refused);
        vm->refused = true;
        vm->refused_line = vm_line(L);
    }
    return vm_raise(L, KIND_ACTIVITY, "%s", lua_tostring(L, -1));
}

/* One request and its value, pushed. True: the engine cannot know whether the
 * change happened before a crash; nothing is pushed. */
static bool ask(lua_State *L, const char *op, int args, bool probe)
{
    struct vm *vm = vm_of(L);
    if (vm->mode != VM_STEP)
        vm_raise(L, KIND_ERROR, "%s is not possible here: %s", op,
                 idle_reason[vm->mode]);
    send_request(L, op, args, probe);
    struct json *answer = await_answer(vm);
    if (json_get_bool(answer, "in_doubt", false)) {
        json_free(answer);
        return true;
    }
    if (!json_get_bool(answer, "ok", false))
        raise_answer(L, answer);
    luajson_push(L, json_get(answer, "value"), LUAJSON_WIRE);
    json_free(answer);
    return false;
}

/* Asks the probe at idx what became of request n. True: it had happened, the
 * settled answer is pushed. */
static bool settle(lua_State *L, int probe, lua_Integer n)
{
    lua_pushvalue(L, probe);
    lua_call(L, 0, 1);
    bool happened = !lua_isnil(L, -1) && !luajson_is_null(L, -1);
    lua_createtable(L, 0, 3);
    lua_pushinteger(L, n);
    lua_setfield(L, -2, "n");
    lua_pushstring(L, happened ? "done" : "again");
    lua_setfield(L, -2, "outcome");
    if (happened) {
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, "value");
    }
    ask(L, "door.settle", lua_gettop(L), false);
    return happened;
}

/* act(op, args, probe): the answer's value, or an error. */
static int act(lua_State *L)
{
    const char *op = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    bool probe = lua_isfunction(L, 3);
    while (ask(L, op, 2, probe)) {
        if (!probe)
            vm_die(vm_of(L), "a doubt that nobody can settle");
        if (settle(L, 3, vm_of(L)->asked))
            break;
        lua_settop(L, 3);
    }
    return 1;
}

/* --- one function a row --- */

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
    lua_pushcfunction(L, act);
    lua_pushstring(L, row->name);
    lua_pushvalue(L, -3);
    lua_call(L, 2, 1);
    return 1;
}

/* Pushes {["fs.read"]=function, …}. */
static void push_rows(lua_State *L)
{
    lua_newtable(L);
    for (const struct prim *row = prim_table; row->name; row++) {
        if (row->kind != PRIM_ACTIVITY)
            continue;
        lua_pushlightuserdata(L, (void *)row);
        lua_pushcclosure(L, call_row, 1);
        lua_setfield(L, -2, row->name);
    }
}

/* --- what else the prelude builds on --- */

/* emit(item): one piece of evidence. */
static int emit(lua_State *L)
{
    struct err err = {0};
    luaL_checktype(L, 1, LUA_TTABLE);
    struct json *j = luajson_from(L, 1, LUAJSON_WIRE, &err);
    if (!j)
        return vm_raise(L, KIND_ERROR, "evidence: %s", err.msg);
    vm_send_json(vm_of(L), WIRE_EVIDENCE, j);
    json_free(j);
    return 0;
}

/* raise(kind, message): an error at the line of the calling block. */
static int raise(lua_State *L)
{
    static const char *const names[] = {"error", "expect", "fail", NULL};
    static const enum vm_kind kinds[] = {KIND_ERROR, KIND_EXPECT, KIND_FAIL};
    int i = luaL_checkoption(L, 1, "error", names);
    return vm_raise(L, kinds[i], "%s", luaL_checkstring(L, 2));
}

/* time_iso(seconds) */
static int iso(lua_State *L)
{
    char text[32];
    double ms = luaL_checknumber(L, 1) * MS_PER_S;
    if (!(ms > -1e15 && ms < 1e15))
        return vm_raise(L, KIND_ERROR, "time.iso: no such time");
    time_iso((int64_t)ms, text);
    lua_pushstring(L, text);
    return 1;
}

/* time_parse(text): seconds, or nil. */
static int parse(lua_State *L)
{
    struct span s;
    int64_t ms;
    s.p = luaL_checklstring(L, 1, &s.n);
    if (!time_parse(s, &ms))
        lua_pushnil(L);
    else if (ms % MS_PER_S == 0)
        lua_pushinteger(L, ms / MS_PER_S);
    else
        lua_pushnumber(L, (double)ms / MS_PER_S);
    return 1;
}

/* is_secret(v) */
static int is_secret(lua_State *L)
{
    const char *handle;
    const char *name;
    lua_settop(L, 1);
    lua_pushboolean(L, lib_to_secret(L, 1, &handle, &name));
    return 1;
}

static const luaL_Reg functions[] = {
    {"act", act},      {"emit", emit},        {"raise", raise},
    {"time_iso", iso}, {"time_parse", parse}, {"is_secret", is_secret},
    {NULL, NULL},
};

void lib_push_sys(lua_State *L)
{
    luaL_newlib(L, functions);
    push_rows(L);
    lua_setfield(L, -2, "rows");
}
