/* Open addressing: a name is a digest, its first bytes are the hash. */
#include "oids.h"

#include <string.h>

#include "arena.h"

/* The slot of a name, or the empty one where it would stand. */
static struct oids_slot *slot_of(const struct oids *set,
                                 const unsigned char oid[20])
{
    uint64_t hash;
    memcpy(&hash, oid, sizeof hash);
    /* Names can be chosen: their bits are mixed, and a run of equal ones costs
     * time alone. */
    hash = (hash ^ hash >> 29) * 0x9e3779b97f4a7c15u;
    for (size_t i = hash >> 20;; i++) {
        struct oids_slot *s = &set->slots[i & (set->room - 1)];
        if (!s->value || memcmp(s->oid, oid, 20) == 0)
            return s;
    }
}

static void grow(struct oids *set)
{
    struct oids old = *set;
    set->room = old.room ? old.room * 2 : 256;
    set->slots = mem_alloc(set->room * sizeof *set->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].value)
            *slot_of(set, old.slots[i].oid) = old.slots[i];
    mem_free(old.slots);
}

bool oids_add(struct oids *set, const unsigned char oid[20], uint32_t value)
{
    if (set->n * 2 >= set->room)
        grow(set);
    struct oids_slot *s = slot_of(set, oid);
    if (s->value)
        return false;
    memcpy(s->oid, oid, 20);
    s->value = value + 1;
    set->n++;
    return true;
}

uint32_t oids_get(const struct oids *set, const unsigned char oid[20])
{
    if (!set->n)
        return OIDS_ABSENT;
    const struct oids_slot *s = slot_of(set, oid);
    return s->value ? s->value - 1 : OIDS_ABSENT;
}

bool oids_has(const struct oids *set, const unsigned char oid[20])
{
    return oids_get(set, oid) != OIDS_ABSENT;
}

void oids_release(struct oids *set)
{
    mem_free(set->slots);
    *set = (struct oids){0};
}
