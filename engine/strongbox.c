/* Keeps bytes in pages that stay in this process. */
#include "strongbox.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "arena.h"

#define CHUNK_BYTES ((size_t)64 << 10)

struct chunk {
    struct chunk *next;
    char *p;
    size_t used, size;
};

struct strongbox {
    struct chunk *first;
};

struct strongbox *strongbox_new(void)
{
    return mem_alloc(sizeof(struct strongbox));
}

/* Without the right to lock so much the pages can be swapped, no more. */
static struct chunk *chunk_new(size_t least)
{
    struct chunk *c = mem_alloc(sizeof *c);
    c->size = (least / CHUNK_BYTES + 1) * CHUNK_BYTES;
    c->p = mmap(NULL, c->size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c->p == MAP_FAILED)
        abort(); /* out of memory */
    (void)mlock(c->p, c->size);
    (void)madvise(c->p, c->size, MADV_DONTDUMP);
    (void)madvise(c->p, c->size, MADV_DONTFORK);
    return c;
}

char *strongbox_copy(struct strongbox *l, const void *p, size_t n)
{
    struct chunk *c = l->first;
    if (!c || c->size - c->used <= n) {
        c = chunk_new(n);
        c->next = l->first;
        l->first = c;
    }
    char *copy = c->p + c->used;
    if (n)
        memcpy(copy, p, n);
    copy[n] = '\0';
    c->used += n + 1;
    return copy;
}

void strongbox_free(struct strongbox *l)
{
    if (!l)
        return;
    while (l->first) {
        struct chunk *c = l->first;
        l->first = c->next;
        explicit_bzero(c->p, c->used);
        munmap(c->p, c->size);
        mem_free(c);
    }
    mem_free(l);
}

void strongbox_process(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}
