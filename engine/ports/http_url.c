/* URLs: taken apart, put together, compared. */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "http_part.h"

bool origin_equal(const struct origin *a, const struct origin *b)
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

static const char *url_part(struct job *x, CURLU *u, CURLUPart part)
{
    char *text = NULL;
    const char *copy = "";
    if (curl_url_get(u, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK)
        copy = arena_strdup(&x->arena, text);
    curl_free(text);
    return copy;
}

static void free_url(void *url)
{
    curl_url_cleanup(url);
}

static CURLU *adopt(struct arena *a, CURLU *url)
{
    if (url)
        arena_defer(a, free_url, url);
    return url;
}

/* --- URLs that begin as one did before --- */

/* "http://host:80" of a URL whose path and query are parts as they stand; else
 * empty. (Of "%2F" libcurl would change the case.) */
static struct span beginning(const char *url)
{
    static const char plain[] = "/?&=+,:;!$'()*._~-0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz";
    const char *host = strstr(url, "://");
    if (!host)
        return SPAN("");
    const char *path = host + 3 + strcspn(host + 3, "/?#@\\");
    if (*path != '/' || path[strspn(path, plain)] || strstr(path, "/.") ||
        span_ends(span_of(path), "?"))
        return SPAN("");
    return (struct span){url, (size_t)(path - url)};
}

static bool set_rest(struct job *x, const char *rest)
{
    char *path = arena_strdup(&x->arena, rest);
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    return curl_url_set(x->url, CURLUPART_PATH, path, 0) == CURLUE_OK &&
           curl_url_set(x->url, CURLUPART_QUERY, query, 0) == CURLUE_OK;
}

/* Most URLs name an origin that an earlier one named in the same words: they
 * need not be taken apart, neither here nor, again, by libcurl. */
static bool set_known(struct job *x, const char *url)
{
    struct span start = beginning(url);
    const struct gate *g = start.n ? x->http->gates : NULL;
    while (g && !span_eq(g->spelled, start))
        g = g->next;
    if (!g)
        return false;
    x->origin = g->origin;
    x->url = adopt(&x->arena, curl_url_dup(g->url));
    return x->url && set_rest(x, url + start.n);
}

static void learn(struct job *x, const char *url)
{
    struct http *h = x->http;
    struct span start = x->url_is_secret ? SPAN("") : beginning(url);
    struct gate *g = start.n ? gate_of(h, &x->origin) : NULL;
    if (!g || g->spelled.n)
        return;
    g->url = adopt(&h->arena, curl_url_dup(x->url));
    if (g->url && curl_url_set(g->url, CURLUPART_QUERY, NULL, 0) == CURLUE_OK)
        g->spelled = (struct span){span_dup(&h->arena, start), start.n};
}

/* --- all URLs --- */

/* What stands in a query for j; false: it is none that could. */
static bool query_text(struct job *x, const struct json *j, char room[32],
                       struct span *out)
{
    bool known = true;
    if (json_type(j) == JSON_NUMBER)
        *out = span_of(json_num_text(j, room));
    else if (json_type(j) == JSON_BOOL)
        *out = span_of(json_bool(j) ? "true" : "false");
    else
        known = json_bytes(j, &x->arena, out);
    return known;
}

static enum status check_query(struct job *x, const struct json *query,
                               struct err *err)
{
    char room[32];
    struct span ignored;
    const struct json *j = json_first(query);
    for (; j; j = json_next(j))
        if (!json_key(j) || !query_text(x, j, room, &ignored))
            return err_set(err, ST_INPUT,
                           "http.request: query must be {name: value}, each "
                           "value a string, number or boolean");
    return ST_OK;
}

/* Takes the URL apart and adds query. */
enum status url_set(struct job *x, const char *url, const struct json *query,
                    struct err *err)
{
    if (query && check_query(x, query, err) != ST_OK)
        return err->st;
    if (!json_first(query) && set_known(x, url))
        return ST_OK;
    CURLU *u = adopt(&x->arena, curl_url());
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK;
    const struct json *j =
        json_type(query) == JSON_OBJECT ? json_first(query) : NULL;
    for (; ok && j; j = json_next(j)) {
        char room[32];
        struct span v = {0};
        (void)query_text(x, j, room, &v);
        const char *pair =
            arena_printf(&x->arena, "%s=%.*s", json_key(j), SPAN_ARG(v));
        ok = curl_url_set(u, CURLUPART_QUERY, pair,
                          CURLU_APPENDQUERY | CURLU_URLENCODE) == CURLUE_OK;
    }
    x->origin = (struct origin){url_part(x, u, CURLUPART_SCHEME),
                                url_part(x, u, CURLUPART_HOST),
                                url_part(x, u, CURLUPART_PORT), false, false};
    x->origin.is_https = !strcmp(x->origin.scheme, "https");
    x->origin.is_loopback = is_loopback(x->origin.host);
    x->url = u;
    ok = ok && *x->origin.host && *x->origin.port &&
         (!strcmp(x->origin.scheme, "http") || x->origin.is_https);
    if (ok) {
        learn(x, url);
        return ST_OK;
    }
    return err_set(err, ST_INPUT, "http.request: not an http or https URL%s%s",
                   x->url_is_secret ? "" : ": ", x->url_is_secret ? "" : url);
}
