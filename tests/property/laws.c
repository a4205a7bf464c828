/* Checks what must hold of every document. */
#include "laws.h"

#include <stdio.h>

#include <cmark.h>

#include "doc.h"
#include "front.h"
#include "lines.h"
#include "payload.h"

#define RAW_EVERY 3 /* documents; for speed */

struct trial {
    const char *name;
    unsigned seed;
    const struct doc *doc;
    struct arena arena;
};

static bool broken(const struct trial *t, const char *law, struct span bytes)
{
    fprintf(stderr, "%s: %s\n", t->name, law);
    for (size_t i = 0; i < bytes.n && i < 4000; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        if (c == '\n')
            fputs("\\n\n", stderr);
        else if (c < ' ')
            fprintf(stderr, "\\x%02x", c);
        else
            fputc(c, stderr);
    }
    fputs("\n", stderr);
    return false;
}

/* --- the same tree: cmark's XML, regions cut out of it --- */

static char *xml_of(struct span src)
{
    struct front_place front = {0};
    size_t body = front_find(src, &front) ? front.end : bom_length(src);
    struct span text = span_sub(src, body, src.n);
    cmark_node *root = cmark_parse_document(text.n ? text.p : "", text.n, 0);
    char *xml = cmark_render_xml(root, 0);
    cmark_node_free(root);
    return xml;
}

/* `<html_block …>` and this comment on one line of XML. */
static bool is_marker(struct span line, const char *comment)
{
    line = span_trim(line);
    const char *tag = "<html_block xml:space=\"preserve\">";
    if (!span_starts(line, tag))
        return false;
    line = span_trim(span_sub(line, strlen(tag), line.n));
    return span_starts(line, comment);
}

static void without_regions(struct span xml, struct buf *out)
{
    bool inside = false;
    while (xml.n) {
        struct span line = span_cut(&xml, '\n');
        inside |= is_marker(line, "&lt;!-- runproof:evidence ");
        if (!inside) {
            buf_span(out, line);
            buf_char(out, '\n');
        }
        if (is_marker(line, "&lt;!-- /runproof:evidence --")) {
            (void)span_cut(&xml, '\n'); /* </html_block> */
            inside = false;
        }
    }
}

static bool same_tree(struct span plain, struct span placed)
{
    struct buf a = {0};
    struct buf b = {0};
    char *xml[2] = {xml_of(plain), xml_of(placed)};
    without_regions(span_of(xml[0]), &a);
    without_regions(span_of(xml[1]), &b);
    bool same = span_eq(buf_view(&a), buf_view(&b));
    for (int i = 0; i < 2; i++)
        cmark_get_default_mem_allocator()->free(xml[i]);
    buf_release(&a);
    buf_release(&b);
    return same;
}

/* --- the bytes: the insertion rule once more --- */

static void put_region(struct span text, const struct block *b, struct buf *out)
{
    for (bool more = true; more;) {
        more = span_find(text, SPAN("\n"), 0) < text.n;
        struct span line = span_cut(&text, '\n');
        struct span prefix = b->prefix;
        while (!line.n && prefix.n && prefix.p[prefix.n - 1] != '>')
            prefix.n--;
        buf_printf(out, "%s%.*s", b->eol, SPAN_ARG(prefix));
        buf_span(out, line);
    }
}

static void expected(const struct doc *d, struct span src,
                     const struct placement *put, struct buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < d->n_blocks; i++) {
        buf_span(out, span_sub(src, at, d->blocks[i].insert_at));
        put_region(put[i].text, &d->blocks[i], out);
        at = d->blocks[i].insert_at;
    }
    buf_span(out, span_sub(src, at, src.n));
}

/* --- one writing --- */

static struct placement *payloads(struct trial *t, enum payload kind,
                                  unsigned variant)
{
    const struct doc *d = t->doc;
    struct placement *put = arena_array(&t->arena, d->n_blocks, sizeof *put);
    for (size_t i = 0; i < d->n_blocks; i++) {
        struct buf text = {0};
        payload_write(kind, variant + (unsigned)i, &d->blocks[i], &text);
        arena_defer(&t->arena, mem_free, text.p);
        put[i] = (struct placement){i, buf_view(&text)};
    }
    return put;
}

static struct tick *all_ticks(struct trial *t, bool ticked)
{
    struct tick *ticks = arena_array(&t->arena, t->doc->n_boxes, sizeof *ticks);
    for (size_t i = 0; i < t->doc->n_boxes; i++)
        ticks[i] = (struct tick){i, ticked};
    return ticks;
}

/* The source with its marked boxes as the ticks say. */
static struct span ticked_source(struct trial *t, const struct tick *ticks)
{
    const struct doc *d = t->doc;
    char *copy = span_dup(&t->arena, d->src);
    for (size_t i = 0; i < d->n_boxes; i++)
        copy[d->boxes[i].mark_at] = ticks[i].ticked ? 'x' : ' ';
    return (struct span){copy, d->src.n};
}

static bool check(struct trial *t, const struct placement *put,
                  const struct tick *ticks, struct span placed)
{
    struct buf stripped = {0};
    struct buf want = {0};
    struct err err = {0};
    struct span plain = ticked_source(t, ticks);
    bool ok = true;
    if (doc_strip(placed, &stripped, &err) != ST_OK ||
        !span_eq(buf_view(&stripped), ticked_source(t, all_ticks(t, false))))
        ok = broken(t, "strip does not give the source back", placed);
    expected(t->doc, plain, put, &want);
    if (ok && !span_eq(buf_view(&want), placed))
        ok = broken(t, "bytes outside regions have changed", placed);
    if (ok && !same_tree(plain, placed))
        ok = broken(t, "the tree outside regions has changed", placed);
    buf_release(&stripped);
    buf_release(&want);
    return ok;
}

/* Writes into `from`, which is the source, or has other evidence. */
static enum status write_into(struct trial *t, struct span from,
                              const struct placement *put,
                              const struct tick *ticks, struct buf *out,
                              struct err *err)
{
    struct doc d;
    enum status st = doc_parse(&d, t->name, from, err);
    if (st == ST_OK)
        st = doc_place(&d, put, d.n_blocks, ticks, d.n_boxes, out, err);
    doc_release(&d);
    return st;
}

/* --- the laws --- */

static bool evidence_laws(struct trial *t)
{
    struct placement *hostile = payloads(t, PAYLOAD_HOSTILE, t->seed);
    struct placement *tame = payloads(t, PAYLOAD_TAME, 0);
    struct tick *on = all_ticks(t, true);
    struct tick *off = all_ticks(t, false);
    struct buf first = {0};
    struct buf second = {0};
    struct buf third = {0};
    struct err err = {0};
    bool ok = true;
    if (write_into(t, t->doc->src, hostile, on, &first, &err) != ST_OK ||
        write_into(t, buf_view(&first), tame, off, &second, &err) != ST_OK ||
        write_into(t, buf_view(&second), tame, off, &third, &err) != ST_OK)
        ok = broken(t, err.msg, t->doc->src);
    ok = ok && check(t, hostile, on, buf_view(&first));
    ok = ok && check(t, tame, off, buf_view(&second));
    if (ok && !span_eq(buf_view(&second), buf_view(&third)))
        ok = broken(t, "twice is not once", buf_view(&third));
    buf_release(&first);
    buf_release(&second);
    buf_release(&third);
    return ok;
}

/* What nobody made safe is written harmlessly or not at all. */
static bool raw_laws(struct trial *t, struct tally *tally)
{
    struct placement *raw = payloads(t, PAYLOAD_RAW, t->seed);
    struct tick *off = all_ticks(t, false);
    struct buf out = {0};
    struct err err = {0};
    enum status st = write_into(t, t->doc->src, raw, off, &out, &err);
    bool ok = true;
    if (st == ST_OK)
        ok = check(t, raw, off, buf_view(&out));
    else if (st != ST_INTERNAL || out.n)
        ok = broken(t, err.msg, t->doc->src);
    tally->written += st == ST_OK;
    tally->refused += st != ST_OK;
    buf_release(&out);
    return ok;
}

bool laws_hold(const char *name, struct span src, unsigned seed,
               struct tally *tally)
{
    struct doc d;
    struct err err = {0};
    struct trial t = {name, seed, &d, {0}};
    bool ok = true;
    if (doc_parse(&d, name, src, &err) != ST_OK)
        ok = broken(&t, err.msg, src);
    else if (d.n_regions)
        tally->unreadable++; /* made up, and looks like evidence */
    else if (d.n_blocks)
        ok = evidence_laws(&t) && (seed % RAW_EVERY || raw_laws(&t, tally));
    tally->documents += d.n_blocks > 0 && !d.n_regions;
    tally->regions += d.n_regions ? 0 : d.n_blocks;
    doc_release(&d);
    arena_release(&t.arena);
    return ok;
}
