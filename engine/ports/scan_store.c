/* Where a repository's objects lie: its packs, mapped and linked, and its
 * loose objects by name. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "scan_part.h"

#define NAME_MOST 40

/* --- mapped files ---------------------------------------------------- */

/* False when it cannot be opened: gone, or not ours to read. */
static bool map(const char *path, struct span *out)
{
    struct stat st;
    *out = (struct span){NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (ok && st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = p != MAP_FAILED;
        if (ok)
            *out = (struct span){p, (size_t)st.st_size};
    }
    if (fd >= 0)
        close(fd);
    return ok;
}

static void unmap(struct span s)
{
    if (s.n)
        munmap((void *)s.p, s.n);
}

/* --- packs ----------------------------------------------------------- */

static const char *pack_path(struct arena *a, const char *idx)
{
    return arena_printf(a, "%.*spack", (int)(strlen(idx) - 3), idx);
}

static void drop_pack(struct store_pack *p)
{
    pack_release(&p->pack);
    unmap(p->idx);
    unmap(p->bytes);
    *p = (struct store_pack){0};
}

/* What is wrong with a pack as a whole. */
static void pack_failed(struct store *s, const char *why,
                        struct scan_result *out)
{
    scan_notice(out, "%s is not read: %s (git fsck)", s->packs[s->n_packs].name,
                why);
    out->damaged = s->is_unsafe = true;
    drop_pack(&s->packs[s->n_packs]);
}

/* One that is read to its end or not at all. False when it is not there. */
static bool add_pack(struct store *s, const char *idx,
                     const struct inflater *inflate, struct scan_result *out)
{
    struct err err = {0};
    struct store_pack *p = &s->packs[s->n_packs];
    p->name = path_base(idx);
    if (!map(idx, &p->idx) || !map(pack_path(s->arena, idx), &p->bytes))
        return false;
    if (pack_read(&p->pack, p->idx, p->bytes, inflate, &err) != ST_OK) {
        pack_failed(s, err.msg, out);
        return true;
    }
    s->is_unsafe |= p->pack.faults[PACK_LOOP] || p->pack.faults[PACK_HEADER];
    s->n_packs++;
    return true;
}

/* A collector may replace packs between their listing and their opening:
 * false, unless this is the last try. */
static bool add_packs(struct store *s, const char *dir, bool last,
                      const struct inflater *inflate, struct scan_result *out)
{
    char **names = NULL;
    size_t n = 0;
    struct err err = {0};
    bool all = true;
    const char *packs = path_join(s->arena, dir, "pack");
    if (file_is_dir(packs) &&
        file_list(packs, s->arena, &names, &n, &err) != ST_OK)
        return false;
    s->packs = mem_resize(s->packs, (s->n_packs + n + 1) * sizeof *s->packs);
    for (size_t i = 0; i < n && (all || last); i++) {
        if (!span_ends(span_of(names[i]), ".idx"))
            continue;
        s->packs[s->n_packs] = (struct store_pack){0};
        if (add_pack(s, path_join(s->arena, packs, names[i]), inflate, out))
            continue;
        all = false;
        if (last)
            pack_failed(s, "it, or its pack, cannot be opened", out);
        else
            drop_pack(&s->packs[s->n_packs]);
    }
    return all;
}

bool store_has_before(const struct store *s, size_t i, const unsigned char *oid)
{
    while (i-- > 0)
        if (pack_find(&s->packs[i].pack, oid) != PACK_NONE)
            return true;
    return false;
}

/* --- loose objects --------------------------------------------------- */

void store_push(unsigned char **list, size_t *n, size_t *room,
                const unsigned char *oid)
{
    if (*n == *room) {
        *room = *room ? *room * 2 : 64;
        *list = mem_resize(*list, *room * OID);
    }
    memcpy(*list + *n * OID, oid, OID);
    ++*n;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* 40 hex digits, in two parts. */
static bool read_name(const char *two, const char *rest, unsigned char out[OID])
{
    char hex[NAME_MOST + 1];
    if (strlen(rest) != NAME_MOST - 2)
        return false;
    snprintf(hex, sizeof hex, "%.2s%s", two, rest);
    for (size_t i = 0; i < OID; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static enum status add_loose(struct store *s, const char *dir, struct err *err)
{
    for (unsigned first = 0; first < 256; first++) {
        struct arena a = {0};
        char **names = NULL;
        size_t n = 0;
        char two[3];
        unsigned char oid[OID];
        snprintf(two, sizeof two, "%02x", first);
        const char *sub = path_join(&a, dir, two);
        if (file_is_dir(sub) && file_list(sub, &a, &names, &n, err) != ST_OK)
            n = 0;
        for (size_t i = 0; i < n; i++)
            if (read_name(two, names[i], oid) &&
                !store_has_before(s, s->n_packs, oid))
                store_push(&s->loose, &s->n_loose, &s->room_loose, oid);
        arena_release(&a);
    }
    return err->st;
}

/* --- all of it ------------------------------------------------------- */

static bool read_packs(struct store *s, const char **dirs, size_t n, bool last,
                       struct scan_result *out)
{
    struct inflater inflate = inflater_new();
    bool all = true;
    for (size_t i = 0; i < n; i++)
        all &= add_packs(s, dirs[i], last, &inflate, out);
    inflater_free(&inflate);
    return all;
}

static void drop_packs(struct store *s)
{
    for (size_t i = 0; i < s->n_packs; i++)
        drop_pack(&s->packs[i]);
    s->n_packs = 0;
    s->is_unsafe = false;
}

enum status store_open(struct store *s, struct repo *repo, struct arena *a,
                       struct scan_result *out, struct err *err)
{
    const char **dirs = NULL;
    size_t n = 0;
    *s = (struct store){.arena = a, .repo = repo};
    if (repo_object_dirs(repo, a, &dirs, &n, err) != ST_OK)
        return err->st;
    if (!read_packs(s, dirs, n, false, out)) {
        drop_packs(s);
        (void)read_packs(s, dirs, n, true, out);
    }
    for (size_t i = 0; i < n && err->st == ST_OK; i++)
        (void)add_loose(s, dirs[i], err);
    return err->st;
}

void store_close(struct store *s)
{
    drop_packs(s);
    mem_free(s->packs);
    mem_free(s->loose);
    *s = (struct store){0};
}
