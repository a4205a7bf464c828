/* Modules: how they load, what they see, what blocks see of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vmtest.h"

static void add_module(struct json *list, const char *name, const char *source)
{
    struct json *m = json_push(list, json_new(JSON_OBJECT));
    json_put_str(m, "name", name);
    json_put_str(m, "source", source);
}

static struct json *boot_message(const char *kind, struct json *modules)
{
    struct json *m = json_new(JSON_OBJECT);
    json_put_str(m, "kind", kind);
    json_put(m, "modules", modules);
    struct json *globals = json_put(m, "globals", json_new(JSON_OBJECT));
    json_put_str(json_put(globals, "env", json_new(JSON_OBJECT)), "name",
                 "sandbox");
    json_put_str(json_put(globals, "params", json_new(JSON_OBJECT)), "app",
                 "shop");
    return m;
}

static struct worker *start(struct json *message, struct json **booted)
{
    struct err err = {0};
    struct worker *w = NULL;
    vmtest_must(worker_open(NULL, &w, &err), &err);
    vmtest_send(w, WIRE_BOOT, message);
    *booted = vmtest_read(w, WIRE_BOOTED);
    return w;
}

static void shipped_modules_load(void **state)
{
    (void)state;
    struct json *booted = NULL;
    struct worker *w =
        start(boot_message("runbook", vmtest_modules(NULL)), &booted);
    assert_true(json_get_bool(booted, "ok", false));
    assert_true(json_size(json_get(booted, "rows")) > 0);
    const struct json *row = json_first(json_get(booted, "rows"));
    for (; row; row = json_next(row)) {
        assert_non_null(json_get_str(row, "name", NULL));
        assert_non_null(json_get_str(row, "method", NULL));
    }
    json_free(booted);
    worker_close(w);
}

static void embedded_modules_need_no_source(void **state)
{
    (void)state;
    struct json *booted = NULL;
    struct buf out = {0};
    struct json *list = json_new(JSON_ARRAY);
    static const char *const names[] = {"prelude", "expect", "tasks", "base64"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_put_str(json_push(list, json_new(JSON_OBJECT)), "name", names[i]);
    struct worker *w = start(boot_message("runbook", list), &booted);
    assert_true(json_get_bool(booted, "ok", false));
    struct json *done = vmtest_step(w, "print(base64.encode('x'), toml)", &out);
    assert_true(json_get_bool(done, "ok", false));
    assert_string_equal(buf_cstr(&out), "eA==\tnil\n");
    json_free(done);
    json_free(booted);
    buf_release(&out);
    worker_close(w);
}

static struct json *own_modules(void)
{
    static const char *const names[] = {"prelude", "expect", "tasks", NULL};
    struct json *list = vmtest_modules(names);
    add_module(list, "alpha",
               "local beta = require 'beta'\n"
               "leak = 1\n"
               "local alpha = {rows = {{name='a.b', probe=print}}}\n"
               "function alpha.app() return beta.app .. #beta.list end\n"
               "function alpha.time() return type(time) end\n"
               "function alpha.boom() local x; return x.y end\n"
               "function alpha.get() return http.get('u') end\n"
               "return alpha");
    add_module(list, "beta", "return {app=params.app, list={1, 2}}");
    add_module(list, "sandbox/init", "error('not for runbooks')");
    return list;
}

static void modules_keep_to_themselves(void **state)
{
    (void)state;
    struct json *booted = NULL;
    struct buf out = {0};
    struct worker *w = start(boot_message("runbook", own_modules()), &booted);
    assert_true(json_get_bool(booted, "ok", false));
    const struct json *rows = json_get(booted, "rows");
    assert_int_equal(json_size(rows), 1);
    assert_string_equal(json_get_str(json_first(rows), "name", ""), "a.b");
    assert_null(json_get(json_first(rows), "probe"));
    struct json *done = vmtest_step(w,
                                    "time = 'noon' params = nil\n"
                                    "print(alpha.app(), alpha.time(), leak, "
                                    "require 'beta' == beta, env.name, "
                                    "pcall(require, 'sandbox/init'))",
                                    &out);
    assert_true(json_get_bool(done, "ok", false));
    assert_string_equal(buf_cstr(&out),
                        "shop2\ttable\tnil\ttrue\tsandbox\tfalse\t"
                        "there is no module 'sandbox/init'\n");
    json_free(done);
    done = vmtest_step(w, "\nalpha.boom()", NULL);
    const struct json *error = json_get(done, "error");
    assert_string_equal(json_get_str(error, "message", ""),
                        "alpha.lua:6: attempt to index a nil value "
                        "(local 'x')");
    assert_int_equal(json_get_int(error, "line", 0), VMTEST_LINE + 1);
    json_free(done);
    json_free(booted);
    buf_release(&out);
    worker_close(w);
}

/* What people read is made when it is asked for, and not at a run's start. */
static void rows_are_described_on_demand(void **state)
{
    (void)state;
    static const char *const names[] = {"prelude", "expect", "tasks", NULL};
    static const char source[] =
        "local alpha = {rows = {{name='a.b'}}}\n"
        "function alpha.catalogue() return {{name='a.b', doc='B.'}} end\n"
        "return alpha";
    for (int describe = 0; describe < 2; describe++) {
        struct json *booted = NULL;
        struct json *list = vmtest_modules(names);
        add_module(list, "alpha", source);
        add_module(list, "beta", "return 1");
        struct json *message = boot_message("runbook", list);
        json_put_bool(message, "describe", describe);
        struct worker *w = start(message, &booted);
        assert_true(json_get_bool(booted, "ok", false));
        const struct json *rows = json_get(booted, "rows");
        assert_int_equal(json_size(rows), 1);
        assert_string_equal(json_get_str(json_first(rows), "doc", "none"),
                            describe ? "B." : "none");
        json_free(booted);
        worker_close(w);
    }
}

static const struct {
    const char *source, *error;
} broken[] = {
    {"return {", "bad.lua:1: unexpected symbol near <eof>"},
    {"\n__rp_x = 1",
     "bad.lua:2: the name '__rp_x' is reserved: choose one that does not start "
     "with __rp_"},
    {"error('no', 0)", "no"},
    {"require 'bad'", "bad.lua:1: module 'bad' requires itself"},
    {"require 'none'", "bad.lua:1: there is no module 'none'"},
    {"time.now()", "bad.lua:1: time.now is not possible here: not while "
                   "modules load or an if= is evaluated"},
    {"return {rows={{x=0/0}}}", "a number that is not finite has no JSON form"},
};

static void broken_modules_are_told(void **state)
{
    (void)state;
    static const char *const names[] = {"prelude", "expect", "tasks", NULL};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct json *booted = NULL;
        struct json *list = vmtest_modules(names);
        add_module(list, "bad", broken[i].source);
        struct worker *w = start(boot_message("runbook", list), &booted);
        assert_false(json_get_bool(booted, "ok", true));
        assert_string_equal(json_get_str(booted, "error", ""), broken[i].error);
        json_free(booted);
        worker_close(w);
    }
}

static struct json *ask(struct worker *w, const char *url)
{
    struct json *m = json_new(JSON_OBJECT);
    json_put_str(m, "method", "GET");
    json_put_str(m, "url", url);
    json_put_int(m, "now_ms", 5000);
    vmtest_send(w, WIRE_ASK_SIM, m);
    return vmtest_read(w, WIRE_SIM);
}

static void simulators_answer(void **state)
{
    (void)state;
    static const char *const names[] = {"prelude", "expect", "tasks", NULL};
    struct json *booted = NULL;
    struct json *list = vmtest_modules(names);
    add_module(list, "sandbox/init",
               "local hits = 0\n"
               "return function(world)\n"
               "  return function(req, now)\n"
               "    if req.url == 'boom' then error('broken') end\n"
               "    if req.url == 'act' then time.now() end\n"
               "    hits = hits + world.step\n"
               "    return {status=200, headers={}, body=req.url .. now, "
               "changed=false, op='x', hits=hits}\n"
               "  end\n"
               "end");
    struct json *message = boot_message("sim", list);
    json_put_int(json_put(message, "fixture", json_new(JSON_OBJECT)), "step",
                 2);
    struct worker *w = start(message, &booted);
    assert_true(json_get_bool(booted, "ok", false));
    json_free(ask(w, "first"));
    struct json *answer = ask(w, "second");
    assert_int_equal(json_get_int(answer, "hits", 0), 4);
    assert_string_equal(json_get_str(answer, "body", ""), "second5000");
    json_free(answer);
    answer = ask(w, "boom");
    assert_int_equal(json_get_int(answer, "status", 0), 500);
    assert_string_equal(json_get_str(answer, "error", ""),
                        "sandbox/init.lua:4: broken");
    json_free(answer);
    answer = ask(w, "act");
    assert_string_equal(json_get_str(answer, "error", ""),
                        "sandbox/init.lua:5: time.now is not possible here: "
                        "not in a simulator");
    json_free(answer);
    json_free(booted);
    worker_close(w);
}

int main(void)
{
    vmtest_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_modules_load),
        cmocka_unit_test(embedded_modules_need_no_source),
        cmocka_unit_test(modules_keep_to_themselves),
        cmocka_unit_test(rows_are_described_on_demand),
        cmocka_unit_test(broken_modules_are_told),
        cmocka_unit_test(simulators_answer),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
