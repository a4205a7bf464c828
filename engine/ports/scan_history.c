/* Every blob of a repository, once: packs delta tree by delta tree, loose
 * objects one by one, by a thread a processor. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "scan_part.h"

#define THREADS_MOST 16
/* Of the objects that a thread holds while it walks a delta tree. */
#define HELD_MOST ((size_t)1 << 30)
#define LOOSE_AT_ONCE 64

/* A delta tree, or some loose objects. */
struct task {
    const struct store_pack *pack; /* NULL: loose */
    uint32_t first;                /* the root, or the first loose object */
    uint64_t weight;
};

struct names {
    unsigned char *v;
    size_t n, room;
};

struct crew {
    const struct scan_request *request;
    struct store *store;
    struct task *tasks;
    size_t n_tasks, cap_tasks;
    atomic_size_t next;
    size_t blob_most;
};

struct worker {
    struct crew *crew;
    const struct store_pack *pack; /* at which it works */
    struct inflater inflate;
    struct pack_room room;
    struct hits hits;
    struct names blobs; /* with hits: a hit's source is its place here */
    struct names odd;   /* for libgit2, after all others */
    size_t big;
    uint32_t faults[PACK_FAULTS];
};

static void names_push(struct names *names, const unsigned char *oid)
{
    store_push(&names->v, &names->n, &names->room, oid);
}

/* --- one blob -------------------------------------------------------- */

/* The candidates in it, for those that are made of it. One that an earlier
 * pack has, too, is looked at there. */
static void *on_object(void *ctx, const struct pack_object *o)
{
    struct worker *w = ctx;
    const unsigned char *oid = pack_name(&w->pack->pack, o->entry);
    size_t place = (size_t)(w->pack - w->crew->store->packs);
    bool ends = w->pack->pack.entries[o->entry].child == PACK_NONE;
    struct candidates *found = NULL;
    if (place && store_has_before(w->crew->store, place, oid))
        return NULL;
    if (hits_look_delta(&w->hits, (uint32_t)w->blobs.n, o->bytes, o->delta,
                        o->base, ends ? NULL : &found))
        names_push(&w->blobs, oid);
    return found;
}

static void on_forget(void *ctx, void *told)
{
    (void)ctx;
    candidates_free(told);
}

static void on_fault(void *ctx, uint32_t entry, enum pack_fault fault)
{
    struct worker *w = ctx;
    if (fault == PACK_BIG)
        w->big++;
    else
        names_push(&w->odd, pack_name(&w->pack->pack, entry));
    w->faults[fault]++;
}

static bool on_stop(void *ctx)
{
    const struct worker *w = ctx;
    return scan_stopped(w->crew->request);
}

/* A blob that libgit2 has; false when it has not, or not sound. */
static bool look_single(struct worker *w, const unsigned char *oid)
{
    struct repo_object object = {0};
    enum pack_type type = 0;
    size_t size = 0;
    if (!repo_header(w->crew->store->repo, oid, &type, &size))
        return false;
    if (type != PACK_BLOB)
        return true;
    if (size > w->crew->blob_most) {
        w->big++;
        return true;
    }
    if (!repo_read(w->crew->store->repo, oid, &object))
        return false;
    if (hits_look(&w->hits, (uint32_t)w->blobs.n, object.bytes))
        names_push(&w->blobs, oid);
    repo_object_free(&object);
    return true;
}

/* --- tasks ----------------------------------------------------------- */

static void add_task(struct crew *c, struct task task)
{
    MEM_GROW(c->tasks, c->n_tasks, c->cap_tasks);
    c->tasks[c->n_tasks++] = task;
}

static void add_trees(struct crew *c, const struct store_pack *p)
{
    for (uint32_t i = 0; i < p->pack.n; i++) {
        const struct pack_entry *e = &p->pack.entries[i];
        if (!e->delta && e->type == PACK_BLOB)
            add_task(c, (struct task){p, i, e->tree * (1 + e->size / 1024)});
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct task *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->first > y->first) - (x->first < y->first);
}

/* The heavy ones first, so that no thread is left alone with one. */
static void list_tasks(struct crew *c)
{
    for (size_t i = 0; i < c->store->n_packs; i++)
        add_trees(c, &c->store->packs[i]);
    for (size_t i = 0; i < c->store->n_loose; i += LOOSE_AT_ONCE)
        add_task(c, (struct task){NULL, (uint32_t)i, 1 << 10});
    if (c->n_tasks)
        qsort(c->tasks, c->n_tasks, sizeof *c->tasks, by_weight);
}

static void do_loose(struct worker *w, size_t first)
{
    const struct store *s = w->crew->store;
    for (size_t i = first; i < s->n_loose && i < first + LOOSE_AT_ONCE; i++)
        if (!look_single(w, s->loose + i * OID))
            names_push(&w->odd, s->loose + i * OID);
}

static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct crew *c = w->crew;
    const struct pack_visitor visitor = {.object = on_object,
                                         .forget = on_forget,
                                         .fault = on_fault,
                                         .stop = on_stop,
                                         .ctx = w,
                                         .ceiling = c->blob_most,
                                         .held = HELD_MOST};
    for (;;) {
        size_t i = atomic_fetch_add(&c->next, 1);
        if (i >= c->n_tasks || scan_stopped(c->request))
            return NULL;
        w->pack = c->tasks[i].pack;
        if (w->pack)
            pack_walk(&w->pack->pack, c->tasks[i].first, &w->inflate, &w->room,
                      &visitor);
        else
            do_loose(w, c->tasks[i].first);
    }
}

/* --- what is left ---------------------------------------------------- */

/* What no walk could give: libgit2 may have it from elsewhere. */
static size_t do_odd(struct worker *w, const struct names *odd)
{
    size_t lost = 0;
    for (size_t i = 0; i < odd->n && !scan_stopped(w->crew->request); i++)
        lost += w->crew->store->is_unsafe || !look_single(w, odd->v + i * OID);
    return lost;
}

static void list_faults(struct worker *w)
{
    struct store *s = w->crew->store;
    for (size_t i = 0; i < s->n_packs; i++) {
        const struct pack *p = &s->packs[i].pack;
        for (uint32_t k = 0; k < p->n; k++) {
            enum pack_fault fault = p->entries[k].fault;
            /* One made of a sound object is told when that is walked. */
            bool walked = p->entries[k].base != PACK_NONE &&
                          !p->entries[p->entries[k].base].fault &&
                          p->entries[p->entries[k].base].type == PACK_BLOB;
            if (fault == PACK_SOUND || walked)
                continue;
            names_push(&w->odd, pack_name(p, k));
            w->faults[fault]++;
        }
    }
}

static void tell_faults(const struct worker *all, size_t n, size_t lost,
                        struct scan_result *out)
{
    uint32_t faults[PACK_FAULTS] = {0};
    size_t big = 0;
    for (size_t i = 0; i < n; i++) {
        big += all[i].big;
        for (int f = 0; f < PACK_FAULTS; f++)
            faults[f] += all[i].faults[f];
    }
    if (big)
        scan_notice(out, "%zu object%s not looked at: over the ceiling of size",
                    big, big == 1 ? " was" : "s were");
    if (!lost)
        return;
    out->damaged = true;
    scan_notice(out, "%zu object%s could not be read (git fsck)", lost,
                lost == 1 ? "" : "s");
    for (int f = PACK_CRC; f < PACK_BIG; f++)
        if (faults[f])
            scan_notice(out, "of a packed object: %s (%u)",
                        pack_fault_text((enum pack_fault)f), faults[f]);
}

/* --- rows ------------------------------------------------------------ */

static void add_row(const struct hit *hit, const unsigned char *oid,
                    const struct origin *o, bool judged,
                    const struct scan_request *request, struct scan_result *out)
{
    char hex[41], date[32];
    if (judged && !o->reachable && !request->unreachable) {
        out->unreached++;
        return;
    }
    struct json *row = json_push(out->rows, hit_row(hit, request->rules));
    oid_hex(oid, hex);
    json_put_str(row, "path", o->path ? o->path : "");
    json_put_str(row, "blob", hex);
    json_put_str(row, "commit", *o->commit ? o->commit : NULL);
    if (*o->commit)
        time_iso(o->date * 1000, date);
    json_put_str(row, "date", *o->commit ? date : NULL);
    json_put_bool(row, "reachable", o->reachable);
    json_put_int(row, "order", o->order);
}

static enum status make_rows(struct crew *c, const struct worker *all, size_t n,
                             struct scan_result *out, struct err *err)
{
    struct arena a = {0};
    struct names blobs = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < all[i].blobs.n; k++)
            names_push(&blobs, all[i].blobs.v + k * OID);
    struct origin *origins = arena_array(&a, blobs.n + 1, sizeof *origins);
    bool judged = !c->store->is_unsafe;
    enum status st = ST_OK;
    if (!judged && blobs.n)
        scan_notice(out, "which commits brought the findings is not looked "
                         "up in damaged packs");
    if (judged && blobs.n)
        st = origin_find(c->store, c->request, blobs.v, blobs.n, origins, &a,
                         out, err);
    size_t first = 0;
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        for (size_t k = 0; k < all[i].hits.n; k++) {
            const struct hit *hit = &all[i].hits.v[k];
            size_t blob = first + hit->source;
            add_row(hit, blobs.v + blob * OID, &origins[blob], judged,
                    c->request, out);
        }
        first += all[i].blobs.n;
    }
    mem_free(blobs.v);
    arena_release(&a);
    return st;
}

/* --- all of it ------------------------------------------------------- */

static size_t count_threads(const struct scan_request *request)
{
    long n =
        request->threads ? request->threads : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (size_t)n;
}

static void worker_open(struct worker *w, struct crew *c,
                        const struct matcher *m)
{
    *w = (struct worker){.crew = c, .inflate = inflater_new()};
    hits_open(&w->hits, c->request->rules, m);
}

static void worker_close(struct worker *w)
{
    inflater_free(&w->inflate);
    pack_room_release(&w->room);
    hits_close(&w->hits);
    mem_free(w->blobs.v);
    mem_free(w->odd.v);
}

/* The first worker is this thread. One that does not start is missed by
 * nobody. */
static void run_all(struct worker *all, size_t n)
{
    pthread_t threads[THREADS_MOST];
    size_t started = 1;
    while (started < n &&
           pthread_create(&threads[started], NULL, work, &all[started]) == 0)
        started++;
    work(&all[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void add_up(const struct worker *all, size_t n, struct scan_result *out)
{
    bool full = false;
    for (size_t i = 0; i < n; i++) {
        out->files += all[i].hits.files;
        out->bytes += all[i].hits.bytes;
        full |= all[i].hits.full;
    }
    if (full)
        scan_notice(out,
                    "there are more findings: of one blob %d are kept, of "
                    "all %d",
                    SCAN_HITS_OF_BLOB, SCAN_HITS);
}

static enum status scan_store(struct crew *c, const struct matcher *m,
                              struct scan_result *out, struct err *err)
{
    struct worker all[THREADS_MOST];
    size_t n = count_threads(c->request), lost = 0;
    for (size_t i = 0; i < n; i++)
        worker_open(&all[i], c, m);
    list_tasks(c);
    list_faults(&all[0]);
    run_all(all, n);
    for (size_t i = 0; i < n; i++)
        lost += do_odd(&all[0], &all[i].odd);
    enum status st = ST_OK;
    if (scan_stopped(c->request))
        st = err_set(err, ST_INTERRUPTED, "interrupted");
    if (st == ST_OK) {
        add_up(all, n, out);
        tell_faults(all, n, lost, out);
        st = make_rows(c, all, n, out, err);
    }
    for (size_t i = 0; i < n; i++)
        worker_close(&all[i]);
    return st;
}

enum status scan_history(const struct scan_request *request, struct repo *repo,
                         const struct matcher *m, struct scan_result *out,
                         struct err *err)
{
    struct arena a = {0};
    struct store store;
    struct crew crew = {.request = request, .store = &store};
    crew.blob_most = request->blob_most ? request->blob_most : SCAN_BLOB_MOST;
    enum status st = store_open(&store, repo, &a, out, err);
    if (st == ST_OK)
        st = scan_store(&crew, m, out, err);
    if (st == ST_OK && repo_is_shallow(repo))
        scan_notice(out, "this is a shallow clone: what was before its cut is "
                         "not looked at (git fetch --unshallow)");
    if (st == ST_OK && repo_is_partial(repo))
        scan_notice(out, "this is a partial clone: what was never fetched is "
                         "not looked at (git fetch --refetch)");
    mem_free(crew.tasks);
    store_close(&store);
    arena_release(&a);
    return st;
}
