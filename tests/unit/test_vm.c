/* The language inside a worker: what blocks may use, what they get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vmtest.h"

static struct worker *worker;

/* Blocks share one worker, as the steps of a run do. */
static void prints(const char *code, const char *want)
{
    struct buf out = {0};
    struct json *done = vmtest_step(worker, code, &out);
    const struct json *error = json_get(done, "error");
    if (json_get(error, "message"))
        print_error("%s\nfailed: %s\n", code,
                    json_get_str(error, "message", "?"));
    assert_true(json_get_bool(done, "ok", false));
    assert_string_equal(buf_cstr(&out), want);
    json_free(done);
    buf_release(&out);
}

static void fails(const char *code, const char *kind, int line,
                  const char *message)
{
    struct json *done = vmtest_step(worker, code, NULL);
    const struct json *error = json_get(done, "error");
    assert_false(json_get_bool(done, "ok", true));
    assert_string_equal(json_get_str(error, "message", "?"), message);
    assert_string_equal(json_get_str(error, "kind", "?"), kind);
    assert_int_equal(json_get_int(error, "line", -1), line);
    json_free(done);
}

struct sample {
    const char *code, *want;
};

static void all_print(const struct sample *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        prints(rows[i].code, rows[i].want);
}

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct sample length[] = {
    {"print(#{1,2,3}, #'abc', -#{1}, 2^#{1,2}, #{1}+1, #{1}..'x')",
     "3\t3\t-1\t4.0\t2\t1x\n"},
    {"local t = {n={1,2}} print(#t.n, #t['n'], # --[[c]] t.n)", "2\t2\t2\n"},
    {"print(#{1,2,nil,4})", "4\n"},
    {"local t = {} t[1]=1 t[2]=1 t[4]=1 print(#t)", "4\n"},
    {"local t = {n=1} for i=1,100 do t[i]=i end t[50]=nil print(#t)", "100\n"},
    {"print(#setmetatable({}, {__len=function() return 7 end}))", "7\n"},
    {"local function f(...) return select('#', ...) end print(f(nil, nil))",
     "2\n"},
    {"print(rawlen({1,2}), rawlen('ab'))", "2\t2\n"},
    {"local s = 'x' print(#s:rep(5), not (#s == 2))", "5\ttrue\n"},
    {"print(pcall(function() return #nil end))",
     "false\tdoc.md:10: attempt to get length of a nil value\n"},
};

static void the_length_is_ours(void **state)
{
    (void)state;
    all_print(length, COUNT(length));
}

static const struct sample order[] = {
    {"local t = {b=1, a=2, [10]=3, [2]=4, [1.5]=5, [true]=6, [false]=7,"
     " ['10']=8, [-1]=9, [2^53]=10, [-math.huge]=11, [math.huge]=12} "
     "for k, v in pairs(t) do print(k, v) end",
     "-inf\t11\n-1\t9\n1.5\t5\n2\t4\n10\t3\n9007199254740992\t10\ninf\t12\n"
     "10\t8\na\t2\nb\t1\nfalse\t7\ntrue\t6\n"},
    {"local t = {1,2,3,4} for k in pairs(t) do io = k t[k+1] = nil "
     "print(k) end io = nil",
     "1\n3\n"},
    {"local t = {a=1} for k in pairs(t) do t.b = 2 t.c = 3 print(k) end",
     "a\n"},
    {"local t = setmetatable({}, {__pairs=function(t) return function(_, k) "
     "if not k then return 1, 'one' end end, t, nil end}) "
     "for k, v in pairs(t) do print(k, v) end",
     "1\tone\n"},
    {"print(pcall(pairs, {[{}]=1}))",
     "false\ta key of type table has no order: use numbers, strings or "
     "booleans as keys\n"},
    {"print(next({}), next({x=1}), pcall(next, {}, 1))",
     "nil\ttrue\tfalse\tnext(t) only tells whether t is empty: walk a table "
     "with pairs\n"},
    {"for i, v in ipairs{5,6,nil,7} do print(i, v) end", "1\t5\n2\t6\n"},
};

static void pairs_has_an_order(void **state)
{
    (void)state;
    all_print(order, COUNT(order));
}

static const struct sample tables[] = {
    {"local t = {5,3,9,1} table.sort(t) print(table.concat(t, ','))",
     "1,3,5,9\n"},
    {"local t = {} for i=1,9 do t[i] = {i%3, i} end "
     "table.sort(t, function(a,b) return a[1] < b[1] end) "
     "for i=1,9 do t[i] = t[i][2] end print(table.concat(t, ' '))",
     "3 6 9 1 4 7 2 5 8\n"},
    {"local t = {3,1,2} table.sort(t, function() return true end) "
     "print(table.concat(t, ' '))",
     "2 1 3\n"},
    {"print(pcall(table.sort, {1,'x'}))",
     "false\tattempt to compare string with number\n"},
    {"local t = {1,2} table.insert(t, 3) table.insert(t, 1, 0) "
     "print(table.concat(t, ' '), table.remove(t, 1), table.remove(t), #t)",
     "0 1 2 3\t0\t3\t2\n"},
    {"print(table.remove({}), pcall(function() table.insert({}, 5, 1) end))",
     "nil\tfalse\tdoc.md:10: bad argument #2 to 'insert' (position out of "
     "bounds)\n"},
    {"print(table.unpack({1,2,3}, 2), table.unpack({}, 1, 2))",
     "2\tnil\tnil\n"},
    {"print((table.concat({1, 2.5, 'x'}, '-')), pcall(table.concat, {{}}))",
     "1-2.5-x\tfalse\tinvalid value (at index 1) in table for 'concat'\n"},
    {"print(table.pack(1,nil,3).n, table.concat(table.move({1,2},1,2,2)))",
     "3\t112\n"},
};

static void tables_work(void **state)
{
    (void)state;
    all_print(tables, COUNT(tables));
}

static const struct sample texts[] = {
    {"print(tostring({}), tostring(print), tostring(nil), 1, 1.0, 0/0, -0.0)",
     "table\tfunction\tnil\t1\t1.0\tnan\t-0.0\n"},
    {"print(('%s|%5s|%d|%q|%%|%.2f'):format({}, 'x', 3, 'a\\n', 2))",
     "table|    x|3|\"a\\\n\"|%|2.00\n"},
    {"print(('%s'):format(setmetatable({}, {__tostring=function() return "
     "'me' end})))",
     "me\n"},
    {"print(pcall(string.format, '%p', {}))",
     "false\t'%p' shows an address, which differs from run to run: it is not "
     "available\n"},
    {"print(pcall(function() string.format('%s') end))",
     "false\tdoc.md:10: bad argument #2 to 'format' (no value)\n"},
    {"print(pcall(tostring, setmetatable({}, {__tostring=function() return 1 "
     "end})))",
     "false\t'__tostring' must return a string\n"},
    {"print(getmetatable(''), ('x'):rep(3), json.null)", "false\txxx\tnull\n"},
    {"print(utf8.char(228), utf8.len('ä'), math.type(3), math.pi > 3)",
     "ä\t1\tinteger\ttrue\n"},
};

static void text_has_no_addresses(void **state)
{
    (void)state;
    all_print(texts, COUNT(texts));
}

static void what_is_not_deterministic_is_absent(void **state)
{
    (void)state;
    prints("for _, n in ipairs{'collectgarbage', 'dofile', 'load', "
           "'loadfile', 'loadstring', 'warn', 'coroutine', 'debug', 'io', "
           "'os', 'package', 'sys'} do print(n, _G[n]) end "
           "print(math.random, math.randomseed, string.dump, _VERSION)",
           "collectgarbage\tnil\ndofile\tnil\nload\tnil\nloadfile\tnil\n"
           "loadstring\tnil\nwarn\tnil\ncoroutine\tnil\ndebug\tnil\n"
           "io\tnil\nos\tnil\npackage\tnil\nsys\tnil\n"
           "nil\tnil\tnil\tLua 5.4\n");
    prints("local names = {} for k in pairs(_G) do names[#names+1] = k end "
           "print(table.concat(names, ' '))",
           "_G _VERSION ask assert check each error evidence expect fail fs "
           "getmetatable git hash http ipairs json math next pairs parallel "
           "pcall print "
           "rawequal rawget rawlen rawset require secret select setmetatable "
           "sh sql string table time tonumber tostring type utf8 xpcall\n");
}

static const struct sample metatables[] = {
    {"local mt = {__index={x=1}} local t = setmetatable({}, mt) "
     "print(t.x, getmetatable(t) == mt)",
     "1\ttrue\n"},
    {"local mt = {} local t = setmetatable({}, mt) mt.__index = {x=1} "
     "print(t.x, setmetatable(t, mt).x)",
     "nil\t1\n"},
    {"print(pcall(setmetatable, {}, {__gc=print}))",
     "false\t__gc is not available in a runbook\n"},
    {"print(pcall(setmetatable, {}, {__mode='k'}))",
     "false\t__mode is not available in a runbook\n"},
    {"local t = setmetatable({}, {__metatable='no'}) "
     "print(getmetatable(t), pcall(setmetatable, t, {}))",
     "no\tfalse\tcannot change a protected metatable\n"},
    {"local C = {} C.__index = C function C.new(v) return setmetatable({v=v}, "
     "C) end function C:get() return self.v end print(C.new(4):get())",
     "4\n"},
    {"local t <close> = setmetatable({}, {__close=function() print('closed') "
     "end}) print('open')",
     "open\nclosed\n"},
    {"local a = setmetatable({}, {__add=function(x, y) return y end, "
     "__call=function(_, x) return x end, __eq=function() return true end}) "
     "print(a + 1, a(2), a == setmetatable({}, getmetatable(a)))",
     "1\t2\ttrue\n"},
};

static void metatables_are_read_when_set(void **state)
{
    (void)state;
    all_print(metatables, COUNT(metatables));
}

static const struct sample caught[] = {
    {"print(pcall(error, 'x', 0))", "false\tx\n"},
    {"print(pcall(function() error('x') end))", "false\tdoc.md:10: x\n"},
    {"\n\nprint(pcall(function()\n error('x') end))", "false\tdoc.md:13: x\n"},
    {"print(select(2, pcall(error, {code=3})).code)", "3\n"},
    {"print(xpcall(function(a) error('x' .. a) end, function(m) return m .. "
     "'!' end, 7))",
     "false\tdoc.md:10: x7!\n"},
    {"print(xpcall(function(...) return ... end, print, 1, 2))",
     "true\t1\t2\n"},
    {"print(pcall(function() local x = nil; return x.y end))",
     "false\tdoc.md:10: attempt to index a nil value (local 'x')\n"},
    {"print(pcall(require, 'os'))", "false\tthere is no module 'os'\n"},
    {"print(select('#', pcall(function() return nil, nil end)))", "3\n"},
};

static void errors_name_the_document(void **state)
{
    (void)state;
    all_print(caught, COUNT(caught));
}

static const struct {
    const char *code, *kind;
    int line;
    const char *message;
} failures[] = {
    {"x = = 1", "compile", 10, "unexpected symbol near '='"},
    {"if true then\n\nprint(1)", "compile", 12,
     "'end' expected (to close 'if' at line 10) near <eof>"},
    {"goto out", "compile", 10, "no visible label 'out' for <goto> at line 10"},
    {"x = #", "compile", 10, "unexpected symbol near <eof>"},
    {"\n__rp_x = 1", "compile", 11,
     "the name '__rp_x' is reserved: choose one that does not start with "
     "__rp_"},
    {"\33Lua", "compile", 10, "unexpected symbol near '<\\27>'"},
    {"print(1)\n\nerror('boom')", "error", 12, "boom"},
    {"error('boom', 0)", "error", 10, "boom"},
    {"error({})", "error", 10, "error object is a table value"},
    {"error('\\0a\\255\\27[1m\\nb', 0)", "error", 10,
     "\u2400a\\xFF\u241b[1m\nb"},
    {"fs.write('x', ('y'):rep(2^26))", "error", 10,
     "fs.write: more than fits into one message (64 MiB)"},
    {"string.rep('x', 1e10)", "error", 10, "resulting string too large"},
    {"error()", "error", 10, "error object is a nil value"},
    {"error(setmetatable({}, {__tostring=function() return 'shown' end}))",
     "error", 10, "shown"},
    {"local ok, e = pcall(error, 'x')\nerror(e, 0)", "error", 11, "x"},
    {"local ok, e = pcall(function()\n error('x') end)\nerror(e, 0)", "error",
     11, "x"},
    {"\nfail('no way')", "fail", 11, "no way"},
    {"local ok, e = pcall(fail, 'no way')\nerror(e, 0)", "fail", 10, "no way"},
    {"\nexpect(1):equals(2)", "expect", 11,
     "not as expected:\n- expected 2, got 1"},
    {"time.parse('soon')", "error", 10,
     "time.parse: neither a time nor a date: soon"},
    {"local function f() return f() + 1 end f()", "error", 10,
     "stack overflow"},
    {"fs.read()", "error", 10,
     "bad argument #1 (path) to 'fs.read': string expected, got nothing"},
    {"fs.read('a', 'b')", "error", 10,
     "too many arguments to 'fs.read': it takes 1"},
    {"sh.run({'a', 1})", "error", 10,
     "bad argument #1 (argv) to 'sh.run': list of strings expected, got "
     "table"},
    {"http.get('x', {hedaers={}})", "error", 10,
     "http.request: there is no option 'hedaers'"},
    {"http.get('u', 1)", "error", 10, "http.get: the options are a table"},
    {"http.request{}", "error", 10, "http.request: url is missing"},
    {"git.log{x=print}", "error", 10, "git.log: a function has no JSON form"},
    {"git.log{['$secret']='s1'}", "error", 10,
     "git.log: the member names $secret and $bytes are reserved"},
};

static void failures_are_told_by_kind_and_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(failures); i++)
        fails(failures[i].code, failures[i].kind, failures[i].line,
              failures[i].message);
}

static void a_long_message_is_cut(void **state)
{
    (void)state;
    struct json *done = vmtest_step(worker, "error(('x'):rep(1e6))", NULL);
    const char *text =
        json_get_str(json_get(done, "error"), "message", "passed");
    assert_int_equal(strlen(text), 65536);
    json_free(done);
}

static void globals_live_across_blocks(void **state)
{
    (void)state;
    prints("kept = {1} function again() return kept[1] end local gone = 1", "");
    prints("kept[1] = 2 print(again(), gone)", "2\tnil\n");
}

static const struct sample jsons[] = {
    {"print(json.encode{b=1, a={1,2,{}}, c=json.null, d=json.array{}, "
     "e=1.5, f='\\u{e4}'})",
     "{\"a\":[1,2,{}],\"b\":1,\"c\":null,\"d\":[],\"e\":1.5,\"f\":\"ä\"}\n"},
    {"local v = json.decode('{\"a\":[],\"b\":null,\"n\":9007199254740993,"
     "\"x\":1.5}') print(json.encode(v), v.b == json.null, v.n)",
     "{\"a\":[],\"b\":null,\"n\":9007199254740993,\"x\":1.5}\ttrue\t"
     "9007199254740993\n"},
    {"print(json.encode({b={1}, a=2}, {indent=true}))",
     "{\n  \"a\": 2,\n  \"b\": [\n    1\n  ]\n}\n"},
    {"print(pcall(json.decode, '{'))",
     "false\tjson.decode: line 1: not JSON: expected a member name "
     "in double quotes\n"},
    {"print(pcall(json.encode, {1, nil, 3}))",
     "false\tjson.encode: a list with holes has no JSON form: put json.null "
     "in them\n"},
    {"print(pcall(json.encode, {1, x=2}))",
     "false\tjson.encode: a table with names and numbers mixed has no JSON "
     "form\n"},
    {"local t = {} t.t = t print(pcall(json.encode, t))",
     "false\tjson.encode: a table nested this deep (or in itself) has no JSON "
     "form\n"},
    {"print(pcall(json.encode, 0/0), pcall(json.encode, '\\255'))",
     "false\tfalse\tjson.encode: a string that is not UTF-8, or holds a NUL "
     "byte, has no JSON form\n"},
    {"local v = json.decode('{\"$secret\":\"s1\",\"$bytes\":\"AA==\"}') "
     "print(type(v), v['$secret'], v['$bytes'])",
     "table\ts1\tAA==\n"},
};

static const char many_members[] =
    "local t = {} for i = 1, 1000 do t['k' .. i * 7 % 1000] = i end "
    "local text = json.encode(t) local back = json.decode(text) "
    "print(#text, text == json.encode(back), text:sub(1, 22), back.k7)";

static void json_is_exact(void **state)
{
    (void)state;
    all_print(jsons, COUNT(jsons));
    prints(many_members, "10784\ttrue\t{\"k0\":1000,\"k1\":143,\"k\t1\n");
}

static const struct sample hashes[] = {
    {"print(hash.sha256('abc'))",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"},
    {"print(hash.sha256('') == hash.sha256('\\0'), #hash.sha256('\\0\\255'))",
     "false\t64\n"},
    {"print(pcall(function() return (hash.sha256({})) end))",
     "false\tdoc.md:10: bad argument #1 to 'sha256' (string expected, got "
     "table)\n"},
};

static void bytes_are_hashed(void **state)
{
    (void)state;
    all_print(hashes, COUNT(hashes));
}

static void a_condition_is_an_expression(void **state)
{
    (void)state;
    static const struct {
        const char *expr;
        bool ok, value;
    } rows[] = {
        {"1 == 1", true, true},
        {"nil", true, false},
        {"cond_global == 3 -- yes", true, true},
        {"#'abc' == 3", true, true},
        {"x = 1", false, false},
        {"1; cond_global = 4", false, false},
        {"(function() cond_global = 4 return true end)()", false, false},
        {"", false, false},
        {"fs.exists('x')", false, false},
        {"nothing.here", false, false},
    };
    prints("cond_global = 3", "");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json *m = json_new(JSON_OBJECT);
        json_put_str(m, "id", "c");
        json_put_str(m, "path", "doc.md");
        json_put_int(m, "line", 5);
        json_put_str(m, "expr", rows[i].expr);
        vmtest_send(worker, WIRE_COND, m);
        struct json *v = vmtest_read(worker, WIRE_VALUE);
        assert_int_equal(json_get_bool(v, "ok", !rows[i].ok), rows[i].ok);
        assert_int_equal(json_get_bool(v, "value", !rows[i].value),
                         rows[i].value);
        if (!rows[i].ok)
            assert_int_equal(json_get_int(json_get(v, "error"), "line", 0), 5);
        json_free(v);
    }
    prints("print(cond_global)", "3\n");
}

static void names(const struct json *list, struct buf *out)
{
    for (const struct json *j = json_first(list); j; j = json_next(j))
        buf_printf(out, "%s:%d ", json_get_str(j, "name", "?"),
                   (int)json_get_int(j, "line", 0));
}

/* Code; the unknown names it reads, a bar, the names it sets. */
static const struct sample globals[] = {
    {"print(params_of.x)", "params_of:10 | "},
    {"local x = y\ny = x\nprint(y, x)", "y:10 | y:11 "},
    {"local print2 = 1\nfunction f(a)\n  return a + b + print2\nend\n"
     "local function g() f(c) end",
     "b:12 f:14 c:14 | f:11 "},
    {"local _ENV = {}\nx = y", "| "},
    {"x.y = 1\nfs.read(z.fs)", "x:10 z:11 | "},
    {"local t = {[1]=1.5, ['long'..('x')]=2^70, a=true, b=false, c=nil} "
     "return 'this string is longer than forty bytes, so that it is long', u",
     "u:10 | "},
    {"\n\n\n\n\n\n\n\n\n\nif a then\n\n\n\n\nb = function()\n"
     "return function() return d end end end",
     "d:26 a:20 | b:26 "},
};

static void globals_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(globals); i++) {
        struct buf got = {0};
        struct json *m = json_new(JSON_OBJECT);
        json_put_str(m, "path", "doc.md");
        json_put_int(m, "line", VMTEST_LINE);
        json_put_str(m, "code", globals[i].code);
        vmtest_send(worker, WIRE_COMPILE, m);
        struct json *v = vmtest_read(worker, WIRE_VALUE);
        assert_true(json_get_bool(v, "value", false));
        names(json_get(v, "reads"), &got);
        buf_str(&got, "| ");
        names(json_get(v, "sets"), &got);
        assert_string_equal(buf_cstr(&got), globals[i].want);
        json_free(v);
        buf_release(&got);
    }
}

/* Many instructions a line and many lines make absolute line entries. */
static void lines_are_right_far_down(void **state)
{
    (void)state;
    struct buf code = {0};
    for (int i = 0; i < 2000; i++)
        buf_str(&code, i % 300 ? "local_call()\n" : "\n\n\n");
    buf_str(&code, "last()");
    struct json *m = json_new(JSON_OBJECT);
    json_put_int(m, "line", 1);
    json_put_str(m, "code", buf_cstr(&code));
    vmtest_send(worker, WIRE_COMPILE, m);
    struct json *v = vmtest_read(worker, WIRE_VALUE);
    struct buf got = {0};
    names(json_get(v, "reads"), &got);
    assert_string_equal(buf_cstr(&got), "local_call:4 last:2015 ");
    json_free(v);
    buf_release(&got);
    buf_release(&code);
}

int main(void)
{
    vmtest_start();
    worker = vmtest_open(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_length_is_ours),
        cmocka_unit_test(pairs_has_an_order),
        cmocka_unit_test(tables_work),
        cmocka_unit_test(text_has_no_addresses),
        cmocka_unit_test(what_is_not_deterministic_is_absent),
        cmocka_unit_test(metatables_are_read_when_set),
        cmocka_unit_test(errors_name_the_document),
        cmocka_unit_test(failures_are_told_by_kind_and_line),
        cmocka_unit_test(a_long_message_is_cut),
        cmocka_unit_test(globals_live_across_blocks),
        cmocka_unit_test(json_is_exact),
        cmocka_unit_test(bytes_are_hashed),
        cmocka_unit_test(a_condition_is_an_expression),
        cmocka_unit_test(globals_are_told),
        cmocka_unit_test(lines_are_right_far_down),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_close(worker);
    worker_zygote_stop();
    return bad;
}
