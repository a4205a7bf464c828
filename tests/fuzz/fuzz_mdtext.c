/* Foreign text in Markdown: cmark must read back the very same characters and
 * nothing else, from running text and from a fence. */
#include <stdint.h>
#include <stdlib.h>

#include <cmark.h>

#include "mdtext.h"
#include "visible.h"

#define ZERO_WIDTH_SPACE "\xE2\x80\x8B"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cmark_node *parse(const struct buf *markdown)
{
    return cmark_parse_document(buf_cstr(markdown), markdown->n,
                                CMARK_OPT_DEFAULT);
}

/* The zero-width spaces of md_escape: foreign ones are shown, not kept. */
static void put_without_zero_width(struct span s, struct buf *out)
{
    const struct span unseen = SPAN(ZERO_WIDTH_SPACE);
    for (size_t at = 0; at < s.n;) {
        size_t hit = span_find(s, unseen, at);
        buf_span(out, span_sub(s, at, hit));
        at = hit + unseen.n;
    }
}

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_escape(struct span s)
{
    struct buf markdown = {0};
    struct buf want = {0};
    struct buf got = {0};
    md_escape(s, &markdown);
    visible_text(s, VISIBLE_ONE_LINE, &want);
    cmark_node *root = parse(&markdown);
    cmark_node *p = cmark_node_first_child(root);
    if (p) {
        must(cmark_node_get_type(p) == CMARK_NODE_PARAGRAPH);
        must(!cmark_node_next(p));
        cmark_node *text = cmark_node_first_child(p);
        must(cmark_node_get_type(text) == CMARK_NODE_TEXT);
        must(!cmark_node_next(text));
        put_without_zero_width(span_of(cmark_node_get_literal(text)), &got);
    }
    must(span_eq(buf_view(&got), span_trim(buf_view(&want))));
    cmark_node_free(root);
    buf_release(&markdown);
    buf_release(&want);
    buf_release(&got);
}

/* Lines of blanks come back empty, the last line with an end. */
static void put_trimmed_lines(struct span text, struct buf *out)
{
    while (text.n) {
        struct span line = span_cut(&text, '\n');
        if (span_trim(line).n)
            buf_span(out, line);
        buf_char(out, '\n');
    }
}

static void check_fence(struct span s)
{
    struct buf markdown = {0};
    struct buf shown = {0};
    struct buf want = {0};
    md_fence("text", s, &markdown);
    visible_text(s, VISIBLE_LINES, &shown);
    put_trimmed_lines(buf_view(&shown), &want);
    cmark_node *root = parse(&markdown);
    cmark_node *fence = cmark_node_first_child(root);
    must(cmark_node_get_type(fence) == CMARK_NODE_CODE_BLOCK);
    must(!cmark_node_next(fence));
    must(span_eq(span_of(cmark_node_get_literal(fence)), buf_view(&want)));
    cmark_node_free(root);
    buf_release(&markdown);
    buf_release(&shown);
    buf_release(&want);
}

/* A link is one link to nowhere but http, https or a relative place, or it is
 * text. */
static void check_link(struct span s)
{
    struct buf markdown = {0};
    md_link(SPAN("t"), s, &markdown);
    cmark_node *root = parse(&markdown);
    cmark_node *p = cmark_node_first_child(root);
    must(p && !cmark_node_next(p));
    must(cmark_node_get_type(p) == CMARK_NODE_PARAGRAPH);
    cmark_node *only = cmark_node_first_child(p);
    must(only && !cmark_node_next(only));
    if (cmark_node_get_type(only) == CMARK_NODE_LINK)
        must(url_is_safe(span_of(cmark_node_get_url(only))));
    else
        must(cmark_node_get_type(only) == CMARK_NODE_TEXT);
    cmark_node_free(root);
    buf_release(&markdown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span s = {(const char *)data, size};
    check_escape(s);
    check_fence(s);
    check_link(s);
    return 0;
}
