/* Fetches from remotes: their branches, and what is gone there. */
#include "git_contact.h"

/* The contact comes first: it is what the callbacks are given. */
struct fetch {
    struct contact c;
    struct json *updated, *pruned; /* borrowed from the result */
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
    if (git_oid_is_zero(to)) {
        json_push(f->pruned, json_new_bytes(span_of(name)));
        return 0;
    }
    struct json *row = json_push(f->updated, json_new(JSON_OBJECT));
    json_put(row, "name", json_new_bytes(span_of(name)));
    json_put(row, "from", sha_json(from));
    json_put(row, "to", sha_json(to));
    return 0;
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
    *value = json_new(JSON_OBJECT);
    struct fetch f = {.updated = json_new(JSON_ARRAY),
                      .pruned = json_new(JSON_ARRAY)};
    json_put(*value, "updated", f.updated);
    json_put(*value, "pruned", f.pruned);
    for (size_t i = 0; i < names.count && err->st == ST_OK; i++) {
        bool own = span_is(span_of(names.strings[i]), name);
        fetch_one(&f, w, names.strings[i], &wish, own ? token : NULL, err);
    }
    if (err->st != ST_OK) {
        json_free(*value);
        *value = NULL;
    }
    return err->st;
}
