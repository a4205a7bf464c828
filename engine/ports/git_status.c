/* Tells what is checked out, and what differs from it. */
#include "git_work.h"

#define SHORT_SHA 7

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
enum status work_status(struct work *w, struct json **value, struct err *err)
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

enum status work_is_dirty(const struct work *w, bool *out, struct err *err)
{
    git_status_list *changes = NULL;
    if (status_read(w, 0, &changes, err) == ST_OK)
        *out = git_status_list_entrycount(changes) > 0;
    git_status_list_free(changes);
    return err->st;
}

enum status work_head(struct work *w, struct json **value, struct err *err)
{
    git_reference *head = NULL;
    git_object *commit = NULL;
    bool dirty = false;
    int rc = git_repository_head(&head, w->repo);
    if (rc == 0)
        rc = git_reference_peel(&commit, head, GIT_OBJECT_COMMIT);
    if (rc != 0) {
        git_failed(w, rc, "read HEAD", err);
        goto out;
    }
    if (work_is_dirty(w, &dirty, err) != ST_OK)
        goto out;
    *value = commit_json((git_commit *)commit);
    char brief[SHORT_SHA + 1];
    git_oid_tostr(brief, sizeof brief, git_object_id(commit));
    json_put_str(*value, "short", brief);
    json_put(*value, "branch",
             git_reference_is_branch(head)
                 ? json_new_bytes(span_of(git_reference_shorthand(head)))
                 : json_new(JSON_NULL));
    json_put_bool(*value, "dirty", dirty);
out:
    git_object_free(commit);
    git_reference_free(head);
    return err->st;
}

enum status work_need_rest(const struct work *w, struct err *err)
{
    int state = git_repository_state(w->repo);
    if (state == GIT_REPOSITORY_STATE_NONE ||
        state == GIT_REPOSITORY_STATE_BISECT)
        return ST_OK;
    return err_set(err, ST_FAILED,
                   "%s: a merge, rebase or the like is under way: finish it "
                   "first (git status)",
                   w->call->op);
}
