/* Builds packs, and ones that lie, without git: streams are stored, not
 * deflated, so that every byte is chosen. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "pack.h"
#include "scan.h"

#define KIT_OBJECTS 64

struct pack_kit {
    struct inflater inflate;
    struct buf pack, idx;
    struct kit_object {
        unsigned char oid[PACK_OID];
        uint64_t offset;
        size_t end;
    } objects[KIT_OBJECTS];
    uint32_t n;
    bool old, far;     /* index version 1; all offsets in the 64-bit table */
    uint64_t far_lies; /* added to these */
};

static inline void kit_be32(struct buf *b, uint32_t v)
{
    const unsigned char bytes[] = {(unsigned char)(v >> 24),
                                   (unsigned char)(v >> 16),
                                   (unsigned char)(v >> 8), (unsigned char)v};
    buf_put(b, bytes, sizeof bytes);
}

static inline void kit_open(struct pack_kit *k)
{
    struct err err = {0};
    *k = (struct pack_kit){0};
    if (scan_inflater(&k->inflate, &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_put(&k->pack, "PACK\0\0\0\2\0\0\0\0", 12);
}

static inline void kit_close(struct pack_kit *k)
{
    scan_inflater_free(&k->inflate);
    buf_release(&k->pack);
    buf_release(&k->idx);
}

/* A zlib stream of one stored block, RFC 1950 and 1951. */
static inline void kit_stream(struct buf *b, struct span s)
{
    uint32_t one = 1, two = 0;
    for (size_t i = 0; i < s.n; i++) {
        one = (one + (unsigned char)s.p[i]) % 65521;
        two = (two + one) % 65521;
    }
    const unsigned char head[] = {0x78,
                                  0x01,
                                  0x01,
                                  (unsigned char)s.n,
                                  (unsigned char)(s.n >> 8),
                                  (unsigned char)~s.n,
                                  (unsigned char)(~s.n >> 8)};
    buf_put(b, head, sizeof head);
    buf_span(b, s);
    kit_be32(b, two << 16 | one);
}

/* Begins an object whose name is full of `name`. */
static inline uint64_t kit_begin(struct pack_kit *k, unsigned type,
                                 uint64_t size, unsigned char name)
{
    struct kit_object *o = &k->objects[k->n++];
    memset(o->oid, name, PACK_OID);
    o->offset = k->pack.n;
    unsigned char byte = (unsigned char)(type << 4 | (size & 15));
    for (size >>= 4; size; size >>= 7) {
        buf_char(&k->pack, (char)(byte | 0x80));
        byte = size & 0x7f;
    }
    buf_char(&k->pack, (char)byte);
    return o->offset;
}

static inline void kit_end(struct pack_kit *k, struct span stream)
{
    kit_stream(&k->pack, stream);
    k->objects[k->n - 1].end = k->pack.n;
}

static inline uint64_t kit_whole(struct pack_kit *k, unsigned type,
                                 const char *text, unsigned char name)
{
    uint64_t at = kit_begin(k, type, strlen(text), name);
    kit_end(k, span_of(text));
    return at;
}

/* A delta on the object at an offset, at most 127 bytes before. */
static inline uint64_t kit_ofs(struct pack_kit *k, uint64_t base,
                               struct span delta, unsigned char name)
{
    uint64_t at = kit_begin(k, PACK_OFS_DELTA, delta.n, name);
    assert_true(at - base < 128);
    buf_char(&k->pack, (char)(at - base));
    kit_end(k, delta);
    return at;
}

static inline uint64_t kit_ref(struct pack_kit *k, unsigned char base,
                               struct span delta, unsigned char name)
{
    unsigned char oid[PACK_OID];
    memset(oid, base, PACK_OID);
    uint64_t at = kit_begin(k, PACK_REF_DELTA, delta.n, name);
    buf_put(&k->pack, oid, PACK_OID);
    kit_end(k, delta);
    return at;
}

static inline int kit_by_oid(const void *a, const void *b)
{
    return memcmp(a, b, PACK_OID);
}

static inline void kit_fanout(struct pack_kit *k)
{
    for (unsigned first = 0; first < 256; first++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < k->n; i++)
            n += k->objects[i].oid[0] <= first;
        kit_be32(&k->idx, n);
    }
}

static inline void kit_index(struct pack_kit *k)
{
    qsort(k->objects, k->n, sizeof *k->objects, kit_by_oid);
    if (!k->old)
        buf_put(&k->idx, "\377tOc\0\0\0\2", 8);
    kit_fanout(k);
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->old)
            kit_be32(&k->idx, (uint32_t)k->objects[i].offset);
        buf_put(&k->idx, k->objects[i].oid, PACK_OID);
    }
    for (uint32_t i = 0; i < k->n && !k->old; i++)
        kit_be32(&k->idx, k->inflate.crc32(span_sub(buf_view(&k->pack),
                                                    k->objects[i].offset,
                                                    k->objects[i].end)));
    for (uint32_t i = 0; i < k->n && !k->old; i++)
        kit_be32(&k->idx,
                 k->far ? 0x80000000u | i : (uint32_t)k->objects[i].offset);
    for (uint32_t i = 0; i < k->n && k->far; i++) {
        uint64_t offset = k->objects[i].offset + k->far_lies;
        kit_be32(&k->idx, (uint32_t)(offset >> 32));
        kit_be32(&k->idx, (uint32_t)offset);
    }
}

/* The pack's count and checksum, and its index. */
static inline void kit_seal(struct pack_kit *k)
{
    static const char checksum[PACK_OID] = "the pack's checksum";
    k->pack.p[11] = (char)k->n;
    kit_index(k);
    buf_put(&k->pack, checksum, PACK_OID);
    buf_put(&k->idx, checksum, PACK_OID);
    buf_put(&k->idx, checksum, PACK_OID);
}

static inline enum status kit_read(struct pack_kit *k, struct pack *p,
                                   struct err *err)
{
    return pack_read(p, buf_view(&k->idx), buf_view(&k->pack), &k->inflate,
                     err);
}
