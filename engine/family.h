/* A process with all that it started: how many they are, what they take. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct family {
    size_t n;       /* processes, the first one not counted */
    uint64_t bytes; /* of memory that no file backs */
};

/* The ids of up to `most` descendants, parents first; how many there are. For
 * use after a fork, too: allocates nothing. */
size_t family_list(pid_t first, pid_t *out, size_t most);
/* Counts up to `most` processes. What cannot be read counts as nothing: a
 * kernel without CONFIG_PROC_CHILDREN tells of no children. */
struct family family_count(pid_t first, size_t most);
