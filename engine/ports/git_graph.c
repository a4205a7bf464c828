/* Tells how two commits lie to each other. */
#include "git_work.h"

#define WHAT "compare the two commits"

static enum status two_commits(const struct work *w, git_oid *a, git_oid *b,
                               struct err *err)
{
    static const char *const names[] = {"a", "b"};
    git_oid *const ids[] = {a, b};
    if (work_need_history(w, WHAT, err) != ST_OK)
        return err->st;
    for (int i = 0; i < 2; i++) {
        const char *rev;
        git_object *commit = NULL;
        if (arg_needed(w, names[i], &rev, err) != ST_OK ||
            work_resolve(w, rev, GIT_OBJECT_COMMIT, &commit, err) != ST_OK)
            return err->st;
        git_oid_cpy(ids[i], git_object_id(commit));
        git_object_free(commit);
    }
    return ST_OK;
}

enum status work_base(struct work *w, struct json **value, struct err *err)
{
    git_oid a, b, base;
    if (two_commits(w, &a, &b, err) != ST_OK)
        return err->st;
    int rc = git_merge_base(&base, w->repo, &a, &b);
    bool none = rc == GIT_ENOTFOUND;
    if (rc != 0 && !none)
        return git_failed(w, rc, WHAT, err);
    *value = none ? json_new(JSON_NULL) : sha_json(&base);
    return ST_OK;
}

enum status work_ancestor(struct work *w, struct json **value, struct err *err)
{
    git_oid a, b;
    if (two_commits(w, &a, &b, err) != ST_OK)
        return err->st;
    int rc =
        git_oid_equal(&a, &b) ? 1 : git_graph_descendant_of(w->repo, &b, &a);
    if (rc < 0)
        return git_failed(w, rc, WHAT, err);
    *value = json_new_bool(rc == 1);
    return ST_OK;
}

enum status work_ab(struct work *w, struct json **value, struct err *err)
{
    git_oid a, b;
    size_t ahead = 0, behind = 0;
    if (two_commits(w, &a, &b, err) != ST_OK)
        return err->st;
    int rc = git_graph_ahead_behind(&ahead, &behind, w->repo, &a, &b);
    if (rc != 0)
        return git_failed(w, rc, WHAT, err);
    *value = json_new(JSON_OBJECT);
    json_put_int(*value, "ahead", (int64_t)ahead);
    json_put_int(*value, "behind", (int64_t)behind);
    return ST_OK;
}
