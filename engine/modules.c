/* Gathers the Lua modules of a run and keeps those that it loads. */
#include "modules.h"

#include <string.h>

#include "file.h"

enum status modules_load(struct session *s, struct err *err)
{
    size_t n = 0;
    enum status st =
        luafiles_load(s->opt->lua_dir, &s->arena, &s->modules, &n, err);
    for (size_t i = 0; i < n; i++)
        if (s->env.sandbox || !luafile_simulates(&s->modules[i]))
            s->modules[s->n_modules++] = s->modules[i];
    return st;
}

struct json *modules_record(const struct session *s)
{
    struct json *list = json_new(JSON_ARRAY);
    for (size_t i = 0; i < s->n_modules; i++) {
        struct json *m = json_push(list, json_new(JSON_OBJECT));
        json_put_str(m, "name", s->modules[i].name);
        json_put_str(m, "sha256", s->modules[i].sha256.hex);
        json_put_str(m, "from", s->modules[i].embedded ? "binary" : "folder");
    }
    return list;
}

/* s->modules is sorted by name. */
static struct luafile *find(struct session *s, const char *name)
{
    size_t from = 0;
    size_t to = s->n_modules;
    while (from < to) {
        size_t i = from + (to - from) / 2;
        int c = strcmp(name, s->modules[i].name);
        if (c == 0)
            return &s->modules[i];
        from = c > 0 ? i + 1 : from;
        to = c > 0 ? to : i;
    }
    return NULL;
}

void modules_note(struct session *s, const struct json *names)
{
    for (const struct json *n = json_first(names); n; n = json_next(n)) {
        struct luafile *f = find(s, json_str(n) ? json_str(n) : "");
        if (f)
            f->loaded = true;
    }
}

enum status modules_keep(struct session *s, bool add, struct err *err)
{
    enum status st = ST_OK;
    if (s->world)
        modules_note(s, world_loaded(s->world));
    for (size_t i = 0; i < s->n_modules && st == ST_OK; i++) {
        struct luafile *f = &s->modules[i];
        if (f->kept || (f->embedded && !f->loaded))
            continue;
        const char *name = arena_printf(&s->arena, "lua/%s.lua", f->name);
        f->kept = true;
        st = (add ? bundle_add : bundle_put)(&s->bundle, name, f->text, err);
    }
    return st;
}

const char *modules_digest(const struct json *list, struct span name)
{
    for (const struct json *m = json_first(list); m; m = json_next(m))
        if (span_is(name, json_get_str(m, "name", "")))
            return json_get_str(m, "sha256", "");
    return NULL;
}

/* A resume of a run that did not come to load what another binary had finds
 * out when it needs it. */
enum status modules_reopen(struct session *s, const struct json *list,
                           struct err *err)
{
    const char *dir = bundle_path(&s->bundle, "lua", &s->arena);
    size_t n = 0;
    enum status st = luafiles_load(file_is_dir(dir) ? dir : NULL, &s->arena,
                                   &s->modules, &n, err);
    s->n_modules = 0;
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        struct luafile m = s->modules[i];
        const char *sha256 = modules_digest(list, span_of(m.name));
        bool same = sha256 && strcmp(sha256, m.sha256.hex) == 0;
        m.kept = !m.embedded;
        if (m.kept && !same)
            st = err_set(err, ST_TAMPERED, "%s/lua/%s.lua was %s",
                         s->bundle.rel, m.name, sha256 ? "changed" : "added");
        if (same)
            s->modules[s->n_modules++] = m;
    }
    return st;
}
