/* Makes handles of the secrets in answers. */
#include "conceal.h"

#include <string.h>

#include "arena.h"

/* Instead of a number, or of a text that is too short to be known again
 * wherever it appears (redact.h): nobody sees it, nobody can use it. */
#define UNUSABLE "[secret]"

static bool is_field(const struct json *fields, const char *name)
{
    for (const struct json *f = json_first(fields); f; f = json_next(f))
        if (span_is(json_span(f), name))
            return true;
    return false;
}

static struct json *handle_for(struct vault *v, const char *name,
                               struct span text)
{
    struct json *handle = NULL;
    struct err short_one = {0};
    if (vault_put(v, name, text, &handle, &short_one) == ST_OK)
        return handle;
    return json_new_str(UNUSABLE);
}

/* Under name all is secret; NULL: not yet. */
static struct json *concealed_one(struct vault *v, const char *name,
                                  const struct json *j)
{
    enum json_type type = json_type(j);
    if (name && type == JSON_STRING && json_span(j).n)
        return handle_for(v, name, json_span(j));
    if (name && type == JSON_NUMBER)
        return json_new_str(UNUSABLE);
    return json_copy(j);
}

static struct json *concealed(struct vault *v, const char *row,
                              const struct json *fields, const char *name,
                              const struct json *j)
{
    enum json_type type = json_type(j);
    if (vault_is_handle(j)) /* a plan looked at it before */
        return json_copy(j);
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return concealed_one(v, name, j);
    struct json *out = json_new(type);
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        struct buf own = {0};
        if (!name && type == JSON_OBJECT && is_field(fields, json_key(c)))
            buf_printf(&own, "%s.%s", row, json_key(c));
        struct json *child =
            concealed(v, row, fields, own.n ? buf_cstr(&own) : name, c);
        if (type == JSON_OBJECT)
            json_add(out, json_key(c), child);
        else
            json_push(out, child);
        buf_release(&own);
    }
    return out;
}

static struct json *body_of(const struct json *value)
{
    struct arena a = {0};
    struct err no_json = {0};
    struct span text;
    const struct json *given = json_get(value, "body");
    struct json *body = NULL;
    if (json_type(given) == JSON_OBJECT && !json_get(given, "$bytes"))
        body = json_copy(given);
    else if (json_bytes(given, &a, &text))
        no_json.st = json_parse(text, &body, &no_json);
    arena_release(&a);
    return body;
}

/* A granted answer that is no JSON may be the first half of one, and a secret
 * stand in it; a refusal brings none, and its words are wanted. */
static bool may_be_cut(const struct json *value)
{
    const struct json *body = json_get(value, "body");
    return json_get_int(value, "status", 0) < 400 &&
           (json_type(body) == JSON_OBJECT || json_span(body).n);
}

void conceal_answer(struct vault *v, const char *row, const struct json *fields,
                    struct json *value)
{
    struct json *body = fields ? body_of(value) : NULL;
    if (body)
        json_put(value, "body", concealed(v, row, fields, NULL, body));
    else if (fields && may_be_cut(value))
        json_put(value, "body", json_new_str(UNUSABLE));
    json_free(body);
}

bool conceal_holds(const struct json *value)
{
    enum json_type type = json_type(value);
    if (vault_is_handle(value))
        return true;
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return false;
    for (const struct json *c = json_first(value); c; c = json_next(c))
        if (conceal_holds(c))
            return true;
    return false;
}

/* The live value with the recorded one's handles in it. */
static struct json *as_recorded(struct vault *v, const struct json *recorded,
                                const struct json *live)
{
    enum json_type type = json_type(live);
    if (vault_is_handle(recorded) && type == JSON_STRING)
        return handle_for(v, json_get_str(recorded, "name", ""),
                          json_span(live));
    if (span_is(json_span(recorded), UNUSABLE) &&
        (type == JSON_STRING || type == JSON_NUMBER))
        return json_copy(recorded);
    if (json_type(recorded) != type ||
        (type != JSON_OBJECT && type != JSON_ARRAY))
        return json_copy(live);
    struct json *out = json_new(type);
    const struct json *r = json_first(recorded);
    for (const struct json *c = json_first(live); c; c = json_next(c)) {
        if (type == JSON_OBJECT)
            json_add(out, json_key(c),
                     as_recorded(v, json_get(recorded, json_key(c)), c));
        else
            json_push(out, as_recorded(v, r, c));
        r = r ? json_next(r) : NULL;
    }
    return out;
}

enum status conceal_again(struct vault *v, const struct json *recorded,
                          const struct json *live, struct err *err)
{
    struct json *body = body_of(live);
    struct json *now = as_recorded(v, json_get(recorded, "body"), body);
    bool same = json_equal(now, json_get(recorded, "body"));
    json_free(now);
    json_free(body);
    if (same)
        return ST_OK;
    return err_set(err, ST_WAITING,
                   "a secret that an answer brought cannot be fetched again: "
                   "the service answers otherwise now; run anew");
}
