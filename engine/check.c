/* Finds what is wrong with a runbook. */
#include "check.h"

#include <string.h>

#include "boot.h"
#include "clock.h"
#include "doc.h"
#include "file.h"
#include "luafiles.h"
#include "plan.h"
#include "port_sql.h"
#include "syntax.h"

struct checker {
    struct arena arena;
    const char *path;
    check_report report;
    void *ctx;
    struct check_count *count;
    struct worker *worker; /* for syntax; opened at the first Lua block */
    struct json *reads;    /* array of {name, line}: globals the page reads */
    struct json *sets;     /* {name: true}: globals its blocks set */
};

static void found(struct checker *c, const struct err *finding)
{
    c->count->findings++;
    c->report(c->ctx, finding);
}

static void on_problem(void *ctx, const struct err *e)
{
    found(ctx, e);
}

/* --- Lua syntax ------------------------------------------------------ */

static enum status open_worker(struct checker *c, struct err *err)
{
    struct luafile *modules;
    size_t n;
    struct json *payload = json_new(JSON_OBJECT);
    enum status st = luafiles_load(NULL, &c->arena, &modules, &n, err);
    if (st == ST_OK)
        st = boot_worker(BOOT_RUNBOOK, modules, n, payload, &c->worker, NULL,
                         err);
    json_free(payload);
    return st;
}

static void check_syntax(struct checker *c, const struct block *b)
{
    struct json *answer = NULL;
    struct err e = {0};
    enum status st = c->worker ? ST_OK : open_worker(c, &e);
    if (st == ST_OK)
        st = syntax_check(c->worker, c->path, b, &answer, &e);
    if (st != ST_OK) {
        err_place(&e, c->path, b->line);
        found(c, &e);
    }
    if (!answer) {
        worker_close(c->worker);
        c->worker = NULL;
    }
    const struct json *r = json_first(json_get(answer, "reads"));
    for (; r; r = json_next(r))
        json_push(c->reads, json_copy(r));
    const struct json *s = json_first(json_get(answer, "sets"));
    for (; s; s = json_next(s))
        json_put_bool(c->sets, json_get_str(s, "name", ""), true);
    json_free(answer);
}

/* What a run gives its blocks beside the modules. */
static bool is_given(const char *name)
{
    static const char *const given[] = {"params", "env", "run"};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (strcmp(name, given[i]) == 0)
            return true;
    return false;
}

static void check_names(struct checker *c)
{
    const char **known =
        arena_array(&c->arena, json_size(c->sets) + 1, sizeof *known);
    size_t n = 0;
    for (const struct json *s = json_first(c->sets); s; s = json_next(s))
        known[n++] = json_key(s);
    for (const struct json *r = json_first(c->reads); r; r = json_next(r)) {
        const char *name = json_get_str(r, "name", "");
        if (is_given(name) || json_get(c->sets, name))
            continue;
        const char *near = nearest_name(span_of(name), known);
        struct err e = {0};
        (void)err_at(&e, ST_INPUT, c->path, (int)json_get_int(r, "line", 0),
                     "no block sets '%s', and no module has that name%s%s%s",
                     name, near ? "; did you mean '" : "", near ? near : "",
                     near ? "'?" : "");
        found(c, &e);
    }
}

/* --- the page -------------------------------------------------------- */

static void check_expiry(struct checker *c, const struct doc *d, int64_t now)
{
    int64_t until;
    struct err e = {0};
    const char *expires = d->front.expires;
    if (!expires)
        return;
    if (!time_parse(span_of(expires), &until))
        (void)err_at(&e, ST_INPUT, c->path, 1,
                     "expires: '%s' is not a date; write YYYY-MM-DD", expires);
    else if (until < now)
        (void)err_at(&e, ST_INPUT, c->path, 1,
                     "expired on %s; review the page and set a new date",
                     expires);
    if (e.st != ST_OK)
        found(c, &e);
}

static void check_hash(struct checker *c, const struct doc *d)
{
    struct digest now;
    struct err e = {0};
    const char *hash = d->front.doc_hash;
    if (!hash || strcmp(hash, "TBD") == 0)
        return;
    if (doc_source_hash(d->src, &now, &e) == ST_OK &&
        (strncmp(hash, "sha256:", 7) != 0 || strcmp(hash + 7, now.hex) != 0))
        (void)err_at(&e, ST_INPUT, c->path, 1,
                     "doc_hash does not match the page; it is sha256:%s",
                     now.hex);
    if (e.st != ST_OK)
        found(c, &e);
}

static void check_owner(struct checker *c, const struct doc *d)
{
    struct err e = {0};
    if (d->front.owner)
        return;
    (void)err_at(&e, ST_INPUT, c->path, 1,
                 "no owner; add owner: <role> to the front matter");
    found(c, &e);
}

/* What its step would refuse whatever the database holds. */
static void check_statement(struct checker *c, const struct block *b)
{
    struct json *args = json_new(JSON_OBJECT);
    enum effect effect;
    struct err why = {0};
    json_put(args, "text", json_new_bytes(b->code));
    if (sql_class(args, b->attr.effect, &effect, &why) != ST_OK) {
        err_place(&why, c->path, b->line);
        found(c, &why);
    }
    json_free(args);
}

static void check_doc(struct checker *c, const struct doc *d, int64_t now)
{
    struct plan plan;
    struct err e = {0};
    if (plan_make(d, &c->arena, &plan, &e) != ST_OK)
        found(c, &e);
    check_owner(c, d);
    check_expiry(c, d, now);
    check_hash(c, d);
    c->reads = json_new(JSON_ARRAY);
    c->sets = json_new(JSON_OBJECT);
    for (size_t i = 0; i < d->n_blocks; i++)
        if (span_is(d->blocks[i].lang, "lua"))
            check_syntax(c, &d->blocks[i]);
        else if (span_is(d->blocks[i].lang, "sql"))
            check_statement(c, &d->blocks[i]);
    check_names(c);
    json_free(c->reads);
    json_free(c->sets);
}

static enum status check_page(struct checker *c, bool must_run, int64_t now,
                              struct err *err)
{
    struct buf text = {0};
    struct doc d = {0};
    enum status st = file_read(c->path, DOC_MAX_BYTES, &text, err);
    struct err bad = {0};
    if (st == ST_OK) {
        enum status parsed = doc_parse(&d, c->path, buf_view(&text), &bad);
        bool runbook = parsed != ST_OK || d.n_blocks || must_run;
        c->count->pages += runbook;
        if (runbook)
            doc_problems(c->path, buf_view(&text), on_problem, c);
        if (runbook && parsed == ST_OK)
            check_doc(c, &d, now);
    }
    doc_release(&d);
    buf_release(&text);
    return st;
}

static enum status check_tree(struct checker *c, const char *dir, int64_t now,
                              struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    enum status st = file_list(dir, &c->arena, &names, &n, err);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const char *path = path_join(&c->arena, dir, names[i]);
        if (names[i][0] == '.' || strcmp(names[i], "node_modules") == 0)
            continue;
        if (file_is_own_dir(path)) {
            st = check_tree(c, path, now, err);
        } else if (span_ends(span_of(names[i]), ".md")) {
            struct err unread = {0};
            c->path = path;
            if (check_page(c, false, now, &unread) != ST_OK)
                found(c, &unread);
        }
    }
    return st;
}

enum status check_path(const char *path, int64_t now_ms, check_report report,
                       void *ctx, struct check_count *count, struct err *err)
{
    struct checker c = {
        .path = path, .report = report, .ctx = ctx, .count = count};
    enum status st = file_is_dir(path) ? check_tree(&c, path, now_ms, err)
                                       : check_page(&c, true, now_ms, err);
    worker_close(c.worker);
    arena_release(&c.arena);
    return st;
}
