/* Packs of git, read without git: an index and a pack as they lie on disk
 * (gitformat-pack; index versions 1 and 2, SHA-1 names). Every object is
 * inflated once and every delta applied once, delta tree by delta tree. Nothing
 * that the bytes say is believed: sizes, offsets, bases, checksums. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "str.h"

#define PACK_OID 20
#define PACK_NONE UINT32_MAX

enum pack_type {
    PACK_COMMIT = 1,
    PACK_TREE = 2,
    PACK_BLOB = 3,
    PACK_TAG = 4,
    PACK_OFS_DELTA = 6,
    PACK_REF_DELTA = 7
};

/* Why an object could not be given. */
enum pack_fault {
    PACK_SOUND,
    PACK_CRC,     /* not the bytes that the index was made for */
    PACK_HEADER,  /* no type, or no place of a base */
    PACK_INFLATE, /* not the zlib stream of the size that was told */
    PACK_DELTA,   /* asks for what its base does not have */
    PACK_OUTSIDE, /* its base is not in this pack, or cannot be had itself */
    PACK_LOOP,    /* its base is made of itself */
    PACK_BIG,     /* over the ceiling, or made of something that is */
    PACK_FAULTS
};
const char *pack_fault_text(enum pack_fault fault);

/* What inflates: a port's. run: exactly n bytes to out, false if it is not
 * that. state is one thread's. */
struct inflater {
    bool (*run)(void *state, struct span in, char *out, size_t n);
    uint32_t (*crc32)(struct span s);
    void *state;
};

/* One object, in the order of offsets. */
struct pack_entry {
    uint64_t offset;
    uint64_t size;  /* as its header says, of a delta the delta's */
    uint32_t name;  /* its place in the index */
    uint32_t base;  /* another entry; PACK_NONE for a whole object */
    uint32_t child; /* the first entry made of it, and the next of the same */
    uint32_t sibling;
    uint32_t tree;  /* of a root: how many objects its tree has */
    uint8_t type;   /* of a delta that of its root, after pack_link; 0 bad */
    uint8_t header; /* bytes before the zlib stream */
    uint8_t fault;
    bool delta;
};

struct pack {
    struct span idx, bytes; /* borrowed */
    uint32_t n;
    bool old;     /* index version 1: no CRC-32, no offsets of 64 bits */
    size_t n_far; /* offsets of 64 bits */
    struct pack_entry *entries;
    uint32_t *entry_of;           /* by place in the index */
    uint32_t faults[PACK_FAULTS]; /* how many entries have each */
};

/* Checks both files' outsides, reads every header and links deltas to their
 * bases. ST_INPUT: a format that this does not read; ST_IO: damaged as a
 * whole. An object that is damaged is told by its fault. Released by
 * pack_release, after an error, too. */
MUST_USE enum status pack_read(struct pack *p, struct span idx,
                               struct span bytes,
                               const struct inflater *inflate, struct err *err);
void pack_release(struct pack *p);

/* 20 bytes, in the index. */
const unsigned char *pack_name(const struct pack *p, uint32_t entry);
/* The entry of a name, or PACK_NONE. */
uint32_t pack_find(const struct pack *p, const unsigned char *name);

/* An object as it is shown; all is lent for the call. */
struct pack_object {
    uint32_t entry;
    struct span bytes;
    struct span delta; /* that made it; empty of a whole object */
    void *base;        /* what was told about the object it was made of */
};

/* Who is shown the objects of a delta tree. */
struct pack_visitor {
    /* What it gives is kept as long as objects are made of this one, then
     * passed to forget. May be NULL. */
    void *(*object)(void *ctx, const struct pack_object *o);
    void (*forget)(void *ctx, void *told);
    void (*fault)(void *ctx, uint32_t entry, enum pack_fault fault);
    bool (*stop)(void *ctx);
    void *ctx;
    size_t ceiling; /* of an object's bytes */
    size_t held;    /* of all bytes held at once */
};

/* Room that one thread uses again and again. Zero-initialise. */
#define PACK_SPARES 8
struct pack_room {
    struct pack_bytes {
        char *p;
        size_t n, room;
    } spare[PACK_SPARES], delta;
    size_t n_spare;
    struct pack_frame *stack;
    size_t depth, cap;
    size_t held;
};
void pack_room_release(struct pack_room *room);

/* Shows root, a whole object, and all that is made of it. Every object of the
 * tree is either shown or told as a fault, once, unless stop says so. */
void pack_walk(const struct pack *p, uint32_t root,
               const struct inflater *inflate, struct pack_room *room,
               const struct pack_visitor *v);
