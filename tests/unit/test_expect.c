/* expect(x): what passes, and how little a failure shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "vmtest.h"

static struct worker *worker;

static const char *const passing[] = {
    "expect(1):equals(1.0)",
    "expect({a={1,2,{b=json.null}}}):equals{a={1,2,{b=json.null}}}",
    "expect(nil):equals(nil)",
    "expect(json.decode('[]')):equals{}",
    "expect({a=1,b={c=2,d=3}}):contains{b={d=3}}",
    "expect({{id=1},{id=2,x=3}}):contains{{id=2}}",
    "expect('one two'):contains('ne t')",
    "expect({}):contains{}",
    "expect({1,2}):equals{1,2}:contains{2}",
    "expect('v12 by me'):matches('v<int> by <string>')",
    "expect('a\\nb\\nc\\nd'):matches('a\\n...\\nd')",
    "expect('a'):matches('...')",
    "expect('a\\n'):matches('a')",
    "expect('x.y (z)'):matches('x.y (z)')",
    "expect{id='123e4567-e89b-12d3-a456-426614174000', n=3, "
    "at='2026-11-23T13:00:00Z', l={1,'x',{}}}"
    ":matches{id='<uuid>', n='<int 1..5>', at='<time>', l={1, '...'}}",
    "expect{a=1, b=2}:matches{a='<int>', ['...']=true}",
    "expect{a=1.5, b=true}:matches{a='<number>', b='<boolean>'}",
    "expect{c={}, d='x y'}:matches{c='<any>', d='<string>'}",
    "expect('at 2026-11-23T13:00:00.5+01:00.'):matches('at <time>.')",
    "expect('<b>3</b>'):matches('<b><int></b>')",
    "expect('-7'):matches('<int -9..-1>')",
};

static void what_holds_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        struct json *done = vmtest_step(worker, passing[i], NULL);
        if (!json_get_bool(done, "ok", false))
            print_error("%s\n", passing[i]);
        assert_null(json_get(json_get(done, "error"), "message"));
        assert_true(json_get_bool(done, "ok", false));
        json_free(done);
    }
}

#define EQUALS "not as expected:\n"
#define CONTAINS "something is missing:\n"
#define MATCHES "does not match:\n"

static const struct {
    const char *code, *message;
} failing[] = {
    {"expect(1):equals(2)", EQUALS "- expected 2, got 1"},
    {"expect({machines={{state='started'},{state='stopped'}}})"
     ":equals{machines={{state='started'},{state='started'}}}",
     EQUALS "- machines[2].state: expected \"started\", got \"stopped\""},
    {"expect({a=1, ['odd key']=2}):equals{b=3}",
     EQUALS "- a: expected nothing, got 1\n- b: expected 3, got nothing\n"
            "- [\"odd key\"]: expected nothing, got 2"},
    {"expect({a=json.null}):equals{a={}}", EQUALS "- a: expected {}, got null"},
    {"expect(print):equals('x')", EQUALS "- expected \"x\", got function"},
    {"expect(('x'):rep(100)):equals('y')",
     EQUALS "- expected \"y\", got "
            "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxx…"},
    {"expect({{id=1}}):contains{{id=2}}",
     CONTAINS "- expected an element with {\"id\":2}, got [{\"id\":1}]"},
    {"expect({a={b=1}}):contains{a={b=2, c=3}}",
     CONTAINS "- a.b: expected 2, got 1\n- a.c: expected 3, got nothing"},
    {"expect('abc'):contains('x')", CONTAINS "- expected \"x\", got \"abc\""},
    {"expect{n=9}:matches{n='<int 1..5>'}",
     MATCHES "- n: expected <int 1..5>, got 9"},
    {"expect{n='3'}:matches{n='<int>'}",
     MATCHES "- n: expected <int>, got \"3\""},
    {"expect{id='nope'}:matches{id='<uuid>'}",
     MATCHES "- id: expected \"<uuid>\", got \"nope\""},
    {"expect('a\\nb\\nc'):matches('a\\nx\\nc')",
     MATCHES "- line 2: expected \"x\", got \"b\""},
    {"expect('a\\nb'):matches('a')",
     MATCHES "- line 2: expected the end, got \"b\""},
    {"expect{1, 2}:matches{1}", MATCHES "- [2]: expected nothing, got 2"},
    {"expect{a=1, b=2}:matches{a=1}", MATCHES "- b: expected nothing, got 2"},
};

static void failures_show_what_differs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
        struct json *done = vmtest_step(worker, failing[i].code, NULL);
        const struct json *error = json_get(done, "error");
        assert_string_equal(json_get_str(error, "message", "passed"),
                            failing[i].message);
        assert_string_equal(json_get_str(error, "kind", ""), "expect");
        json_free(done);
    }
}

static void many_differences_are_cut(void **state)
{
    (void)state;
    struct json *done = vmtest_step(worker,
                                    "local t = {} for i = 1, 50 do t[i] = i "
                                    "end expect(t):equals{}",
                                    NULL);
    const char *text =
        json_get_str(json_get(done, "error"), "message", "passed");
    assert_non_null(strstr(text, "- [20]: expected nothing, got 20\n"));
    assert_non_null(strstr(text, "\n- and 30 more"));
    assert_null(strstr(text, "[21]"));
    json_free(done);
}

int main(void)
{
    vmtest_start();
    worker = vmtest_open(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_holds_passes),
        cmocka_unit_test(failures_show_what_differs),
        cmocka_unit_test(many_differences_are_cut),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_close(worker);
    worker_zygote_stop();
    return bad;
}
