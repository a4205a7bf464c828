/* Runs killed at many moments and resumed end like one that was not: page,
 * files, counters of the surviving cloud, one entry in the log (DESIGN §6).
 *
 * Moments are spread by activity (lines of the journal) and by time. A fourth
 * of the resumes is killed once more. Some repositories work at a time, for a
 * run in the cloud mostly waits. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

#define KILLS_WANTED 50 /* of each kind, in each environment */
#define SHARDS 4
#define MISSES_MAX 40

enum kind { BY_LINE, BY_TIME, KINDS };

/* Shared by the shards. */
struct tally {
    int hits[2][KINDS]; /* runs killed, by environment */
    int again[2];       /* resumes killed */
    int missed;         /* had ended before */
    int unborn;         /* killed before there was a journal: run again */
    int in_doubt;       /* killed between intent and result */
    int finished;       /* killed between the end and the page */
};
static struct tally *tally;

/* --- a kill ---------------------------------------------------------- */

static void note_state(const struct lab *l)
{
    char type[32];
    lab_last_record(l, type);
    __atomic_fetch_add(&tally->unborn, !*type, __ATOMIC_RELAXED);
    __atomic_fetch_add(&tally->in_doubt, !strcmp(type, "intent"),
                       __ATOMIC_RELAXED);
    __atomic_fetch_add(&tally->finished, !strcmp(type, "end"),
                       __ATOMIC_RELAXED);
}

/* Goes on from where the kill struck: a run that never began is run again. */
static pid_t go_on(const struct lab *l)
{
    return lab_journal_lines(l) ? lab_spawn_resume(l) : lab_spawn_run(l);
}

static void finish(const struct lab *l)
{
    int code = lab_wait(go_on(l));
    if (code != 0)
        lab_fail(l, "the resume ends with %d", code);
}

static void kill_again(const struct lab *l, const struct model *m, int number)
{
    pid_t pid = go_on(l);
    lab_sleep_us(m->us * (number % 7 + 1) / 20);
    int code = 0;
    bool hit = lab_kill(pid, SIGKILL, &code);
    __atomic_fetch_add(&tally->again[l->env], hit, __ATOMIC_RELAXED);
    model_check_page(m, l);
}

/* The number-th of KILLS_WANTED moments of a run that takes so long. True when
 * the kill hit. */
static bool trial(const struct model *m, enum kind kind, int number, int64_t us)
{
    struct lab l;
    lab_open(&l, m->env);
    pid_t pid = lab_spawn_run(&l);
    if (kind == BY_LINE)
        lab_await_lines(&l, pid, (size_t)number * m->lines / KILLS_WANTED);
    else
        lab_sleep_us(us * (number + 1) / (KILLS_WANTED + 1));
    int code = 0;
    bool hit = lab_kill(pid, SIGKILL, &code);
    if (!hit && code != 0)
        lab_fail(&l, "the run ended with %d", code);
    model_check_page(m, &l);
    if (hit)
        note_state(&l);
    if (hit && number % 4 == 0)
        kill_again(&l, m, number);
    finish(&l);
    model_compare(m, &l);
    if (number % 5 == 0 && lab_replay(&l) != 0)
        lab_fail(&l, "verify --replay fails");
    lab_close(&l);
    return hit;
}

/* --- many ------------------------------------------------------------ */

static void work(const struct model *m, enum kind kind, int shard)
{
    int missed = 0;
    int64_t us = m->us;
    for (int i = shard; i < KILLS_WANTED;) {
        bool hit = trial(m, kind, i, us);
        __atomic_fetch_add(hit ? &tally->hits[m->env][kind] : &tally->missed, 1,
                           __ATOMIC_RELAXED);
        missed += !hit;
        us -= hit ? 0 : us / 10; /* the machine has become quicker */
        if (missed > MISSES_MAX) {
            fprintf(stderr, "runs end before they can be killed\n");
            exit(1);
        }
        i += hit ? SHARDS : 0;
    }
}

static bool spread(const struct model *m, enum kind kind)
{
    pid_t pids[SHARDS];
    for (int i = 0; i < SHARDS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            work(m, kind, i);
            _exit(0);
        }
    }
    bool ok = true;
    for (int i = 0; i < SHARDS; i++)
        ok = pids[i] > 0 && lab_wait(pids[i]) == 0 && ok;
    return ok;
}

static bool exercise(enum lab_env env)
{
    struct model m;
    model_make(&m, env);
    bool ok = true;
    for (int kind = 0; kind < KINDS; kind++)
        ok = ok && spread(&m, (enum kind)kind);
    printf("%s: %zu records in %lld ms; killed %d times by record, %d by time, "
           "%d resumes\n",
           env == LAB_CLOUD ? "cloud" : "sandbox", m.lines,
           (long long)m.us / 1000, tally->hits[env][BY_LINE],
           tally->hits[env][BY_TIME], tally->again[env]);
    model_release(&m);
    return ok;
}

int main(void)
{
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED || !getenv("RUNPROOF"))
        return 2;
    bool ok = exercise(LAB_SANDBOX) && exercise(LAB_CLOUD);
    printf("before there was a journal %d, in doubt %d, after the end %d, "
           "missed %d\n",
           tally->unborn, tally->in_doubt, tally->finished, tally->missed);
    return ok ? 0 : 1;
}
