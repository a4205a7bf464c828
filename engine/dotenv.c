/* Finds one variable in a KEY=VALUE file. */
#include "dotenv.h"

struct reader {
    struct span text;
    size_t at;
    int line;
    const char *file;
};

static bool at_end(const struct reader *r)
{
    return r->at >= r->text.n;
}

static char peek(const struct reader *r)
{
    return at_end(r) ? '\n' : r->text.p[r->at];
}

static char take(struct reader *r)
{
    char c = peek(r);
    r->line += c == '\n' && !at_end(r);
    r->at++;
    return c;
}

static struct span rest_of_line(struct reader *r)
{
    size_t from = r->at;
    while (!at_end(r) && peek(r) != '\n')
        r->at++;
    struct span s = span_sub(r->text, from, r->at);
    take(r);
    return s;
}

/* In double quotes: what stands for another character. */
static char unescape(char c)
{
    static const char from[] = "nrt";
    static const char to[] = "\n\r\t";
    const char *p = strchr(from, c);
    return p && c ? to[p - from] : c;
}

static bool is_escape(const struct reader *r)
{
    return r->at + 1 < r->text.n && strchr("nrt\\\"$`", r->text.p[r->at + 1]) &&
           r->text.p[r->at + 1];
}

/* Behind the opening quote, up to and with the closing one. Line ends become
 * LF. */
static enum status read_quoted(struct reader *r, char quote, struct buf *out,
                               struct err *err)
{
    int began = r->line;
    while (!at_end(r) && peek(r) != quote) {
        char c = take(r);
        if (c == '\r' && peek(r) == '\n')
            continue;
        if (quote == '"' && c == '\\') {
            r->at--;
            bool escape = is_escape(r);
            r->at++;
            c = escape ? unescape(take(r)) : c;
        }
        buf_char(out, c);
    }
    if (at_end(r))
        return err_at(err, ST_INPUT, r->file, began,
                      "the quote of this value is never closed");
    take(r);
    began = r->line;
    struct span more = span_trim(rest_of_line(r));
    if (more.n && more.p[0] != '#')
        return err_at(err, ST_INPUT, r->file, began,
                      "something stands behind the closing quote of this "
                      "value: escape quotes in it, or use the other ones");
    return ST_OK;
}

/* Up to the end of the line, or to a comment: a '#' behind a blank. */
static void read_bare(struct reader *r, struct buf *out)
{
    struct span s = rest_of_line(r);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '#' &&
            (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
            s = span_sub(s, 0, i);
    buf_span(out, span_trim(s));
}

/* Up to '='; false for a line that has none, which is passed over. */
static bool read_key(struct reader *r, struct span *key)
{
    size_t from = r->at;
    while (!at_end(r) && peek(r) != '\n' && peek(r) != '=')
        r->at++;
    struct span s = span_trim(span_sub(r->text, from, r->at));
    if (peek(r) != '=' || span_starts(s, "#")) {
        rest_of_line(r);
        return false;
    }
    r->at++;
    *key = span_starts(s, "export ") ? span_trim(span_sub(s, 7, s.n)) : s;
    return true;
}

static enum status read_value(struct reader *r, struct buf *out,
                              struct err *err)
{
    while (peek(r) == ' ' || peek(r) == '\t')
        r->at++;
    char c = peek(r);
    if (c != '"' && c != '\'' && c != '`') {
        read_bare(r, out);
        return ST_OK;
    }
    r->at++;
    return read_quoted(r, c, out, err);
}

enum status dotenv_find(struct span text, const char *file, const char *name,
                        struct buf *out, bool *found, struct err *err)
{
    struct reader r = {.text = text, .line = 1, .file = file};
    enum status st = ST_OK;
    size_t before = out->n;
    if (span_starts(text, "\xEF\xBB\xBF"))
        r.at = 3;
    while (st == ST_OK && !at_end(&r)) {
        struct span key;
        struct buf value = {0};
        if (!read_key(&r, &key))
            continue;
        st = read_value(&r, &value, err);
        if (st == ST_OK && span_is(key, name)) {
            out->n = before;
            buf_span(out, buf_view(&value));
        }
        buf_wipe(&value);
    }
    *found = st == ST_OK && out->n > before;
    return st;
}
