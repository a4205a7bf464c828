/* Renders one evidence item as lines of text. */
#include "plain.h"

#include <string.h>

#include "arena.h"
#include "visible.h"

#define MAX_COLUMNS 20
#define GAP 2

/* A value on one line, cut to a cell. */
static void put_cell(const struct json *value, struct buf *out)
{
    struct arena a = {0};
    struct buf raw = {0};
    struct buf text = {0};
    struct span bytes;
    if (json_bytes(value, &a, &bytes))
        buf_span(&raw, bytes);
    else if (value && json_type(value) != JSON_NULL)
        json_write(value, &raw);
    visible_text(buf_view(&raw), VISIBLE_ONE_LINE, &text);
    struct span all = buf_view(&text);
    struct span fits = visible_fit(all, PLAIN_CELL_COLUMNS);
    buf_span(out, fits);
    if (fits.n < all.n)
        buf_str(out, "…");
    buf_release(&text);
    buf_release(&raw);
    arena_release(&a);
}

/* --- tables ---------------------------------------------------------- */

/* The cell of the i-th column: rows are arrays, or objects by name. */
static const struct json *cell_of(const struct json *row,
                                  const struct json *column, size_t i)
{
    if (json_type(row) == JSON_OBJECT)
        return json_str(column) ? json_get(row, json_str(column)) : NULL;
    const struct json *cell = json_first(row);
    while (cell && i-- > 0)
        cell = json_next(cell);
    return cell;
}

static size_t width_of(const struct json *cell)
{
    struct buf text = {0};
    put_cell(cell, &text);
    size_t columns = visible_columns(buf_view(&text));
    buf_release(&text);
    return columns;
}

static void measure(const struct json *columns, const struct json *row,
                    size_t widths[MAX_COLUMNS])
{
    const struct json *c = json_first(columns);
    for (size_t i = 0; c && i < MAX_COLUMNS; i++, c = json_next(c)) {
        size_t width = width_of(cell_of(row, c, i));
        if (width > widths[i])
            widths[i] = width;
    }
}

static void put_row(const struct json *columns, const struct json *row,
                    const size_t widths[MAX_COLUMNS], struct buf *out)
{
    size_t blanks = 0; /* due before the next cell: a line ends without any */
    const struct json *c = json_first(columns);
    for (size_t i = 0; c && i < MAX_COLUMNS; i++, c = json_next(c)) {
        struct buf text = {0};
        put_cell(cell_of(row, c, i), &text);
        size_t columns_taken = visible_columns(buf_view(&text));
        if (text.n)
            buf_printf(out, "%*s%s", (int)blanks, "", buf_cstr(&text));
        blanks = (text.n ? 0 : blanks) + widths[i] - columns_taken + GAP;
        buf_release(&text);
    }
    buf_char(out, '\n');
}

static void put_table(const struct json *item, struct buf *out)
{
    const struct json *columns = json_get(item, "columns");
    const struct json *rows = json_get(item, "rows");
    size_t widths[MAX_COLUMNS] = {0};
    size_t shown = 0;
    measure(columns, columns, widths);
    const struct json *row = json_first(rows);
    for (; row && shown < PLAIN_MAX_ROWS; row = json_next(row), shown++)
        measure(columns, row, widths);
    put_row(columns, columns, widths, out);
    row = json_first(rows);
    for (size_t i = 0; i < shown; i++, row = json_next(row))
        put_row(columns, row, widths, out);
    size_t all = json_size(rows);
    if (all > shown)
        buf_printf(out, "… %zu more\n", all - shown);
}

/* --- the other kinds ------------------------------------------------- */

static void put_lines(struct span text, struct buf *out)
{
    for (int i = 0; i < PLAIN_MAX_ROWS && text.n; i++) {
        buf_span(out, span_cut(&text, '\n'));
        buf_char(out, '\n');
    }
    if (text.n)
        buf_printf(out, "… %zu bytes more\n", text.n);
}

static void put_text(const struct json *item, struct buf *out)
{
    struct arena a = {0};
    struct span text;
    if (json_bytes(json_get(item, "text"), &a, &text))
        put_lines(text, out);
    arena_release(&a);
}

static void put_json(const struct json *item, struct buf *out)
{
    struct buf text = {0};
    json_pretty(json_get(item, "value"), &text);
    put_lines(buf_view(&text), out);
    buf_release(&text);
}

static void put_link(const struct json *item, struct buf *out)
{
    put_cell(json_get(item, "url"), out);
    buf_char(out, '\n');
}

static void put_metric(const struct json *item, struct buf *out)
{
    put_cell(json_get(item, "name"), out);
    buf_char(out, ' ');
    put_cell(json_get(item, "value"), out);
    if (json_get(item, "unit")) {
        buf_char(out, ' ');
        put_cell(json_get(item, "unit"), out);
    }
    buf_char(out, '\n');
}

static void put_check(const struct json *item, struct buf *out)
{
    buf_str(out, json_get_bool(item, "ok", false) ? "✅ " : "❌ ");
    put_cell(json_get(item, "id"), out);
    const struct json *detail = json_get(item, "detail");
    if (json_span(detail).n) {
        buf_str(out, ": ");
        put_cell(detail, out);
    }
    buf_char(out, '\n');
}

static const struct {
    const char *kind;
    void (*put)(const struct json *item, struct buf *out);
} kinds[] = {
    {"table", put_table}, {"json", put_json},   {"text", put_text},
    {"link", put_link},   {"check", put_check}, {"metric", put_metric},
};

void plain_item(const struct json *item, struct buf *out)
{
    const char *kind = json_get_str(item, "kind", "");
    const struct json *title = json_get(item, "title");
    if (json_span(title).n) {
        put_cell(title, out);
        buf_char(out, '\n');
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kind, kinds[i].kind) == 0)
            kinds[i].put(item, out);
}
