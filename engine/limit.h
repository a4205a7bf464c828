/* What the kernel lets a command do, by its effect class: Landlock for files,
 * seccomp for sockets and the system calls that Landlock does not know. What
 * each class may do, and what is not confined, is told in docs/CONFINEMENT.md.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "effect.h"
#include "err.h"

#define LIMIT_FILTER_MAX 128
#define LIMIT_PROCESSES 4096 /* of the user, while the command runs */

struct limit_spec {
    enum effect effect;
    bool network;        /* declared: a class below remote may open sockets to
                            the Internet, and no other */
    const char *root;    /* folder that class local and remote may write */
    const char *scratch; /* folder that every class may write */
};

/* Prepared before the fork, entered after it. */
struct limit {
    enum effect effect;
    int ruleset; /* Landlock, -1: none */
    struct sock_filter filter[LIMIT_FILTER_MAX];
    unsigned short n_filter; /* 0: no filter */
};

/* The kernel's Landlock version, 0 when it has none or it is switched off. */
int limit_landlock_abi(void);
/* Whether Landlock keeps what is confined from signalling others. */
bool limit_scopes_signals(void);
/* Of one file that a command of that class writes, in bytes; 0: no bound. */
uint64_t limit_file_bytes(enum effect effect);
/* Without Landlock there is a seccomp filter alone: whether a command may run
 * so is not decided here. ST_REFUSED when the kernel has Landlock, and will
 * not. Release with limit_release, also after an error. */
MUST_USE enum status limit_prepare(const struct limit_spec *spec,
                                   struct limit *out, struct err *err);
/* Confines the calling process for good, and all it will start. Allocates
 * nothing: for use between fork and exec. False with errno on failure. */
MUST_USE bool limit_enter(struct limit *l);
void limit_release(struct limit *l);
