/* A laboratory for faults: a scratch repository with the page of tests/fault,
 * the simulated cloud it changes, and runs of the program that are killed.
 * Whatever goes wrong ends the process with one line: lab_fail. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "hash.h"
#include "str.h"

enum lab_env {
    LAB_SANDBOX, /* the built-in cloud, which dies with the run */
    LAB_CLOUD    /* `runproof sandbox --state`, which survives it */
};

struct lab {
    enum lab_env env;
    char dir[64]; /* everything below it */
    pid_t cloud;  /* 0 in LAB_SANDBOX */
    int port;
};

void lab_open(struct lab *l, enum lab_env env);
/* Begins or goes on with the state it has; the port is another. */
void lab_start_cloud(struct lab *l);
/* Ends the cloud and removes the folder. */
void lab_close(struct lab *l);
_Noreturn void lab_fail(const struct lab *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* --- processes --- */

/* Starts the program in the repository, its output in a file; words end with
 * NULL. */
pid_t lab_spawn(const struct lab *l, const char *const *words);
/* The exit code, or minus the signal that ended it. */
int lab_wait(pid_t pid);
/* The run of kill.md, the resume of the only bundle, its proofs. */
pid_t lab_spawn_run(const struct lab *l);
pid_t lab_spawn_resume(const struct lab *l);
int lab_verify(const struct lab *l);
int lab_replay(const struct lab *l);

/* --- moments --- */

/* Waits until the journal has so many lines, or the process has ended. */
void lab_await_lines(const struct lab *l, pid_t pid, size_t lines);
void lab_sleep_us(int64_t us);
/* True when the kill hit: false when the process had ended before. */
bool lab_kill(pid_t pid, int signal, int *code);

/* --- what there is --- */

/* "artifacts/fault/RUN"; false while no run has begun. */
bool lab_bundle(const struct lab *l, char room[128]);
size_t lab_journal_lines(const struct lab *l);
/* The "type" of the journal's last whole record, "" while there is none. */
const char *lab_last_record(const struct lab *l, char room[32]);
/* What the last process printed. Caller releases. */
struct buf lab_output(const struct lab *l);
/* A file of the repository; empty when it is not there. Caller releases. */
struct buf lab_read(const struct lab *l, const char *path);
/* The steps' logs, one after the other. */
struct buf lab_logs(const struct lab *l);
/* Without what may differ between two runs: ids, times, ports. */
void lab_normalise(const struct lab *l, struct buf *text);
/* What the cloud counted: JSON. Empty in LAB_SANDBOX. */
struct buf lab_counters(const struct lab *l);
/* SHA-256 over the names and bytes of all that lies below a folder. */
struct digest lab_digest(const struct lab *l, const char *folder);
/* Temporary files outside .runproof/, scratch folders inside: 0 at the end. */
size_t lab_leftovers(const struct lab *l);
