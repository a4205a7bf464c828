/* Makes the diff between two trees. */
#include "git_work.h"

#define DIFF_TEXT_CAP (256u << 10)

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
    if (work_resolve(w, from, GIT_OBJECT_TREE, &a, err) != ST_OK ||
        (to && work_resolve(w, to, GIT_OBJECT_TREE, &b, err) != ST_OK))
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

enum status work_diff(struct work *w, struct json **value, struct err *err)
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
            int rc = work_is_late(w) ? 0 : diff_file(diff, i, files, &text);
            if (rc != 0)
                git_failed(w, rc, "make the diff", err);
            else if (work_is_late(w))
                work_late(w, err);
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
