/* Orders what was found, and says it. */
#include "finding.h"

#include <stdlib.h>

static const struct leak_rule *rule_of(const struct leak_rules *rules,
                                       const char *name)
{
    for (size_t i = 0; i < rules->n_rules; i++)
        if (strcmp(rules->rules[i].name, name) == 0)
            return &rules->rules[i];
    return NULL;
}

static void add(struct findings *f, struct finding finding)
{
    MEM_GROW(f->v, f->n, f->cap);
    f->v[f->n++] = finding;
}

void findings_add(struct findings *f, const struct json *rows,
                  const struct leak_rules *rules)
{
    for (const struct json *r = json_first(rows); r; r = json_next(r))
        add(f, (struct finding){
                   .rule = rule_of(rules, json_get_str(r, "rule", "")),
                   .path = json_get_str(r, "path", ""),
                   .fingerprint = json_get_str(r, "fingerprint", ""),
                   .shown = json_get_str(r, "shown", ""),
                   .commit = json_get_str(r, "commit", NULL),
                   .date = json_get_str(r, "date", NULL),
                   .blob = json_get_str(r, "blob", NULL),
                   .line = json_get_int(r, "line", 0),
                   .column = json_get_int(r, "column", 0),
                   .order = json_get_int(r, "order", 0),
                   .reachable = json_get_bool(r, "reachable", true)});
}

/* --- order ----------------------------------------------------------- */

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Of the same secret at the same path; without a path of the same blob. */
static int by_thing(const struct finding *x, const struct finding *y)
{
    int order = strcmp(x->path, y->path);
    if (order == 0)
        order = strcmp(x->fingerprint, y->fingerprint);
    if (order == 0 && !*x->path && x->blob && y->blob)
        order = strcmp(x->blob, y->blob);
    return order;
}

static int by_age(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int order = by_thing(x, y);
    if (order == 0)
        order = compare(x->order, y->order);
    if (order == 0)
        order = compare(x->line, y->line);
    return order ? order : compare(x->column, y->column);
}

static int by_place(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int order = compare(x->order, y->order);
    if (order == 0)
        order = strcmp(x->path, y->path);
    if (order == 0)
        order = compare(x->line, y->line);
    if (order == 0)
        order = compare(x->column, y->column);
    return order ? order : strcmp(x->fingerprint, y->fingerprint);
}

/* A history has a secret once in a path, whatever became of the file; a work
 * tree has it at each place. */
static void drop_repeated(struct findings *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->n; i++) {
        struct finding *last = kept ? &f->v[kept - 1] : NULL;
        bool same = last && by_thing(last, &f->v[i]) == 0;
        if (same && f->v[i].blob) {
            last->reachable |= f->v[i].reachable;
            continue;
        }
        if (!same || last->line != f->v[i].line ||
            last->column != f->v[i].column)
            f->v[kept++] = f->v[i];
    }
    f->n = kept;
}

void findings_settle(struct findings *f, const struct allowances *allow,
                     const struct config *config, int64_t now_ms)
{
    if (f->n)
        qsort(f->v, f->n, sizeof *f->v, by_age);
    drop_repeated(f);
    if (f->n)
        qsort(f->v, f->n, sizeof *f->v, by_place);
    for (size_t i = 0; i < f->n; i++) {
        struct finding *x = &f->v[i];
        x->allowed =
            allow_find(allow, x->fingerprint, x->path, x->rule->name, now_ms);
        f->allowed += x->allowed != NULL;
    }
    for (size_t i = 0; i < allow->n; i++)
        if (now_ms >= allow->v[i].end_ms)
            add(f, (struct finding){.path = config->path,
                                    .fingerprint = "",
                                    .shown = allow->v[i].expires,
                                    .line = allow->v[i].line,
                                    .column = 1,
                                    .reachable = true});
}

void findings_release(struct findings *f)
{
    mem_free(f->v);
    *f = (struct findings){0};
}

/* --- words ----------------------------------------------------------- */

void finding_text(const struct finding *f, struct buf *out)
{
    if (f->rule)
        buf_printf(out, "holds %s, %s", f->rule->is, f->shown);
    else
        buf_printf(out,
                   "what this allows is over since %s: look at it again, then "
                   "set `expires` anew or remove the entry",
                   f->shown);
}

void finding_since(const struct finding *f, struct buf *out)
{
    if (f->commit)
        buf_printf(out, "since commit %.12s of %.10s", f->commit, f->date);
    else if (f->blob)
        buf_printf(out, "in blob %.12s, in no commit", f->blob);
    if (f->blob && !f->reachable)
        buf_str(out, ", which no ref leads to");
}

struct json *finding_json(const struct finding *f)
{
    struct json *o = json_new(JSON_OBJECT);
    struct buf text = {0};
    finding_text(f, &text);
    json_put_str(o, "rule", f->rule ? f->rule->name : "allowance-over");
    json_put_str(o, "path", f->path);
    json_put_int(o, "line", f->line);
    json_put_int(o, "column", f->column);
    json_put_str(o, "message", buf_cstr(&text));
    json_put_str(o, "fingerprint", *f->fingerprint ? f->fingerprint : NULL);
    json_put_str(o, "do", f->rule ? f->rule->remedy : NULL);
    if (f->blob) {
        json_put_str(o, "commit", f->commit);
        json_put_str(o, "date", f->date);
        json_put_str(o, "blob", f->blob);
        json_put_bool(o, "reachable", f->reachable);
    }
    if (f->allowed)
        json_put_str(o, "allowed", f->allowed->reason);
    buf_release(&text);
    return o;
}
