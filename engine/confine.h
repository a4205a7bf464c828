/* What a process of ours may still do once it has given up its rights: the
 * walls around the zygote and its workers (rule: DESIGN §1). */
#pragma once

#include <stddef.h>

#include "err.h"

/* For the zygote: own session (a Ctrl-C at the terminal is the engine's to
 * handle), not dumpable, no core files, empty environment with its old bytes
 * wiped, user nobody when it was root, death with parent. Every descriptor but
 * keep_fd is closed; 0, 1 and 2 become /dev/null. ST_INTERNAL. */
MUST_USE enum status confine_zygote(int keep_fd, struct err *err);

/* For a worker, for good: dies with the zygote, no new privileges, every
 * descriptor but fd closed, and from here on only reading and writing fd,
 * memory and exit; any other system call kills the process. memory_bytes is
 * the Lua ceiling; the address space is bounded a little above it (not under
 * ASan, whose shadow memory is larger than any ceiling). ST_INTERNAL. */
MUST_USE enum status confine_worker(int fd, size_t memory_bytes,
                                    struct err *err);
