/* Puts the change of one commit on a branch, in memory: no work tree needed. */
#include <string.h>

#include "git_work.h"

struct pick {
    git_commit *commit;
    git_reference *onto;
    git_commit *tip;
    git_tree *tree; /* what comes of it */
    int64_t mainline;
    bool cite, is_head;
};

static void pick_free(struct pick *p)
{
    git_commit_free(p->commit);
    git_reference_free(p->onto);
    git_commit_free(p->tip);
    git_tree_free(p->tree);
}

/* The branch it goes to. Where files are checked out they must follow. */
static enum status find_branch(const struct work *w, struct pick *p,
                               struct err *err)
{
    const char *name;
    git_object *tip = NULL;
    bool dirty = false;
    if (arg_text(w, "onto", &name, err) != ST_OK)
        return err->st;
    int rc = name ? git_branch_lookup(&p->onto, w->repo, name, GIT_BRANCH_LOCAL)
                  : git_repository_head(&p->onto, w->repo);
    if (name && rc == GIT_ENOTFOUND)
        return err_set(err, ST_FAILED,
                       "git.cherry_pick: there is no branch %s: make it with "
                       "git.branch",
                       name);
    if (rc == 0)
        rc = git_reference_peel(&tip, p->onto, GIT_OBJECT_COMMIT);
    p->tip = (git_commit *)tip;
    if (rc != 0)
        return git_failed(w, rc, "read the branch", err);
    if (!git_reference_is_branch(p->onto))
        return err_set(err, ST_FAILED,
                       "git.cherry_pick: no branch is checked out: name one "
                       "as onto");
    name = git_reference_shorthand(p->onto);
    p->is_head =
        !git_repository_is_bare(w->repo) && git_branch_is_head(p->onto) == 1;
    if (!p->is_head && git_branch_is_checked_out(p->onto) == 1)
        return err_set(err, ST_FAILED,
                       "git.cherry_pick: %s is checked out in another work "
                       "tree, whose files would stay behind",
                       name);
    if (p->is_head && work_need_rest(w, err) == ST_OK &&
        work_is_dirty(w, &dirty, err) == ST_OK && dirty)
        return err_set(err, ST_FAILED,
                       "git.cherry_pick: %s is checked out and has changes: "
                       "commit them first",
                       name);
    return err->st;
}

static enum status find_commit(const struct work *w, struct pick *p,
                               struct err *err)
{
    const char *rev;
    git_object *object = NULL;
    if (arg_needed(w, "rev", &rev, err) != ST_OK ||
        arg_flag(w, "cite", false, &p->cite, err) != ST_OK ||
        work_resolve(w, rev, GIT_OBJECT_COMMIT, &object, err) != ST_OK)
        return err->st;
    p->commit = (git_commit *)object;
    p->mainline = json_get_int(w->opts, "mainline", 0);
    unsigned parents = git_commit_parentcount(p->commit);
    bool merge = parents > 1;
    if (merge && (p->mainline < 1 || p->mainline > parents))
        return err_set(err, ST_INPUT,
                       "git.cherry_pick: %s is a merge: name the parent it is "
                       "seen from as mainline, 1 to %u",
                       rev, parents);
    if (!merge && p->mainline)
        return err_set(err, ST_INPUT,
                       "git.cherry_pick: %s is no merge: leave mainline out",
                       rev);
    return ST_OK;
}

/* --- conflicts --- */

static enum status conflicting(git_index *index, const struct pick *p,
                               struct err *err)
{
    git_index_conflict_iterator *it = NULL;
    const git_index_entry *base, *ours, *theirs;
    struct buf names = {.cap = 300};
    if (git_index_conflict_iterator_new(&it, index) == 0)
        while (git_index_conflict_next(&base, &ours, &theirs, it) == 0) {
            const git_index_entry *any = ours ? ours : theirs ? theirs : base;
            buf_printf(&names, "%s%s", names.n ? ", " : "", any->path);
        }
    git_index_conflict_iterator_free(it);
    enum status st = err_set(
        err, ST_FAILED,
        "git.cherry_pick: %.7s conflicts with %s in %s%s: nothing was changed",
        git_oid_tostr_s(git_commit_id(p->commit)),
        git_reference_shorthand(p->onto), buf_cstr(&names),
        names.over ? ", …" : "");
    buf_release(&names);
    return st;
}

static enum status merge(const struct work *w, struct pick *p, struct err *err)
{
    git_index *index = NULL;
    git_oid id;
    int rc = git_cherrypick_commit(&index, w->repo, p->commit, p->tip,
                                   (unsigned)p->mainline, NULL);
    if (rc == 0 && git_index_has_conflicts(index))
        conflicting(index, p, err);
    else if (rc == 0)
        rc = git_index_write_tree_to(&id, index, w->repo);
    if (rc == 0 && err->st == ST_OK)
        rc = git_tree_lookup(&p->tree, w->repo, &id);
    if (rc != 0)
        git_failed(w, rc, "cherry-pick", err);
    git_index_free(index);
    return err->st;
}

/* --- the new commit --- */

static const char *picked_message(const struct work *w, const struct pick *p)
{
    const char *text = git_commit_message_raw(p->commit);
    if (!p->cite)
        return text;
    return arena_printf(w->arena, "%s\n(cherry picked from commit %s)\n",
                        work_message(w, text),
                        git_oid_tostr_s(git_commit_id(p->commit)));
}

/* The files first, while a failure still changes nothing. */
static int move(const struct work *w, const struct pick *p, const git_oid *id)
{
    git_checkout_options opts = {.version = GIT_CHECKOUT_OPTIONS_VERSION};
    git_reference *moved = NULL;
    opts.checkout_strategy = GIT_CHECKOUT_SAFE;
    int rc = p->is_head ? git_checkout_tree(w->repo,
                                            (const git_object *)p->tree, &opts)
                        : 0;
    if (rc == 0)
        rc = git_reference_set_target(&moved, p->onto, id, "cherry-pick");
    git_reference_free(moved);
    return rc;
}

static enum status record(const struct work *w, const struct pick *p,
                          git_oid *id, struct err *err)
{
    git_signature *committer = NULL;
    const git_commit *parents[] = {p->tip};
    if (work_signature(w, NULL, &committer, err) != ST_OK)
        return err->st;
    int rc =
        git_commit_create(id, w->repo, NULL, git_commit_author(p->commit),
                          committer, git_commit_message_encoding(p->commit),
                          picked_message(w, p), p->tree, 1, parents);
    if (rc == 0)
        rc = move(w, p, id);
    git_signature_free(committer);
    return rc == 0 ? ST_OK : git_failed(w, rc, "cherry-pick", err);
}

enum status work_pick(struct work *w, struct json **value, struct err *err)
{
    struct pick p = {0};
    git_oid id;
    if (find_commit(w, &p, err) != ST_OK || find_branch(w, &p, err) != ST_OK ||
        merge(w, &p, err) != ST_OK)
        goto out;
    bool changed =
        !git_oid_equal(git_tree_id(p.tree), git_commit_tree_id(p.tip));
    git_oid_cpy(&id, git_commit_id(p.tip));
    if (changed && record(w, &p, &id, err) != ST_OK)
        goto out;
    *value = json_new(JSON_OBJECT);
    json_put(*value, "sha", sha_json(&id));
    json_put(*value, "branch",
             json_new_bytes(span_of(git_reference_shorthand(p.onto))));
    json_put_bool(*value, "changed", changed);
out:
    pick_free(&p);
    return err->st;
}
