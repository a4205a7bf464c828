/* The worker's side of the one door: asks the engine, waits, hands on. */
#include "luajson.h"

#include "clock.h"
#include "json.h"

#define MS_PER_S 1000
#define TOO_LARGE "more than fits into one message (64 MiB)"

/* --- asking --- */

static const char *const idle_reason[] = {
    [VM_IDLE] = "not while modules load or an if= is evaluated",
    [VM_SIM] = "not in a simulator",
};

/* open: the task waits for it, others go on. */
static void send_request(lua_State *L, const char *op, int args, bool probe,
                         bool open)
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
    if (vm->task)
        json_put_str(m, "task", vm->task);
    if (open)
        json_put_bool(m, "open", true);
    bool sent = open ? vm_put_json(vm, WIRE_ACTIVITY, m)
                     : vm_send_json(vm, WIRE_ACTIVITY, m);
    json_free(m);
    if (!sent)
        vm_raise(L, KIND_ERROR, "%s: " TOO_LARGE, op);
}

void vm_receive_answer(struct vm *vm, enum wire_type type, struct json **holder)
{
    struct buf text = {0};
    struct err err = {0};
    json_free(*holder);
    *holder = NULL;
    if (vm_recv(vm, &text) != type ||
        json_parse(buf_view(&text), holder, &err) != ST_OK)
        vm_die(vm, "a message that is no answer");
    buf_release(&text);
}

/* Raises what the answer says. */
static int raise_answer(lua_State *L, const struct json *answer)
{
    struct vm *vm = vm_of(L);
    const char *kind = json_get_str(answer, "kind", "error");
    bool refused = strcmp(kind, "refused") == 0;
    lua_pushstring(L, json_get_str(answer, "error", "failed"));
    if (refused && !vm->refused) {
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &vm->refused);
        vm->refused = true;
        vm->refused_line = vm_line(L);
    }
    return vm_raise(L, KIND_ACTIVITY, "%s", lua_tostring(L, -1));
}

static void check_possible(lua_State *L, const char *op)
{
    enum vm_mode mode = vm_of(L)->mode;
    if (mode != VM_STEP)
        vm_raise(L, KIND_ERROR, "%s is not possible here: %s", op,
                 idle_reason[mode]);
}

/* Pushes the value of the answer to request n. True: the engine cannot know
 * whether the change happened before a crash; nothing is pushed. */
static bool take(lua_State *L, const struct json *answer, lua_Integer n)
{
    if (json_get_int(answer, "n", -1) != n)
        vm_die(vm_of(L), "an answer to another question");
    if (json_get_bool(answer, "in_doubt", false))
        return true;
    if (!json_get_bool(answer, "ok", false))
        raise_answer(L, answer);
    luajson_push(L, json_get(answer, "value"), LUAJSON_WIRE);
    return false;
}

/* One request, and its answer as take() gives it. */
static bool ask(lua_State *L, const char *op, int args, bool probe)
{
    struct vm *vm = vm_of(L);
    check_possible(L, op);
    send_request(L, op, args, probe, false);
    vm_receive_answer(vm, WIRE_ANSWER, &vm->single);
    return take(L, vm->single, vm->asked);
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

/* What a probe at 3 makes of request n in doubt. True: settled, its answer is
 * pushed. */
static bool settled(lua_State *L, lua_Integer n)
{
    if (!lua_isfunction(L, 3))
        vm_die(vm_of(L), "a doubt that nobody can settle");
    if (settle(L, 3, n))
        return true;
    lua_settop(L, 3);
    return false;
}

static int act_open(lua_State *L);

/* Goes on when the task is resumed with the answer at hand. */
static int acted(lua_State *L, int status, lua_KContext n)
{
    (void)status;
    if (take(L, vm_of(L)->answer, n) && !settled(L, n))
        return act_open(L);
    return 1;
}

/* In a task: gives way until the answer is there. */
static int act_open(lua_State *L)
{
    const char *op = lua_tostring(L, 1);
    check_possible(L, op);
    send_request(L, op, 2, lua_isfunction(L, 3), true);
    lua_Integer n = vm_of(L)->asked;
    lua_pushinteger(L, n);
    return lua_yieldk(L, 1, n, acted);
}

/* act(op, args, probe): the answer's value, or an error. */
int lib_act(lua_State *L)
{
    const char *op = luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 3);
    if (lua_isyieldable(L))
        return act_open(L);
    while (ask(L, op, 2, lua_isfunction(L, 3)))
        if (settled(L, vm_of(L)->asked))
            break;
    return 1;
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
    bool sent = vm_send_json(vm_of(L), WIRE_EVIDENCE, j);
    json_free(j);
    if (!sent)
        return vm_raise(L, KIND_ERROR, "evidence: " TOO_LARGE);
    return 0;
}

/* raise(kind, message): an error at the line of the calling block. */
static int raise(lua_State *L)
{
    static const char *const names[] = {"error", "expect", "fail", "final",
                                        NULL};
    static const enum vm_kind kinds[] = {KIND_ERROR, KIND_EXPECT, KIND_FAIL,
                                         KIND_FINAL};
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
    {"act", lib_act},  {"emit", emit},        {"raise", raise},
    {"time_iso", iso}, {"time_parse", parse}, {"is_secret", is_secret},
    {NULL, NULL},
};

void lib_push_sys(lua_State *L)
{
    luaL_newlib(L, functions);
    lib_add_tasks(L);
    lib_push_rows(L, false);
    lua_setfield(L, -2, "rows");
    lib_push_rows(L, true);
    lua_setfield(L, -2, "late_rows");
}
