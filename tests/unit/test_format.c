/* docs/FORMAT.md tells of every attribute and key, of no other, and its
 * example is a runbook with evidence in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attr.h"
#include "doc.h"
#include "file.h"
#include "page.h"
#include "param.h"

static struct buf text;

static int read_text(void **state)
{
    (void)state;
    struct err err = {0};
    return file_read("docs/FORMAT.md", 1u << 20, &text, &err) != ST_OK;
}

static int release_text(void **state)
{
    (void)state;
    buf_release(&text);
    return 0;
}

/* The names that the rows "| `name` | …" below a heading begin with. */
static size_t rows_below(const char *heading, struct span names[], size_t room)
{
    struct span all = buf_view(&text);
    size_t at = span_find(all, span_of(heading), 0);
    struct span rest = span_sub(all, at + strlen(heading), all.n);
    size_t n = 0;
    while (rest.n && n < room) {
        struct span line = span_cut(&rest, '\n');
        if (span_starts(line, "## "))
            break;
        if (!span_starts(line, "| `"))
            continue;
        line = span_sub(line, strlen("| `"), line.n);
        names[n++] = span_cut(&line, '`');
    }
    return n;
}

/* names: the known ones, in the order of the table. */
static size_t require_rows(const struct span rows[], size_t n,
                           const char *const *names)
{
    size_t i = 0;
    for (; names[i]; i++)
        if (i >= n || !span_is(rows[i], names[i]))
            fail_msg("row %zu should be of `%s`", i, names[i]);
    return i;
}

static void test_attributes(void **state)
{
    (void)state;
    struct span rows[40];
    size_t n = rows_below("\n## Blocks\n", rows, 40);
    assert_true(n > 0 && span_is(rows[0], "#id"));
    assert_int_equal(require_rows(rows + 1, n - 1, attr_names()), n - 1);
}

static void test_keys(void **state)
{
    (void)state;
    struct span rows[40];
    size_t n = rows_below("\n## Front matter\n", rows, 40);
    size_t keys = require_rows(rows, n, front_names());
    keys += require_rows(rows + keys, n - keys, param_names());
    assert_int_equal(keys, n);
}

static void refuse(void *ctx, const struct err *e)
{
    (void)ctx;
    fail_msg("%d: %s", e->line, e->msg);
}

static void test_example(void **state)
{
    (void)state;
    struct arena a = {0};
    struct page p;
    struct doc d;
    struct err err = {0};
    size_t i = 0;
    page_open(&p, buf_view(&text), &a);
    while (i < p.tree.n && !span_is(p.tree.nodes[i].info, "markdown"))
        i++;
    assert_true(i < p.tree.n);
    struct span example = p.tree.nodes[i].text;
    doc_problems("example.md", example, refuse, NULL);
    assert_int_equal(doc_parse(&d, "example.md", example, &err), ST_OK);
    assert_int_equal(d.n_blocks, 1);
    assert_int_equal(d.n_boxes, 2);
    assert_int_equal(d.n_regions, 1);
    assert_true(d.regions[0].canonical);
    doc_release(&d);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_example),
    };
    return cmocka_run_group_tests(tests, read_text, release_text);
}
