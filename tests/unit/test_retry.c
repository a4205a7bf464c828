/* Whether a request is sent again, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json.h"
#include "retry.h"

#define NOW_MS INT64_C(784111777000) /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct retry_dice no_dice;

static uint32_t fixed(void *ctx)
{
    return *(const uint32_t *)ctx;
}

static struct json *fields_of(const char *text)
{
    struct json *fields = NULL;
    struct err err = {0};
    assert_int_equal(json_parse(span_of(text), &fields, &err), ST_OK);
    return fields;
}

static int64_t answer(int status, bool idempotent, const char *fields)
{
    struct json *j = fields_of(fields);
    struct retry_facts f = {.end = RETRY_ANSWERED,
                            .status = status,
                            .fields = j,
                            .idempotent = idempotent,
                            .sends = 1,
                            .now_ms = NOW_MS,
                            .left_ms = 600000};
    int64_t wait = retry_wait_ms(&f, &no_dice);
    json_free(j);
    return wait;
}

static int64_t broken(enum retry_end end, bool idempotent, int sends)
{
    struct retry_facts f = {.end = end,
                            .idempotent = idempotent,
                            .sends = sends,
                            .left_ms = 600000};
    return retry_wait_ms(&f, &no_dice);
}

static void connections(void **state)
{
    (void)state;
    assert_int_equal(broken(RETRY_UNSENT, false, 1), 250);
    assert_int_equal(broken(RETRY_UNSENT, true, 2), 500);
    assert_int_equal(broken(RETRY_LOST, true, 3), 1000);
    assert_int_equal(broken(RETRY_LOST, true, 4), RETRY_NEVER);
    assert_int_equal(broken(RETRY_LOST, false, 1), RETRY_NEVER);
    assert_int_equal(broken(RETRY_FINAL, true, 1), RETRY_NEVER);
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        int status;
        int64_t idempotent, once;
        const char *fields;
    } rows[] = {
        {200, -1, -1, "{}"},
        {404, -1, -1, "{\"retry-after\":\"1\"}"},
        {500, -1, -1, "{\"retry-after\":\"1\"}"},
        {502, 250, -1, "{}"},
        {503, 250, -1, "{}"},
        {504, 250, -1, "{}"},
        {505, -1, -1, "{}"},
        {503, 3000, -1, "{\"retry-after\":\"3\"}"},
        {503, 250, -1, "{\"retry-after\":\"0\"}"},
        {503, -1, -1, "{\"retry-after\":\"121\"}"},
        {429, 2000, 2000, "{}"},
        {429, 0, 0, "{\"retry-after\":\"0\"}"},
        {429, 1500, 1500, "{\"retry-after\":\"1.5\"}"},
        {429, 120000, 120000, "{\"retry-after\":\"120\"}"},
        {429, -1, -1, "{\"retry-after\":\"121\"}"},
        {429, -1, -1, "{\"retry-after\":\"1e300\"}"},
        {429, 2000, 2000, "{\"retry-after\":\"soon\"}"},
        {429, 2000, 2000, "{\"retry-after\":\"-1\"}"},
        {429, 2000, 2000, "{\"retry-after\":\"nan\"}"},
        {429, 5000, 5000,
         "{\"retry-after\":\"Sun, 06 Nov 1994 08:49:42 GMT\"}"},
        {429, 0, 0, "{\"retry-after\":\"Sun, 06 Nov 1994 08:49:30 GMT\"}"},
        {429, -1, -1, "{\"retry-after\":\"Mon, 06 Nov 2034 08:49:42 GMT\"}"},
        {429, 2000, 2000,
         "{\"retry-after\":\"Sun, 06 anF 1994 08:49:42 GMT\"}"},
        {429, 2000, 2000, "{\"retry-after\":\"Sun, 6 Nov 1994 08:49:42\"}"},
        {429, 7000, 7000, "{\"x-ratelimit-reset\":\"7\"}"},
        {429, 1000, 1000, "{\"x-ratelimit-reset\":\"0\"}"},
        {429, -1, -1, "{\"x-ratelimit-reset\":\"1794111777\"}"},
        {429, 3000, 3000,
         "{\"retry-after\":\"3\",\"x-ratelimit-reset\":\"7\"}"},
        {403, -1, -1, "{}"},
        {403, -1, -1, "{\"x-ratelimit-remaining\":\"10\"}"},
        {403, 1000, 1000, "{\"retry-after\":\"1\"}"},
        {403, 2000, 2000, "{\"x-ratelimit-remaining\":\"0\"}"},
        {403, 9000, 9000,
         "{\"x-ratelimit-remaining\":\"0\",\"x-ratelimit-reset\":\"9\"}"},
        {401, -1, -1, "{\"retry-after\":\"1\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t got = answer(rows[i].status, true, rows[i].fields);
        int64_t once = answer(rows[i].status, false, rows[i].fields);
        if (got != rows[i].idempotent || once != rows[i].once)
            fail_msg("row %zu: %ld and %ld", i, (long)got, (long)once);
    }
}

/* Unix time beyond a reset in this century, as hosts send it. */
static void resets_in_time(void **state)
{
    (void)state;
    struct json *j = fields_of("{\"x-ratelimit-remaining\":\"0\","
                               "\"x-ratelimit-reset\":\"1795000042\"}");
    assert_int_equal(retry_hold_ms(403, j, INT64_C(1795000030500)), 11500);
    json_free(j);
}

static void holds(void **state)
{
    (void)state;
    static const struct {
        int status;
        int64_t hold;
        const char *fields;
    } rows[] = {
        {429, 0, "{}"},
        {429, 4000, "{\"retry-after\":\"4\"}"},
        {503, 4000, "{\"retry-after\":\"4\"}"},
        {503, 0, "{\"x-ratelimit-reset\":\"4\"}"},
        {503, 4000,
         "{\"x-ratelimit-remaining\":\"0\",\"x-ratelimit-reset\":\"4\"}"},
        {200, 0, "{\"x-ratelimit-remaining\":\"0\",\"retry-after\":\"4\"}"},
        {429, 0, "{\"retry-after\":\"121\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *j = fields_of(rows[i].fields);
        assert_int_equal(retry_hold_ms(rows[i].status, j, NOW_MS),
                         rows[i].hold);
        json_free(j);
    }
}

static void budgets(void **state)
{
    (void)state;
    struct retry_facts f = {
        .end = RETRY_UNSENT, .sends = 1, .left_ms = 251, .now_ms = NOW_MS};
    assert_int_equal(retry_wait_ms(&f, &no_dice), 250);
    f.left_ms = 250;
    assert_int_equal(retry_wait_ms(&f, &no_dice), RETRY_NEVER);
    f.left_ms = -5;
    assert_int_equal(retry_wait_ms(&f, &no_dice), RETRY_NEVER);
}

static void jitter(void **state)
{
    (void)state;
    uint32_t n = 0;
    const struct retry_dice dice = {fixed, &n};
    struct retry_facts f = {.end = RETRY_UNSENT, .sends = 2, .left_ms = 600000};
    assert_int_equal(retry_wait_ms(&f, &dice), 0);
    n = 500;
    assert_int_equal(retry_wait_ms(&f, &dice), 500);
    n = 501;
    assert_int_equal(retry_wait_ms(&f, &dice), 0);
    n = UINT32_MAX;
    int64_t wait = retry_wait_ms(&f, &dice);
    assert_true(wait >= 0 && wait <= 500);

    /* what was asked for is never cut short */
    struct json *fields = fields_of("{\"retry-after\":\"1\"}");
    f.end = RETRY_ANSWERED;
    f.status = 429;
    f.fields = fields;
    n = 7;
    assert_int_equal(retry_wait_ms(&f, &dice), 1007);
    f.status = 503;
    f.idempotent = true;
    assert_int_equal(retry_wait_ms(&f, &dice), 1000);
    json_free(fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections),    cmocka_unit_test(answers),
        cmocka_unit_test(resets_in_time), cmocka_unit_test(holds),
        cmocka_unit_test(budgets),        cmocka_unit_test(jitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
