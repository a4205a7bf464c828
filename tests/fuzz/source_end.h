/* Grows Lua source that calls what a block may call, with what it should not
 * be called with. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "prim.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
                               unsigned seed);

static const char *const source_values[] = {
    "nil",
    "true",
    "false",
    "0",
    "-1",
    "1",
    "3.5",
    "0/0",
    "1/0",
    "-1/0",
    "math.mininteger",
    "math.maxinteger",
    "2^53",
    "-2^63",
    "1e308",
    "5e-324",
    "\"\"",
    "\"a\"",
    "\"\\0\"",
    "\"\\xff\\xfe\"",
    "\"%s%d%q%a%99.99f\"",
    "\"[\"",
    "\"%b\"",
    "\"(()\"",
    "\"../x\"",
    "\"/etc/passwd\"",
    "\".git/HEAD\"",
    "\"https://x/y\"",
    "\"https://u:p@x\"",
    "\"select 1\"",
    "\"read\"",
    "(\"a\"):rep(7000)",
    "(\"\\0\"):rep(9999)",
    "(\"[\"):rep(5000)",
    "(\"(\"):rep(200)",
    "(\".-\"):rep(40)",
    "\"[[1,2],{\\\"a\\\":null}]\"",
    "{}",
    "{1, 2}",
    "{1, nil, 3}",
    "{[1.5] = 1}",
    "{[true] = 1}",
    "{a = {a = {a = {}}}}",
    "{\"ls\", \"-l\"}",
    "{\"ls\", 1}",
    "{argv = {\"ls\"}}",
    "{[\"$secret\"] = \"s1\"}",
    "{[\"$bytes\"] = \"x\"}",
    "{effect = \"read\", check = false, timeout = 0/0}",
    "{[\"\\0\"] = 1}",
    "{headers = {a = \"b\"}, query = {1}}",
    "{refs = {\"+a:b\"}}",
    "(function() local t = {} for i = 1, 300 do t = {t} end return t end)()",
    "(function() local t = {} t.t = t return t end)()",
    "setmetatable({}, {__index = function(t, k) return k end})",
    "setmetatable({}, {__len = function() return math.maxinteger end})",
    "setmetatable({}, {__len = function() return -1 end})",
    "setmetatable({}, {__tostring = function() return 1 end})",
    "setmetatable({}, {__tostring = error})",
    "setmetatable({}, {__pairs = pairs})",
    "setmetatable({}, {__call = print})",
    "setmetatable({}, {__eq = error})",
    "setmetatable({1}, {__newindex = error, __index = error})",
    "json.null",
    "json.array {}",
    "secret.get(\"API_TOKEN\")",
    "print",
    "function() end",
    "function(...) return ... end",
    "error",
    "function() error({}) end",
    "function() return http.get(\"https://x/y\") end",
    "function() return time.sleep(1) end",
    "string",
    "_G",
    "expect(1)",
};

/* Beside the primitives. */
static const char *const source_calls[] = {
    "string.rep",
    "string.format",
    "string.find",
    "string.gsub",
    "string.gmatch",
    "string.match",
    "string.byte",
    "string.char",
    "string.sub",
    "string.pack",
    "string.unpack",
    "string.reverse",
    "table.sort",
    "table.concat",
    "table.insert",
    "table.remove",
    "table.move",
    "table.unpack",
    "table.pack",
    "utf8.char",
    "utf8.codepoint",
    "utf8.offset",
    "utf8.len",
    "utf8.codes",
    "math.floor",
    "math.tointeger",
    "math.fmod",
    "tostring",
    "tonumber",
    "select",
    "pcall",
    "xpcall",
    "error",
    "assert",
    "setmetatable",
    "getmetatable",
    "rawset",
    "rawget",
    "rawlen",
    "rawequal",
    "next",
    "pairs",
    "ipairs",
    "type",
    "print",
    "require",
    "each",
    "parallel",
    "expect",
    "check",
    "fail",
    "evidence.table",
    "evidence.json",
    "evidence.text",
    "evidence.link",
    "evidence.metric",
    "json.encode",
    "json.decode",
    "json.array",
    "json.pretty",
    "secret.template",
    "secret.equal",
    "secret.dsn",
};

#define SOURCE_COUNT(table) (sizeof(table) / sizeof *(table))

static inline unsigned source_next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline const char *source_name(unsigned *seed)
{
    static unsigned n;
    while (prim_table[n].name && prim_table[n + 1].name)
        n++;
    unsigned i = source_next(seed) % (n + (unsigned)SOURCE_COUNT(source_calls));
    return i < n ? prim_table[i].name : source_calls[i - n];
}

static inline const char *source_value(unsigned *seed)
{
    return source_values[source_next(seed) % SOURCE_COUNT(source_values)];
}

/* One statement. */
static inline size_t source_call(unsigned *seed, char *out, size_t room)
{
    static const char *const forms[] = {
        "%s(%s, %s, %s)\n",
        "print(pcall(%s, %s, %s, %s))\n",
        "local x <const> = {pcall(%s, %s)} print(x[2], %s, %s)\n",
        "for k, v in pairs {%s, %s} do pcall(k, v, %s, %s) end\n",
        "each({1, 2, 3}, function(i) return %s(%s, %s, %s) end)\n",
        "parallel {function() return %s(%s) end, %s, %s}\n",
        "print(#%s, %s .. %s, %s)\n",
        "if %s == %s then goto x end print(%s < %s) ::x::\n",
    };
    size_t i = source_next(seed) % (3 * SOURCE_COUNT(forms));
    const char *form = forms[i < SOURCE_COUNT(forms) ? i : i % 2];
    const char *name = source_name(seed);
    const char *a = source_value(seed);
    const char *b = source_value(seed);
    const char *c = source_value(seed);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int n = snprintf(out, room, form, name, a, b, c);
#pragma GCC diagnostic pop
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

/* A call is put between two lines, or bytes change. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room,
                               unsigned seed)
{
    char call[2048];
    if (source_next(&seed) % 3 == 0 && LLVMFuzzerMutate)
        return LLVMFuzzerMutate(data, size, room);
    size_t n = source_call(&seed, call, sizeof call);
    size_t at = size ? source_next(&seed) % size : 0;
    while (at > 0 && data[at - 1] != '\n')
        at--;
    if (source_next(&seed) % 4 == 0) { /* in the place of a line */
        size_t past = at;
        while (past < size && data[past++] != '\n')
            ;
        memmove(data + at, data + past, size - past);
        size -= past - at;
    }
    if (size + n > room)
        return size;
    memmove(data + at + n, data + at, size - at);
    memcpy(data + at, call, n);
    return size + n;
}
