/* Walks a runbook's syntax tree and writes it as HTML (the second user of
 * cmark, beside doc). cmark's own renderer would pass raw HTML through or drop
 * it, and knows neither steps nor evidence nor tables. */
#include "render.h"

#include <cmark.h>

#include "anchors.h"
#include "card.h"
#include "file.h"
#include "html.h"
#include "mdtext.h"
#include "pipes.h"

#define DETAILS_OPEN "<details><summary>"
#define DETAILS_CLOSE "</summary>\n"

struct walk {
    const struct doc *d;
    const struct render_info *info;
    struct buf *out;
    struct arena arena;
    struct anchors anchors;
    cmark_iter *iter;
    struct span body; /* source behind the front matter */
    size_t *line_at;  /* offset of each line of body */
    size_t n_lines;
    size_t next_block; /* both are in order of line, as the walk is */
    size_t next_region;
    cmark_node *evidence_home; /* parent of the open evidence, NULL: none */
    bool in_details;
    bool titled; /* the heading that the page's head repeats has passed */
    bool bare;   /* inside a table cell: no block tags, no source lines */
    const char *link_end;
};

static struct span literal_of(cmark_node *node)
{
    return span_of(cmark_node_get_literal(node));
}

static int line_of(const struct walk *w, cmark_node *node)
{
    return cmark_node_get_start_line(node) + w->d->front.lines;
}

static void skip_children(struct walk *w, cmark_node *node)
{
    cmark_iter_reset(w->iter, node, CMARK_EVENT_EXIT);
}

/* The text below node, without markup (raw HTML is text here). */
static void plain_text(cmark_node *node, struct buf *out)
{
    cmark_iter *it = cmark_iter_new(node);
    cmark_event_type event = cmark_iter_next(it);
    for (; event != CMARK_EVENT_DONE; event = cmark_iter_next(it)) {
        cmark_node *at = cmark_iter_get_node(it);
        cmark_node_type type = cmark_node_get_type(at);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE ||
            type == CMARK_NODE_HTML_INLINE)
            buf_span(out, literal_of(at));
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
            buf_char(out, ' ');
    }
    cmark_iter_free(it);
}

/* --- tables --- */

/* cmark ends lines as this does. */
static void index_lines(struct walk *w)
{
    size_t n = 1;
    for (size_t i = 0; i < w->body.n; i++)
        n += w->body.p[i] == '\n' || w->body.p[i] == '\r';
    w->line_at = arena_array(&w->arena, n + 1, sizeof *w->line_at);
    w->n_lines = 1;
    for (size_t i = 0; i < w->body.n; i++) {
        char c = w->body.p[i];
        bool crlf = c == '\r' && i + 1 < w->body.n && w->body.p[i + 1] == '\n';
        if ((c == '\n' || c == '\r') && !crlf)
            w->line_at[w->n_lines++] = i + 1;
    }
    w->line_at[w->n_lines] = w->body.n;
}

/* A paragraph's source lines without containers. Further lines may be lazy,
 * so what containers can put before them is skipped byte by byte. */
static size_t source_lines(struct walk *w, cmark_node *paragraph,
                           struct span **lines)
{
    int first = cmark_node_get_start_line(paragraph);
    int last = cmark_node_get_end_line(paragraph);
    if (first < 1 || last < first || (size_t)last > w->n_lines)
        return 0;
    size_t n = (size_t)(last - first) + 1;
    *lines = arena_array(&w->arena, n, sizeof **lines);
    for (size_t i = 0; i < n; i++) {
        size_t line = (size_t)first - 1 + i;
        size_t from = w->line_at[line];
        if (i == 0)
            from += (size_t)cmark_node_get_start_column(paragraph) - 1;
        while (i > 0 && from < w->body.n && strchr(" \t>", w->body.p[from]))
            from++;
        (*lines)[i] = span_trim(span_sub(w->body, from, w->line_at[line + 1]));
    }
    return n;
}

static void walk_tree(struct walk *w, cmark_node *root);

/* A cell is Markdown of its own, but only inline; what would be a list or a
 * heading there is text. */
static void put_cell(struct walk *w, struct span cell)
{
    cmark_node *root = cmark_parse_document(cell.p, cell.n, CMARK_OPT_DEFAULT);
    cmark_node *only = cmark_node_first_child(root);
    if (only && !cmark_node_next(only) &&
        cmark_node_get_type(only) == CMARK_NODE_PARAGRAPH)
        walk_tree(w, root);
    else
        html_text(cell, w->out);
    cmark_node_free(root);
}

static void put_row(struct walk *w, const struct pipe_table *t, size_t row)
{
    const char *tag = row == 0 ? "th" : "td";
    buf_str(w->out, "<tr>");
    for (size_t c = 0; c < t->columns; c++) {
        buf_printf(w->out, "<%s>", tag);
        put_cell(w, t->cells[row * t->columns + c]);
        buf_printf(w->out, "</%s>", tag);
    }
    buf_str(w->out, "</tr>\n");
}

static bool put_table(struct walk *w, cmark_node *paragraph)
{
    struct span *lines = NULL;
    struct pipe_table t;
    size_t n = source_lines(w, paragraph, &lines);
    if (!pipes_parse(lines, n, &w->arena, &t))
        return false;
    cmark_iter *outer = w->iter;
    w->bare = true;
    buf_str(w->out,
            "<div class=\"scroll\" role=\"region\" aria-label=\"Table\" "
            "tabindex=\"0\"><table>\n<thead>\n");
    put_row(w, &t, 0);
    buf_str(w->out, "</thead>\n<tbody>\n");
    for (size_t row = 1; row < t.rows; row++)
        put_row(w, &t, row);
    buf_str(w->out, "</tbody>\n</table></div>\n");
    w->bare = false;
    w->iter = outer;
    return true;
}

/* --- task lists --- */

/* The text node that begins with a box, or NULL. */
static cmark_node *task_of(cmark_node *item)
{
    cmark_node *p = cmark_node_first_child(item);
    if (!p || cmark_node_get_type(p) != CMARK_NODE_PARAGRAPH)
        return NULL;
    cmark_node *text = cmark_node_first_child(p);
    if (!text || cmark_node_get_type(text) != CMARK_NODE_TEXT)
        return NULL;
    struct span s = literal_of(text);
    bool box = span_starts(s, "[ ] ") || span_starts(s, "[x] ") ||
               span_starts(s, "[X] ");
    return box ? text : NULL;
}

static void put_box(struct walk *w, cmark_node *text)
{
    struct span s = literal_of(text);
    buf_printf(w->out, "<input type=\"checkbox\" disabled%s aria-label=\"%s\">",
               s.p[1] == ' ' ? "" : " checked",
               s.p[1] == ' ' ? "open" : "done");
    cmark_node_set_literal(text, arena_strndup(&w->arena, s.p + 4, s.n - 4));
}

/* --- blocks --- */

static bool is_in_tight_list(cmark_node *paragraph)
{
    cmark_node *item = cmark_node_parent(paragraph);
    cmark_node *list = item ? cmark_node_parent(item) : NULL;
    return list && cmark_node_get_type(list) == CMARK_NODE_LIST &&
           cmark_node_get_list_tight(list);
}

static void enter_paragraph(struct walk *w, cmark_node *node)
{
    if (w->bare)
        return;
    if (put_table(w, node)) {
        skip_children(w, node);
        return;
    }
    if (!is_in_tight_list(node))
        buf_str(w->out, "<p>");
    cmark_node *item = cmark_node_parent(node);
    if (cmark_node_get_type(item) == CMARK_NODE_ITEM &&
        cmark_node_first_child(item) == node && task_of(item))
        put_box(w, task_of(item));
}

static void leave_paragraph(struct walk *w, cmark_node *node)
{
    if (w->bare)
        return;
    buf_str(w->out, is_in_tight_list(node) ? "\n" : "</p>\n");
}

static void enter_list(struct walk *w, cmark_node *node)
{
    int start = cmark_node_get_list_start(node);
    if (cmark_node_get_list_type(node) == CMARK_BULLET_LIST)
        buf_str(w->out, "<ul>\n");
    else if (start == 1)
        buf_str(w->out, "<ol>\n");
    else
        buf_printf(w->out, "<ol start=\"%d\">\n", start);
}

static void leave_list(struct walk *w, cmark_node *node)
{
    bool bullets = cmark_node_get_list_type(node) == CMARK_BULLET_LIST;
    buf_str(w->out, bullets ? "</ul>\n" : "</ol>\n");
}

static void enter_item(struct walk *w, cmark_node *node)
{
    buf_str(w->out, task_of(node) ? "<li class=\"task\">" : "<li>");
}

static void enter_heading(struct walk *w, cmark_node *node)
{
    struct buf text = {0};
    plain_text(node, &text);
    const char *anchor = anchor_for(&w->anchors, buf_view(&text));
    bool title = !w->titled && span_is(buf_view(&text), w->d->title);
    w->titled = true;
    buf_release(&text);
    if (title) {
        skip_children(w, node);
        return;
    }
    buf_printf(w->out, "<h%d id=\"", cmark_node_get_heading_level(node));
    html_escape(span_of(anchor), w->out);
    buf_str(w->out, "\">");
}

static void leave_heading(struct walk *w, cmark_node *node)
{
    buf_printf(w->out, "</h%d>\n", cmark_node_get_heading_level(node));
}

static const struct block *block_at(struct walk *w, int line)
{
    const struct doc *d = w->d;
    while (w->next_block < d->n_blocks && d->blocks[w->next_block].line < line)
        w->next_block++;
    const struct block *b = &d->blocks[w->next_block];
    return w->next_block < d->n_blocks && b->line == line ? b : NULL;
}

static void enter_code_block(struct walk *w, cmark_node *node)
{
    const struct block *b = block_at(w, line_of(w, node));
    if (b)
        card_step_begin(w->d, b, w->info, w->out);
    buf_str(w->out, "<pre tabindex=\"0\"><code>");
    html_text(literal_of(node), w->out);
    buf_str(w->out, "</code></pre>\n");
    if (b)
        card_step_end(w->out);
}

/* --- evidence and raw HTML --- */

static const struct region *region_at(struct walk *w, int line)
{
    const struct doc *d = w->d;
    while (w->next_region < d->n_regions &&
           d->regions[w->next_region].line < line)
        w->next_region++;
    const struct region *r = &d->regions[w->next_region];
    return w->next_region < d->n_regions && r->line == line ? r : NULL;
}

static void close_details(struct walk *w)
{
    if (w->in_details)
        buf_str(w->out, "</details>\n");
    w->in_details = false;
}

static void close_evidence(struct walk *w)
{
    close_details(w);
    if (w->evidence_home)
        card_evidence_end(w->out);
    w->evidence_home = NULL;
}

/* The one element that evidence has, in exactly the form it is written in. */
static bool put_details(struct walk *w, struct span html)
{
    if (span_is(html, "</details>\n") && w->in_details) {
        close_details(w);
        return true;
    }
    if (!span_starts(html, DETAILS_OPEN) || !span_ends(html, DETAILS_CLOSE) ||
        w->in_details)
        return false;
    struct span text =
        span_sub(html, strlen(DETAILS_OPEN), html.n - strlen(DETAILS_CLOSE));
    if (memchr(text.p, '<', text.n) || memchr(text.p, '&', text.n))
        return false;
    buf_str(w->out, "<details><summary>");
    html_text(text, w->out);
    buf_str(w->out, "</summary>\n");
    w->in_details = true;
    return true;
}

/* Comments that the format itself uses: they have no meaning to a reader. */
static bool is_format_comment(struct span html)
{
    static const char *const ours[] = {"<!-- -->",
                                       "<!-- check:", "<!-- prettier-ignore",
                                       "<!-- runproof:", "<!-- /runproof:"};
    html = span_trim(html);
    if (!span_ends(html, "-->"))
        return false;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (span_starts(html, ours[i]))
            return true;
    return false;
}

static void enter_html_block(struct walk *w, cmark_node *node)
{
    struct span html = literal_of(node);
    const struct region *r = region_at(w, line_of(w, node));
    if (r && !w->bare) {
        close_evidence(w);
        w->evidence_home = cmark_node_parent(node);
        card_evidence_begin(w->d, r, w->out);
    } else if (w->evidence_home &&
               span_starts(span_trim(html), "<!-- /runproof:evidence")) {
        close_evidence(w);
    } else if (!(w->evidence_home && put_details(w, html)) &&
               !is_format_comment(html)) {
        buf_str(w->out, "<pre class=\"raw\" tabindex=\"0\">");
        html_text(html, w->out);
        buf_str(w->out, "</pre>\n");
    }
}

/* `<!-- check: health -->` becomes a tag, all else is shown as text. */
static void enter_html_inline(struct walk *w, cmark_node *node)
{
    struct span html = literal_of(node);
    struct span open = SPAN("<!-- check:");
    if (span_starts(html, open.p) && span_ends(html, "-->")) {
        struct span id = span_trim(span_sub(html, open.n, html.n - 3));
        buf_str(w->out, "<span class=\"tag\">");
        html_text(id, w->out);
        buf_str(w->out, "</span>");
    } else if (!is_format_comment(html)) {
        buf_str(w->out, "<code class=\"raw\">");
        html_text(html, w->out);
        buf_str(w->out, "</code>");
    }
}

/* --- inlines --- */

static void enter_text(struct walk *w, cmark_node *node)
{
    html_text(literal_of(node), w->out);
}

static void enter_code(struct walk *w, cmark_node *node)
{
    buf_str(w->out, "<code>");
    html_text(literal_of(node), w->out);
    buf_str(w->out, "</code>");
}

/* Where the node leads, as seen from the page's folder. */
static struct span target_of(struct walk *w, cmark_node *node)
{
    struct span url = span_of(cmark_node_get_url(node));
    size_t end = 0;
    while (end < url.n && !strchr("?#", url.p[end]))
        end++;
    struct span path = span_sub(url, 0, end);
    if (!w->info || !w->info->page_dir || !url_is_safe(url) || path.n == 0 ||
        path.p[0] == '/' || memchr(path.p, ':', path.n))
        return url;
    const char *from =
        path_join(&w->arena, w->info->runbook_dir, span_dup(&w->arena, path));
    return span_of(arena_printf(
        &w->arena, "%s%.*s", path_relative(&w->arena, w->info->page_dir, from),
        SPAN_ARG(span_sub(url, end, url.n))));
}

static void enter_link(struct walk *w, cmark_node *node)
{
    w->link_end = html_open_link(target_of(w, node), w->out);
}

static void leave_link(struct walk *w, cmark_node *node)
{
    (void)node;
    buf_str(w->out, w->link_end);
    w->link_end = NULL;
}

/* The page may load nothing, so a picture is a link to it; inside a link it is
 * its text. */
static void enter_image(struct walk *w, cmark_node *node)
{
    struct buf text = {0};
    plain_text(node, &text);
    const char *end = "";
    if (!w->link_end)
        end = html_open_link(target_of(w, node), w->out);
    buf_str(w->out, "[image: ");
    html_text(buf_view(&text), w->out);
    buf_printf(w->out, "]%s", end);
    buf_release(&text);
    skip_children(w, node);
}

/* --- the walk --- */

static const struct {
    const char *open, *close;
    void (*enter)(struct walk *w, cmark_node *node);
    void (*leave)(struct walk *w, cmark_node *node);
} nodes[] = {
    [CMARK_NODE_BLOCK_QUOTE] = {"<blockquote>\n", "</blockquote>\n", 0, 0},
    [CMARK_NODE_LIST] = {0, 0, enter_list, leave_list},
    [CMARK_NODE_ITEM] = {0, "</li>\n", enter_item, 0},
    [CMARK_NODE_CODE_BLOCK] = {0, 0, enter_code_block, 0},
    [CMARK_NODE_HTML_BLOCK] = {0, 0, enter_html_block, 0},
    [CMARK_NODE_PARAGRAPH] = {0, 0, enter_paragraph, leave_paragraph},
    [CMARK_NODE_HEADING] = {0, 0, enter_heading, leave_heading},
    [CMARK_NODE_THEMATIC_BREAK] = {"<hr>\n", 0, 0, 0},
    [CMARK_NODE_TEXT] = {0, 0, enter_text, 0},
    [CMARK_NODE_SOFTBREAK] = {"\n", 0, 0, 0},
    [CMARK_NODE_LINEBREAK] = {"<br>\n", 0, 0, 0},
    [CMARK_NODE_CODE] = {0, 0, enter_code, 0},
    [CMARK_NODE_HTML_INLINE] = {0, 0, enter_html_inline, 0},
    [CMARK_NODE_EMPH] = {"<em>", "</em>", 0, 0},
    [CMARK_NODE_STRONG] = {"<strong>", "</strong>", 0, 0},
    [CMARK_NODE_LINK] = {0, 0, enter_link, leave_link},
    [CMARK_NODE_IMAGE] = {0, 0, enter_image, 0},
};

static void enter(struct walk *w, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type >= sizeof nodes / sizeof *nodes)
        return;
    buf_str(w->out, nodes[type].open);
    if (nodes[type].enter)
        nodes[type].enter(w, node);
}

static void leave(struct walk *w, cmark_node *node)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type >= sizeof nodes / sizeof *nodes)
        return;
    /* A page that was tampered with may leave its container in between. */
    if (node == w->evidence_home)
        close_evidence(w);
    if (nodes[type].leave)
        nodes[type].leave(w, node);
    buf_str(w->out, nodes[type].close);
}

static void walk_tree(struct walk *w, cmark_node *root)
{
    w->iter = cmark_iter_new(root);
    cmark_iter *it = w->iter;
    cmark_event_type event = cmark_iter_next(it);
    for (; event != CMARK_EVENT_DONE; event = cmark_iter_next(it)) {
        if (event == CMARK_EVENT_ENTER)
            enter(w, cmark_iter_get_node(it));
        else
            leave(w, cmark_iter_get_node(it));
    }
    cmark_iter_free(it);
}

/* Headings must not take the names that steps have. */
static void reserve_anchors(struct walk *w)
{
    anchor_for(&w->anchors, SPAN("runbook"));
    for (size_t i = 0; i < w->d->n_blocks; i++) {
        struct span id = w->d->blocks[i].attr.id;
        anchor_for(&w->anchors,
                   span_of(arena_printf(&w->arena, "step-%.*s", SPAN_ARG(id))));
    }
}

enum status render_html(const struct doc *d, const struct render_info *info,
                        struct buf *out, struct err *err)
{
    struct buf page = {.cap = RENDER_MAX_BYTES};
    struct walk w = {.d = d, .info = info, .out = &page};
    w.anchors.arena = &w.arena;
    w.body = span_sub(d->src, d->front.end, d->src.n);
    index_lines(&w);
    reserve_anchors(&w);
    frame_begin(d, info, &page);
    cmark_node *root =
        cmark_parse_document(w.body.p, w.body.n, CMARK_OPT_DEFAULT);
    walk_tree(&w, root);
    cmark_node_free(root);
    close_evidence(&w);
    frame_end(&page);
    arena_release(&w.arena);
    bool over = page.over;
    if (!over)
        buf_span(out, buf_view(&page));
    buf_release(&page);
    if (over)
        return err_set(err, ST_LIMIT,
                       "%s: the page would be over %u MiB: render a part of it",
                       d->path, RENDER_MAX_BYTES >> 20);
    return ST_OK;
}
