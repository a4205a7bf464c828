/* Runs one command to its end: no shell, its own session, confined, and with
 * every process it started gone before the call returns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "str.h"

struct limit;

/* All borrowed. */
struct proc_spec {
    const char *program; /* path for execve; relative: to cwd */
    char *const *argv;
    char *const *envp;
    int cwd;             /* descriptor of the working directory */
    struct span input;   /* standard input */
    struct limit *limit; /* entered before execve */
    bool user_namespace; /* may be made, to hide what is outside: see proc.c */
    size_t cap_bytes;    /* of each output stream; over it the run is ended */
    size_t most_processes;
    uint64_t most_memory; /* of all of them, in bytes */
    int64_t deadline_mono_ms;
    bool (*is_full)(void *ctx);    /* the disk; asked again and again */
    bool (*is_stopped)(void *ctx); /* asked again and again; NULL: never */
    void *ctx;
};

enum proc_end {
    PROC_EXITED,  /* code says how */
    PROC_KILLED,  /* by signal, not by us */
    PROC_TIMEOUT, /* ended by us at the deadline */
    PROC_STOPPED, /* ended by us: is_stopped */
    PROC_FLOODED, /* ended by us: a stream went over its cap */
    PROC_CROWDED, /* ended by us: more than most_processes */
    PROC_SWOLLEN, /* ended by us: more than most_memory */
    PROC_FULL     /* ended by us: is_full */
};

struct proc_result {
    enum proc_end end;
    int code;   /* exit code; 128 + signal when killed, as shells have it */
    int signal; /* 0 when exited */
    struct buf out, err; /* released by the caller, also after an error */
};

/* ST_FAILED when it cannot be started; ST_REFUSED when it cannot be confined.
 * Returning ST_OK, nothing it started is left running (best effort against
 * processes that cannot be killed). */
MUST_USE enum status proc_run(const struct proc_spec *spec,
                              struct proc_result *out, struct err *err);
