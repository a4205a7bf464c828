/* Packs: any bytes as an index and a pack end in an error, or every object is
 * shown or told as a fault; nothing is read outside, nothing leaks. The first
 * four bytes are the length of the index. */
#include <stdint.h>
#include <stdlib.h>

#include "pack.h"
#include "scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct count {
    uint32_t shown, faults;
    int told;
};

static void *on_object(void *ctx, const struct pack_object *o)
{
    struct count *c = ctx;
    if (o->bytes.n > 1 << 16)
        abort();
    c->shown++;
    c->told++;
    return c;
}

static void on_forget(void *ctx, void *told)
{
    struct count *c = ctx;
    c->told -= told == c;
}

static void on_fault(void *ctx, uint32_t entry, enum pack_fault fault)
{
    struct count *c = ctx;
    (void)entry;
    if (fault == PACK_SOUND)
        abort();
    c->faults++;
}

static bool on_stop(void *ctx)
{
    (void)ctx;
    return false;
}

/* Checksums would keep out what is behind them. */
static uint32_t any_crc(struct span s)
{
    (void)s;
    return 0;
}

static void walk_all(const struct pack *p, const struct inflater *inflate)
{
    struct count c = {0};
    struct pack_room room = {0};
    uint32_t due = 0;
    const struct pack_visitor v = {.object = on_object,
                                   .forget = on_forget,
                                   .fault = on_fault,
                                   .stop = on_stop,
                                   .ctx = &c,
                                   .ceiling = 1 << 16,
                                   .held = 1 << 20};
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->entries[i].delta || p->entries[i].fault)
            continue;
        due += p->entries[i].tree;
        pack_walk(p, i, inflate, &room, &v);
    }
    if (c.shown + c.faults != due || c.told != 0)
        abort();
    pack_room_release(&room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct inflater inflate;
    struct err err = {0};
    struct pack p;
    if (!inflate.run && scan_inflater(&inflate, &err) != ST_OK)
        abort();
    if (size < 4)
        return 0;
    uint32_t n = (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
                 (uint32_t)data[2] << 8 | data[3];
    struct span all = {(const char *)data + 4, size - 4};
    n = n > all.n ? (uint32_t)all.n : n;
    struct inflater lax = {inflate.run, any_crc, inflate.state};
    if (pack_read(&p, span_sub(all, 0, n), span_sub(all, n, all.n), &lax,
                  &err) == ST_OK)
        walk_all(&p, &lax);
    else if (err.st == ST_INTERNAL)
        abort();
    pack_release(&p);
    return 0;
}
