/* Paths as text: joined, cleaned, seen from elsewhere. */
#include "arena.h"
#include "file.h"

char *path_join(struct arena *a, const char *dir, const char *name)
{
    if (name[0] == '/' || !dir[0])
        return arena_strdup(a, name);
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    const char *slash = n == 1 && dir[0] == '/' ? "" : "/";
    return arena_printf(a, "%.*s%s%s", (int)n, dir, slash, name);
}

char *path_dir(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return arena_strdup(a, ".");
    if (slash == path)
        return arena_strdup(a, "/");
    return arena_strndup(a, path, (size_t)(slash - path));
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The components of a path with "." and "..", where it can, resolved. */
struct parts {
    bool absolute;
    struct span *v;
    size_t n;
};

static struct parts path_parts(struct arena *a, const char *path)
{
    struct span rest = span_of(path);
    struct parts parts = {.absolute = path[0] == '/'};
    parts.v = arena_array(a, rest.n + 1, sizeof *parts.v);
    while (rest.n) {
        struct span part = span_cut(&rest, '/');
        bool up = span_is(part, "..");
        bool below = parts.n && !span_is(parts.v[parts.n - 1], "..");
        if (!part.n || span_is(part, ".") || (up && parts.absolute && !parts.n))
            continue;
        if (up && below)
            parts.n--;
        else
            parts.v[parts.n++] = part;
    }
    return parts;
}

static char *parts_text(struct arena *a, size_t ups, const struct parts *to,
                        size_t from)
{
    struct buf out = {0};
    for (size_t i = 0; i < ups; i++)
        buf_str(&out, i ? "/.." : "..");
    for (size_t i = from; i < to->n; i++) {
        if (out.n || (to->absolute && !from))
            buf_char(&out, '/');
        buf_span(&out, to->v[i]);
    }
    if (!out.n)
        buf_char(&out, to->absolute && !from ? '/' : '.');
    char *text = span_dup(a, buf_view(&out));
    buf_release(&out);
    return text;
}

char *path_clean(struct arena *a, const char *path)
{
    struct parts parts = path_parts(a, path);
    return parts_text(a, 0, &parts, 0);
}

char *path_relative(struct arena *a, const char *from_dir, const char *to)
{
    struct parts from = path_parts(a, from_dir);
    struct parts dest = path_parts(a, to);
    if (from.absolute != dest.absolute)
        return parts_text(a, 0, &dest, 0);
    size_t same = 0;
    while (same < from.n && same < dest.n &&
           span_eq(from.v[same], dest.v[same]))
        same++;
    /* Out of a directory whose name is unknown there is no way back down. */
    for (size_t i = same; i < from.n; i++)
        if (span_is(from.v[i], ".."))
            return parts_text(a, 0, &dest, 0);
    struct parts tail = {false, dest.v + same, dest.n - same};
    return parts_text(a, from.n - same, &tail, 0);
}
