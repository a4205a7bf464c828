/* Holds secrets in locked memory behind opaque handles. */
#include "vault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"

struct secret {
    char *name;
    char *value; /* guarded pages: sodium_malloc */
    size_t n;
};

struct vault {
    struct redact *redact;
    struct secret *v; /* the handle is "s" and the index + 1 */
    size_t n, cap;
};

struct vault *vault_new(void)
{
    if (sodium_init() < 0)
        abort(); /* no random numbers: nothing here can be trusted */
    struct vault *v = mem_alloc(sizeof *v);
    v->redact = redact_new();
    redact_shapes(v->redact, true);
    return v;
}

void vault_free(struct vault *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n; i++) {
        sodium_free(v->v[i].value); /* zeroes it */
        mem_free(v->v[i].name);
    }
    mem_free(v->v);
    redact_free(v->redact);
    mem_free(v);
}

void vault_replays(struct vault *v)
{
    redact_shapes(v->redact, false);
}

const struct redact *vault_redact(const struct vault *v)
{
    return v->redact;
}

static struct span value_of(const struct secret *s)
{
    return (struct span){s->value, s->n};
}

static void handle_text(size_t index, char out[32])
{
    snprintf(out, 32, "s%zu", index + 1);
}

static struct json *handle_of(const struct vault *v, size_t index)
{
    char text[32];
    handle_text(index, text);
    struct json *j = json_new(JSON_OBJECT);
    json_put_str(j, "$secret", text);
    json_put_str(j, "name", v->v[index].name);
    return j;
}

static size_t find(const struct vault *v, const char *name, struct span value)
{
    size_t i = 0;
    while (i < v->n && (strcmp(v->v[i].name, name) != 0 ||
                        !span_eq(value_of(&v->v[i]), value)))
        i++;
    return i;
}

static void store(struct vault *v, const char *name, struct span value)
{
    MEM_GROW(v->v, v->n, v->cap);
    struct secret *s = &v->v[v->n++];
    s->n = value.n;
    s->name = mem_alloc(strlen(name) + 1);
    memcpy(s->name, name, strlen(name));
    s->value = sodium_malloc(value.n);
    if (!s->value)
        abort(); /* out of memory */
    memcpy(s->value, value.p, value.n);
    sodium_mprotect_readonly(s->value);
}

enum status vault_put(struct vault *v, const char *name, struct span value,
                      struct json **handle_json, struct err *err)
{
    size_t i = find(v, name, value);
    if (i == v->n) {
        enum status st = redact_add(v->redact, name, value, err);
        if (st != ST_OK)
            return st;
        store(v, name, value);
    }
    *handle_json = handle_of(v, i);
    return ST_OK;
}

void vault_know(struct vault *v, const char *name, struct span value)
{
    struct err ignored = {0};
    enum status st = redact_add(v->redact, name, value, &ignored);
    (void)st;
}

bool vault_is_handle(const struct json *j)
{
    return json_str(json_get(j, "$secret")) != NULL;
}

/* NULL for a handle that is not known. */
static const struct secret *secret_of(const struct vault *v,
                                      const struct json *handle_json)
{
    const char *handle = json_get_str(handle_json, "$secret", "");
    for (size_t i = 0; i < v->n; i++) {
        char text[32];
        handle_text(i, text);
        if (strcmp(text, handle) == 0)
            return &v->v[i];
    }
    return NULL;
}

const char *vault_name(const struct vault *v, const struct json *handle_json)
{
    const struct secret *s = secret_of(v, handle_json);
    return s ? s->name : NULL;
}

enum status vault_reveal(const struct vault *v, const struct json *handle_json,
                         struct span *out, struct err *err)
{
    const struct secret *s = secret_of(v, handle_json);
    if (!s)
        return err_set(err, ST_FAILED,
                       "secret handle \"%.40s\" is not known here: fetch the "
                       "secret again",
                       json_get_str(handle_json, "$secret", ""));
    *out = value_of(s);
    return ST_OK;
}

static enum status fill(const struct vault *v, const struct json *from,
                        struct json **out, struct err *err);

static enum status fill_children(const struct vault *v, const struct json *from,
                                 struct json *into, struct err *err)
{
    for (const struct json *c = json_first(from); c; c = json_next(c)) {
        struct json *filled = NULL;
        enum status st = fill(v, c, &filled, err);
        if (st != ST_OK)
            return st;
        if (json_type(into) == JSON_OBJECT)
            json_add(into, json_key(c), filled);
        else
            json_push(into, filled);
    }
    return ST_OK;
}

static enum status fill(const struct vault *v, const struct json *from,
                        struct json **out, struct err *err)
{
    enum json_type type = json_type(from);
    if (type != JSON_OBJECT && type != JSON_ARRAY) {
        *out = json_copy(from);
        return ST_OK;
    }
    if (vault_is_handle(from)) {
        struct span value = {0};
        enum status st = vault_reveal(v, from, &value, err);
        if (st == ST_OK)
            *out = json_new_bytes(value);
        return st;
    }
    struct json *into = json_new(type);
    enum status st = fill_children(v, from, into, err);
    if (st == ST_OK)
        *out = into;
    else
        json_free(into);
    return st;
}

enum status vault_fill(const struct vault *v, const struct json *args,
                       struct json **out, struct err *err)
{
    return fill(v, args, out, err);
}
