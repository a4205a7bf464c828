/* each and parallel from the worker's side: what is asked at once, who goes on
 * with which answer, how failures end it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dialogue.h"

static struct worker *worker;

/* A request for a file and the wait for any answer, as the worker sends them;
 * members are sorted. */
#define ASKS(n, path, task)                                                    \
    "A {\"args\":{\"path\":\"" path "\"},\"n\":" #n                            \
    ",\"op\":\"fs.read\",\"open\":true,\"task\":\"" task "\"}\n"
#define BLOCKS(n, path, task)                                                  \
    "A {\"args\":{\"path\":\"" path "\"},\"n\":" #n                            \
    ",\"op\":\"fs.read\",\"task\":\"" task "\"}\n"
#define WAITS "W {\"cancel\":[]}\n"
#define GIVES(n, text) "{\"n\":" #n ",\"ok\":true,\"value\":\"" text "\"}"
#define FAILS(n)                                                               \
    "{\"n\":" #n ",\"ok\":false,\"kind\":\"activity\",\"error\":\"no file\"}"
#define FAILED(line, text)                                                     \
    "D {\"error\":{\"kind\":\"activity\",\"line\":" #line                      \
    ",\"message\":\"" text "\"},\"ok\":false,\"refused\":false}\n"

static const struct dialogue ordered[] = {
    /* results stand in the list's order, whatever comes first */
    {"local r = each({'a', 'b', 'c'}, function(p)\n"
     "  return p .. fs.read(p) end)\n"
     "print(r[1], r[2], r[3])",
     {GIVES(3, "C"), GIVES(1, "A"), GIVES(2, "B")},
     ASKS(1, "a", "1.1") ASKS(2, "b", "1.2") ASKS(3, "c", "1.3")
         WAITS WAITS WAITS "P aA\tbB\tcC\n\n" PASSED},
    /* no more at once than max; a later one starts when one is done */
    {"each({'a', 'b', 'c'}, {max = 2}, function(p)\n"
     "  print(fs.read(p), fs.read(p .. '2')) end)",
     {GIVES(2, "B"), GIVES(3, "B2"), GIVES(1, "A"), GIVES(5, "A2"),
      GIVES(4, "C"), GIVES(6, "C2")},
     ASKS(1, "a", "1.1") ASKS(2, "b", "1.2") WAITS ASKS(3, "b2", "1.2") WAITS
     "P B\tB2\n\n" ASKS(4, "c", "1.3") WAITS ASKS(5, "a2", "1.1") WAITS
     "P A\tA2\n\n" WAITS ASKS(6, "c2", "1.3") WAITS "P C\tC2\n\n" PASSED},
    {"local r = parallel { function() return fs.read('a') end,\n"
     "  function() return 'at once' end }\n"
     "print(json.encode(r), json.encode(parallel {}))",
     {GIVES(1, "A")},
     ASKS(1, "a", "1.1") WAITS "P [\"A\",\"at once\"]\t[]\n\n" PASSED},
    /* a second call and one inside of a task have names of their own */
    {"each({'a'}, fs.read)\n"
     "each({1, 2}, function(i) return each({'x', 'y'}, function(p)\n"
     "  return fs.read(p .. i) end)[2] end)",
     {GIVES(1, ""), GIVES(5, ""), GIVES(3, ""), GIVES(2, ""), GIVES(4, "")},
     ASKS(1, "a", "1.1") WAITS ASKS(2, "x1", "2.1/1.1") ASKS(3, "y1", "2.1/1.2")
         ASKS(4, "x2", "2.2/1.1") ASKS(5, "y2", "2.2/1.2")
             WAITS WAITS WAITS WAITS PASSED},
    /* a callback of the library cannot give way: it waits, alone */
    {"each({'a', 'b'}, function(p) return (p:gsub('.', fs.read)) end)",
     {GIVES(1, "A"), GIVES(2, "B")},
     BLOCKS(1, "a", "1.1") BLOCKS(2, "b", "1.2") PASSED},
    /* a batch is taken one after the other; who asks alone in between is told
     * before the rest of it */
    {"each({'a', 'b', 'c'}, function(p)\n"
     "  local t = fs.read(p)\n"
     "  if p == 'a' then t = t:gsub('.', fs.read) end\n"
     "  print(t, p == 'b' and fs.read('b2')) end)",
     {"[" GIVES(1, "A") "," GIVES(3, "C") "," GIVES(2, "B") "]",
      GIVES(4, "alone"), GIVES(5, "B2")},
     ASKS(1, "a", "1.1") ASKS(2, "b", "1.2") ASKS(3, "c", "1.3") WAITS BLOCKS(
         4, "A", "1.1") "P alone\tfalse\nC\tfalse\n\n" ASKS(5, "b2", "1.2")
         WAITS "P B\tB2\n\n" PASSED},
    /* protected calls give way */
    {"each({'a', 'b'}, function(p)\n"
     "  print(pcall(fs.read, p))\n"
     "  print(xpcall(fs.read, function(m) return '<' .. m .. '>' end, p))\n"
     "end)",
     {GIVES(2, "B"), FAILS(1), GIVES(3, "B"), FAILS(4)},
     ASKS(1, "a", "1.1") ASKS(2, "b", "1.2") WAITS
     "P true\tB\n\n" ASKS(3, "b", "1.2") WAITS
     "P false\tdoc.md:11: no file\n\n" ASKS(4, "a", "1.1") WAITS
     "P true\tB\n\n" WAITS "P false\t<doc.md:12: no file>\n\n" PASSED},
};

static void answers_go_to_who_asked(void **state)
{
    (void)state;
    assert_dialogue(worker, ordered, sizeof ordered / sizeof *ordered);
}

static const struct dialogue failing[] = {
    /* the first failure gives the others up, and all is answered before it is
     * raised with the line of its call */
    {"each({'a', 'b', 'c', 'd'}, {max = 3}, function(p)\n"
     "  fs.read(p) fs.read(p) end)",
     {FAILS(2), GIVES(3, ""), FAILS(1)},
     ASKS(1, "a", "1.1") ASKS(2, "b", "1.2") ASKS(3, "c", "1.3") WAITS
     "W {\"cancel\":[1,3]}\n" WAITS FAILED(11, "2 of 4: no file")},
    /* so do those inside of it, but none beside it */
    {"each({1, 2}, function(i)\n"
     "  print(pcall(each, {'a', 'b'}, function(p)\n"
     "    each({p .. i}, fs.read)\n"
     "    end))\n"
     "  end)",
     {FAILS(1), GIVES(2, ""), GIVES(4, ""), GIVES(3, "")},
     ASKS(1, "a1", "1.1/1.1/1.1") ASKS(2, "b1", "1.1/1.2/1.1")
         ASKS(3, "a2", "1.2/1.1/1.1") ASKS(4, "b2", "1.2/1.2/1.1") WAITS
     "W {\"cancel\":[2]}\n"
     "P false\tdoc.md:12: 1 of 2: no file\n\n" WAITS WAITS
     "P true\ttable\n\n" PASSED},
    {"local r, bad = each({'a', 'b', 'c'}, {collect = true}, fs.read)\n"
     "print(json.encode(r[2]), json.encode(bad))",
     {FAILS(3), FAILS(1), GIVES(2, "B")},
     ASKS(1, "a", "1.1") ASKS(2, "b", "1.2") ASKS(3, "c", "1.3")
         WAITS WAITS WAITS
     "P \"B\"\t[{\"error\":\"no file\",\"index\":1,\"item\":\"a\"},"
     "{\"error\":\"no file\",\"index\":3,\"item\":\"c\"}]\n\n" PASSED},
    {"each({'a'}, function(p)\n local x = fs.read(p)\n return x.y.z end)",
     {GIVES(1, "A")},
     ASKS(1, "a", "1.1") WAITS
     "D {\"error\":{\"kind\":\"error\",\"line\":12,\"message\":\"attempt to "
     "index a nil value (field 'y')\"},\"ok\":false,\"refused\":false}\n"},
    {"parallel { function() fail('no') end, function() fs.read('a') end }",
     {0},
     "D {\"error\":{\"kind\":\"fail\",\"line\":10,\"message\":\"1 of 2: "
     "no\"},\"ok\":false,\"refused\":false}\n"},
};

static void a_failure_gives_the_others_up_or_is_collected(void **state)
{
    (void)state;
    assert_dialogue(worker, failing, sizeof failing / sizeof *failing);
}

#define POSTS(n, rest)                                                         \
    "A {\"args\":{\"method\":\"POST\",\"probe\":true,\"url\":\"u\"},\"n\":" #n \
    ",\"op\":\"http.request\"," rest "\"task\":\"1.1\"}\n"

static const struct dialogue doubtful[] = {
    /* nobody else goes on while a probe looks */
    {"each({'a', 'b'}, function(p)\n"
     "  if p == 'b' then return fs.read(p) end\n"
     "  local r = http.post('u', {probe = function()\n"
     "    return {status = 200, body = fs.read('probe')} end})\n"
     "  print(r.body) end)",
     {"{\"n\":1,\"in_doubt\":true}", GIVES(3, "found"),
      "{\"n\":4,\"ok\":true,\"value\":{\"status\":200,\"body\":\"found\"}}",
      GIVES(2, "B")},
     POSTS(1, "\"open\":true,") ASKS(2, "b", "1.2") WAITS BLOCKS(
         3, "probe", "1.1") "A "
                            "{\"args\":{\"n\":1,\"outcome\":\"done\",\"value\":"
                            "{\"body\":\"found\","
                            "\"status\":200}},\"n\":4,\"op\":\"door.settle\","
                            "\"task\":\"1.1\"}\n"
                            "P found\n\n" WAITS PASSED},
    {"each({'a'}, function()\n"
     "  local r = http.post('u', {probe = function() end})\n"
     "  print(r.status) end)",
     {"{\"n\":1,\"in_doubt\":true}", "{\"n\":2,\"ok\":true,\"value\":null}",
      "{\"n\":3,\"ok\":true,\"value\":{\"status\":201}}"},
     POSTS(1, "\"open\":true,") WAITS
     "A {\"args\":{\"n\":1,\"outcome\":\"again\"},\"n\":2,"
     "\"op\":\"door.settle\",\"task\":\"1.1\"}\n" POSTS(3, "\"open\":true,")
         WAITS "P 201\n\n" PASSED},
};

static void a_probe_settles_doubts_of_a_task(void **state)
{
    (void)state;
    assert_dialogue(worker, doubtful, sizeof doubtful / sizeof *doubtful);
}

static void wrong_calls_are_told(void **state)
{
    static const struct {
        const char *code, *message;
    } rows[] = {
        {"each(1, print)", "each: a list expected"},
        {"each({})", "each: a function expected"},
        {"each({a = 1}, print)",
         "each: a list without holes and names expected"},
        {"each({1, nil, 3}, print)",
         "each: a list without holes and names expected"},
        {"local list = {1} list[4] = 4 each(list, print)",
         "each: a list without holes and names expected"},
        {"parallel {print, nil, print}",
         "parallel: a list without holes and names expected"},
        {"each({}, {max = 0}, print)",
         "each: max must be an integer from 1 to 256"},
        {"each({}, {max = 257}, print)",
         "each: max must be an integer from 1 to 256"},
        {"each({}, {Max = 2}, print)", "each: there is no option 'Max'"},
        {"parallel { print, 2 }", "parallel: item 2 is no function"},
        {"each({1}, function() return ('a'):gsub('.', function()\n"
         "each({1}, print) end) end)",
         "each: not inside of a callback of table.sort, string.gsub or a "
         "metamethod"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *done = vmtest_step(worker, rows[i].code, NULL);
        const struct json *error = json_get(done, "error");
        assert_string_equal(json_get_str(error, "message", ""),
                            rows[i].message);
        json_free(done);
    }
}

/* Many more items than tasks at once, none of which asks for anything. */
static void long_lists_need_no_deep_stack(void **state)
{
    (void)state;
    struct buf out = {0};
    struct json *done = vmtest_step(worker,
                                    "local l = {}\n"
                                    "for i = 1, 20000 do l[i] = i end\n"
                                    "local r = each(l, function(i)\n"
                                    "  return i * 2 end)\n"
                                    "print(#r, r[20000])",
                                    &out);
    assert_true(json_get_bool(done, "ok", false));
    assert_string_equal(buf_cstr(&out), "20000\t40000\n");
    json_free(done);
    buf_release(&out);
}

int main(void)
{
    vmtest_start();
    worker = vmtest_open(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_go_to_who_asked),
        cmocka_unit_test(a_failure_gives_the_others_up_or_is_collected),
        cmocka_unit_test(a_probe_settles_doubts_of_a_task),
        cmocka_unit_test(wrong_calls_are_told),
        cmocka_unit_test(long_lists_need_no_deep_stack),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_close(worker);
    worker_zygote_stop();
    return bad;
}
