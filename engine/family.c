/* Counts the descendants of a process, from /proc. */
#include "family.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"

/* The text of a file below /proc/<pid>, cut at what fits; "" if there is none.
 */
static void read_text(pid_t pid, const char *name, char *text, size_t room)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, room - 1);
    text[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

/* statm: size resident shared …, in pages */
static uint64_t memory_of(pid_t pid)
{
    char text[128];
    unsigned long long size = 0;
    unsigned long long resident = 0;
    unsigned long long shared = 0;
    read_text(pid, "statm", text, sizeof text);
    if (sscanf(text, "%llu %llu %llu", &size, &resident, &shared) != 3 ||
        resident < shared)
        return 0;
    return (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Appends the children of its first thread to the queue. */
static size_t add_children(pid_t pid, pid_t *queue, size_t n, size_t most)
{
    static char text[1 << 16];
    char name[32];
    snprintf(name, sizeof name, "task/%d/children", (int)pid);
    read_text(pid, name, text, sizeof text);
    for (char *p = text; *p && n < most; p += strspn(p, " ")) {
        pid_t child = (pid_t)strtol(p, &p, 10);
        if (child > 0 && (*p == ' ' || *p == '\0'))
            queue[n++] = child;
    }
    return n;
}

size_t family_list(pid_t first, pid_t *out, size_t most)
{
    size_t n = add_children(first, out, 0, most);
    for (size_t i = 0; i < n; i++)
        n = add_children(out[i], out, n, most);
    return n;
}

struct family family_count(pid_t first, size_t most)
{
    pid_t *all = mem_alloc((most + 1) * sizeof *all);
    struct family f = {.n = family_list(first, all, most)};
    for (size_t i = 0; i < f.n; i++)
        f.bytes += memory_of(all[i]);
    mem_free(all);
    return f;
}
