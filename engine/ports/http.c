/* Performs http.request (the only user of libcurl).
 *
 * Secrets are put in just before sending. They go to the origin the runbook
 * named and to no other: redirects are followed here, not by libcurl, and a
 * header that held a secret is dropped where scheme, host or port change. */
#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "clock.h"
#include "port.h"
#include "vault.h"

#define BODY_CAP (16u << 20)
#define HEADERS_CAP (256u << 10)
#define MAX_REDIRECTS 5
#define CONNECT_TIMEOUT_MS 10000

struct http {
    CURL *easy; /* kept, so that connections are used again */
};

struct origin {
    const char *scheme, *host, *port;
};

struct header {
    char *line;
    bool held_secret; /* or is one by its name */
};

/* One request and its answer; everything lives in the arena. */
struct exchange {
    struct arena arena;
    const struct port_call *call;
    CURL *easy;
    const char *method;
    const char *url;
    struct origin origin;
    bool url_is_secret;
    struct header *headers;
    size_t n_headers;
    struct buf json_body;
    struct span body;
    bool has_body;
    size_t cap_bytes;
    int64_t timeout_ms; /* asked for by the runbook, 0: none */
    int64_t give_up_mono_ms;

    long status;
    struct json *fields; /* the answer's headers */
    size_t field_bytes;
    struct buf answer;
};

/* Whom messages speak of: never more of a URL than its host. */
static const char *server(const struct exchange *x)
{
    return x->url_is_secret ? "the server" : x->origin.host;
}

/* --- the URL --- */

static bool origin_equal(const struct origin *a, const struct origin *b)
{
    return !strcasecmp(a->scheme, b->scheme) && !strcasecmp(a->host, b->host) &&
           !strcmp(a->port, b->port);
}

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    size_t n = strlen(host);
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return !strcmp(host, "[::1]") || !strcasecmp(host, "localhost") ||
           (n > 10 && !strcasecmp(host + n - 10, ".localhost"));
}

static const char *url_part(struct exchange *x, CURLU *u, CURLUPart part)
{
    char *text = NULL;
    const char *copy = "";
    if (curl_url_get(u, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK)
        copy = arena_strdup(&x->arena, text);
    curl_free(text);
    return copy;
}

/* Takes the URL apart, and together again with query added. */
static enum status url_set(struct exchange *x, const char *url,
                           const struct json *query, struct err *err)
{
    CURLU *u = curl_url();
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;
    const struct json *j =
        json_type(query) == JSON_OBJECT ? json_first(query) : NULL;
    for (; ok && j; j = json_next(j)) {
        char room[32];
        struct span v = json_span(j);
        if (json_type(j) == JSON_NUMBER)
            v = span_of(json_num_text(j, room));
        else if (json_type(j) == JSON_BOOL)
            v = span_of(json_bool(j) ? "true" : "false");
        const char *pair =
            arena_printf(&x->arena, "%s=%.*s", json_key(j), SPAN_ARG(v));
        ok = curl_url_set(u, CURLUPART_QUERY, pair,
                          CURLU_APPENDQUERY | CURLU_URLENCODE) == CURLUE_OK;
    }
    x->origin = (struct origin){url_part(x, u, CURLUPART_SCHEME),
                                url_part(x, u, CURLUPART_HOST),
                                url_part(x, u, CURLUPART_PORT)};
    x->url = url_part(x, u, CURLUPART_URL);
    curl_url_cleanup(u);
    ok = ok && *x->origin.host && *x->origin.port &&
         (!strcmp(x->origin.scheme, "http") ||
          !strcmp(x->origin.scheme, "https"));
    if (ok)
        return ST_OK;
    return err_set(err, ST_INPUT, "http.request: not an http or https URL%s%s",
                   x->url_is_secret ? "" : ": ", x->url_is_secret ? "" : url);
}

static bool holds_secret(const struct json *j)
{
    if (vault_is_handle(j))
        return true;
    enum json_type t = json_type(j);
    if (t != JSON_OBJECT && t != JSON_ARRAY)
        return false;
    for (const struct json *c = json_first(j); c; c = json_next(c))
        if (holds_secret(c))
            return true;
    return false;
}

static enum status take_url(struct exchange *x, const struct json *filled,
                            struct err *err)
{
    const struct json *args = x->call->args;
    const char *url = json_str(json_get(filled, "url"));
    x->url_is_secret = vault_is_handle(json_get(args, "url"));
    if (!url)
        return err_set(err, ST_INPUT, "http.request needs a url (a string)");
    if (url_set(x, url, json_get(filled, "query"), err) != ST_OK)
        return err->st;
    if (!strcmp(x->origin.scheme, "https") || is_loopback(x->origin.host) ||
        !holds_secret(args))
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "a secret may not travel in plain http to %s: use https",
                   server(x));
}

/* --- method, headers, body --- */

static bool is_token(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    return n && strspn(s, "!#$%&'*+-.^_`|~0123456789"
                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "abcdefghijklmnopqrstuvwxyz") == n;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (!strcasecmp(name, *names))
            return true;
    return false;
}

static enum status take_method(struct exchange *x, struct err *err)
{
    x->method = json_get_str(x->call->args, "method", "GET");
    if (!is_token(x->method))
        return err_set(err, ST_INPUT, "http.request: %s is no method",
                       x->method);
    return ST_OK;
}

/* value is a string or a secret. */
static enum status add_header(struct exchange *x, const char *name,
                              const struct json *value, struct err *err)
{
    static const char *const ours[] = {"content-length", "transfer-encoding",
                                       "connection", NULL};
    static const char *const secret[] = {"authorization", "cookie",
                                         "proxy-authorization", NULL};
    struct span text;
    bool is_handle = vault_is_handle(value);
    if (!is_token(name) || is_one_of(name, ours))
        return err_set(err, ST_INPUT, "http.request: header %s is not yours",
                       name);
    if (is_handle && vault_reveal(x->call->vault, value, &text, err) != ST_OK)
        return err->st;
    if (!is_handle && !json_str(value))
        return err_set(err, ST_INPUT, "http.request: header %s is not a string",
                       name);
    if (!is_handle)
        text = json_span(value);
    if (text.n && (memchr(text.p, '\r', text.n) ||
                   memchr(text.p, '\n', text.n) || memchr(text.p, 0, text.n)))
        return err_set(err, ST_INPUT,
                       "http.request: header %s holds a line break or NUL",
                       name);
    /* "name;" is how libcurl is told to send an empty one. */
    char *line = text.n
                     ? arena_printf(&x->arena, "%s: %.*s", name, SPAN_ARG(text))
                     : arena_printf(&x->arena, "%s;", name);
    x->headers[x->n_headers++] =
        (struct header){line, is_handle || is_one_of(name, secret)};
    return ST_OK;
}

static bool has_header(const struct exchange *x, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < x->n_headers; i++)
        if (!strncasecmp(x->headers[i].line, name, n) &&
            strchr(":;", x->headers[i].line[n]))
            return true;
    return false;
}

static void add_default(struct exchange *x, const char *name, const char *line)
{
    if (!has_header(x, name))
        x->headers[x->n_headers++] =
            (struct header){arena_strdup(&x->arena, line), false};
}

static enum status take_headers(struct exchange *x, struct err *err)
{
    const struct json *headers = json_get(x->call->args, "headers");
    size_t count = 4; /* the defaults */
    for (const struct json *h = json_first(headers); h; h = json_next(h))
        count += json_type(h) == JSON_ARRAY ? json_size(h) : 1;
    x->headers = arena_array(&x->arena, count, sizeof *x->headers);
    for (const struct json *h = json_first(headers); h; h = json_next(h)) {
        const char *name = json_key(h);
        const struct json *v = json_type(h) == JSON_ARRAY ? json_first(h) : h;
        if (!name)
            return err_set(err, ST_INPUT,
                           "http.request: headers must be {name: value}");
        for (; v; v = v == h ? NULL : json_next(v))
            if (add_header(x, name, v, err) != ST_OK)
                return err->st;
    }
    add_default(x, "user-agent", "User-Agent: runproof/" RUNPROOF_VERSION);
    add_default(x, "expect", "Expect:"); /* libcurl: leave it out */
    if (json_get(x->call->args, "json"))
        add_default(x, "content-type", "Content-Type: application/json");
    else
        add_default(x, "content-type", "Content-Type:");
    return ST_OK;
}

static enum status take_body(struct exchange *x, const struct json *filled,
                             struct err *err)
{
    const struct json *json = json_get(filled, "json");
    const struct json *body = json_get(filled, "body");
    x->has_body = json || json_type(body) != JSON_NULL;
    if (json) {
        json_write(json, &x->json_body);
        x->body = buf_view(&x->json_body);
    } else if (x->has_body && !json_bytes(body, &x->arena, &x->body)) {
        return err_set(err, ST_INPUT, "http.request: body is not a string");
    }
    if (x->has_body && !strcmp(x->method, "HEAD"))
        return err_set(err, ST_INPUT, "http.request: HEAD carries no body");
    return ST_OK;
}

static enum status take_bounds(struct exchange *x, struct err *err)
{
    const struct json *args = x->call->args;
    const struct json *timeout = json_get(args, "timeout");
    double seconds = json_num(timeout);
    /* A caller in the engine, to which no message is sent, may take more. */
    size_t most = x->call->most_bytes ? x->call->most_bytes : BODY_CAP;
    int64_t cap = json_get_int(args, "max_bytes", (int64_t)most);
    if (cap < 1 || (uint64_t)cap > most)
        return err_set(err, ST_INPUT,
                       "http.request: max_bytes must be 1 to %zu", most);
    if (json_type(timeout) != JSON_NULL && !(seconds > 0 && seconds < 1e6))
        return err_set(err, ST_INPUT,
                       "http.request: timeout must be seconds over 0");
    x->cap_bytes = (size_t)cap;
    x->give_up_mono_ms = x->call->deadline_mono_ms;
    int64_t at = clock_mono_ms() + (int64_t)(seconds * 1000);
    if (seconds > 0 && at < x->give_up_mono_ms) {
        x->give_up_mono_ms = at;
        x->timeout_ms = (int64_t)(seconds * 1000);
    }
    return ST_OK;
}

/* --- the answer, as it comes in --- */

static void add_field(struct exchange *x, struct span name, struct span value)
{
    char *key = span_dup(&x->arena, name);
    for (char *p = key; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    struct span before;
    const struct json *old = json_get(x->fields, key);
    if (old && json_bytes(old, &x->arena, &before))
        value = span_of(arena_printf(&x->arena, "%.*s, %.*s", SPAN_ARG(before),
                                     SPAN_ARG(value)));
    json_put(x->fields, key, json_new_bytes(value));
}

/* Called by libcurl for each line of a header; less than given ends it all. */
static size_t on_header(const char *p, size_t size, size_t n, void *ctx)
{
    struct exchange *x = ctx;
    struct span line = {p, size * n};
    x->field_bytes += line.n;
    if (x->field_bytes > HEADERS_CAP)
        return 0;
    if (span_starts(line, "HTTP/")) { /* after a 1xx another answer begins */
        json_free(x->fields);
        x->fields = json_new(JSON_OBJECT);
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
    struct exchange *x = ctx;
    buf_put(&x->answer, p, size * n);
    return x->answer.over ? 0 : size * n;
}

/* Called by libcurl at least once a second; not 0 ends it all. */
static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c,
                       curl_off_t d)
{
    const struct exchange *x = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return port_interrupted(x->call);
}

/* --- one hop --- */

static struct curl_slist *header_list(const struct exchange *x)
{
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < x->n_headers; i++)
        list = curl_slist_append(list, x->headers[i].line);
    return list;
}

static void wipe_list(struct curl_slist *list)
{
    for (struct curl_slist *l = list; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data));
    curl_slist_free_all(list);
}

static void set_method(struct exchange *x)
{
    static const char *const bodiless[] = {"GET", "HEAD", "DELETE", "OPTIONS",
                                           NULL};
    if (x->has_body || !is_one_of(x->method, bodiless)) {
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)x->body.n);
        curl_easy_setopt(x->easy, CURLOPT_POSTFIELDS,
                         x->body.p ? x->body.p : "");
    } else if (!strcmp(x->method, "HEAD")) {
        curl_easy_setopt(x->easy, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, x->method);
}

static void set_options(struct exchange *x, int64_t left_ms)
{
    CURL *e = x->easy;
    curl_easy_reset(e); /* open connections stay */
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(e, CURLOPT_PROTOCOLS,
                     (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    curl_easy_setopt(e, CURLOPT_URL, x->url);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, x);
    if (is_loopback(x->origin.host))
        curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    set_method(x);
}

static enum status timed_out(const struct exchange *x, struct err *err)
{
    char text[32];
    if (clock_mono_ms() >= x->call->deadline_mono_ms)
        return err_set(err, ST_TIMEOUT, "%s did not answer in the time left",
                       server(x));
    bool own = x->timeout_ms && clock_mono_ms() >= x->give_up_mono_ms;
    duration_text(own ? x->timeout_ms : CONNECT_TIMEOUT_MS, text);
    return err_set(err, ST_FAILED, "%s did not %s in %s", server(x),
                   own ? "answer" : "accept a connection", text);
}

static enum status hop_failed(const struct exchange *x, CURLcode code,
                              struct err *err)
{
    static const struct {
        CURLcode code;
        const char *text;
    } rows[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "no such host: check the URL"},
        {CURLE_COULDNT_RESOLVE_PROXY, "the proxy's host is unknown"},
        {CURLE_COULDNT_CONNECT, "it accepts no connection"},
        {CURLE_GOT_NOTHING, "it hung up without an answer"},
        {CURLE_RECV_ERROR, "the connection broke"},
        {CURLE_SEND_ERROR, "the connection broke"},
        {CURLE_PARTIAL_FILE, "its answer was cut short"},
        {CURLE_PEER_FAILED_VERIFICATION, "its certificate is not trusted"},
        {CURLE_OUT_OF_MEMORY, "a header of its answer is over 100 KiB"},
#if LIBCURL_VERSION_NUM >= 0x080600
        {CURLE_TOO_LARGE, "a header of its answer is over 100 KiB"},
#endif
    };
    if (code == CURLE_OPERATION_TIMEDOUT)
        return timed_out(x, err);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_set(err, ST_INTERRUPTED, "%s: interrupted", server(x));
    if (x->answer.over)
        return err_set(err, ST_FAILED, "%s: its answer is over %zu bytes",
                       server(x), x->cap_bytes);
    if (x->field_bytes > HEADERS_CAP)
        return err_set(err, ST_FAILED,
                       "%s: the headers of its answer are over %u KiB",
                       server(x), HEADERS_CAP >> 10);
    const char *text = curl_easy_strerror(code);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            text = rows[i].text;
    return err_set(err, ST_FAILED, "%s: %s", server(x), text);
}

static enum status hop(struct exchange *x, struct err *err)
{
    int64_t left = x->give_up_mono_ms - clock_mono_ms();
    if (left <= 0)
        return timed_out(x, err);
    buf_clear(&x->answer);
    x->answer.cap = x->cap_bytes;
    x->field_bytes = 0;
    set_options(x, left < 86400000 ? left : 86400000);
    struct curl_slist *list = header_list(x);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, list);
    CURLcode code = curl_easy_perform(x->easy);
    curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, NULL);
    wipe_list(list);
    if (code != CURLE_OK)
        return hop_failed(x, code, err);
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->status);
    return ST_OK;
}

/* --- redirects --- */

/* Where the answer sends a request that may be repeated; NULL: nowhere. */
static const char *next_url(struct exchange *x)
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

static void drop_secrets(struct exchange *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->n_headers; i++)
        if (!x->headers[i].held_secret)
            x->headers[kept++] = x->headers[i];
        else
            explicit_bzero(x->headers[i].line, strlen(x->headers[i].line));
    x->n_headers = kept;
}

static enum status follow(struct exchange *x, struct err *err)
{
    for (int hops = 0; hop(x, err) == ST_OK; hops++) {
        struct origin before = x->origin;
        const char *url = next_url(x);
        if (!url)
            return ST_OK;
        if (hops == MAX_REDIRECTS)
            return err_set(err, ST_FAILED, "%s: more than %d redirects",
                           server(x), MAX_REDIRECTS);
        struct err bad = {0};
        if (url_set(x, url, NULL, &bad) != ST_OK) {
            x->origin = before;
            return err_set(err, ST_FAILED,
                           "%s redirects to what is no http or https URL",
                           server(x));
        }
        if (!origin_equal(&before, &x->origin)) {
            drop_secrets(x);
            x->url_is_secret = false;
        }
    }
    return err->st;
}

/* --- the port --- */

static enum status exchange_run(struct exchange *x, struct json **value,
                                struct err *err)
{
    struct json *filled = NULL;
    if (vault_fill(x->call->vault, x->call->args, &filled, err) != ST_OK)
        return err->st;
    if (take_method(x, err) == ST_OK && take_url(x, filled, err) == ST_OK &&
        take_headers(x, err) == ST_OK && take_body(x, filled, err) == ST_OK &&
        take_bounds(x, err) == ST_OK && follow(x, err) == ST_OK) {
        *value = json_new(JSON_OBJECT);
        json_put_int(*value, "status", x->status);
        json_put(*value, "headers", json_copy(x->fields));
        json_put(*value, "body", json_new_bytes(buf_view(&x->answer)));
    }
    json_free(filled);
    return err->st;
}

static enum status perform(void *state, const struct port_call *call,
                           struct json **value, struct err *err)
{
    struct http *http = state;
    struct exchange x = {.call = call, .easy = http->easy};
    if (strcmp(call->op, "http.request") != 0)
        return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    if (!x.easy)
        return err_set(err, ST_INTERNAL, "libcurl cannot be initialised");
    x.fields = json_new(JSON_OBJECT);
    enum status st = exchange_run(&x, value, err);
    for (size_t i = 0; i < x.n_headers; i++)
        explicit_bzero(x.headers[i].line, strlen(x.headers[i].line));
    json_free(x.fields);
    if (x.json_body.p)
        explicit_bzero(x.json_body.p, x.json_body.n);
    buf_release(&x.json_body);
    buf_release(&x.answer);
    arena_release(&x.arena);
    return st;
}

static void *http_open(void)
{
    struct http *http = mem_alloc(sizeof *http);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        http->easy = curl_easy_init();
    return http;
}

static void http_close(void *state)
{
    struct http *http = state;
    curl_easy_cleanup(http->easy);
    curl_global_cleanup();
    mem_free(http);
}

extern const struct port runproof_port;
const struct port runproof_port = {
    .name = "http", .open = http_open, .perform = perform, .close = http_close};
