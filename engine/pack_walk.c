/* Walks a delta tree: each object inflated once, each delta applied once. Of
 * a chain only its last link is held, of a fork the object that forks. */
#include <assert.h>

#include "arena.h"
#include "delta.h"
#include "pack.h"

struct pack_frame {
    uint32_t entry;
    uint32_t next; /* child to make */
    struct pack_bytes bytes;
    void *told;
};

struct walk {
    const struct pack *pack;
    const struct inflater *inflate;
    struct pack_room *room;
    const struct pack_visitor *v;
};

/* --- room ------------------------------------------------------------ */

/* n bytes of any content. */
static struct pack_bytes take(struct pack_room *room, size_t n)
{
    struct pack_bytes b = {0};
    if (room->n_spare)
        b = room->spare[--room->n_spare];
    if (!b.p || b.room < n) {
        mem_free(b.p);
        b.room = n + n / 4 + 64;
        b.p = mem_resize(NULL, b.room);
    }
    b.n = n;
    return b;
}

#define SPARE_MOST (4u << 20)

static void give_back(struct pack_room *room, struct pack_bytes b)
{
    if (room->n_spare < PACK_SPARES && b.room <= SPARE_MOST)
        room->spare[room->n_spare++] = b;
    else
        mem_free(b.p);
}

void pack_room_release(struct pack_room *room)
{
    while (room->n_spare)
        mem_free(room->spare[--room->n_spare].p);
    mem_free(room->delta.p);
    mem_free(room->stack);
    *room = (struct pack_room){0};
}

/* --- one object ------------------------------------------------------ */

/* Deflate makes no more than 1032 bytes of one: a size beyond that lies, and
 * gets no memory. */
static bool is_possible(struct span in, uint64_t n)
{
    return n / 1032 <= in.n;
}

static struct span stream_of(const struct pack *p, uint32_t entry)
{
    const struct pack_entry *e = &p->entries[entry];
    uint64_t end =
        entry + 1 < p->n ? p->entries[entry + 1].offset : p->bytes.n - PACK_OID;
    return span_sub(p->bytes, e->offset + e->header, end);
}

static enum pack_fault inflate(struct walk *w, uint32_t entry, size_t most,
                               struct pack_bytes *out)
{
    uint64_t size = w->pack->entries[entry].size;
    struct span in = stream_of(w->pack, entry);
    if (!is_possible(in, size))
        return PACK_INFLATE;
    if (size > most)
        return PACK_BIG;
    *out = take(w->room, size);
    if (w->inflate->run(w->inflate->state, in, out->p, size))
        return PACK_SOUND;
    give_back(w->room, *out);
    *out = (struct pack_bytes){0};
    return PACK_INFLATE;
}

/* delta is given back by the caller, after an error, too. */
static enum pack_fault make(struct walk *w, uint32_t entry,
                            const struct pack_bytes *base,
                            struct pack_bytes *delta, struct pack_bytes *out)
{
    size_t from = 0, size = 0;
    if (w->pack->entries[entry].fault)
        return w->pack->entries[entry].fault;
    /* A delta adds at most 8/127 to what it makes. */
    enum pack_fault fault =
        inflate(w, entry, w->v->ceiling + w->v->ceiling / 8, delta);
    if (fault != PACK_SOUND)
        return fault;
    struct span d = {delta->p, delta->n};
    struct span b = {base->p, base->n};
    if (!delta_sizes(d, &from, &size) || from != b.n)
        return PACK_DELTA;
    if (size > w->v->ceiling || w->room->held + size > w->v->held)
        return PACK_BIG;
    *out = take(w->room, size);
    if (delta_apply(b, d, out->p, size))
        return PACK_SOUND;
    give_back(w->room, *out);
    return PACK_DELTA;
}

/* --- the tree -------------------------------------------------------- */

static void push(struct walk *w, uint32_t entry, struct pack_bytes bytes,
                 void *told)
{
    struct pack_room *room = w->room;
    MEM_GROW(room->stack, room->depth, room->cap);
    room->stack[room->depth++] =
        (struct pack_frame){entry, w->pack->entries[entry].child, bytes, told};
    room->held += bytes.n;
}

static void pop(struct walk *w)
{
    struct pack_frame *top = &w->room->stack[--w->room->depth];
    w->room->held -= top->bytes.n;
    give_back(w->room, top->bytes);
    w->v->forget(w->v->ctx, top->told);
}

/* An object that cannot be had, and all that is made of it. */
static void tell_tree(struct walk *w, uint32_t entry, enum pack_fault fault)
{
    const struct pack_entry *entries = w->pack->entries;
    uint32_t at = entry;
    for (;;) {
        w->v->fault(w->v->ctx, at,
                    at == entry || fault == PACK_BIG ? fault : PACK_OUTSIDE);
        if (entries[at].child != PACK_NONE) {
            at = entries[at].child;
            continue;
        }
        while (at != entry && entries[at].sibling == PACK_NONE)
            at = entries[at].base;
        if (at == entry)
            return;
        at = entries[at].sibling;
    }
}

/* Shows what was made of the object on top, which goes if nothing else is made
 * of it. */
static void show(struct walk *w, uint32_t entry, struct pack_bytes made,
                 struct pack_bytes delta)
{
    const struct pack_frame *top = &w->room->stack[w->room->depth - 1];
    const struct pack_object o = {
        entry, {made.p, made.n}, {delta.p, delta.n}, top->told};
    void *told = w->v->object(w->v->ctx, &o);
    if (top->next == PACK_NONE)
        pop(w);
    if (w->pack->entries[entry].child != PACK_NONE) {
        push(w, entry, made, told);
    } else {
        give_back(w->room, made);
        w->v->forget(w->v->ctx, told);
    }
}

static void step(struct walk *w)
{
    struct pack_frame *top = &w->room->stack[w->room->depth - 1];
    uint32_t entry = top->next;
    if (entry == PACK_NONE) {
        pop(w);
        return;
    }
    top->next = w->pack->entries[entry].sibling;
    struct pack_bytes made = {0}, delta = {0};
    enum pack_fault fault = make(w, entry, &top->bytes, &delta, &made);
    if (fault == PACK_SOUND)
        show(w, entry, made, delta);
    else
        tell_tree(w, entry, fault);
    if (delta.p)
        give_back(w->room, delta);
}

void pack_walk(const struct pack *p, uint32_t root,
               const struct inflater *inflater, struct pack_room *room,
               const struct pack_visitor *v)
{
    struct walk w = {p, inflater, room, v};
    struct pack_bytes bytes = {0};
    assert(!p->entries[root].delta);
    enum pack_fault fault = p->entries[root].fault;
    if (fault == PACK_SOUND)
        fault = inflate(&w, root, v->ceiling, &bytes);
    if (fault != PACK_SOUND) {
        tell_tree(&w, root, fault);
        return;
    }
    const struct pack_object o = {root, {bytes.p, bytes.n}, {NULL, 0}, NULL};
    push(&w, root, bytes, v->object(v->ctx, &o));
    while (room->depth && !v->stop(v->ctx))
        step(&w);
    while (room->depth)
        pop(&w);
}
