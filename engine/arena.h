/* Memory by lifetime. An arena owns everything allocated from it and frees it
 * in one call; cleanups run last-in-first-out before the memory goes. Out of
 * memory aborts: no caller has an error path for it (rule: STYLE, OOM row).
 * This is the only module that calls malloc. */
#pragma once

#include <stddef.h>

struct arena_chunk;
struct arena_cleanup;

/* Zero-initialise ({0}) or arena_init(); arena_release() makes it empty again
 * and reusable. In sanitizer builds each allocation is its own malloc, so that
 * ASan sees every object. */
struct arena {
    struct arena_chunk *chunk;
    struct arena_cleanup *cleanup;
    size_t bytes; /* handed out in total */
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);

/* Zeroed, aligned for any type, owned by the arena. size 0 gives a valid
 * pointer to nothing. */
void *arena_alloc(struct arena *a, size_t size);
/* count * size with an overflow check (aborts). */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A NUL-terminated copy of n bytes. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* fn(arg) runs at arena_release, the youngest first. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* Plain heap for growable buffers; abort on failure. mem_free(NULL) is fine. */
void *mem_alloc(size_t size); /* zeroed */
void *mem_resize(void *p, size_t size);
void mem_free(void *p);

/* Grow a typed heap vector: ensures room for one more element. */
#define MEM_GROW(ptr, count, cap)                                              \
    do {                                                                       \
        if ((count) >= (cap)) {                                                \
            (cap) = (cap) ? (cap)*2 : 8;                                       \
            (ptr) = mem_resize((ptr), (cap) * sizeof *(ptr));                  \
        }                                                                      \
    } while (0)
