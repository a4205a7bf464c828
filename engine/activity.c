/* What an activity is, in digests and in words. */
#include "activity.h"

#include <string.h>

#include "port_sh.h"
#include "port_sql.h"
#include "rows.h"
#include "vault.h"

struct activity activity_of(const struct request *r)
{
    struct activity a = {
        .n = r->n, .op = r->op, .args = r->args, .task = r->task};
    struct hasher h;
    json_write(r->args, &a.text);
    hasher_init(&h);
    hasher_add(&h, span_of(r->op));
    hasher_add(&h, SPAN("\n"));
    hasher_add(&h, buf_view(&a.text));
    a.digest = hasher_end(&h);
    return a;
}

void activity_release(struct activity *a)
{
    buf_release(&a->text);
}

const char *activity_exposes(const struct activity *a,
                             const struct redact *known)
{
    const char *name = NULL;
    (void)redact_find(known, buf_view(&a->text), &name);
    return name;
}

struct span activity_operation(const struct door *d, const struct activity *a)
{
    const char *row = a->row;
    if (!row && strcmp(a->op, "http.request") == 0)
        row = rows_name(d->rows, d->settings, a->args);
    return span_of(row ? row : a->op);
}

/* --- what may be sent twice ------------------------------------------ */

/* Changes that find done what is done. What a push replaces or deletes may
 * have been put there anew in the meantime. */
static const char *const repeatable[] = {"git.branch", "git.delete_branch",
                                         "git.tag",    "git.cherry_pick",
                                         "git.fetch",  "git.push"};

static bool may_lose(const struct json *args)
{
    const struct json *refs = json_get(json_get(args, "opts"), "refs");
    for (const struct json *r = json_first(refs); r; r = json_next(r))
        if (json_str(r) && strchr("+:", *json_str(r)))
            return true;
    return false;
}

static bool is_repeatable(const struct activity *a)
{
    for (size_t i = 0; i < sizeof repeatable / sizeof *repeatable; i++)
        if (strcmp(a->op, repeatable[i]) == 0)
            return !may_lose(a->args);
    return a->effect <= EFFECT_READ;
}

enum status activity_classify(const struct door *d, const struct passage *p,
                              struct activity *a, struct err *err)
{
    a->prim = prim_find(span_of(a->op));
    if (!a->prim || a->prim->kind != PRIM_ACTIVITY)
        return err_set(err, ST_INPUT, "no such activity: %s", a->op);
    a->effect = a->prim->effect;
    a->idempotent = is_repeatable(a);
    a->network = strcmp(a->op, "sh.run") == 0 && sh_network(a->args);
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
        a->at_once = f.at_once;
        a->per_second = f.per_second;
        a->row = f.name;
        a->doubt = f.doubt;
        a->secret_fields = f.secret_fields;
    }
    return ST_OK;
}

/* --- in words -------------------------------------------------------- */

/* "opts.x" is a member of the options. */
static const struct {
    const char *op;
    const char *member[3];
} summaries[] = {
    {"http.request", {"method", "url"}},
    {"fs.", {"path", "dir"}},
    {"sh.run", {"argv"}},
    {"sql.query", {"dsn", "text"}},
    {"git.grep", {"pattern", "path"}},
    {"git.log", {"opts.from", "opts.path"}},
    {"git.diff", {"opts.from", "opts.to", "opts.path"}},
    {"git.show", {"rev", "path"}},
    {"git.scan", {NULL}},
    {"git.branches", {NULL}},
    {"git.branch", {"name", "opts.at"}},
    {"git.delete_branch", {"name"}},
    {"git.tags", {NULL}},
    {"git.tag", {"name", "opts.at"}},
    {"git.commit", {"opts.branch", "opts.message", "opts.paths"}},
    {"git.cherry_pick", {"rev", "opts.onto"}},
    {"git.fetch", {"opts.remote", "opts.refspecs"}},
    {"git.push", {"opts.remote", "opts.refs"}},
    {"git.", {"a", "b"}},
    {"secret.get", {"name"}},
    {"ask.", {"question"}},
    {"evidence.file", {"path"}},
    {"time.sleep", {"seconds"}},
};

static const struct json *member_of(const struct json *args, const char *name)
{
    if (strncmp(name, "opts.", 5) != 0)
        return json_get(args, name);
    return json_get(json_get(args, "opts"), name + 5);
}

/* The name of a secret, also as a plan holds one (holes.h); or NULL. */
static const char *secret_name(const struct json *v)
{
    if (vault_is_handle(v))
        return json_get_str(v, "name", "");
    return json_type(v) == JSON_OBJECT && json_size(v) == 1
               ? json_str(json_get(v, "secret"))
               : NULL;
}

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
    } else if (secret_name(v)) {
        buf_printf(out, " <secret %s>", secret_name(v));
    }
}

/* With blanks at the ends. */
static struct buf words_of(const char *op, const struct json *args)
{
    struct buf words = {0};
    if (strcmp(op, "http.request") != 0)
        buf_str(&words, op);
    for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++) {
        if (!span_starts(span_of(op), summaries[i].op))
            continue;
        for (int k = 0; k < 3 && summaries[i].member[k]; k++)
            put_member(member_of(args, summaries[i].member[k]), &words);
        break;
    }
    return words;
}

void activity_summary(const char *op, const struct json *args, struct buf *out)
{
    struct buf words = words_of(op, args);
    buf_span(out, span_trim(buf_view(&words)));
    buf_release(&words);
}

struct json *activity_note(const struct activity *a)
{
    struct buf words = words_of(a->op, a->args);
    struct json *o = json_new(JSON_OBJECT);
    json_add(o, "op", json_new_str(a->op));
    json_add(o, "class", json_new_str(effect_name(a->effect)));
    json_add(o, "summary", json_new_bytes(span_trim(buf_view(&words))));
    buf_release(&words);
    return o;
}
