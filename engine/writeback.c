/* Writes what a run proved into page, bundle and logs. */
#include "writeback.h"

#include <stdlib.h>
#include <string.h>

#include "escalate.h"
#include "exercise.h"
#include "feedback.h"
#include "file.h"
#include "modules.h"
#include "names.h"
#include "outcome.h"
#include "port.h"
#include "run.h"
#include "summary.h"

#define PAGE_MAX_BYTES (16u << 20)
#define VCS_MS 5000

/* --- check boxes ----------------------------------------------------- */

enum finding { NOT_CHECKED, CHECK_FAILED, CHECK_PASSED };

static enum finding find_check(const struct session *s, struct span id)
{
    const char *said = names_get(&s->checks, id);
    if (!said)
        return NOT_CHECKED;
    return strcmp(said, CHECK_HELD) == 0 ? CHECK_PASSED : CHECK_FAILED;
}

/* What a person said of a manual box: pass, fail, skip, na. */
static enum finding find_answer(const struct session *s, struct span id)
{
    struct arena a = {0};
    const char *said = json_str(json_get(s->person.answers, span_dup(&a, id)));
    arena_release(&a);
    if (!said)
        return NOT_CHECKED;
    return strcmp(said, "pass") == 0 ? CHECK_PASSED : CHECK_FAILED;
}

static enum finding box_finding(const struct session *s, const struct box *b)
{
    return b->manual ? find_answer(s, b->id) : find_check(s, b->id);
}

/* A part of the runbook says nothing of the boxes it did not come to. */
static bool is_part(const struct session *s)
{
    return s->opt->only || s->opt->from;
}

/* Whether this run decides on the box: one that it did not come to in a part,
 * or that nobody answered, stays as it is. */
static bool has_say(const struct session *s, const struct box *b)
{
    return box_finding(s, b) != NOT_CHECKED || !(is_part(s) || b->manual);
}

/* --- the page -------------------------------------------------------- */

struct page {
    struct buf bytes; /* on disk now */
    struct doc doc;
    struct placement *put;
    size_t n_put;
    struct tick *ticks;
    size_t n_ticks;
    size_t unplaced; /* steps whose block is not the one that ran */
};

/* The block on the page that is still the one that ran, NULL otherwise. */
static const struct block *same_block(const struct doc *d,
                                      const struct block *ran)
{
    const struct block *b = doc_block(d, ran->attr.id);
    return b && strcmp(b->src.hex, ran->src.hex) == 0 ? b : NULL;
}

static bool old_stays(const struct session *s, const struct page *p,
                      const struct block *b, struct span text)
{
    if (s->opt->touch || b->region < 0)
        return false;
    return evidence_same(p->doc.regions[b->region].text, text);
}

static void choose_regions(struct session *s, struct page *p)
{
    p->put = arena_array(&s->arena, s->plan.n, sizeof *p->put);
    for (size_t i = 0; i < s->plan.n; i++) {
        if (!s->steps[i].region || s->steps[i].drifted)
            continue;
        struct span text = span_of(s->steps[i].region);
        const struct block *b = same_block(&p->doc, s->plan.steps[i].block);
        if (!b)
            p->unplaced++;
        else if (!old_stays(s, p, b, text))
            p->put[p->n_put++] =
                (struct placement){(size_t)(b - p->doc.blocks), text};
    }
}

static void choose_ticks(struct session *s, struct page *p)
{
    p->ticks = arena_array(&s->arena, p->doc.n_boxes, sizeof *p->ticks);
    for (size_t i = 0; i < p->doc.n_boxes; i++) {
        const struct box *b = &p->doc.boxes[i];
        bool want = box_finding(s, b) == CHECK_PASSED;
        if (!has_say(s, b))
            continue;
        if (want != b->ticked)
            p->ticks[p->n_ticks++] = (struct tick){i, want};
    }
}

static enum status page_problem(struct session *s, struct err *err,
                                const struct err *why)
{
    char text[640];
    err_text(why, text, sizeof text);
    return err_set(err, ST_UNWRITTEN,
                   "the evidence is whole in %s, but %s was not written: %s; "
                   "then `runproof resume %s`",
                   s->bundle.rel, s->page, text, s->bundle.name);
}

/* Placing takes seconds on a large page, and somebody may save it meanwhile:
 * it is read once more just before it is replaced. */
static enum status check_still(const struct page *p, const char *path,
                               struct err *why)
{
    struct buf now = {0};
    enum status st = file_read(path, DOC_MAX_BYTES, &now, why);
    if (st == ST_OK && !span_eq(buf_view(&now), buf_view(&p->bytes)))
        st = err_set(why, ST_UNWRITTEN, "it was edited just now");
    buf_release(&now);
    return st;
}

static enum status write_page(struct session *s, const struct page *p,
                              const char *path, struct err *err)
{
    struct buf made = {0};
    struct err why = {0};
    enum status st =
        doc_place(&p->doc, p->put, p->n_put, p->ticks, p->n_ticks, &made, &why);
    bool same = span_eq(buf_view(&made), buf_view(&p->bytes));
    bool elsewhere = strcmp(path, s->opt->path) != 0;
    if (st == ST_OK && !elsewhere)
        st = check_still(p, path, &why);
    if (st == ST_OK && (!same || elsewhere))
        st = file_replace(path, buf_view(&made), &why);
    buf_release(&made);
    return st == ST_OK ? ST_OK : page_problem(s, err, &why);
}

enum status writeback_made(struct session *s, struct buf *made, struct err *err)
{
    struct page p = {0};
    enum status st = doc_parse(&p.doc, s->page, buf_view(&s->source), err);
    if (st == ST_OK) {
        choose_regions(s, &p);
        choose_ticks(s, &p);
        st = doc_place(&p.doc, p.put, p.n_put, p.ticks, p.n_ticks, made, err);
    }
    doc_release(&p.doc);
    return st;
}

/* Nothing is written over a page that changed while the run was under way. */
static enum status check_unedited(struct session *s, const struct page *p,
                                  struct err *err)
{
    if (s->resumed || s->out ||
        span_eq(buf_view(&p->bytes), buf_view(&s->source)))
        return ST_OK;
    struct err why = {0};
    (void)err_set(&why, ST_UNWRITTEN, "it was edited during the run");
    return page_problem(s, err, &why);
}

static enum status update_page(struct session *s, struct err *err)
{
    struct page p = {0};
    struct err why = {0};
    const char *path = s->opt->path;
    if (session_copies(s))
        path = bundle_path(&s->bundle, BUNDLE_COPY, &s->arena);
    else if (s->out)
        path = path_join(&s->arena, s->config.root, s->out);
    enum status st = file_read(s->opt->path, DOC_MAX_BYTES, &p.bytes, &why);
    if (st == ST_OK)
        st = doc_parse(&p.doc, s->opt->path, buf_view(&p.bytes), &why);
    if (st != ST_OK)
        st = page_problem(s, err, &why);
    if (st == ST_OK)
        st = check_unedited(s, &p, err);
    if (st == ST_OK) {
        choose_regions(s, &p);
        choose_ticks(s, &p);
        st = write_page(s, &p, path, err);
    }
    if (st == ST_OK && p.unplaced)
        st = err_set(err, ST_UNWRITTEN,
                     "%zu step%s of the page changed since the run; the "
                     "evidence is in %s; run it again",
                     p.unplaced, p.unplaced == 1 ? "" : "s", s->bundle.rel);
    doc_release(&p.doc);
    buf_release(&p.bytes);
    return st;
}

/* --- the statement --------------------------------------------------- */

/* The modules are as they were put into the bundle, or read from it. */
static void know_modules(struct session *s, struct names *known)
{
    for (size_t i = 0; i < s->n_modules; i++) {
        const struct luafile *m = &s->modules[i];
        const char *name = arena_printf(&s->arena, "lua/%s.lua", m->name);
        names_put(known, span_of(name), m->sha256.hex);
    }
}

/* A run that ended and is only written back says the same again: without the
 * key its signature stays. */
static bool keeps_signature(struct session *s)
{
    struct dsse envelope;
    struct err ignored = {0};
    return s->resumed && !s->signer &&
           bundle_envelope(&s->bundle, &s->arena, &envelope, &ignored) ==
               ST_OK &&
           envelope.n > 0;
}

/* All it says stands in the journal, whose last record is the run's end. */
static enum status attest(struct session *s, const char *word, struct err *err)
{
    struct json *last = NULL;
    enum status st = journal_get(&s->journal, s->history.last_end, &last, err);
    struct names known = {0};
    know_modules(s, &known);
    struct statement says = {.runbook = s->page,
                             .source = s->source_hash,
                             .head = s->journal.head,
                             .run = s->run_id,
                             .environment = s->env.name,
                             .status = word,
                             .vcs = json_get(last, "vcs"),
                             .started_ms = s->started_ms,
                             .ended_ms = json_get_int(last, "at", 0),
                             .known = &known,
                             .signer = s->signer};
    if (st == ST_OK && !keeps_signature(s))
        st = bundle_attest(&s->bundle, &says, err);
    names_release(&known);
    json_free(last);
    return st;
}

/* --- people's pages -------------------------------------------------- */

static const char *escalation(struct session *s)
{
    for (size_t i = 0; i < s->plan.n; i++) {
        const struct step_view *v = &s->steps[i];
        if (v->status != STEP_FAILED)
            continue;
        return arena_printf(
            &s->arena, "step %.*s failed after %d attempt%s: %s (logs: %s)%s%s",
            SPAN_ARG(s->plan.steps[i].block->attr.id), v->attempts,
            v->attempts == 1 ? "" : "s", outcome_error(s, i), s->bundle.rel,
            s->told ? "; hook: " : "", s->told ? s->told : "");
    }
    return NULL;
}

static void count_boxes(struct session *s, struct run_summary *sum)
{
    for (size_t i = 0; i < s->doc.n_boxes; i++) {
        sum->boxes_total++;
        sum->boxes_ticked += box_finding(s, &s->doc.boxes[i]) == CHECK_PASSED;
    }
}

static void summarise(struct session *s, const char *word,
                      struct run_summary *sum)
{
    struct step_summary *steps =
        arena_array(&s->arena, s->plan.n, sizeof *steps);
    for (size_t i = 0; i < s->plan.n; i++) {
        const struct step_view *v = &s->steps[i];
        steps[i] = (struct step_summary){
            .id = span_dup(&s->arena, s->plan.steps[i].block->attr.id),
            .status = v->status,
            .attempts = v->attempts,
            .elapsed_ms = v->ended_ms - v->started_ms,
            .note = v->error ? outcome_error(s, i) : v->reason};
        memcpy(steps[i].counts, v->counts, sizeof v->counts);
    }
    *sum = (struct run_summary){
        .run = s->bundle.name,
        .runbook = s->page,
        .title = s->doc.title,
        .owner = s->owner,
        .environment = s->env.name,
        .operator= s->operator_name,
        .mode = s->env.sandbox ? "sandbox" : "live",
        .status = word,
        .started_ms = s->started_ms,
        .elapsed_ms = clock_now_ms(&s->clock) - s->started_ms,
        .steps = steps,
        .n_steps = s->plan.n,
        .bundle = s->bundle.rel,
        .command = s->opt->command,
        .escalation = escalation(s),
    };
    count_boxes(s, sum);
}

static enum status update_feedback(struct session *s,
                                   const struct run_summary *sum,
                                   struct err *err)
{
    struct buf entry = {0};
    struct buf safe = {0};
    feedback_entry(sum, FEEDBACK_DIR, &entry);
    redact_bytes(vault_redact(s->vault), buf_view(&entry), &safe);
    const char *path =
        path_join(&s->arena, s->config.root,
                  arena_printf(&s->arena, FEEDBACK_DIR "/%s.md", s->owner));
    enum status st = feedback_append(path, sum->run, buf_view(&safe), err);
    buf_release(&entry);
    buf_release(&safe);
    return st;
}

/* docs/runbooks/<name>.md, where there is one that has the section. */
static enum status update_reader(struct session *s,
                                 const struct run_summary *sum, struct err *err)
{
    struct arena *a = &s->arena;
    const char *path =
        path_join(a, s->config.root,
                  arena_printf(a, READER_DIR "/%s", path_base(s->page)));
    if (!file_exists(path) || is_part(s))
        return ST_OK;
    struct buf page = {0};
    struct buf section = {0};
    struct buf safe = {0};
    struct buf made = {0};
    struct err why = {0};
    enum status st = file_read(path, PAGE_MAX_BYTES, &page, err);
    exercise_section(sum, READER_DIR, &section);
    redact_bytes(vault_redact(s->vault), buf_view(&section), &safe);
    if (st == ST_OK &&
        exercise_splice(buf_view(&page), buf_view(&safe), &made, &why) ==
            ST_OK &&
        !span_eq(buf_view(&page), buf_view(&made)))
        st = file_replace(path, buf_view(&made), err);
    buf_release(&page);
    buf_release(&section);
    buf_release(&safe);
    buf_release(&made);
    return st;
}

static enum status tell_people(struct session *s, const char *word,
                               struct err *err)
{
    struct run_summary sum;
    summarise(s, word, &sum);
    enum status st = update_feedback(s, &sum, err);
    if (st == ST_OK)
        st = update_reader(s, &sum, err);
    return st;
}

/* --- the end --------------------------------------------------------- */

/* The commit that the page came from; null where there is no repository, which
 * is told without the git module: loading that takes milliseconds. */
static struct json *vcs(struct session *s)
{
    if (!file_exists(path_join(&s->arena, s->config.root, ".git")))
        return json_new(JSON_NULL);
    const struct port *port = NULL;
    void *state = NULL;
    struct err ignored = {0};
    struct json *args = json_new(JSON_OBJECT);
    struct json *head = NULL;
    struct port_call call = {.op = "git.head",
                             .args = args,
                             .effect = EFFECT_READ,
                             .root = s->config.root,
                             .deadline_mono_ms = clock_mono_ms() + VCS_MS};
    struct json *out = json_new(JSON_NULL);
    if (port_for(call.op, &port, &state, &ignored) == ST_OK &&
        port_perform(port, state, &call, &head, &ignored) == ST_OK) {
        json_free(out);
        out = json_new(JSON_OBJECT);
        json_put_str(out, "sha", json_get_str(head, "sha", ""));
        json_put_bool(out, "dirty", json_get_bool(head, "dirty", false));
    }
    json_free(head);
    json_free(args);
    return out;
}

static enum status close_journal(struct session *s, enum status stopped,
                                 const char *word, struct err *err)
{
    if (s->history.ended)
        return ST_OK;
    struct json *r = session_record(stopped == ST_OK ? "end" : "pause", NULL);
    json_put_str(r, "status", word);
    if (stopped == ST_OK)
        s->history.ended = true;
    struct json *boxes = json_put(r, "boxes", json_new(JSON_OBJECT));
    for (size_t i = 0; i < s->doc.n_boxes; i++)
        if (has_say(s, &s->doc.boxes[i]))
            json_put_bool(boxes, span_dup(&s->arena, s->doc.boxes[i].id),
                          box_finding(s, &s->doc.boxes[i]) == CHECK_PASSED);
    struct json *open = json_put(r, "regions", json_new(JSON_OBJECT));
    for (size_t i = 0; i < s->plan.n; i++)
        if (s->steps[i].status == STEP_WAITING)
            json_put_str(open,
                         span_dup(&s->arena, s->plan.steps[i].block->attr.id),
                         hash_sha256(span_of(s->steps[i].region)).hex);
    json_put(r, "vcs", vcs(s));
    json_put_int(r, "at", clock_now_ms(&s->clock));
    enum status st = journal_append(&s->journal, r,
                                    s->world ? JOURNAL_NO_SYNC : JOURNAL_SYNC,
                                    &s->history.last_end, err);
    json_free(r);
    return st;
}

enum status writeback(struct session *s, enum status stopped, struct err *err)
{
    enum status verdict = stopped == ST_OK ? run_verdict(s) : stopped;
    const char *word = run_word(verdict);
    if (s->opt->plan)
        return verdict;
    bool copy = session_copies(s);
    enum status st = stopped == ST_OK ? escalate(s, err) : ST_OK;
    if (st == ST_INTERRUPTED)
        return st;
    if (st == ST_OK)
        st = close_journal(s, stopped, word, err);
    if (st == ST_OK)
        st = journal_in_place(&s->journal, err);
    if (st == ST_OK && copy)
        st = update_page(s, err);
    if (st == ST_OK)
        st = modules_keep(s, false, err);
    if (st == ST_OK)
        st = attest(s, word, err);
    if (st == ST_OK)
        st = tell_people(s, word, err);
    if (st == ST_OK && !s->opt->no_write && !copy)
        st = update_page(s, err);
    s->done = st == ST_OK && stopped == ST_OK;
    return st == ST_OK ? verdict : st;
}
