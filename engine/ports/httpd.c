/* Serves HTTP on loopback (the only user of libmicrohttpd). */
#include "httpd.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"

#define MAX_CONNECTIONS 64
#define IDLE_SECONDS 60
#define LOOK_UP_MS 200 /* how long a stop may go unseen */
#define LAST_TURNS 20  /* of 10 ms, to send what is on its way out */

struct httpd {
    struct MHD_Daemon *daemon;
    httpd_handler *handler;
    void *ctx;
};

/* One request as it comes in. */
struct visit {
    char *target;
    struct buf body;
    bool begun; /* its headers were seen */
};

/* Called for each request line; what it returns is the request's state. */
static void *visit_open(void *ctx, const char *target, struct MHD_Connection *c)
{
    (void)ctx;
    (void)c;
    struct visit *v = mem_alloc(sizeof *v);
    size_t n = strlen(target) + 1;
    v->target = mem_alloc(n);
    memcpy(v->target, target, n);
    v->body.cap = HTTPD_BODY_CAP;
    return v;
}

static void visit_close(void *ctx, struct MHD_Connection *c, void **state,
                        enum MHD_RequestTerminationCode why)
{
    (void)ctx;
    (void)c;
    (void)why;
    struct visit *v = *state;
    if (!v)
        return;
    mem_free(v->target);
    buf_release(&v->body);
    mem_free(v);
    *state = NULL;
}

/* --- in --- */

static enum MHD_Result add_header(void *ctx, enum MHD_ValueKind kind,
                                  const char *name, const char *value)
{
    struct json *headers = ctx;
    struct arena a = {0};
    char *key = arena_strdup(&a, name);
    struct span before, now = span_of(value);
    (void)kind;
    for (char *p = key; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (json_bytes(json_get(headers, key), &a, &before))
        now = span_of(
            arena_printf(&a, "%.*s, %.*s", SPAN_ARG(before), SPAN_ARG(now)));
    if (span_utf8(span_of(key)))
        json_put(headers, key, json_new_bytes(now));
    arena_release(&a);
    return MHD_YES;
}

/* "localhost:8080" is; "rebound.example" is not. */
static bool is_loopback(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (!strncasecmp(host, names[i], n) && (!host[n] || host[n] == ':'))
            return true;
    }
    return false;
}

/* --- out --- */

static const char *header_text(const struct json *value, char room[32])
{
    return json_type(value) == JSON_NUMBER ? json_num_text(value, room)
                                           : json_str(value);
}

static void put_headers(struct MHD_Response *r, const struct json *headers)
{
    for (const struct json *h = json_first(headers); h; h = json_next(h)) {
        const char *name = json_key(h);
        const struct json *v = json_type(h) == JSON_ARRAY ? json_first(h) : h;
        if (!strcasecmp(name, "content-length") ||
            !strcasecmp(name, "transfer-encoding"))
            continue; /* the server's own business */
        for (; v; v = v == h ? NULL : json_next(v)) {
            char room[32];
            const char *text = header_text(v, room);
            if (text)
                MHD_add_response_header(r, name, text);
        }
    }
}

static enum MHD_Result send_reply(struct MHD_Connection *c,
                                  const struct httpd_reply *reply)
{
    bool valid = reply->status >= 200 && reply->status <= 599;
    union {
        const char *bytes;
        void *copied;
    } body = {buf_cstr(&reply->body)};
    struct MHD_Response *r = MHD_create_response_from_buffer(
        reply->body.n, body.copied, MHD_RESPMEM_MUST_COPY);
    put_headers(r, reply->headers);
    enum MHD_Result sent =
        MHD_queue_response(c, valid ? (unsigned)reply->status : 500u, r);
    MHD_destroy_response(r);
    return sent;
}

static enum MHD_Result send_plain(struct MHD_Connection *c, int status,
                                  const char *text)
{
    struct httpd_reply reply = {.status = status};
    buf_str(&reply.body, text);
    enum MHD_Result sent = send_reply(c, &reply);
    buf_release(&reply.body);
    return sent;
}

/* --- one request --- */

static enum MHD_Result answer(const struct httpd *h, struct MHD_Connection *c,
                              const char *method, const struct visit *v)
{
    const char *host = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "host");
    if (!is_loopback(host))
        return send_plain(c, 403, "this server answers to loopback only\n");
    if (v->body.over)
        return send_plain(c, 413, "the body is over 16 MiB\n");
    struct json *headers = json_new(JSON_OBJECT);
    struct httpd_reply reply = {0};
    MHD_get_connection_values(c, MHD_HEADER_KIND, add_header, headers);
    const struct httpd_request request = {method, v->target, headers,
                                          buf_view(&v->body)};
    h->handler(h->ctx, &request, &reply);
    /* MHD_NO closes the connection. */
    enum MHD_Result sent = reply.status ? send_reply(c, &reply) : MHD_NO;
    json_free(headers);
    json_free(reply.headers);
    buf_release(&reply.body);
    return sent;
}

/* Called when the headers are there, for each part of the body, and at its
 * end. */
static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c,
                                  const char *url, const char *method,
                                  const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct visit *v = *state;
    (void)url; /* decoded; the target is wanted as sent */
    (void)version;
    if (!v->begun) {
        v->begun = true;
        return MHD_YES;
    }
    if (*size) {
        buf_put(&v->body, data, *size);
        *size = 0;
        return MHD_YES;
    }
    return answer(ctx, c, method, v);
}

/* --- the server --- */

static void server_close(struct httpd *h)
{
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    mem_free(h);
}

static enum status server_open(int port, httpd_handler *handler, void *ctx,
                               struct httpd **out, struct err *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (port < 0 || port > UINT16_MAX)
        return err_set(err, ST_INPUT, "there is no port %d", port);
    struct httpd *h = mem_alloc(sizeof *h);
    h->handler = handler;
    h->ctx = ctx;
    errno = 0;
    h->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL, NULL,
        on_request, h, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_URI_LOG_CALLBACK,
        visit_open, NULL, MHD_OPTION_NOTIFY_COMPLETED, visit_close, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
    if (!h->daemon) {
        server_close(h);
        return err_set(err, ST_IO,
                       "cannot listen on 127.0.0.1:%d: %s (choose another "
                       "--port)",
                       port, strerror(errno));
    }
    *out = h;
    return ST_OK;
}

static int server_port(const struct httpd *h)
{
    return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static enum status
server_run(struct httpd *h, const volatile sig_atomic_t *stop, struct err *err)
{
    while (!*stop)
        if (MHD_run_wait(h->daemon, LOOK_UP_MS) != MHD_YES)
            return err_set(err, ST_IO, "the server broke down: %s",
                           strerror(errno));
    for (int i = 0; i < LAST_TURNS; i++)
        if (MHD_run_wait(h->daemon, 10) != MHD_YES)
            break;
    return ST_OK;
}

extern const struct httpd_module runproof_httpd;
const struct httpd_module runproof_httpd = {server_open, server_port,
                                            server_run, server_close};
