/* The process that forks workers: it exists before anything worth stealing is
 * read, so a worker started late inherits nothing (rule: DESIGN §1). It also
 * reaps them, so that a worker's process id cannot be reused behind the
 * engine's back. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* One request is one packet on the control socket (SOCK_SEQPACKET); a
 * ZYGOTE_OPEN carries the worker's socket as SCM_RIGHTS. */
enum zygote_op { ZYGOTE_OPEN, ZYGOTE_END };

struct zygote_request {
    enum zygote_op op;
    pid_t pid;           /* ZYGOTE_END: kill it if it still runs, and reap */
    size_t memory_bytes; /* ZYGOTE_OPEN */
};

struct zygote_reply {
    int error;       /* errno, 0 when done */
    pid_t pid;       /* ZYGOTE_OPEN */
    int wait_status; /* ZYGOTE_END: as waitpid(2) */
};

/* The zygote's life: serves requests until the control socket closes. */
_Noreturn void zygote_main(int control);
