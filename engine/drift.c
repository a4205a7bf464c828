/* Compares evidence with what was recorded. */
#include "drift.h"

#define MAX_LINES 20 /* of each side */

struct json *drift_expected(const struct session *s)
{
    struct json *all = json_new(JSON_OBJECT);
    struct arena a = {0};
    for (size_t i = 0; i < s->doc.n_blocks; i++) {
        const struct block *b = &s->doc.blocks[i];
        if (!b->attr.expect_match || b->region < 0 || s->opt->touch)
            continue;
        const struct region *r = &s->doc.regions[b->region];
        if (span_is(r->status, "passed") && r->src.n &&
            span_starts(span_of(b->src.hex), span_dup(&a, r->src)))
            json_add(all, span_dup(&a, b->attr.id), json_new_bytes(r->text));
    }
    arena_release(&a);
    return all;
}

/* Marker, status line and log link tell run and time, which may differ. */
static struct span compared(struct span text)
{
    for (int i = 0; i < 3; i++)
        (void)span_cut(&text, '\n');
    return span_sub(text, 0, span_find(text, SPAN("\n[log]("), 0));
}

static struct span last_line(struct span text)
{
    const char *eol = text.n ? memrchr(text.p, '\n', text.n) : NULL;
    size_t at = eol ? (size_t)(eol - text.p) + 1 : 0;
    return span_sub(text, at, text.n);
}

static struct span without_last(struct span text, struct span last)
{
    size_t n = text.n - last.n;
    return span_sub(text, 0, n ? n - 1 : 0);
}

static void put_lines(const char *sign, struct span text, struct buf *out)
{
    for (int i = 0; text.n && i < MAX_LINES; i++) {
        struct span line = span_cut(&text, '\n');
        buf_printf(out, "\n%s ", sign);
        buf_span(out, line);
    }
    if (text.n)
        buf_printf(out, "\n%s …", sign);
}

void drift_diff(struct span recorded, struct span now, struct buf *out)
{
    struct span a = compared(recorded);
    struct span b = compared(now);
    while (a.n && b.n) {
        struct span rest_a = a;
        struct span rest_b = b;
        if (!span_eq(span_cut(&rest_a, '\n'), span_cut(&rest_b, '\n')))
            break;
        a = rest_a;
        b = rest_b;
    }
    while (a.n && b.n && span_eq(last_line(a), last_line(b))) {
        struct span last = last_line(a);
        a = without_last(a, last);
        b = without_last(b, last);
    }
    put_lines("-", a, out);
    put_lines("+", b, out);
}
