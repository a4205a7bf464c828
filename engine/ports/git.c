/* Performs git.*: looks at one repository (the only user of libgit2). */
#include <git2.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "grep.h"
#include "port.h"

#define SHORT_SHA 7
#define LOG_DEFAULT 20
#define LOG_MOST 1000
#define DIFF_TEXT_CAP (256u << 10)
#define GREP_DEFAULT 1000
#define GREP_MOST 10000

/* One call: what it was given, and what it must free. */
struct work {
    const struct port_call *call;
    const struct json *opts;
    struct arena *arena;
    git_repository *repo;
};

/* --- errors: the cause and the way out, in one line --- */

static const struct {
    int code;          /* 0: any */
    const char *part;  /* of libgit2's message; NULL: any */
    const char *cause; /* NULL: libgit2's message */
    const char *way_out;
} troubles[] = {
    {GIT_EOWNER, NULL, "the repository belongs to another user",
     "git config --global --add safe.directory and its path"},
    {0, "safe.directory", "the repository belongs to another user",
     "git config --global --add safe.directory and its path"},
    {0, "extensions.worktreeconfig", NULL,
     "git config --unset extensions.worktreeConfig, if no worktree needs it"},
    {0, "unsupported extension", NULL, "it needs a newer git library"},
    {0, "could not find repository", "this is not a git repository",
     "git init"},
    {GIT_EUNBORNBRANCH, NULL, NULL, "make the first commit"},
};

static enum status git_failed(const struct work *w, int code, const char *what,
                              struct err *err)
{
    const git_error *e = git_error_last();
    const char *message = e && e->message ? e->message : "unknown error";
    if (code == GIT_ENOTFOUND && w->repo &&
        git_repository_is_shallow(w->repo) == 1)
        return err_set(err, ST_FAILED,
                       "cannot %s: this is a shallow clone, whose history is "
                       "cut off (git fetch --unshallow)",
                       what);
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        const char *part = troubles[i].part, *cause = troubles[i].cause;
        if ((!troubles[i].code || troubles[i].code == code) &&
            (!part || strcasestr(message, part)))
            return err_set(err, ST_FAILED, "cannot %s: %s (%s)", what,
                           cause ? cause : message, troubles[i].way_out);
    }
    return err_set(err, ST_FAILED, "cannot %s: %s", what, message);
}

static enum status late(const char *op, struct err *err)
{
    return err_set(err, ST_TIMEOUT, "%s did not end in the time left", op);
}

static bool is_late(const struct work *w)
{
    return clock_mono_ms() >= w->call->deadline_mono_ms;
}

/* --- arguments --- */

static enum status arg_text(const struct work *w, const char *name,
                            const char **out, struct err *err)
{
    const struct json *j = json_get(w->opts, name);
    *out = json_str(j);
    if (json_type(j) != JSON_NULL && !*out)
        return err_set(err, ST_INPUT, "%s: %s is not a string", w->call->op,
                       name);
    return ST_OK;
}

static enum status arg_max(const struct work *w, int64_t otherwise,
                           int64_t most, int64_t *out, struct err *err)
{
    *out = json_get_int(w->opts, "max", otherwise);
    if (*out < 1 || *out > most)
        return err_set(err, ST_INPUT, "%s: max must be 1 to %lld", w->call->op,
                       (long long)most);
    return ST_OK;
}

/* path is a folder of which name is part, or name itself. */
static bool path_covers(const char *path, const char *name)
{
    size_t n = path ? strlen(path) : 0;
    while (n && path[n - 1] == '/')
        n--;
    if (!n || (n == 1 && *path == '.'))
        return true;
    return !strncmp(path, name, n) && (!name[n] || name[n] == '/');
}

/* --- commits --- */

static struct json *sha_json(const git_oid *id)
{
    char hex[GIT_OID_HEXSZ + 1];
    git_oid_tostr(hex, sizeof hex, id);
    return json_new_str(hex);
}

static struct json *commit_json(git_commit *commit)
{
    const git_signature *author = git_commit_author(commit);
    const char *subject = git_commit_summary(commit);
    struct json *j = json_new(JSON_OBJECT);
    json_put(j, "sha", sha_json(git_commit_id(commit)));
    json_put(j, "subject", json_new_bytes(span_of(subject)));
    json_put(j, "author", json_new_bytes(span_of(author->name)));
    json_put(j, "email", json_new_bytes(span_of(author->email)));
    json_put_int(j, "time", git_commit_time(commit));
    return j;
}

/* Whether name begins with a branch, a tag or a hash. libgit2 says so too, but
 * after trying expressions on a name it does not know, which leaks in 1.5. */
static bool is_known(const struct work *w, const char *name)
{
    size_t n = strcspn(name, "~^:@");
    const char *base = n ? arena_strndup(w->arena, name, n) : "HEAD";
    git_reference *ref = NULL;
    git_object *object = NULL;
    git_oid id;
    bool known = (n || *name == '@') &&
                 (git_reference_dwim(&ref, w->repo, base) == 0 ||
                  (git_oid_fromstrn(&id, base, n) == 0 &&
                   git_object_lookup_prefix(&object, w->repo, &id, n,
                                            GIT_OBJECT_ANY) == 0));
    git_reference_free(ref);
    git_object_free(object);
    return known;
}

static enum status resolve(const struct work *w, const char *name,
                           git_object_t type, git_object **out, struct err *err)
{
    git_object *any = NULL;
    const char *what = arena_printf(w->arena, "resolve %s", name);
    if (!is_known(w, name))
        return err_set(err, ST_FAILED,
                       "cannot resolve %s: no branch, tag or commit is called "
                       "so",
                       name);
    int rc = git_revparse_single(&any, w->repo, name);
    if (rc == 0)
        rc = git_object_peel(out, any, type);
    git_object_free(any);
    return rc == 0 ? ST_OK : git_failed(w, rc, what, err);
}

/* --- status --- */

/* The first row that fits names the state: the gravest first. */
static const struct {
    unsigned flags;
    const char *name;
} states[] = {
    {GIT_STATUS_CONFLICTED, "conflicted"},
    {GIT_STATUS_INDEX_DELETED | GIT_STATUS_WT_DELETED, "deleted"},
    {GIT_STATUS_INDEX_RENAMED | GIT_STATUS_WT_RENAMED, "renamed"},
    {GIT_STATUS_INDEX_TYPECHANGE | GIT_STATUS_WT_TYPECHANGE, "typechange"},
    {GIT_STATUS_INDEX_NEW, "new"},
    {GIT_STATUS_INDEX_MODIFIED | GIT_STATUS_WT_MODIFIED, "modified"},
    {GIT_STATUS_WT_NEW, "untracked"},
};

static const char *state_name(unsigned flags)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].flags & flags)
            return states[i].name;
    return NULL;
}

static enum status status_read(const struct work *w, unsigned flags,
                               git_status_list **out, struct err *err)
{
    git_status_options opts = {.version = GIT_STATUS_OPTIONS_VERSION};
    opts.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    opts.flags = flags | GIT_STATUS_OPT_RENAMES_HEAD_TO_INDEX |
                 GIT_STATUS_OPT_SORT_CASE_SENSITIVELY;
    int rc = git_status_list_new(out, w->repo, &opts);
    return rc == 0 ? ST_OK : git_failed(w, rc, "read the status", err);
}

/* An untracked folder is one row, "folder/", as git has it: this run's own
 * bundle would make every answer a new one. */
static enum status op_status(struct work *w, struct json **value,
                             struct err *err)
{
    git_status_list *list = NULL;
    if (status_read(w, GIT_STATUS_OPT_INCLUDE_UNTRACKED, &list, err) != ST_OK)
        return err->st;
    *value = json_new(JSON_ARRAY);
    for (size_t i = 0; i < git_status_list_entrycount(list); i++) {
        const git_status_entry *e = git_status_byindex(list, i);
        const git_diff_delta *d =
            e->index_to_workdir ? e->index_to_workdir : e->head_to_index;
        const char *state = state_name(e->status);
        if (!state)
            continue;
        struct json *row = json_push(*value, json_new(JSON_OBJECT));
        json_put(row, "path", json_new_bytes(span_of(d->new_file.path)));
        json_put_str(row, "state", state);
    }
    git_status_list_free(list);
    return ST_OK;
}

/* --- head --- */

static enum status op_head(struct work *w, struct json **value, struct err *err)
{
    git_reference *head = NULL;
    git_object *commit = NULL;
    git_status_list *changes = NULL;
    int rc = git_repository_head(&head, w->repo);
    if (rc == 0)
        rc = git_reference_peel(&commit, head, GIT_OBJECT_COMMIT);
    if (rc != 0) {
        git_failed(w, rc, "read HEAD", err);
        goto out;
    }
    if (status_read(w, 0, &changes, err) != ST_OK)
        goto out;
    *value = commit_json((git_commit *)commit);
    char brief[SHORT_SHA + 1];
    git_oid_tostr(brief, sizeof brief, git_object_id(commit));
    json_put_str(*value, "short", brief);
    json_put(*value, "branch",
             git_reference_is_branch(head)
                 ? json_new_bytes(span_of(git_reference_shorthand(head)))
                 : json_new(JSON_NULL));
    json_put_bool(*value, "dirty", git_status_list_entrycount(changes) > 0);
out:
    git_status_list_free(changes);
    git_object_free(commit);
    git_reference_free(head);
    return err->st;
}

/* --- log --- */

/* What stands at path in a commit's tree; false when nothing does. */
static bool entry_at(git_commit *commit, const char *path, git_oid *id)
{
    git_tree *tree = NULL;
    git_tree_entry *entry = NULL;
    bool found = git_commit_tree(&tree, commit) == 0 &&
                 git_tree_entry_bypath(&entry, tree, path) == 0;
    if (found)
        git_oid_cpy(id, git_tree_entry_id(entry));
    git_tree_entry_free(entry);
    git_tree_free(tree);
    return found;
}

/* A commit changed path when it differs there from each of its parents. */
static bool changed_path(git_commit *commit, const char *path)
{
    git_oid mine, theirs;
    bool here = entry_at(commit, path, &mine);
    unsigned parents = git_commit_parentcount(commit);
    for (unsigned i = 0; i < parents; i++) {
        git_commit *parent = NULL;
        bool there = git_commit_parent(&parent, commit, i) == 0 &&
                     entry_at(parent, path, &theirs);
        git_commit_free(parent);
        if (here == there && (!here || git_oid_equal(&mine, &theirs)))
            return false;
    }
    return parents > 0 || here;
}

static enum status log_walk(struct work *w, git_revwalk *walk, const char *path,
                            int64_t max, struct json *list, struct err *err)
{
    git_oid id;
    int rc = 0;
    while (max > 0) {
        git_commit *commit = NULL;
        if (is_late(w))
            return late(w->call->op, err);
        rc = git_revwalk_next(&id, walk);
        if (rc == GIT_ITEROVER)
            return ST_OK;
        if (rc == 0)
            rc = git_commit_lookup(&commit, w->repo, &id);
        if (rc != 0)
            return git_failed(w, rc, "read the log", err);
        if (!path || changed_path(commit, path)) {
            json_push(list, commit_json(commit));
            max--;
        }
        git_commit_free(commit);
    }
    return ST_OK;
}

static enum status op_log(struct work *w, struct json **value, struct err *err)
{
    const char *path, *from;
    int64_t max;
    git_object *start = NULL;
    git_revwalk *walk = NULL;
    if (arg_text(w, "path", &path, err) != ST_OK ||
        arg_text(w, "from", &from, err) != ST_OK ||
        arg_max(w, LOG_DEFAULT, LOG_MOST, &max, err) != ST_OK ||
        resolve(w, from ? from : "HEAD", GIT_OBJECT_COMMIT, &start, err) !=
            ST_OK)
        return err->st;
    int rc = git_revwalk_new(&walk, w->repo);
    if (rc == 0)
        rc = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    if (rc == 0)
        rc = git_revwalk_push(walk, git_object_id(start));
    struct json *list = json_new(JSON_ARRAY);
    if (rc != 0)
        git_failed(w, rc, "read the log", err);
    else if (log_walk(w, walk, path, max, list, err) == ST_OK)
        *value = list;
    if (err->st != ST_OK)
        json_free(list);
    git_revwalk_free(walk);
    git_object_free(start);
    return err->st;
}

/* --- diff --- */

static enum status diff_make(struct work *w, const char *from, const char *to,
                             const char *path, git_diff **out, struct err *err)
{
    git_object *a = NULL, *b = NULL;
    git_diff_options opts = {
        .version = GIT_DIFF_OPTIONS_VERSION,
        .ignore_submodules = GIT_SUBMODULE_IGNORE_UNSPECIFIED,
        .context_lines = 3,
    };
    char *paths[] = {path ? arena_strdup(w->arena, path) : NULL};
    opts.flags = GIT_DIFF_DISABLE_PATHSPEC_MATCH;
    opts.pathspec = (git_strarray){paths, path ? 1 : 0};
    if (resolve(w, from, GIT_OBJECT_TREE, &a, err) != ST_OK ||
        (to && resolve(w, to, GIT_OBJECT_TREE, &b, err) != ST_OK))
        goto out;
    int rc = to ? git_diff_tree_to_tree(out, w->repo, (git_tree *)a,
                                        (git_tree *)b, &opts)
                : git_diff_tree_to_workdir_with_index(out, w->repo,
                                                      (git_tree *)a, &opts);
    if (rc == 0)
        rc = git_diff_find_similar(*out, NULL);
    if (rc != 0)
        git_failed(w, rc, "make the diff", err);
out:
    git_object_free(a);
    git_object_free(b);
    return err->st;
}

static const char *delta_name(git_delta_t status)
{
    static const struct {
        git_delta_t status;
        const char *name;
    } rows[] = {
        {GIT_DELTA_ADDED, "new"},
        {GIT_DELTA_DELETED, "deleted"},
        {GIT_DELTA_RENAMED, "renamed"},
        {GIT_DELTA_TYPECHANGE, "typechange"},
        {GIT_DELTA_CONFLICTED, "conflicted"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status)
            return rows[i].name;
    return "modified";
}

static int diff_file(git_diff *diff, size_t i, struct json *files,
                     struct buf *text)
{
    git_patch *patch = NULL;
    git_buf bytes = {0};
    size_t added = 0, removed = 0;
    const git_diff_delta *d = git_diff_get_delta(diff, i);
    int rc = git_patch_from_diff(&patch, diff, i);
    if (rc == 0 && patch)
        rc = git_patch_line_stats(NULL, &added, &removed, patch);
    if (rc == 0 && patch)
        rc = git_patch_to_buf(&bytes, patch);
    if (rc == 0) {
        struct json *row = json_push(files, json_new(JSON_OBJECT));
        json_put(row, "path", json_new_bytes(span_of(d->new_file.path)));
        json_put_str(row, "status", delta_name(d->status));
        json_put_int(row, "added", (int64_t)added);
        json_put_int(row, "removed", (int64_t)removed);
        size_t left = text->cap - text->n;
        buf_put(text, bytes.ptr, bytes.size < left ? bytes.size : left);
        text->over = text->over || bytes.size > left;
    }
    git_buf_dispose(&bytes);
    git_patch_free(patch);
    return rc;
}

static enum status op_diff(struct work *w, struct json **value, struct err *err)
{
    const char *from, *to, *path;
    git_diff *diff = NULL;
    struct buf text = {.cap = DIFF_TEXT_CAP};
    if (arg_text(w, "from", &from, err) != ST_OK ||
        arg_text(w, "to", &to, err) != ST_OK ||
        arg_text(w, "path", &path, err) != ST_OK)
        return err->st;
    struct json *files = json_new(JSON_ARRAY);
    if (diff_make(w, from ? from : "HEAD", to, path, &diff, err) == ST_OK) {
        size_t n = git_diff_num_deltas(diff);
        for (size_t i = 0; i < n && err->st == ST_OK; i++) {
            int rc = is_late(w) ? 0 : diff_file(diff, i, files, &text);
            if (rc != 0)
                git_failed(w, rc, "make the diff", err);
            else if (is_late(w))
                late(w->call->op, err);
        }
    }
    if (err->st == ST_OK) {
        while (text.over && text.n && text.p[text.n - 1] != '\n')
            text.n--; /* whole lines only */
        *value = json_new(JSON_OBJECT);
        json_put(*value, "files", files);
        json_put(*value, "text", json_new_bytes(buf_view(&text)));
        json_put_bool(*value, "truncated", text.over);
    } else {
        json_free(files);
    }
    buf_release(&text);
    git_diff_free(diff);
    return err->st;
}

/* --- grep --- */

/* The files that the index tracks, as they are in the working tree. */
static enum status grep_tracked(struct work *w, struct grep *g,
                                const char *path, int64_t max,
                                struct json *rows, struct err *err)
{
    git_index *index = NULL;
    int rc = git_repository_index(&index, w->repo);
    if (rc != 0)
        return git_failed(w, rc, "read the index", err);
    size_t n = git_index_entrycount(index);
    for (size_t i = 0; i < n && max > 0; i++) {
        const git_index_entry *e = git_index_get_byindex(index, i);
        bool plain = e->mode == GIT_FILEMODE_BLOB ||
                     e->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
        if (is_late(w)) {
            late(w->call->op, err);
            break;
        }
        if (plain && path_covers(path, e->path))
            max -= grep_file(g, w->call->root, e->path, max, rows);
    }
    git_index_free(index);
    return err->st;
}

static enum status op_grep(struct work *w, struct json **value, struct err *err)
{
    struct grep *g = NULL;
    const char *path;
    int64_t max;
    struct span pattern;
    if (arg_text(w, "path", &path, err) != ST_OK ||
        arg_max(w, GREP_DEFAULT, GREP_MOST, &max, err) != ST_OK)
        return err->st;
    if (!json_bytes(json_get(w->call->args, "pattern"), w->arena, &pattern))
        return err_set(err, ST_INPUT, "git.grep needs a pattern");
    if (grep_new(pattern, json_get_bool(w->opts, "regex", false), &g, err) !=
        ST_OK)
        return err->st;
    struct json *rows = json_new(JSON_ARRAY);
    if (grep_tracked(w, g, path, max, rows, err) == ST_OK)
        *value = rows;
    else
        json_free(rows);
    grep_free(g);
    return err->st;
}

/* --- the port --- */

static const struct {
    const char *op;
    enum status (*run)(struct work *w, struct json **value, struct err *err);
} ops[] = {
    {"git.head", op_head}, {"git.status", op_status}, {"git.log", op_log},
    {"git.diff", op_diff}, {"git.grep", op_grep},
};

static enum status perform(void *state, const struct port_call *call,
                           struct json **value, struct err *err)
{
    (void)state;
    struct arena arena = {0};
    const struct json *opts = json_get(call->args, "opts");
    struct work w = {call, opts ? opts : call->args, &arena, NULL};
    int rc = git_repository_open_ext(&w.repo, call->root,
                                     GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
    if (rc != 0)
        git_failed(&w, rc, "open the repository", err);
    size_t n = sizeof ops / sizeof *ops, i = 0;
    while (i < n && strcmp(ops[i].op, call->op) != 0)
        i++;
    if (i == n)
        err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    else if (err->st == ST_OK)
        ops[i].run(&w, value, err);
    git_repository_free(w.repo);
    arena_release(&arena);
    return err->st;
}

static void *git_open(void)
{
    git_libgit2_init();
    return NULL;
}

static void git_close(void *state)
{
    (void)state;
    git_libgit2_shutdown();
}

extern const struct port runproof_port;
const struct port runproof_port = {
    .name = "git", .open = git_open, .perform = perform, .close = git_close};
