/* The "last exercised" section: its text, and where it is put. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exercise.h"

/* 2026-11-23T13:00:00Z */
#define START_MS INT64_C(1795438800000)

static const struct step_summary steps[] = {
    {"current", STEP_PASSED, 1, 420, {[EFFECT_READ] = 2}, NULL},
    {"rollback", STEP_PASSED, 1, 900, {[EFFECT_REMOTE] = 1}, NULL},
};

static struct run_summary passed(void)
{
    return (struct run_summary){
        .run = "sbx-0123",
        .runbook = "runbooks/rollback.md",
        .environment = "sandbox",
        .mode = "live",
        .status = "passed",
        .started_ms = START_MS,
        .elapsed_ms = 1320,
        .steps = steps,
        .n_steps = sizeof steps / sizeof *steps,
        .boxes_ticked = 2,
        .boxes_total = 2,
        .bundle = "artifacts/deployment/sbx-0123",
    };
}

static void section_of(const struct run_summary *s, struct buf *out)
{
    buf_clear(out);
    exercise_section(s, "docs/runbooks", out);
}

static void test_section(void **state)
{
    (void)state;
    struct run_summary s = passed();
    struct buf out = {0};
    section_of(&s, &out);
    memset(strstr(out.p, "out=") + 4, '0', 16);
    assert_string_equal(
        buf_cstr(&out),
        "<!-- runproof:exercise runbook=runbooks/rollback.md "
        "out=0000000000000000 -->\n"
        "**✅ passed** in 1.32 s · sandbox · 2 of 2 boxes ticked · "
        "2026-11-23T13:00:00Z\n\n"
        "| step | status | attempts | time | effects |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| current | ✅ passed | 1 | 0.42 s | 2 reads |\n"
        "| rollback | ✅ passed | 1 | 0.90 s | 1 change |\n\n"
        "[runbook](../../runbooks/rollback.md) · "
        "[evidence](../../artifacts/deployment/sbx-0123)\n"
        "<!-- /runproof:exercise -->");
    buf_release(&out);
}

static void splice(const char *page, const struct buf *section, struct buf *out)
{
    struct err err = {0};
    buf_clear(out);
    if (exercise_splice(span_of(page), buf_view(section), out, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static void test_splice_replaces_its_own_section_only(void **state)
{
    (void)state;
    struct run_summary s = passed();
    struct buf section = {0};
    struct buf out = {0};
    struct buf want = {0};
    section_of(&s, &section);
    const char *other = "<!-- runproof:exercise runbook=runbooks/rollback.md2 "
                        "-->\n<!-- /runproof:exercise -->\n";
    struct buf page = {0};
    buf_printf(&page,
               "# Page\n%s<!-- runproof:exercise "
               "runbook=runbooks/rollback.md -->\nold\n"
               "<!-- /runproof:exercise -->\nend",
               other);
    splice(buf_cstr(&page), &section, &out);
    buf_printf(&want, "# Page\n%s%s\nend", other, buf_cstr(&section));
    assert_string_equal(buf_cstr(&out), buf_cstr(&want));
    buf_release(&page);
    buf_release(&section);
    buf_release(&out);
    buf_release(&want);
}

static void test_splice_keeps_line_ends(void **state)
{
    (void)state;
    struct run_summary s = passed();
    struct buf section = {0};
    struct buf out = {0};
    section_of(&s, &section);
    splice("a\r\n<!-- runproof:exercise runbook=runbooks/rollback.md -->\r\n"
           "<!-- /runproof:exercise -->\r\nb",
           &section, &out);
    for (size_t i = 0; i < out.n; i++)
        if (out.p[i] == '\n')
            assert_int_equal(out.p[i - 1], '\r');
    assert_true(span_ends(buf_view(&out), "exercise -->\r\nb"));
    buf_release(&section);
    buf_release(&out);
}

static void test_only_a_real_difference_changes_the_page(void **state)
{
    (void)state;
    struct run_summary first = passed();
    struct run_summary again = passed();
    struct step_summary slower[2] = {steps[0], steps[1]};
    slower[0].elapsed_ms = 99000;
    again.run = "sbx-4567";
    again.bundle = "artifacts/deployment/sbx-4567";
    again.started_ms += 86400000;
    again.elapsed_ms = 100000;
    again.steps = slower;
    struct run_summary differs = passed();
    struct step_summary worse[2] = {steps[0], steps[1]};
    worse[1].status = STEP_FAILED;
    differs.steps = worse;
    struct buf page = {0};
    struct buf section = {0};
    struct buf out = {0};
    section_of(&first, &page);
    section_of(&again, &section);
    splice(buf_cstr(&page), &section, &out);
    assert_string_equal(buf_cstr(&out), buf_cstr(&page));
    section_of(&differs, &section);
    splice(buf_cstr(&page), &section, &out);
    assert_string_equal(buf_cstr(&out), buf_cstr(&section));
    buf_release(&page);
    buf_release(&section);
    buf_release(&out);
}

static void test_a_page_without_section_is_told(void **state)
{
    (void)state;
    struct run_summary s = passed();
    struct buf section = {0};
    struct buf out = {0};
    section_of(&s, &section);
    static const char *const pages[] = {
        "",
        "# no section\n",
        "<!-- runproof:exercise runbook=runbooks/rollback.md -->\nopen\n",
        "x <!-- runproof:exercise runbook=runbooks/rollback.md -->\n",
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct err err = {0};
        assert_int_equal(
            exercise_splice(span_of(pages[i]), buf_view(&section), &out, &err),
            ST_INPUT);
        assert_non_null(strstr(err.msg, "runbook=runbooks/rollback.md -->"));
        assert_int_equal(out.n, 0);
    }
    buf_release(&section);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_section),
        cmocka_unit_test(test_splice_replaces_its_own_section_only),
        cmocka_unit_test(test_splice_keeps_line_ends),
        cmocka_unit_test(test_only_a_real_difference_changes_the_page),
        cmocka_unit_test(test_a_page_without_section_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
