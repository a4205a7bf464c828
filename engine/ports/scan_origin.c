/* Who brought a blob: the commits of all refs, the oldest first, and of each
 * the trees that no earlier one had. Every commit and tree is read once. */
#include <stdlib.h>

#include "oids.h"
#include "scan_part.h"
#include "visible.h"

#define PATH_DEPTH 200
#define TAGS_DEEP 20

struct commit {
    unsigned char oid[OID], tree[OID];
    int64_t time;   /* of the committer: the order */
    int64_t date;   /* of the author: what is told */
    size_t first;   /* of its parents' names */
    uint32_t n;     /* how many it has */
    uint32_t waits; /* for so many of them, while the order is made */
    uint32_t child; /* the first of its links */
    bool reachable;
};

/* From a parent to one of its children. */
struct link {
    uint32_t child, next;
};

struct search {
    struct store *store;
    const struct scan_request *request;
    struct arena *arena;
    struct oids wanted; /* blob -> its place in origins */
    struct oids seen;   /* trees */
    struct origin *origins;
    size_t left; /* blobs whose origin is not known */

    struct oids known; /* commit -> its place */
    struct commit *commits;
    size_t n_commits, cap_commits;
    size_t first; /* of this round's commits */
    struct link *links;
    size_t n_links, cap_links;
    unsigned char *parents; /* names, of one commit after the other */
    size_t n_parents, room_parents;
    uint32_t *ready; /* a heap of commits, the oldest on top */
    size_t n_ready;
    unsigned char *tips; /* refs' trees and blobs */
    size_t n_tips, room_tips;

    uint32_t order;
    size_t missing;
    struct buf path;
};

#define NO_LINK UINT32_MAX

/* --- reading commits ------------------------------------------------- */

static bool read_oid(struct span hex, unsigned char out[OID])
{
    for (size_t i = 0; i < (size_t)2 * OID; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *at =
            i < hex.n && hex.p[i] ? strchr(digits, hex.p[i]) : NULL;
        if (!at)
            return false;
        unsigned char digit = (unsigned char)(at - digits);
        out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] << 4 | digit : digit);
    }
    return true;
}

/* "Name <mail> SECONDS ZONE"; 0 when there is none. */
static int64_t read_time(struct span line)
{
    size_t at = line.n;
    int64_t value = 0;
    while (at && line.p[at - 1] != '>')
        at--;
    for (at++; at < line.n && line.p[at] >= '0' && line.p[at] <= '9'; at++) {
        if (value > INT64_MAX / 100000)
            return 0;
        value = value * 10 + (line.p[at] - '0');
    }
    return value;
}

static void add_link(struct search *s, uint32_t parent, uint32_t child)
{
    MEM_GROW(s->links, s->n_links, s->cap_links);
    s->links[s->n_links] = (struct link){child, s->commits[parent].child};
    s->commits[parent].child = (uint32_t)s->n_links++;
}

/* The members of a commit, up to its message. */
static void parse_commit(struct search *s, struct span text, struct commit *c)
{
    while (text.n) {
        struct span line = span_cut(&text, '\n');
        struct span rest = line;
        struct span word = span_cut(&rest, ' ');
        unsigned char parent[OID];
        if (!line.n)
            return;
        if (span_is(word, "tree"))
            (void)read_oid(rest, c->tree);
        else if (span_is(word, "parent") && read_oid(rest, parent))
            store_push(&s->parents, &s->n_parents, &s->room_parents, parent);
        else if (span_is(word, "author"))
            c->date = read_time(rest);
        else if (span_is(word, "committer"))
            c->time = read_time(rest);
    }
}

static void add_commit(struct search *s, const unsigned char *oid,
                       struct span text, bool reachable)
{
    struct commit c = {
        .child = NO_LINK, .reachable = reachable, .first = s->n_parents};
    memcpy(c.oid, oid, OID);
    parse_commit(s, text, &c);
    c.n = (uint32_t)(s->n_parents - c.first);
    MEM_GROW(s->commits, s->n_commits, s->cap_commits);
    s->commits[s->n_commits++] = c;
}

/* What a ref or a parent names: a tag is followed, a commit read, a tree or
 * blob kept. */
static void take_tip(struct search *s, const unsigned char *name,
                     bool reachable)
{
    unsigned char oid[OID];
    memcpy(oid, name, OID);
    for (int deep = 0; deep < TAGS_DEEP; deep++) {
        struct repo_object o = {0};
        if (oids_has(&s->known, oid))
            return;
        if (!repo_read(s->store->repo, oid, &o)) {
            s->missing++;
            return;
        }
        enum pack_type type = o.type;
        if (type == PACK_COMMIT &&
            oids_add(&s->known, oid, (uint32_t)s->n_commits))
            add_commit(s, oid, o.bytes, reachable);
        if (type == PACK_TREE || type == PACK_BLOB)
            store_push(&s->tips, &s->n_tips, &s->room_tips, oid);
        bool more = type == PACK_TAG && span_starts(o.bytes, "object ") &&
                    read_oid(span_sub(o.bytes, 7, o.bytes.n), oid);
        repo_object_free(&o);
        if (!more)
            return;
    }
}

static void on_ref(void *ctx, const unsigned char *oid)
{
    take_tip(ctx, oid, true);
}

/* All that the commits of this round come from. */
static void read_parents(struct search *s, bool reachable)
{
    for (size_t i = s->first; i < s->n_commits && !scan_stopped(s->request);
         i++)
        for (uint32_t k = 0; k < s->commits[i].n; k++)
            take_tip(s, s->parents + (s->commits[i].first + k) * OID,
                     reachable);
}

/* --- the order: parents first, of several the oldest ------------------ */

static bool is_older(const struct search *s, uint32_t a, uint32_t b)
{
    int64_t x = s->commits[a].time, y = s->commits[b].time;
    return x != y ? x < y
                  : memcmp(s->commits[a].oid, s->commits[b].oid, OID) < 0;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t c = *a;
    *a = *b;
    *b = c;
}

static void heap_push(struct search *s, uint32_t commit)
{
    size_t at = s->n_ready++;
    s->ready[at] = commit;
    while (at && is_older(s, s->ready[at], s->ready[(at - 1) / 2])) {
        swap(&s->ready[at], &s->ready[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static uint32_t heap_pop(struct search *s)
{
    uint32_t top = s->ready[0];
    s->ready[0] = s->ready[--s->n_ready];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < s->n_ready &&
                is_older(s, s->ready[child], s->ready[least]))
                least = child;
        if (least == at)
            return top;
        swap(&s->ready[at], &s->ready[least]);
        at = least;
    }
}

static void link_commits(struct search *s)
{
    for (uint32_t i = (uint32_t)s->first; i < s->n_commits; i++)
        for (uint32_t k = 0; k < s->commits[i].n; k++) {
            uint32_t parent = oids_get(
                &s->known, s->parents + (s->commits[i].first + k) * OID);
            /* Not there, or of a round that is over. */
            if (parent == OIDS_ABSENT || parent < s->first)
                continue;
            add_link(s, parent, i);
            s->commits[i].waits++;
        }
    s->ready = mem_resize(s->ready, (s->n_commits + 1) * sizeof *s->ready);
    for (uint32_t i = (uint32_t)s->first; i < s->n_commits; i++)
        if (!s->commits[i].waits)
            heap_push(s, i);
}

/* --- trees ------------------------------------------------------------ */

static void found(struct search *s, uint32_t blob, const struct commit *c)
{
    struct origin *o = &s->origins[blob];
    struct buf path = {0};
    if (o->path)
        return;
    if (span_utf8(buf_view(&s->path)))
        buf_span(&path, buf_view(&s->path));
    else
        visible_text(buf_view(&s->path), VISIBLE_ONE_LINE, &path);
    o->path = span_dup(s->arena, buf_view(&path));
    o->order = s->order;
    o->reachable = !c || c->reachable;
    if (c) {
        oid_hex(c->oid, o->commit);
        o->date = c->date;
    }
    s->left--;
    buf_release(&path);
}

static void visit_tree(struct search *s, const unsigned char *oid,
                       const struct commit *c, int depth);

/* "MODE NAME\0" and a name of 20 bytes. */
static bool take_entry(struct span *text, struct span *mode, struct span *name,
                       const unsigned char **oid)
{
    *mode = span_cut(text, ' ');
    *name = span_cut(text, '\0');
    if (!mode->n || !name->n || text->n < OID)
        return false;
    *oid = (const unsigned char *)text->p;
    *text = span_sub(*text, OID, text->n);
    return true;
}

static void visit_entry(struct search *s, struct span mode, struct span name,
                        const unsigned char *oid, const struct commit *c,
                        int depth)
{
    size_t length = s->path.n;
    bool is_tree = span_is(mode, "40000") || span_is(mode, "040000");
    uint32_t blob = is_tree ? OIDS_ABSENT : oids_get(&s->wanted, oid);
    if (!is_tree && (span_is(mode, "160000") || blob == OIDS_ABSENT))
        return;
    buf_str(&s->path, length ? "/" : "");
    buf_span(&s->path, name);
    if (is_tree)
        visit_tree(s, oid, c, depth + 1);
    else
        found(s, blob, c);
    s->path.n = length;
}

static void visit_tree(struct search *s, const unsigned char *oid,
                       const struct commit *c, int depth)
{
    struct repo_object o = {0};
    struct span mode, name;
    const unsigned char *entry = NULL;
    if (depth > PATH_DEPTH || !oids_add(&s->seen, oid, 0))
        return;
    if (!repo_read(s->store->repo, oid, &o)) {
        s->missing++;
        return;
    }
    struct span text = o.type == PACK_TREE ? o.bytes : (struct span){0};
    while (s->left && take_entry(&text, &mode, &name, &entry))
        visit_entry(s, mode, name, entry, c, depth);
    repo_object_free(&o);
}

/* --- a round: what tips there are, and all behind them ----------------- */

static void visit_commits(struct search *s)
{
    link_commits(s);
    while (s->n_ready && s->left && !scan_stopped(s->request)) {
        uint32_t i = heap_pop(s);
        s->order++;
        visit_tree(s, s->commits[i].tree, &s->commits[i], 0);
        for (uint32_t l = s->commits[i].child; l != NO_LINK;
             l = s->links[l].next)
            if (--s->commits[s->links[l].child].waits == 0)
                heap_push(s, s->links[l].child);
    }
    s->n_ready = 0;
    s->first = s->n_commits;
}

/* Trees and blobs that a ref names itself. */
static void visit_tips(struct search *s)
{
    for (size_t i = 0; i < s->n_tips && s->left; i++) {
        const unsigned char *oid = s->tips + i * OID;
        uint32_t blob = oids_get(&s->wanted, oid);
        s->order++;
        if (blob != OIDS_ABSENT)
            found(s, blob, NULL);
        else
            visit_tree(s, oid, NULL, 0);
    }
}

static void reached_round(struct search *s, struct scan_result *out)
{
    if (!repo_refs(s->store->repo, on_ref, s)) {
        out->damaged = true;
        scan_notice(out, "not every ref could be read (git fsck)");
    }
    read_parents(s, true);
    visit_commits(s);
    visit_tips(s);
}

/* Commits that no ref leads to: what a branch was before it was deleted or
 * rewritten. */
static void unreached_round(struct search *s)
{
    const struct store *store = s->store;
    enum pack_type type;
    size_t size;
    for (size_t i = 0; i < store->n_packs; i++) {
        const struct pack *p = &store->packs[i].pack;
        for (uint32_t k = 0; k < p->n; k++)
            if (p->entries[k].type == PACK_COMMIT)
                take_tip(s, pack_name(p, k), false);
    }
    for (size_t i = 0; i < store->n_loose; i++)
        if (repo_header(store->repo, store->loose + i * OID, &type, &size) &&
            type == PACK_COMMIT)
            take_tip(s, store->loose + i * OID, false);
    read_parents(s, false);
    visit_commits(s);
}

static void want(struct search *s, const unsigned char *blobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        s->left += oids_add(&s->wanted, blobs + i * OID, (uint32_t)i);
}

/* A blob that was found in two stores has one origin. */
static void share(struct search *s, const unsigned char *blobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        s->origins[i] = s->origins[oids_get(&s->wanted, blobs + i * OID)];
}

static void search_release(struct search *s)
{
    oids_release(&s->wanted);
    oids_release(&s->seen);
    oids_release(&s->known);
    mem_free(s->commits);
    mem_free(s->links);
    mem_free(s->parents);
    mem_free(s->ready);
    mem_free(s->tips);
    buf_release(&s->path);
}

enum status origin_find(struct store *store, const struct scan_request *request,
                        const unsigned char *blobs, size_t n,
                        struct origin *origins, struct arena *a,
                        struct scan_result *out, struct err *err)
{
    struct search s = {
        .store = store, .request = request, .arena = a, .origins = origins};
    want(&s, blobs, n);
    reached_round(&s, out);
    if (s.left && request->unreachable)
        unreached_round(&s);
    share(&s, blobs, n);
    bool cut = repo_is_shallow(store->repo) || repo_is_partial(store->repo);
    if (s.missing && !cut) {
        out->damaged = true;
        scan_notice(out,
                    "%zu commit%s or tree%s are missing or damaged: who "
                    "brought a finding may be unknown (git fsck)",
                    s.missing, s.missing == 1 ? "" : "s",
                    s.missing == 1 ? "" : "s");
    }
    search_release(&s);
    return scan_stopped(request) ? err_set(err, ST_INTERRUPTED, "interrupted")
                                 : ST_OK;
}
