/* Commits named paths of the work tree, and nothing else that is staged. */
#include <string.h>

#include "file.h"
#include "git_work.h"

/* What one commit is made of. */
struct making {
    const char *message, *branch;
    git_strarray paths;
    bool all;
    git_reference *head; /* NULL: there is no commit yet */
    git_commit *parent;
    git_signature *author, *committer;
    git_index *staged; /* the repository's, kept in step */
    git_index *tree;   /* the parent's files, and what is committed */
};

static void making_free(struct making *m)
{
    git_reference_free(m->head);
    git_commit_free(m->parent);
    git_signature_free(m->author);
    git_signature_free(m->committer);
    git_index_free(m->staged);
    git_index_free(m->tree);
}

static enum status take(const struct work *w, struct making *m, struct err *err)
{
    const char *author;
    if (arg_text(w, "message", &m->message, err) != ST_OK ||
        arg_text(w, "branch", &m->branch, err) != ST_OK ||
        arg_text(w, "author", &author, err) != ST_OK ||
        arg_list(w, "paths", &m->paths, err) != ST_OK ||
        arg_flag(w, "all", false, &m->all, err) != ST_OK)
        return err->st;
    if (!m->message || !*span_dup(w->arena, span_trim(span_of(m->message))))
        return err_set(err, ST_INPUT, "git.commit needs a message");
    if (m->all == (m->paths.count > 0))
        return err_set(err, ST_INPUT,
                       "git.commit takes either paths, a list, or all=true");
    m->message = work_message(w, m->message);
    if (work_signature(w, author, &m->author, err) != ST_OK)
        return err->st;
    /* who commits is the repository's user, the author only if there is none */
    struct err unnamed = {0};
    if (work_signature(w, NULL, &m->committer, &unnamed) == ST_OK)
        return ST_OK;
    int rc = git_signature_dup(&m->committer, m->author);
    return rc == 0 ? ST_OK : git_failed(w, rc, "name the author", err);
}

/* --- on what --- */

/* HEAD becomes the new branch, or stays; no file changes by that. */
static enum status enter_branch(const struct work *w, struct making *m,
                                struct err *err)
{
    git_reference *there = NULL, *made = NULL;
    const char *full = arena_printf(w->arena, "refs/heads/%s", m->branch);
    if (m->head && !strcmp(git_reference_name(m->head), full))
        return ST_OK;
    if (!m->parent)
        return err_set(err, ST_FAILED,
                       "git.commit: the first commit is made on the branch "
                       "that is checked out: leave branch out");
    int rc = git_branch_lookup(&there, w->repo, m->branch, GIT_BRANCH_LOCAL);
    bool apart = rc == 0 && !git_oid_equal(git_reference_target(there),
                                           git_commit_id(m->parent));
    if (rc == GIT_ENOTFOUND)
        rc = git_branch_create(&made, w->repo, m->branch, m->parent, 0);
    if (apart)
        err_set(err, ST_FAILED,
                "git.commit: branch %s is at another commit than the work "
                "tree: check it out first",
                m->branch);
    else if (rc == 0)
        rc = git_repository_set_head(w->repo, full);
    if (rc != 0)
        git_failed(w, rc, arena_printf(w->arena, "commit on %s", m->branch),
                   err);
    git_reference_free(there);
    git_reference_free(made);
    return err->st;
}

static enum status find_parent(const struct work *w, struct making *m,
                               struct err *err)
{
    git_object *commit = NULL;
    git_tree *tree = NULL;
    int rc = git_repository_head(&m->head, w->repo);
    bool first = rc == GIT_EUNBORNBRANCH;
    if (rc == 0)
        rc = git_reference_peel(&commit, m->head, GIT_OBJECT_COMMIT);
    m->parent = (git_commit *)commit;
    if (rc == 0 || first)
        rc = git_repository_index(&m->staged, w->repo);
    if (rc == 0)
        rc = git_index_new(&m->tree);
    if (rc == 0 && !first)
        rc = git_commit_tree(&tree, m->parent);
    if (rc == 0 && !first)
        rc = git_index_read_tree(m->tree, tree);
    git_tree_free(tree);
    if (rc != 0)
        return git_failed(w, rc, "read HEAD", err);
    return work_need_rest(w, err);
}

/* --- what --- */

/* A filter is a program that git runs (LFS is one): without it the wrong bytes
 * would be committed. */
static enum status check_filter(const struct work *w, const char *path,
                                struct err *err)
{
    const char *filter = NULL;
    int rc = git_attr_get(&filter, w->repo, GIT_ATTR_CHECK_FILE_THEN_INDEX,
                          path, "filter");
    if (rc != 0)
        return git_failed(w, rc, "read the attributes", err);
    if (git_attr_value(filter) != GIT_ATTR_VALUE_STRING)
        return ST_OK;
    return err_set(err, ST_FAILED,
                   "git.commit: %s goes through the filter %s, which git alone "
                   "can run: commit it with sh.run",
                   path, filter);
}

static const char *path_of(const git_status_entry *e)
{
    const git_diff_delta *d =
        e->index_to_workdir ? e->index_to_workdir : e->head_to_index;
    return d->new_file.path;
}

/* One changed file into both indexes, or out of them. */
static int stage(const struct making *m, const git_status_entry *e)
{
    const char *path = path_of(e);
    if ((e->status & GIT_STATUS_WT_DELETED) ||
        (e->status & (GIT_STATUS_INDEX_DELETED | GIT_STATUS_WT_NEW)) ==
            GIT_STATUS_INDEX_DELETED) {
        (void)git_index_remove(m->staged, path, 0); /* may not be in it */
        (void)git_index_remove(m->tree, path, 0);
        return 0;
    }
    int rc = git_index_add_bypath(m->staged, path);
    const git_index_entry *entry =
        rc == 0 ? git_index_get_bypath(m->staged, path, 0) : NULL;
    return entry ? git_index_add(m->tree, entry) : rc;
}

/* What the status knows of path, a file or a folder with all in it; NULL: of
 * the tracked files. */
static enum status stage_below(const struct work *w, const struct making *m,
                               const char *path, size_t *count, struct err *err)
{
    bool some = path && strcmp(path, ".") != 0;
    char *paths[] = {some ? arena_strdup(w->arena, path) : NULL};
    git_status_options opts = {.version = GIT_STATUS_OPTIONS_VERSION};
    git_status_list *list = NULL;
    opts.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    opts.flags = GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH |
                 GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
    if (path)
        opts.flags |= GIT_STATUS_OPT_INCLUDE_UNTRACKED |
                      GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
    opts.pathspec = (git_strarray){paths, some ? 1 : 0};
    int rc = git_status_list_new(&list, w->repo, &opts);
    size_t n = rc == 0 ? git_status_list_entrycount(list) : 0;
    for (size_t i = 0; rc == 0 && err->st == ST_OK && i < n; i++) {
        const git_status_entry *e = git_status_byindex(list, i);
        if (check_filter(w, path_of(e), err) == ST_OK)
            rc = stage(m, e);
        ++*count;
    }
    git_status_list_free(list);
    if (rc != 0)
        git_failed(w, rc, "stage the files", err);
    return err->st;
}

static enum status stage_all(const struct work *w, const struct making *m,
                             struct err *err)
{
    size_t changed = 0;
    for (size_t i = 0; i < m->paths.count; i++) {
        const char *path = path_clean(w->arena, m->paths.strings[i]);
        int ignored = 0;
        size_t before = changed;
        if (*path == '/' || !strcmp(path, "..") || !strncmp(path, "../", 3))
            return err_set(err, ST_INPUT,
                           "git.commit: %s leaves the repository", path);
        if (stage_below(w, m, path, &changed, err) != ST_OK)
            return err->st;
        (void)git_ignore_path_is_ignored(&ignored, w->repo, path);
        if (changed == before && ignored)
            return err_set(err, ST_FAILED, "git.commit: %s is ignored", path);
    }
    if (m->all && stage_below(w, m, NULL, &changed, err) != ST_OK)
        return err->st;
    if (!changed)
        return err_set(err, ST_FAILED,
                       "git.commit: nothing to commit: no such file has "
                       "changed");
    return ST_OK;
}

/* --- the commit --- */

static enum status record(const struct work *w, const struct making *m,
                          struct json **value, struct err *err)
{
    git_oid id, tree_id;
    git_tree *tree = NULL;
    git_commit *commit = NULL;
    const git_commit *parents[] = {m->parent};
    int rc = git_index_write_tree_to(&tree_id, m->tree, w->repo);
    if (rc == 0)
        rc = git_tree_lookup(&tree, w->repo, &tree_id);
    if (rc == 0 && m->parent &&
        git_oid_equal(&tree_id, git_commit_tree_id(m->parent)))
        err_set(err, ST_FAILED,
                "git.commit: nothing to commit: no such file has changed");
    else if (rc == 0)
        rc = git_commit_create(&id, w->repo, "HEAD", m->author, m->committer,
                               NULL, m->message, tree, m->parent ? 1 : 0,
                               parents);
    if (rc == 0 && err->st == ST_OK)
        rc = git_index_write(m->staged);
    if (rc == 0 && err->st == ST_OK)
        rc = git_commit_lookup(&commit, w->repo, &id);
    if (rc != 0)
        git_failed(w, rc, "commit", err);
    if (err->st == ST_OK)
        *value = commit_json(commit);
    git_commit_free(commit);
    git_tree_free(tree);
    return err->st;
}

enum status work_commit(struct work *w, struct json **value, struct err *err)
{
    struct making m = {0};
    if (take(w, &m, err) == ST_OK && find_parent(w, &m, err) == ST_OK &&
        stage_all(w, &m, err) == ST_OK &&
        (!m.branch || enter_branch(w, &m, err) == ST_OK))
        record(w, &m, value, err);
    making_free(&m);
    return err->st;
}
