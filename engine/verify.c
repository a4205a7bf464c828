/* Checks bundles and the pages that cite them. */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "approval.h"
#include "bundle.h"
#include "clock.h"
#include "config.h"
#include "doc.h"
#include "file.h"
#include "journal.h"
#include "modules.h"
#include "names.h"
#include "plan_file.h"
#include "run.h"
#include "trust.h"

#define TICKED "ticked"
#define UNTICKED "unticked"

/* What a journal says that pages and statements must agree with. */
struct facts {
    const char *run;        /* bundle name as cited */
    const char *dir;        /* where it is; NULL: nowhere */
    struct arena *arena;    /* of the names */
    struct names regions;   /* step id to region hash */
    struct names boxes;     /* box id to TICKED or UNTICKED */
    struct json *first;     /* first record */
    struct json *last;      /* last record */
    struct json *approvals; /* of later records: {at, approval} */
    bool sound;
};

struct verifier {
    struct arena arena;
    const char *root;
    bool cited; /* by a page: then a missing bundle is no wrong call */
    const struct trust *trust; /* NULL: it does not matter who signed */
    verify_report report;
    void *ctx;
    struct verify_count *count;
    struct facts *facts;
    size_t n_facts, room;
};

static void found(struct verifier *v, const struct err *finding)
{
    v->count->findings++;
    v->report(v->ctx, finding);
}

/* --- one bundle ------------------------------------------------------ */

static void put_name(const struct facts *f, struct names *names,
                     const char *name, const char *text)
{
    names_put(names, span_of(arena_strdup(f->arena, name)),
              text ? arena_strdup(f->arena, text) : NULL);
}

static enum status take_record(void *ctx, const struct json *rec,
                               struct record_at at, struct err *err)
{
    struct facts *f = ctx;
    (void)err;
    const char *type = json_get_str(rec, "type", "");
    if (at.line == 1)
        f->first = json_copy(rec);
    const char *edited = json_str(json_get(rec, "source"));
    if (edited && f->first)
        json_put_str(f->first, "source", edited);
    json_free(f->last);
    f->last = json_copy(rec);
    if (strcmp(type, "step") == 0)
        put_name(f, &f->regions, json_get_str(rec, "step", ""),
                 json_get_str(rec, "region", ""));
    if (strcmp(type, "approval") == 0)
        json_push(f->approvals, json_copy(rec));
    const struct json *more = json_first(json_get(rec, "regions"));
    for (; more; more = json_next(more))
        put_name(f, &f->regions, json_key(more), json_str(more));
    const struct json *box = json_first(json_get(rec, "boxes"));
    for (; box; box = json_next(box))
        put_name(f, &f->boxes, json_key(box),
                 json_bool(box) ? TICKED : UNTICKED);
    return ST_OK;
}

static enum status check_last(const struct bundle *b, const struct facts *f,
                              const struct journal_walk *w,
                              const struct json *statement, struct err *err)
{
    const struct json *p = json_get(statement, "predicate");
    const char *type = json_get_str(f->last, "type", "");
    const char *path = BUNDLE_JOURNAL;
    if (strcmp(json_get_str(p, "head", ""), w->head.hex) != 0)
        return err_at(err, ST_TAMPERED, path, (int)w->lines,
                      "%s: the last record was changed: its SHA-256 is not the "
                      "head in %s",
                      b->rel, BUNDLE_STATEMENT);
    if (strcmp(type, "end") != 0)
        return err_at(err, ST_INTERRUPTED, path, (int)w->lines,
                      "%s: the run is not over (%s); `runproof resume %s`",
                      b->rel, json_get_str(f->last, "status", "stopped"),
                      b->name);
    return ST_OK;
}

/* What the statement says of the run, as the journal's first and last records
 * tell it. */
static struct json *predicate(const struct facts *f, const struct digest *head)
{
    char iso[32];
    struct json *p = json_new(JSON_OBJECT);
    static const char *const of_first[] = {"run", "runbook", "environment",
                                           NULL};
    for (const char *const *name = of_first; *name; name++)
        json_put_str(p, *name, json_get_str(f->first, *name, ""));
    json_put_str(p, "status", json_get_str(f->last, "status", ""));
    json_put_str(p, "head", head->hex);
    time_iso(json_get_int(f->first, "at", 0), iso);
    json_put_str(p, "started", iso);
    time_iso(json_get_int(f->last, "at", 0), iso);
    json_put_str(p, "ended", iso);
    if (json_get(f->last, "vcs")) /* first journals did not name it */
        json_put(p, "vcs", json_copy(json_get(f->last, "vcs")));
    return p;
}

static enum status check_statement(const struct bundle *b,
                                   const struct facts *f,
                                   const struct json *statement,
                                   const struct digest *head, struct err *err)
{
    const struct json *says = json_get(statement, "predicate");
    struct json *known = predicate(f, head);
    enum status st = ST_OK;
    for (const struct json *m = json_first(known); m; m = json_next(m))
        if (!json_equal(m, json_get(says, json_key(m))) && st == ST_OK)
            st = err_set(err, ST_TAMPERED,
                         "%s/%s was changed: its %s is not the journal's",
                         b->rel, BUNDLE_STATEMENT, json_key(m));
    const struct json *source = json_first(json_get(statement, "subject"));
    if (st == ST_OK &&
        (strcmp(json_get_str(source, "name", ""),
                json_get_str(f->first, "runbook", "")) != 0 ||
         strcmp(json_get_str(json_get(source, "digest"), "sha256", ""),
                json_get_str(f->first, "source", "")) != 0))
        st = err_set(err, ST_TAMPERED,
                     "%s/%s was changed: its source is not the journal's",
                     b->rel, BUNDLE_STATEMENT);
    json_free(known);
    return st;
}

/* "gate" of "lua/gate.lua"; empty for what is no module. */
static struct span module_name(struct span file)
{
    if (!span_starts(file, "lua/") || !span_ends(file, ".lua"))
        return (struct span){0};
    return span_sub(file, strlen("lua/"), file.n - strlen(".lua"));
}

/* The files are those of the statement; these must be the journal's, too. */
static enum status check_modules(const struct bundle *b, const struct facts *f,
                                 const struct json *statement, struct err *err)
{
    const struct json *list = json_get(f->first, "modules");
    const struct json *s = json_first(json_get(statement, "subject"));
    for (; s; s = json_next(s)) {
        struct span name = module_name(json_span(json_get(s, "name")));
        const char *is = json_get_str(json_get(s, "digest"), "sha256", "");
        const char *was = name.n ? modules_digest(list, name) : is;
        if (!was || strcmp(is, was) != 0)
            return err_set(err, ST_TAMPERED,
                           "%s/lua/%.*s.lua was %s: the journal's first record "
                           "has another list of modules",
                           b->rel, SPAN_ARG(name), was ? "changed" : "added");
    }
    return ST_OK;
}

static enum status check_source(const struct bundle *b, const struct facts *f,
                                struct arena *a, struct err *err)
{
    struct buf text = {0};
    struct digest d = {{0}};
    enum status st =
        file_read(bundle_path(b, BUNDLE_SOURCE, a), DOC_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = doc_source_hash(buf_view(&text), &d, err);
    if (st == ST_OK && strcmp(d.hex, json_get_str(f->first, "source", "")))
        st = err_set(err, ST_TAMPERED,
                     "%s/%s was changed: not the source of "
                     "the run",
                     b->rel, BUNDLE_SOURCE);
    buf_release(&text);
    return st;
}

static void name_signer(struct verify_count *count, const char *who)
{
    size_t n = strlen(count->signers);
    if (strstr(count->signers, who) == NULL)
        snprintf(count->signers + n, sizeof count->signers - n, "%s%s",
                 n ? ", " : "", who);
}

static enum status check_signature(struct verifier *v, const struct bundle *b,
                                   struct err *err)
{
    struct dsse envelope;
    enum status st = bundle_envelope(b, &v->arena, &envelope, err);
    if (st != ST_OK)
        return st;
    v->count->signed_runs += envelope.n > 0;
    if (!v->trust)
        return ST_OK;
    const char *who = trust_signer(v->trust, &envelope);
    if (who)
        name_signer(v->count, who);
    if (who)
        return ST_OK;
    return err_set(err, ST_TAMPERED, "%s/%s %s", b->rel, BUNDLE_STATEMENT,
                   envelope.n ? "is signed by none of the keys that are trusted"
                              : "is unsigned");
}

/* What a record says of the plan's approvals, when it was written. */
static enum status check_approval(const struct verifier *v,
                                  const struct bundle *b,
                                  const struct json *rec, const char *plan,
                                  struct err *err)
{
    const struct json *approval = json_get(rec, "approval");
    struct err why = {0};
    if (!approval ||
        approvals_check(approval, plan, json_get_int(rec, "at", 0),
                        v->trust && v->trust->listed ? &v->trust->persons
                                                     : NULL,
                        &why) == ST_OK)
        return ST_OK;
    return err_set(err, why.st, "%s: %s", b->rel, why.msg);
}

/* The plan that the run was held to is the one that persons approved. */
static enum status check_plan(const struct verifier *v, const struct bundle *b,
                              const struct facts *f, struct arena *a,
                              struct err *err)
{
    const char *hash = json_str(json_get(f->first, "plan"));
    struct plan_file plan = {0};
    struct err why = {0};
    if (!hash)
        return ST_OK;
    enum status st =
        plan_file_read(bundle_path(b, BUNDLE_PLAN, a), &plan, &why);
    if (st != ST_OK || strcmp(plan.hash, hash) != 0)
        st = err_set(err, ST_TAMPERED,
                     "%s/%s was changed: not the plan of the run", b->rel,
                     BUNDLE_PLAN);
    plan_file_release(&plan);
    if (st == ST_OK)
        st = check_approval(v, b, f->first, hash, err);
    const struct json *r = json_first(f->approvals);
    for (; r && st == ST_OK; r = json_next(r))
        st = check_approval(v, b, r, hash, err);
    return st;
}

static enum status check_bundle(struct verifier *v, struct facts *f,
                                struct err *err)
{
    struct bundle b;
    struct json *statement = NULL;
    struct journal_walk w = {.fn = take_record, .ctx = f};
    enum status st = (v->cited ? bundle_named : bundle_find)(
        &b, v->root, f->run, &v->arena, err);
    f->dir = st == ST_OK ? b.dir : NULL;
    if (st == ST_OK)
        st = journal_walk(bundle_path(&b, BUNDLE_JOURNAL, &v->arena),
                          TORN_IS_TAMPERED, &w, err);
    if (st == ST_OK)
        st = bundle_check(&b, &statement, err);
    if (st == ST_OK)
        st = check_last(&b, f, &w, statement, err);
    if (st == ST_OK)
        st = check_statement(&b, f, statement, &w.head, err);
    if (st == ST_OK)
        st = check_modules(&b, f, statement, err);
    if (st == ST_OK)
        st = check_source(&b, f, &v->arena, err);
    if (st == ST_OK)
        st = check_plan(v, &b, f, &v->arena, err);
    if (st == ST_OK)
        st = check_signature(v, &b, err);
    json_free(statement);
    return st;
}

static void free_json(void *j)
{
    json_free(j);
}

/* Each run is read once, however many regions cite it; the first does so at
 * file:line. */
static struct facts *facts_of(struct verifier *v, const char *run,
                              const char *file, int line)
{
    for (size_t i = 0; i < v->n_facts; i++)
        if (strcmp(v->facts[i].run, run) == 0)
            return &v->facts[i];
    MEM_GROW(v->facts, v->n_facts, v->room);
    struct facts *f = &v->facts[v->n_facts++];
    *f = (struct facts){.run = run,
                        .arena = &v->arena,
                        .approvals =
                            json_adopt(&v->arena, json_new(JSON_ARRAY))};
    struct err err = {0};
    v->count->runs++;
    enum status st = check_bundle(v, f, &err);
    f->sound = st == ST_OK;
    arena_defer(&v->arena, free_json, f->first);
    arena_defer(&v->arena, free_json, f->last);
    if (v->cited && st == ST_INPUT)
        err.st = ST_TAMPERED;
    if (st != ST_OK && file)
        err_place(&err, file, line);
    if (st != ST_OK)
        found(v, &err);
    return f;
}

static void verifier_init(struct verifier *v, const char *root,
                          const struct trust *trust, verify_report report,
                          void *ctx, struct verify_count *count)
{
    *v = (struct verifier){.root = root,
                           .trust = trust,
                           .report = report,
                           .ctx = ctx,
                           .count = count};
    *count = (struct verify_count){0};
}

static void verifier_release(struct verifier *v)
{
    for (size_t i = 0; i < v->n_facts; i++) {
        names_release(&v->facts[i].regions);
        names_release(&v->facts[i].boxes);
    }
    mem_free(v->facts);
    arena_release(&v->arena);
}

void verify_run(const char *root, const char *run, const struct trust *trust,
                verify_report report, void *ctx, struct verify_count *count)
{
    struct verifier v;
    verifier_init(&v, root, trust, report, ctx, count);
    (void)facts_of(&v, run, NULL, 0);
    verifier_release(&v);
}

/* --- one page -------------------------------------------------------- */

static void check_region(struct verifier *v, const struct doc *d,
                         const struct region *r)
{
    struct err e = {0};
    const char *run = span_dup(&v->arena, r->run);
    const char *id = span_dup(&v->arena, r->id);
    struct facts *f = facts_of(v, run, d->path, r->line);
    const char *known = names_get(&f->regions, r->id);
    const char *want = known ? known : "";
    v->count->regions++;
    if (r->block < 0)
        (void)err_at(&e, ST_TAMPERED, d->path, r->line,
                     "evidence of '%s' stands under no block of that name", id);
    else if (!span_starts(span_of(d->blocks[r->block].src.hex),
                          span_dup(&v->arena, r->src)) ||
             r->src.n == 0)
        (void)err_at(&e, ST_TAMPERED, d->path, r->line,
                     "evidence of '%s' is stale: the block has changed since; "
                     "run it again",
                     id);
    else if (!*want && f->sound)
        (void)err_at(&e, ST_TAMPERED, d->path, r->line,
                     "run %s has no evidence of '%s'", run, id);
    else if (*want && strcmp(want, r->hash.hex) != 0)
        (void)err_at(&e, ST_TAMPERED, d->path, r->line,
                     "evidence of '%s' was changed: it is not what run %s "
                     "wrote",
                     id, run);
    else if (!r->canonical)
        (void)err_at(&e, ST_TAMPERED, d->path, r->line,
                     "evidence of '%s' was reformatted: the words are those of "
                     "run %s, the layout is not",
                     id, run);
    if (e.st != ST_OK)
        found(v, &e);
}

/* What the sound runs cited here say of a box: some ticked it, some did not. */
struct votes {
    bool ticked, unticked, unknown;
};

static struct votes count_votes(const struct verifier *v, struct span id)
{
    struct votes all = {0};
    for (size_t i = 0; i < v->n_facts; i++) {
        const char *box = names_get(&v->facts[i].boxes, id);
        all.unknown |= !v->facts[i].sound;
        all.ticked |= box && strcmp(box, TICKED) == 0;
        all.unticked |= box && strcmp(box, UNTICKED) == 0;
    }
    return all;
}

static void check_box(struct verifier *v, const struct doc *d,
                      const struct box *b)
{
    struct err e = {0};
    const char *id = span_dup(&v->arena, b->id);
    struct votes all = count_votes(v, b->id);
    if (all.unknown)
        return;
    if (b->ticked && !all.ticked)
        (void)err_at(&e, ST_TAMPERED, d->path, b->line,
                     "box '%s' is ticked, and no run cited here ticked it", id);
    else if (!b->ticked && all.ticked && !all.unticked)
        (void)err_at(&e, ST_TAMPERED, d->path, b->line,
                     "box '%s' is not ticked, and the run cited here ticked it",
                     id);
    if (e.st != ST_OK)
        found(v, &e);
}

enum status verify_page(const char *path, const struct trust *trust,
                        verify_report report, void *ctx,
                        struct verify_count *count, struct json *cited,
                        struct err *err)
{
    struct verifier v;
    struct config config = {0};
    struct buf text = {0};
    struct doc d = {0};
    verifier_init(&v, NULL, trust, report, ctx, count);
    v.cited = true;
    enum status st = config_load(path, &v.arena, &config, err);
    v.root = config.root;
    if (st == ST_OK)
        st = file_read(path, DOC_MAX_BYTES, &text, err);
    struct err broken = {0};
    if (st == ST_OK && doc_parse(&d, path, buf_view(&text), &broken) != ST_OK) {
        broken.st = ST_TAMPERED;
        found(&v, &broken);
    }
    for (size_t i = 0; st == ST_OK && i < d.n_regions; i++)
        check_region(&v, &d, &d.regions[i]);
    for (size_t i = 0; st == ST_OK && i < d.n_boxes; i++)
        check_box(&v, &d, &d.boxes[i]);
    for (size_t i = 0; i < v.n_facts; i++)
        if (v.facts[i].dir)
            json_push(cited, json_new_str(v.facts[i].dir));
    doc_release(&d);
    buf_release(&text);
    verifier_release(&v);
    return st;
}

/* --- replay ---------------------------------------------------------- */

enum status verify_replay(const char *run, verify_report report, void *ctx)
{
    struct session s;
    struct run_options opt = {0};
    struct err err = {0};
    enum status st = session_reopen(&s, &opt, run, DOOR_REPLAY, &err);
    if (st == ST_OK)
        st = run_steps(&s, &err);
    if (st != ST_OK)
        report(ctx, &err);
    session_close(&s);
    return st;
}
