/* Types and checks a runbook's parameters. */
#include "params.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "pattern.h"
#include "secrets.h"
#include "shape.h"

/* Text to a typed value; NULL with a reason when it does not fit. */
typedef struct json *(*param_reader)(const struct param *p, struct span text,
                                     const char **why);

static struct json *read_string(const struct param *p, struct span text,
                                const char **why)
{
    (void)p;
    (void)why;
    return json_new_bytes(text);
}

static struct json *read_number(const struct param *p, struct span text,
                                const char **why)
{
    struct json *j = NULL;
    struct err e = {0};
    int64_t whole;
    bool ok = json_parse(text, &j, &e) == ST_OK &&
              json_type(j) == JSON_NUMBER &&
              (p->type == PARAM_NUMBER || json_int(j, &whole));
    if (ok)
        return j;
    json_free(j);
    *why = p->type == PARAM_NUMBER ? "must be a number" : "must be an integer";
    return NULL;
}

static struct json *read_boolean(const struct param *p, struct span text,
                                 const char **why)
{
    (void)p;
    if (span_is(text, "true") || span_is(text, "false"))
        return json_new_bool(span_is(text, "true"));
    *why = "must be true or false";
    return NULL;
}

static struct json *read_choice(const struct param *p, struct span text,
                                const char **why)
{
    for (const struct json *c = json_first(p->choices); c; c = json_next(c))
        if (span_eq(json_span(c), text))
            return json_copy(c);
    *why = "must be one of its choices: ";
    return NULL;
}

static const param_reader readers[] = {
    [PARAM_STRING] = read_string, [PARAM_INTEGER] = read_number,
    [PARAM_NUMBER] = read_number, [PARAM_BOOLEAN] = read_boolean,
    [PARAM_CHOICE] = read_choice,
};

static enum status put_text(const struct param *p, struct span text,
                            struct inputs *out, struct err *err)
{
    const char *why = "does not fit";
    struct json *value = NULL;
    struct shape shape;
    if (shape_next(text, 0, &shape))
        return err_set(err, ST_INPUT,
                       "-p %s holds what looks like a secret (%s): declare it "
                       "with secret: true and pass it as %s=@env:VAR",
                       p->name, shape.name, p->name);
    if (p->pattern && !pattern_fits(p->pattern, text))
        return err_set(err, ST_INPUT, "-p %s must match %s", p->name,
                       p->pattern);
    value = readers[p->type](p, text, &why);
    if (!value) {
        struct buf known = {0};
        const struct json *c = json_first(p->choices);
        for (; c; c = json_next(c))
            buf_printf(&known, "%s%s", known.n ? ", " : "", json_str(c));
        (void)err_set(err, ST_INPUT, "-p %s=%.*s: %s%s", p->name,
                      SPAN_ARG(span_sub(text, 0, 60)), why, buf_cstr(&known));
        buf_release(&known);
        return ST_INPUT;
    }
    json_put(out->values, p->name, value);
    return ST_OK;
}

static enum status put_secret(const char *name, const char *source,
                              struct vault *vault, struct inputs *out,
                              struct err *err)
{
    struct json *handle = NULL;
    enum status st = secrets_named(vault, "-p", name, source, &handle, err);
    if (st == ST_OK) {
        json_put(out->values, name, handle);
        json_put_str(out->sources, name, source);
    }
    return st;
}

static enum status ask_for(const struct param *p, struct person *person,
                           struct inputs *out, struct err *err)
{
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "question", p->prompt ? p->prompt : p->name);
    struct json *opts = json_put(args, "opts", json_new(JSON_OBJECT));
    json_put_str(opts, "id", p->name);
    if (p->choices)
        json_put(args, "choices", json_copy(p->choices));
    struct reply reply = {0};
    enum status st = person_ask(person, p->choices ? "ask.choice" : "ask.input",
                                args, &reply, err);
    if (st == ST_OK)
        st = put_text(p, json_span(reply.value), out, err);
    json_free(reply.value);
    json_free(args);
    return st;
}

static enum status resolve_one(const struct param *p, const struct json *given,
                               struct person *person, struct vault *vault,
                               struct inputs *out, struct err *err)
{
    const struct json *text = json_get(given, p->name);
    if (text && p->secret)
        return put_secret(p->name, json_str(text), vault, out, err);
    if (text)
        return put_text(p, json_span(text), out, err);
    if (p->otherwise) {
        json_put(out->values, p->name, json_copy(p->otherwise));
        return ST_OK;
    }
    if (!p->required)
        return ST_OK;
    if (person->terminal && !p->secret)
        return ask_for(p, person, out, err);
    return err_set(err, ST_INPUT, "parameter %s is required: add -p %s=…%s%s",
                   p->name, p->name, p->prompt ? " — " : "",
                   p->prompt ? p->prompt : "");
}

static enum status refuse_unknown(const struct front *f,
                                  const struct json *given, struct err *err)
{
    struct arena a = {0};
    const char **names = arena_array(&a, f->n_params + 1, sizeof *names);
    for (size_t i = 0; i < f->n_params; i++)
        names[i] = f->params[i].name;
    enum status st = ST_OK;
    const struct json *g = json_first(given);
    for (; g && st == ST_OK; g = json_next(g)) {
        bool known = false;
        for (size_t i = 0; i < f->n_params; i++)
            known |= strcmp(names[i], json_key(g)) == 0;
        const char *near =
            known ? NULL : nearest_name(span_of(json_key(g)), names);
        if (!known)
            st = err_set(err, ST_INPUT, "the runbook has no parameter %s%s%s",
                         json_key(g), near ? "; did you mean " : "",
                         near ? near : "");
    }
    arena_release(&a);
    return st;
}

enum status params_resolve(const struct front *f, const char *path,
                           const struct json *given, struct person *person,
                           struct vault *vault, struct inputs *out,
                           struct err *err)
{
    *out = (struct inputs){json_new(JSON_OBJECT), json_new(JSON_OBJECT)};
    enum status st = refuse_unknown(f, given, err);
    for (size_t i = 0; i < f->n_params && st == ST_OK; i++) {
        st = resolve_one(&f->params[i], given, person, vault, out, err);
        if (st != ST_OK)
            err_place(err, path, f->params[i].line);
    }
    return st;
}

enum status params_restore(const struct front *f, const struct json *values,
                           const struct json *sources, struct vault *vault,
                           struct inputs *out, struct err *err)
{
    *out = (struct inputs){json_copy(values), json_new(JSON_OBJECT)};
    enum status st = ST_OK;
    for (size_t i = 0; i < f->n_params && st == ST_OK; i++) {
        const char *name = f->params[i].name;
        const char *source = json_str(json_get(sources, name));
        if (source)
            st = put_secret(name, source, vault, out, err);
    }
    return st;
}

void inputs_release(struct inputs *in)
{
    json_free(in->values);
    json_free(in->sources);
    *in = (struct inputs){0};
}
