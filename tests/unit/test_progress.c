/* Progress: plain lines, the live line, hostile output, narrow terminals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "progress.h"
#include "visible.h"

/* A stream into memory; text is valid after finish(). */
struct screen {
    FILE *file;
    char *text;
    size_t n;
};

static struct progress *start(struct screen *s, unsigned flags, size_t columns)
{
    *s = (struct screen){0};
    s->file = open_memstream(&s->text, &s->n);
    assert_non_null(s->file);
    return progress_open(s->file, flags, columns);
}

static void finish(struct screen *s, struct progress *p, const char *summary)
{
    progress_close(p, summary);
    fclose(s->file);
}

static void test_plain_lines(void **state)
{
    (void)state;
    struct screen s;
    struct progress *p = start(&s, 0, 0);
    progress_step_begin(p, 1, 3, "current", "Look", 1000);
    progress_tick(p, 1200);
    progress_activity(p, "GET /apps");
    progress_step_end(p, STEP_PASSED, 420, NULL);
    progress_step_begin(p, 2, 3, "redeploy", "Redeploy", 2000);
    progress_output(p, SPAN("one\ntw"));
    progress_output(p, SPAN("o\nthree"));
    progress_step_end(p, STEP_FAILED, 61000, "got 500");
    progress_step_begin(p, 3, 3, "announce", "", 3000);
    progress_step_end(p, STEP_BLOCKED, 0, "needs redeploy");
    finish(&s, p, "failed");
    assert_string_equal(s.text, "[1/3] current … passed 0.42 s\n"
                                "[2/3] redeploy …\n"
                                "      one\n"
                                "      two\n"
                                "      three\n"
                                "[2/3] redeploy … failed 1 m 1 s\n"
                                "      got 500\n"
                                "[3/3] announce … blocked\n"
                                "      needs redeploy\n"
                                "failed\n");
    free(s.text);
}

static void test_live_line_is_redrawn_and_cleared(void **state)
{
    (void)state;
    struct screen s;
    struct progress *p = start(&s, PROGRESS_LIVE, 80);
    progress_step_begin(p, 1, 1, "a", "Look", 0);
    progress_tick(p, 50); /* too soon */
    progress_tick(p, 100);
    progress_output(p, SPAN("x\n"));
    progress_pause(p);
    progress_tick(p, 110);
    progress_step_end(p, STEP_PASSED, 120, NULL);
    finish(&s, p, NULL);
    assert_string_equal(s.text, "⠋ [1/1] a 0.00 s Look\033[K"
                                "\r⠙ [1/1] a 0.10 s Look\033[K"
                                "\r\033[K[1/1] a …\n      x\n"
                                "⠙ [1/1] a 0.10 s Look\033[K"
                                "\r\033[K"
                                "⠙ [1/1] a 0.11 s Look\033[K"
                                "\r\033[K[1/1] a … passed 0.12 s\n");
    free(s.text);
}

static void test_colour_is_closed(void **state)
{
    (void)state;
    struct screen s;
    struct progress *p = start(&s, PROGRESS_COLOUR, 80);
    progress_step_begin(p, 1, 1, "a", "", 0);
    progress_step_end(p, STEP_FAILED, 10, NULL);
    finish(&s, p, NULL);
    assert_string_equal(s.text, "[1/1] a … \033[31mfailed\033[0m 0.01 s\n");
    free(s.text);
}

/* A live line over the width would wrap and leave its first part behind. */
static void test_narrow_terminals(void **state)
{
    (void)state;
    for (size_t columns = 1; columns < 40; columns++) {
        struct screen s;
        struct progress *p = start(&s, PROGRESS_LIVE, columns);
        progress_step_begin(p, 1, 9, "redeploy", "日本語 の とても long one",
                            0);
        finish(&s, p, NULL);
        char *end = strstr(s.text, "\033[K");
        assert_non_null(end);
        struct span line = {s.text, (size_t)(end - s.text)};
        assert_true(visible_columns(line) < columns);
        free(s.text);
    }
}

static void test_hostile_output_is_shown_not_obeyed(void **state)
{
    (void)state;
    struct screen s;
    struct progress *p = start(&s, 0, 0);
    progress_step_begin(p, 1, 1, "a\033[2J", "b\r\n", 0);
    progress_output(p, SPAN("\033]0;title\007\0\xff\rover\n"));
    for (int i = 0; i < 3000; i++)
        progress_output(p, SPAN("日"));
    progress_activity(p, "\033[1m");
    progress_step_end(p, STEP_FAILED, 0, "x\033[31m");
    finish(&s, p, NULL);
    assert_int_equal(strlen(s.text), s.n);
    assert_null(strchr(s.text, '\033'));
    assert_null(strchr(s.text, '\r'));
    assert_null(strchr(s.text, '\007'));
    assert_true(span_utf8((struct span){s.text, s.n}));
    assert_null(strstr(s.text, "\\xE6"));
    assert_non_null(strstr(s.text, "      ␛]0;title␇␀\\xFF␍over\n"));
    free(s.text);
}

/* A question stands below its step, whatever the stream. */
static void test_a_question_has_its_step_above(void **state)
{
    (void)state;
    struct screen s;
    struct progress *p = start(&s, 0, 0);
    progress_pause(p); /* for a parameter: there is no step yet */
    progress_step_begin(p, 6, 9, "rollback", "Go back", 0);
    progress_pause(p);
    progress_pause(p);
    progress_step_end(p, STEP_PASSED, 10, NULL);
    finish(&s, p, NULL);
    assert_string_equal(s.text, "[6/9] rollback …\n"
                                "[6/9] rollback … passed 0.01 s\n");
    free(s.text);
}

static void test_a_stop_is_told_once(void **state)
{
    (void)state;
    struct screen s;
    struct progress *p = start(&s, 0, 0);
    progress_stopping(p); /* nothing is under way */
    progress_step_begin(p, 1, 1, "a", "", 0);
    progress_stopping(p);
    progress_stopping(p);
    progress_step_end(p, STEP_PASSED, 10, NULL);
    finish(&s, p, NULL);
    assert_string_equal(s.text,
                        "[1/1] a …\n"
                        "      stopping when this is done; once more (Ctrl-C) "
                        "ends it now\n"
                        "[1/1] a … passed 0.01 s\n");
    free(s.text);
}

static void test_no_progress_is_fine(void **state)
{
    (void)state;
    progress_step_begin(NULL, 1, 1, "a", "b", 0);
    progress_output(NULL, SPAN("x\n"));
    progress_activity(NULL, "x");
    progress_tick(NULL, 1);
    progress_pause(NULL);
    progress_stopping(NULL);
    progress_step_end(NULL, STEP_PASSED, 1, NULL);
    progress_close(NULL, "x");
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(progress_flags_for(file), 0);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_lines),
        cmocka_unit_test(test_live_line_is_redrawn_and_cleared),
        cmocka_unit_test(test_colour_is_closed),
        cmocka_unit_test(test_narrow_terminals),
        cmocka_unit_test(test_hostile_output_is_shown_not_obeyed),
        cmocka_unit_test(test_a_question_has_its_step_above),
        cmocka_unit_test(test_a_stop_is_told_once),
        cmocka_unit_test(test_no_progress_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
