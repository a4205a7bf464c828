/* Fetches from remotes: their branches, and what is gone there. */
#include <stdlib.h>
#include <string.h>

#include "git_contact.h"

/* A reference of this repository that the fetch moved, made or removed. */
struct moved {
    const char *name;
    git_oid from, to; /* zero: none */
};

/* The contact comes first: it is what the callbacks are given. */
struct fetch {
    struct contact c;
    struct moved *list;
    size_t n, room;
};

/* What every remote is fetched with. */
struct wish {
    git_strarray refspecs;
    bool prune;
    git_remote_autotag_option_t tags;
};

static int on_update(const char *name, const git_oid *from, const git_oid *to,
                     void *ctx)
{
    struct fetch *f = ctx;
    MEM_GROW(f->list, f->n, f->room);
    struct moved *m = &f->list[f->n++];
    m->name = arena_strdup(f->c.w->arena, name);
    git_oid_cpy(&m->from, from);
    git_oid_cpy(&m->to, to);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct moved *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static struct json *fetch_json(struct fetch *f)
{
    struct json *j = json_new(JSON_OBJECT);
    struct json *updated = json_put(j, "updated", json_new(JSON_ARRAY));
    struct json *pruned = json_put(j, "pruned", json_new(JSON_ARRAY));
    if (f->n)
        qsort(f->list, f->n, sizeof *f->list, by_name);
    for (size_t i = 0; i < f->n; i++) {
        const struct moved *m = &f->list[i];
        struct json *name = json_new_bytes(span_of(m->name));
        if (git_oid_is_zero(&m->to)) {
            json_push(pruned, name);
            continue;
        }
        struct json *row = json_push(updated, json_new(JSON_OBJECT));
        json_put(row, "name", name);
        json_put(row, "from", sha_json(&m->from));
        json_put(row, "to", sha_json(&m->to));
    }
    return j;
}

static enum status fetch_one(struct fetch *f, const struct work *w,
                             const char *name, const struct wish *wish,
                             const struct json *token, struct err *err)
{
    git_fetch_options opts;
    git_fetch_options_init(&opts, GIT_FETCH_OPTIONS_VERSION);
    if (contact_open(&f->c, w, name, false, token, err) == ST_OK) {
        opts.callbacks = f->c.callbacks;
        opts.callbacks.update_tips = on_update;
        opts.prune = wish->prune ? GIT_FETCH_PRUNE : GIT_FETCH_NO_PRUNE;
        opts.download_tags = wish->tags ? wish->tags : f->c.facts.tags;
        const git_strarray *refspecs =
            wish->refspecs.count ? &wish->refspecs : &f->c.facts.fetch;
        int rc = git_remote_fetch(f->c.remote, refspecs, &opts, "fetch");
        if (rc != 0)
            contact_failed(&f->c, rc, err);
    }
    contact_close(&f->c);
    return err->st;
}

/* Fetched into, it would leave its files behind. */
static enum status check_head(const struct work *w, const char *text,
                              struct err *err)
{
    git_reference *head = NULL;
    git_refspec *spec = NULL;
    if (git_repository_head(&head, w->repo) != 0 ||
        git_refspec_parse(&spec, text, 1) != 0)
        goto out; /* nothing to leave, or told by the fetch */
    const char *name = git_reference_name(head);
    const char *brief = git_reference_shorthand(head);
    const char *dst = git_refspec_dst(spec);
    if (git_reference_is_branch(head) &&
        (git_refspec_dst_matches(spec, name) || (dst && !strcmp(dst, brief))))
        err_set(err, ST_FAILED,
                "git.fetch: %s would move %s, which is checked out", text,
                brief);
out:
    git_refspec_free(spec);
    git_reference_free(head);
    return err->st;
}

static enum status take_wish(const struct work *w, struct wish *wish,
                             struct err *err)
{
    bool tags;
    const struct json *asked = json_get(w->opts, "tags");
    *wish = (struct wish){.tags = GIT_REMOTE_DOWNLOAD_TAGS_UNSPECIFIED};
    if (arg_flag(w, "prune", true, &wish->prune, err) != ST_OK ||
        arg_flag(w, "tags", false, &tags, err) != ST_OK ||
        arg_list(w, "refspecs", &wish->refspecs, err) != ST_OK)
        return err->st;
    for (size_t i = 0; i < wish->refspecs.count; i++)
        if (check_head(w, wish->refspecs.strings[i], err) != ST_OK)
            return err->st;
    if (json_type(asked) != JSON_NULL)
        wish->tags =
            tags ? GIT_REMOTE_DOWNLOAD_TAGS_ALL : GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    return ST_OK;
}

/* The token is for the named remote, or origin: no other one sees it. */
enum status work_fetch(struct work *w, struct json **value, struct err *err)
{
    const char *name;
    bool all;
    struct wish wish;
    char *only[1];
    git_strarray names = {only, 1};
    const struct json *token = json_get(w->opts, "token");
    if (arg_text(w, "remote", &name, err) != ST_OK ||
        arg_flag(w, "all", false, &all, err) != ST_OK ||
        take_wish(w, &wish, err) != ST_OK)
        return err->st;
    name = name ? name : "origin";
    only[0] = arena_strdup(w->arena, name);
    if (all && remote_names(w, &names, err) != ST_OK)
        return err->st;
    struct fetch f = {0};
    for (size_t i = 0; i < names.count && err->st == ST_OK; i++) {
        bool own = span_is(span_of(names.strings[i]), name);
        fetch_one(&f, w, names.strings[i], &wish, own ? token : NULL, err);
    }
    if (err->st == ST_OK)
        *value = fetch_json(&f);
    mem_free(f.list);
    return err->st;
}
