/* Renders a block's evidence items as Markdown. */
#include "exhibit.h"

#include "arena.h"
#include "evidence.h"
#include "visible.h"

#define URL_MAX_BYTES 2000
#define SHORT_HASH 12

static bool is_kind(const struct json *item, const char *kind)
{
    return strcmp(json_get_str(item, "kind", ""), kind) == 0;
}

/* A value as one line of text: strings as they are, null as nothing, the rest
 * as JSON. */
static void value_text(const struct json *value, struct buf *out)
{
    struct arena a = {0};
    struct span bytes;
    if (json_bytes(value, &a, &bytes))
        buf_span(out, bytes);
    else if (json_type(value) != JSON_NULL)
        json_write(value, out);
    arena_release(&a);
}

static void put_value(const struct json *value, struct buf *out)
{
    struct buf text = {0};
    value_text(value, &text);
    md_escape_cut(buf_view(&text), EXHIBIT_CELL_BYTES, out);
    buf_release(&text);
}

static void put_cell(const struct json *value, struct buf *out)
{
    buf_char(out, ' ');
    put_value(value, out);
    buf_str(out, " |");
}

static void put_title(const struct json *item, struct md_parts *parts)
{
    struct buf title = {0};
    put_value(json_get(item, "title"), &title);
    if (title.n) {
        md_part(parts);
        buf_printf(parts->out, "**%s**", buf_cstr(&title));
    }
    buf_release(&title);
}

static void put_left_out(size_t n, const char *what, struct md_parts *parts)
{
    md_part(parts);
    buf_printf(parts->out, "cut: %zu more %s%s in the journal", n, what,
               n == 1 ? "" : "s");
}

/* --- excerpts of text --- */

static size_t count_lines(struct span text)
{
    size_t lines = 0;
    while (text.n) {
        span_cut(&text, '\n');
        lines++;
    }
    return lines;
}

static struct span excerpt_head(struct span text)
{
    struct span rest = text;
    for (int i = 0; i < EVIDENCE_OUTPUT_LINES; i++)
        span_cut(&rest, '\n');
    struct span head =
        utf8_head(span_sub(text, 0, text.n - rest.n), EVIDENCE_OUTPUT_BYTES);
    const char *eol = head.n ? memrchr(head.p, '\n', head.n) : NULL;
    if (head.n == text.n || !eol)
        return head;
    return span_sub(head, 0, (size_t)(eol - head.p) + 1);
}

static struct span excerpt_tail(struct span text)
{
    size_t from = text.n;
    for (int i = 0; i < EVIDENCE_OUTPUT_LINES && from > 0; i++) {
        const char *eol = memrchr(text.p, '\n', from - 1);
        size_t line = eol ? (size_t)(eol - text.p) + 1 : 0;
        if (text.n - line > EVIDENCE_OUTPUT_BYTES)
            break;
        from = line;
    }
    if (from < text.n)
        return span_sub(text, from, text.n);
    /* One line longer than the ceiling: begin at a whole character. */
    from = text.n - EVIDENCE_OUTPUT_BYTES;
    return span_sub(text, utf8_head(text, from).n, text.n);
}

void exhibit_excerpt(const char *lang, struct span text, enum excerpt_end end,
                     const char *where, struct md_parts *parts)
{
    struct span shown = text;
    if (text.n > EVIDENCE_OUTPUT_BYTES ||
        count_lines(text) > EVIDENCE_OUTPUT_LINES)
        shown = end == EXCERPT_HEAD ? excerpt_head(text) : excerpt_tail(text);
    md_part(parts);
    md_fence(lang, shown, parts->out);
    if (shown.n == text.n)
        return;
    struct span rest = end == EXCERPT_HEAD
                           ? span_sub(text, shown.n, text.n)
                           : span_sub(text, 0, text.n - shown.n);
    size_t lines = count_lines(rest);
    md_part(parts);
    buf_printf(parts->out, "cut: %zu %s line%s, %zu bytes, in the %s", lines,
               end == EXCERPT_HEAD ? "more" : "earlier", lines == 1 ? "" : "s",
               rest.n, where);
}

/* --- one item of each kind --- */

static void put_rule(size_t columns, struct buf *out)
{
    buf_str(out, "\n|");
    for (size_t i = 0; i < columns && i < EXHIBIT_MAX_COLUMNS; i++)
        buf_str(out, " --- |");
}

/* A row is an array in the order of the columns, or an object by their
 * names. */
static void put_row(const struct json *columns, const struct json *row,
                    struct buf *out)
{
    const struct json *cell = json_first(row);
    const struct json *c = json_first(columns);
    buf_char(out, '|');
    for (int i = 0; c && i < EXHIBIT_MAX_COLUMNS; i++, c = json_next(c)) {
        if (json_type(row) == JSON_OBJECT) {
            const char *name = json_str(c);
            put_cell(name ? json_get(row, name) : NULL, out);
        } else {
            put_cell(cell, out);
            cell = cell ? json_next(cell) : NULL;
        }
    }
}

static void put_table(const struct json *item, struct md_parts *parts)
{
    const struct json *columns = json_get(item, "columns");
    const struct json *rows = json_get(item, "rows");
    if (json_size(columns) == 0)
        return;
    size_t start = parts->out->n;
    md_part(parts);
    put_row(columns, columns, parts->out);
    put_rule(json_size(columns), parts->out);
    size_t left = 0;
    for (const struct json *row = json_first(rows); row; row = json_next(row))
        if (parts->out->n - start > EXHIBIT_MAX_BYTES) {
            left++;
        } else {
            buf_char(parts->out, '\n');
            put_row(columns, row, parts->out);
        }
    if (left)
        put_left_out(left, "row", parts);
}

static void put_json(const struct json *item, struct md_parts *parts)
{
    struct buf text = {0};
    json_pretty(json_get(item, "value"), &text);
    exhibit_excerpt("json", buf_view(&text), EXCERPT_HEAD, "journal", parts);
    buf_release(&text);
}

static void put_text(const struct json *item, struct md_parts *parts)
{
    struct buf text = {0};
    value_text(json_get(item, "text"), &text);
    exhibit_excerpt("text", buf_view(&text), EXCERPT_HEAD, "journal", parts);
    buf_release(&text);
}

/* A link to the member `key`, under the item's title if it has one. */
static void put_reference(const struct json *item, const char *key,
                          struct buf *out)
{
    struct buf text = {0};
    struct buf url = {0};
    value_text(json_get(item, "title"), &text);
    value_text(json_get(item, key), &url);
    /* A cut address would lead somewhere else. */
    if (url.n > URL_MAX_BYTES)
        md_escape_cut(buf_view(&url), URL_MAX_BYTES, out);
    else
        md_link(utf8_head(buf_view(&text), EXHIBIT_CELL_BYTES), buf_view(&url),
                out);
    buf_release(&text);
    buf_release(&url);
}

static void put_link(const struct json *item, struct md_parts *parts)
{
    md_part(parts);
    put_reference(item, "url", parts->out);
}

static void put_file(const struct json *item, struct md_parts *parts)
{
    md_part(parts);
    put_reference(item, "path", parts->out);
    buf_printf(parts->out, " · %lld bytes",
               (long long)json_get_int(item, "bytes", 0));
    struct span sha256 = json_span(json_get(item, "sha256"));
    if (sha256.n == 0)
        return;
    buf_str(parts->out, " · sha256 ");
    md_escape(span_sub(sha256, 0, SHORT_HASH), parts->out);
}

static void put_metric(const struct json *item, struct buf *out)
{
    struct buf value = {0};
    put_value(json_get(item, "value"), &value);
    put_value(json_get(item, "name"), out);
    /* Asterisks around nothing would be a rule across the page. */
    if (value.n)
        buf_printf(out, " **%s**", buf_cstr(&value));
    else
        buf_str(out, " –");
    buf_release(&value);
    if (!json_get(item, "unit"))
        return;
    buf_char(out, ' ');
    put_value(json_get(item, "unit"), out);
}

static void put_check(const struct json *item, struct buf *out)
{
    buf_str(out, "\n|");
    put_cell(json_get(item, "id"), out);
    buf_str(out, json_get_bool(item, "ok", false) ? " ✅ ok |" : " ❌ failed |");
    put_cell(json_get(item, "detail"), out);
}

/* --- neighbours that share a part; both return the last one used --- */

static const struct json *put_metrics(const struct json *item,
                                      struct md_parts *parts)
{
    md_part(parts);
    put_metric(item, parts->out);
    const struct json *next = json_next(item);
    for (int n = 1; n < EXHIBIT_MAX_ITEMS && is_kind(next, "metric"); n++) {
        buf_str(parts->out, " · ");
        put_metric(next, parts->out);
        item = next;
        next = json_next(item);
    }
    return item;
}

static const struct json *put_checks(const struct json *item,
                                     struct md_parts *parts)
{
    md_part(parts);
    buf_str(parts->out, "| check | result | detail |");
    put_rule(3, parts->out);
    put_check(item, parts->out);
    const struct json *next = json_next(item);
    for (int n = 1; n < EXHIBIT_MAX_ITEMS && is_kind(next, "check"); n++) {
        put_check(next, parts->out);
        item = next;
        next = json_next(item);
    }
    return item;
}

static const struct {
    const char *kind;
    bool titled;
    void (*put)(const struct json *item, struct md_parts *parts);
    const struct json *(*put_run)(const struct json *item,
                                  struct md_parts *parts);
} kinds[] = {
    {"table", true, put_table, NULL},   {"json", true, put_json, NULL},
    {"text", true, put_text, NULL},     {"link", false, put_link, NULL},
    {"file", false, put_file, NULL},    {"metric", false, NULL, put_metrics},
    {"check", false, NULL, put_checks},
};

static const struct json *put_item(const struct json *item,
                                   struct md_parts *parts)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!is_kind(item, kinds[i].kind))
            continue;
        if (kinds[i].titled)
            put_title(item, parts);
        if (kinds[i].put_run)
            return kinds[i].put_run(item, parts);
        kinds[i].put(item, parts);
    }
    return item;
}

void exhibit_items(const struct json *items, struct md_parts *parts)
{
    size_t start = parts->out->n;
    size_t shown = 0;
    const struct json *item = json_first(items);
    while (item && shown++ < EXHIBIT_MAX_ITEMS &&
           parts->out->n - start <= EXHIBIT_MAX_BYTES)
        item = json_next(put_item(item, parts));
    size_t left = 0;
    for (; item; item = json_next(item))
        left++;
    if (left)
        put_left_out(left, "item", parts);
}
