/* The pieces that every summary of a run is made of. */
#include "summary.h"

#include "arena.h"
#include "clock.h"
#include "file.h"
#include "mdtext.h"

void summary_table(const struct run_summary *s, struct buf *out)
{
    buf_str(out, "| step | status | attempts | time | effects |\n"
                 "| --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct step_summary *step = &s->steps[i];
        char time[32];
        duration_text(step->elapsed_ms, time);
        buf_str(out, "\n| ");
        md_escape(span_of(step->id), out);
        buf_printf(out, " | %s %s | %d | %s | ", step_status_mark(step->status),
                   step_status_name(step->status), step->attempts,
                   step->attempts ? time : "");
        evidence_counts(step->counts, out);
        buf_str(out, " |");
    }
}

void summary_link(const char *text, const char *path, const char *dir,
                  struct buf *out)
{
    struct arena a = {0};
    md_link(span_of(text), span_of(path_relative(&a, dir, path)), out);
    arena_release(&a);
}

/* A run knows more endings than a step; those have no mark. */
void summary_verdict(const struct run_summary *s, struct buf *out)
{
    enum step_status status;
    bool known = step_status_parse(span_of(s->status), &status);
    buf_printf(out, "**%s%s%s**", known ? step_status_mark(status) : "",
               known ? " " : "", s->status);
}

void summary_place(const struct run_summary *s, struct buf *out)
{
    md_escape(span_of(s->environment), out);
    if (s->boxes_total)
        buf_printf(out, " · %zu of %zu boxes ticked", s->boxes_ticked,
                   s->boxes_total);
}
