/* Frames steps and evidence. */
#include "card.h"

#include <stdio.h>

#include "clock.h"
#include "html.h"

#define DEFAULT_RETRIES 2
#define DEFAULT_TIMEOUT_MS 120000

static void put_tag(const char *label, struct span value, struct buf *out)
{
    buf_printf(out, " <span class=\"tag\">%s", label);
    html_text(value, out);
    buf_str(out, "</span>");
}

static void put_needs(const struct attrs *a, struct buf *out)
{
    struct buf names = {0};
    for (size_t i = 0; i < a->n_needs; i++) {
        buf_str(&names, i ? ", " : "");
        buf_span(&names, a->needs[i]);
    }
    if (a->has_needs)
        put_tag(names.n ? "needs " : "needs nothing", buf_view(&names), out);
    buf_release(&names);
}

static void put_limits(const struct attrs *a, struct buf *out)
{
    char text[32];
    if (a->retries != DEFAULT_RETRIES) {
        int n = snprintf(text, sizeof text, "%d", a->retries);
        put_tag("retries ", (struct span){text, (size_t)n}, out);
    }
    if (a->timeout_ms != DEFAULT_TIMEOUT_MS) {
        duration_text(a->timeout_ms, text);
        put_tag("timeout ", span_of(text), out);
    }
}

static void put_attributes(const struct attrs *a, struct buf *out)
{
    const char *effect = effect_name(a->effect);
    buf_printf(out, " <span class=\"tag %s\">effect %s</span>", effect, effect);
    put_needs(a, out);
    const struct {
        const char *label;
        struct span value;
    } texts[] = {{"if ", a->if_expr},
                 {"asks: ", a->confirm},
                 {"on failure ", a->on_fail}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].value.n)
            put_tag(texts[i].label, texts[i].value, out);
    put_limits(a, out);
    if (a->always)
        put_tag("always", (struct span){0}, out);
    if (a->expect_match)
        put_tag("must match", (struct span){0}, out);
}

void card_step_begin(const struct doc *d, const struct block *b,
                     const struct render_info *info, struct buf *out)
{
    buf_str(out, "<section class=\"step\" id=\"step-");
    html_escape(b->attr.id, out);
    buf_str(out, "\" aria-label=\"Step ");
    html_escape(b->attr.id, out);
    buf_printf(out,
               "\">\n<p class=\"name\"><span class=\"number\">%zu</span> "
               "<strong>",
               (size_t)(b - d->blocks) + 1);
    html_text(b->attr.id, out);
    buf_str(out, "</strong>");
    put_attributes(&b->attr, out);
    buf_char(out, ' ');
    frame_status(step_view_of(d, b, info).status, out);
    buf_str(out, "</p>\n");
}

void card_step_end(struct buf *out)
{
    buf_str(out, "</section>\n");
}

void card_evidence_begin(const struct doc *d, const struct region *r,
                         struct buf *out)
{
    enum step_status status = STEP_PENDING;
    step_status_parse(r->status, &status);
    buf_printf(out, "<section class=\"evidence %s\" aria-label=\"Evidence of ",
               step_status_name(status));
    html_escape(r->id, out);
    buf_str(out, "\">\n<p class=\"about\">Evidence · run ");
    html_text(r->run, out);
    if (r->block < 0)
        buf_str(out, " · orphan: its block is gone");
    else if (step_view_of(d, &d->blocks[r->block], NULL).stale)
        buf_str(out, " · stale: the block has changed since");
    buf_str(out, "</p>\n");
}

void card_evidence_end(struct buf *out)
{
    buf_str(out, "</section>\n");
}
