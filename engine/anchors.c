/* Makes anchor names and keeps them apart. */
#include "anchors.h"

#include <ctype.h>
#include <stdint.h>

struct anchor {
    struct anchor *next;
    const char *name;
    unsigned again; /* how often it has been asked for since */
};

/* ASCII letters in lower case, digits, `-`, `_` and all other alphabets stay;
 * blanks become `-`; the rest goes. */
static const char *slug(struct arena *a, struct span heading)
{
    char *name = arena_strndup(a, heading.p, heading.n);
    size_t n = 0;
    for (size_t i = 0; i < heading.n; i++) {
        unsigned char c = (unsigned char)heading.p[i];
        if (c == ' ')
            name[n++] = '-';
        else if (isalnum(c) || c == '-' || c == '_' || c >= 0x80)
            name[n++] = (char)tolower(c);
    }
    name[n] = '\0';
    return n ? name : "section";
}

static struct anchor **bucket_of(struct anchors *set, const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return &set->buckets[hash % ANCHOR_BUCKETS];
}

static struct anchor *find(struct anchors *set, const char *name)
{
    struct anchor *a = *bucket_of(set, name);
    while (a && strcmp(a->name, name) != 0)
        a = a->next;
    return a;
}

static const char *add(struct anchors *set, const char *name)
{
    struct anchor **bucket = bucket_of(set, name);
    struct anchor *a = arena_alloc(set->arena, sizeof *a);
    *a = (struct anchor){*bucket, name, 0};
    *bucket = a;
    return name;
}

const char *anchor_for(struct anchors *set, struct span heading)
{
    const char *base = slug(set->arena, heading);
    struct anchor *taken = find(set, base);
    if (!taken)
        return add(set, base);
    const char *name = NULL;
    do
        name = arena_printf(set->arena, "%s-%u", base, ++taken->again);
    while (find(set, name));
    return add(set, name);
}
