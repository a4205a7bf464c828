/* Matches a request against the providers' rows. */
#include "rows.h"

#include <string.h>

#include "vault.h"

/* What one segment of a path can be: nothing that a client would resolve away
 * or not send, lest the request go elsewhere than it reads. */
static bool is_segment(struct span s)
{
    return s.n && !span_is(s, ".") && !span_is(s, "..") &&
           !memchr(s.p, '#', s.n);
}

/* "/v1/apps/{app}/machines" against "/v1/apps/shop/machines?x=1": a hole takes
 * one path segment. */
static bool path_fits(struct span pattern, struct span path)
{
    path = span_cut(&path, '?');
    while (pattern.n || path.n) {
        struct span want = span_cut(&pattern, '/');
        struct span have = span_cut(&path, '/');
        bool hole = span_starts(want, "{") && span_ends(want, "}");
        if (hole ? !is_segment(have) : !span_eq(want, have))
            return false;
    }
    return true;
}

/* Where the row's API lives, without a slash at its end. */
static struct span base_of(const struct json *row, const struct json *settings)
{
    const char *provider = json_get_str(row, "provider", "");
    struct span base = span_of(json_get_str(
        json_get(settings, provider), "base", json_get_str(row, "base", "")));
    while (span_ends(base, "/"))
        base.n--;
    return base;
}

/* By method and URL. */
static bool leads_to(const struct json *row, const struct json *settings,
                     const struct json *request)
{
    if (strcmp(json_get_str(request, "method", "GET"),
               json_get_str(row, "method", "")) != 0)
        return false;
    struct span url = span_of(json_get_str(request, "url", ""));
    struct span origin = base_of(row, settings);
    if (!origin.n || !span_eq(span_sub(url, 0, origin.n), origin))
        return false;
    return path_fits(span_of(json_get_str(row, "path", "")),
                     span_sub(url, origin.n, url.n));
}

static bool row_fits(const struct json *row, const struct json *settings,
                     const struct json *request)
{
    return strcmp(json_get_str(request, "row", ""),
                  json_get_str(row, "name", "")) == 0 &&
           leads_to(row, settings, request);
}

/* Offset of the line's end in a GraphQL document, where a comment ends too. */
static size_t comment_end(struct span doc, size_t i)
{
    while (i < doc.n && doc.p[i] != '\n' && doc.p[i] != '\r')
        i++;
    return i;
}

/* True when every operation of a GraphQL document is a query: the words that
 * open another kind, outside of braces and comments, are absent. */
static bool graphql_reads(struct span doc)
{
    int depth = 0;
    for (size_t i = 0; i < doc.n; i++) {
        char c = doc.p[i];
        struct span rest = span_sub(doc, i, doc.n);
        if (c == '"')
            return false; /* a literal may hide a brace: not worth a lexer */
        if (c == '#')
            i = comment_end(doc, i);
        else if (c == '{' || c == '(')
            depth++;
        else if (c == '}' || c == ')')
            depth--;
        else if (depth == 0 && (span_starts(rest, "mutation") ||
                                span_starts(rest, "subscription")))
            return false;
        if (depth < 0)
            return false;
    }
    return depth == 0 && doc.n;
}

/* A row with a document, or at a path that says so. */
static bool is_graphql(const struct json *row)
{
    return json_get(row, "document") ||
           span_ends(span_of(json_get_str(row, "path", "")), "/graphql");
}

/* A row lowers a GraphQL endpoint only for a document that reads. */
static bool lowers(const struct json *row, const struct json *request)
{
    struct span doc = json_span(json_get(json_get(request, "json"), "query"));
    return !is_graphql(row) || graphql_reads(doc);
}

static bool listed(const char *const *methods, const char *method)
{
    for (; *methods; methods++)
        if (strcmp(method, *methods) == 0)
            return true;
    return false;
}

static const char *const reading[] = {"GET", "HEAD", NULL};
/* RFC 9110, 9.2.2. */
static const char *const repeatable[] = {"GET",    "HEAD",    "PUT",
                                         "DELETE", "OPTIONS", NULL};

struct row_facts rows_classify(const struct json *rows,
                               const struct json *settings,
                               const struct json *request)
{
    const char *method = json_get_str(request, "method", "GET");
    struct row_facts facts = {
        .effect = listed(reading, method) ? EFFECT_READ : EFFECT_REMOTE,
        .idempotent = listed(repeatable, method),
    };
    if (!json_get(request, "row"))
        return facts;
    for (const struct json *r = json_first(rows); r; r = json_next(r)) {
        if (!row_fits(r, settings, request))
            continue;
        facts.name = json_get_str(r, "name", "");
        facts.idempotent = json_get_bool(r, "idempotent", facts.idempotent);
        facts.at_once = (int)json_get_int(r, "at_once", 0);
        facts.per_second = json_num(json_get(r, "per_second"));
        facts.secret_fields = json_get(r, "secret_fields");
        facts.doubt = json_str(json_get(r, "doubt"));
        if (facts.effect == EFFECT_READ || lowers(r, request))
            effect_parse(span_of(json_get_str(r, "effect", "")), &facts.effect);
        break;
    }
    return facts;
}

const char *rows_name(const struct json *rows, const struct json *settings,
                      const struct json *request)
{
    for (const struct json *r = json_first(rows); r; r = json_next(r))
        if (!is_graphql(r) && leads_to(r, settings, request))
            return json_get_str(r, "name", "");
    return NULL;
}

/* "https://host:port" of a URL. */
static struct span origin_of(struct span url)
{
    size_t host = span_find(url, SPAN("://"), 0) + strlen("://");
    size_t n = host;
    while (n < url.n && !strchr("/?#", url.p[n]))
        n++;
    return span_sub(url, 0, n);
}

static bool is_among(const struct json *hosts, struct span origin)
{
    for (const struct json *h = json_first(hosts); h; h = json_next(h))
        if (span_eq(origin_of(json_span(h)), origin))
            return true;
    return false;
}

bool rows_astray(const struct json *rows, const struct json *settings,
                 const char *secret, struct span url)
{
    bool owned = false;
    struct span origin = origin_of(url);
    for (const struct json *r = json_first(rows); r; r = json_next(r)) {
        if (strcmp(json_get_str(r, "secret", ""), secret) != 0)
            continue;
        owned = true;
        struct span base = base_of(r, settings);
        if ((base.n && span_eq(origin_of(base), origin)) ||
            is_among(json_get(r, "hosts"), origin))
            return false;
    }
    return owned;
}

static const char *find_astray(const struct json *rows,
                               const struct json *settings,
                               const struct vault *vault,
                               const struct json *value, struct span url)
{
    if (vault_is_handle(value)) {
        const char *name = vault_name(vault, value);
        return name && rows_astray(rows, settings, name, url) ? name : NULL;
    }
    enum json_type type = json_type(value);
    const char *found = NULL;
    const struct json *c =
        type == JSON_OBJECT || type == JSON_ARRAY ? json_first(value) : NULL;
    for (; c && !found; c = json_next(c))
        found = find_astray(rows, settings, vault, c, url);
    return found;
}

const char *rows_strays(const struct json *rows, const struct json *settings,
                        const struct vault *vault, const struct json *request)
{
    return find_astray(rows, settings, vault, request,
                       span_of(json_get_str(request, "url", "")));
}
