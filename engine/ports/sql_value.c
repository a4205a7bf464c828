/* Turns what Postgres answers into JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sql_part.h"

/* Numbers of the built-in types: fixed for ever in pg_type.dat. */
enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_OID = 26,
    TYPE_JSON = 114,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_NUMERIC = 1700,
    TYPE_JSONB = 3802
};

#define EXACT_DIGITS 15 /* what a double keeps of any decimal number */
#define MAX_DEPTH 64    /* of a JSON document that is given decoded */

/* --- values --- */

static struct json *from_bool(struct span s)
{
    return json_new_bool(span_is(s, "t"));
}

static struct json *from_integer(struct span s)
{
    char *end;
    return json_new_int(strtoll(s.p, &end, 10));
}

/* NaN and Infinity have no JSON form. */
static struct json *from_float(struct span s)
{
    double v = strtod(s.p, NULL);
    return isfinite(v) ? json_new_num(v) : json_new_bytes(s);
}

static bool is_whole(struct span s)
{
    size_t sign = s.n && s.p[0] == '-';
    return s.n > sign && strspn(s.p + sign, "0123456789") == s.n - sign;
}

/* Of 0012.50 these are 1250; a double holds 15 of them exactly. */
static size_t count_digits(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] >= '0' && s.p[i] <= '9' && (n || s.p[i] != '0');
    return n;
}

static struct json *from_numeric(struct span s)
{
    if (is_whole(s) && count_digits(s) <= 18)
        return from_integer(s);
    bool plain = strspn(s.p, "-.0123456789") == s.n;
    return plain && count_digits(s) <= EXACT_DIGITS ? from_float(s)
                                                    : json_new_bytes(s);
}

/* "$secret" and "$bytes" would be taken for what they mean on the wire. */
static bool is_harmless(const struct json *j, int depth)
{
    enum json_type type = json_type(j);
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        return true;
    if (depth == MAX_DEPTH)
        return false;
    for (const struct json *c = json_first(j); c; c = json_next(c))
        if ((type == JSON_OBJECT && *json_key(c) == '$') ||
            !is_harmless(c, depth + 1))
            return false;
    return true;
}

/* What has no such form here stays text. */
static struct json *from_json(struct span s)
{
    struct json *j = NULL;
    struct err ignored = {0};
    if (json_parse(s, &j, &ignored) == ST_OK && is_harmless(j, 0))
        return j;
    json_free(j);
    return json_new_bytes(s);
}

static const struct {
    Oid type;
    struct json *(*from)(struct span text);
} types[] = {
    {TYPE_BOOL, from_bool},       {TYPE_INT8, from_integer},
    {TYPE_INT2, from_integer},    {TYPE_INT4, from_integer},
    {TYPE_OID, from_integer},     {TYPE_JSON, from_json},
    {TYPE_FLOAT4, from_float},    {TYPE_FLOAT8, from_float},
    {TYPE_NUMERIC, from_numeric}, {TYPE_JSONB, from_json},
};

struct json *sql_value(const PGresult *res, int row, int column)
{
    if (PQgetisnull(res, row, column))
        return json_new(JSON_NULL);
    struct span s = {PQgetvalue(res, row, column),
                     (size_t)PQgetlength(res, row, column)};
    Oid type = PQftype(res, column);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type)
            return types[i].from(s);
    return json_new_bytes(s);
}

/* --- columns --- */

/* A member of a row must be UTF-8, and no name of the wire's. */
static const char *clean_name(const char *name, int i, struct arena *a)
{
    if (*name && *name != '$' && span_utf8(span_of(name)))
        return arena_strdup(a, name);
    return arena_printf(a, "column %d", i + 1);
}

static bool is_taken(const char **names, int n, const char *name)
{
    while (n > 0 && strcmp(names[n - 1], name) != 0)
        n--;
    return n > 0;
}

const char **sql_columns(const PGresult *res, struct arena *a)
{
    int n = PQnfields(res);
    const char **names = arena_array(a, (size_t)n + 1, sizeof *names);
    for (int i = 0; i < n; i++) {
        const char *name = clean_name(PQfname(res, i), i, a);
        names[i] = name;
        for (int k = 2; is_taken(names, i, names[i]); k++)
            names[i] = arena_printf(a, "%s_%d", name, k);
    }
    return names;
}
