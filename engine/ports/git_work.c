/* What the operations of the git port share. */
#include "git_work.h"

#include <string.h>

#include "clock.h"

/* --- errors: the cause and the way out, in one line --- */

static const struct {
    int code;          /* 0: any */
    const char *part;  /* of libgit2's message; NULL: any */
    const char *cause; /* NULL: libgit2's message */
    const char *way_out;
} troubles[] = {
    {GIT_EOWNER, NULL, "the repository belongs to another user",
     "git config --global --add safe.directory and its path"},
    {0, "safe.directory", "the repository belongs to another user",
     "git config --global --add safe.directory and its path"},
    {0, "extensions.worktreeconfig", NULL,
     "git config --unset extensions.worktreeConfig, if no worktree needs it"},
    {0, "unsupported extension", NULL, "it needs a newer git library"},
    {0, "unsupported repository version", NULL, "it needs a newer git library"},
    {0, "could not find repository", "this is not a git repository",
     "git init"},
    {GIT_EUNBORNBRANCH, NULL, NULL, "make the first commit"},
};

enum status work_need_history(const struct work *w, const char *what,
                              struct err *err)
{
    if (git_repository_is_shallow(w->repo) != 1)
        return ST_OK;
    return err_set(err, ST_FAILED,
                   "cannot %s: this is a shallow clone, whose history is cut "
                   "off (git fetch --unshallow)",
                   what);
}

enum status git_failed(const struct work *w, int code, const char *what,
                       struct err *err)
{
    const git_error *e = git_error_last();
    const char *message = e && e->message ? e->message : "unknown error";
    if (code == GIT_ENOTFOUND && w->repo &&
        work_need_history(w, what, err) != ST_OK)
        return err->st;
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        const char *part = troubles[i].part, *cause = troubles[i].cause;
        if ((!troubles[i].code || troubles[i].code == code) &&
            (!part || strcasestr(message, part)))
            return err_set(err, ST_FAILED, "cannot %s: %s (%s)", what,
                           cause ? cause : message, troubles[i].way_out);
    }
    return err_set(err, ST_FAILED, "cannot %s: %s", what, message);
}

bool work_is_late(const struct work *w)
{
    return clock_mono_ms() >= w->call->deadline_mono_ms;
}

enum status work_late(const struct work *w, struct err *err)
{
    return err_set(err, ST_TIMEOUT, "%s did not end in the time left",
                   w->call->op);
}

/* --- arguments --- */

enum status arg_text(const struct work *w, const char *name, const char **out,
                     struct err *err)
{
    const struct json *j = json_get(w->opts, name);
    *out = json_str(j);
    if (json_type(j) != JSON_NULL && !*out)
        return err_set(err, ST_INPUT, "%s: %s is not a string", w->call->op,
                       name);
    return ST_OK;
}

enum status arg_max(const struct work *w, int64_t otherwise, int64_t most,
                    int64_t *out, struct err *err)
{
    *out = json_get_int(w->opts, "max", otherwise);
    if (*out < 1 || *out > most)
        return err_set(err, ST_INPUT, "%s: max must be 1 to %lld", w->call->op,
                       (long long)most);
    return ST_OK;
}

enum status arg_needed(const struct work *w, const char *name, const char **out,
                       struct err *err)
{
    *out = json_str(json_get(w->call->args, name));
    if (!*out || !**out)
        return err_set(err, ST_INPUT, "%s needs a %s (a string)", w->call->op,
                       name);
    return ST_OK;
}

enum status arg_flag(const struct work *w, const char *name, bool otherwise,
                     bool *out, struct err *err)
{
    const struct json *j = json_get(w->opts, name);
    *out = json_get_bool(w->opts, name, otherwise);
    if (json_type(j) != JSON_NULL && json_type(j) != JSON_BOOL)
        return err_set(err, ST_INPUT, "%s: %s is true or false", w->call->op,
                       name);
    return ST_OK;
}

enum status arg_list(const struct work *w, const char *name, git_strarray *out,
                     struct err *err)
{
    const struct json *list = json_get(w->opts, name);
    bool ok = json_type(list) == JSON_ARRAY || json_type(list) == JSON_NULL;
    *out = (git_strarray){
        arena_array(w->arena, json_size(list), sizeof *out->strings), 0};
    for (const struct json *j = json_first(list); j && ok; j = json_next(j)) {
        const char *text = json_str(j);
        ok = text && *text;
        out->strings[out->count++] = arena_strdup(w->arena, ok ? text : "");
    }
    if (!ok)
        return err_set(err, ST_INPUT, "%s: %s must be a list of strings",
                       w->call->op, name);
    return ST_OK;
}

/* --- commits --- */

struct json *sha_json(const git_oid *id)
{
    char hex[GIT_OID_HEXSZ + 1];
    git_oid_tostr(hex, sizeof hex, id);
    return json_new_str(git_oid_is_zero(id) ? NULL : hex);
}

struct json *commit_json(git_commit *commit)
{
    const git_signature *author = git_commit_author(commit);
    const char *subject = git_commit_summary(commit);
    struct json *j = json_new(JSON_OBJECT);
    json_put(j, "sha", sha_json(git_commit_id(commit)));
    json_put(j, "subject", json_new_bytes(span_of(subject)));
    json_put(j, "author", json_new_bytes(span_of(author->name)));
    json_put(j, "email", json_new_bytes(span_of(author->email)));
    json_put_int(j, "time", git_commit_time(commit));
    return j;
}

/* Whether name begins with a branch, a tag or a hash. libgit2 says so too, but
 * after trying expressions on a name it does not know, which leaks in 1.5. */
static bool is_known(const struct work *w, const char *name)
{
    size_t n = strcspn(name, "~^:@");
    const char *base = n ? arena_strndup(w->arena, name, n) : "HEAD";
    git_reference *ref = NULL;
    git_object *object = NULL;
    git_oid id;
    bool known = (n || *name == '@') &&
                 (git_reference_dwim(&ref, w->repo, base) == 0 ||
                  (git_oid_fromstrn(&id, base, n) == 0 &&
                   git_object_lookup_prefix(&object, w->repo, &id, n,
                                            GIT_OBJECT_ANY) == 0));
    git_reference_free(ref);
    git_object_free(object);
    return known;
}

enum status work_resolve(const struct work *w, const char *name,
                         git_object_t type, git_object **out, struct err *err)
{
    git_object *any = NULL;
    const char *what = arena_printf(w->arena, "resolve %s", name);
    if (!is_known(w, name))
        return err_set(err, ST_FAILED,
                       "cannot resolve %s: no branch, tag or commit is called "
                       "so",
                       name);
    int rc = git_revparse_single(&any, w->repo, name);
    if (rc == 0)
        rc = git_object_peel(out, any, type);
    git_object_free(any);
    return rc == 0 ? ST_OK : git_failed(w, rc, what, err);
}

/* --- who does it --- */

static enum status configured(const struct work *w, const char **name,
                              const char **email, struct err *err)
{
    git_config *config = NULL;
    int rc = git_repository_config_snapshot(&config, w->repo);
    if (rc == 0)
        rc = git_config_get_string(name, config, "user.name");
    if (rc == 0)
        rc = git_config_get_string(email, config, "user.email");
    if (rc == 0) {
        *name = arena_strdup(w->arena, *name);
        *email = arena_strdup(w->arena, *email);
    }
    git_config_free(config);
    if (rc == GIT_ENOTFOUND)
        return err_set(err, ST_FAILED,
                       "%s: nobody is named as the author (git config "
                       "user.name and user.email)",
                       w->call->op);
    return rc == 0 ? ST_OK : git_failed(w, rc, "read the configuration", err);
}

enum status work_signature(const struct work *w, const char *author,
                           git_signature **out, struct err *err)
{
    const char *name = NULL, *email = NULL;
    if (author) {
        struct span rest = span_of(author);
        name = span_dup(w->arena, span_trim(span_cut(&rest, '<')));
        bool closed = span_ends(rest, ">");
        email = span_dup(w->arena, span_sub(rest, 0, rest.n ? rest.n - 1 : 0));
        if (!closed || !*name || !*email)
            return err_set(err, ST_INPUT,
                           "%s: author must be like \"Ada <ada@example.com>\"",
                           w->call->op);
    } else if (configured(w, &name, &email, err) != ST_OK) {
        return err->st;
    }
    int rc = git_signature_new(out, name, email, w->call->now_ms / 1000, 0);
    return rc == 0 ? ST_OK : git_failed(w, rc, "name the author", err);
}

const char *work_message(const struct work *w, const char *text)
{
    struct span all = span_of(text);
    while (all.n && strchr(" \t\r\n", all.p[all.n - 1]))
        all.n--;
    return arena_printf(w->arena, "%.*s\n", SPAN_ARG(all));
}
