/* Reads runproof.yaml by table. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>

#include "config_schema.h"
#include "file.h"
#include "yaml.h"

#define CONFIG_NAME "runproof.yaml"
#define CONFIG_MAX_BYTES (1u << 20)
#define CONFIG_MAX_NODES 20000
#define SANDBOX "sandbox"
#define POLICY_REF "origin/HEAD"

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
    if (schema_check(&config_schema, tree, CONFIG_NAME, err) != ST_OK)
        return err->st;
    out->fixtures = json_str(json_get(tree, "fixtures"));
    out->reads = json_get(tree, "reads");
    out->policy_ref = json_get_str(tree, "policy_ref", POLICY_REF);
    out->persons = json_get(tree, "persons");
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
    *out = (struct environment){.name = arena_strdup(a, name),
                                .root = c->root,
                                .policy = policy_default(name)};
    const struct json *all = json_get(c->tree, "environments");
    const struct json *e = json_get(all, name);
    out->sandbox = strcmp(name, SANDBOX) == 0;
    if (out->sandbox && e) {
        err_at(err, ST_INPUT, c->path, json_line(e),
               "the environment 'sandbox' is built in; choose another name");
        err->column = json_column(e);
        return err->st;
    }
    if (out->sandbox)
        return ST_OK;
    if (!e)
        return unknown_environment(c, name, all, err);
    out->own = e;
    out->secrets = json_get(e, "secrets");
    out->escalate = json_get(e, "escalate");
    struct json *settings = json_adopt(a, json_copy(e));
    for (const struct schema *m = environment_members; m->key; m++)
        json_remove(settings, m->key);
    out->settings = settings;
    policy_read(json_get(e, "policy"), a, &out->policy);
    return ST_OK;
}
