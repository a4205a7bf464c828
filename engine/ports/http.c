/* The http port: http.request, many at a time. libcurl is used by its parts
 * alone. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http_part.h"

/* --- calls --- */

static bool has_ended(const struct job *x)
{
    return x->value || x->err.st != ST_OK;
}

static void job_free(struct job *x)
{
    request_release(x);
    json_free(x->fields);
    json_free(x->value);
    buf_release(&x->answer);
    arena_release(&x->arena);
    mem_free(x);
}

static enum status http_begin(void *state, const struct port_call *call,
                              void **job, struct err *err)
{
    struct http *h = state;
    if (strcmp(call->op, "http.request") != 0)
        return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    if (!h->is_open)
        return err_set(err, ST_INTERNAL, "libcurl cannot be initialised");
    struct job *x = mem_alloc(sizeof *x);
    x->http = h;
    x->call = *call;
    x->call.args = NULL;
    x->tries = 1;
    if (request_take(x, call->args) != ST_OK) {
        err_set(err, x->err.st, "%s", x->err.msg);
        job_free(x);
        return err->st;
    }
    h->n_open++;
    job_queue(x); /* sent at the next turn, with what begins beside it */
    *job = x;
    return ST_OK;
}

static struct job *take_ended(struct http *h, struct job *wanted)
{
    struct job *x = wanted ? wanted : h->ended.first;
    if (!x || x->list != &h->ended)
        return NULL;
    job_list_remove(x);
    return x;
}

static void *http_next(void *state, void *job, int wait_ms)
{
    struct http *h = state;
    int64_t now_ms = clock_mono_ms();
    int64_t until_ms = now_ms + wait_ms;
    bool is_over = false;
    if (h->ended.n && h->turned_mono_ms != now_ms)
        loop_turn(h, 0); /* keep the others busy all the same */
    for (;;) {
        int64_t wake_ms = queue_turn(h, now_ms);
        loop_push(h);
        struct job *x = take_ended(h, job);
        if (x || is_over || !h->n_open)
            return x;
        is_over = now_ms >= until_ms;
        loop_turn(h, (wake_ms < until_ms ? wake_ms : until_ms) - now_ms);
        now_ms = h->turned_mono_ms;
    }
}

static int http_fd(void *state)
{
    const struct http *h = state;
    return h->epoll;
}

static enum status http_finish(void *state, void *job, struct json **value,
                               struct err *err)
{
    struct job *x = job;
    (void)state;
    if (!has_ended(x)) {
        job_fail(x, ST_INTERRUPTED, "%s: interrupted", job_server(x));
        job_end(x);
    }
    job_list_remove(x);
    if (x->err.st != ST_OK)
        err_set(err, x->err.st, "%s", x->err.msg);
    *value = x->value;
    x->value = NULL;
    job_free(x);
    return err->st;
}

/* --- the port --- */

/* The first of the variables that is set and not empty. */
static const char *variable(const char *const *names)
{
    const char *value = NULL;
    for (; *names && !(value && *value); names++)
        value = getenv(*names);
    return value && *value ? value : NULL;
}

/* As curl(1) reads it, but SSL_CERT_FILE, which messages advise, comes first,
 * and HTTP_PROXY counts as it does everywhere else. */
static void read_environment(struct http *h)
{
    static const char *const bundle[] = {"SSL_CERT_FILE", "CURL_CA_BUNDLE",
                                         NULL};
    static const char *const folder[] = {"SSL_CERT_DIR", NULL};
    static const char *const plain[] = {"http_proxy", "HTTP_PROXY", NULL};
    static const char *const any[] = {
        "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
        "all_proxy",  "ALL_PROXY",  NULL};
    const char *texts[] = {variable(bundle), variable(folder), variable(plain)};
    const char **fields[] = {&h->ca_file, &h->ca_dir, &h->plain_proxy};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *fields[i] = texts[i] ? arena_strdup(&h->arena, texts[i]) : NULL;
    h->has_proxy = variable(any) != NULL;
}

/* The codings that libcurl undoes, as the line of a header: it would put the
 * same together for each request, at a fortieth of its cost. */
static const char *accept_line(struct http *h)
{
    static const struct {
        int feature;
        const char *names;
    } codings[] = {
        {CURL_VERSION_LIBZ, "deflate, gzip"},
        {CURL_VERSION_BROTLI, "br"},
        {CURL_VERSION_ZSTD, "zstd"},
    };
    int features = curl_version_info(CURLVERSION_NOW)->features;
    const char *line = NULL;
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++)
        if (features & codings[i].feature)
            line = arena_printf(&h->arena, "%s %s",
                                line ? arena_printf(&h->arena, "%s,", line)
                                     : "Accept-Encoding:",
                                codings[i].names);
    return line;
}

static void *http_open(void)
{
    struct http *h = mem_alloc(sizeof *h);
    h->epoll = -1;
    h->is_open =
        curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && loop_open(h);
    h->accept_line = accept_line(h);
    read_environment(h);
    return h;
}

static void http_close(void *state)
{
    struct http *h = state;
    loop_close(h);
    buf_release(&h->field_name);
    arena_release(&h->arena);
    curl_global_cleanup();
    mem_free(h);
}

extern const struct port runproof_port;
const struct port runproof_port = {.name = "http",
                                   .open = http_open,
                                   .begin = http_begin,
                                   .next = http_next,
                                   .fd = http_fd,
                                   .finish = http_finish,
                                   .close = http_close};
