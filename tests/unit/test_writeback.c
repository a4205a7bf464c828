/* What a run leaves: on the page, and nowhere that it may not. */
#include "runkit.h"

#include <sys/stat.h>

static const char boxes_page[] =
    "- [ ] Holds <!-- check: held -->\n- [x] Broke <!-- check: broken -->\n"
    "- [ ] Looked <!-- check: manual:looked -->\n- [ ] prose\n\n" BLOCK(
        "#a retries=0", "check('held', true)\ncheck('broken', N ~= 1)\n"
                        "print('shown')");

/* The page, run once; *text is what it became. */
static struct outcome run_page(const char *body, struct run_options *opt,
                               struct buf *text)
{
    runkit_page(body);
    struct outcome o = runkit_run(opt);
    runkit_read("page.md", text);
    return o;
}

static void boxes_are_ticked_by_evidence(void **state)
{
    (void)state;
    static const struct {
        const char *code, *answers, *want;
        enum status st;
    } rows[] = {
        {"check('held', true)", "{}",
         "[x] Holds [ ] Broke [ ] Looked [ ] prose", ST_OK},
        {"check('held', true) check('broken', true)", "{\"looked\":\"pass\"}",
         "[x] Holds [x] Broke [x] Looked [ ] prose", ST_OK},
        {"check('held', true) check('broken', false)", "{\"looked\":\"fail\"}",
         "[x] Holds [ ] Broke [ ] Looked [ ] prose", ST_FAILED},
        {"check('held', false) check('held', true)", "{\"looked\":\"skip\"}",
         "[ ] Holds [ ] Broke [ ] Looked [ ] prose", ST_FAILED},
        {"check('held', true) fail('no')", "{\"looked\":\"na\"}",
         "[x] Holds [ ] Broke [ ] Looked [ ] prose", ST_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *answers = kit_json(rows[i].answers);
        struct run_options opt = {.answers = answers};
        struct buf body = {0};
        struct buf text = {0};
        struct buf got = {0};
        buf_printf(&body,
                   "- [ ] Holds <!-- check: held -->\n"
                   "- [ ] Broke <!-- check: broken -->\n"
                   "- [ ] Looked <!-- check: manual:looked -->\n"
                   "- [ ] prose\n\n```lua {#a retries=0}\n%s\n```\n",
                   rows[i].code);
        struct outcome o = run_page(buf_cstr(&body), &opt, &text);
        struct span rest = buf_view(&text);
        while (rest.n) {
            struct span line = span_cut(&rest, '\n');
            if (!span_starts(line, "- ["))
                continue;
            line = span_sub(line, 2, line.n);
            size_t end = span_find(line, SPAN(" <!--"), 0);
            buf_printf(&got, "%s%.*s", got.n ? " " : "",
                       SPAN_ARG(span_sub(line, 0, end)));
        }
        assert_int_equal(o.st, rows[i].st);
        assert_string_equal(buf_cstr(&got), rows[i].want);
        assert_int_equal(runkit_verify("page.md").n, 0);
        buf_release(&body);
        buf_release(&text);
        buf_release(&got);
        outcome_release(&o);
        json_free(answers);
    }
}

/* A second run that shows the same leaves the page as it is, byte for byte;
 * one that shows something else, or is told to, does not. */
static void old_bytes_stay(void **state)
{
    (void)state;
    static const struct {
        const char *edit; /* of the page between the runs, NULL: none */
        bool touch, same;
    } rows[] = {
        {NULL, false, true},
        {NULL, true, false},
        {"shown", false, false}, /* by hand, within the evidence */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run_options opt = {0};
        struct run_options again = {.touch = rows[i].touch};
        struct buf first = {0};
        struct buf second = {0};
        struct outcome o =
            run_page(BLOCK("#a", "print('shown')"), &opt, &first);
        if (rows[i].edit)
            runkit_edit("page.md", "```text\nshown", "```text\nforged");
        struct outcome r = runkit_run(&again);
        runkit_read("page.md", &second);
        assert_int_equal(o.st, ST_OK);
        assert_int_equal(r.st, ST_OK);
        assert_string_not_equal(o.run, r.run);
        assert_int_equal(rows[i].same,
                         span_eq(buf_view(&first), buf_view(&second)));
        assert_non_null(
            strstr(buf_cstr(&second), rows[i].same ? o.run : r.run));
        assert_int_equal(runkit_verify("page.md").n, 0);
        buf_release(&first);
        buf_release(&second);
        outcome_release(&o);
        outcome_release(&r);
    }
}

static void edit_prose(void)
{
    runkit_edit("page.md", "# A page", "# My page");
}

static void make_read_only(void)
{
    assert_int_equal(chmod("page.md", 0444), 0);
}

static void remove_page(void)
{
    assert_int_equal(unlink("page.md"), 0);
}

/* Nothing is written over a page that is no longer what was run; the bundle is
 * whole, and a resume writes where the block is still the same. */
static void pages_that_changed_meanwhile(void **state)
{
    (void)state;
    static const struct {
        void (*between)(void);
        const char *says;
    } rows[] = {
        {edit_prose, "it was edited during the run"},
        {make_read_only, "read-only"},
        {remove_page, "page.md"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run_options opt = {0};
        struct run_options again = {0};
        struct buf text = {0};
        struct err err = {0};
        runkit_page(BLOCK("#a", "print('shown')"));
        struct outcome o = runkit_run_and(&opt, rows[i].between);
        assert_int_equal(o.st, ST_UNWRITTEN);
        if (!strstr(o.err.msg, rows[i].says) ||
            !strstr(o.err.msg, "runproof resume"))
            fail_msg("%s", o.err.msg);
        if (file_exists("page.md")) {
            runkit_read("page.md", &text);
            assert_null(strstr(buf_cstr(&text), "runproof:evidence"));
            assert_int_equal(chmod("page.md", 0644), 0);
        } else {
            runkit_page(BLOCK("#a", "print('shown')"));
        }
        struct outcome r = runkit_resume(o.run, &again);
        if (r.st != ST_OK)
            fail_msg("%s: %s", rows[i].says, r.err.msg);
        runkit_read("page.md", &text);
        assert_non_null(strstr(buf_cstr(&text), "runproof:evidence id=a"));
        assert_int_equal(runkit_verify("page.md").n, 0);
        buf_release(&text);
        outcome_release(&o);
        outcome_release(&r);
        assert_int_equal(file_remove_tree("page.md", &err), ST_OK);
    }
}

static void elsewhere_or_nowhere(void **state)
{
    (void)state;
    struct buf before = {0};
    struct buf after = {0};
    struct run_options out = {.out = "copy.md"};
    struct run_options none = {.no_write = true};
    runkit_page(boxes_page);
    runkit_read("page.md", &before);
    struct outcome o = runkit_run(&out);
    assert_int_equal(o.st, ST_OK);
    runkit_read("page.md", &after);
    assert_string_equal(buf_cstr(&after), buf_cstr(&before));
    runkit_read("copy.md", &after);
    assert_non_null(strstr(buf_cstr(&after), "[x] Holds"));
    outcome_release(&o);

    o = runkit_run(&none);
    assert_int_equal(o.st, ST_OK);
    runkit_read("page.md", &after);
    assert_string_equal(buf_cstr(&after), buf_cstr(&before));
    outcome_release(&o);
    buf_release(&before);
    buf_release(&after);
}

static void everyone_is_told_once(void **state)
{
    (void)state;
    struct run_options opt = {0};
    struct run_options again = {0};
    struct buf log = {0};
    runkit_page(BLOCK("#a retries=0", "fail('for a reason')"));
    struct outcome o = runkit_run(&opt);
    struct outcome r = runkit_resume(o.run, &again);
    assert_int_equal(o.st, ST_FAILED);
    assert_int_equal(r.st, ST_FAILED);
    runkit_read("feedback/ops.md", &log);
    char marker[96];
    snprintf(marker, sizeof marker, "<!-- run: %s -->", o.run);
    char *first = strstr(buf_cstr(&log), marker);
    assert_non_null(first);
    assert_null(strstr(first + 1, marker));
    assert_non_null(strstr(first, "for a reason"));
    buf_release(&log);
    outcome_release(&o);
    outcome_release(&r);
}

int main(void)
{
    struct err err = {0};
    const struct CMUnitTest tests[] = {
        runkit_test(boxes_are_ticked_by_evidence),
        runkit_test(old_bytes_stay),
        runkit_test(pages_that_changed_meanwhile),
        runkit_test(elsewhere_or_nowhere),
        runkit_test(everyone_is_told_once),
    };
    if (worker_zygote(&err) != ST_OK)
        return 1;
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
