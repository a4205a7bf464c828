/* Converts Lua values and JSON into each other. */
#include "luajson.h"

#include <math.h>

#include "arena.h"
#include "hash.h"
#include "json.h"

/* What one value may take in the worker's memory outside Lua's. */
#define NODE_BYTES 96
#define TREE_BYTES ((size_t)256 << 20)

static const char null_tag = 'n';
static const char list_tag = 'l';

void luajson_push_null(lua_State *L)
{
    lua_pushlightuserdata(L, (void *)&null_tag);
}

bool luajson_is_null(lua_State *L, int idx)
{
    return lua_touserdata(L, idx) == &null_tag;
}

/* --- lists --- */

/* Pushes the one metatable of all lists. */
static void push_list_metatable(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &list_tag) != LUA_TNIL)
        return;
    lua_pop(L, 1);
    lua_createtable(L, 0, 0);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &list_tag);
}

void luajson_mark_list(lua_State *L)
{
    push_list_metatable(L);
    lua_setmetatable(L, -2);
}

static bool is_marked(lua_State *L, int idx)
{
    if (!lua_getmetatable(L, idx))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &list_tag);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* --- Lua to JSON --- */

struct writer {
    lua_State *L;
    unsigned flags;
    int depth;
    size_t bytes;
    struct err *err;
};

static struct json *refuse(struct writer *w, const char *why)
{
    err_set(w->err, ST_INPUT, "%s", why);
    return NULL;
}

static struct json *convert(struct writer *w, int idx);

static struct json *from_number(struct writer *w, int idx)
{
    if (lua_isinteger(w->L, idx))
        return json_new_int(lua_tointeger(w->L, idx));
    double v = lua_tonumber(w->L, idx);
    if (!isfinite(v))
        return refuse(w, "a number that is not finite has no JSON form");
    return json_new_num(v);
}

static struct json *from_string(struct writer *w, int idx)
{
    struct span s;
    s.p = lua_tolstring(w->L, idx, &s.n);
    w->bytes += s.n;
    bool text = span_utf8(s) && (!s.n || !memchr(s.p, '\0', s.n));
    if (!text && !(w->flags & LUAJSON_WIRE))
        return refuse(w, "a string that is not UTF-8, or holds a NUL byte, "
                         "has no JSON form");
    return json_new_bytes(s);
}

static struct json *from_secret(struct writer *w, const char *handle,
                                const char *name)
{
    if (!(w->flags & LUAJSON_WIRE))
        return refuse(w, "a secret has no JSON form: pass the table itself to "
                         "the call that needs it");
    struct json *j = json_new(JSON_OBJECT);
    json_put_str(j, "$secret", handle);
    json_put_str(j, "name", name);
    return j;
}

/* Keys of the table at idx: how many, and how many are integers >= 1. */
static void count(lua_State *L, int idx, lua_Integer *all, lua_Integer *list)
{
    *all = *list = 0;
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        (*all)++;
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1)
            (*list)++;
    }
}

static struct json *from_list(struct writer *w, int idx, lua_Integer n)
{
    struct json *out = json_new(JSON_ARRAY);
    for (lua_Integer i = 1; i <= n; i++) {
        struct json *item = NULL;
        if (lua_rawgeti(w->L, idx, i) == LUA_TNIL)
            refuse(w, "a list with holes has no JSON form: put json.null in "
                      "them");
        else
            item = convert(w, lua_gettop(w->L));
        lua_pop(w->L, 1);
        if (!item) {
            json_free(out);
            return NULL;
        }
        json_push(out, item);
    }
    return out;
}

static const char *key_problem(struct writer *w, int idx)
{
    if (lua_type(w->L, idx) != LUA_TSTRING)
        return "a table with names and numbers mixed has no JSON form";
    struct span s;
    s.p = lua_tolstring(w->L, idx, &s.n);
    if (!span_utf8(s) || (s.n && memchr(s.p, '\0', s.n)))
        return "a member name that is not UTF-8 has no JSON form";
    if ((w->flags & LUAJSON_WIRE) &&
        (span_is(s, "$secret") || span_is(s, "$bytes")))
        return "the member names $secret and $bytes are reserved";
    return NULL;
}

static struct json *from_object(struct writer *w, int idx)
{
    lua_State *L = w->L;
    struct json *out = json_new(JSON_OBJECT);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        const char *problem = key_problem(w, lua_gettop(L) - 1);
        if (problem)
            refuse(w, problem);
        else if ((w->flags & LUAJSON_SKIP_FUNCTIONS) && lua_isfunction(L, -1))
            continue;
        struct json *member = problem ? NULL : convert(w, lua_gettop(L));
        if (!member) {
            lua_pop(L, 2);
            json_free(out);
            return NULL;
        }
        w->bytes += lua_rawlen(L, -2);
        json_add(out, lua_tostring(L, -2), member);
    }
    return out;
}

static struct json *from_table(struct writer *w, int idx)
{
    lua_Integer all;
    lua_Integer list;
    if (w->depth >= JSON_MAX_DEPTH || !lua_checkstack(w->L, 8))
        return refuse(w, "a table nested this deep (or in itself) has no JSON "
                         "form");
    w->depth++;
    count(w->L, idx, &all, &list);
    struct json *out = NULL;
    if ((all > 0 && list == all) || is_marked(w->L, idx))
        out = from_list(w, idx, all);
    else
        out = from_object(w, idx);
    w->depth--;
    return out;
}

static struct json *convert(struct writer *w, int idx)
{
    const char *handle;
    const char *name;
    w->bytes += NODE_BYTES;
    if (w->bytes > TREE_BYTES)
        return refuse(w, "a value this large does not fit into one message");
    switch (lua_type(w->L, idx)) {
    case LUA_TNIL:
        return json_new(JSON_NULL);
    case LUA_TBOOLEAN:
        return json_new_bool(lua_toboolean(w->L, idx));
    case LUA_TNUMBER:
        return from_number(w, idx);
    case LUA_TSTRING:
        return from_string(w, idx);
    case LUA_TTABLE:
        return from_table(w, idx);
    default:
        break;
    }
    if (luajson_is_null(w->L, idx))
        return json_new(JSON_NULL);
    if (lib_to_secret(w->L, idx, &handle, &name))
        return from_secret(w, handle, name);
    err_set(w->err, ST_INPUT, "a %s has no JSON form",
            luaL_typename(w->L, idx));
    return NULL;
}

struct json *luajson_from(lua_State *L, int idx, unsigned flags,
                          struct err *err)
{
    struct writer w = {.L = L, .flags = flags, .err = err};
    return convert(&w, lua_absindex(L, idx));
}

/* --- JSON to Lua --- */

static void push_number(lua_State *L, const struct json *j)
{
    int64_t v;
    if (json_int(j, &v))
        lua_pushinteger(L, v);
    else
        lua_pushnumber(L, json_num(j));
}

static void push_members(lua_State *L, const struct json *j, unsigned flags)
{
    lua_createtable(L, 0, (int)json_size(j));
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        lua_pushstring(L, json_key(c));
        luajson_push(L, c, flags);
        lua_rawset(L, -3);
    }
}

static void push_bytes(lua_State *L, const struct json *j)
{
    struct arena a = {0};
    struct span s = {"", 0};
    if (json_bytes(j, &a, &s))
        lua_pushlstring(L, s.n ? s.p : "", s.n);
    else
        luajson_push_null(L);
    arena_release(&a);
}

static void push_object(lua_State *L, const struct json *j, unsigned flags)
{
    const char *handle = json_str(json_get(j, "$secret"));
    bool wire = flags & LUAJSON_WIRE;
    if (wire && handle)
        lib_push_secret(L, handle, json_get_str(j, "name", ""));
    else if (wire && json_get(j, "$bytes"))
        push_bytes(L, j);
    else
        push_members(L, j, flags);
}

static void push_list(lua_State *L, const struct json *j, unsigned flags)
{
    lua_Integer i = 0;
    lua_createtable(L, (int)json_size(j), 0);
    luajson_mark_list(L);
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        luajson_push(L, c, flags);
        lua_rawseti(L, -2, ++i);
    }
}

void luajson_push(lua_State *L, const struct json *j, unsigned flags)
{
    luaL_checkstack(L, 6, "JSON");
    switch (json_type(j)) {
    case JSON_NULL:
        luajson_push_null(L);
        break;
    case JSON_BOOL:
        lua_pushboolean(L, json_bool(j));
        break;
    case JSON_NUMBER:
        push_number(L, j);
        break;
    case JSON_STRING:
        lua_pushlstring(L, json_span(j).p, json_span(j).n);
        break;
    case JSON_ARRAY:
        push_list(L, j, flags);
        break;
    case JSON_OBJECT:
        push_object(L, j, flags);
        break;
    }
}
