/* The rules for sending a request again.
 *
 * A request that may have been done and must not be done twice is never sent
 * again. One that was throttled was not done, whatever its method. */
#include "retry.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "json.h"

#define BASE_MS 250     /* the back-off: random below this, then its double */
#define LONGEST_MS 8000 /* and so on up to this */
#define PAUSE_MS 2000   /* throttled, and not told for how long */
#define SPREAD_MS 250   /* so that all who were told the same do not meet */
#define PATIENCE_MS 120000 /* a longer wait is the runbook's to decide */
#define EPOCH_S 1e9        /* a larger reset is a point in time, not a span */
#define UNTOLD (-1)

/* --- what an answer asks for --- */

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form of a date that may be sent. */
static bool http_date(struct span s, int64_t *unix_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char iso[64];
    span_cut(&s, ',');
    s = span_trim(s);
    if (s.n != 24 || !span_ends(s, " GMT"))
        return false;
    size_t at = span_find(SPAN(months), span_sub(s, 3, 6), 0);
    snprintf(iso, sizeof iso, "%.4s-%02zu-%.2sT%.8sZ", s.p + 7, at / 3 + 1, s.p,
             s.p + 12);
    return at % 3 == 0 && time_parse(span_of(iso), unix_ms);
}

static bool number(const struct json *field, double *out)
{
    const char *text = json_str(field);
    char *end = NULL;
    *out = text ? strtod(text, &end) : 0;
    return text && end != text && !*end && isfinite(*out) && *out >= 0;
}

/* Far more than anybody waits, and yet a sum with it does not overflow. */
static int64_t bounded_ms(double ms)
{
    return ms < 0 ? 0 : ms > 1e12 ? (int64_t)1e12 : (int64_t)ceil(ms);
}

static int64_t after_ms(const struct json *fields, int64_t now_ms)
{
    const struct json *after = json_get(fields, "retry-after");
    double seconds = 0;
    int64_t at = 0;
    if (number(after, &seconds))
        return bounded_ms(seconds * 1000);
    if (http_date(json_span(after), &at))
        return bounded_ms((double)(at - now_ms));
    return UNTOLD;
}

static bool is_exhausted(const struct json *fields)
{
    return span_is(json_span(json_get(fields, "x-ratelimit-remaining")), "0");
}

/* At least a second: the host's clock need not be this one. */
static int64_t reset_ms(const struct json *fields, int64_t now_ms)
{
    double reset = 0;
    if (!number(json_get(fields, "x-ratelimit-reset"), &reset))
        return UNTOLD;
    double ms = reset * 1000;
    if (reset > EPOCH_S)
        ms -= (double)now_ms;
    return bounded_ms(ms < 1000 ? 1000 : ms);
}

/* 403 throttles only with the headers that say so. */
static bool is_throttled(int status, const struct json *fields)
{
    return status == 429 ||
           (status == 403 &&
            (json_get(fields, "retry-after") || is_exhausted(fields)));
}

static int64_t told_ms(int status, const struct json *fields, int64_t now_ms)
{
    int64_t told = after_ms(fields, now_ms);
    if (told == UNTOLD &&
        (is_throttled(status, fields) || is_exhausted(fields)))
        told = reset_ms(fields, now_ms);
    return told;
}

int64_t retry_hold_ms(int status, const struct json *fields, int64_t now_ms)
{
    if (!is_throttled(status, fields) && status != 503)
        return 0;
    int64_t told = told_ms(status, fields, now_ms);
    return told == UNTOLD || told > PATIENCE_MS ? 0 : told;
}

/* --- what is done about it --- */

static int64_t up_to(int64_t ms, const struct retry_dice *dice)
{
    return dice->roll ? dice->roll(dice->ctx) % (ms + 1) : ms;
}

static int64_t back_off(const struct retry_facts *f,
                        const struct retry_dice *dice)
{
    int64_t ms = BASE_MS;
    for (int i = 1; i < f->sends && ms < LONGEST_MS; i++)
        ms *= 2;
    return up_to(ms < LONGEST_MS ? ms : LONGEST_MS, dice);
}

static int64_t throttled(const struct retry_facts *f,
                         const struct retry_dice *dice)
{
    int64_t told = told_ms(f->status, f->fields, f->now_ms);
    if (told > PATIENCE_MS)
        return RETRY_NEVER;
    return (told == UNTOLD ? PAUSE_MS : told) +
           (dice->roll ? up_to(SPREAD_MS, dice) : 0);
}

static int64_t answered(const struct retry_facts *f,
                        const struct retry_dice *dice)
{
    if (is_throttled(f->status, f->fields))
        return throttled(f, dice);
    if (!f->idempotent || f->status < 502 || f->status > 504)
        return RETRY_NEVER;
    int64_t told = told_ms(f->status, f->fields, f->now_ms);
    int64_t wait = back_off(f, dice);
    if (told > PATIENCE_MS)
        return RETRY_NEVER;
    return told > wait ? told : wait;
}

int64_t retry_wait_ms(const struct retry_facts *f,
                      const struct retry_dice *dice)
{
    int64_t wait = RETRY_NEVER;
    if (f->sends >= RETRY_MAX_SENDS)
        return RETRY_NEVER;
    if (f->end == RETRY_ANSWERED)
        wait = answered(f, dice);
    else if (f->end == RETRY_UNSENT || (f->end == RETRY_LOST && f->idempotent))
        wait = back_off(f, dice);
    return wait < f->left_ms ? wait : RETRY_NEVER;
}
