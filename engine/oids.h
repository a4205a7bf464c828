/* A set of git object names (20 bytes each), each with a number. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oids {
    struct oids_slot {
        unsigned char oid[20];
        uint32_t value; /* plus one: 0 is an empty slot */
    } * slots;
    size_t n, room; /* room: a power of two, or 0 */
};

#define OIDS_ABSENT UINT32_MAX

/* Zero-initialise. A name that is there keeps its value: false. */
bool oids_add(struct oids *set, const unsigned char oid[20], uint32_t value);
uint32_t oids_get(const struct oids *set, const unsigned char oid[20]);
bool oids_has(const struct oids *set, const unsigned char oid[20]);
void oids_release(struct oids *set);
