/* Lists branches and tags, by name. */
#include <stdlib.h>
#include <string.h>

#include "git_work.h"

struct row {
    const char *name;
    git_oid id; /* the commit's, behind any annotated tag */
    bool annotated;
};

struct rows {
    struct row *list;
    size_t n, room;
};

static int by_name(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* A reference that stands for no commit (a tag of a tree, a branch without
 * one) is none of these lists. */
static void add_row(const struct work *w, struct rows *rows, git_reference *ref)
{
    git_object *commit = NULL;
    const git_oid *target = git_reference_target(ref);
    if (!target || git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) != 0)
        return;
    MEM_GROW(rows->list, rows->n, rows->room);
    struct row *row = &rows->list[rows->n++];
    row->name = arena_strdup(w->arena, git_reference_shorthand(ref));
    git_oid_cpy(&row->id, git_object_id(commit));
    row->annotated = !git_oid_equal(target, git_object_id(commit));
    git_object_free(commit);
}

static enum status list_below(struct work *w, const char *glob, bool tags,
                              struct json **value, struct err *err)
{
    git_reference_iterator *it = NULL;
    git_reference *ref = NULL;
    struct rows rows = {0};
    int rc = git_reference_iterator_glob_new(&it, w->repo, glob);
    while (rc == 0) {
        rc = git_reference_next(&ref, it);
        if (rc == 0) {
            add_row(w, &rows, ref);
            git_reference_free(ref);
        }
    }
    git_reference_iterator_free(it);
    if (rc != GIT_ITEROVER)
        git_failed(w, rc, "list the references", err);
    else
        *value = json_new(JSON_ARRAY);
    if (rows.n)
        qsort(rows.list, rows.n, sizeof *rows.list, by_name);
    for (size_t i = 0; i < rows.n && err->st == ST_OK; i++) {
        struct json *row = json_push(*value, json_new(JSON_OBJECT));
        json_put(row, "name", json_new_bytes(span_of(rows.list[i].name)));
        json_put(row, "sha", sha_json(&rows.list[i].id));
        if (tags)
            json_put_bool(row, "annotated", rows.list[i].annotated);
    }
    mem_free(rows.list);
    return err->st;
}

enum status work_branches(struct work *w, struct json **value, struct err *err)
{
    bool remote;
    if (arg_flag(w, "remote", false, &remote, err) != ST_OK)
        return err->st;
    return list_below(w, remote ? "refs/remotes/*" : "refs/heads/*", false,
                      value, err);
}

enum status work_tags(struct work *w, struct json **value, struct err *err)
{
    return list_below(w, "refs/tags/*", true, value, err);
}
