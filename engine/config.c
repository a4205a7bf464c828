/* Reads runproof.yaml by table. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>

#include "attr.h"
#include "file.h"
#include "yaml.h"

#define CONFIG_NAME "runproof.yaml"
#define CONFIG_MAX_BYTES (1u << 20)
#define CONFIG_MAX_NODES 20000
#define SANDBOX "sandbox"

static const char *const verdict_names[VERDICT_COUNT + 1] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_ASK] = "ask",
    [VERDICT_PLAN] = "plan",
    [VERDICT_DENY] = "deny",
};

/* Rule: DESIGN §5, "Default". */
static const enum verdict policy_default[EFFECT_COUNT] = {
    [EFFECT_NONE] = VERDICT_ALLOW,
    [EFFECT_READ] = VERDICT_ALLOW,
    [EFFECT_LOCAL] = VERDICT_ALLOW,
    [EFFECT_REMOTE] = VERDICT_ASK,
};

static const char *const top_keys[] = {
    "environments", "fixtures", "reads", "scan", "policy_ref", "persons", NULL};
/* Members of an environment that are ours; every other is a provider's. */
static const char *const own_keys[] = {"policy", "secrets", "escalate", NULL};

const char *verdict_name(enum verdict v)
{
    return verdict_names[v];
}

static bool is_root(struct arena *a, const char *dir)
{
    return file_exists(path_join(a, dir, CONFIG_NAME)) ||
           file_exists(path_join(a, dir, ".git"));
}

static const char *find_root(const char *near, struct arena *a)
{
    const char *start = file_is_dir(near) ? near : path_dir(a, near);
    char real[PATH_MAX];
    if (!realpath(start, real))
        return arena_strdup(a, start);
    const char *own = arena_strdup(a, real);
    for (const char *dir = own;; dir = path_dir(a, dir)) {
        if (is_root(a, dir))
            return dir;
        if (strcmp(dir, "/") == 0 || strcmp(dir, ".") == 0)
            return own;
    }
}

static bool listed(const char *key, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(key, *names) == 0)
            return true;
    return false;
}

static enum status check_keys(const struct config *c, struct err *err)
{
    for (const struct json *m = json_first(c->tree); m; m = json_next(m)) {
        const char *key = json_key(m);
        if (listed(key, top_keys))
            continue;
        const char *near = nearest_name(span_of(key), top_keys);
        return err_at(err, ST_INPUT, c->path, json_line(m),
                      "unknown key '%s'; %s%s", key,
                      near ? "did you mean "
                           : "known: environments, fixtures,"
                             " reads, scan",
                      near ? near : "");
    }
    return ST_OK;
}

static const struct shape {
    const char *key;
    enum json_type type;
    const char *example;
} top_shapes[] =
    {
        {"environments", JSON_OBJECT, "{staging: {…}}"},
        {"fixtures", JSON_STRING, "a folder"},
        {"reads", JSON_ARRAY, "[…]"},
        {"scan", JSON_OBJECT, "{allow: […]}"},
        {"policy_ref", JSON_STRING, "origin/HEAD"},
        {"persons", JSON_OBJECT, "{ada: [\"ed25519:BASE64\"]}"},
        {0},
},
  environment_shapes[] = {
      {"policy", JSON_OBJECT, "{remote: ask}"},
      {"secrets", JSON_ARRAY, "[process]"},
      {0},
};

/* What has another shape would be passed over: a policy may not be. */
static enum status check_shapes(const struct config *c, const struct json *in,
                                const struct shape *s, struct err *err)
{
    for (; s->key; s++) {
        const struct json *v = json_get(in, s->key);
        if (json_type(v) != JSON_NULL && json_type(v) != s->type)
            return err_at(err, ST_INPUT, c->path, json_line(v),
                          "%s: write it as in %s: %s", s->key, s->key,
                          s->example);
    }
    return ST_OK;
}

enum status config_load(const char *near, struct arena *a, struct config *out,
                        struct err *err)
{
    *out = (struct config){.root = find_root(near, a)};
    const char *path = path_join(a, out->root, CONFIG_NAME);
    if (!file_exists(path))
        return ST_OK;
    out->path = CONFIG_NAME;
    struct buf text = {0};
    struct json *tree = NULL;
    enum status st = file_read(path, CONFIG_MAX_BYTES, &text, err);
    out->sha256 = hash_sha256(buf_view(&text));
    if (st == ST_OK)
        st = yaml_parse(buf_view(&text), CONFIG_MAX_NODES, &tree, err);
    buf_release(&text);
    if (st != ST_OK)
        return err_place(err, CONFIG_NAME, err->line);
    out->tree = json_adopt(a, tree);
    if (json_type(tree) != JSON_OBJECT)
        return err_at(
            err, ST_INPUT, CONFIG_NAME, 1,
            "must be a mapping of environments, fixtures, reads, scan");
    out->fixtures = json_str(json_get(tree, "fixtures"));
    out->reads = json_get(tree, "reads");
    st = check_shapes(out, tree, top_shapes, err);
    return st == ST_OK ? check_keys(out, err) : st;
}

static enum status read_confine(const struct config *c, const struct json *v,
                                bool *required, struct err *err)
{
    *required = span_is(json_span(v), "required");
    if (*required || span_is(json_span(v), "warn"))
        return ST_OK;
    return err_at(err, ST_INPUT, c->path, json_line(v),
                  "policy: 'confine' must be required or warn");
}

static enum status read_policy(const struct config *c, const struct json *p,
                               struct environment *out, struct err *err)
{
    for (const struct json *m = json_first(p); m; m = json_next(m)) {
        enum effect class;
        if (strcmp(json_key(m), "approvals") == 0)
            continue; /* read where it counts: authority.c */
        if (strcmp(json_key(m), "confine") == 0) {
            if (read_confine(c, m, &out->confine_required, err) != ST_OK)
                return err->st;
            continue;
        }
        if (!effect_parse(span_of(json_key(m)), &class))
            return err_at(err, ST_INPUT, c->path, json_line(m),
                          "policy: unknown effect class '%s'; known: none, "
                          "read, local, remote",
                          json_key(m));
        const char *word = json_str(m);
        size_t v = 0;
        while (v < VERDICT_COUNT && (!word || strcmp(word, verdict_names[v])))
            v++;
        if (v == VERDICT_COUNT)
            return err_at(err, ST_INPUT, c->path, json_line(m),
                          "policy: '%s' must be allow, ask, plan or deny",
                          json_key(m));
        out->policy[class] = (enum verdict)v;
    }
    return ST_OK;
}

static enum status unknown_environment(const struct config *c, const char *name,
                                       const struct json *all, struct err *err)
{
    struct buf known = {0};
    buf_str(&known, SANDBOX);
    for (const struct json *m = json_first(all); m; m = json_next(m))
        buf_printf(&known, ", %s", json_key(m));
    enum status st =
        err_at(err, ST_INPUT, c->path ? c->path : CONFIG_NAME, 0,
               "no environment '%s'; known: %s", name, buf_cstr(&known));
    buf_release(&known);
    return st;
}

enum status config_environment(const struct config *c, const char *name,
                               struct arena *a, struct environment *out,
                               struct err *err)
{
    *out = (struct environment){.name = arena_strdup(a, name), .root = c->root};
    memcpy(out->policy, policy_default, sizeof policy_default);
    const struct json *all = json_get(c->tree, "environments");
    const struct json *e = json_get(all, name);
    out->sandbox = strcmp(name, SANDBOX) == 0;
    if (out->sandbox && e)
        return err_at(err, ST_INPUT, c->path, json_line(e),
                      "the environment 'sandbox' is built in; choose another "
                      "name");
    if (out->sandbox)
        return ST_OK;
    if (json_type(e) != JSON_OBJECT)
        return unknown_environment(c, name, all, err);
    if (check_shapes(c, e, environment_shapes, err) != ST_OK)
        return err->st;
    out->secrets = json_get(e, "secrets");
    struct json *settings = json_adopt(a, json_copy(e));
    for (const char *const *k = own_keys; *k; k++)
        json_remove(settings, *k);
    out->settings = settings;
    if (strcmp(name, "production") == 0)
        out->policy[EFFECT_REMOTE] = VERDICT_PLAN;
    return read_policy(c, json_get(e, "policy"), out, err);
}

struct json *environment_policy_json(const struct environment *e)
{
    struct json *o = json_new(JSON_OBJECT);
    for (int i = 0; i < EFFECT_COUNT; i++)
        json_put_str(o, effect_name((enum effect)i),
                     verdict_names[e->policy[i]]);
    if (e->confine_required)
        json_put_str(o, "confine", "required");
    return o;
}
