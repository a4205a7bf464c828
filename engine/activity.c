/* What an activity is, in digests and in words. */
#include "activity.h"

#include <string.h>

#include "port_sh.h"
#include "port_sql.h"
#include "rows.h"
#include "vault.h"

struct digest activity_digest(const char *op, const struct json *args)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n", op);
    json_write(args, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return d;
}

const char *activity_exposes(const struct activity *a,
                             const struct redact *known)
{
    struct buf text = {0};
    const char *name = NULL;
    json_write(a->args, &text);
    (void)redact_find(known, buf_view(&text), &name);
    buf_release(&text);
    return name;
}

enum status activity_classify(const struct door *d, const struct passage *p,
                              struct activity *a, struct err *err)
{
    a->prim = prim_find(span_of(a->op));
    if (!a->prim || a->prim->kind != PRIM_ACTIVITY)
        return err_set(err, ST_INPUT, "no such activity: %s", a->op);
    a->effect = a->prim->effect;
    a->idempotent = a->effect <= EFFECT_READ;
    if (strcmp(a->op, "sh.run") == 0)
        return sh_class(a->args, p->step->block->attr.effect, &a->effect, err);
    if (strcmp(a->op, "sql.query") == 0) {
        enum status st =
            sql_class(a->args, p->step->block->attr.effect, &a->effect, err);
        a->idempotent = a->effect <= EFFECT_READ;
        return st;
    }
    if (strcmp(a->op, "http.request") == 0) {
        struct row_facts f = rows_classify(d->rows, d->settings, a->args);
        a->effect = f.effect;
        a->idempotent = f.idempotent;
    }
    return ST_OK;
}

static const struct {
    const char *op;
    const char *member[2];
} summaries[] = {
    {"http.request", {"method", "url"}}, {"fs.", {"path", "dir"}},
    {"sh.run", {"argv", NULL}},          {"sql.query", {"dsn", "text"}},
    {"git.grep", {"pattern", "path"}},   {"secret.get", {"name", NULL}},
    {"ask.", {"question", NULL}},        {"evidence.file", {"path", NULL}},
    {"time.sleep", {"seconds", NULL}},
};

static void put_member(const struct json *v, struct buf *out)
{
    char room[32];
    if (json_type(v) == JSON_NUMBER) {
        buf_printf(out, " %s", json_num_text(v, room));
    } else if (json_type(v) == JSON_ARRAY) {
        for (const struct json *c = json_first(v); c; c = json_next(c))
            put_member(c, out);
    } else if (json_str(v)) {
        buf_char(out, ' ');
        buf_span(out, json_span(v));
    } else if (vault_is_handle(v)) {
        buf_printf(out, " <secret %s>", json_get_str(v, "name", ""));
    }
}

void activity_summary(const char *op, const struct json *args, struct buf *out)
{
    bool http = strcmp(op, "http.request") == 0;
    struct buf words = {0};
    if (!http)
        buf_str(&words, op);
    for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++) {
        if (!span_starts(span_of(op), summaries[i].op))
            continue;
        for (int k = 0; k < 2 && summaries[i].member[k]; k++)
            put_member(json_get(args, summaries[i].member[k]), &words);
        break;
    }
    buf_span(out, span_trim(buf_view(&words)));
    buf_release(&words);
}

struct json *activity_note(const struct activity *a)
{
    struct buf text = {0};
    activity_summary(a->op, a->args, &text);
    struct json *o = json_new(JSON_OBJECT);
    json_put_str(o, "op", a->op);
    json_put_str(o, "class", effect_name(a->effect));
    json_put(o, "summary", json_new_bytes(buf_view(&text)));
    buf_release(&text);
    return o;
}
