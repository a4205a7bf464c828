/* Finds evidence regions and writes them. */
#include "region.h"

#include <stddef.h>

#include "splice.h"

#define OPENING "<!-- runproof:evidence"
#define CLOSING "<!-- /runproof:evidence -->"

/* --- markers --- */

enum marker { MARKER_NONE, MARKER_OPENING, MARKER_CLOSING };

static enum marker marker_of(struct span line)
{
    line = span_trim(line);
    if (span_is(line, CLOSING))
        return MARKER_CLOSING;
    if (span_starts(line, OPENING " ") && span_ends(line, " -->"))
        return MARKER_OPENING;
    return MARKER_NONE;
}

/* key=value words of the opening marker. */
static const struct {
    const char *key; /* with its '=' */
    size_t at;
} fields[] = {
    {"id=", offsetof(struct region, id)},
    {"run=", offsetof(struct region, run)},
    {"status=", offsetof(struct region, status)},
    {"src=", offsetof(struct region, src)},
    {"out=", offsetof(struct region, out)},
};

static void read_field(struct region *r, struct span word)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (span_starts(word, fields[i].key))
            *(struct span *)(void *)((char *)r + fields[i].at) =
                span_sub(word, strlen(fields[i].key), word.n);
}

static void read_fields(struct region *r, struct span marker)
{
    struct span words = span_sub(marker, strlen(OPENING), marker.n - 3);
    while (words.n)
        read_field(r, span_cut(&words, ' '));
}

/* --- text --- */

static struct span trim_end(struct span s)
{
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* A line as it was before region_write; one that someone has moved stays
 * whole, and shows as not canonical. */
static struct span without_prefix(struct span line, struct span prefix)
{
    if (line.n >= prefix.n && span_eq(span_sub(line, 0, prefix.n), prefix))
        return span_sub(line, prefix.n, line.n);
    if (span_eq(line, trim_end(prefix)))
        return span_sub(line, line.n, line.n);
    return line;
}

static void read_text(struct region *r, const struct page *p,
                      struct span prefix, struct arena *a)
{
    struct buf text = {0};
    size_t payload = 0;
    size_t payload_end = 0;
    for (int line = r->line; line < r->last_line; line++) {
        struct span whole = lines_text(&p->lines, (size_t)line);
        buf_span(&text, without_prefix(whole, prefix));
        payload_end = text.n;
        buf_char(&text, '\n');
        if (line == r->line)
            payload = text.n;
    }
    struct span last = lines_text(&p->lines, (size_t)r->last_line);
    last = span_sub(last, 0, r->end - p->lines.start[r->last_line - 1]);
    buf_span(&text, without_prefix(last, prefix));

    r->text = (struct span){span_dup(a, buf_view(&text)), text.n};
    r->payload = span_sub(r->text, payload, payload_end);
    r->hash = hash_sha256(r->text);
    buf_release(&text);
}

/* --- pairing --- */

struct finder {
    const struct page *page;
    struct arena *arena;
    struct problems *problems;
    struct region *list; /* heap while growing */
    size_t n, room;
    int open;                   /* line of the opening marker, 0 when none */
    const struct node *open_in; /* the HTML block that holds it */
};

static void open_region(struct finder *f, int line, const struct node *html)
{
    if (f->open)
        problem_add(f->problems, PROBLEM_FATAL, line,
                    "an evidence region begins inside that of line %d: "
                    "remove the extra marker",
                    f->open);
    f->open = line;
    f->open_in = html;
}

/* A marker in a longer HTML block, as behind an unclosed `<details>`, is found
 * but not as doc_place writes it. */
static bool is_alone(const struct node *html)
{
    return span_find(html->text, SPAN("\n"), 0) + 1 == html->text.n;
}

static void close_region(struct finder *f, int line, const struct node *html)
{
    const struct lines *lines = &f->page->lines;
    if (!f->open || f->open_in->parent != html->parent) {
        problem_add(f->problems, PROBLEM_FATAL, line,
                    f->open ? "an evidence region ends in another list or "
                              "quote than it began in: remove both markers"
                            : "an evidence region ends that never began: "
                              "remove the marker");
        f->open = 0;
        return;
    }
    struct span first = lines_text(lines, (size_t)f->open);
    struct span last = lines_text(lines, (size_t)line);
    size_t marker = span_find(first, SPAN(OPENING), 0);
    struct region r = {
        .line = f->open,
        .last_line = line,
        .begin = f->open > 1 ? lines_end(lines, (size_t)f->open - 1)
                             : lines->start[0],
        .end = lines->start[line - 1] + span_find(last, SPAN(CLOSING), 0) +
               strlen(CLOSING),
        .block = -1,
        .canonical = is_alone(f->open_in) && is_alone(html),
    };
    read_fields(&r, span_trim(span_sub(first, marker, first.n)));
    read_text(&r, f->page, span_sub(first, 0, marker), f->arena);
    MEM_GROW(f->list, f->n, f->room);
    f->list[f->n++] = r;
    f->open = 0;
}

/* The lines of an HTML block's literal are consecutive lines of the file; its
 * end line as cmark tells it is wrong. */
static void scan_html(struct finder *f, const struct node *node)
{
    if (span_find(node->text, SPAN("runproof:evidence"), 0) == node->text.n)
        return;
    struct span rest = node->text;
    for (int line = node->line; rest.n; line++) {
        enum marker marker = marker_of(span_cut(&rest, '\n'));
        if (marker == MARKER_OPENING)
            open_region(f, line, node);
        else if (marker == MARKER_CLOSING)
            close_region(f, line, node);
    }
}

void regions_find(struct regions *out, const struct page *p, struct arena *a,
                  struct problems *problems)
{
    struct finder f = {.page = p, .arena = a, .problems = problems};
    for (size_t i = 0; i < p->tree.n; i++)
        if (p->tree.nodes[i].kind == NODE_HTML)
            scan_html(&f, &p->tree.nodes[i]);
    if (f.open)
        problem_add(problems, PROBLEM_FATAL, f.open,
                    "this evidence region never ends: add the line " CLOSING
                    " or remove the marker");
    arena_defer(a, mem_free, f.list);
    *out = (struct regions){f.list, f.n};
}

/* --- use --- */

struct region_cursor region_cursor(const struct region *list, size_t n)
{
    return (struct region_cursor){list, n ? list + n : list};
}

bool region_covers(struct region_cursor *c, int line)
{
    while (c->at < c->end && c->at->last_line < line)
        c->at++;
    return c->at < c->end && c->at->line <= line;
}

/* The next node from i on that is in no region; t->n when there is none. */
static size_t next_outside(const struct tree *t, struct region_cursor *c,
                           size_t i)
{
    while (i < t->n && node_is_block(&t->nodes[i]) &&
           region_covers(c, t->nodes[i].line))
        i = tree_skip(t, i);
    return i;
}

static bool equal_outside(const struct tree *t, const struct regions *r,
                          const struct tree *bare)
{
    struct region_cursor cursor = region_cursor(r->list, r->n);
    size_t i = next_outside(t, &cursor, 1);
    size_t k = 1;
    while (i < t->n && k < bare->n) {
        if (!node_equal(&t->nodes[i], &bare->nodes[k++]))
            return false;
        i = next_outside(t, &cursor, i + 1);
    }
    return i == t->n && k == bare->n;
}

bool regions_inert(const struct regions *r, const struct page *p)
{
    if (!r->n)
        return true;
    struct arena scratch = {0};
    struct buf bytes = {0};
    struct err err = {0};
    struct edit *edits = arena_array(&scratch, r->n, sizeof *edits);
    for (size_t i = 0; i < r->n; i++)
        edits[i] = (struct edit){
            .at = r->list[i].begin,
            .remove = r->list[i].end - r->list[i].begin,
        };
    bool inert = false;
    if (splice(p->src, edits, r->n, &bytes, &err) == ST_OK) {
        struct page bare;
        page_open(&bare, buf_view(&bytes), &scratch);
        inert = equal_outside(&p->tree, r, &bare.tree);
    }
    buf_release(&bytes);
    arena_release(&scratch);
    return inert;
}

void region_write(struct span text, const struct block *b, struct buf *out)
{
    bool more = true;
    while (more) {
        more = memchr(text.p, '\n', text.n) != NULL;
        struct span line = span_cut(&text, '\n');
        buf_str(out, b->eol);
        buf_span(out, line.n ? b->prefix : trim_end(b->prefix));
        buf_span(out, line);
    }
}
