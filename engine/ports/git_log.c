/* Walks the log. */
#include "git_work.h"

#define LOG_DEFAULT 20
#define LOG_MOST 1000

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
        if (work_is_late(w))
            return work_late(w, err);
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

enum status work_log(struct work *w, struct json **value, struct err *err)
{
    const char *path, *from;
    int64_t max;
    git_object *start = NULL;
    git_revwalk *walk = NULL;
    if (arg_text(w, "path", &path, err) != ST_OK ||
        arg_text(w, "from", &from, err) != ST_OK ||
        arg_max(w, LOG_DEFAULT, LOG_MOST, &max, err) != ST_OK ||
        work_resolve(w, from ? from : "HEAD", GIT_OBJECT_COMMIT, &start, err) !=
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
