/* Replaces the strings of a JSON tree. */
#include <stdio.h>

#include "arena.h"
#include "hash.h"
#include "json_node.h"

struct string_map {
    bool (*fn)(void *ctx, struct span s, struct buf *out);
    void *ctx;
};

/* What no JSON string can hold becomes U+FFFD, a byte at a time. */
static void put_safely(struct span s, struct buf *out)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = 1;
        while (n < 4 && i + n < s.n && (s.p[i + n] & 0xC0) == 0x80)
            n++;
        struct span c = {s.p + i, n};
        bool fine = *c.p && span_utf8(c);
        buf_span(out, fine ? c : SPAN("\xEF\xBF\xBD"));
        i += fine ? n : 1;
    }
}

static bool map_text(const struct string_map *map, struct span text,
                     struct json *j, void (*set)(struct json *, struct span))
{
    struct buf with = {0};
    struct buf safe = {0};
    bool hit = map->fn(map->ctx, text, &with);
    if (hit) {
        put_safely(buf_view(&with), &safe);
        set(j, buf_view(&safe));
    }
    buf_release(&with);
    buf_release(&safe);
    return hit;
}

/* One pass over the names; true when it renamed any, since a new name may be
 * taken as well. */
static bool number_repeated(const struct json *obj)
{
    size_t n = 0;
    struct json **all = json_by_name(obj, &n);
    bool renamed = false;
    size_t first = 0;
    for (size_t i = 1; i < n; i++) {
        if (strcmp(json_key(all[first]), json_key(all[i])) != 0) {
            first = i;
            continue;
        }
        struct buf name = {0};
        buf_printf(&name, "%s (%zu)", json_key(all[i]), i - first + 1);
        json_set_key(all[i], buf_view(&name));
        buf_release(&name);
        renamed = true;
    }
    mem_free(all);
    return renamed;
}

/* The bytes of {"$bytes":…} are mapped, not their base64. */
static bool map_bytes(const struct string_map *map, const struct json *j)
{
    struct arena a = {0};
    struct span plain;
    struct buf with = {0};
    struct buf coded = {0};
    bool hit = json_bytes(j, &a, &plain) && map->fn(map->ctx, plain, &with);
    if (hit) {
        base64_encode(buf_view(&with), &coded);
        json_set_str((struct json *)json_get(j, "$bytes"), buf_view(&coded));
    }
    buf_release(&with);
    buf_release(&coded);
    arena_release(&a);
    return hit;
}

static bool map_strings(struct json *j, const struct string_map *map)
{
    bool hit = false;
    bool renamed = false;
    if (json_type(j) == JSON_STRING)
        return map_text(map, json_span(j), j, json_set_str);
    if (json_get(j, "$bytes") && map_bytes(map, j))
        return true;
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        struct json *child = (struct json *)c;
        hit |= map_strings(child, map);
        if (json_key(c) &&
            map_text(map, span_of(json_key(c)), child, json_set_key))
            renamed = true;
    }
    hit |= renamed;
    while (renamed)
        renamed = number_repeated(j);
    return hit;
}

bool json_map_strings(struct json *j,
                      bool (*fn)(void *ctx, struct span s, struct buf *out),
                      void *ctx)
{
    struct string_map map = {fn, ctx};
    return map_strings(j, &map);
}
