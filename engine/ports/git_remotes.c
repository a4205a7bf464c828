/* Reads what git's configuration says of remotes. */
#include "git_remotes.h"

#include <string.h>

/* The middle of "head.<middle>.tail", in the call's arena; NULL: another. */
static const char *middle_of(const struct work *w, const char *entry,
                             const char *head, const char *tail)
{
    size_t n = strlen(entry), h = strlen(head), t = strlen(tail);
    if (n <= h + t + 1 || strncmp(entry, head, h) != 0 ||
        strcmp(entry + n - t, tail) != 0)
        return NULL;
    return arena_strndup(w->arena, entry + h, n - h - t);
}

/* Calls fn for each entry, those of this repository first. */
static enum status each_entry(const struct work *w,
                              void (*fn)(const struct work *w,
                                         const git_config_entry *e, void *ctx),
                              void *ctx, struct err *err)
{
    git_config *config = NULL;
    git_config_iterator *it = NULL;
    git_config_entry *entry = NULL;
    int rc = git_repository_config_snapshot(&config, w->repo);
    if (rc == 0)
        rc = git_config_iterator_new(&it, config);
    while (rc == 0) {
        rc = git_config_next(&entry, it);
        if (rc == 0)
            fn(w, entry, ctx);
    }
    git_config_iterator_free(it);
    git_config_free(config);
    if (rc != GIT_ITEROVER)
        return git_failed(w, rc, "read the configuration", err);
    return ST_OK;
}

static void list_push(const struct work *w, git_strarray *list,
                      const char *text)
{
    char **more = arena_array(w->arena, list->count + 1, sizeof *more);
    if (list->count)
        memcpy(more, list->strings, list->count * sizeof *more);
    more[list->count++] = arena_strdup(w->arena, text);
    list->strings = more;
}

/* --- one remote --- */

struct reading {
    const char *name;
    struct remote_facts *facts;
};

static void read_entry(const struct work *w, const git_config_entry *e,
                       void *ctx)
{
    struct reading *r = ctx;
    struct remote_facts *f = r->facts;
    const char *head = arena_printf(w->arena, "remote.%s.", r->name);
    size_t n = strlen(head);
    if (strncmp(e->name, head, n) != 0 || !e->value)
        return;
    const char *key = e->name + n;
    if (!strcmp(key, "url") && !f->url)
        f->url = arena_strdup(w->arena, e->value);
    else if (!strcmp(key, "pushurl") && !f->push_url)
        f->push_url = arena_strdup(w->arena, e->value);
    else if (!strcmp(key, "fetch"))
        list_push(w, &f->fetch, e->value);
    else if (!strcmp(key, "tagopt"))
        f->tags = !strcmp(e->value, "--tags") ? GIT_REMOTE_DOWNLOAD_TAGS_ALL
                                              : GIT_REMOTE_DOWNLOAD_TAGS_NONE;
}

/* --- url.<base>.insteadOf: the longest start that fits is replaced --- */

struct rewriting {
    const char *url, *tail;
    const char *base;
    size_t n;
};

static void rewrite_entry(const struct work *w, const git_config_entry *e,
                          void *ctx)
{
    struct rewriting *r = ctx;
    const char *base = middle_of(w, e->name, "url.", r->tail);
    size_t n = base && e->value ? strlen(e->value) : 0;
    if (n > r->n && !strncmp(r->url, e->value, n)) {
        r->base = base;
        r->n = n;
    }
}

/* Leaves *url when nothing fits. */
static enum status rewrite(const struct work *w, const char *tail,
                           const char **url, bool *done, struct err *err)
{
    struct rewriting r = {.url = *url, .tail = tail};
    if (!*url)
        return ST_OK;
    if (each_entry(w, rewrite_entry, &r, err) != ST_OK)
        return err->st;
    *done = r.base != NULL;
    if (r.base)
        *url = arena_printf(w->arena, "%s%s", r.base, *url + r.n);
    return ST_OK;
}

enum status remote_read(const struct work *w, const char *name,
                        struct remote_facts *out, struct err *err)
{
    struct reading r = {name, out};
    bool done = false;
    *out = (struct remote_facts){.tags = GIT_REMOTE_DOWNLOAD_TAGS_AUTO};
    if (each_entry(w, read_entry, &r, err) != ST_OK)
        return err->st;
    if (!out->url)
        return err_set(err, ST_FAILED,
                       "%s: no remote is called %s (git remote add)",
                       w->call->op, name);
    const char *plain = out->url;
    if (rewrite(w, ".insteadof", &out->url, &done, err) != ST_OK)
        return err->st;
    if (out->push_url)
        return rewrite(w, ".insteadof", &out->push_url, &done, err);
    out->push_url = plain;
    if (rewrite(w, ".pushinsteadof", &out->push_url, &done, err) == ST_OK &&
        !done)
        out->push_url = out->url;
    return err->st;
}

/* --- all remotes --- */

static void name_entry(const struct work *w, const git_config_entry *e,
                       void *ctx)
{
    git_strarray *names = ctx;
    const char *name = middle_of(w, e->name, "remote.", ".url");
    for (size_t i = 0; name && i < names->count; i++)
        if (!strcmp(names->strings[i], name))
            name = NULL;
    if (name)
        list_push(w, names, name);
}

enum status remote_names(const struct work *w, git_strarray *out,
                         struct err *err)
{
    *out = (git_strarray){0};
    return each_entry(w, name_entry, out, err);
}

/* --- branches --- */

const char *remote_upstream(const struct work *w, const char *branch)
{
    git_config *config = NULL;
    const char *remote = NULL, *merge = NULL, *full = NULL;
    int rc = git_repository_config_snapshot(&config, w->repo);
    const char *head = arena_printf(w->arena, "branch.%s.", branch);
    if (rc == 0)
        rc = git_config_get_string(&remote, config,
                                   arena_printf(w->arena, "%sremote", head));
    if (rc == 0)
        rc = git_config_get_string(&merge, config,
                                   arena_printf(w->arena, "%smerge", head));
    if (rc == 0 && !strncmp(merge, "refs/heads/", 11))
        full = arena_printf(w->arena, "refs/remotes/%s/%s", remote, merge + 11);
    git_config_free(config);
    return full;
}

void remote_forget_branch(const struct work *w, const char *branch)
{
    static const char *const keys[] = {"remote", "merge", "rebase",
                                       "pushremote"};
    git_config *config = NULL;
    if (git_repository_config(&config, w->repo) != 0)
        return;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        (void)git_config_delete_entry(
            config, arena_printf(w->arena, "branch.%s.%s", branch, keys[i]));
    git_config_free(config);
}
