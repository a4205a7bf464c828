/* Reads runproof.yaml from a commit. */
#include "authority.h"

#include <string.h>

#include "clock.h"
#include "port.h"
#include "yaml.h"

#define CONFIG_NAME "runproof.yaml"
#define CONFIG_MAX_NODES 20000
#define ANCHOR "refs/remotes/origin/HEAD"
#define GIT_MS 20000

/* --- git ------------------------------------------------------------- */

/* git.show of a commit, or of a file in one. The caller frees *value. */
static enum status show(const struct config *c, const char *rev,
                        const char *path, struct json **value, struct err *err)
{
    const struct port *port = NULL;
    void *state = NULL;
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "rev", rev);
    if (path)
        json_put_str(args, "path", path);
    struct port_call call = {.op = "git.show",
                             .args = args,
                             .effect = EFFECT_READ,
                             .root = c->root,
                             .deadline_mono_ms = clock_mono_ms() + GIT_MS};
    enum status st = port_for(call.op, &port, &state, err);
    if (st == ST_OK)
        st = port_perform(port, state, &call, value, err);
    json_free(args);
    return st;
}

/* The hash of the commit, NULL when there is none of that name. */
static const char *resolve(const struct config *c, const char *ref,
                           struct arena *a)
{
    struct json *commit = NULL;
    struct err ignored = {0};
    const char *sha = NULL;
    if (show(c, ref, NULL, &commit, &ignored) == ST_OK)
        sha = arena_strdup(a, json_get_str(commit, "sha", ""));
    json_free(commit);
    return sha && *sha ? sha : NULL;
}

/* A whole name, lest a tag called "origin/HEAD" takes the place of the branch:
 * git looks for tags first. */
static const char *whole_name(const char *ref, struct arena *a)
{
    bool whole = strncmp(ref, "refs/", 5) == 0 || strcmp(ref, "HEAD") == 0 ||
                 (strlen(ref) == 40 && strspn(ref, "0123456789abcdef") == 40);
    if (whole)
        return arena_strdup(a, ref);
    return arena_printf(
        a, strchr(ref, '/') ? "refs/remotes/%s" : "refs/heads/%s", ref);
}

/* --- the file there -------------------------------------------------- */

static enum status parse(struct authority *au, const struct json *text,
                         struct arena *a, struct err *err)
{
    struct json *tree = NULL;
    enum status st = yaml_parse(json_span(text), CONFIG_MAX_NODES, &tree, err);
    au->tree = json_adopt(a, tree);
    if (st == ST_OK && json_type(tree) != JSON_OBJECT)
        st = err_set(err, ST_INPUT, "must be a mapping");
    return st == ST_OK ? ST_OK : err_place(err, au->file, err->line);
}

static enum status load(const struct config *c, const char *ref,
                        const char *commit, struct arena *a,
                        struct authority *out, struct err *err)
{
    struct json *text = NULL;
    struct err why = {0};
    *out =
        (struct authority){.ref = ref,
                           .commit = commit,
                           .file = arena_printf(a, CONFIG_NAME " at %s", ref)};
    if (show(c, commit, CONFIG_NAME, &text, &why) != ST_OK)
        return err_set(
            err, ST_REFUSED,
            "refused: the persons who may approve are read from " CONFIG_NAME
            " in %s, and it is not there; commit it",
            ref);
    enum status st = parse(out, text, a, err);
    json_free(text);
    return st == ST_OK ? persons_read(json_get(out->tree, "persons"), out->file,
                                      a, &out->persons, err)
                       : st;
}

static enum status load_named(const struct config *c, const char *ref,
                              struct arena *a, struct authority *out,
                              struct err *err)
{
    const char *commit = resolve(c, ref, a);
    if (!commit)
        return err_set(err, ST_REFUSED,
                       "refused: policy_ref names %s, and there is no such "
                       "commit here; fetch it",
                       ref);
    return load(c, ref, commit, a, out, err);
}

static enum status disagrees(const char *own, const char *there,
                             struct err *err)
{
    return err_set(err, ST_REFUSED,
                   "refused: " CONFIG_NAME " here sets policy_ref to %s, and "
                   "in " POLICY_REF_DEFAULT ", which decides, it is %s",
                   own, there);
}

enum status authority_read(const struct config *c, struct arena *a,
                           struct authority *out, struct err *err)
{
    const char *own = json_str(json_get(c->tree, "policy_ref"));
    const char *wanted = own ? whole_name(own, a) : NULL;
    const char *anchor = resolve(c, ANCHOR, a);
    if (!anchor && !wanted)
        return err_set(
            err, ST_REFUSED,
            "refused: there is no " POLICY_REF_DEFAULT " to read "
            "the persons from who may approve: fetch it (git "
            "remote set-head origin -a), or set policy_ref in " CONFIG_NAME);
    if (!anchor)
        return load_named(c, wanted, a, out, err);
    enum status st = load(c, ANCHOR, anchor, a, out, err);
    if (st != ST_OK)
        return st;
    const char *said = json_str(json_get(out->tree, "policy_ref"));
    const char *there = whole_name(said ? said : POLICY_REF_DEFAULT, a);
    if (wanted && strcmp(wanted, there) != 0)
        return disagrees(wanted, there, err);
    return strcmp(there, ANCHOR) == 0 ? ST_OK
                                      : load_named(c, there, a, out, err);
}

/* --- the rule -------------------------------------------------------- */

static enum status read_member(const struct authority *au, const struct json *m,
                               struct approval_rule *out, struct err *err)
{
    const char *key = json_key(m);
    if (strcmp(key, "persons") == 0) {
        if (json_int(m, &out->persons) && out->persons >= 1)
            return ST_OK;
        return err_at(err, ST_INPUT, au->file, json_line(m),
                      "approvals: persons is a number from 1");
    }
    if (strcmp(key, "not_operator") == 0) {
        out->not_operator = json_bool(m);
        if (json_type(m) == JSON_BOOL)
            return ST_OK;
        return err_at(err, ST_INPUT, au->file, json_line(m),
                      "approvals: not_operator is true or false");
    }
    return err_at(err, ST_INPUT, au->file, json_line(m),
                  "approvals: unknown key '%s'; known: persons, not_operator",
                  key);
}

enum status authority_rule(const struct authority *au, const char *environment,
                           struct approval_rule *out, struct err *err)
{
    const struct json *e =
        json_get(json_get(au->tree, "environments"), environment);
    *out = (struct approval_rule){
        .persons = 1, .not_operator = strcmp(environment, "production") == 0};
    if (json_type(e) != JSON_OBJECT)
        return err_set(err, ST_REFUSED, "refused: %s knows no environment '%s'",
                       au->file, environment);
    const struct json *all = json_get(json_get(e, "policy"), "approvals");
    if (json_type(all) != JSON_NULL && json_type(all) != JSON_OBJECT)
        return err_at(err, ST_INPUT, au->file, json_line(all),
                      "approvals: write it as in approvals: {persons: 2, "
                      "not_operator: true}");
    for (const struct json *m = json_first(all); m; m = json_next(m))
        if (read_member(au, m, out, err) != ST_OK)
            return err->st;
    return ST_OK;
}
