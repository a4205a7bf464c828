/* What the kernel lets a command do, by its effect class: Landlock for files,
 * seccomp for sockets and the system calls that Landlock does not know.
 *
 *   none, read   write in the scratch folder only; no socket
 *   local        write below the repository and in the scratch folder; no
 *                socket
 *   remote       write as local; any socket
 *
 * Every class may read and execute all that its user may.
 *
 * Not confined (DESIGN §8): chmod, chown and extended attributes in class
 * local and remote; time stamps of files in every class; signals to processes
 * outside, and device ioctls, on kernels before 6.12 and 6.10; truncation
 * before 6.2 in class local and remote; .git and the evidence, which lie
 * inside the repository, in class local and remote. */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#include "effect.h"
#include "err.h"

#define LIMIT_FILTER_MAX 64
#define LIMIT_PROCESSES 4096 /* of the user, while the command runs */

/* Prepared before the fork, entered after it. */
struct limit {
    enum effect effect;
    int ruleset; /* Landlock, -1: none */
    struct sock_filter filter[LIMIT_FILTER_MAX];
    unsigned short n_filter; /* 0: no filter */
};

/* The kernel's Landlock version, 0 when it has none or it is switched off. */
int limit_landlock_abi(void);
/* root and scratch are folders. ST_REFUSED when the class must be confined and
 * the kernel cannot. Release with limit_release, also after an error. */
MUST_USE enum status limit_prepare(enum effect effect, const char *root,
                                   const char *scratch, struct limit *out,
                                   struct err *err);
/* Confines the calling process for good, and all it will start. Allocates
 * nothing: for use between fork and exec. False with errno on failure. */
MUST_USE bool limit_enter(struct limit *l);
void limit_release(struct limit *l);
