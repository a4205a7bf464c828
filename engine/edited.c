/* Decides whether a run may go on with an edited page. */
#include "edited.h"

#include <string.h>

#include "file.h"

/* An attempt that stopped at its first question has done nothing yet. */
static bool has_started(const struct session *s, size_t i)
{
    const struct step_log *log = &s->history.steps[i];
    const struct attempt_log *first = log->n_attempts ? log->attempts : NULL;
    bool did = first && (first->n_results || first->n_intents || first->ended);
    for (int e = 0; e < EFFECT_COUNT; e++)
        did |= log->agreed[e] != CONSENT_UNKNOWN;
    return did || log->has_cond || log->has_final ||
           log->confirm != CONSENT_UNKNOWN;
}

static struct span fence_line(const struct doc *d, const struct block *b)
{
    struct span rest = span_sub(d->src, b->begin, d->src.n);
    size_t eol = 0;
    while (eol < rest.n && rest.p[eol] != '\n' && rest.p[eol] != '\r')
        eol++;
    return span_sub(rest, 0, eol);
}

/* The same block with the same attributes at the same place among the steps:
 * its number is in the names of its logs. */
static bool is_same(const struct doc *was, const struct doc *now, size_t i)
{
    if (i >= now->n_blocks)
        return false;
    const struct block *a = &was->blocks[i];
    const struct block *b = &now->blocks[i];
    return strcmp(a->src.hex, b->src.hex) == 0 &&
           span_eq(fence_line(was, a), fence_line(now, b));
}

static void name_changes(const struct session *s, const struct doc *now,
                         struct buf *out)
{
    if (!json_equal(s->doc.front.tree, now->front.tree))
        buf_str(out, "the front matter changed");
    for (size_t i = 0; i < s->doc.n_blocks; i++)
        if (has_started(s, i) && !is_same(&s->doc, now, i))
            buf_printf(out, "%sstep %.*s had started and changed",
                       out->n ? ", " : "", SPAN_ARG(s->doc.blocks[i].attr.id));
}

static enum status judge(struct session *s, struct span fresh, struct err *err)
{
    struct doc now = {0};
    struct arena a = {0};
    struct plan plan;
    struct buf what = {0};
    enum status st = doc_parse(&now, s->page, fresh, err);
    if (st == ST_OK)
        st = plan_make(&now, &a, &plan, err);
    if (st == ST_OK)
        name_changes(s, &now, &what);
    if (what.n)
        st = err_at(err, ST_INPUT, s->page, 0,
                    "the page was edited since the run stopped: %.300s; put "
                    "it back as in %s/%s, or run it anew",
                    buf_cstr(&what), s->bundle.rel, BUNDLE_SOURCE);
    buf_release(&what);
    doc_release(&now);
    arena_release(&a);
    return st;
}

enum status edited_compare(struct session *s, struct buf *fresh,
                           struct err *err)
{
    struct buf page = {0};
    struct digest d = s->source_hash;
    if (s->history.ended || !file_exists(s->opt->path))
        return ST_OK;
    enum status st = file_read(s->opt->path, DOC_MAX_BYTES, &page, err);
    if (st == ST_OK)
        st = doc_source_hash(buf_view(&page), &d, err);
    bool same = strcmp(d.hex, s->source_hash.hex) == 0;
    if (st == ST_OK && !same)
        st = doc_strip(buf_view(&page), fresh, err);
    if (st == ST_OK && !same)
        st = judge(s, buf_view(fresh), err);
    buf_release(&page);
    return st;
}

enum status edited_adopt(struct session *s, struct span fresh, struct err *err)
{
    struct digest d;
    const char *old = NULL;
    for (int n = 1;
         !old || file_exists(bundle_path(&s->bundle, old, &s->arena)); n++)
        old = arena_printf(&s->arena, "source-%d.md", n);
    enum status st = doc_source_hash(fresh, &d, err);
    if (st == ST_OK)
        st = bundle_put(&s->bundle, old, buf_view(&s->source), err);
    /* The record comes before the file: a crash between the two leaves a
     * source that does not match, and a resume that says so. */
    struct json *r = session_record("resume", NULL);
    json_put_str(r, "source", d.hex);
    if (st != ST_OK) {
        json_free(r);
        return st;
    }
    st = session_note(s, r, NULL, err);
    return st == ST_OK ? bundle_put(&s->bundle, BUNDLE_SOURCE, fresh, err) : st;
}
