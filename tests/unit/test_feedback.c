/* The feedback log: an entry's text, one entry a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "feedback.h"
#include "file.h"

/* 2026-11-23T13:00:00Z */
#define START_MS INT64_C(1795438800000)

static const struct step_summary steps[] = {
    {"current", STEP_PASSED, 1, 420, {[EFFECT_READ] = 2}, NULL},
    {"health", STEP_FAILED, 3, 61000, {[EFFECT_REMOTE] = 1}, "got 500\n# x"},
    {"announce", STEP_BLOCKED, 0, 0, {0}, "needs health"},
};

static struct run_summary failed(void)
{
    return (struct run_summary){
        .run = "01JD7Z",
        .runbook = "runbooks/rollback.md",
        .title = "Roll back",
        .owner = "deployment",
        .environment = "sandbox",
        .operator= "sandbox",
        .mode = "live",
        .status = "failed",
        .started_ms = START_MS,
        .elapsed_ms = 62000,
        .steps = steps,
        .n_steps = sizeof steps / sizeof *steps,
        .boxes_ticked = 1,
        .boxes_total = 2,
        .bundle = "artifacts/deployment/01JD7Z",
        .command = "runproof run runbooks/rollback.md --env sandbox",
        .escalation = "health failed after 3 attempts",
    };
}

static const char expected[] =
    "<!-- run: 01JD7Z -->\n"
    "## 2026-11-23T13:00:00Z Roll back — failed\n\n"
    "```sh\nrunproof run runbooks/rollback.md --env sandbox\n```\n\n"
    "- run: 01JD7Z, live, in 1 m 2 s, sandbox · 1 of 2 boxes ticked\n"
    "- operator: sandbox\n"
    "- runbook: [runbooks/rollback.md](../runbooks/rollback.md)\n"
    "- evidence: [artifacts/deployment/01JD7Z]"
    "(../artifacts/deployment/01JD7Z)\n"
    "- failed: health – got 500 \\# x\n"
    "- blocked: announce – needs health\n"
    "- escalated: health failed after 3 attempts\n\n"
    "| step | status | attempts | time | effects |\n"
    "| --- | --- | --- | --- | --- |\n"
    "| current | ✅ passed | 1 | 0.42 s | 2 reads |\n"
    "| health | ❌ failed | 3 | 1 m 1 s | 1 change |\n"
    "| announce | ⛔ blocked | 0 |  | no change, no read |\n"
    "<!-- /run -->\n";

static void test_entry(void **state)
{
    (void)state;
    struct run_summary s = failed();
    struct buf out = {0};
    feedback_entry(&s, "feedback", &out);
    assert_string_equal(buf_cstr(&out), expected);
    buf_release(&out);
}

static void test_hostile_command_stays_on_its_line(void **state)
{
    (void)state;
    struct run_summary s = failed();
    s.command = "runproof run 'a\n<!-- /run -->\n```\n# x'";
    s.title = "<!-- run: 2 -->";
    struct buf out = {0};
    feedback_entry(&s, "feedback", &out);
    assert_null(strstr(buf_cstr(&out), "\n<!-- /run -->\n```"));
    assert_non_null(strstr(buf_cstr(&out), "\n````sh\nrunproof run 'a <!--"));
    assert_null(strstr(buf_cstr(&out), "<!-- run: 2"));
    buf_release(&out);
}

/* --- the log, in a folder of its own --- */

struct place {
    char dir[64];
    char *log;
    struct arena arena;
};

static int make_place(void **state)
{
    static struct place p;
    p = (struct place){.dir = "/tmp/runproof-feedback-XXXXXX"};
    if (!mkdtemp(p.dir))
        return -1;
    p.log = path_join(&p.arena, p.dir, "feedback/deployment.md");
    *state = &p;
    return 0;
}

static int drop_place(void **state)
{
    struct place *p = *state;
    struct err err = {0};
    int bad = file_remove_tree(p->dir, &err) != ST_OK;
    arena_release(&p->arena);
    return bad;
}

static void append(const struct place *p, const char *run, const char *text)
{
    struct err err = {0};
    struct buf entry = {0};
    buf_printf(&entry, "<!-- run: %s -->\n%s\n<!-- /run -->\n", run, text);
    if (feedback_append(p->log, run, buf_view(&entry), &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_release(&entry);
}

static void assert_log(const struct place *p, const char *text)
{
    struct buf log = {0};
    struct err err = {0};
    assert_int_equal(file_read(p->log, 1 << 20, &log, &err), ST_OK);
    assert_string_equal(buf_cstr(&log), text);
    buf_release(&log);
}

#define HEADER                                                                 \
    "# Feedback log: deployment\n\nOne entry a run, written by runproof. "     \
    "Notes between entries stay.\n"
#define ENTRY(run, text) "<!-- run: " run " -->\n" text "\n<!-- /run -->\n"

static void test_one_entry_a_run(void **state)
{
    const struct place *p = *state;
    append(p, "1", "first");
    append(p, "11", "other");
    append(p, "1", "first, resumed");
    append(p, "1", "first, resumed");
    assert_log(p, HEADER
               "\n" ENTRY("1", "first, resumed") "\n" ENTRY("11", "other"));
}

static void test_notes_stay(void **state)
{
    const struct place *p = *state;
    struct err err = {0};
    append(p, "1", "a");
    append(p, "2", "b");
    struct buf noted = {0};
    buf_str(&noted, HEADER "\n" ENTRY("1", "a") "\nA note.\n" ENTRY(
                        "2", "b") "\nLast note, no newline");
    assert_int_equal(file_replace(p->log, buf_view(&noted), &err), ST_OK);
    append(p, "1", "A");
    append(p, "3", "c");
    assert_log(p, HEADER "\n" ENTRY("1", "A") "\nA note.\n" ENTRY(
                      "2", "b") "\nLast note, no newline\n\n" ENTRY("3", "c"));
    buf_release(&noted);
}

static void test_a_torn_entry_is_replaced(void **state)
{
    const struct place *p = *state;
    struct err err = {0};
    append(p, "0", "z");
    struct span torn = SPAN("<!-- run: 1 -->\nhalf\n" ENTRY("2", "b"));
    assert_int_equal(file_replace(p->log, torn, &err), ST_OK);
    append(p, "1", "whole");
    assert_log(p, ENTRY("1", "whole") ENTRY("2", "b"));
}

/* Runs of different runbooks end at the same moment. */
static void test_writers_wait_for_each_other(void **state)
{
    const struct place *p = *state;
    enum { WRITERS = 8 };
    pid_t pids[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            char run[8];
            snprintf(run, sizeof run, "w%d", i);
            append(p, run, "x");
            _exit(0);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status = 0;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    struct buf log = {0};
    struct err err = {0};
    assert_int_equal(file_read(p->log, 1 << 20, &log, &err), ST_OK);
    for (int i = 0; i < WRITERS; i++) {
        char marker[32];
        snprintf(marker, sizeof marker, "<!-- run: w%d -->\n", i);
        assert_non_null(strstr(buf_cstr(&log), marker));
    }
    buf_release(&log);
}

static void test_a_folder_that_cannot_be_made(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_not_equal(
        feedback_append("/dev/null/deployment.md", "1", SPAN("x\n"), &err),
        ST_OK);
    assert_true(err.msg[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entry),
        cmocka_unit_test(test_hostile_command_stays_on_its_line),
        cmocka_unit_test_setup_teardown(test_one_entry_a_run, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(test_notes_stay, make_place,
                                        drop_place),
        cmocka_unit_test_setup_teardown(test_a_torn_entry_is_replaced,
                                        make_place, drop_place),
        cmocka_unit_test_setup_teardown(test_writers_wait_for_each_other,
                                        make_place, drop_place),
        cmocka_unit_test(test_a_folder_that_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
