/* Frames a rendered runbook. */
#include "frame.h"

#include <stdio.h>

#include "clock.h"
#include "html.h"

/* The only style and image sources are the page itself. */
#define CSP                                                                    \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "           \
    "base-uri 'none'; form-action 'none'"

/* --- facts --- */

static void put_fact(const char *name, const char *value, struct buf *out)
{
    if (!value || !*value)
        return;
    buf_printf(out, "<div><dt>%s</dt><dd>", name);
    html_text(span_of(value), out);
    buf_str(out, "</dd></div>\n");
}

static void put_environments(const struct doc *d, struct buf *out)
{
    struct buf names = {0};
    for (const char **e = d->front.environments; e && *e; e++)
        buf_printf(&names, "%s%s", names.n ? ", " : "", *e);
    put_fact("Environments", buf_cstr(&names), out);
    buf_release(&names);
}

static void put_run_facts(const struct run_summary *run, struct buf *out)
{
    char time[32];
    char boxes[64];
    time_iso(run->started_ms, time);
    put_fact("Run", run->run, out);
    put_fact("Result", run->status, out);
    put_fact("Environment", run->environment, out);
    put_fact("Operator", run->operator, out);
    put_fact("Mode", run->mode, out);
    put_fact("Started", time, out);
    duration_text(run->elapsed_ms, time);
    put_fact("Took", time, out);
    if (run->boxes_total) {
        snprintf(boxes, sizeof boxes, "%zu of %zu ticked", run->boxes_ticked,
                 run->boxes_total);
        put_fact("Check boxes", boxes, out);
    }
    put_fact("Approval", run->approval, out);
    put_fact("Escalated", run->escalation, out);
    put_fact("Bundle", run->bundle, out);
}

static void put_facts(const struct doc *d, const struct render_info *info,
                      struct buf *out)
{
    const struct front *f = &d->front;
    buf_str(out, "<dl class=\"facts\">\n");
    put_fact("Owner", f->owner, out);
    if (info && info->run)
        put_run_facts(info->run, out);
    else
        put_environments(d, out);
    put_fact("Last exercised", f->last_exercised, out);
    put_fact("Last reviewed", f->last_reviewed, out);
    put_fact("Expires", f->expires, out);
    put_fact("File", d->path, out);
    if (info)
        put_fact("Source SHA-256", info->source_hash, out);
    buf_str(out, "</dl>\n");
}

/* --- steps --- */

/* A run has its steps in the order of the page, unless the page has been
 * edited since. */
static const struct step_summary *summary_of(const struct doc *d,
                                             const struct block *b,
                                             const struct render_info *info)
{
    if (!info || !info->run)
        return NULL;
    const struct run_summary *run = info->run;
    size_t at = (size_t)(b - d->blocks);
    if (at < run->n_steps && span_is(b->attr.id, run->steps[at].id))
        return &run->steps[at];
    for (size_t i = 0; i < run->n_steps; i++)
        if (span_is(b->attr.id, run->steps[i].id))
            return &run->steps[i];
    return NULL;
}

struct step_view step_view_of(const struct doc *d, const struct block *b,
                              const struct render_info *info)
{
    struct step_view step = {STEP_PENDING, false, -1};
    const struct region *r = b->region >= 0 ? &d->regions[b->region] : NULL;
    if (r && step_status_parse(r->status, &step.status))
        step.stale =
            !span_eq(r->src, span_sub(span_of(b->src.hex), 0, r->src.n));
    const struct step_summary *s = summary_of(d, b, info);
    if (s) {
        step.status = s->status;
        step.elapsed_ms = s->attempts > 0 ? s->elapsed_ms : -1;
    }
    return step;
}

void frame_status(enum step_status status, struct buf *out)
{
    const char *name = step_status_name(status);
    buf_printf(out, "<span class=\"status %s\">%s</span>", name,
               status == STEP_PENDING ? "not run" : name);
}

static void put_outline_row(const struct doc *d, const struct block *b,
                            const struct render_info *info, struct buf *out)
{
    struct step_view step = step_view_of(d, b, info);
    buf_str(out, "<li><a href=\"#step-");
    html_escape(b->attr.id, out);
    buf_str(out, "\">");
    html_text(b->attr.id, out);
    buf_str(out, "</a> ");
    frame_status(step.status, out);
    if (step.stale)
        html_span("status blocked", "stale", out);
    if (step.elapsed_ms >= 0) {
        char took[32];
        duration_text(step.elapsed_ms, took);
        html_span("took", took, out);
    }
    buf_str(out, "</li>\n");
}

static void put_outline(const struct doc *d, const struct render_info *info,
                        struct buf *out)
{
    if (d->n_blocks == 0)
        return;
    buf_str(out, "<nav aria-label=\"Steps\">\n<h2>Steps</h2>\n<ol>\n");
    for (size_t i = 0; i < d->n_blocks; i++)
        put_outline_row(d, &d->blocks[i], info, out);
    buf_str(out, "</ol>\n</nav>\n");
}

/* --- frame --- */

void frame_begin(const struct doc *d, const struct render_info *info,
                 struct buf *out)
{
    buf_str(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
                 "<meta charset=\"utf-8\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"" CSP
                 "\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, "
                 "initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<meta name=\"generator\" content=\"runproof " RUNPROOF_VERSION
                 "\">\n<title>");
    html_text(span_of(d->title), out);
    buf_str(out, "</title>\n<style>\n");
    buf_str(out, frame_css);
    buf_str(out, "</style>\n</head>\n<body>\n<a class=\"skip\" "
                 "href=\"#runbook\">Skip to the runbook</a>\n<header>\n<h1>");
    html_text(span_of(d->title), out);
    buf_str(out, "</h1>\n");
    put_facts(d, info, out);
    buf_str(out, "</header>\n<div class=\"columns\">\n");
    put_outline(d, info, out);
    buf_str(out, "<main id=\"runbook\" tabindex=\"-1\">\n");
}

void frame_end(struct buf *out)
{
    buf_str(out, "</main>\n</div>\n</body>\n</html>\n");
}
