/* Lua errors with the lines of the document. */
#include "lib.h"

#include <ctype.h>
#include <stdio.h>

/* The chunk name of a block starts with this byte, its first line follows. */
#define MARK '\x1e'

/* A decimal number at *p, moved behind it. -1 when there is none. */
static long number(const char **p, const char *end)
{
    long v = 0;
    const char *start = *p;
    while (*p < end && isdigit((unsigned char)**p) && v < INT32_MAX)
        v = v * 10 + (*(*p)++ - '0');
    return *p == start ? -1 : v;
}

/* "\x1e<L>:<n>" at *p, moved behind it: the line in the document, or 0. */
static long marked_line(const char **p, const char *end)
{
    const char *at = *p;
    if (at == end || *at++ != MARK)
        return 0;
    long first = number(&at, end);
    if (first < 0 || at == end || *at++ != ':')
        return 0;
    long line = number(&at, end);
    if (line < 0)
        return 0;
    *p = at;
    return first + line - 1;
}

static const char *document(struct vm *vm)
{
    return vm->path ? vm->path : "block";
}

void vm_place(lua_State *L)
{
    size_t n;
    if (lua_type(L, -1) != LUA_TSTRING)
        return;
    const char *p = lua_tolstring(L, -1, &n);
    const char *end = p + n;
    if (!memchr(p, MARK, n))
        return;
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    while (p < end) {
        long line = marked_line(&p, end);
        if (line <= 0) {
            luaL_addchar(&out, *p++);
            continue;
        }
        char text[24];
        snprintf(text, sizeof text, ":%ld", line);
        luaL_addstring(&out, document(vm_of(L)));
        luaL_addstring(&out, text);
    }
    luaL_pushresult(&out);
    lua_remove(L, -2);
}

int vm_line(lua_State *L)
{
    lua_Debug ar;
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        const char *p = ar.source + 2;
        if (ar.source[0] != '=' || ar.source[1] != MARK || ar.currentline < 1)
            continue;
        long first = number(&p, ar.source + strlen(ar.source));
        return (int)first + ar.currentline - 1;
    }
    return 0;
}

/* Pushes "name.lua:line: " of the nearest Lua function, or "". */
static void push_caller(lua_State *L)
{
    lua_Debug ar;
    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline < 1)
            continue;
        lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
        return;
    }
    lua_pushliteral(L, "");
}

void vm_where(lua_State *L)
{
    int line = vm_line(L);
    if (line > 0)
        lua_pushfstring(L, "%s:%d: ", document(vm_of(L)), line);
    else
        push_caller(L);
}

/* Raises the message on top of the stack. */
static int raise_kind(lua_State *L, enum vm_kind kind)
{
    struct vm *vm = vm_of(L);
    vm->kind = kind;
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &vm->kind);
    return lua_error(L);
}

int vm_raise(lua_State *L, enum vm_kind kind, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vm_where(L);
    lua_pushvfstring(L, fmt, ap);
    va_end(ap);
    lua_concat(L, 2);
    return raise_kind(L, kind);
}

int vm_raise_at(lua_State *L, enum vm_kind kind, int line, const char *text)
{
    if (line > 0)
        lua_pushfstring(L, "%s:%d: %s", document(vm_of(L)), line, text);
    else
        lua_pushstring(L, text);
    return raise_kind(L, kind);
}

/* The kind that vm_raise gave the error on top of the stack: the same text
 * keeps it through any pcall and error(e, 0). */
static enum vm_kind kind_of(lua_State *L)
{
    struct vm *vm = vm_of(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &vm->kind);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
    return same ? vm->kind : KIND_ERROR;
}

/* Any error object as text, on top of the stack. */
static void describe(lua_State *L)
{
    int type = lua_type(L, -1);
    if (type == LUA_TSTRING)
        return;
    if (type == LUA_TNUMBER || luaL_getmetafield(L, -1, "__tostring")) {
        lua_settop(L, 1);
        lib_tostring(L, 1, NULL);
    } else {
        lua_pushfstring(L, "error object is a %s value", lua_typename(L, type));
    }
}

/* Takes "path:line: " off the message on top of the stack; the line, or 0. */
static int take_place(lua_State *L)
{
    const char *path = document(vm_of(L));
    size_t n;
    const char *p = lua_tolstring(L, -1, &n);
    const char *end = p + n;
    size_t k = strlen(path);
    if (n <= k || memcmp(p, path, k) != 0 || p[k] != ':')
        return 0;
    p += k + 1;
    long line = number(&p, end);
    if (line < 0 || end - p < 2 || p[0] != ':' || p[1] != ' ')
        return 0;
    lua_pushlstring(L, p + 2, (size_t)(end - p - 2));
    lua_remove(L, -2);
    return (int)line;
}

/* The error on top of the stack, as the text to tell. line: of the block that
 * was running, 0 when none. */
static int note_error(lua_State *L, int line)
{
    struct vm *vm = vm_of(L);
    vm_check_memory(vm);
    vm->caught = kind_of(L);
    describe(L);
    vm_place(L);
    int own = take_place(L);
    vm->line = own ? own : line;
    return 1;
}

static int on_error(lua_State *L)
{
    lua_settop(L, 1);
    return note_error(L, vm_line(L));
}

/* Arguments: the line, the error. */
static int on_task_error(lua_State *L)
{
    int line = (int)lua_tointeger(L, 1);
    lua_remove(L, 1);
    return note_error(L, line);
}

/* The text is on top of the stack, if it is one. */
static bool failed(lua_State *L, enum vm_kind *kind)
{
    vm_check_memory(vm_of(L));
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pop(L, 1);
        lua_pushliteral(L, "error in error handling");
    }
    *kind = vm_of(L)->caught;
    return false;
}

bool vm_call(lua_State *L, int nargs, int nresults, enum vm_kind *kind)
{
    struct vm *vm = vm_of(L);
    int handler = lua_gettop(L) - nargs;
    lua_pushcfunction(L, on_error);
    lua_insert(L, handler);
    vm->line = 0;
    vm->caught = KIND_ERROR;
    int status = lua_pcall(L, nargs, nresults, handler);
    lua_remove(L, handler);
    return status == LUA_OK || failed(L, kind);
}

bool vm_resume(lua_State *co, lua_State *L, int nargs, int *nresults,
               enum vm_kind *kind)
{
    struct vm *vm = vm_of(L);
    int status = lua_resume(co, L, nargs, nresults);
    if (status == LUA_OK || status == LUA_YIELD)
        return true;
    vm->line = 0;
    vm->caught = KIND_ERROR;
    lua_pushcfunction(L, on_task_error);
    lua_pushinteger(L, vm_line(co));
    lua_xmove(co, L, 1);
    (void)lua_pcall(L, 2, 1, 0);
    return failed(L, kind);
}

/* Adds by to every number behind word in the message on top of the stack. */
static void shift_lines(lua_State *L, const char *word, long by)
{
    struct span text;
    struct span needle = span_of(word);
    text.p = lua_tolstring(L, -1, &text.n);
    const char *end = text.p + text.n;
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    size_t from = 0;
    size_t at = span_find(text, needle, 0);
    for (; at < text.n; at = span_find(text, needle, from)) {
        const char *digits = text.p + at + needle.n;
        luaL_addlstring(&out, text.p + from, at + needle.n - from);
        long line = number(&digits, end);
        from = (size_t)(digits - text.p);
        char room[24];
        snprintf(room, sizeof room, "%ld", line + by);
        if (line >= 0)
            luaL_addstring(&out, room);
    }
    luaL_addlstring(&out, text.p + from, text.n - from);
    luaL_pushresult(&out);
    lua_remove(L, -2);
}

void vm_place_syntax(lua_State *L, int first_line)
{
    struct vm *vm = vm_of(L);
    if (first_line > 0) {
        shift_lines(L, " at line ", first_line - 1);
        shift_lines(L, " on line ", first_line - 1);
    }
    vm_place(L);
    vm->line = take_place(L);
}
