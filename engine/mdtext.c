/* Puts foreign text into Markdown so that it stays text. */
#include "mdtext.h"

#include <ctype.h>
#include <strings.h>

#include "visible.h"

/* Punctuation that neither CommonMark nor GFM reads as markup, and that which
 * is so only at the edge of a word (`-` in a list or a rule, `_` in
 * emphasis). All other is escaped. */
static const char never_markup[] = ",;'\"%?/";
static const char markup_at_edge[] = "-_+=";

static bool is_word(char c)
{
    return isalnum((unsigned char)c) != 0;
}

static bool is_inside_word(struct span s, size_t at)
{
    return at > 0 && at + 1 < s.n && is_word(s.p[at - 1]) &&
           is_word(s.p[at + 1]);
}

/* "1. " begins a list, and GFM links what begins with "www.". */
static bool dot_is_markup(struct span s, size_t at)
{
    if (at == 0)
        return false;
    bool inside = is_inside_word(s, at);
    return tolower((unsigned char)s.p[at - 1]) == 'w' ||
           (isdigit((unsigned char)s.p[at - 1]) && !inside);
}

static bool needs_escape(struct span s, size_t at)
{
    char c = s.p[at];
    if (!ispunct((unsigned char)c) || strchr(never_markup, c))
        return false;
    if (c == '.')
        return dot_is_markup(s, at);
    if (c == ':') /* GFM links "https://…" */
        return at + 1 < s.n && s.p[at + 1] == '/';
    return !strchr(markup_at_edge, c) || !is_inside_word(s, at);
}

/* Hosting sites look for "@name" and "#123" in the rendered text, so neither a
 * backslash nor an entity for the sign itself would do: a zero-width space has
 * to stand behind it. Written as an entity, lest an invisible byte get into
 * the source. A mail address pings nobody and stays copyable. */
static bool needs_defusing(struct span s, size_t at)
{
    if (s.p[at] != '@' && s.p[at] != '#')
        return false;
    if (at + 1 == s.n || !is_word(s.p[at + 1]))
        return false;
    return s.p[at] == '#' || at == 0 || !is_word(s.p[at - 1]);
}

void md_escape(struct span s, struct buf *out)
{
    struct buf shown = {0};
    visible_text(s, VISIBLE_ONE_LINE, &shown);
    struct span text = span_trim(buf_view(&shown));
    for (size_t i = 0; i < text.n; i++) {
        if (needs_escape(text, i))
            buf_char(out, '\\');
        buf_char(out, text.p[i]);
        if (needs_defusing(text, i))
            buf_str(out, "&#8203;");
    }
    buf_release(&shown);
}

void md_escape_cut(struct span s, size_t max_bytes, struct buf *out)
{
    struct span head = utf8_head(s, max_bytes);
    md_escape(head, out);
    if (head.n < s.n)
        buf_str(out, "…");
}

static size_t longest_run(struct span s, char c)
{
    size_t best = 0;
    size_t run = 0;
    for (size_t i = 0; i < s.n; i++) {
        run = s.p[i] == c ? run + 1 : 0;
        if (run > best)
            best = run;
    }
    return best;
}

static void put_times(struct buf *out, char c, size_t n)
{
    while (n-- > 0)
        buf_char(out, c);
}

/* A line of blanks becomes an empty one: containers drop trailing blanks, and
 * a region must read back as it was written. */
static void put_fenced_lines(struct span text, struct buf *out)
{
    while (text.n) {
        struct span line = span_cut(&text, '\n');
        if (span_trim(line).n)
            buf_span(out, line);
        buf_char(out, '\n');
    }
}

void md_fence(const char *lang, struct span s, struct buf *out)
{
    struct buf shown = {0};
    visible_text(s, VISIBLE_LINES, &shown);
    size_t run = longest_run(buf_view(&shown), '`');
    size_t width = run < 3 ? 3 : run + 1;
    put_times(out, '`', width);
    buf_printf(out, "%s\n", lang);
    put_fenced_lines(buf_view(&shown), out);
    put_times(out, '`', width);
    buf_release(&shown);
}

bool url_is_safe(struct span url)
{
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7F ||
            url.p[i] == '\\')
            return false;
    if (url.n == 0 || span_starts(url, "//"))
        return false;
    size_t end = 0;
    while (end < url.n && !strchr(":/?#", url.p[end]))
        end++;
    if (end == url.n || url.p[end] != ':')
        return true;
    return (end == 4 && strncasecmp(url.p, "http", 4) == 0) ||
           (end == 5 && strncasecmp(url.p, "https", 5) == 0);
}

/* Bytes that could end a link destination or be decoded in it. */
static void put_destination(struct span url, struct buf *out)
{
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.p[i];
        if (c == '&')
            buf_str(out, "&amp;");
        else if (c >= 0x80 || strchr("()<>\"'`*|^{}", c))
            buf_printf(out, "%%%02X", c);
        else
            buf_char(out, (char)c);
    }
}

static void put_as_text(struct span text, struct span url, struct buf *out)
{
    if (text.n) {
        md_escape(text, out);
        buf_str(out, " – ");
    }
    if (span_trim(url).n)
        md_escape(url, out);
    else
        buf_str(out, "no address");
}

void md_link(struct span text, struct span url, struct buf *out)
{
    text = span_trim(text);
    if (!url_is_safe(url)) {
        put_as_text(text, url, out);
        return;
    }
    buf_char(out, '[');
    md_escape(text.n ? text : url, out);
    buf_str(out, "](");
    put_destination(url, out);
    buf_char(out, ')');
}

void md_part(struct md_parts *p)
{
    if (p->any)
        buf_str(p->out, p->tight ? "\n<!-- -->\n" : "\n\n");
    p->any = true;
}
