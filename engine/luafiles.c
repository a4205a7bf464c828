/* Gathers the Lua modules: embedded ones, and a directory's on top. */
#include "luafiles.h"

#include <stdlib.h>

#include "arena.h"
#include "file.h"

#define MODULE_MAX_BYTES ((size_t)1 << 20)
#define DIR_MAX_DEPTH 8 /* ends a walk through links that go round */

struct gather {
    struct arena *arena;
    struct luafile *v;
    size_t n, cap;
};

static struct span text_of(const struct luafile_row *row)
{
    return (struct span){(const char *)row->text, row->size};
}

static int is_row(const void *name, const void *row)
{
    return strcmp(name, ((const struct luafile_row *)row)->name);
}

struct span luafile_text(const char *name)
{
    const struct luafile_row *row =
        bsearch(name, luafile_embedded, luafile_embedded_count,
                sizeof *luafile_embedded, is_row);
    return row ? text_of(row) : (struct span){0};
}

bool luafile_simulates(const struct luafile *f)
{
    return span_starts(span_of(f->name), "sandbox/");
}

static void add_module(struct gather *g, struct luafile module)
{
    MEM_GROW(g->v, g->n, g->cap);
    g->v[g->n++] = module;
}

static void add_embedded(struct gather *g)
{
    for (const struct luafile_row *row = luafile_embedded; row->name; row++)
        add_module(g, (struct luafile){.name = row->name,
                                       .text = text_of(row),
                                       .sha256 = row->sha256,
                                       .embedded = true});
}

static enum status add_file(struct gather *g, const char *path, const char *rel,
                            struct err *err)
{
    struct buf text = {0};
    enum status st = file_read(path, MODULE_MAX_BYTES, &text, err);
    if (st == ST_OK) {
        struct span kept = {span_dup(g->arena, buf_view(&text)), text.n};
        const char *name =
            arena_strndup(g->arena, rel, strlen(rel) - strlen(".lua"));
        add_module(g, (struct luafile){.name = name,
                                       .text = kept,
                                       .sha256 = hash_sha256(kept)});
    }
    buf_release(&text);
    return st;
}

/* rel is dir as seen from the root of the walk, "" at the root. */
static enum status add_dir(struct gather *g, const char *dir, const char *rel,
                           int depth, struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    if (depth > DIR_MAX_DEPTH)
        return err_set(err, ST_LIMIT, "%s: directories nested over %d deep",
                       dir, DIR_MAX_DEPTH);
    enum status st = file_list(dir, g->arena, &names, &n, err);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const char *path = path_join(g->arena, dir, names[i]);
        const char *name = path_join(g->arena, rel, names[i]);
        if (file_is_dir(path))
            st = add_dir(g, path, name, depth + 1, err);
        else if (span_ends(span_of(names[i]), ".lua"))
            st = add_file(g, path, name, err);
    }
    return st;
}

/* Of one name, the directory's file comes before the embedded one. */
static int by_name(const void *a, const void *b)
{
    const struct luafile *x = a;
    const struct luafile *y = b;
    int c = strcmp(x->name, y->name);
    return c ? c : (int)x->embedded - (int)y->embedded;
}

static void drop_overridden(struct gather *g)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->n; i++)
        if (!kept || strcmp(g->v[kept - 1].name, g->v[i].name) != 0)
            g->v[kept++] = g->v[i];
    g->n = kept;
}

enum status luafiles_load(const char *dir, struct arena *a,
                          struct luafile **out, size_t *count, struct err *err)
{
    struct gather g = {.arena = a};
    add_embedded(&g);
    enum status st = dir ? add_dir(&g, dir, "", 0, err) : ST_OK;
    if (st == ST_OK) {
        if (g.n)
            qsort(g.v, g.n, sizeof *g.v, by_name);
        drop_overridden(&g);
        *out = arena_array(a, g.n, sizeof **out);
        if (g.n)
            memcpy(*out, g.v, g.n * sizeof **out);
        *count = g.n;
    }
    mem_free(g.v);
    return st;
}
