/* Writes plans as text. */
#include "rehearse_text.h"

#include <string.h>

#include "activity.h"
#include "visible.h"

#define LINES_MOST 16
#define VALUE_BYTES 160

static void put_line(const char *indent, const char *mark, struct span text,
                     struct buf *out)
{
    struct buf safe = {0};
    visible_text(text, VISIBLE_ONE_LINE, &safe);
    struct span head = utf8_head(buf_view(&safe), VALUE_BYTES);
    buf_printf(out, "%s%s%.*s%s\n", indent, mark, SPAN_ARG(head),
               head.n < safe.n ? "…" : "");
    buf_release(&safe);
}

/* --- values as lines ------------------------------------------------- */

/* "config.image: \"…\"" for every leaf, in canonical order, a line each. */
static void flatten(const struct json *j, struct buf *at, struct buf *out)
{
    enum json_type type = json_type(j);
    bool inner = (type == JSON_OBJECT || type == JSON_ARRAY) && json_size(j);
    size_t n = at->n;
    size_t i = 0;
    if (!inner && type == JSON_NULL)
        return;
    if (!inner) {
        buf_span(out, buf_view(at));
        buf_str(out, n ? ": " : "");
        json_write(j, out);
        buf_char(out, '\n');
        return;
    }
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        if (type == JSON_ARRAY)
            buf_printf(at, "[%zu]", ++i);
        else
            buf_printf(at, "%s%s", n ? "." : "", json_key(c));
        flatten(c, at, out);
        at->n = n;
        at->p[n] = '\0';
    }
}

static bool has_line(struct span text, struct span line)
{
    while (text.n)
        if (span_eq(span_cut(&text, '\n'), line))
            return true;
    return false;
}

/* The lines of a that b has not; *left counts down what may be shown. */
static void put_missing(struct span a, struct span b, const char *indent,
                        const char *mark, int *left, struct buf *out)
{
    while (a.n) {
        struct span line = span_cut(&a, '\n');
        if (!has_line(b, line) && (*left)-- > 0)
            put_line(indent, mark, line, out);
    }
}

static void put_lines(struct span old, struct span new, const char *indent,
                      struct buf *out)
{
    int left = LINES_MOST;
    put_missing(old, new, indent, "- ", &left, out);
    put_missing(new, old, indent, "+ ", &left, out);
    if (left < 0)
        buf_printf(out, "%s… %d more\n", indent, -left);
}

static void put_values(const struct json *before, const struct json *after,
                       const char *indent, struct buf *out)
{
    struct buf at = {0};
    struct buf old = {0};
    struct buf new = {0};
    flatten(before, &at, &old);
    flatten(after, &at, &new);
    put_lines(buf_view(&old), buf_view(&new), indent, out);
    buf_release(&at);
    buf_release(&old);
    buf_release(&new);
}

static bool is_text(const struct json *j)
{
    return json_type(j) == JSON_STRING || json_type(j) == JSON_NULL;
}

/* --- a change -------------------------------------------------------- */

static void put_head(const struct json *change, const char *indent,
                     const char *mark, struct buf *out)
{
    struct buf words = {0};
    activity_summary(json_get_str(change, "op", ""), json_get(change, "args"),
                     &words);
    const char *row = json_str(json_get(change, "row"));
    if (row)
        buf_printf(&words, "  (%s)", row);
    buf_printf(&words, "  %.12s", json_get_str(change, "digest", ""));
    if (json_get_bool(change, "refused", false))
        buf_str(&words, "  will be refused");
    put_line(indent, mark, buf_view(&words), out);
    buf_release(&words);
}

void rehearse_show(const struct json *change, const char *indent,
                   struct buf *out)
{
    const struct json *before = json_get(change, "before");
    const struct json *after = json_get(change, "after");
    bool local = strcmp(json_get_str(change, "class", ""), "local") == 0;
    struct buf deeper = {0};
    buf_printf(&deeper, "%s    ", indent);
    put_head(change, indent, local ? "+ " : "~ ", out);
    if (json_get(change, "row") && json_type(before) != JSON_STRING &&
        json_str(json_get(change, "row")))
        put_line(buf_cstr(&deeper), "", json_span(json_get(change, "object")),
                 out);
    if (is_text(before) && is_text(after))
        put_lines(json_span(before), json_span(after), buf_cstr(&deeper), out);
    else
        put_values(before, after, buf_cstr(&deeper), out);
    buf_release(&deeper);
}

/* --- two plans ------------------------------------------------------- */

static bool same_change(const struct json *a, const struct json *b)
{
    static const char *const members[] = {"step",  "task",   "op",
                                          "class", "row",    "object",
                                          "binds", "digest", "refused"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (!json_equal(json_get(a, members[i]), json_get(b, members[i])))
            return false;
    return true;
}

static const struct json *at_place(const struct json *changes, size_t i)
{
    const struct json *c = json_first(changes);
    for (; c && i > 0; i--)
        c = json_next(c);
    return c;
}

static void put_change(const struct json *c, const char *mark, struct buf *out)
{
    struct buf head = {0};
    buf_printf(&head, "%s: ", json_get_str(c, "step", ""));
    activity_summary(json_get_str(c, "op", ""), json_get(c, "args"), &head);
    put_line("", mark, buf_view(&head), out);
    buf_release(&head);
}

/* Those between the first and the last that differ. */
static void differ_changes(const struct json *then, const struct json *now,
                           struct buf *out)
{
    size_t n = json_size(then);
    size_t m = json_size(now);
    size_t head = 0;
    while (head < n && head < m &&
           same_change(at_place(then, head), at_place(now, head)))
        head++;
    while (n > head && m > head &&
           same_change(at_place(then, n - 1), at_place(now, m - 1))) {
        n--;
        m--;
    }
    for (size_t i = head; i < n || i < m; i++) {
        const struct json *a = i < n ? at_place(then, i) : NULL;
        const struct json *b = i < m ? at_place(now, i) : NULL;
        bool pair = a && b;
        if (pair && same_change(a, b))
            continue;
        if (a)
            put_change(a, "- ", out);
        if (b)
            put_change(b, "+ ", out);
        if (pair)
            put_values(json_get(a, "args"), json_get(b, "args"), "    ", out);
    }
}

void rehearse_differ(const struct json *then, const struct json *now,
                     struct buf *out)
{
    static const char *const members[] = {"runbook", "environment", "source",
                                          "inputs",  "modules",     "policy",
                                          "config"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct json *a = json_get(then, members[i]);
        const struct json *b = json_get(now, members[i]);
        if (json_equal(a, b))
            continue;
        buf_printf(out, "%s\n", members[i]);
        put_values(a, b, "    ", out);
    }
    differ_changes(json_get(then, "changes"), json_get(now, "changes"), out);
}
