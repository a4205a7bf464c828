/* Loads the Lua modules into a fresh state. */
#include "luajson.h"

#include "json.h"
#include "luafiles.h"

/* Registry: sources by name, results by name, the modules' own globals, the
 * simulators' or the overlay's handler. */
static const char sources_key = 's';
static const char loaded_key = 'l';
static const char scope_key = 'g';
static const char handler_key = 'h';

/* Modules that only other modules use. */
static const char *const internal[] = {"prelude", "expect", "provider", "tasks",
                                       NULL};

static bool is_internal(const char *name)
{
    for (const char *const *i = internal; *i; i++)
        if (strcmp(name, *i) == 0)
            return true;
    return strchr(name, '/') != NULL;
}

/* Pushes a fresh table of globals for one module: what it sets there is its
 * own, and what a block does to its globals does not reach it. */
static void push_scope(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &scope_key);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
}

/* Pushes what the module gives, `true` if nothing. Stack: source on top. */
static void run_module(lua_State *L, const char *name)
{
    struct span code;
    code.p = lua_tolstring(L, -1, &code.n);
    push_scope(L);
    if (!vm_load(L, code, name, 0, -1))
        lua_error(L);
    lib_push_length_operator(L);
    lua_pushstring(L, name);
    lua_call(L, 2, 1);
    if (lua_isnil(L, -1))
        lua_pushboolean(L, 1);
}

/* require(name): during boot loads it, later gives what is loaded. A module
 * that is being loaded stands as `false`. */
static int require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &sources_key);
    int type = lua_getfield(L, 2, name);
    if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1))
        return luaL_error(L, "module '%s' requires itself", name);
    if (type != LUA_TNIL)
        return 1;
    if (lua_getfield(L, 3, name) != LUA_TSTRING)
        return luaL_error(L, "there is no module '%s'", name);
    lua_pushboolean(L, 0);
    lua_setfield(L, 2, name);
    run_module(L, name);
    vm_of(L)->loaded++;
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

static void push_source(lua_State *L, const struct json *module)
{
    const struct json *source = json_get(module, "source");
    struct span text = luafile_text(json_get_str(module, "name", ""));
    if (source || !text.p)
        luajson_push(L, source, LUAJSON_WIRE);
    else
        lua_pushlstring(L, text.p, text.n);
}

static void keep_sources(lua_State *L, const struct json *modules)
{
    lua_newtable(L);
    for (const struct json *m = json_first(modules); m; m = json_next(m)) {
        push_source(L, m);
        lua_setfield(L, -2, json_get_str(m, "name", ""));
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, &sources_key);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &loaded_key);
    lua_pushcfunction(L, require);
    lua_setglobal(L, "require");
}

static void set_globals(lua_State *L, const struct json *globals)
{
    for (const struct json *g = json_first(globals); g; g = json_next(g)) {
        /* Inputs may be secrets; settings are files, which cannot name one. */
        bool inputs = strcmp(json_key(g), "params") == 0;
        luajson_push(L, g, inputs ? LUAJSON_WIRE : 0);
        lua_setglobal(L, json_key(g));
    }
}

/* The API is the prelude's work: it sets globals from `sys`. */
static void run_prelude(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &sources_key);
    if (lua_getfield(L, -1, "prelude") != LUA_TSTRING)
        luaL_error(L, "there is no module 'prelude'");
    struct span code;
    code.p = lua_tolstring(L, -1, &code.n);
    if (!vm_load(L, code, "prelude", 0, 0))
        lua_error(L);
    lib_push_length_operator(L);
    lib_push_sys(L);
    lua_call(L, 2, 0);
    lua_pop(L, 2);
}

/* A copy of the globals as they are now becomes what modules see. */
static void keep_scope(lua_State *L)
{
    lua_newtable(L);
    lua_pushglobaltable(L);
    for (lua_pushnil(L); lua_next(L, -2);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -5);
    }
    lua_pop(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &scope_key);
}

/* Loads every module of the API and makes it a global. */
static void load_modules(lua_State *L, const struct json *modules)
{
    for (const struct json *m = json_first(modules); m; m = json_next(m)) {
        const char *name = json_get_str(m, "name", "");
        if (is_internal(name))
            continue;
        lua_pushcfunction(L, require);
        lua_pushstring(L, name);
        lua_call(L, 1, 1);
        lua_setglobal(L, name);
    }
}

/* A module for an errand of the engine's own; what it lists is asked as a
 * simulator is. */
static void load_also(lua_State *L, const char *name)
{
    lua_pushcfunction(L, require);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    if (lua_istable(L, -1)) {
        lua_getfield(L, -1, "list");
        lua_rawsetp(L, LUA_REGISTRYINDEX, &handler_key);
    }
    lua_settop(L, 1);
}

/* Nothing is loaded after the boot. */
static void forget_sources(lua_State *L)
{
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &sources_key);
}

/* What predicts, over the providers that are loaded. */
static void load_overlay(lua_State *L)
{
    lua_pushcfunction(L, require);
    lua_pushliteral(L, "provider/overlay");
    lua_call(L, 1, 1);
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &handler_key);
}

static void load_simulators(lua_State *L, const struct json *fixture)
{
    lua_pushcfunction(L, require);
    lua_pushliteral(L, "sandbox/init");
    lua_call(L, 1, 1);
    luajson_push(L, fixture, 0); /* a file cannot name a secret */
    lua_call(L, 1, 1);
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &handler_key);
}

/* The rows that the engine needs give way to those that people read, which a
 * provider's `catalogue` makes. Stack: the module on top. */
static void describe_rows(lua_State *L)
{
    int module = lua_gettop(L);
    lua_pushliteral(L, "rows");
    lua_pushliteral(L, "catalogue");
    if (lua_rawget(L, module) == LUA_TFUNCTION) {
        lua_call(L, 0, 1);
        lua_rawset(L, module);
    }
    lua_settop(L, module);
}

static void describe_modules(lua_State *L, const struct json *modules)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    for (const struct json *m = json_first(modules); m; m = json_next(m)) {
        lua_pushstring(L, json_get_str(m, "name", ""));
        if (lua_rawget(L, -2) == LUA_TTABLE)
            describe_rows(L);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* Under protection; argument: the message. */
static int boot(lua_State *L)
{
    const struct json *message = lua_touserdata(L, 1);
    const struct json *modules = json_get(message, "modules");
    keep_sources(L, modules);
    set_globals(L, json_get(message, "globals"));
    keep_scope(L);
    run_prelude(L);
    keep_scope(L);
    const char *kind = json_get_str(message, "kind", "");
    if (strcmp(kind, "runbook") != 0)
        vm_of(L)->mode = VM_SIM;
    if (strcmp(kind, "sim") == 0) {
        load_simulators(L, json_get(message, "fixture"));
    } else {
        load_modules(L, modules);
        const char *also = json_str(json_get(message, "also"));
        if (also)
            load_also(L, also);
        if (strcmp(kind, "overlay") == 0)
            load_overlay(L);
        if (json_get_bool(message, "describe", false))
            describe_modules(L, modules);
        forget_sources(L);
    }
    return 0;
}

/* The declarations that a provider module carries in `rows`, appended to
 * all. Stack: the module on top. */
static void add_rows(lua_State *L, struct json *all, struct err *err)
{
    if (!lua_istable(L, -1))
        return;
    lua_pushliteral(L, "rows");
    size_t n = lua_rawget(L, -2) == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
    for (size_t i = 1; i <= n && err->st == ST_OK; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        struct json *row = luajson_from(L, -1, LUAJSON_SKIP_FUNCTIONS, err);
        if (row)
            json_push(all, row);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static struct json *collect_rows(lua_State *L, const struct json *modules,
                                 struct err *err)
{
    struct json *all = json_new(JSON_ARRAY);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    for (const struct json *m = json_first(modules); m; m = json_next(m)) {
        lua_pushstring(L, json_get_str(m, "name", ""));
        lua_rawget(L, -2);
        add_rows(L, all, err);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return all;
}

/* The names of all that is loaded. */
static struct json *loaded_names(lua_State *L)
{
    struct json *names = json_new(JSON_ARRAY);
    json_push(names, json_new_str("prelude"));
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        json_push(names, json_new_str(lua_tostring(L, -2)));
    lua_pop(L, 1);
    return names;
}

void vm_boot(struct vm *vm, const struct json *message)
{
    lua_State *L = vm->L;
    enum vm_kind kind;
    struct err err = {0};
    struct json *out = json_new(JSON_OBJECT);
    lua_gc(L, LUA_GCSTOP); /* nearly all that is made here stays */
    lua_pushcfunction(L, boot);
    lua_pushlightuserdata(L, (void *)message);
    bool ok = vm_call(L, 1, 0, &kind);
    if (ok) {
        json_put(out, "rows",
                 collect_rows(L, json_get(message, "modules"), &err));
        json_put(out, "loaded", loaded_names(L));
        vm->loaded = 0;
        ok = err.st == ST_OK;
        json_put_str(out, "error", ok ? NULL : err.msg);
    } else {
        json_put_str(out, "error", lua_tostring(L, -1));
    }
    json_put_bool(out, "ok", ok);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCRESTART);
    if (!vm_send_json(vm, WIRE_BOOTED, out))
        vm_die(vm, "more rows than fit into one message");
    json_free(out);
}

/* Under protection; argument: the request. */
static int simulate(lua_State *L)
{
    const struct json *request = lua_touserdata(L, 1);
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &handler_key) == LUA_TNIL)
        luaL_error(L, "no simulator is loaded");
    luajson_push(L, request, LUAJSON_WIRE);
    luajson_push(L, json_get(request, "now_ms"), 0);
    lua_call(L, 2, 1);
    luaL_checktype(L, -1, LUA_TTABLE);
    return 1;
}

static void put_loaded(struct vm *vm, struct json *out)
{
    if (vm->loaded)
        json_put(out, "loaded", loaded_names(vm->L));
    vm->loaded = 0;
}

static void send_breakdown(struct vm *vm, const char *why)
{
    struct json *out = json_new(JSON_OBJECT);
    json_put_int(out, "status", 500);
    json_put_str(out, "error", why);
    if (!vm_send_json(vm, WIRE_SIM, out))
        vm_die(vm, why);
    json_free(out);
}

void vm_simulate(struct vm *vm, const struct json *message)
{
    lua_State *L = vm->L;
    enum vm_kind kind;
    struct err err = {0};
    struct json *out = NULL;
    lua_pushcfunction(L, simulate);
    lua_pushlightuserdata(L, (void *)message);
    if (vm_call(L, 1, 1, &kind))
        out = luajson_from(L, -1, LUAJSON_WIRE, &err);
    else
        err_set(&err, ST_INTERNAL, "%s", lua_tostring(L, -1));
    lua_settop(L, 0);
    if (out)
        put_loaded(vm, out);
    const char *why = out ? "an answer over the largest message" : err.msg;
    if (!out || !vm_send_json(vm, WIRE_SIM, out))
        send_breakdown(vm, why);
    json_free(out);
}
