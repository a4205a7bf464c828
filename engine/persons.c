/* Reads who may approve, and by which keys. */
#include "persons.h"

#include <strings.h>

#define NAME_MAX_BYTES 64

bool person_name_fits(struct span name)
{
    if (!name.n || name.n > NAME_MAX_BYTES || name.p[0] == '.' ||
        name.p[0] == '-')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9');
        if (!word && (!c || !strchr("._@+-", c)))
            return false;
    }
    return true;
}

const char *persons_owner(const struct persons *p,
                          const struct sign_public *key)
{
    for (size_t i = 0; i < p->n_keys; i++)
        if (sign_public_same(&p->keys[i].key, key))
            return p->keys[i].person;
    return NULL;
}

const char *persons_find(const struct persons *p, const char *name)
{
    for (size_t i = 0; i < p->n_names; i++)
        if (strcasecmp(p->names[i], name) == 0)
            return p->names[i];
    return NULL;
}

bool persons_has_key(const struct persons *p, const char *person)
{
    for (size_t i = 0; i < p->n_keys; i++)
        if (strcmp(p->keys[i].person, person) == 0)
            return true;
    return false;
}

static enum status read_key(struct persons *p, const char *person,
                            const struct json *j, const char *file,
                            struct err *err)
{
    struct person_key k = {.person = person};
    if (!sign_public_parse(json_span(j), &k.key))
        return err_at(err, ST_INPUT, file, json_line(j),
                      "persons: %s: a key is \"ed25519:BASE64\", as `runproof "
                      "keygen` prints it",
                      person);
    const char *other = persons_owner(p, &k.key);
    if (other)
        return err_at(err, ST_INPUT, file, json_line(j),
                      "persons: %s: this key is listed before, for %s", person,
                      other);
    p->keys[p->n_keys++] = k;
    return ST_OK;
}

static enum status read_person(struct persons *p, const struct json *m,
                               const char *file, struct arena *a,
                               struct err *err)
{
    const char *name = arena_strdup(a, json_key(m));
    if (!person_name_fits(span_of(name)))
        return err_at(err, ST_INPUT, file, json_line(m),
                      "persons: '%s' is no name: letters, digits and ._@+-",
                      name);
    if (persons_find(p, name))
        return err_at(err, ST_INPUT, file, json_line(m),
                      "persons: '%s' is listed twice", name);
    if (json_type(m) != JSON_ARRAY)
        return err_at(err, ST_INPUT, file, json_line(m),
                      "persons: %s: write a list of keys: %s: "
                      "[\"ed25519:BASE64\"]",
                      name, name);
    p->names[p->n_names++] = name;
    for (const struct json *k = json_first(m); k; k = json_next(k))
        if (read_key(p, name, k, file, err) != ST_OK)
            return err->st;
    return ST_OK;
}

enum status persons_read(const struct json *list, const char *file,
                         struct arena *a, struct persons *out, struct err *err)
{
    size_t n_keys = 0;
    *out = (struct persons){0};
    if (json_type(list) == JSON_NULL)
        return ST_OK;
    if (json_type(list) != JSON_OBJECT)
        return err_at(err, ST_INPUT, file, json_line(list),
                      "persons: write it as in persons: {ada: "
                      "[\"ed25519:BASE64\"]}");
    for (const struct json *m = json_first(list); m; m = json_next(m))
        n_keys += json_size(m);
    out->names = arena_array(a, json_size(list), sizeof *out->names);
    out->keys = arena_array(a, n_keys, sizeof *out->keys);
    for (const struct json *m = json_first(list); m; m = json_next(m))
        if (read_person(out, m, file, a, err) != ST_OK)
            return err->st;
    return ST_OK;
}
