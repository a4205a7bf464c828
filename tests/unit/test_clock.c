/* Time, durations and ids. */
#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_time(void **state)
{
    static const struct {
        const char *in;
        int64_t ms;
        const char *iso;
    } rows[] = {
        {"1970-01-01", 0, "1970-01-01T00:00:00Z"},
        {"2026-11-23", 1795392000000, "2026-11-23T00:00:00Z"},
        {"2026-11-23T13:00:00Z", 1795438800000, "2026-11-23T13:00:00Z"},
        {"2026-11-23T13:00:00.5Z", 1795438800500, "2026-11-23T13:00:00Z"},
        {"2026-11-23T13:00:00.123Z", 1795438800123, "2026-11-23T13:00:00Z"},
        {"2026-11-23T13:00:00.123456789Z", 1795438800123,
         "2026-11-23T13:00:00Z"},
        {"2024-02-29", 1709164800000, "2024-02-29T00:00:00Z"},
        {"2000-02-29", 951782400000, "2000-02-29T00:00:00Z"},
        {"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59Z"},
        {"0000-01-01", -62167219200000, "0000-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59Z", 253402300799000, "9999-12-31T23:59:59Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = 7;
        char iso[32];
        assert_true(time_parse(span_of(rows[i].in), &ms));
        assert_int_equal(ms, rows[i].ms);
        time_iso(ms, iso);
        assert_string_equal(iso, rows[i].iso);
    }
}

static void test_time_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "2026",
        "2026-11",
        "2026-1-23",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "2025-02-29",
        "1900-02-29",
        " 2026-11-23",
        "2026-11-23 ",
        "2026-11-23T13:00:00",
        "2026-11-23T13:00Z",
        "2026-11-23 13:00:00Z",
        "2026-11-23t13:00:00z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T13:60:00Z",
        "2026-11-23T13:00:60Z",
        "2026-11-23T13:00:00.Z",
        "2026-11-23T13:00:00.1234567890Z",
        "2026-11-23T13:00:00+01:00",
        "2026-11-23T13:00:00ZZ",
        "-026-11-23",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = 7;
        if (time_parse(span_of(rows[i]), &ms))
            fail_msg("%s was accepted", rows[i]);
        assert_int_equal(ms, 7);
    }
}

static void test_time_beyond_four_digits(void **state)
{
    char iso[32];
    (void)state;
    time_iso(INT64_MAX, iso);
    assert_string_equal(iso, "9999-12-31T23:59:59Z");
    time_iso(INT64_MIN, iso);
    assert_string_equal(iso, "0000-01-01T00:00:00Z");
}

static void test_duration(void **state)
{
    static const struct {
        const char *in;
        int64_t ms;
    } rows[] = {
        {"250ms", 250},
        {"90s", 90000},
        {"5m", 300000},
        {"2h", 7200000},
        {"7d", 604800000},
        {"0s", 0},
        {"007m", 420000},
        {"9223372036854775807ms", INT64_MAX},
        {"", -1},
        {"5", -1},
        {"m", -1},
        {"ms", -1},
        {"5 m", -1},
        {" 5m", -1},
        {"5m ", -1},
        {"-5m", -1},
        {"+5m", -1},
        {"1.5h", -1},
        {"5M", -1},
        {"5w", -1},
        {"1h30m", -1},
        {"9223372036854775808ms", -1},
        {"9223372036854775807s", -1},
        {"106751991168d", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = -2;
        bool ok = duration_parse(span_of(rows[i].in), &ms);
        if (ok != (rows[i].ms >= 0) || (ok && ms != rows[i].ms))
            fail_msg("%s: %d, %lld", rows[i].in, ok, (long long)ms);
    }
}

static void test_duration_text(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "0.00 s"},          {420, "0.42 s"},        {424, "0.42 s"},
        {425, "0.43 s"},        {59994, "59.99 s"},     {59995, "1 m 0 s"},
        {200000, "3 m 20 s"},   {3599499, "59 m 59 s"}, {3599500, "1 h 0 m"},
        {93780000, "26 h 3 m"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        duration_text(rows[i].ms, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_clocks(void **state)
{
    struct clock c;
    (void)state;
    clock_virtual(&c, 1000);
    assert_int_equal(clock_now_ms(&c), 1000);
    clock_advance(&c, 50);
    assert_int_equal(clock_now_ms(&c), 1050);
    clock_real(&c);
    int64_t before = clock_now_ms(&c);
    clock_advance(&c, INT64_C(1) << 40);
    assert_in_range(clock_now_ms(&c) - before, 0, 60000);
    assert_true(before > INT64_C(1600000000000));
    int64_t mono = clock_mono_ms();
    assert_true(clock_mono_ms() >= mono);
}

static void test_ulid(void **state)
{
    char a[27];
    char b[27];
    (void)state;
    ulid_new(1469918176385, a);
    ulid_new(1469918176385, b);
    assert_memory_equal(a, "01ARYZ6S41", 10);
    assert_int_equal(strlen(a), 26);
    assert_int_equal(strspn(a, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 26);
    assert_string_not_equal(a, b);
    ulid_new(1469918176386, b);
    assert_true(strcmp(a, b) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_time_refused),
        cmocka_unit_test(test_time_beyond_four_digits),
        cmocka_unit_test(test_duration),
        cmocka_unit_test(test_duration_text),
        cmocka_unit_test(test_clocks),
        cmocka_unit_test(test_ulid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
