/* Searches the tracked files. */
#include <string.h>

#include "git_work.h"
#include "grep.h"

#define GREP_DEFAULT 1000
#define GREP_MOST 10000

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
        if (work_is_late(w)) {
            work_late(w, err);
            break;
        }
        if (plain && path_covers(path, e->path))
            max -= grep_file(g, w->call->root, e->path, max, rows);
    }
    git_index_free(index);
    return err->st;
}

enum status work_grep(struct work *w, struct json **value, struct err *err)
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
