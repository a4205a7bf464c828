/* The arguments of http.request, made into what is sent. Secrets are filled in
 * here; they go to the origin the runbook named and to no other. */
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "http_part.h"

#define BODY_CAP (16u << 20)

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

/* What to read of the arguments, but for what may be a handle. */
static const struct json *plain(const struct job *x, const struct json *args)
{
    return x->filled ? x->filled : args;
}

static enum status take_url(struct job *x, const struct json *args,
                            struct err *err)
{
    const char *url = json_str(json_get(plain(x, args), "url"));
    x->url_is_secret = x->filled && vault_is_handle(json_get(args, "url"));
    if (!url)
        return err_set(err, ST_INPUT, "http.request needs a url (a string)");
    if (url_set(x, url, json_get(plain(x, args), "query"), err) != ST_OK)
        return err->st;
    if (x->origin.is_https || x->origin.is_loopback || !x->filled)
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "a secret may not travel in plain http to %s: use https",
                   job_server(x));
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

static enum status take_method(struct job *x, const struct json *args,
                               struct err *err)
{
    x->method = arena_strdup(&x->arena, json_get_str(args, "method", "GET"));
    if (!is_token(x->method))
        return err_set(err, ST_INPUT, "http.request: %s is no method",
                       x->method);
    return ST_OK;
}

bool request_is_bare(const struct job *x)
{
    static const char *const methods[] = {"GET", "HEAD", "DELETE", "OPTIONS",
                                          NULL};
    return !x->has_body && is_one_of(x->method, methods);
}

static void put_line(struct job *x, char *line, bool held_secret)
{
    x->headers[x->n_headers++] =
        (struct header){{.data = line}, .held_secret = held_secret};
}

/* value is a string or a secret. */
static enum status add_header(struct job *x, const char *name,
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
    if (is_handle && vault_reveal(x->call.vault, value, &text, err) != ST_OK)
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
    put_line(x, line, is_handle || is_one_of(name, secret));
    return ST_OK;
}

static bool has_header(const struct job *x, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < x->n_headers; i++)
        if (!strncasecmp(x->headers[i].item.data, name, n) &&
            strchr(":;", x->headers[i].item.data[n]))
            return true;
    return false;
}

static void add_default(struct job *x, const char *name, const char *line)
{
    if (!has_header(x, name))
        put_line(x, arena_strdup(&x->arena, line), false);
}

static enum status take_headers(struct job *x, const struct json *args,
                                struct err *err)
{
    const struct json *headers = json_get(args, "headers");
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
    if (x->http->accept_line)
        add_default(x, "accept-encoding", x->http->accept_line);
    return ST_OK;
}

static enum status take_body(struct job *x, const struct json *args,
                             struct err *err)
{
    const struct json *json = json_get(plain(x, args), "json");
    const struct json *body = json_get(plain(x, args), "body");
    x->has_body = json || json_type(body) != JSON_NULL;
    if (json) {
        json_write(json, &x->json_body);
        x->body = buf_view(&x->json_body);
    } else if (x->has_body && !json_bytes(body, &x->arena, &x->body)) {
        return err_set(err, ST_INPUT, "http.request: body is not a string");
    }
    if (!x->filled && json_str(body)) /* the caller's */
        x->body.p = span_dup(&x->arena, x->body);
    if (x->has_body && !strcmp(x->method, "HEAD"))
        return err_set(err, ST_INPUT, "http.request: HEAD carries no body");
    if (request_is_bare(x))
        return ST_OK;
    add_default(x, "expect", "Expect:"); /* libcurl: leave it out */
    add_default(x, "content-type",
                json ? "Content-Type: application/json" : "Content-Type:");
    return ST_OK;
}

static enum status take_bounds(struct job *x, const struct json *args,
                               struct err *err)
{
    const struct json *timeout = json_get(plain(x, args), "timeout");
    double seconds = json_num(timeout);
    /* A caller in the engine, to which no message is sent, may take more. */
    size_t most = x->call.most_bytes ? x->call.most_bytes : BODY_CAP;
    int64_t cap = json_get_int(plain(x, args), "max_bytes", (int64_t)most);
    if (cap < 1 || (uint64_t)cap > most)
        return err_set(err, ST_INPUT,
                       "http.request: max_bytes must be 1 to %zu", most);
    if (json_type(timeout) != JSON_NULL && !(seconds > 0 && seconds < 1e6))
        return err_set(err, ST_INPUT,
                       "http.request: timeout must be seconds over 0");
    x->cap_bytes = (size_t)cap;
    x->give_up_mono_ms = x->call.deadline_mono_ms;
    if (seconds <= 0)
        return ST_OK;
    int64_t at = clock_mono_ms() + (int64_t)(seconds * 1000);
    if (at < x->give_up_mono_ms) {
        x->give_up_mono_ms = at;
        x->timeout_ms = (int64_t)(seconds * 1000);
    }
    return ST_OK;
}

/* --- the whole --- */

enum status request_take(struct job *x, const struct json *args)
{
    struct err *err = &x->err;
    if (holds_secret(args) &&
        vault_fill(x->call.vault, args, &x->filled, err) != ST_OK)
        return err->st;
    if (take_method(x, args, err) == ST_OK && take_url(x, args, err) == ST_OK &&
        take_headers(x, args, err) == ST_OK &&
        take_body(x, args, err) == ST_OK && take_bounds(x, args, err) == ST_OK)
        x->idempotent = x->call.idempotent || x->call.effect <= EFFECT_READ;
    return err->st;
}

static void wipe_line(struct header *h)
{
    explicit_bzero(h->item.data, strlen(h->item.data));
}

void request_drop_secrets(struct job *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->n_headers; i++)
        if (!x->headers[i].held_secret) {
            x->headers[kept++] = x->headers[i];
        } else {
            wipe_line(&x->headers[i]);
            x->dropped_secrets = true;
        }
    x->n_headers = kept;
}

void request_release(struct job *x)
{
    for (size_t i = 0; i < x->n_headers; i++)
        wipe_line(&x->headers[i]);
    if (x->json_body.p)
        explicit_bzero(x->json_body.p, x->json_body.n);
    buf_release(&x->json_body);
    json_free(x->filled);
}
