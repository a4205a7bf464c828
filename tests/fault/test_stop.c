/* Runs that are stopped, caught at their very end, resumed when there is
 * nothing to resume, or disturbed by a second process (DESIGN §4 and §6). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "model.h"

#define TRIES 20
#define PATIENCE_MS 10000 /* for what takes 60 s when it is not stopped */

static struct model models[2];

static void expect(const struct lab *l, const char *what, int want, int got)
{
    if (want != got)
        lab_fail(l, "%s: %d expected, got %d", what, want, got);
}

static void expect_said(const struct lab *l, const char *part)
{
    struct buf said = lab_output(l);
    if (!strstr(buf_cstr(&said), part))
        lab_fail(l, "it does not say \"%s\"", part);
    buf_release(&said);
}

/* --- a request to stop ----------------------------------------------- */

/* Exit 4, and a resume goes on. False when it had ended before. */
static bool stop_once(const struct model *m, int signal, size_t lines)
{
    struct lab l;
    int code = 0;
    lab_open(&l, m->env);
    pid_t pid = lab_spawn_run(&l);
    lab_await_lines(&l, pid, lines);
    (void)lab_kill(pid, signal, &code);
    bool stopped = code == 4;
    if (stopped) {
        expect_said(&l, "runproof resume ");
        expect(&l, "resume", 0, lab_wait(lab_spawn_resume(&l)));
    } else {
        expect(&l, "run", 0, code);
    }
    model_compare(m, &l);
    expect(&l, "verify --replay", 0, lab_replay(&l));
    lab_close(&l);
    return stopped;
}

static void stops_and_goes_on(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        for (int env = 0; env < 2; env++) {
            const struct model *m = &models[env];
            int tries = 1;
            while (!stop_once(m, signals[i], m->lines * (i + 1) / 5))
                if (tries++ == TRIES)
                    abort();
        }
}

/* A step that sleeps is not waited for. */
static void stops_a_sleep(void)
{
    struct lab l;
    int code = 0;
    const char *const run[] = {"run", "runbooks/wait.md", "--env", "cloud",
                               NULL};
    lab_open(&l, LAB_CLOUD);
    pid_t pid = lab_spawn(&l, run);
    lab_await_lines(&l, pid, 2);
    int64_t began = clock_mono_ms();
    (void)lab_kill(pid, SIGTERM, &code);
    expect(&l, "run", 4, code);
    if (clock_mono_ms() - began > PATIENCE_MS)
        lab_fail(&l, "it slept on");
    lab_close(&l);
}

/* --- the end --------------------------------------------------------- */

/* True when it struck after the journal's end and before the page. */
static bool catch_end(const struct model *m)
{
    struct lab l;
    int code = 0;
    lab_open(&l, m->env);
    pid_t pid = lab_spawn_run(&l);
    lab_await_lines(&l, pid, m->lines);
    bool hit = lab_kill(pid, SIGKILL, &code);
    struct buf page = lab_read(&l, "runbooks/kill.md");
    bool gap = hit && span_eq(buf_view(&page), buf_view(&m->before));
    buf_release(&page);
    model_check_page(m, &l);
    expect(&l, "resume", 0, lab_wait(lab_spawn_resume(&l)));
    model_compare(m, &l);
    lab_close(&l);
    return gap;
}

static void ends_are_caught_up(void)
{
    int tries = 1;
    while (!catch_end(&models[LAB_CLOUD]))
        if (tries++ == TRIES)
            abort();
}

static void resumes_nothing(const char *page, int verdict)
{
    static const char *const folders[] = {"artifacts", "runbooks", "feedback"};
    struct digest before[3];
    struct lab l;
    const char *const run[] = {"run", page, "--yes", NULL};
    lab_open(&l, LAB_SANDBOX);
    expect(&l, "run", verdict, lab_wait(lab_spawn(&l, run)));
    for (int i = 0; i < 3; i++)
        before[i] = lab_digest(&l, folders[i]);
    expect(&l, "resume", verdict, lab_wait(lab_spawn_resume(&l)));
    for (int i = 0; i < 3; i++)
        if (strcmp(before[i].hex, lab_digest(&l, folders[i]).hex) != 0)
            lab_fail(&l, "a resume of what has ended changed %s", folders[i]);
    lab_close(&l);
}

static void ended_runs_stay(void)
{
    resumes_nothing("runbooks/kill.md", 0);
    resumes_nothing("runbooks/fails.md", 1);
}

/* --- two at a time --------------------------------------------------- */

static void second_is_locked_out(void)
{
    struct lab l;
    const struct model *m = &models[LAB_CLOUD];
    lab_open(&l, LAB_CLOUD);
    pid_t pid = lab_spawn_run(&l);
    lab_await_lines(&l, pid, m->lines / 3);
    kill(pid, SIGSTOP);
    expect(&l, "a second run", 3, lab_wait(lab_spawn_run(&l)));
    expect(&l, "a resume beside it", 3, lab_wait(lab_spawn_resume(&l)));
    kill(pid, SIGCONT);
    expect(&l, "the first run", 0, lab_wait(pid));
    model_compare(m, &l);
    lab_close(&l);
}

/* --- doubt ----------------------------------------------------------- */

static void await_file(const struct lab *l, const char *path)
{
    for (int i = 0; i < PATIENCE_MS; i++) {
        struct buf text = lab_read(l, path);
        bool there = text.n;
        buf_release(&text);
        if (there)
            return;
        lab_sleep_us(1000);
    }
    lab_fail(l, "no %s", path);
}

static void await_said(const struct lab *l, const char *part)
{
    for (int i = 0; i < PATIENCE_MS; i++) {
        struct buf said = lab_read(l, "../output");
        bool there = strstr(buf_cstr(&said), part) != NULL;
        buf_release(&said);
        if (there)
            return;
        lab_sleep_us(1000);
    }
    lab_fail(l, "it does not say \"%s\"", part);
}

/* A command is not run again by itself; --yes knows no facts. */
static void doubt_is_asked(void)
{
    struct lab l;
    int code = 0;
    char bundle[128];
    const char *const run[] = {"run", "runbooks/command.md", "--env", "cloud",
                               NULL};
    lab_open(&l, LAB_CLOUD);
    pid_t pid = lab_spawn(&l, run);
    await_file(&l, "once.txt");
    (void)lab_kill(pid, SIGKILL, &code);
    expect(&l, "resume --yes", 3, lab_wait(lab_spawn_resume(&l)));
    expect_said(&l, "work-in-doubt");
    if (!lab_bundle(&l, bundle))
        lab_fail(&l, "no bundle");
    const char *const answer[] = {"resume", bundle, "--answer",
                                  "work-in-doubt=yes", NULL};
    expect(&l, "resume --answer", 0, lab_wait(lab_spawn(&l, answer)));
    struct buf once = lab_read(&l, "once.txt");
    if (!span_eq(buf_view(&once), SPAN("once\n")))
        lab_fail(&l, "the command ran again: %s", buf_cstr(&once));
    buf_release(&once);
    lab_close(&l);
}

/* What forbids another attempt forbids it after a resume, too. */
static void lost_answer_ends_it(void)
{
    struct lab l;
    int code = 0;
    char bundle[128];
    const char *const run[] = {"run", "runbooks/lost.md", "--env", "cloud",
                               NULL};
    lab_open(&l, LAB_CLOUD);
    pid_t pid = lab_spawn(&l, run);
    lab_await_lines(&l, pid, 4); /* run, attempt, intent, result */
    if (!lab_kill(pid, SIGKILL, &code) || !lab_bundle(&l, bundle))
        lab_fail(&l, "the run has ended");
    const char *const resume[] = {"resume", bundle, "--format", "json", NULL};
    expect(&l, "resume", 1, lab_wait(lab_spawn(&l, resume)));
    expect_said(&l, "\"attempts\":1");
    lab_close(&l);
}

/* The first signal lets a change finish, and says so; the second ends it. */
static void insists(void)
{
    struct lab l;
    int code = 0;
    const char *const run[] = {"run", "runbooks/command.md", "--env", "cloud",
                               NULL};
    lab_open(&l, LAB_CLOUD);
    pid_t pid = lab_spawn(&l, run);
    await_file(&l, "once.txt");
    int64_t began = clock_mono_ms();
    kill(pid, SIGINT);
    await_said(&l, "stopping when this is done");
    (void)lab_kill(pid, SIGINT, &code);
    expect(&l, "run", 4, code);
    if (clock_mono_ms() - began > PATIENCE_MS)
        lab_fail(&l, "it went on");
    lab_close(&l);
}

/* --------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*fn)(void);
} tests[] = {
    {"a signal stops a run, a resume goes on", stops_and_goes_on},
    {"a signal ends a sleep", stops_a_sleep},
    {"killed before the page is written", ends_are_caught_up},
    {"a resume of what has ended changes nothing", ended_runs_stay},
    {"a second process is locked out", second_is_locked_out},
    {"a command in doubt is asked about", doubt_is_asked},
    {"an answer that was lost ends the step", lost_answer_ends_it},
    {"a second signal ends a change", insists},
};

int main(void)
{
    if (!getenv("RUNPROOF"))
        return 2;
    for (int env = 0; env < 2; env++)
        model_make(&models[env], (enum lab_env)env);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        tests[i].fn();
        printf("ok  %s\n", tests[i].name);
        fflush(stdout);
    }
    for (int env = 0; env < 2; env++)
        model_release(&models[env]);
    return 0;
}
