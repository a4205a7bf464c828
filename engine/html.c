/* Escapes text and addresses for HTML. */
#include "html.h"

#include <strings.h>

#include "mdtext.h"
#include "visible.h"

#define ZERO_WIDTH_SPACE "\xE2\x80\x8B"
#define MAILTO "mailto:"

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_escape(struct span s, struct buf *out)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *by = entity(s.p[i]);
        if (!by)
            continue;
        buf_span(out, span_sub(s, from, i));
        buf_str(out, by);
        from = i + 1;
    }
    buf_span(out, span_sub(s, from, s.n));
}

void html_text(struct span s, struct buf *out)
{
    const struct span unseen = SPAN(ZERO_WIDTH_SPACE);
    struct buf shown = {0};
    size_t at = 0;
    while (at < s.n) {
        size_t hit = span_find(s, unseen, at);
        visible_text(span_sub(s, at, hit), VISIBLE_LINES, &shown);
        at = hit + unseen.n;
    }
    html_escape(buf_view(&shown), out);
    buf_release(&shown);
}

static bool is_mail(struct span url)
{
    return url.n > strlen(MAILTO) &&
           strncasecmp(url.p, MAILTO, strlen(MAILTO)) == 0;
}

const char *html_open_link(struct span url, struct buf *out)
{
    if (!url_is_safe(url) && !is_mail(url)) {
        buf_str(out, "<span>");
        return "</span>";
    }
    buf_str(out, "<a rel=\"noopener noreferrer\" href=\"");
    html_escape(url, out);
    buf_str(out, "\">");
    return "</a>";
}

void html_span(const char *class, const char *text, struct buf *out)
{
    buf_printf(out, "<span class=\"%s\">", class);
    html_text(span_of(text), out);
    buf_str(out, "</span>");
}
