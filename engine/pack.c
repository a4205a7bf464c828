/* Reads a pack's index and headers, and links deltas to their bases. */
#include "pack.h"

#include <stdlib.h>

#include "arena.h"

#define IDX_HEAD 8
#define IDX_FANOUT 1024
#define IDX_TAIL 40 /* the pack's checksum and its own */
#define IDX_ROW 28  /* name, CRC-32, offset */
#define OLD_ROW 24  /* offset, name */
#define PACK_HEAD 12
#define FAR 0x80000000u

static const char *const fault_texts[PACK_FAULTS] = {
    [PACK_SOUND] = "sound",
    [PACK_CRC] = "its bytes are not those that its index was made for",
    [PACK_HEADER] = "its header is malformed",
    [PACK_INFLATE] = "it does not inflate to the size it claims",
    [PACK_DELTA] = "its delta does not fit its base",
    [PACK_OUTSIDE] = "its base is missing",
    [PACK_LOOP] = "its delta is made of itself",
    [PACK_BIG] = "it is over the ceiling",
};

const char *pack_fault_text(enum pack_fault fault)
{
    return fault_texts[fault];
}

static uint32_t be32(const char *at)
{
    const unsigned char *b = (const unsigned char *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
           b[3];
}

static uint32_t fanout(const struct pack *p, unsigned first)
{
    return be32(p->idx.p + (p->old ? 0 : IDX_HEAD) + (size_t)4 * first);
}

static const char *name_at(const struct pack *p, uint32_t place)
{
    if (p->old)
        return p->idx.p + IDX_FANOUT + (size_t)OLD_ROW * place + 4;
    return p->idx.p + IDX_HEAD + IDX_FANOUT + (size_t)PACK_OID * place;
}

/* What stands behind all names of a version 2. */
static const char *behind_names(const struct pack *p)
{
    return name_at(p, p->n);
}

static uint32_t crc_at(const struct pack *p, uint32_t place)
{
    return be32(behind_names(p) + (size_t)4 * place);
}

/* False for a place of 64 bits that is not there. */
static bool offset_at(const struct pack *p, uint32_t place, uint64_t *out)
{
    if (p->old) {
        *out = be32(name_at(p, place) - 4);
        return true;
    }
    const char *near = behind_names(p) + (size_t)4 * p->n;
    uint32_t offset = be32(near + (size_t)4 * place);
    *out = offset;
    if (!(offset & FAR))
        return true;
    size_t row = offset & ~FAR;
    const char *far = near + (size_t)4 * p->n + 8 * row;
    if (row >= p->n_far)
        return false;
    *out = (uint64_t)be32(far) << 32 | be32(far + 4);
    return true;
}

const unsigned char *pack_name(const struct pack *p, uint32_t entry)
{
    return (const unsigned char *)name_at(p, p->entries[entry].name);
}

uint32_t pack_find(const struct pack *p, const unsigned char *name)
{
    uint32_t low = name[0] ? fanout(p, name[0] - 1u) : 0;
    uint32_t high = fanout(p, name[0]);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(name_at(p, middle), name, PACK_OID);
        if (order == 0)
            return p->entry_of[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return PACK_NONE;
}

/* --- the outsides ---------------------------------------------------- */

static enum status check_size(struct pack *p, struct err *err)
{
    size_t row = p->old ? OLD_ROW : IDX_ROW;
    size_t head = IDX_FANOUT + (p->old ? 0 : IDX_HEAD);
    size_t rows = p->idx.n - head - IDX_TAIL;
    size_t rest = rows / row < p->n ? 1 : rows - p->n * row;
    if (p->old ? rest != 0 : rest % 8 != 0)
        return err_set(err, ST_IO, "the index is cut off");
    p->n_far = rest / 8;
    return ST_OK;
}

static enum status check_index(struct pack *p, struct err *err)
{
    struct span idx = p->idx;
    if (idx.n < IDX_HEAD + IDX_FANOUT + IDX_TAIL)
        return err_set(err, ST_IO, "the index is cut off");
    p->old = memcmp(idx.p, "\377tOc", 4) != 0;
    if (!p->old && be32(idx.p + 4) != 2)
        return err_set(err, ST_INPUT, "its index is not of version 1 or 2");
    for (unsigned i = 0; i < 255; i++)
        if (fanout(p, i) > fanout(p, i + 1))
            return err_set(err, ST_IO, "the index is damaged");
    p->n = fanout(p, 255);
    return check_size(p, err);
}

static enum status check_pack(const struct pack *p, struct err *err)
{
    struct span b = p->bytes;
    if (b.n < PACK_HEAD + PACK_OID || memcmp(b.p, "PACK\0\0\0", 7) != 0)
        return err_set(err, ST_IO, "the pack is cut off");
    if (b.p[7] != 2 && b.p[7] != 3)
        return err_set(err, ST_INPUT, "the pack is not of version 2 or 3");
    /* The index holds the pack's checksum: one that was cut off, or is
     * another's, ends otherwise. */
    if (be32(b.p + 8) != p->n ||
        memcmp(b.p + b.n - PACK_OID, p->idx.p + p->idx.n - IDX_TAIL,
               PACK_OID) != 0)
        return err_set(err, ST_IO, "pack and index do not belong together");
    return ST_OK;
}

/* --- entries --------------------------------------------------------- */

static int by_offset(const void *a, const void *b)
{
    const struct pack_entry *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* All entries in the order of offsets; ST_IO when two share one. */
static enum status list_entries(struct pack *p, struct err *err)
{
    uint64_t end = p->bytes.n - PACK_OID;
    p->entries = mem_resize(NULL, p->n * sizeof *p->entries);
    p->entry_of = mem_resize(NULL, p->n * sizeof *p->entry_of);
    for (uint32_t i = 0; i < p->n; i++) {
        struct pack_entry *e = &p->entries[i];
        *e = (struct pack_entry){.name = i,
                                 .base = PACK_NONE,
                                 .child = PACK_NONE,
                                 .sibling = PACK_NONE};
        if (!offset_at(p, i, &e->offset) || e->offset < PACK_HEAD ||
            e->offset >= end)
            return err_set(err, ST_IO, "the index leads out of the pack");
    }
    qsort(p->entries, p->n, sizeof *p->entries, by_offset);
    for (uint32_t i = 0; i < p->n; i++) {
        p->entry_of[p->entries[i].name] = i;
        if (i && p->entries[i].offset == p->entries[i - 1].offset)
            return err_set(err, ST_IO, "the index has an object twice");
    }
    return ST_OK;
}

/* The entry's bytes, up to the next one. */
static struct span raw_of(const struct pack *p, uint32_t entry)
{
    uint64_t from = p->entries[entry].offset;
    uint64_t to =
        entry + 1 < p->n ? p->entries[entry + 1].offset : p->bytes.n - PACK_OID;
    return span_sub(p->bytes, from, to);
}

static uint32_t entry_at(const struct pack *p, uint64_t offset)
{
    struct pack_entry key = {.offset = offset};
    const struct pack_entry *e =
        bsearch(&key, p->entries, p->n, sizeof *p->entries, by_offset);
    return e ? (uint32_t)(e - p->entries) : PACK_NONE;
}

/* Type and size: four bits, then seven a byte. */
static bool take_head(struct span raw, size_t *at, struct pack_entry *e)
{
    unsigned shift = 4;
    unsigned char byte = (unsigned char)raw.p[(*at)++];
    e->type = byte >> 4 & 7;
    e->size = byte & 0x0f;
    for (; byte & 0x80; shift += 7) {
        if (*at == raw.n || shift > 53)
            return false;
        byte = (unsigned char)raw.p[(*at)++];
        e->size |= (uint64_t)(byte & 0x7f) << shift;
    }
    return true;
}

/* How far back the base lies: seven bits a byte, the highest first, each but
 * the last one more than it says. */
static bool take_distance(struct span raw, size_t *at, uint64_t *out)
{
    *out = 0;
    for (int i = 0; i < 9 && *at < raw.n; i++) {
        unsigned char byte = (unsigned char)raw.p[(*at)++];
        *out = (*out << 7) + (byte & 0x7f);
        if (!(byte & 0x80))
            return true;
        *out += 1;
    }
    return false;
}

static bool take_base(const struct pack *p, struct span raw, size_t *at,
                      struct pack_entry *e)
{
    uint64_t distance = 0;
    e->delta = true;
    if (e->type == PACK_REF_DELTA) {
        if (raw.n - *at < PACK_OID)
            return false;
        e->base = pack_find(p, (const unsigned char *)raw.p + *at);
        *at += PACK_OID;
        e->fault = e->base == PACK_NONE ? PACK_OUTSIDE : PACK_SOUND;
        return true;
    }
    if (!take_distance(raw, at, &distance) || !distance || distance > e->offset)
        return false;
    e->base = entry_at(p, e->offset - distance);
    return e->base != PACK_NONE;
}

static bool read_header(const struct pack *p, struct span raw,
                        struct pack_entry *e)
{
    size_t at = 0;
    bool ok = take_head(raw, &at, e);
    if (ok && (e->type == PACK_OFS_DELTA || e->type == PACK_REF_DELTA))
        ok = take_base(p, raw, &at, e);
    else
        ok = ok && e->type >= PACK_COMMIT && e->type <= PACK_TAG;
    e->header = (uint8_t)at;
    return ok;
}

static void read_entry(struct pack *p, uint32_t i,
                       const struct inflater *inflate)
{
    struct pack_entry *e = &p->entries[i];
    struct span raw = raw_of(p, i);
    if (!read_header(p, raw, e)) {
        e->fault = PACK_HEADER;
        e->base = PACK_NONE;
    } else if (!p->old && inflate->crc32(raw) != crc_at(p, e->name)) {
        e->fault = PACK_CRC;
    }
}

/* --- links ----------------------------------------------------------- */

/* Gives a tree its root's type, and what is made of a bad object a fault. */
static uint32_t link_tree(struct pack *p, uint32_t root, uint32_t *stack)
{
    uint32_t n = 0, depth = 0;
    uint8_t type = p->entries[root].type;
    stack[depth++] = root;
    while (depth) {
        struct pack_entry *e = &p->entries[stack[--depth]];
        e->type = e->fault ? 0 : type;
        n++;
        for (uint32_t c = e->child; c != PACK_NONE; c = p->entries[c].sibling) {
            if (e->fault && !p->entries[c].fault)
                p->entries[c].fault = PACK_OUTSIDE;
            stack[depth++] = c;
        }
    }
    p->entries[root].tree = n;
    return n;
}

static void link_all(struct pack *p)
{
    uint32_t *stack = mem_resize(NULL, p->n * sizeof *stack);
    for (uint32_t i = p->n; i-- > 0;) {
        struct pack_entry *e = &p->entries[i];
        if (e->base == PACK_NONE)
            continue;
        e->sibling = p->entries[e->base].child;
        p->entries[e->base].child = i;
    }
    for (uint32_t i = 0; i < p->n; i++)
        if (p->entries[i].base == PACK_NONE)
            link_tree(p, i, stack);
    /* What no root leads to goes in a circle, or comes out of one. */
    for (uint32_t i = 0; i < p->n; i++) {
        struct pack_entry *e = &p->entries[i];
        if (e->type > PACK_TAG) {
            e->fault = PACK_LOOP;
            e->type = 0;
        }
        p->faults[e->fault]++;
    }
    mem_free(stack);
}

enum status pack_read(struct pack *p, struct span idx, struct span bytes,
                      const struct inflater *inflate, struct err *err)
{
    *p = (struct pack){.idx = idx, .bytes = bytes};
    enum status st = check_index(p, err);
    if (st == ST_OK)
        st = check_pack(p, err);
    if (st == ST_OK)
        st = list_entries(p, err);
    if (st != ST_OK)
        return st;
    for (uint32_t i = 0; i < p->n; i++)
        read_entry(p, i, inflate);
    link_all(p);
    return ST_OK;
}

void pack_release(struct pack *p)
{
    mem_free(p->entries);
    mem_free(p->entry_of);
    *p = (struct pack){0};
}
