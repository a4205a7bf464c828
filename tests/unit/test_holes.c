/* Arguments with holes: how they are written, and what fits them. */
#include "holes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define EPOCH_MS 1795438800000 /* 2026-11-23T13:00:00Z */
#define SHA "0123456789abcdef0123456789abcdef01234567"

static struct json *parse(const char *text)
{
    struct json *j = NULL;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%s in %s", err.msg, text);
    return j;
}

static struct holes one_hour(void)
{
    struct holes h;
    holes_init(&h);
    h.from_ms = EPOCH_MS + 400; /* a clock that shows whole seconds */
    h.to_ms = EPOCH_MS + 3600000;
    return h;
}

static void what_moves_is_a_hole(void **state)
{
    static const struct {
        const char *given, *want;
    } rows[] = {
        {"\"rp-hole-3 stays\"", "\"rp-hole-3 stays\""},
        {"9007199254000007", "\"rp-hole-7\""},
        {"\"/v1/9007199254000012/x\"", "\"/v1/rp-hole-12/x\""},
        {"\"19007199254000012\"", "\"19007199254000012\""},
        {"\"90071992540000121\"", "\"90071992540000121\""},
        {"9007199254000000", "9007199254000000"},
        {"\"at 2026-11-23T13:00:00Z.\"", "\"at rp-time.\""},
        {"\"at 2026-11-23T13:30:00.250Z.\"", "\"at rp-time.\""},
        {"\"2026-11-23T12:59:59Z\"", "\"2026-11-23T12:59:59Z\""},
        {"\"2026-11-23T14:00:01Z\"", "\"2026-11-23T14:00:01Z\""},
        {"\"2026-11-23\"", "\"2026-11-23\""},
        {"[1795438800,1795438801.5,1795438800000,1795438799,512]",
         "[\"rp-time\",\"rp-time\",\"rp-time\",1795438799,512]"},
        {"{\"9007199254000001\":{\"$secret\":\"s1\",\"name\":\"TOKEN\"}}",
         "{\"rp-hole-1\":{\"secret\":\"TOKEN\"}}"},
        {"\"box:QUJD\"", "\"box:rp-sealed(TOKEN,KEY=)\""},
    };
    (void)state;
    struct holes h = one_hour();
    struct json *args = parse("{\"key\":\"KEY=\",\"s\":{\"$secret\":\"s1\","
                              "\"name\":\"TOKEN\"}}");
    struct json *box = json_new_str("QUJD");
    holes_seal(&h, args, box);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *given = parse(rows[i].given);
        struct json *form = holes_write(&h, given);
        struct buf text = {0};
        json_write(form, &text);
        assert_string_equal(buf_cstr(&text), rows[i].want);
        buf_release(&text);
        json_free(form);
        json_free(given);
    }
    json_free(box);
    json_free(args);
    holes_release(&h);
}

static const struct {
    const char *planned, *asked;
    const char *parts; /* NULL: it fits */
} pairs[] = {
    {"{\"a\":1}", "{\"a\":1}", NULL},
    {"{\"a\":1}", "{\"a\":2}", "a: planned 1, asked 2"},
    {"{\"a\":1}", "{\"a\":\"1\"}", "a: planned 1, asked \"1\""},
    {"{\"a\":1}", "{}", "a: planned 1, asked nothing"},
    {"{\"a\":1}", "{\"a\":1,\"b\":2}", "b: planned nothing, asked 2"},
    {"{\"a\":[1,2]}", "{\"a\":[1]}", "a[2]: planned 2, asked nothing"},
    {"{\"a\":[1]}", "{\"a\":[1,2]}", "a[2]: planned nothing, asked 2"},
    {"{\"a\":{\"b\":null}}", "{\"a\":{\"b\":false}}", "a.b: planned null"},
    /* bound holes, in texts, in URLs, as numbers */
    {"\"rp-hole-1\"", "\"four\"", NULL},
    {"\"rp-hole-1\"", "\"five\"", "asked \"five\""},
    {"\"rp-hole-1\"", "\"fourteen\"", "asked \"fourteen\""},
    {"\"rp-hole-12\"", "\"four2\"", "asked \"four2\""},
    {"\"x rp-hole-1, rp-hole-1!\"", "\"x four, four!\"", NULL},
    {"\"rp-hole-2\"", "77", NULL},
    {"\"rp-hole-2\"", "78", "asked 78"},
    {"\"rp-hole-2/rp-hole-1\"", "\"77/four\"", NULL},
    {"\"/ip/rp-hole-4\"", "\"/ip/2a09%3A%2F\"", NULL},
    {"\"/ip/rp-hole-4\"", "\"/ip/2a09%3A%2e\"", "asked"},
    {"\"rp-hole-9\"", "\"anything\"", "asked \"anything\""},
    {"\"rp-hole-9\"", "\"rp-hole-9\"", "asked"},
    /* a commit's name may be shortened, nothing else */
    {"\"rp-hole-3\"", "\"" SHA "\"", NULL},
    {"\"tag:rp-hole-3\"", "\"tag:0123456789ab\"", NULL},
    {"\"tag:rp-hole-3\"", "\"tag:012345\"", "asked"},
    {"\"rp-hole-1\"", "\"fou\"", "asked"},
    /* times of the run's clock, and no others */
    {"\"rp-time: x\"", "\"2026-11-23T13:59:00Z: x\"", NULL},
    {"\"rp-time\"", "\"2026-11-23T14:10:00Z\"", "asked"},
    {"\"rp-time\"", "\"2026-11-23\"", "asked"},
    {"\"rp-time\"", "1795438900", NULL},
    {"\"rp-time\"", "1795338900", "asked"},
    /* boxes by what is in them */
    {"\"rp-sealed(TOKEN,KEY=)\"", "\"QUJD\"", NULL},
    {"\"rp-sealed(OTHER,KEY=)\"", "\"QUJD\"", "asked"},
    {"\"rp-sealed(TOKEN,KEY=)\"", "\"QUJE\"", "asked"},
};

static void only_what_is_planned_fits(void **state)
{
    (void)state;
    struct holes h = one_hour();
    struct json *args = parse("{\"key\":\"KEY=\",\"s\":{\"$secret\":\"s1\","
                              "\"name\":\"TOKEN\"}}");
    struct json *box = json_new_str("QUJD");
    holes_seal(&h, args, box);
    json_put_str(h.bound, "rp-hole-1", "four");
    json_put_int(h.bound, "rp-hole-2", 77);
    json_put_str(h.bound, "rp-hole-3", SHA);
    json_put_str(h.bound, "rp-hole-4", "2a09:/");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct json *planned = parse(pairs[i].planned);
        struct json *asked = parse(pairs[i].asked);
        struct buf where = {0};
        bool fits = holes_fit(&h, NULL, planned, asked, &where);
        if (fits != !pairs[i].parts ||
            (!fits && !strstr(buf_cstr(&where), pairs[i].parts)))
            fail_msg("%s, %s: %s", pairs[i].planned, pairs[i].asked,
                     buf_cstr(&where));
        buf_release(&where);
        json_free(planned);
        json_free(asked);
    }
    json_free(box);
    json_free(args);
    holes_release(&h);
}

static void secrets_fit_by_name(void **state)
{
    (void)state;
    struct holes h = one_hour();
    struct vault *v = vault_new();
    struct json *handle = NULL;
    struct json *other = NULL;
    struct err err = {0};
    assert_int_equal(vault_put(v, "TOKEN", SPAN("long-enough"), &handle, &err),
                     ST_OK);
    assert_int_equal(vault_put(v, "OTHER", SPAN("long-enough-2"), &other, &err),
                     ST_OK);
    struct json *planned = parse("{\"secret\":\"TOKEN\"}");
    assert_true(holes_fit(&h, v, planned, handle, NULL));
    assert_false(holes_fit(&h, v, planned, other, NULL));
    /* nor does what only looks like one */
    struct json *form = holes_write(&h, planned);
    assert_false(holes_fit(&h, v, planned, planned, NULL));
    assert_false(holes_fit(&h, v, form, handle, NULL));
    assert_true(holes_fit(&h, v, form, planned, NULL));
    struct json *deeper = holes_write(&h, form);
    assert_true(holes_fit(&h, v, deeper, form, NULL));
    assert_false(holes_fit(&h, v, form, form, NULL));
    json_free(deeper);
    json_free(form);
    /* a worker's word for the name does not count */
    json_put_str(other, "name", "TOKEN");
    assert_false(holes_fit(&h, v, planned, other, NULL));
    json_free(planned);
    json_free(handle);
    json_free(other);
    vault_free(v);
    holes_release(&h);
}

static void holes_are_bound_where_they_stood(void **state)
{
    (void)state;
    struct holes h = one_hour();
    struct json *known = parse("{\"rp-hole-5\":true}");
    struct json *binds = json_new(JSON_OBJECT);
    struct json *predicted =
        parse("{\"status\":200,\"headers\":{},\"body\":\"{\\\"id\\\":"
              "9007199254000001,\\\"data\\\":[{\\\"a/b~\\\":\\\"rp-hole-2\\\"},"
              "\\\"rp-hole-5\\\",\\\"x rp-hole-3\\\",\\\"rp-hole-2\\\"]}\"}");
    struct json *real = parse("{\"status\":201,\"headers\":{},\"body\":\"{"
                              "\\\"id\\\":9001,\\\"data\\\":[{\\\"a/b~\\\":"
                              "\\\"two\\\"},\\\"five\\\",3,4]}\"}");
    struct buf text = {0};
    holes_places(predicted, known, binds);
    json_write(binds, &text);
    assert_string_equal(buf_cstr(&text), "{\"rp-hole-1\":\"/id\","
                                         "\"rp-hole-2\":\"/data/0/a~1b~0\"}");
    holes_learn(&h, binds, real);
    buf_clear(&text);
    json_write(h.bound, &text);
    assert_string_equal(buf_cstr(&text),
                        "{\"rp-hole-1\":9001,\"rp-hole-2\":\"two\"}");
    assert_false(holes_unknown(binds, h.bound));
    struct json *names = parse("[{\"a\":\"to rp-hole-2 and rp-hole-3\"}]");
    assert_true(holes_unknown(names, h.bound));
    json_put_str(h.bound, "rp-hole-3", "three");
    assert_false(holes_unknown(names, h.bound));
    json_free(names);
    buf_release(&text);
    json_free(real);
    json_free(predicted);
    json_free(binds);
    json_free(known);
    holes_release(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_is_a_hole),
        cmocka_unit_test(only_what_is_planned_fits),
        cmocka_unit_test(secrets_fit_by_name),
        cmocka_unit_test(holes_are_bound_where_they_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
