/* Shows a commit, or a file as it was in one, without the work tree. */
#include "file.h"
#include "git_work.h"

#define FILE_CAP (16u << 20)

static enum status blob_read(const struct work *w, const char *what,
                             git_tree_entry *entry, struct json **value,
                             struct err *err)
{
    git_blob *blob = NULL;
    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return err_set(err, ST_FAILED, "cannot %s: it is not a file", what);
    int rc = git_blob_lookup(&blob, w->repo, git_tree_entry_id(entry));
    if (rc != 0)
        return git_failed(w, rc, what, err);
    git_object_size_t n = git_blob_rawsize(blob);
    if (n > FILE_CAP)
        err_set(err, ST_FAILED, "cannot %s: it is larger than %u MiB", what,
                FILE_CAP >> 20);
    else
        *value =
            json_new_bytes((struct span){git_blob_rawcontent(blob), (size_t)n});
    git_blob_free(blob);
    return err->st;
}

static enum status show_file(const struct work *w, const char *rev,
                             const char *path, struct json **value,
                             struct err *err)
{
    git_object *tree = NULL;
    git_tree_entry *entry = NULL;
    const char *what = arena_printf(w->arena, "show %s of %s", path, rev);
    if (work_resolve(w, rev, GIT_OBJECT_TREE, &tree, err) != ST_OK)
        return err->st;
    int rc = git_tree_entry_bypath(&entry, (git_tree *)tree, path);
    if (rc == GIT_ENOTFOUND)
        err_set(err, ST_FAILED, "cannot %s: there is no such file", what);
    else if (rc != 0)
        git_failed(w, rc, what, err);
    else
        blob_read(w, what, entry, value, err);
    git_tree_entry_free(entry);
    git_object_free(tree);
    return err->st;
}

static enum status show_commit(const struct work *w, const char *rev,
                               struct json **value, struct err *err)
{
    git_object *object = NULL;
    if (work_resolve(w, rev, GIT_OBJECT_COMMIT, &object, err) != ST_OK)
        return err->st;
    git_commit *commit = (git_commit *)object;
    *value = commit_json(commit);
    json_put(*value, "message",
             json_new_bytes(span_of(git_commit_message(commit))));
    struct json *parents = json_put(*value, "parents", json_new(JSON_ARRAY));
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++)
        json_push(parents, sha_json(git_commit_parent_id(commit, i)));
    git_object_free(object);
    return ST_OK;
}

enum status work_show(struct work *w, struct json **value, struct err *err)
{
    const char *rev, *path = json_str(json_get(w->call->args, "path"));
    if (arg_needed(w, "rev", &rev, err) != ST_OK)
        return err->st;
    return path ? show_file(w, rev, path_clean(w->arena, path), value, err)
                : show_commit(w, rev, value, err);
}
