/* The files of a folder: in a git repository those that git does not ignore,
 * else all. Links are not followed. */
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "file.h"
#include "scan_part.h"
#include "visible.h"

#define DEPTH_MOST 200

struct files {
    const struct scan_request *request;
    struct hits hits;
    struct arena arena;
    const char *root;  /* the work tree, or "" */
    const char **path; /* as shown, by a hit's source */
    size_t n, cap;
    size_t big, unread, repositories;
    struct scan_result *out;
};

/* --- one file -------------------------------------------------------- */

static size_t most_bytes(const struct files *f)
{
    return f->request->blob_most ? f->request->blob_most : SCAN_BLOB_MOST;
}

static void look(struct files *f, const char *path, const char *shown)
{
    struct buf text = {0};
    struct err err = {0};
    struct stat st;
    if (scan_stopped(f->request) || lstat(path, &st) != 0 ||
        !S_ISREG(st.st_mode))
        return;
    if ((uint64_t)st.st_size > most_bytes(f)) {
        f->big++;
        return;
    }
    if (file_read(path, most_bytes(f), &text, &err) != ST_OK)
        f->unread++;
    else if (hits_look(&f->hits, (uint32_t)f->n, buf_view(&text))) {
        MEM_GROW(f->path, f->n, f->cap);
        f->path[f->n++] = arena_strdup(&f->arena, shown);
    }
    buf_release(&text);
}

/* --- which files ----------------------------------------------------- */

static void on_git_file(void *ctx, const char *path)
{
    struct files *f = ctx;
    if (span_ends(span_of(path), "/"))
        f->repositories++;
    else
        look(f, path_join(&f->arena, f->root, path), path);
}

static void walk(struct files *f, const char *dir, const char *shown, int depth)
{
    char **names = NULL;
    size_t n = 0;
    struct err err = {0};
    if (file_list(dir, &f->arena, &names, &n, &err) != ST_OK ||
        depth > DEPTH_MOST) {
        f->unread++;
        return;
    }
    for (size_t i = 0; i < n && !scan_stopped(f->request); i++) {
        const char *path = path_join(&f->arena, dir, names[i]);
        const char *name = path_join(&f->arena, shown, names[i]);
        if (strcmp(names[i], ".git") == 0)
            continue;
        if (file_is_own_dir(path))
            walk(f, path, name, depth + 1);
        else
            look(f, path, name);
    }
}

/* real as seen from the work tree: "" is all of it. */
static const char *below(const char *root, const char *real, struct arena *a)
{
    const char *path = path_relative(a, root, real);
    return strcmp(path, ".") == 0 ? "" : path;
}

static enum status walk_git(struct files *f, const char *real, struct err *err)
{
    struct repo *repo = NULL;
    char root[PATH_MAX];
    enum status st = repo_open(real, &repo, err);
    if (st == ST_OK &&
        (!repo_work_dir(repo) || !realpath(repo_work_dir(repo), root)))
        st = err_set(err, ST_INPUT,
                     "%s is a repository without a work tree: add --history",
                     f->request->path);
    if (st == ST_OK) {
        f->root = root;
        st =
            repo_files(repo, below(root, real, &f->arena), on_git_file, f, err);
    }
    repo_close(repo);
    return st;
}

static enum status walk_path(struct files *f, struct err *err)
{
    char real[PATH_MAX];
    const char *path = f->request->path;
    if (!realpath(path, real))
        return err_set(err, ST_IO, "%s does not exist or cannot be read", path);
    if (!file_is_dir(real)) {
        look(f, real, path);
        return ST_OK;
    }
    if (!repo_is_none(real))
        return walk_git(f, real, err);
    walk(f, real, strcmp(path, ".") == 0 ? "" : path, 0);
    return ST_OK;
}

/* --- rows ------------------------------------------------------------ */

static void put_path(struct json *row, const char *path)
{
    struct buf text = {0};
    if (span_utf8(span_of(path)))
        buf_str(&text, path);
    else
        visible_text(span_of(path), VISIBLE_ONE_LINE, &text);
    json_put_str(row, "path", buf_cstr(&text));
    buf_release(&text);
}

static void tell(const struct files *f)
{
    struct scan_result *out = f->out;
    out->files += f->hits.files;
    out->bytes += f->hits.bytes;
    if (f->big)
        scan_notice(out, "%zu file%s not looked at: over the ceiling of size",
                    f->big, f->big == 1 ? " was" : "s were");
    if (f->repositories)
        scan_notice(out, "%zu repositor%s in this one not looked at",
                    f->repositories,
                    f->repositories == 1 ? "y was" : "ies were");
    if (f->hits.full)
        scan_notice(out,
                    "there are more findings: of one file %d are kept, of "
                    "all %d",
                    SCAN_HITS_OF_BLOB, SCAN_HITS);
    if (f->unread) {
        out->damaged = true;
        scan_notice(out, "%zu file%s or folder%s could not be read", f->unread,
                    f->unread == 1 ? "" : "s", f->unread == 1 ? "" : "s");
    }
}

enum status scan_files(const struct scan_request *request,
                       const struct matcher *m, struct scan_result *out,
                       struct err *err)
{
    struct files f = {.request = request, .root = "", .out = out};
    hits_open(&f.hits, request->rules, m);
    enum status st = walk_path(&f, err);
    if (st == ST_OK && scan_stopped(request))
        st = err_set(err, ST_INTERRUPTED, "interrupted");
    for (size_t i = 0; i < f.hits.n && st == ST_OK; i++) {
        const struct hit *hit = &f.hits.v[i];
        put_path(json_push(out->rows, hit_row(hit, request->rules)),
                 f.path[hit->source]);
    }
    if (st == ST_OK)
        tell(&f);
    hits_close(&f.hits);
    mem_free(f.path);
    arena_release(&f.arena);
    return st;
}
