/* The scanner's bounds: what is too big or too much is said, not passed over;
 * it ends when it is told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "scan.h"

#define TOKEN                                                                  \
    "ghp_"                                                                     \
    "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3x"

static char dir[64];
static struct arena arena;
static struct leak_rules rules;

static int enter(void **state)
{
    struct err err = {0};
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/runproof-test-XXXXXX");
    return !mkdtemp(dir) ||
           leak_parse(leak_text, &arena, &rules, &err) != ST_OK;
}

static int leave(void **state)
{
    struct err err = {0};
    (void)state;
    arena_release(&arena);
    return file_remove_tree(dir, &err) != ST_OK;
}

static void put(const char *name, struct span text)
{
    struct arena a = {0};
    struct err err = {0};
    if (file_write(path_join(&a, dir, name), text, &err) != ST_OK)
        fail_msg("%s", err.msg);
    arena_release(&a);
}

static bool has_notice(const struct scan_result *r, const char *part)
{
    for (const struct json *n = json_first(r->notices); n; n = json_next(n))
        if (strstr(json_str(n), part))
            return true;
    return false;
}

static struct scan_request request_of(size_t blob_most)
{
    return (struct scan_request){
        .path = dir, .rules = &rules, .blob_most = blob_most};
}

static void too_big(void **state)
{
    (void)state;
    struct scan_request request = request_of(60);
    struct scan_result r;
    struct err err = {0};
    put("small", SPAN("T=" TOKEN "01\n"));
    put("big", SPAN("T=" TOKEN "02 and more than sixty bytes with it\n"));
    assert_int_equal(scan(&request, &r, &err), ST_OK);
    assert_int_equal(json_size(r.rows), 1);
    assert_true(
        span_ends(json_span(json_get(json_first(r.rows), "path")), "/small"));
    assert_true(has_notice(&r, "1 file was not looked at: over the ceiling"));
    assert_false(r.damaged);
    scan_release(&r);
    request.blob_most = 0;
    assert_int_equal(scan(&request, &r, &err), ST_OK);
    assert_int_equal(json_size(r.rows), 2);
    assert_int_equal(json_size(r.notices), 0);
    scan_release(&r);
}

static void too_many(void **state)
{
    (void)state;
    struct scan_request request = request_of(0);
    struct scan_result r;
    struct err err = {0};
    struct buf text = {0};
    for (int i = 0; i < SCAN_HITS_OF_BLOB + 1; i++)
        buf_printf(&text, "T=" TOKEN "%03d\n", i);
    put("small", SPAN(""));
    put("big", buf_view(&text));
    assert_int_equal(scan(&request, &r, &err), ST_OK);
    assert_int_equal(json_size(r.rows), SCAN_HITS_OF_BLOB);
    assert_true(has_notice(&r, "there are more findings"));
    scan_release(&r);
    buf_release(&text);
}

static void ends_when_told(void **state)
{
    (void)state;
    volatile sig_atomic_t stop = 1;
    struct scan_request request = request_of(0);
    struct scan_result r;
    struct err err = {0};
    request.stop = &stop;
    assert_int_equal(scan(&request, &r, &err), ST_INTERRUPTED);
    scan_release(&r);
}

/* Lines and columns are those of an editor: characters, from one. */
static void places(void **state)
{
    (void)state;
    struct scan_request request = request_of(0);
    struct scan_result r;
    struct err err = {0};
    put("small", SPAN(""));
    put("big", SPAN("\xc3\xa9\xe2\x82\xac\n\n \xc3\xa9 " TOKEN "01\r\n"));
    assert_int_equal(scan(&request, &r, &err), ST_OK);
    const struct json *row = json_first(r.rows);
    assert_int_equal(json_get_int(row, "line", 0), 3);
    assert_int_equal(json_get_int(row, "column", 0), 4);
    assert_string_equal(json_get_str(row, "shown", ""),
                        "ghp_… (40 characters)");
    scan_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_big),
        cmocka_unit_test(too_many),
        cmocka_unit_test(ends_when_told),
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
