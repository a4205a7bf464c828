/* Makes, moves and deletes branches and tags of this repository. What is
 * already so is left so: any of it may be asked twice. */
#include <string.h>

#include "git_remotes.h"

/* {name, sha, changed} */
static struct json *ref_json(const char *name, const git_oid *id, bool changed)
{
    struct json *j = json_new(JSON_OBJECT);
    json_put_str(j, "name", name);
    json_put(j, "sha", sha_json(id));
    json_put_bool(j, "changed", changed);
    return j;
}

static enum status check_name(const struct work *w, const char *space,
                              const char *name, struct err *err)
{
    int valid = 0;
    const char *full = arena_printf(w->arena, "refs/%s/%s", space, name);
    if (git_reference_name_is_valid(&valid, full) != 0 || !valid ||
        *name == '-')
        return err_set(err, ST_INPUT, "%s: %s is no name for a reference",
                       w->call->op, name);
    return ST_OK;
}

/* What the call is about: its name, and the commit that at= names. */
static enum status name_and_commit(const struct work *w, const char *space,
                                   const char **name, git_object **commit,
                                   struct err *err)
{
    const char *at;
    if (arg_needed(w, "name", name, err) != ST_OK ||
        check_name(w, space, *name, err) != ST_OK ||
        arg_text(w, "at", &at, err) != ST_OK)
        return err->st;
    return work_resolve(w, at ? at : "HEAD", GIT_OBJECT_COMMIT, commit, err);
}

/* --- branches --- */

static enum status branch_put(struct work *w, const char *name,
                              git_object *commit, bool force,
                              struct json **value, struct err *err)
{
    git_reference *old = NULL, *new = NULL;
    const git_oid *to = git_object_id(commit);
    int rc = git_branch_lookup(&old, w->repo, name, GIT_BRANCH_LOCAL);
    bool is_there = rc == 0;
    const git_oid *from = is_there ? git_reference_target(old) : NULL;
    bool same = from && git_oid_equal(from, to);
    const char *what = arena_printf(w->arena, "move branch %s", name);
    if (is_there && !same && !force)
        err_set(err, ST_FAILED,
                "branch %s is at another commit, %.7s: pass force to move it",
                name, git_oid_tostr_s(from));
    else if (is_there && !same && git_branch_is_checked_out(old) == 1)
        err_set(err, ST_FAILED,
                "cannot %s: it is checked out, and its files would stay behind",
                what);
    else if (!same)
        rc =
            git_branch_create(&new, w->repo, name, (git_commit *)commit, force);
    if (err->st == ST_OK && !same && rc != 0)
        git_failed(w, rc, what, err);
    if (err->st == ST_OK)
        *value = ref_json(name, to, !same);
    git_reference_free(old);
    git_reference_free(new);
    return err->st;
}

enum status work_branch(struct work *w, struct json **value, struct err *err)
{
    const char *name;
    bool force;
    git_object *commit = NULL;
    if (arg_flag(w, "force", false, &force, err) == ST_OK &&
        name_and_commit(w, "heads", &name, &commit, err) == ST_OK)
        branch_put(w, name, commit, force, value, err);
    git_object_free(commit);
    return err->st;
}

/* Whether HEAD, or the branch it was pushed to, holds all of it. */
static bool is_merged(const struct work *w, git_reference *branch)
{
    git_reference *kept[2] = {NULL, NULL};
    const git_oid *tip = git_reference_target(branch);
    bool merged = false;
    const char *upstream = remote_upstream(w, git_reference_shorthand(branch));
    if (upstream)
        (void)git_reference_lookup(&kept[0], w->repo, upstream);
    (void)git_repository_head(&kept[1], w->repo);
    for (int i = 0; i < 2; i++) {
        const git_oid *id = kept[i] ? git_reference_target(kept[i]) : NULL;
        merged |= id && tip &&
                  (git_oid_equal(id, tip) ||
                   git_graph_descendant_of(w->repo, id, tip) == 1);
        git_reference_free(kept[i]);
    }
    return merged;
}

enum status work_drop(struct work *w, struct json **value, struct err *err)
{
    const char *name;
    bool force;
    git_reference *branch = NULL;
    if (arg_needed(w, "name", &name, err) != ST_OK ||
        check_name(w, "heads", name, err) != ST_OK ||
        arg_flag(w, "force", false, &force, err) != ST_OK)
        return err->st;
    const char *what = arena_printf(w->arena, "delete branch %s", name);
    int rc = git_branch_lookup(&branch, w->repo, name, GIT_BRANCH_LOCAL);
    bool is_there = rc == 0;
    if (rc == GIT_ENOTFOUND)
        rc = 0;
    else if (rc == 0 && git_branch_is_checked_out(branch) == 1)
        err_set(err, ST_FAILED, "cannot %s: it is checked out", what);
    else if (rc == 0 && !force && !is_merged(w, branch))
        err_set(err, ST_FAILED,
                "cannot %s: it holds commits that are neither in HEAD nor in "
                "its upstream (pass force to lose them)",
                what);
    else if (rc == 0)
        rc = git_reference_delete(branch);
    if (is_there && rc == 0 && err->st == ST_OK)
        remote_forget_branch(w, name);
    if (rc != 0)
        git_failed(w, rc, what, err);
    if (err->st == ST_OK)
        *value = json_new_bool(is_there);
    git_reference_free(branch);
    return err->st;
}

/* --- tags --- */

/* Whether the tag that is there says what is asked for. */
static bool is_same_tag(const struct work *w, git_reference *ref,
                        const git_object *commit, const char *message)
{
    git_object *target = NULL;
    git_tag *tag = NULL;
    bool same = git_reference_peel(&target, ref, GIT_OBJECT_COMMIT) == 0 &&
                git_oid_equal(git_object_id(target), git_object_id(commit));
    bool annotated =
        git_tag_lookup(&tag, w->repo, git_reference_target(ref)) == 0;
    if (message)
        same = same && annotated && git_tag_message(tag) &&
               !strcmp(git_tag_message(tag), message);
    else
        same = same && !annotated;
    git_tag_free(tag);
    git_object_free(target);
    return same;
}

static int tag_write(const struct work *w, const char *name,
                     const git_object *commit, const char *message, bool force,
                     struct err *err)
{
    git_oid id;
    git_signature *tagger = NULL;
    if (!message)
        return git_tag_create_lightweight(&id, w->repo, name, commit, force);
    if (work_signature(w, NULL, &tagger, err) != ST_OK)
        return 0;
    int rc = git_tag_create(&id, w->repo, name, commit, tagger, message, force);
    git_signature_free(tagger);
    return rc;
}

enum status work_tag(struct work *w, struct json **value, struct err *err)
{
    const char *name, *message;
    bool force, same = false;
    git_object *commit = NULL;
    git_reference *old = NULL;
    if (arg_flag(w, "force", false, &force, err) != ST_OK ||
        arg_text(w, "message", &message, err) != ST_OK ||
        name_and_commit(w, "tags", &name, &commit, err) != ST_OK)
        return err->st;
    const char *full = arena_printf(w->arena, "refs/tags/%s", name);
    message = message ? work_message(w, message) : NULL;
    bool is_there = git_reference_lookup(&old, w->repo, full) == 0;
    if (is_there)
        same = is_same_tag(w, old, commit, message);
    int rc = 0;
    if (is_there && !same && !force)
        err_set(err, ST_FAILED,
                "tag %s is there and stands for something else: pass force to "
                "move it",
                name);
    else if (!same)
        rc = tag_write(w, name, commit, message, force, err);
    if (rc != 0)
        git_failed(w, rc, arena_printf(w->arena, "tag %s", name), err);
    if (err->st == ST_OK)
        *value = ref_json(name, git_object_id(commit), !same);
    git_reference_free(old);
    git_object_free(commit);
    return err->st;
}
