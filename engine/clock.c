/* Tells the time, real or virtual, and makes ids from it. */
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
/* 0000-01-01 and 9999-12-31T23:59:59.999: what four digits of year can say */
#define ISO_MIN_MS INT64_C(-62167219200000)
#define ISO_MAX_MS INT64_C(253402300799999)

static int64_t read_clock(clockid_t id)
{
    struct timespec t = {0};
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * SECOND_MS + t.tv_nsec / 1000000;
}

void clock_real(struct clock *c)
{
    *c = (struct clock){.is_virtual = false};
}

void clock_virtual(struct clock *c, int64_t epoch_ms)
{
    *c = (struct clock){.is_virtual = true, .virtual_ms = epoch_ms};
}

int64_t clock_now_ms(const struct clock *c)
{
    return c->is_virtual ? c->virtual_ms : read_clock(CLOCK_REALTIME);
}

void clock_advance(struct clock *c, int64_t ms)
{
    if (c->is_virtual)
        c->virtual_ms += ms;
}

int64_t clock_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* --- dates --- */

/* The date of a day since 1970: years of 400-year cycles that begin in March,
 * so that the leap day comes last. Not gmtime_r: its first call reads a file,
 * which a worker may not. */
static void date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t march = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * march + 2) / 5 + 1);
    *month = (int)(march < 10 ? march + 3 : march - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

void time_iso(int64_t unix_ms, char out[32])
{
    if (unix_ms < ISO_MIN_MS)
        unix_ms = ISO_MIN_MS;
    if (unix_ms > ISO_MAX_MS)
        unix_ms = ISO_MAX_MS;
    int64_t below = unix_ms % DAY_MS;
    if (below < 0)
        below += DAY_MS;
    int year;
    int month;
    int day;
    date_of((unix_ms - below) / DAY_MS, &year, &month, &day);
    char text[80]; /* what the compiler thinks six ints may need */
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month,
             day, (int)(below / HOUR_MS), (int)(below % HOUR_MS / MINUTE_MS),
             (int)(below % MINUTE_MS / SECOND_MS));
    memcpy(out, text, sizeof "2026-11-23T13:00:00Z");
}

static bool take_digits(struct span *s, size_t count, int max, int *out)
{
    int v = 0;
    if (s->n < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = span_sub(*s, count, s->n);
    *out = v;
    return v <= max;
}

static bool take_char(struct span *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = span_sub(*s, 1, s->n);
    return true;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool take_date(struct span *s, int64_t *days)
{
    static const int before[] = {0,   31,  59,  90,  120, 151, 181,
                                 212, 243, 273, 304, 334, 365};
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits(s, 4, 9999, &year) || !take_char(s, '-') ||
        !take_digits(s, 2, 12, &month) || !take_char(s, '-') ||
        !take_digits(s, 2, 31, &day) || month < 1 || day < 1)
        return false;
    int leap_day = is_leap(year) ? 1 : 0;
    int length = before[month] - before[month - 1];
    if (day > length + (month == 2 ? leap_day : 0))
        return false;
    int past = year + 399; /* leap days of whole years; 400 years before */
    int64_t leaps = past / 4 - past / 100 + past / 400;
    *days = year * INT64_C(365) + leaps + before[month - 1] +
            (month > 2 ? leap_day : 0) + day - 1 - 719624;
    return true;
}

/* Any number of places up to nine; below a millisecond they are dropped. */
static bool take_fraction(struct span *s, int *ms)
{
    static const int scale[] = {0, 100, 10, 1};
    size_t n = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    if (n < 1 || n > 9)
        return false;
    size_t kept = n < 3 ? n : 3;
    struct span head = span_sub(*s, 0, kept);
    *s = span_sub(*s, n, s->n);
    bool ok = take_digits(&head, kept, 999, ms);
    *ms *= scale[kept];
    return ok;
}

bool time_parse(struct span s, int64_t *unix_ms)
{
    int64_t days = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int ms = 0;
    if (!take_date(&s, &days))
        return false;
    if (s.n) {
        if (!take_char(&s, 'T') || !take_digits(&s, 2, 23, &hour) ||
            !take_char(&s, ':') || !take_digits(&s, 2, 59, &minute) ||
            !take_char(&s, ':') || !take_digits(&s, 2, 59, &second))
            return false;
        if (take_char(&s, '.') && !take_fraction(&s, &ms))
            return false;
        if (!take_char(&s, 'Z') || s.n)
            return false;
    }
    *unix_ms = days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS +
               second * SECOND_MS + ms;
    return true;
}

/* --- durations --- */

bool duration_parse(struct span s, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {
        {"ms", 1},      {"s", SECOND_MS}, {"m", MINUTE_MS},
        {"h", HOUR_MS}, {"d", DAY_MS},
    };
    int64_t v = 0;
    size_t digits = 0;
    for (; digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9'; digits++)
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, s.p[digits] - '0', &v))
            return false;
    struct span unit = span_sub(s, digits, s.n);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (digits && span_is(unit, units[i].unit))
            return !__builtin_mul_overflow(v, units[i].ms, ms);
    return false;
}

void duration_text(int64_t ms, char out[32])
{
    long long hundredths = (ms + 5) / 10;
    long long seconds = (ms + SECOND_MS / 2) / SECOND_MS;
    long long minutes = (ms + MINUTE_MS / 2) / MINUTE_MS;
    if (hundredths < 6000)
        snprintf(out, 32, "%lld.%02lld s", hundredths / 100, hundredths % 100);
    else if (seconds < 3600)
        snprintf(out, 32, "%lld m %lld s", seconds / 60, seconds % 60);
    else
        snprintf(out, 32, "%lld h %lld m", minutes / 60, minutes % 60);
}

/* --- ids --- */

void ulid_new(int64_t unix_ms, char out[27])
{
    static const char digit[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char random[16];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* the kernel promises up to 256 bytes whole */
    uint64_t t = (uint64_t)unix_ms;
    for (int i = 9; i >= 0; i--, t >>= 5)
        out[i] = digit[t & 31];
    for (int i = 0; i < 16; i++)
        out[10 + i] = digit[random[i] & 31];
    out[26] = '\0';
}
