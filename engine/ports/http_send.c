/* One send of a request: what libcurl is told, and what it tells. */
#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "http_part.h"
#include "retry.h"

#define LONGEST_MS 86400000

/* --- the answer, as it comes in --- */

static void forget_fields(struct job *x)
{
    if (x->fields && !json_first(x->fields))
        return;
    json_free(x->fields);
    x->fields = json_new(JSON_OBJECT);
}

/* Until the next. */
static const char *lower_case(struct http *h, struct span name)
{
    buf_clear(&h->field_name);
    for (size_t i = 0; i < name.n; i++)
        buf_char(&h->field_name, (char)tolower((unsigned char)name.p[i]));
    return buf_cstr(&h->field_name);
}

static void add_field(struct job *x, struct span name, struct span value)
{
    struct arena a = {0}; /* a server may say much that is not kept */
    const char *key = lower_case(x->http, name);
    if (!strcmp(key, "set-cookie")) /* a session is as good as a password */
        value = span_of("[secret]");
    struct span before;
    struct buf joined = {0};
    const struct json *old = json_get(x->fields, key);
    if (old && json_bytes(old, &a, &before)) {
        buf_span(&joined, before);
        buf_str(&joined, ", ");
        buf_span(&joined, value);
        json_put(x->fields, key, json_new_bytes(buf_view(&joined)));
    } else if (!old) {
        json_add(x->fields, key, json_new_bytes(value));
    }
    buf_release(&joined);
    arena_release(&a);
}

/* Called by libcurl for each line of a header; less than given ends it all. */
static size_t on_header(const char *p, size_t size, size_t n, void *ctx)
{
    struct job *x = ctx;
    struct span line = {p, size * n};
    x->field_bytes += line.n;
    if (x->field_bytes > HEADERS_CAP || ++x->n_fields > HEADERS_MOST)
        return 0;
    if (span_starts(line, "HTTP/")) { /* after a 1xx another answer begins */
        forget_fields(x);
        return line.n;
    }
    struct span value = line;
    struct span name = span_cut(&value, ':');
    /* "$secret" among the names would make a handle of them (wire.h). */
    if (name.n && name.n < line.n && span_utf8(name) && *name.p != '$' &&
        !memchr(name.p, 0, name.n))
        add_field(x, name, span_trim(value));
    return line.n;
}

static size_t on_body(const char *p, size_t size, size_t n, void *ctx)
{
    struct job *x = ctx;
    buf_put(&x->answer, p, size * n);
    return x->answer.over ? 0 : size * n;
}

/* Called by libcurl when a connection stands and the request is about to go
 * out on it; also when libcurl sends it again by itself, because a connection
 * that had been used before was closed without an answer. */
static int on_sending(void *ctx, char *to, char *from, int to_port,
                      int from_port)
{
    struct job *x = ctx;
    (void)to, (void)from, (void)to_port, (void)from_port;
    if (x->sent && (!x->idempotent || x->tries >= RETRY_MAX_SENDS))
        return CURL_PREREQFUNC_ABORT;
    x->tries += x->sent;
    x->sent = true;
    return CURL_PREREQFUNC_OK;
}

/* Called by libcurl for each new socket: commands do not inherit it. */
static int on_open(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
    (void)purpose;
    loop_opened(ctx, fd);
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? CURL_SOCKOPT_OK
                                               : CURL_SOCKOPT_ERROR;
}

/* --- what is asked --- */

static struct curl_slist *link_headers(struct job *x)
{
    struct curl_slist *first = NULL;
    for (size_t i = x->n_headers; i-- > 0; first = &x->headers[i].item)
        x->headers[i].item.next = first;
    return first;
}

static bool is_bare_get(const struct job *x)
{
    return !x->has_body && !strcmp(x->method, "GET");
}

static void set_method(struct job *x)
{
    bool is_head = !strcmp(x->method, "HEAD");
    if (!request_is_bare(x)) {
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)x->body.n);
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS,
                         x->body.p ? x->body.p : "");
    } else if (is_head) {
        curl_easy_setopt(x->easy, CURLOPT_NOBODY, 1L);
    }
    /* The answer to HEAD tells of a body that is not sent. */
    curl_easy_setopt(x->easy, CURLOPT_MAXFILESIZE_LARGE,
                     is_head ? (curl_off_t)0 : (curl_off_t)x->cap_bytes);
    if (!is_bare_get(x))
        curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, x->method);
}

/* Requests share one connection where the server speaks HTTP/2. One that must
 * not be sent twice gets a connection that no server has grown tired of. */
static void set_connection(const struct job *x)
{
    const struct http *h = x->http;
    const struct origin *o = &x->origin;
    bool is_plain = !o->is_https && !o->is_loopback;
    curl_easy_setopt(x->easy, CURLOPT_PIPEWAIT, o->is_https ? 1L : 0L);
    if (!x->idempotent)
        curl_easy_setopt(x->easy, CURLOPT_FRESH_CONNECT, 1L);
    if (!h->has_proxy)
        return;
    /* The other variables libcurl reads itself, this one in lower case only. */
    curl_easy_setopt(x->easy, CURLOPT_NOPROXY, o->is_loopback ? "*" : NULL);
    curl_easy_setopt(x->easy, CURLOPT_PROXY, is_plain ? h->plain_proxy : NULL);
}

void send_begin(struct job *x, int64_t left_ms)
{
    CURL *e = x->easy;
    forget_fields(x);
    buf_clear(&x->answer);
    x->answer.cap = x->cap_bytes;
    x->field_bytes = 0;
    x->n_fields = 0;
    x->sent = false;
    x->why[0] = '\0';
    set_connection(x);
    set_method(x);
    curl_easy_setopt(e, CURLOPT_CURLU, x->url);
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, link_headers(x));
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS,
                     (long)(left_ms < LONGEST_MS ? left_ms : LONGEST_MS));
    curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, x);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, x->why);
    curl_easy_setopt(e, CURLOPT_PRIVATE, x);
}

/* The handle keeps no pointer to what the job owns that is not set anew, and
 * nothing of how one differed from the plain GET that the next may be. */
void send_end(struct job *x)
{
    curl_easy_setopt(x->easy, CURLOPT_CURLU, NULL);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, NULL);
    if (x->idempotent && is_bare_get(x))
        return;
    curl_easy_reset(x->easy); /* open connections stay */
    send_prepare(x->http, x->easy);
}

/* --- what is the same for all --- */

/* Certificates are always verified: libcurl does unless it is told not to. */
static void set_trust(const struct http *h, CURL *e)
{
    if (h->ca_file) {
        curl_easy_setopt(e, CURLOPT_CAINFO, h->ca_file);
        curl_easy_setopt(e, CURLOPT_PROXY_CAINFO, h->ca_file);
    }
    if (h->ca_dir) {
        curl_easy_setopt(e, CURLOPT_CAPATH, h->ca_dir);
        curl_easy_setopt(e, CURLOPT_PROXY_CAPATH, h->ca_dir);
    }
}

void send_prepare(const struct http *h, CURL *e)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(e, CURLOPT_PROTOCOLS,
                     (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, on_open);
    curl_easy_setopt(e, CURLOPT_SOCKOPTDATA, h);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, loop_close_socket);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, h);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_sending);
    if (!h->has_proxy) /* libcurl need not look for one */
        curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    set_trust(h, e);
}
