/* Workers from the engine's side: whatever a block does, the worker ends as
 * described and the engine goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "vmtest.h"

#define MIB ((size_t)1 << 20)

/* Small, so that filling it is quick. */
#define CEILING (64 * MIB)

static void prints_are_messages(void **state)
{
    (void)state;
    struct buf out = {0};
    struct worker *w = vmtest_open(0);
    struct json *done = vmtest_step(w, "print('a', 1, nil)\nprint()", &out);
    assert_true(json_get_bool(done, "ok", false));
    assert_string_equal(buf_cstr(&out), "a\t1\tnil\n\n");
    json_free(done);
    buf_release(&out);
    worker_close(w);
}

/* No pcall may keep these alive. */
static const char *const endless[] = {
    "while true do end",
    "while true do pcall(error) end",
    "repeat until false",
    "::again:: goto again",
    "('a'):rep(1e6):find(('.-'):rep(50) .. 'b')",
    "pcall(string.find, ('a'):rep(1e6), ('.-'):rep(50) .. 'b')",
    "setmetatable({}, {__close=1}) "
    "local x <close> = setmetatable({}, {__close=function() while true do end "
    "end}) error('x')",
    "xpcall(error, function() while true do end end)",
    "for i = 1, 1e15 do local t = {i} end",
};

static void silence_is_ended_by_the_engine(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        struct err err = {0};
        struct buf text = {0};
        enum wire_type type;
        struct worker *w = vmtest_open(0);
        vmtest_begin(w, endless[i]);
        int64_t start = clock_mono_ms();
        assert_int_equal(worker_recv(w, start + 100, &type, &text, &err),
                         ST_TIMEOUT);
        worker_close(w);
        assert_true(clock_mono_ms() - start < 5000);
        buf_release(&text);
    }
}

static const char *const greedy[] = {
    "string.rep('x', 1e9)",
    "pcall(string.rep, 'x', 1e9)",
    "while true do pcall(string.rep, 'x', 1e9) end",
    "local s = 'x' while true do s = s .. s end",
    "local t = {} for i = 1, 1e9 do t[i] = i end",
    "local t = {} pcall(function() while true do t[{}] = {} end end)",
    "local t = {} while true do pcall(function() t[#t + 1] = ('y'):rep(1e6) "
    ".. #t end) end",
    "xpcall(string.rep, function() return 'saved' end, 'x', 1e9)",
    "pcall(string.format, '%s' .. ('x'):rep(2^24) .. ('%s'):rep(90), "
    "table.unpack({}, 1, 90))  pcall(table.concat, "
    "setmetatable({}, {__index=function() return ('z'):rep(1e6) end}), '', 1, "
    "1e6)",
    "local function f() local t = {} for i = 1, 1000 do t[i] = {} end "
    "return f(), t end pcall(f)",
    "('x'):rep(1e7):gsub('', ('y'):rep(100))",
};

static void memory_has_a_ceiling(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof greedy / sizeof *greedy; i++) {
        struct err err = {0};
        struct buf text = {0};
        enum wire_type type;
        struct worker *w = vmtest_open(CEILING);
        vmtest_begin(w, greedy[i]);
        enum status st =
            worker_recv(w, clock_mono_ms() + VMTEST_MS, &type, &text, &err);
        if (st != ST_FAILED)
            print_error("%s: %s\n", greedy[i], buf_cstr(&text));
        assert_int_equal(st, ST_FAILED);
        assert_string_equal(err.msg,
                            "the Lua worker ended: memory ceiling of 64 MiB");
        err_clear(&err);
        assert_int_equal(worker_send(w, WIRE_STEP, SPAN("{}"), &err),
                         ST_FAILED);
        worker_close(w);
        buf_release(&text);
    }
}

/* The C library sorts this many in another way than a few. */
static void many_members_have_an_order(void **state)
{
    (void)state;
    struct worker *w = vmtest_open(0);
    struct json *done =
        vmtest_step(w,
                    "local t = {} for i = 1, 5000 do t['k' .. i] = i end "
                    "local text = json.encode(t) "
                    "if json.decode(text).k5000 ~= 5000 then error(text) end",
                    NULL);
    assert_true(json_get_bool(done, "ok", false));
    json_free(done);
    worker_close(w);
}

static void garbage_is_no_memory(void **state)
{
    (void)state;
    struct worker *w = vmtest_open(CEILING);
    struct json *done = vmtest_step(
        w, "for i = 1, 200 do local s = ('x'):rep(1000):rep(1000) .. i end",
        NULL);
    assert_true(json_get_bool(done, "ok", false));
    json_free(done);
    worker_close(w);
}

/* Recursion without end is an error that a block may even catch. */
static const char *const deep[] = {
    "local function f() return f() + 1 end f()",
    "local function f() pcall(f) error('x') end f()",
    "local function f() return (('x'):gsub('x', f)) end f()",
    "local t = {} setmetatable(t, {__index=function(_, k) return t[k] end}) "
    "print(t.x)",
    "local t = setmetatable({}, {__tostring=function(t) return tostring(t) "
    "end}) print(t)",
    "local function f() table.sort({1, 2}, f) end f()",
    "local function f() return xpcall(f, f) end f() error('x')",
    "local function f() local x <close> = setmetatable({}, {__close=f}) end "
    "f()",
    "local a = {} a = setmetatable({}, {__eq=function(x, y) return x == y "
    "end}) return a == setmetatable({}, {__eq=function(x, y) return x == y "
    "end})",
    "local t = {} t = setmetatable({}, {__pow=function(x, y) return x ^ y "
    "end}) return t ^ 1",
    "local t = setmetatable({}, {__len=function(t) return #t end}) return #t",
    "local t = setmetatable({}, {__pairs=function(t) return pairs(t) end}) "
    "pairs(t)",
};

static void recursion_is_an_error(void **state)
{
    (void)state;
    struct worker *w = vmtest_open(0);
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) {
        struct json *done = vmtest_step(w, deep[i], NULL);
        if (json_get_bool(done, "ok", true))
            print_error("passed: %s\n", deep[i]);
        assert_false(json_get_bool(done, "ok", true));
        json_free(done);
    }
    struct json *done = vmtest_step(w, "print(1)", NULL);
    assert_true(json_get_bool(done, "ok", false));
    json_free(done);
    worker_close(w);
}

/* Source text that strains the compiler. */
static void strange_sources_are_refused(void **state)
{
    (void)state;
    struct worker *w = vmtest_open(0);
    static const char *const parts[] = {
        "(", "{", "#", "- ", "not ", "function() ", "do ", "x=", "a.", "a["};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct buf code = {0};
        for (int k = 0; k < 100000; k++)
            buf_str(&code, parts[i]);
        struct json *done = vmtest_step(w, buf_cstr(&code), NULL);
        assert_string_equal(
            json_get_str(json_get(done, "error"), "kind", "passed"), "compile");
        json_free(done);
        buf_release(&code);
    }
    worker_close(w);
}

static void a_hundred_megabytes_are_printed(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf text = {0};
    enum wire_type type = WIRE_PRINT;
    size_t bytes = 0;
    size_t messages = 0;
    struct worker *w = vmtest_open(0);
    vmtest_begin(w, "local line = ('x'):rep(99) "
                    "for i = 1, 5e5 do print(line) end "
                    "print((('y'):rep(5e7 - 1)))");
    for (; type == WIRE_PRINT; messages++) {
        vmtest_must(
            worker_recv(w, clock_mono_ms() + VMTEST_MS, &type, &text, &err),
            &err);
        bytes += type == WIRE_PRINT ? text.n : 0;
    }
    assert_int_equal(type, WIRE_DONE);
    assert_int_equal(bytes, 100000000);
    assert_true(messages < 1600);
    buf_release(&text);
    worker_close(w);
}

static void too_large_a_message_is_no_death(void **state)
{
    (void)state;
    struct err err = {0};
    struct worker *w = vmtest_open(0);
    struct span huge = {"", WIRE_MAX_BYTES};
    assert_int_equal(worker_send(w, WIRE_STEP, huge, &err), ST_LIMIT);
    struct json *done = vmtest_step(w, "print(1)", NULL);
    assert_true(json_get_bool(done, "ok", false));
    json_free(done);
    worker_close(w);
}

static void workers_stand_side_by_side(void **state)
{
    (void)state;
    struct worker *w[8];
    for (int i = 0; i < 8; i++)
        w[i] = vmtest_open(0);
    for (int i = 0; i < 8; i++) {
        struct buf out = {0};
        char code[64];
        snprintf(code, sizeof code, "x = (x or 0) + %d print(x)", i);
        json_free(vmtest_step(w[i], code, &out));
        snprintf(code, sizeof code, "%d\n", i);
        assert_string_equal(buf_cstr(&out), code);
        buf_release(&out);
    }
    for (int i = 0; i < 8; i++)
        worker_close(w[i]);
}

/* An engine of its own, killed while its worker loops: nothing may be left.
 * As subreaper this process inherits what the engine leaves. */
static void nothing_outlives_the_engine(void **state)
{
    (void)state;
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    worker_zygote_stop();
    pid_t engine = fork();
    if (engine == 0) {
        vmtest_start();
        vmtest_begin(vmtest_open(0), "while true do end");
        if (write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(1);
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    kill(engine, SIGKILL);
    int ended = 0;
    int64_t until = clock_mono_ms() + 10000;
    pid_t got = 0;
    while (got >= 0 && clock_mono_ms() < until) {
        got = waitpid(-1, NULL, WNOHANG);
        ended += got > 0;
        if (got == 0)
            usleep(2000);
    }
    assert_int_equal(errno, ECHILD);
    assert_true(ended >= 2); /* the engine, its zygote, its worker */
    close(ready[0]);
    close(ready[1]);
    vmtest_start();
}

int main(void)
{
    vmtest_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_are_messages),
        cmocka_unit_test(silence_is_ended_by_the_engine),
        cmocka_unit_test(memory_has_a_ceiling),
        cmocka_unit_test(many_members_have_an_order),
        cmocka_unit_test(garbage_is_no_memory),
        cmocka_unit_test(recursion_is_an_error),
        cmocka_unit_test(strange_sources_are_refused),
        cmocka_unit_test(a_hundred_megabytes_are_printed),
        cmocka_unit_test(too_large_a_message_is_no_death),
        cmocka_unit_test(workers_stand_side_by_side),
        cmocka_unit_test(nothing_outlives_the_engine),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
