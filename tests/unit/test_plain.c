/* Evidence as lines for a terminal: every kind, columns, ceilings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plain.h"

/* The lines of an item given as JSON; the caller releases them. */
static struct buf lines_of(const char *text)
{
    struct json *item = NULL;
    struct err err = {0};
    struct buf out = {0};
    if (json_parse(span_of(text), &item, &err) != ST_OK)
        fail_msg("%s", err.msg);
    plain_item(item, &out);
    json_free(item);
    return out;
}

static void each_kind(void **state)
{
    static const struct {
        const char *item, *lines;
    } rows[] = {
        {"{\"kind\":\"table\",\"columns\":[\"machine\",\"to\"],"
         "\"rows\":[[\"a\",\"cf49\"],[\"bcdefghij\",7]]}",
         "machine    to\na          cf49\nbcdefghij  7\n"},
        {"{\"kind\":\"table\",\"title\":\"Moves\",\"columns\":[\"x\",\"y\"],"
         "\"rows\":[{\"y\":true},{\"x\":\"日本\",\"y\":null},{}]}",
         "Moves\nx     y\n      true\n日本\n\n"},
        {"{\"kind\":\"check\",\"id\":\"up\",\"ok\":true,\"detail\":\"200\"}",
         "✅ up: 200\n"},
        {"{\"kind\":\"check\",\"id\":\"up\",\"ok\":false}", "❌ up\n"},
        {"{\"kind\":\"text\",\"text\":\"a\\nb\"}", "a\nb\n"},
        {"{\"kind\":\"json\",\"value\":[1]}", "[\n  1\n]\n"},
        {"{\"kind\":\"link\",\"title\":\"Run\",\"url\":\"https://x.test\"}",
         "Run\nhttps://x.test\n"},
        {"{\"kind\":\"metric\",\"name\":\"p99\",\"value\":3,\"unit\":\"s\"}",
         "p99 3 s\n"},
        {"{\"kind\":\"of another time\"}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = lines_of(rows[i].item);
        assert_string_equal(buf_cstr(&out), rows[i].lines);
        buf_release(&out);
    }
}

static void long_tables_are_cut(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_str(&text, "{\"kind\":\"table\",\"columns\":[\"n\"],\"rows\":[");
    for (int i = 0; i < PLAIN_MAX_ROWS + 3; i++)
        buf_printf(&text, "%s[%d]", i ? "," : "", i);
    buf_str(&text, "]}");
    struct buf out = lines_of(buf_cstr(&text));
    assert_non_null(strstr(buf_cstr(&out), "\n39\n… 3 more\n"));
    buf_release(&out);
    buf_release(&text);
}

/* A cell is one line of the screen's width at most, and steers nothing. */
static void cells_are_harmless(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_str(&text, "{\"kind\":\"table\",\"columns\":[\"\\u001b[2J\"],\"rows\":"
                   "[[\"a\\nb\"],[\"");
    for (int i = 0; i < 200; i++)
        buf_char(&text, 'o');
    buf_str(&text, "\"]]}");
    struct buf out = lines_of(buf_cstr(&text));
    assert_null(strchr(buf_cstr(&out), '\033'));
    assert_non_null(strstr(buf_cstr(&out), "\na b\n"));
    assert_non_null(strstr(buf_cstr(&out), "ooo…\n"));
    assert_true(out.n < 100);
    buf_release(&out);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind),
        cmocka_unit_test(long_tables_are_cut),
        cmocka_unit_test(cells_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
