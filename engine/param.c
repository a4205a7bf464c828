/* Reads the declaration of an input. */
#include "param.h"

#include "attr.h"
#include "pattern.h"

static const char *const types[] = {
    [PARAM_STRING] = "string", [PARAM_INTEGER] = "integer",
    [PARAM_NUMBER] = "number", [PARAM_BOOLEAN] = "boolean",
    [PARAM_CHOICE] = "choice", NULL,
};

static const char *const keys[] = {"type",    "default", "required", "prompt",
                                   "choices", "pattern", "secret",   NULL};

const char *const *param_names(void)
{
    return keys;
}

static enum status refuse(const struct json *at, const char *param,
                          const char *what, struct err *err)
{
    return err_at(err, ST_INPUT, NULL, json_line(at), "params.%s: %s", param,
                  what);
}

/* Lua code reads it as params.NAME. */
static bool is_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return s.n > 0;
}

static enum status check_keys(const struct json *member, struct err *err)
{
    for (const struct json *e = json_first(member); e; e = json_next(e)) {
        const char *near = nearest_name(span_of(json_key(e)), keys);
        if (near && strcmp(near, json_key(e)) == 0)
            continue;
        return err_at(err, ST_INPUT, NULL, json_line(e),
                      "params.%s: unknown key '%s': %s%s%s", json_key(member),
                      json_key(e), near ? "did you mean '" : "remove it",
                      near ? near : "", near ? "'?" : "");
    }
    return ST_OK;
}

static enum status read_type(const struct json *member, struct param *p,
                             struct err *err)
{
    const struct json *type = json_get(member, "type");
    if (json_type(type) == JSON_NULL)
        return ST_OK;
    for (int i = 0; types[i]; i++)
        if (span_is(json_span(type), types[i])) {
            p->type = (enum param_type)i;
            return ST_OK;
        }
    return refuse(type, p->name,
                  "type must be string, integer, number, boolean or choice",
                  err);
}

static enum status read_choices(const struct json *member, struct param *p,
                                struct err *err)
{
    const struct json *choices = json_get(member, "choices");
    if ((p->type == PARAM_CHOICE) != (json_type(choices) == JSON_ARRAY))
        return refuse(member, p->name,
                      "type: choice and a list of choices belong together",
                      err);
    for (const struct json *c = json_first(choices); c; c = json_next(c))
        if (!json_str(c))
            return refuse(c, p->name, "choices must be texts: quote them", err);
    if (p->type == PARAM_CHOICE && !json_size(choices))
        return refuse(choices, p->name, "choices is empty", err);
    p->choices = p->type == PARAM_CHOICE ? choices : NULL;
    return ST_OK;
}

static bool is_choice(const struct param *p, const struct json *v)
{
    for (const struct json *c = json_first(p->choices); c; c = json_next(c))
        if (json_str(v) && span_eq(json_span(c), json_span(v)))
            return true;
    return false;
}

static bool fits(const struct param *p, const struct json *v)
{
    int64_t n;
    switch (p->type) {
    case PARAM_INTEGER:
        return json_int(v, &n);
    case PARAM_NUMBER:
        return json_type(v) == JSON_NUMBER;
    case PARAM_BOOLEAN:
        return json_type(v) == JSON_BOOL;
    case PARAM_CHOICE:
        return is_choice(p, v);
    default:
        return json_str(v) != NULL;
    }
}

static enum status read_default(const struct json *member, struct param *p,
                                struct err *err)
{
    const struct json *v = json_get(member, "default");
    if (json_type(v) == JSON_NULL)
        return ST_OK;
    if (p->secret)
        return refuse(v, p->name,
                      "a secret has no default: the file would hold it", err);
    if (!fits(p, v))
        return refuse(v, p->name,
                      p->type == PARAM_STRING
                          ? "default must be a text: quote it"
                          : "default does not fit its type or choices",
                      err);
    p->otherwise = v;
    return ST_OK;
}

static enum status read_flag(const struct json *member, const char *key,
                             bool *out, struct param *p, struct err *err)
{
    const struct json *v = json_get(member, key);
    *out = json_bool(v);
    if (json_type(v) == JSON_NULL || json_type(v) == JSON_BOOL)
        return ST_OK;
    return refuse(v, p->name, "required and secret are true or false", err);
}

static enum status read_pattern(const struct json *member, struct param *p,
                                struct err *err)
{
    const struct json *v = json_get(member, "pattern");
    if (json_type(v) == JSON_NULL)
        return ST_OK;
    struct err why = {0};
    p->pattern = json_str(v);
    if (!p->pattern)
        return refuse(v, p->name, "pattern must be a text", err);
    if (pattern_check(p->pattern, &why) != ST_OK)
        return refuse(v, p->name, why.msg, err);
    return ST_OK;
}

enum status param_read(const struct json *member, struct param *out,
                       struct err *err)
{
    *out =
        (struct param){.name = json_key(member), .line = json_line(member) + 1};
    if (!is_name(span_of(out->name)))
        return refuse(member, out->name,
                      "a name is letters, digits and _, as in Lua", err);
    if (json_type(member) != JSON_OBJECT)
        return refuse(member, out->name,
                      "must be {type: …}, its value a `default:`", err);
    const struct json *prompt = json_get(member, "prompt");
    out->prompt = json_str(prompt);
    if (json_type(prompt) != JSON_NULL && !out->prompt)
        return refuse(prompt, out->name, "prompt must be a text", err);
    if (check_keys(member, err) != ST_OK ||
        read_type(member, out, err) != ST_OK ||
        read_choices(member, out, err) != ST_OK ||
        read_flag(member, "required", &out->required, out, err) != ST_OK ||
        read_flag(member, "secret", &out->secret, out, err) != ST_OK ||
        read_default(member, out, err) != ST_OK)
        return err->st;
    return read_pattern(member, out, err);
}
