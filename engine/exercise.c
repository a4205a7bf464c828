/* Writes the section and puts it into a reader page. */
#include "exercise.h"

#include "clock.h"
#include "hash.h"
#include "mdtext.h"

#define MARK_OPEN "<!-- runproof:exercise runbook="
#define MARK_CLOSE "<!-- /runproof:exercise -->"
#define OUT_KEY " out="
#define SHORT_HASH 16

/* What makes two exercises different to a reader. */
static struct digest essence(const struct run_summary *s)
{
    struct buf b = {0};
    buf_printf(&b, "%s\n%s\n%s\n%s\n%zu/%zu\n", s->runbook, s->environment,
               s->mode, s->status, s->boxes_ticked, s->boxes_total);
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct step_summary *step = &s->steps[i];
        buf_printf(&b, "%s %d %d ", step->id, step->status, step->attempts);
        evidence_counts(step->counts, &b);
        buf_char(&b, '\n');
    }
    struct digest d = hash_sha256(buf_view(&b));
    buf_release(&b);
    return d;
}

/* A path in a comment: no blank may end the value, no `>` the comment. */
static void put_marker_path(const char *path, struct buf *out)
{
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (c <= ' ' || strchr("<>%\"", c))
            buf_printf(out, "%%%02X", c);
        else
            buf_char(out, *path);
    }
}

void exercise_section(const struct run_summary *s, const char *dir,
                      struct buf *out)
{
    char time[32];
    char took[32];
    time_iso(s->started_ms, time);
    duration_text(s->elapsed_ms, took);
    buf_str(out, MARK_OPEN);
    put_marker_path(s->runbook, out);
    buf_printf(out, OUT_KEY "%.*s -->\n", SHORT_HASH, essence(s).hex);
    summary_verdict(s, out);
    buf_printf(out, " in %s · ", took);
    summary_place(s, out);
    buf_printf(out, " · %s\n\n", time);
    summary_table(s, out);
    buf_str(out, "\n\n");
    summary_link("runbook", s->runbook, dir, out);
    if (s->bundle) {
        buf_str(out, " · ");
        summary_link("evidence", s->bundle, dir, out);
    }
    buf_str(out, "\n" MARK_CLOSE);
}

/* --- splicing --- */

static size_t line_end(struct span text, size_t at)
{
    size_t eol = span_find(text, SPAN("\n"), at);
    return eol > at && text.p[eol - 1] == '\r' ? eol - 1 : eol;
}

static bool at_line_start(struct span text, size_t at)
{
    return at == 0 || text.p[at - 1] == '\n';
}

/* First line at or after from that begins with head. */
static size_t find_line(struct span text, struct span head, size_t from)
{
    size_t at = span_find(text, head, from);
    while (at < text.n && !at_line_start(text, at))
        at = span_find(text, head, at + 1);
    return at;
}

/* "<!-- runproof:exercise runbook=PATH ", which names the section. */
static struct span head_of(struct span section)
{
    return span_sub(section, 0,
                    span_find(section, SPAN(" "), strlen(MARK_OPEN)) + 1);
}

static struct span out_of(struct span marker_line)
{
    size_t at = span_find(marker_line, SPAN(OUT_KEY), 0);
    struct span rest =
        span_sub(marker_line, at + strlen(OUT_KEY), marker_line.n);
    return span_cut(&rest, ' ');
}

/* LF to the line end of the page. */
static void put_with_eol(struct span text, bool crlf, struct buf *out)
{
    while (text.n) {
        buf_span(out, span_cut(&text, '\n'));
        if (text.n)
            buf_str(out, crlf ? "\r\n" : "\n");
    }
}

enum status exercise_splice(struct span page, struct span section,
                            struct buf *out, struct err *err)
{
    struct span head = head_of(section);
    size_t from = find_line(page, head, 0);
    size_t close = find_line(page, SPAN(MARK_CLOSE), from);
    if (close == page.n)
        return err_set(err, ST_INPUT,
                       "no section for the last exercise: add the lines "
                       "`%.*s-->` and `" MARK_CLOSE "`",
                       SPAN_ARG(head));
    size_t end = line_end(page, from);
    struct span old_out = out_of(span_sub(page, from, end));
    struct span new_out = out_of(span_sub(section, 0, line_end(section, 0)));
    if (old_out.n && span_eq(old_out, new_out)) {
        buf_span(out, page);
        return ST_OK;
    }
    buf_span(out, span_sub(page, 0, from));
    put_with_eol(section, page.p[end] == '\r', out);
    buf_span(out, span_sub(page, close + strlen(MARK_CLOSE), page.n));
    return ST_OK;
}
