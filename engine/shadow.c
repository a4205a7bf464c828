/* Makes file changes where nobody minds. */
#include "shadow.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "hash.h"

/* Longer texts are shown by their digest. */
#define SHOWN_BYTES ((size_t)64 << 10)
/* Keeps a folder that is not empty from being removed. */
#define KEEPER ".kept"

struct shadow {
    struct arena arena;
    const char *root, *dir;
    struct json *gone; /* {path: true}: removed, and not there again */
    bool any;
};

struct shadow *shadow_new(const char *root, const char *dir)
{
    struct shadow *s = mem_alloc(sizeof *s);
    s->root = arena_strdup(&s->arena, root);
    s->dir = arena_strdup(&s->arena, dir);
    s->gone = json_new(JSON_OBJECT);
    return s;
}

void shadow_free(struct shadow *s)
{
    if (!s)
        return;
    json_free(s->gone);
    arena_release(&s->arena);
    mem_free(s);
}

bool shadow_any(const struct shadow *s)
{
    return s->any;
}

/* Relative, and without a way up: what else there is, the port refuses. */
static const char *clean(struct arena *a, const char *path)
{
    const char *c = path_clean(a, path);
    bool leaves = !*path || *c == '/' || strcmp(c, "..") == 0 ||
                  span_starts(span_of(c), "../");
    return leaves ? NULL : c;
}

static const char *in(struct arena *a, const char *dir, const char *path)
{
    return strcmp(path, ".") == 0 ? dir : path_join(a, dir, path);
}

static bool is_gone(const struct shadow *s, const char *path)
{
    return json_get(s->gone, path) != NULL;
}

const char *shadow_root(const struct shadow *s, const char *path)
{
    struct arena a = {0};
    const char *c = clean(&a, path);
    bool here =
        c && s->any && (is_gone(s, c) || file_exists(in(&a, s->dir, c)));
    arena_release(&a);
    return here ? s->dir : s->root;
}

static enum status perform_in(const char *root, const struct port_call *call,
                              struct json **value, struct err *err)
{
    struct port_call here = *call;
    here.root = root;
    return port_fs.perform(NULL, &here, value, err);
}

/* --- a place for a change -------------------------------------------- */

/* The folders above path, as far as there are any. */
static enum status copy_folders(struct shadow *s, const char *path,
                                struct arena *a, struct err *err)
{
    enum status st = file_mkdirs(s->dir, err);
    for (const char *p = strchr(path, '/'); p && st == ST_OK;
         p = strchr(p + 1, '/')) {
        const char *folder = arena_strndup(a, path, (size_t)(p - path));
        if (is_gone(s, folder) || !file_is_dir(path_join(a, s->root, folder)))
            continue;
        st = file_mkdirs(path_join(a, s->dir, folder), err);
    }
    return st;
}

static enum status copy_file(struct shadow *s, const struct port_call *call,
                             const char *path, struct arena *a, struct err *err)
{
    struct port_call look = *call;
    struct json *args = json_new(JSON_OBJECT);
    struct json *value = NULL;
    struct span bytes = {0};
    json_put_str(args, "path", path);
    look.op = "fs.read";
    look.args = args;
    enum status st = perform_in(s->root, &look, &value, err);
    if (st == ST_OK && json_bytes(value, a, &bytes))
        st = file_write(path_join(a, s->dir, path), bytes, err);
    json_free(value);
    json_free(args);
    return st;
}

/* What stands at path is put into dir, unless it is there, or gone. */
static enum status copy_up(struct shadow *s, const struct port_call *call,
                           const char *path, struct arena *a, struct err *err)
{
    const char *to = in(a, s->dir, path);
    const char *from = in(a, s->root, path);
    enum status st = copy_folders(s, path, a, err);
    if (st != ST_OK || is_gone(s, path) || file_exists(to) ||
        !file_exists(from))
        return st;
    return file_is_dir(from) ? file_mkdirs(to, err)
                             : copy_file(s, call, path, a, err);
}

/* --- lists ----------------------------------------------------------- */

static bool holds(const struct json *names, const char *name)
{
    for (const struct json *n = json_first(names); n; n = json_next(n))
        if (span_is(json_span(n), name))
            return true;
    return false;
}

static int by_name(const struct json *a, const struct json *b)
{
    return span_cmp(json_span(a), json_span(b));
}

/* Two sorted lists as one. */
static struct json *merged(const struct json *a, const struct json *b)
{
    struct json *all = json_new(JSON_ARRAY);
    const struct json *x = json_first(a);
    const struct json *y = json_first(b);
    while (x || y) {
        bool first = x && (!y || by_name(x, y) < 0);
        const struct json **at = first ? &x : &y;
        json_push(all, json_copy(*at));
        *at = json_next(*at);
    }
    return all;
}

/* The names in a folder of the repository that nothing was done to. */
static struct json *untouched(const struct shadow *s, const char *folder,
                              const struct json *live, const struct json *made,
                              struct arena *a)
{
    struct json *left = json_new(JSON_ARRAY);
    for (const struct json *n = json_first(live); n; n = json_next(n)) {
        const char *path = strcmp(folder, ".") == 0
                               ? json_str(n)
                               : path_join(a, folder, json_str(n));
        if (!is_gone(s, path) && !holds(made, json_str(n)))
            json_push(left, json_copy(n));
    }
    return left;
}

static enum status list(struct shadow *s, const struct port_call *call,
                        const char *folder, struct arena *a,
                        struct json **value, struct err *err)
{
    struct json *live = NULL;
    struct json *made = NULL;
    struct err none = {0};
    bool here = file_is_dir(in(a, s->dir, folder));
    enum status st = here || is_gone(s, folder)
                         ? perform_in(s->dir, call, &made, err)
                         : ST_OK;
    if (st == ST_OK)
        none.st = perform_in(s->root, call, &live, &none);
    if (st == ST_OK && none.st != ST_OK && !here) {
        *err = none;
        st = none.st;
    }
    if (st == ST_OK) {
        struct json *left = untouched(s, folder, live, made, a);
        *value = merged(left, made);
        json_free(left);
    }
    json_free(live);
    json_free(made);
    return st;
}

/* --- what is asked --------------------------------------------------- */

/* Of a folder that is to be removed: nothing in it may be left. */
static enum status keep_full(struct shadow *s, const struct port_call *call,
                             const char *path, struct arena *a, bool *full,
                             struct err *err)
{
    struct json *names = NULL;
    struct json *args = json_new(JSON_OBJECT);
    struct port_call look = *call;
    *full = false;
    json_put_str(args, "dir", path);
    look.op = "fs.list";
    look.args = args;
    enum status st = ST_OK;
    if (file_is_dir(in(a, s->dir, path)))
        st = list(s, &look, path, a, &names, err);
    *full = json_size(names) > 0;
    if (st == ST_OK && *full)
        st = file_write(path_join(a, in(a, s->dir, path), KEEPER), SPAN(""),
                        err);
    json_free(names);
    json_free(args);
    return st;
}

static enum status change(struct shadow *s, const struct port_call *call,
                          const char *path, struct arena *a,
                          struct json **value, struct err *err)
{
    bool removes = strcmp(call->op, "fs.remove") == 0;
    bool full = false;
    enum status st = copy_up(s, call, path, a, err);
    if (st == ST_OK && removes)
        st = keep_full(s, call, path, a, &full, err);
    if (st == ST_OK)
        st = perform_in(s->dir, call, value, err);
    if (full)
        (void)unlink(path_join(a, in(a, s->dir, path), KEEPER));
    if (st != ST_OK)
        return st;
    s->any = true;
    if (removes)
        json_put_bool(s->gone, path, true);
    else
        json_remove(s->gone, path);
    return ST_OK;
}

static bool is_change(const char *op)
{
    return strcmp(op, "fs.read") != 0 && strcmp(op, "fs.list") != 0 &&
           strcmp(op, "fs.exists") != 0;
}

enum status shadow_perform(struct shadow *s, const struct port_call *call,
                           struct json **value, struct err *err)
{
    struct arena a = {0};
    bool lists = strcmp(call->op, "fs.list") == 0;
    const char *path =
        clean(&a, json_get_str(call->args, lists ? "dir" : "path", ""));
    enum status st;
    if (!path)
        st = perform_in(s->root, call, value, err);
    else if (is_change(call->op))
        st = change(s, call, path, &a, value, err);
    else if (lists && s->any)
        st = list(s, call, path, &a, value, err);
    else
        st = perform_in(shadow_root(s, path), call, value, err);
    arena_release(&a);
    return st;
}

struct json *shadow_look(struct shadow *s, const char *path)
{
    struct arena a = {0};
    struct buf bytes = {0};
    struct err none = {0};
    struct json *out = NULL;
    const char *at = path_join(&a, shadow_root(s, path), path);
    if (file_is_dir(at)) {
        out = json_new(JSON_OBJECT);
        json_put_bool(out, "folder", true);
    } else if (clean(&a, path) &&
               file_read(at, (size_t)16 << 20, &bytes, &none) == ST_OK) {
        struct span all = bytes.n ? buf_view(&bytes) : SPAN("");
        if (all.n <= SHOWN_BYTES && span_utf8(all) &&
            !memchr(all.p, '\0', all.n)) {
            out = json_new_bytes(all);
        } else {
            out = json_new(JSON_OBJECT);
            json_put_str(out, "sha256", hash_sha256(all).hex);
            json_put_int(out, "bytes", (int64_t)all.n);
        }
    }
    buf_release(&bytes);
    arena_release(&a);
    return out ? out : json_new(JSON_NULL);
}
