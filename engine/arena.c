/* Owns memory by lifetime. */
#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_CHUNK_BYTES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_CHUNK_BYTES 0
#endif
#endif
#ifndef ARENA_CHUNK_BYTES
#define ARENA_CHUNK_BYTES 16384 /* at most, unless one object needs more */
#endif
/* calloc(3) of glibc passes by what free(3) keeps at hand for malloc(3), but
 * need not clear what comes fresh from the kernel, as large objects do. */
#define FRESH_BYTES ((size_t)64 << 10)
#define ARENA_FIRST_BYTES 960 /* most arenas of one call need no more */

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

struct arena_cleanup {
    struct arena_cleanup *next;
    void (*fn)(void *);
    void *arg;
};

static void die_of_memory(void)
{
    fputs("runproof: out of memory\n", stderr);
    abort();
}

void *mem_alloc(size_t size)
{
    bool is_large = size >= FRESH_BYTES;
    void *p = is_large ? calloc(1, size) : malloc(size ? size : 1);
    if (!p)
        die_of_memory();
    if (!is_large)
        memset(p, 0, size);
    return p;
}

void *mem_resize(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (!q)
        die_of_memory();
    return q;
}

void mem_free(void *p)
{
    free(p);
}

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_release(struct arena *a)
{
    while (a->cleanup) {
        struct arena_cleanup *c = a->cleanup;
        a->cleanup = c->next;
        c->fn(c->arg);
    }
    while (a->chunk) {
        struct arena_chunk *next = a->chunk->next;
        mem_free(a->chunk);
        a->chunk = next;
    }
    a->bytes = 0;
}

/* An arena grows by what it holds. */
static size_t chunk_bytes(const struct arena *a)
{
    size_t n = a->bytes > ARENA_FIRST_BYTES ? a->bytes : ARENA_FIRST_BYTES;
    return n > ARENA_CHUNK_BYTES ? ARENA_CHUNK_BYTES : n;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX - align - sizeof(struct arena_chunk))
        die_of_memory();
    size = (size + align - 1) / align * align;
    struct arena_chunk *c = a->chunk;
    if (!c || c->size - c->used < size) {
        size_t chunk = chunk_bytes(a);
        size_t want = size > chunk ? size : chunk;
        c = mem_alloc(sizeof *c + want);
        *c = (struct arena_chunk){.size = want};
        /* A big object goes behind the open chunk, whose room stays usable. */
        if (a->chunk && want == size) {
            c->next = a->chunk->next;
            a->chunk->next = c;
        } else {
            c->next = a->chunk;
            a->chunk = c;
        }
    }
    void *p = c->data + c->used;
    c->used += size;
    a->bytes += size;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        die_of_memory();
    return arena_alloc(a, count * size);
}

char *arena_strndup(struct arena *a, const char *p, size_t n)
{
    char *s = arena_alloc(a, n + 1);
    if (n)
        memcpy(s, p, n);
    s[n] = '\0';
    return s;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_list again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *s = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
    vsnprintf(s, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
    va_end(again);
    return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
    struct arena_cleanup *c = arena_alloc(a, sizeof *c);
    *c = (struct arena_cleanup){a->cleanup, fn, arg};
    a->cleanup = c;
}
