/* The door from the worker's side: requests, answers, doubts, evidence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dialogue.h"

static struct worker *worker;

static const struct dialogue simple[] = {
    {"print(fs.read('a.txt'), fs.read('b'))",
     {"{\"n\":1,\"ok\":true,\"value\":\"text\"}",
      "{\"n\":2,\"ok\":true,\"value\":{\"$bytes\":\"AP8=\"}}"},
     "A {\"args\":{\"path\":\"a.txt\"},\"n\":1,\"op\":\"fs.read\"}\n"
     "A {\"args\":{\"path\":\"b\"},\"n\":2,\"op\":\"fs.read\"}\n"
     "P text\t\n" /* the text ends for C at its NUL byte */
     PASSED},
    {"print('before') local r = git.log{n=1} print(#r, json.encode(r))",
     {"{\"n\":1,\"ok\":true,\"value\":[]}"},
     "P before\n\n"
     "A {\"args\":{\"opts\":{\"n\":1}},\"n\":1,\"op\":\"git.log\"}\n"
     "P 0\t[]\n\n" PASSED},
    {"sh.run({'ls', '-l'}) fs.write('x', '\\255')",
     {"{\"n\":1,\"ok\":true,\"value\":null}",
      "{\"n\":2,\"ok\":true,\"value\":null}"},
     "A {\"args\":{\"argv\":[\"ls\",\"-l\"]},\"n\":1,\"op\":\"sh.run\"}\n"
     "A {\"args\":{\"path\":\"x\",\"text\":{\"$bytes\":\"/w==\"}},\"n\":2,"
     "\"op\":\"fs.write\"}\n" PASSED},
    {"print(http.get('http://x', {json={a={}}}).status)",
     {"{\"n\":1,\"ok\":true,\"value\":{\"status\":404}}"},
     "A {\"args\":{\"json\":{\"a\":{}},\"method\":\"GET\","
     "\"url\":\"http://x\"},\"n\":1,\"op\":\"http.request\"}\n"
     "P 404\n\n" PASSED},
};

static void activities_cross(void **state)
{
    (void)state;
    assert_dialogue(worker, simple, sizeof simple / sizeof *simple);
}

static const struct dialogue failing[] = {
    {"print(pcall(fs.read, 'x'))\nfs.read('x')",
     {"{\"n\":1,\"ok\":false,\"error\":\"gone\",\"kind\":\"activity\"}",
      "{\"n\":2,\"ok\":false,\"error\":\"gone\",\"kind\":\"activity\"}"},
     "A {\"args\":{\"path\":\"x\"},\"n\":1,\"op\":\"fs.read\"}\n"
     "P false\tdoc.md:10: gone\n\n"
     "A {\"args\":{\"path\":\"x\"},\"n\":2,\"op\":\"fs.read\"}\n"
     "D {\"error\":{\"kind\":\"activity\",\"line\":11,\"message\":\"gone\"},"
     "\"ok\":false,\"refused\":false}\n"},
    /* A refusal fails the step although the block caught it. */
    {"\nprint(pcall(fs.write, 'x', ''))",
     {"{\"n\":1,\"ok\":false,\"error\":\"no\",\"kind\":\"refused\"}"},
     "A {\"args\":{\"path\":\"x\",\"text\":\"\"},\"n\":1,"
     "\"op\":\"fs.write\"}\n"
     "P false\tdoc.md:11: no\n\n"
     "D {\"error\":{\"kind\":\"activity\",\"line\":11,\"message\":\"no\"},"
     "\"ok\":false,\"refused\":true}\n"},
    {"print('again')", {0}, "P again\n\n" PASSED},
};

static void failures_raise(void **state)
{
    (void)state;
    assert_dialogue(worker, failing, sizeof failing / sizeof *failing);
}

#define POST(n)                                                                \
    "A {\"args\":{\"method\":\"POST\",\"probe\":true,\"url\":\"u\"},"          \
    "\"n\":" n ",\"op\":\"http.request\"}\n"

static const struct dialogue doubts[] = {
    {"print(http.post('u', {probe=function() return fs.read('p') end}))",
     {"{\"n\":1,\"in_doubt\":true}", "{\"n\":2,\"ok\":true,\"value\":\"was\"}",
      "{\"n\":3,\"ok\":true,\"value\":\"was\"}"},
     POST("1") "A {\"args\":{\"path\":\"p\"},\"n\":2,\"op\":\"fs.read\"}\n"
               "A {\"args\":{\"n\":1,\"outcome\":\"done\","
               "\"value\":\"was\"},\"n\":3,\"op\":\"door.settle\"}\n"
               "P was\n\n" PASSED},
    {"print(http.post('u', {probe=function() end}))",
     {"{\"n\":1,\"in_doubt\":true}", "{\"n\":2,\"ok\":true,\"value\":null}",
      "{\"n\":3,\"ok\":true,\"value\":\"now\"}"},
     POST("1") "A {\"args\":{\"n\":1,\"outcome\":\"again\"},\"n\":2,"
               "\"op\":\"door.settle\"}\n" POST("3") "P now\n\n" PASSED},
};

static void a_probe_settles_doubts(void **state)
{
    (void)state;
    assert_dialogue(worker, doubts, sizeof doubts / sizeof *doubts);
}

#define GET_SECRET                                                             \
    "A {\"args\":{\"name\":\"KEY\"},\"n\":1,\"op\":\"secret.get\"}\n"
#define SECRET                                                                 \
    "{\"n\":1,\"ok\":true,\"value\":{\"$secret\":\"s1\",\"name\":\"KEY\"}}"

static const struct dialogue secrets[] = {
    {"local s = secret.get('KEY') print(s, tostring(s), type(s), "
     "('%s'):format(s))",
     {SECRET},
     GET_SECRET
     "P <secret KEY>\t<secret KEY>\tuserdata\t<secret KEY>\n\n" PASSED},
    {"kept = secret.get('KEY') secret.template('Bearer {}', kept)",
     {SECRET, "{\"n\":2,\"ok\":true,\"value\":null}"},
     GET_SECRET
     "A {\"args\":{\"fmt\":\"Bearer {}\",\"s\":{\"$secret\":\"s1\","
     "\"name\":\"KEY\"}},\"n\":2,\"op\":\"secret.template\"}\n" PASSED},
    {"print(pcall(json.encode, {kept}))",
     {0},
     "P false\tjson.encode: a secret has no JSON form: pass the table itself "
     "to the call that needs it\n\n" PASSED},
    {"print(pcall(function() return 'x' .. kept end))",
     {0},
     "P false\tdoc.md:10: a secret cannot be joined to text: use "
     "secret.template(\"Bearer {}\", s)\n\n" PASSED},
    {"local other = secret.get('KEY') print(pcall(function() return kept == "
     "other end))",
     {SECRET},
     GET_SECRET "P false\tdoc.md:10: secrets cannot be compared with ==: use "
                "secret.equal(a, b)\n\n" PASSED},
    {"print(getmetatable(kept), pcall(function() return kept.x end))",
     {0},
     "P false\tfalse\tdoc.md:10: attempt to index a secret value (global "
     "'kept')\n\n" PASSED},
};

static void secrets_stay_handles(void **state)
{
    (void)state;
    assert_dialogue(worker, secrets, sizeof secrets / sizeof *secrets);
}

static const struct dialogue shown[] = {
    {"evidence.table({{a=1, b='x'}, {b=json.null, c={1}}}, nil, 'T')",
     {0},
     "E {\"columns\":[\"a\",\"b\",\"c\"],\"kind\":\"table\",\"rows\":"
     "[[\"1\",\"x\",\"\"],[\"\",\"\",\"[1]\"]],\"title\":\"T\"}\n" PASSED},
    {"evidence.table({{1, 2}, {true}}, {'x', 'y'}) evidence.table({})",
     {0},
     "E {\"columns\":[\"x\",\"y\"],\"kind\":\"table\",\"rows\":[[\"1\",\"2\"],"
     "[\"true\",\"\"]]}\n"
     "E {\"columns\":[],\"kind\":\"table\",\"rows\":[]}\n" PASSED},
    /* A helper's rows know the order of their columns. */
    {"evidence.table({setmetatable({a=1, b=2, z=3}, "
     "{__columns = {'z', 'none', 'b'}})})",
     {0},
     "E {\"columns\":[\"z\",\"b\",\"a\"],\"kind\":\"table\",\"rows\":"
     "[[\"3\",\"2\",\"1\"]]}\n" PASSED},
    {"print(pcall(evidence.table, {a=1}))",
     {0},
     "P false\tdoc.md:10: evidence.table: a list of rows expected, as in { row "
     "}\n\n" PASSED},
    {"evidence.json({a={}}) evidence.text('t', 'T') evidence.link('http://x') "
     "evidence.metric('m', 1.5, 's')",
     {0},
     "E {\"kind\":\"json\",\"value\":{\"a\":{}}}\n"
     "E {\"kind\":\"text\",\"text\":\"t\",\"title\":\"T\"}\n"
     "E {\"kind\":\"link\",\"title\":\"http://x\",\"url\":\"http://x\"}\n"
     "E "
     "{\"kind\":\"metric\",\"name\":\"m\",\"unit\":\"s\",\"value\":1.5}"
     "\n" PASSED},
    {"print('a') print(check('one', 3), check('two', nil, 'why'), "
     "check('three', json.null))",
     {0},
     "P a\n\n"
     "E {\"id\":\"one\",\"kind\":\"check\",\"ok\":true}\n"
     "E {\"detail\":\"why\",\"id\":\"two\",\"kind\":\"check\",\"ok\":false}\n"
     "E {\"id\":\"three\",\"kind\":\"check\",\"ok\":false}\n"
     "P true\tfalse\tfalse\n\n" PASSED},
};

static void evidence_is_a_message(void **state)
{
    (void)state;
    assert_dialogue(worker, shown, sizeof shown / sizeof *shown);
}

static void a_wrong_answer_ends_the_worker(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf text = {0};
    enum wire_type type;
    struct worker *w = vmtest_open(0);
    vmtest_begin(w, "pcall(time.now)");
    json_free(vmtest_read(w, WIRE_ACTIVITY));
    assert_int_equal(
        worker_send(w, WIRE_ANSWER, SPAN("{\"n\":7,\"ok\":true}"), &err),
        ST_OK);
    assert_int_equal(
        worker_recv(w, clock_mono_ms() + VMTEST_MS, &type, &text, &err),
        ST_FAILED);
    assert_string_equal(err.msg,
                        "the Lua worker ended: an answer to another question");
    buf_release(&text);
    worker_close(w);
}

int main(void)
{
    vmtest_start();
    worker = vmtest_open(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activities_cross),
        cmocka_unit_test(failures_raise),
        cmocka_unit_test(a_probe_settles_doubts),
        cmocka_unit_test(secrets_stay_handles),
        cmocka_unit_test(evidence_is_a_message),
        cmocka_unit_test(a_wrong_answer_ends_the_worker),
    };
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_close(worker);
    worker_zygote_stop();
    return bad;
}
