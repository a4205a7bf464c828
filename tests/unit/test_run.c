/* Whole runs: what becomes of each step, and that the journal yields it again.
 */
#include "runkit.h"

struct run_case {
    const char *page;
    struct run_options opt;
    enum status st;
    const char *steps;
};

static const struct run_case cases[] = {
    {BLOCK("#a", "x = 1") BLOCK("#b", "print(x + 1)"),
     {0},
     ST_OK,
     "a:passed b:passed"},
    /* a failure blocks what needs it, and what needs that */
    {BLOCK("#a retries=0", "error('no')") BLOCK("#b", "print(1)")
         BLOCK("#c", "print(1)") BLOCK("#d needs=\"\"", "print(1)"),
     {0},
     ST_FAILED,
     "a:failed b:blocked c:blocked d:passed"},
    {BLOCK("#a", "error('no')"), {0}, ST_FAILED, "a:failed/3"},
    {BLOCK("#a retries=1", "fail('no')"), {0}, ST_FAILED, "a:failed/2"},
    /* what cannot get better is not tried again */
    {BLOCK("#a", "x = = 1"), {0}, ST_FAILED, "a:failed"},
    {BLOCK("#a", "fail('no', {final = true})"), {0}, ST_FAILED, "a:failed"},
    {BLOCK("#a", "local _, e = pcall(fail, 'no', {final = true}) error(e, 0)"),
     {0},
     ST_FAILED,
     "a:failed"},
    {BLOCK("#a retries=1", "pcall(fail, 'no', {final = true}) error('other')"),
     {0},
     ST_FAILED,
     "a:failed/2"},
    {BLOCK("#a", "fs.write('f', 'x')"), {0}, ST_FAILED, "a:failed"},
    {BLOCK("#a", "pcall(fs.write, 'f', 'x')"), {0}, ST_FAILED, "a:failed"},
    /* clean-up and rescue */
    {BLOCK("#a retries=0", "fail('no')") BLOCK("#z always", "print(1)"),
     {0},
     ST_FAILED,
     "a:failed z:passed"},
    {BLOCK("#a retries=0 on-fail=r", "fail('no')") BLOCK("#r", "print(1)"),
     {0},
     ST_FAILED,
     "a:failed r:passed"},
    {BLOCK("#a on-fail=r", "print(1)") BLOCK("#r", "print(1)"),
     {0},
     ST_OK,
     "a:passed r:skipped"},
    /* a failed attempt leaves no state */
    {BLOCK("#a", "x = 1") BLOCK("#b retries=0", "x = 2 fail('no')")
         BLOCK("#z always", "expect(x):equals(1)"),
     {0},
     ST_FAILED,
     "a:passed b:failed z:passed"},
    {BLOCK("#a retries=2", "x = (x or 0) + 1 if x < 3 then fail('no') end"),
     {0},
     ST_FAILED,
     "a:failed/3"},
    /* conditions */
    {BLOCK("#a", "x = 1") BLOCK("#b if=\"x == 2\"", "fail('no')")
         BLOCK("#c", "print(1)"),
     {0},
     ST_OK,
     "a:passed b:skipped c:passed"},
    {BLOCK("#a if=\"nothing.here\"", "print(1)"), {0}, ST_FAILED, "a:failed"},
    /* checks */
    {BLOCK("#a retries=0", "check('c', false)"), {0}, ST_FAILED, "a:failed"},
    {BLOCK("#a", "check('c', true)"), {0}, ST_OK, "a:passed"},
    /* persons */
    {BLOCK("#a confirm=\"Sure?\"", "print(1)"),
     {.yes = true},
     ST_OK,
     "a:passed"},
    {BLOCK("#a confirm=\"Sure?\"", "print(1)") BLOCK("#b", "print(1)"),
     {0},
     ST_WAITING,
     "a:waiting b:pending"},
    {BLOCK("#a", "print(ask.input('Which?', {id='v'}))"),
     {.yes = true},
     ST_WAITING,
     "a:waiting"},
    /* parts */
    {BLOCK("#a", "print(1)") BLOCK("#b", "print(1)") BLOCK("#c", "print(1)"),
     {.only = "b"},
     ST_OK,
     "a:skipped b:passed c:skipped"},
    {BLOCK("#a", "print(1)") BLOCK("#b", "print(1)") BLOCK("#c", "print(1)"),
     {.from = "b"},
     ST_OK,
     "a:skipped b:passed c:passed"},
    {BLOCK("#a", "print(1)"), {.only = "x"}, ST_INPUT, ""},
    /* the worker's end is an attempt's end */
    {BLOCK("#a retries=0 timeout=300ms", "while true do end")
         BLOCK("#z always", "print(1)"),
     {0},
     ST_FAILED,
     "a:failed z:passed"},
    {"```sh {#a effect=read}\nprintf out; exit 3\n```\n",
     {0},
     ST_FAILED,
     "a:failed/3"},
    {"```sh {#a effect=read}\nprintf out\n```\n", {0}, ST_OK, "a:passed"},
};

static void what_becomes_of_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run_options opt = cases[i].opt;
        struct buf before = {0};
        struct buf after = {0};
        struct buf stripped = {0};
        runkit_page(cases[i].page);
        runkit_read("page.md", &before);
        struct outcome o = runkit_run(&opt);
        if (o.st != cases[i].st ||
            strcmp(buf_cstr(&o.steps), cases[i].steps) != 0)
            fail_msg("row %zu: %s (%s), %s", i, buf_cstr(&o.steps),
                     status_name(o.st), o.err.msg);
        runkit_read("page.md", &after);
        struct err err = {0};
        assert_int_equal(doc_strip(buf_view(&after), &stripped, &err), ST_OK);
        assert_string_equal(buf_cstr(&stripped), buf_cstr(&before));
        if (o.st != ST_WAITING && o.st != ST_INPUT)
            runkit_prove("page.md", o.run);
        buf_release(&before);
        buf_release(&after);
        buf_release(&stripped);
        outcome_release(&o);
        assert_int_equal(file_remove_tree("artifacts", &err), ST_OK);
        assert_int_equal(file_remove_tree(".runproof", &err), ST_OK);
    }
}

/* --- resuming ---------------------------------------------------------- */

static const char waiting_page[] =
    BLOCK("#a effect=local", "x = 1 fs.append('f', 'once')")
        BLOCK("#b effect=local", "fs.append('f', ' more')\n"
                                 "name = ask.input('Which?', {id='v'})\n"
                                 "fs.append('f', ' ' .. name)")
            BLOCK("#c", "print(x, name, fs.read('f'))");

static void a_resume_goes_on_where_it_stopped(void **state)
{
    (void)state;
    struct run_options opt = {0};
    struct json *answers = kit_json("{\"v\":\"blue\"}");
    struct buf page = {0};
    runkit_page(waiting_page);
    struct outcome o = runkit_run(&opt);
    assert_int_equal(o.st, ST_WAITING);
    assert_string_equal(buf_cstr(&o.steps), "a:passed b:waiting c:pending");
    struct findings f = runkit_verify("page.md");
    assert_int_equal(f.first.st, ST_INTERRUPTED);

    struct run_options again = {.answers = answers};
    struct outcome r = runkit_resume(o.run, &again);
    if (r.st != ST_OK)
        fail_msg("%s: %s", buf_cstr(&r.steps), r.err.msg);
    assert_string_equal(buf_cstr(&r.steps), "a:passed b:passed c:passed");
    runkit_read("page.md", &page);
    assert_non_null(strstr(buf_cstr(&page), "1\tblue\tonce more blue"));
    runkit_prove("page.md", o.run);

    /* one that is over has nothing left to do, and changes nothing */
    struct buf same = {0};
    struct run_options over = {0};
    struct outcome z = runkit_resume(o.run, &over);
    assert_int_equal(z.st, ST_OK);
    runkit_read("page.md", &same);
    assert_string_equal(buf_cstr(&same), buf_cstr(&page));
    buf_release(&same);
    buf_release(&page);
    outcome_release(&z);
    outcome_release(&r);
    outcome_release(&o);
    json_free(answers);
}

/* What had started must be as it was; prose and later steps may change. */
static void pages_edited_while_a_run_waits(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum status st;
        const char *says;
    } rows[] = {
        {"# A page", "# The page", ST_OK, ""},
        {"print(x, name", "print(name", ST_OK, ""},
        {"x = 1", "x = 2", ST_INPUT, "step a had started and changed"},
        {"' more'", "' less'", ST_INPUT, "step b had started and changed"},
        {"owner: ops", "owner: dev", ST_INPUT, "the front matter changed"},
    };
    struct json *answers = kit_json("{\"v\":\"blue\"}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run_options opt = {0};
        struct run_options again = {.answers = answers};
        runkit_page(waiting_page);
        struct outcome o = runkit_run(&opt);
        assert_int_equal(o.st, ST_WAITING);
        runkit_edit("page.md", rows[i].from, rows[i].to);
        struct outcome r = runkit_resume(o.run, &again);
        if (r.st != rows[i].st || !strstr(r.err.msg, rows[i].says))
            fail_msg("%s: %s: %s", rows[i].to, status_name(r.st), r.err.msg);
        if (r.st == ST_OK)
            assert_int_equal(runkit_verify("page.md").n, 0);
        outcome_release(&r);
        outcome_release(&o);
    }
    json_free(answers);
}

static void only_one_at_a_time(void **state)
{
    (void)state;
    struct session s;
    struct err err = {0};
    struct run_options opt = {.path = "page.md"};
    struct run_options other = {0};
    runkit_page(BLOCK("#a", "print(1)"));
    assert_int_equal(session_read(&s, &opt, &err), ST_OK);
    assert_int_equal(session_lock(&s, &err), ST_OK);
    struct outcome o = runkit_run(&other);
    assert_int_equal(o.st, ST_LOCKED);
    assert_non_null(strstr(o.err.msg, "another run of this runbook"));
    outcome_release(&o);
    session_close(&s); /* and the lock with it */
    other = (struct run_options){0};
    o = runkit_run(&other);
    assert_int_equal(o.st, ST_OK);
    outcome_release(&o);
}

/* The same inputs give the same run, on any machine. */
static void sandbox_runs_are_reproducible(void **state)
{
    (void)state;
    struct buf first = {0};
    struct buf second = {0};
    struct outcome o[2];
    for (int i = 0; i < 2; i++) {
        struct run_options opt = {0};
        runkit_page(BLOCK("#a", "print(time.now(), run.id)"));
        o[i] = runkit_run(&opt);
        assert_int_equal(o[i].st, ST_OK);
        runkit_read("page.md", i ? &second : &first);
        struct err err = {0};
        assert_int_equal(file_remove_tree("artifacts", &err), ST_OK);
    }
    assert_string_equal(o[0].run, o[1].run);
    assert_string_equal(buf_cstr(&first), buf_cstr(&second));
    buf_release(&first);
    buf_release(&second);
    outcome_release(&o[0]);
    outcome_release(&o[1]);
}

int main(void)
{
    struct err err = {0};
    const struct CMUnitTest tests[] = {
        runkit_test(what_becomes_of_steps),
        runkit_test(a_resume_goes_on_where_it_stopped),
        runkit_test(pages_edited_while_a_run_waits),
        runkit_test(only_one_at_a_time),
        runkit_test(sandbox_runs_are_reproducible),
    };
    if (worker_zygote(&err) != ST_OK)
        return 1;
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
