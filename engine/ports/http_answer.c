/* What follows on the end of a send: the same again, a redirect, or the
 * result. Redirects are followed here and not by libcurl, so that a header
 * which held a secret is dropped where scheme, host or port change. */
#include <string.h>
#include <sys/random.h>

#include "clock.h"
#include "http_part.h"
#include "retry.h"

#define MAX_REDIRECTS 5

/* --- again --- */

static uint32_t roll(void *ctx)
{
    uint32_t n = 0;
    (void)ctx;
    return getrandom(&n, sizeof n, 0) == sizeof n ? n : 0;
}

/* Whether a server hung up before TLS stood. */
static bool lost_handshake(const struct job *x, CURLcode code)
{
    return code == CURLE_SSL_CONNECT_ERROR &&
           (strstr(x->why, "SSL_ERROR_SYSCALL") ||
            strstr(x->why, "unexpected eof") ||
            strstr(x->why, "reset by peer"));
}

static enum retry_end end_of(const struct job *x, CURLcode code)
{
    static const CURLcode broken[] = {CURLE_COULDNT_CONNECT,
                                      CURLE_GOT_NOTHING,
                                      CURLE_RECV_ERROR,
                                      CURLE_SEND_ERROR,
                                      CURLE_PARTIAL_FILE,
                                      CURLE_HTTP2_STREAM,
                                      CURLE_HTTP2};
    if (code == CURLE_OK)
        return RETRY_ANSWERED;
    bool is_broken = lost_handshake(x, code);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        is_broken = is_broken || code == broken[i];
    if (!is_broken || proxy_status(x))
        return RETRY_FINAL;
    return x->sent ? RETRY_LOST : RETRY_UNSENT;
}

/* Queues x for another send; false when this one was the last. */
static bool sends_again(struct job *x, CURLcode code)
{
    static const struct retry_dice dice = {roll, NULL};
    struct clock clock;
    if (code == CURLE_OK && x->status < 400) /* not refused: nothing to ask */
        return false;
    clock_real(&clock);
    int64_t mono_ms = clock_mono_ms();
    struct retry_facts f = {.end = end_of(x, code),
                            .status = (int)x->status,
                            .fields = x->fields,
                            .idempotent = x->idempotent,
                            .sends = x->tries,
                            .now_ms = clock_now_ms(&clock),
                            .left_ms = x->give_up_mono_ms - mono_ms};
    if (f.end == RETRY_ANSWERED)
        gate_hold(x->gate,
                  mono_ms + retry_hold_ms(f.status, f.fields, f.now_ms));
    int64_t wait = retry_wait_ms(&f, &dice);
    if (wait == RETRY_NEVER)
        return false;
    x->tries++;
    loop_remove(x);
    job_pause(x, mono_ms + wait);
    return true;
}

/* --- elsewhere --- */

/* Where the answer sends a request that may be repeated; NULL: nowhere. */
static const char *next_url(struct job *x)
{
    static const long follow[] = {301, 302, 303, 307, 308};
    char *url = NULL;
    if (x->has_body ||
        (strcmp(x->method, "GET") != 0 && strcmp(x->method, "HEAD") != 0))
        return NULL;
    for (size_t i = 0; i < sizeof follow / sizeof *follow; i++)
        if (x->status == follow[i])
            curl_easy_getinfo(x->easy, CURLINFO_REDIRECT_URL, &url);
    return url ? arena_strdup(&x->arena, url) : NULL;
}

/* Queues x for the url, without secrets if that is another origin. */
static void follow(struct job *x, const char *url)
{
    struct origin before = x->origin;
    struct err bad = {0};
    if (x->hops++ == MAX_REDIRECTS) {
        job_fail(x, ST_FAILED, "%s: more than %d redirects", job_server(x),
                 MAX_REDIRECTS);
        return;
    }
    if (url_set(x, url, NULL, &bad) != ST_OK) {
        x->origin = before;
        job_fail(x, ST_FAILED, "%s redirects to what is no http or https URL",
                 job_server(x));
        return;
    }
    if (!origin_equal(&before, &x->origin)) {
        if (!x->from)
            x->from = x->url_is_secret ? "the server" : before.host;
        request_drop_secrets(x);
        x->url_is_secret = false;
    }
    loop_remove(x);
    job_queue(x);
}

/* --- the result --- */

static void conclude(struct job *x)
{
    if (x->dropped_secrets && (x->status == 401 || x->status == 403)) {
        job_fail(x, ST_FAILED,
                 "%s answered %ld: give it credentials by asking it under its "
                 "own URL",
                 job_server(x), x->status);
        return;
    }
    x->value = json_new(JSON_OBJECT);
    json_add(x->value, "body", json_new_bytes(buf_view(&x->answer)));
    json_add(x->value, "headers", x->fields);
    x->fields = NULL;
    json_add(x->value, "status", json_new_int(x->status));
    if (x->tries > 1)
        json_add(x->value, "tries", json_new_int(x->tries));
}

void job_on_sent(struct job *x, CURLcode code)
{
    const char *url = NULL;
    if (code == CURLE_OK)
        curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->status);
    if (sends_again(x, code))
        return;
    if (code == CURLE_OK)
        url = next_url(x);
    if (url)
        follow(x, url);
    else if (code == CURLE_OK)
        conclude(x);
    else
        job_send_failed(x, code);
    if (x->value || x->err.st != ST_OK)
        job_end(x);
}
