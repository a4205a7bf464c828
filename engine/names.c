/* Maps names to texts by hashing, with open addressing. */
#include "names.h"

#include <stdint.h>

#include "arena.h"

#define ROOM_AT_FIRST 64 /* a power of two, as every room */

struct name_slot {
    struct span name; /* p NULL: free */
    const char *text;
};

/* FNV-1a */
static uint64_t hash(struct span s)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
    return h;
}

/* The slot of name, or the free one where it belongs. */
static struct name_slot *find(const struct names *m, struct span name)
{
    size_t i = (size_t)hash(name) & (m->room - 1);
    while (m->slots[i].name.p && !span_eq(m->slots[i].name, name))
        i = (i + 1) & (m->room - 1);
    return &m->slots[i];
}

static void grow(struct names *m)
{
    struct names old = *m;
    m->room = old.room ? 2 * old.room : ROOM_AT_FIRST;
    m->slots = mem_alloc(m->room * sizeof *m->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].name.p)
            *find(m, old.slots[i].name) = old.slots[i];
    mem_free(old.slots);
}

void names_put(struct names *m, struct span name, const char *text)
{
    if (2 * m->n >= m->room)
        grow(m);
    struct name_slot *slot = find(m, name);
    m->n += !slot->name.p;
    slot->name = name.p ? name : SPAN("");
    slot->text = text;
}

const char *names_get(const struct names *m, struct span name)
{
    return m->room ? find(m, name)->text : NULL;
}

void names_release(struct names *m)
{
    mem_free(m->slots);
    *m = (struct names){0};
}
