/* Serves the engine's messages until the socket closes. */
#include "luajson.h"

#include "arena.h"
#include "json.h"
#include "visible.h"

#define MESSAGE_BYTES ((size_t)64 << 10) /* of an error, the rest is cut */

static const char *const kind_names[] = {
    [KIND_ERROR] = "error",   [KIND_COMPILE] = "compile",
    [KIND_EXPECT] = "expect", [KIND_FAIL] = "fail",
    [KIND_FINAL] = "final",   [KIND_ACTIVITY] = "activity",
};

static void keep_path(struct vm *vm, const struct json *message)
{
    struct span path = span_of(json_get_str(message, "path", "block"));
    mem_free(vm->path);
    vm->path = mem_alloc(path.n + 1);
    memcpy(vm->path, path.p, path.n);
}

/* {message, line, kind} of the message on top of the stack. */
static struct json *failure(struct vm *vm, enum vm_kind kind)
{
    struct json *e = json_new(JSON_OBJECT);
    struct span message;
    struct buf text = {0};
    message.p = lua_tolstring(vm->L, -1, &message.n);
    visible_text(utf8_head(message, MESSAGE_BYTES), VISIBLE_LINES, &text);
    json_put_str(e, "message", buf_cstr(&text));
    buf_release(&text);
    json_put_int(e, "line", vm->line);
    json_put_str(e, "kind", kind_names[kind]);
    return e;
}

/* A refusal fails the step even when the block swallowed it. */
static struct json *refusal(struct vm *vm)
{
    lua_rawgetp(vm->L, LUA_REGISTRYINDEX, &vm->refused);
    vm->line = vm->refused_line;
    return failure(vm, KIND_ACTIVITY);
}

static struct span code_of(const struct json *message, const char *member,
                           struct arena *a)
{
    struct span code = SPAN("");
    json_bytes(json_get(message, member), a, &code);
    return code;
}

/* Compiles and runs with what is given, if anything; NULL when it passed. */
static struct json *run(struct vm *vm, struct span code, int line,
                        const struct json *given)
{
    enum vm_kind kind = KIND_COMPILE;
    bool ok = vm_load(vm->L, code, "block", line, 0);
    if (ok && given)
        luajson_push(vm->L, given, LUAJSON_WIRE);
    if (ok && vm_run(vm->L, given ? 1 : 0, 0, &kind))
        return NULL;
    return failure(vm, kind);
}

/* Sends and frees what cannot be large. */
static void send_small(struct vm *vm, enum wire_type type, struct json *j)
{
    if (!vm_send_json(vm, type, j))
        vm_die(vm, "an answer over the largest message");
    json_free(j);
}

static void step(struct vm *vm, const struct json *message)
{
    struct arena a = {0};
    struct json *done = json_new(JSON_OBJECT);
    keep_path(vm, message);
    vm->asked = 0;
    vm->steps++;
    vm->answer = NULL;
    vm->refused = false;
    vm->mode = VM_STEP;
    struct json *error =
        run(vm, code_of(message, "code", &a),
            (int)json_get_int(message, "line", 1), json_get(message, "given"));
    vm->mode = VM_IDLE;
    if (vm->refused && !error)
        error = refusal(vm);
    json_put_bool(done, "ok", !error);
    json_put_bool(done, "refused", vm->refused);
    json_put(done, "error", error ? error : json_new(JSON_NULL));
    lua_settop(vm->L, 0);
    arena_release(&a);
    send_small(vm, WIRE_DONE, done);
}

/* Sends and frees out. */
static void answer(struct vm *vm, struct json *out, bool value,
                   struct json *error)
{
    json_put_bool(out, "ok", !error);
    json_put_bool(out, "value", value);
    json_put(out, "error", error ? error : json_new(JSON_NULL));
    lua_settop(vm->L, 0);
    send_small(vm, WIRE_VALUE, out);
}

static int refuse_assignment(lua_State *L)
{
    return luaL_error(L, "if= only asks: it may not set '%s'",
                      lib_tostring(L, 2, NULL));
}

/* Pushes the globals as a table that cannot be assigned to. */
static void push_read_only(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 2);
    lua_pushglobaltable(L);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_assignment);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

static void condition(struct vm *vm, const struct json *message)
{
    struct arena a = {0};
    struct buf code = {0};
    enum vm_kind kind = KIND_COMPILE;
    struct span expr = span_trim(code_of(message, "expr", &a));
    keep_path(vm, message);
    buf_str(&code, "return ");
    buf_span(&code, expr.n ? expr : SPAN("()"));
    push_read_only(vm->L);
    bool ok = vm_load(vm->L, buf_view(&code), "if",
                      (int)json_get_int(message, "line", 1), -1) &&
              vm_run(vm->L, 0, 1, &kind);
    buf_release(&code);
    arena_release(&a);
    bool value = ok && lua_toboolean(vm->L, -1);
    answer(vm, json_new(JSON_OBJECT), value, ok ? NULL : failure(vm, kind));
}

static void compile(struct vm *vm, const struct json *message)
{
    struct arena a = {0};
    struct json *out = json_new(JSON_OBJECT);
    int line = (int)json_get_int(message, "line", 1);
    keep_path(vm, message);
    bool ok = vm_load(vm->L, code_of(message, "code", &a), "block", line, 0);
    arena_release(&a);
    if (ok)
        vm_names(vm->L, line, out);
    answer(vm, out, ok, ok ? NULL : failure(vm, KIND_COMPILE));
}

static const struct {
    enum wire_type type;
    void (*serve)(struct vm *vm, const struct json *message);
} services[] = {
    {WIRE_BOOT, vm_boot},        {WIRE_STEP, step},
    {WIRE_COND, condition},      {WIRE_COMPILE, compile},
    {WIRE_ASK_SIM, vm_simulate},
};

static void serve(struct vm *vm, enum wire_type type, struct span text)
{
    struct err err = {0};
    struct json *message = NULL;
    if (json_parse(text, &message, &err) != ST_OK)
        vm_die(vm, "a message that is not JSON");
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        if (services[i].type != type)
            continue;
        services[i].serve(vm, message);
        json_free(message);
        return;
    }
    vm_die(vm, "a message of unknown type");
}

void vm_serve(struct vm *vm)
{
    struct buf text = {0};
    struct err err = {0};
    enum wire_type type;
    while (wire_recv(&vm->in, -1, &type, &text, &err) == ST_OK)
        serve(vm, type, buf_view(&text));
    buf_release(&text);
}
