/* Pushes references, looks at what the remote says to each, and looks again
 * whether they are there. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "git_contact.h"

/* One reference to push. */
struct spec {
    const char *src; /* full name here; NULL: delete dst */
    const char *dst; /* full name there */
    bool force;
    git_oid new, old; /* zero: none */
};

/* The contact comes first: it is what the callbacks are given. */
struct push {
    struct contact c;
    struct spec *specs;
    size_t n;
    struct buf refused; /* what the remote did not take, and why */
};

/* --- what to push --- */

/* The full name of a branch or tag of this repository; NULL: none. */
static const char *full_name(const struct work *w, const char *name)
{
    static const char *const spaces[] = {"", "refs/heads/", "refs/tags/"};
    git_reference *ref = NULL;
    if (!strcmp(name, "HEAD") && git_repository_head(&ref, w->repo) == 0) {
        const char *full = arena_strdup(w->arena, git_reference_name(ref));
        bool branch = git_reference_is_branch(ref) == 1;
        git_reference_free(ref);
        return branch ? full : NULL;
    }
    for (size_t i = strncmp(name, "refs/", 5) ? 1 : 0; i < 3; i++) {
        const char *full = arena_printf(w->arena, "%s%s", spaces[i], name);
        if (git_reference_lookup(&ref, w->repo, full) == 0) {
            git_reference_free(ref);
            return full;
        }
    }
    return NULL;
}

static const char *remote_name(const struct work *w, const char *name,
                               const char *src)
{
    bool tag = src && !strncmp(src, "refs/tags/", 10);
    if (!strncmp(name, "refs/", 5))
        return name;
    return arena_printf(w->arena, "refs/%s/%s", tag ? "tags" : "heads", name);
}

/* "[+]src[:dst]", or ":dst". */
static enum status take_spec(const struct work *w, const char *text,
                             struct spec *s, struct err *err)
{
    int valid = 0;
    s->force = *text == '+';
    struct span rest = span_of(text + s->force);
    bool pair = memchr(rest.p, ':', rest.n);
    const char *src = span_dup(w->arena, span_cut(&rest, ':'));
    const char *dst = pair ? span_dup(w->arena, rest) : NULL;
    if ((pair && !*dst) || (!pair && !*src))
        return err_set(err, ST_INPUT,
                       "git.push: \"%s\" is none of: branch, tag, from:to, "
                       "+forced, :deleted",
                       text);
    if (*src) {
        s->src = full_name(w, src);
        if (!s->src)
            return err_set(err, ST_FAILED,
                           "git.push: no branch or tag is called %s", src);
        int rc = git_reference_name_to_id(&s->new, w->repo, s->src);
        if (rc != 0)
            return git_failed(w, rc, "read the branch", err);
    }
    s->dst = dst ? remote_name(w, dst, s->src) : s->src;
    if (git_reference_name_is_valid(&valid, s->dst) != 0 || !valid)
        return err_set(err, ST_INPUT, "git.push: %s is no name for a reference",
                       s->dst);
    return ST_OK;
}

static enum status take_specs(const struct work *w, struct push *p,
                              struct err *err)
{
    git_strarray refs;
    if (arg_list(w, "refs", &refs, err) != ST_OK)
        return err->st;
    if (!refs.count)
        return err_set(err, ST_INPUT,
                       "git.push needs refs: a list of branches "
                       "and tags");
    p->specs = arena_array(w->arena, refs.count, sizeof *p->specs);
    for (size_t i = 0; i < refs.count; i++) {
        struct spec *s = &p->specs[p->n++];
        if (take_spec(w, refs.strings[i], s, err) != ST_OK)
            return err->st;
        for (const struct spec *o = p->specs; o < s; o++)
            if (!strcmp(o->dst, s->dst))
                return err_set(err, ST_INPUT, "git.push: %s is named twice",
                               s->dst);
    }
    return ST_OK;
}

/* --- what is there --- */

static const git_oid *find_ref(const git_remote_head **refs, size_t n,
                               const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(refs[i]->name, name))
            return &refs[i]->oid;
    return NULL;
}

/* Only a push with "+" may lose commits that the remote has. */
static enum status check_forward(const struct work *w, const struct push *p,
                                 const struct spec *s, struct err *err)
{
    if (!s->src || s->force || git_oid_is_zero(&s->old) ||
        git_oid_equal(&s->old, &s->new))
        return ST_OK;
    if (strncmp(s->dst, "refs/heads/", 11) != 0)
        return err_set(err, ST_FAILED,
                       "%s has another %s: nothing was pushed (+ before its "
                       "name replaces it)",
                       p->c.name, s->dst);
    git_commit *old = NULL;
    bool here = git_commit_lookup(&old, w->repo, &s->old) == 0;
    git_commit_free(old);
    if (here && git_graph_descendant_of(w->repo, &s->new, &s->old) == 1)
        return ST_OK;
    return err_set(err, ST_FAILED,
                   "%s has commits in %s that are not in %s "
                   "(non-fast-forward): git.fetch first; nothing was pushed",
                   p->c.name, s->dst, s->src);
}

static enum status look_before(const struct work *w, struct push *p,
                               struct err *err)
{
    const git_remote_head **refs;
    size_t n;
    if (contact_refs(&p->c, &refs, &n, err) != ST_OK)
        return err->st;
    for (size_t i = 0; i < p->n; i++) {
        struct spec *s = &p->specs[i];
        const git_oid *there = find_ref(refs, n, s->dst);
        if (there)
            git_oid_cpy(&s->old, there);
    }
    for (size_t i = 0; i < p->n && err->st == ST_OK; i++)
        check_forward(w, p, &p->specs[i], err);
    return err->st;
}

static bool is_change(const struct spec *s)
{
    return !git_oid_equal(&s->old, &s->new);
}

/* Over a new connection: what the remote has now is what was asked for. Other
 * references than branches and tags may be hidden. */
static enum status look_after(struct push *p, struct err *err)
{
    const git_remote_head **refs;
    size_t n;
    git_oid none = {{0}};
    (void)git_remote_disconnect(p->c.remote);
    if (contact_refs(&p->c, &refs, &n, err) != ST_OK)
        return err->st;
    for (size_t i = 0; i < p->n; i++) {
        const struct spec *s = &p->specs[i];
        const git_oid *there = find_ref(refs, n, s->dst);
        bool shown = !strncmp(s->dst, "refs/heads/", 11) ||
                     !strncmp(s->dst, "refs/tags/", 10);
        if (shown && !git_oid_equal(there ? there : &none, &s->new))
            return err_set(err, ST_FAILED,
                           "%s was pushed to %s, which now has %.7s there: has "
                           "somebody else pushed?",
                           s->dst, p->c.name,
                           there ? git_oid_tostr_s(there) : "nothing");
    }
    return ST_OK;
}

/* --- the push --- */

static int on_answer(const char *name, const char *status, void *ctx)
{
    struct push *p = ctx;
    if (status)
        buf_printf(&p->refused, "%s%s: %s", p->refused.n ? ", " : "", name,
                   status);
    return 0;
}

static enum status refused(struct push *p, struct err *err)
{
    const char *said = contact_said(&p->c);
    return err_set(err, ST_FAILED, "%s refused %s%s%s%s", p->c.name,
                   buf_cstr(&p->refused), *said ? " (" : "", said,
                   *said ? ")" : "");
}

static enum status send(const struct work *w, struct push *p, struct err *err)
{
    git_push_options opts;
    git_push_options_init(&opts, GIT_PUSH_OPTIONS_VERSION);
    git_strarray texts = {arena_array(w->arena, p->n, sizeof(char *)), 0};
    opts.callbacks = p->c.callbacks;
    opts.callbacks.push_update_reference = on_answer;
    for (size_t i = 0; i < p->n; i++) {
        const struct spec *s = &p->specs[i];
        if (is_change(s))
            texts.strings[texts.count++] =
                arena_printf(w->arena, "%s%s:%s", s->force ? "+" : "",
                             s->src ? s->src : "", s->dst);
    }
    int rc = texts.count ? git_remote_push(p->c.remote, &texts, &opts) : 0;
    if (p->refused.n)
        return refused(p, err);
    if (rc != 0)
        return contact_failed(&p->c, rc, err);
    return texts.count ? look_after(p, err) : ST_OK;
}

/* libgit2 writes into a folder itself, so that its hooks would say nothing. */
static enum status check_hooks(const struct work *w, const struct push *p,
                               struct err *err)
{
    static const char *const hooks[] = {"pre-receive", "update",
                                        "reference-transaction", "post-receive",
                                        "post-update"};
    const char *path = contact_path(&p->c);
    if (!path)
        return ST_OK;
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (access(arena_printf(w->arena, "%s/hooks/%s", path, hooks[i]),
                   X_OK) == 0)
            return err_set(err, ST_FAILED,
                           "%s is a path and has a %s hook, which would not "
                           "run: push over ssh or https",
                           p->c.name, hooks[i]);
    return ST_OK;
}

enum status work_push(struct work *w, struct json **value, struct err *err)
{
    const char *name;
    struct push p = {.refused.cap = 300};
    if (take_specs(w, &p, err) != ST_OK ||
        arg_text(w, "remote", &name, err) != ST_OK)
        return err->st;
    if (contact_open(&p.c, w, name ? name : "origin", true,
                     json_get(w->opts, "token"), err) == ST_OK &&
        check_hooks(w, &p, err) == ST_OK && look_before(w, &p, err) == ST_OK)
        send(w, &p, err);
    if (err->st == ST_OK) {
        *value = json_new(JSON_OBJECT);
        struct json *refs = json_put(*value, "refs", json_new(JSON_ARRAY));
        for (size_t i = 0; i < p.n; i++) {
            struct json *row = json_push(refs, json_new(JSON_OBJECT));
            json_put(row, "name", json_new_bytes(span_of(p.specs[i].dst)));
            json_put(row, "sha", sha_json(&p.specs[i].new));
            json_put(row, "old", sha_json(&p.specs[i].old));
        }
    }
    contact_close(&p.c);
    buf_release(&p.refused);
    return err->st;
}
