/* The repository: refs, single objects, its work tree (the only part of the
 * scanner that knows libgit2). */
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <unistd.h>

#include "file.h"
#include "scan_part.h"

struct repo {
    git_repository *git;
    git_odb *odb;
};

/* --- errors: the cause and the way out ------------------------------- */

static const struct {
    const char *part; /* of libgit2's message */
    const char *says;
} troubles[] = {
    {"objectformat", "its objects have SHA-256 names, which scan does not read "
                     "(git fast-export to a SHA-1 repository)"},
    {"is not owned by", "it belongs to another user (git config --global --add "
                        "safe.directory and its path)"},
    {"safe.directory", "it belongs to another user (git config --global --add "
                       "safe.directory and its path)"},
    {NULL, NULL},
};

static enum status failed(const char *path, int code, struct err *err)
{
    const git_error *e = git_error_last();
    const char *message = e && e->message ? e->message : "unknown error";
    if (code == GIT_ENOTFOUND)
        return err_set(err, ST_INPUT,
                       "%s is in no git repository: leave out --history", path);
    for (size_t i = 0; troubles[i].part; i++)
        if (strcasestr(message, troubles[i].part))
            return err_set(err, ST_INPUT, "cannot read the repository %s: %s",
                           path, troubles[i].says);
    return err_set(err, ST_INPUT, "cannot read the repository %s: %s", path,
                   message);
}

/* --- opening --------------------------------------------------------- */

/* These change nothing of what is read here; others may mind them. */
static void allow_extensions(bool allow)
{
    static const char *const names[] = {"partialclone", "preciousobjects",
                                        "worktreeconfig"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names,
                     allow ? sizeof names / sizeof *names : 0);
}

enum status repo_open(const char *path, struct repo **out, struct err *err)
{
    struct repo *r = mem_alloc(sizeof *r);
    git_libgit2_init();
    allow_extensions(true);
    int code = git_repository_open_ext(&r->git, path, 0, NULL);
    allow_extensions(false);
    if (code == 0)
        code = git_repository_odb(&r->odb, r->git);
    if (code == 0) {
        *out = r;
        return ST_OK;
    }
    failed(path, code, err);
    repo_close(r);
    return err->st;
}

bool repo_is_none(const char *path)
{
    git_buf found = {0};
    git_libgit2_init();
    int code = git_repository_discover(&found, path, 0, NULL);
    git_buf_dispose(&found);
    git_libgit2_shutdown();
    return code == GIT_ENOTFOUND;
}

void repo_close(struct repo *r)
{
    if (!r)
        return;
    git_odb_free(r->odb);
    git_repository_free(r->git);
    mem_free(r);
    git_libgit2_shutdown();
}

bool repo_is_shallow(struct repo *r)
{
    return git_repository_is_shallow(r->git) == 1;
}

static bool is_promisor(const git_config_entry *entry)
{
    return span_starts(span_of(entry->name), "remote.") &&
           span_ends(span_of(entry->name), ".promisor") &&
           strcmp(entry->value ? entry->value : "true", "true") == 0;
}

bool repo_is_partial(struct repo *r)
{
    git_config *config = NULL;
    git_config_iterator *all = NULL;
    git_config_entry *entry = NULL;
    bool partial = false;
    if (git_repository_config_snapshot(&config, r->git) == 0 &&
        git_config_iterator_new(&all, config) == 0)
        while (!partial && git_config_next(&entry, all) == 0)
            partial = is_promisor(entry);
    git_config_iterator_free(all);
    git_config_free(config);
    return partial;
}

const char *repo_work_dir(struct repo *r)
{
    return git_repository_workdir(r->git);
}

/* --- where objects lie ----------------------------------------------- */

#define DIRS_MOST 64
#define ALTERNATES_MOST (64u << 10)

struct dirs {
    struct arena *a;
    const char **v;
    size_t n;
};

static bool has_dir(const struct dirs *d, const char *dir)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->v[i], dir) == 0)
            return true;
    return false;
}

/* info/alternates: a folder of objects a line, seen from this one. */
static enum status add_alternates(struct dirs *d, const char *dir,
                                  struct err *err)
{
    struct buf text = {0};
    const char *path = path_join(d->a, dir, "info/alternates");
    if (!file_exists(path))
        return ST_OK;
    enum status st = file_read(path, ALTERNATES_MOST, &text, err);
    struct span rest = buf_view(&text);
    while (st == ST_OK && rest.n && d->n < DIRS_MOST) {
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (!line.n || line.p[0] == '#')
            continue;
        const char *other =
            path_clean(d->a, path_join(d->a, dir, span_dup(d->a, line)));
        if (file_is_dir(other) && !has_dir(d, other))
            d->v[d->n++] = other;
    }
    buf_release(&text);
    return st;
}

enum status repo_object_dirs(struct repo *r, struct arena *a, const char ***out,
                             size_t *n, struct err *err)
{
    struct dirs d = {a, arena_array(a, DIRS_MOST, sizeof *d.v), 0};
    git_buf own = {0};
    if (git_repository_item_path(&own, r->git, GIT_REPOSITORY_ITEM_OBJECTS) !=
        0)
        return failed("", -1, err);
    d.v[d.n++] = path_clean(a, own.ptr);
    git_buf_dispose(&own);
    for (size_t i = 0; i < d.n; i++)
        if (add_alternates(&d, d.v[i], err) != ST_OK)
            return err->st;
    *out = d.v;
    *n = d.n;
    return ST_OK;
}

/* --- refs ------------------------------------------------------------ */

struct ref_walk {
    void (*each)(void *ctx, const unsigned char *oid);
    void *ctx;
};

/* HEAD of every worktree: a detached one is named by nothing else. */
static void worktree_heads(struct repo *r, const struct ref_walk *w)
{
    struct arena a = {0};
    char **names = NULL;
    size_t n = 0;
    struct err ignored = {0};
    const char *dir =
        path_join(&a, git_repository_commondir(r->git), "worktrees");
    if (file_is_dir(dir) && file_list(dir, &a, &names, &n, &ignored) != ST_OK)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        struct buf text = {0};
        git_oid oid;
        const char *path = path_join(&a, path_join(&a, dir, names[i]), "HEAD");
        if (file_exists(path) &&
            file_read(path, 4096, &text, &ignored) == ST_OK &&
            text.n >= GIT_OID_HEXSZ && git_oid_fromstr(&oid, text.p) == 0)
            w->each(w->ctx, oid.id);
        buf_release(&text);
    }
    arena_release(&a);
}

bool repo_refs(struct repo *r,
               void (*each)(void *ctx, const unsigned char *oid), void *ctx)
{
    struct ref_walk w = {each, ctx};
    git_reference_iterator *refs = NULL;
    git_reference *ref = NULL;
    git_oid head;
    int code = git_reference_iterator_new(&refs, r->git);
    while (code == 0) {
        code = git_reference_next(&ref, refs);
        if (code == 0 && git_reference_target(ref))
            each(ctx, git_reference_target(ref)->id);
        if (code == 0)
            git_reference_free(ref);
    }
    git_reference_iterator_free(refs);
    if (git_reference_name_to_id(&head, r->git, "HEAD") == 0)
        each(ctx, head.id);
    worktree_heads(r, &w);
    return code == GIT_ITEROVER;
}

/* --- objects --------------------------------------------------------- */

bool repo_read(struct repo *r, const unsigned char *oid,
               struct repo_object *out)
{
    git_odb_object *object = NULL;
    git_oid id;
    memcpy(id.id, oid, OID);
    if (git_odb_read(&object, r->odb, &id) != 0)
        return false;
    *out = (struct repo_object){
        object,
        (enum pack_type)git_odb_object_type(object),
        {git_odb_object_data(object), git_odb_object_size(object)}};
    return true;
}

bool repo_header(struct repo *r, const unsigned char *oid, enum pack_type *type,
                 size_t *size)
{
    git_oid id;
    git_object_t kind;
    memcpy(id.id, oid, OID);
    if (git_odb_read_header(size, &kind, r->odb, &id) != 0)
        return false;
    *type = (enum pack_type)kind;
    return true;
}

void repo_object_free(struct repo_object *o)
{
    git_odb_object_free(o->handle);
    *o = (struct repo_object){0};
}

/* --- the work tree --------------------------------------------------- */

struct file_walk {
    void (*each)(void *ctx, const char *path);
    void *ctx;
};

static int on_file(const char *path, unsigned status, void *ctx)
{
    const struct file_walk *w = ctx;
    if (!(status & (GIT_STATUS_WT_DELETED | GIT_STATUS_IGNORED)))
        w->each(w->ctx, path);
    return 0;
}

enum status repo_files(struct repo *r, const char *below,
                       void (*each)(void *ctx, const char *path), void *ctx,
                       struct err *err)
{
    struct file_walk w = {each, ctx};
    git_status_options opts;
    char *spec = (char *)below;
    git_status_options_init(&opts, GIT_STATUS_OPTIONS_VERSION);
    opts.show = GIT_STATUS_SHOW_WORKDIR_ONLY;
    opts.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED |
                 GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                 GIT_STATUS_OPT_INCLUDE_UNMODIFIED |
                 GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
    if (*below)
        opts.pathspec = (git_strarray){&spec, 1};
    int code = git_status_foreach_ext(r->git, &opts, on_file, &w);
    return code == 0 ? ST_OK : failed(below, code, err);
}
