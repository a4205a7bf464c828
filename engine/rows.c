/* Matches a request against the providers' rows. */
#include "rows.h"

#include <string.h>

/* "/v1/apps/{app}/machines" against "/v1/apps/shop/machines?x=1": a hole takes
 * one non-empty path segment. */
static bool path_fits(struct span pattern, struct span path)
{
    path = span_cut(&path, '?');
    while (pattern.n || path.n) {
        struct span want = span_cut(&pattern, '/');
        struct span have = span_cut(&path, '/');
        bool hole = span_starts(want, "{") && span_ends(want, "}");
        if (hole ? have.n == 0 : !span_eq(want, have))
            return false;
    }
    return true;
}

static bool row_fits(const struct json *row, const struct json *settings,
                     const struct json *request)
{
    const char *name = json_get_str(request, "row", "");
    if (strcmp(name, json_get_str(row, "name", "")) != 0)
        return false;
    if (strcmp(json_get_str(request, "method", "GET"),
               json_get_str(row, "method", "")) != 0)
        return false;
    const char *provider = json_get_str(row, "provider", "");
    const char *base = json_get_str(json_get(settings, provider), "base",
                                    json_get_str(row, "base", ""));
    struct span url = span_of(json_get_str(request, "url", ""));
    if (!*base || !span_starts(url, base))
        return false;
    return path_fits(span_of(json_get_str(row, "path", "")),
                     span_sub(url, strlen(base), url.n));
}

/* True when every operation of a GraphQL document is a query: the words that
 * open another kind, outside of braces, strings and comments, are absent. */
static bool graphql_reads(struct span doc)
{
    int depth = 0;
    for (size_t i = 0; i < doc.n; i++) {
        char c = doc.p[i];
        struct span rest = span_sub(doc, i, doc.n);
        if (c == '"')
            return false; /* a literal may hide a brace: not worth a lexer */
        if (c == '#')
            i += span_find(rest, SPAN("\n"), 0);
        else if (c == '{' || c == '(')
            depth++;
        else if (c == '}' || c == ')')
            depth--;
        else if (depth == 0 && (span_starts(rest, "mutation") ||
                                span_starts(rest, "subscription")))
            return false;
    }
    return true;
}

/* A row lowers a GraphQL endpoint only for a document that reads. */
static bool lowers(const struct json *request)
{
    const char *doc = json_str(json_get(json_get(request, "json"), "query"));
    return !doc || graphql_reads(span_of(doc));
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
        if (facts.effect == EFFECT_READ || lowers(request))
            effect_parse(span_of(json_get_str(r, "effect", "")), &facts.effect);
        break;
    }
    return facts;
}
