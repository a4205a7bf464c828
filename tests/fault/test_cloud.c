/* The simulated cloud as a process: what changed it survives its death, and
 * its folder is its own (DESIGN §4, `runproof sandbox`). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "lab.h"

#define REQUESTS "../state/requests.jsonl"

static void expect(const struct lab *l, const char *what, int want, int got)
{
    if (want != got)
        lab_fail(l, "%s: %d expected, got %d", what, want, got);
}

static void expect_text(const struct lab *l, const char *what,
                        const struct buf *want, const struct buf *got)
{
    if (!span_eq(buf_view(want), buf_view(got)))
        lab_fail(l, "%s: %s\nbefore: %s", what, buf_cstr(got), buf_cstr(want));
}

static void kill_cloud(struct lab *l)
{
    int code = 0;
    if (!lab_kill(l->cloud, SIGKILL, &code))
        lab_fail(l, "the cloud had ended before");
    l->cloud = 0;
}

/* A start that must fail so; it says why. */
static void refuses(const struct lab *l, int want, const char *part)
{
    const char *const words[] = {"sandbox", "--fixture", "fixture",
                                 "--state", "../state",  NULL};
    expect(l, part, want, lab_wait(lab_spawn(l, words)));
    struct buf said = lab_output(l);
    if (!strstr(buf_cstr(&said), part))
        lab_fail(l, "it does not say \"%s\"", part);
    buf_release(&said);
}

static void put(const struct lab *l, const char *path, struct span text)
{
    char room[256];
    struct err err = {0};
    snprintf(room, sizeof room, "%s/repo/%s", l->dir, path);
    if (file_write(room, text, &err) != ST_OK)
        lab_fail(l, "%s", err.msg);
}

/* A cloud that a run has changed. */
static void open_changed(struct lab *l)
{
    lab_open(l, LAB_CLOUD);
    expect(l, "run", 0, lab_wait(lab_spawn_run(l)));
}

/* --------------------------------------------------------------------- */

static void survives_its_death(void)
{
    struct lab l;
    open_changed(&l);
    struct buf counted = lab_counters(&l);
    struct buf kept = lab_read(&l, REQUESTS);
    kill_cloud(&l);
    lab_start_cloud(&l);
    struct buf again = lab_counters(&l);
    expect_text(&l, "counters after a restart", &counted, &again);
    buf_release(&again);
    kill_cloud(&l);

    /* the line that a crash tore was never answered */
    struct buf torn = {0};
    buf_span(&torn, buf_view(&kept));
    buf_str(&torn, "{\"now_ms\":17951652");
    put(&l, REQUESTS, buf_view(&torn));
    lab_start_cloud(&l);
    again = lab_counters(&l);
    expect_text(&l, "counters after a torn line", &counted, &again);
    buf_release(&torn);
    torn = lab_read(&l, REQUESTS);
    expect_text(&l, "the requests", &kept, &torn);
    buf_release(&again);
    buf_release(&torn);
    buf_release(&kept);
    buf_release(&counted);
    lab_close(&l);
}

static void folder_is_its_own(void)
{
    struct lab l;
    open_changed(&l);
    refuses(&l, 3, "another `runproof sandbox` serves");
    kill_cloud(&l);
    put(&l, REQUESTS,
        SPAN("{\"now_ms\":1795165200000,\"request\":{\"method\":\"GET\",\"url\""
             ":\"http://127.0.0.1:1/_sandbox/counters\"}}\n"));
    refuses(&l, 5, "requests.jsonl:1: this request changes nothing any more");
    put(&l, "fixture/tree/new.txt", SPAN("another fixture\n"));
    refuses(&l, 2, "made from another fixture");
    lab_close(&l);
}

/* A run whose cloud dies fails, and does not wait for ever. */
static void dies_under_a_run(void)
{
    struct lab l;
    lab_open(&l, LAB_CLOUD);
    pid_t pid = lab_spawn_run(&l);
    lab_await_lines(&l, pid, 30);
    kill_cloud(&l);
    expect(&l, "run", 1, lab_wait(pid));
    lab_close(&l);
}

static const struct {
    const char *name;
    void (*fn)(void);
} tests[] = {
    {"what changed the cloud survives its death", survives_its_death},
    {"its folder serves one process and one fixture", folder_is_its_own},
    {"a run whose cloud dies fails", dies_under_a_run},
};

int main(void)
{
    if (!getenv("RUNPROOF"))
        return 2;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        tests[i].fn();
        printf("ok  %s\n", tests[i].name);
        fflush(stdout);
    }
    return 0;
}
