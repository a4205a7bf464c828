/* Rows: what they lower, and what only looks as if they did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rows.h"
#include "vault.h"

static struct json *parsed(const char *text)
{
    struct json *j = NULL;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%s in %s", err.msg, text);
    return j;
}

static const char rows_text[] =
    "[{\"name\":\"p.list\",\"provider\":\"p\",\"base\":\"https://p.example\","
    "\"method\":\"GET\",\"path\":\"/v1/apps\",\"effect\":\"read\"},"
    "{\"name\":\"p.search\",\"provider\":\"p\",\"base\":\"https://p.example\","
    "\"method\":\"POST\",\"path\":\"/v1/apps/{app}/search\","
    "\"effect\":\"read\",\"idempotent\":true},"
    "{\"name\":\"p.drop\",\"provider\":\"p\",\"base\":\"https://p.example\","
    "\"method\":\"GET\",\"path\":\"/v1/drop\",\"effect\":\"remote\","
    "\"idempotent\":false},"
    "{\"name\":\"p.sql\",\"provider\":\"p\",\"base\":\"https://p.example\","
    "\"method\":\"POST\",\"path\":\"/v1/query/read-only\","
    "\"effect\":\"read\"},"
    "{\"name\":\"g.ask\",\"provider\":\"g\",\"base\":\"https://g.example\","
    "\"method\":\"POST\",\"path\":\"/graphql\",\"effect\":\"read\"},"
    "{\"name\":\"d.ask\",\"provider\":\"d\",\"base\":\"https://d.example\","
    "\"method\":\"POST\",\"path\":\"/api\",\"effect\":\"read\","
    "\"document\":\"{ a }\"}]";

static const char settings_text[] =
    "{\"d\":{\"base\":\"http://localhost:8080/d//\"}}";

struct row_case {
    const char *method, *url;
    const char *row; /* NULL: none is named */
    const char *name;
    enum effect effect;
    bool idempotent;
};

#define P "https://p.example"

static const struct row_case cases[] = {
    {"GET", P "/v1/apps", NULL, NULL, EFFECT_READ, true},
    {"HEAD", P "/v1/apps", NULL, NULL, EFFECT_READ, true},
    {"PUT", P "/v1/apps", NULL, NULL, EFFECT_REMOTE, true},
    {"DELETE", P "/v1/apps", NULL, NULL, EFFECT_REMOTE, true},
    {"POST", P "/v1/apps", NULL, NULL, EFFECT_REMOTE, false},
    {"PATCH", P "/v1/apps", NULL, NULL, EFFECT_REMOTE, false},
    {"get", P "/v1/apps", NULL, NULL, EFFECT_REMOTE, false},
    {"GET", P "/v1/apps", "p.list", "p.list", EFFECT_READ, true},
    {"POST", P "/v1/apps/a/search", "p.search", "p.search", EFFECT_READ, true},
    {"POST", P "/v1/apps/a/search?x=1", "p.search", "p.search", EFFECT_READ,
     true},
    /* a row may raise */
    {"GET", P "/v1/drop", "p.drop", "p.drop", EFFECT_REMOTE, false},
    /* named, but not what is asked */
    {"POST", P "/v1/apps/a/search", NULL, NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/a/search", "p.list", NULL, EFFECT_REMOTE, false},
    {"DELETE", P "/v1/apps/a/search", "p.search", NULL, EFFECT_REMOTE, true},
    {"POST", P "/v1/apps//search", "p.search", NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/a/b/search", "p.search", NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/a/search/x", "p.search", NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/a", "p.search", NULL, EFFECT_REMOTE, false},
    /* a client resolves dots away and sends nothing behind '#' */
    {"POST", P "/v1/apps/../search", "p.search", NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/./search", "p.search", NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/a#/search", "p.search", NULL, EFFECT_REMOTE, false},
    {"POST", P "/v1/apps/a?/search", "p.search", NULL, EFFECT_REMOTE, false},
    /* another host */
    {"POST", "https://p.example.evil/v1/apps/a/search", "p.search", NULL,
     EFFECT_REMOTE, false},
    {"POST", "https://p.example@evil/v1/apps/a/search", "p.search", NULL,
     EFFECT_REMOTE, false},
    {"POST", "http://p.example/v1/apps/a/search", "p.search", NULL,
     EFFECT_REMOTE, false},
};

static void by_method_host_and_path(void **state)
{
    (void)state;
    struct json *rows = parsed(rows_text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct row_case *c = &cases[i];
        struct json *q = json_new(JSON_OBJECT);
        json_put_str(q, "method", c->method);
        json_put_str(q, "url", c->url);
        if (c->row)
            json_put_str(q, "row", c->row);
        struct row_facts f = rows_classify(rows, NULL, q);
        if (f.effect != c->effect || f.idempotent != c->idempotent ||
            strcmp(f.name ? f.name : "-", c->name ? c->name : "-") != 0)
            fail_msg("%s %s as %s: %s, %s, %s", c->method, c->url,
                     c->row ? c->row : "-", effect_name(f.effect),
                     f.idempotent ? "idempotent" : "not", f.name);
        json_free(q);
    }
    json_free(rows);
}

static void no_rows_at_all(void **state)
{
    (void)state;
    struct json *q = parsed("{\"url\":\"https://p.example/v1/apps\","
                            "\"row\":\"p.list\"}");
    struct row_facts f = rows_classify(NULL, NULL, q);
    assert_int_equal(f.effect, EFFECT_READ); /* the method is GET by default */
    assert_null(f.name);
    json_free(q);
}

static void the_environment_moves_a_base(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool fits;
    } rows[] = {
        {"http://localhost:8080/d/api", true}, /* its last slashes aside */
        {"http://localhost:8080/d//api", false},
        {"http://localhost:8080/dapi", false},
        {"https://d.example/api", false},
    };
    struct json *all = parsed(rows_text);
    struct json *settings = parsed(settings_text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *q = parsed("{\"method\":\"POST\",\"row\":\"d.ask\","
                                "\"json\":{\"query\":\"{ a }\"}}");
        json_put_str(q, "url", rows[i].url);
        struct row_facts f = rows_classify(all, settings, q);
        if ((f.effect == EFFECT_READ) != rows[i].fits)
            fail_msg("%s is %s", rows[i].url, effect_name(f.effect));
        json_free(q);
    }
    json_free(settings);
    json_free(all);
}

static const struct {
    const char *body; /* members of the request, as JSON */
    enum effect effect;
} graphql[] = {
    {"\"json\":{\"query\":\"{ a }\"}", EFFECT_READ},
    {"\"json\":{\"query\":\"query Q($x: Int) { a(b: $x) { c } }\"}",
     EFFECT_READ},
    {"\"json\":{\"query\":\"query A { a } query B { b }\"}", EFFECT_READ},
    {"\"json\":{\"query\":\"fragment F on T { x } query { ...F }\"}",
     EFFECT_READ},
    {"\"json\":{\"query\":\"{ mutation subscription }\"}", EFFECT_READ},
    {"\"json\":{\"query\":\"# mutation\\n{ a }\"}", EFFECT_READ},
    {"\"json\":{\"query\":\"mutation { drop }\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"\\n\\tmutation{drop}\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"subscription { a }\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"query { a } mutation M { drop }\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"query { a { b { c } } } mutation { drop }\"}",
     EFFECT_REMOTE},
    {"\"json\":{\"query\":\"# {\\nmutation { drop }\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"# x\\rmutation { drop }\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"{ a } } mutation { drop }\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"query { a(b: \\\"{\\\") } mutation { drop }\"}",
     EFFECT_REMOTE},
    {"\"json\":{\"query\":\"\\\"\\\"\\\"{\\\"\\\"\\\" mutation { x }\"}",
     EFFECT_REMOTE},
    {"\"json\":{\"query\":\"{ a\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":\"\"}", EFFECT_REMOTE},
    {"\"json\":{\"query\":1}", EFFECT_REMOTE},
    {"\"json\":{}", EFFECT_REMOTE},
    {"\"json\":[{\"query\":\"{ a }\"}]", EFFECT_REMOTE},
    {"\"body\":\"{\\\"query\\\":\\\"mutation { drop }\\\"}\"", EFFECT_REMOTE},
};

static void graphql_is_lowered_for_queries_only(void **state)
{
    (void)state;
    static const char *const endpoints[] = {
        "\"row\":\"g.ask\",\"url\":\"https://g.example/graphql\"",
        "\"row\":\"d.ask\",\"url\":\"https://d.example/api\"",
    };
    struct json *rows = parsed(rows_text);
    for (size_t i = 0; i < sizeof graphql / sizeof *graphql; i++)
        for (int k = 0; k < 2; k++) {
            char text[512];
            snprintf(text, sizeof text, "{\"method\":\"POST\",%s,%s}",
                     endpoints[k], graphql[i].body);
            struct json *q = parsed(text);
            struct row_facts f = rows_classify(rows, NULL, q);
            if (f.effect != graphql[i].effect)
                fail_msg("%s is %s", text, effect_name(f.effect));
            json_free(q);
        }
    json_free(rows);
}

/* Its member is called query, and is none of GraphQL's. */
static void sql_is_no_graphql(void **state)
{
    (void)state;
    struct json *rows = parsed(rows_text);
    struct json *q =
        parsed("{\"method\":\"POST\",\"row\":\"p.sql\","
               "\"url\":\"https://p.example/v1/query/read-only\","
               "\"json\":{\"query\":\"select 1 as \\\"mutation\\\"\"}}");
    assert_int_equal(rows_classify(rows, NULL, q).effect, EFFECT_READ);
    json_free(q);
    json_free(rows);
}

/* --- where secrets go -------------------------------------------------- */

static const char hosts_text[] =
    "[{\"name\":\"p.a\",\"provider\":\"p\",\"base\":\"https://p.example/\","
    "\"secret\":\"P_TOKEN\"},"
    "{\"name\":\"p.b\",\"provider\":\"p_more\",\"base\":"
    "\"https://more.example/v2\",\"secret\":\"P_TOKEN\"},"
    "{\"name\":\"d.a\",\"provider\":\"d\",\"base\":\"https://d.example\","
    "\"secret\":\"D_TOKEN\"},"
    "{\"name\":\"h.a\",\"provider\":\"h\",\"base\":\"https://h.example\","
    "\"secret\":\"H_TOKEN\",\"hosts\":[\"https://files.h.example\"]},"
    "{\"name\":\"n.a\",\"provider\":\"n\",\"secret\":\"N_TOKEN\"}]";

static const struct {
    const char *secret, *url;
    bool astray;
} journeys[] = {
    {"P_TOKEN", "https://p.example/v1", false},
    {"P_TOKEN", "https://p.example", false},
    {"P_TOKEN", "https://p.example?x=1", false},
    {"P_TOKEN", "https://more.example/v1", false},
    {"P_TOKEN", "http://p.example/v1", true},
    {"P_TOKEN", "https://p.example.evil/v1", true},
    {"P_TOKEN", "https://p.example@evil.example/", true},
    {"P_TOKEN", "https://evil.example/https://p.example/", true},
    {"P_TOKEN", "https://p.example:8443/", true},
    {"P_TOKEN", "https://p.example\\@evil.example/", true},
    {"P_TOKEN", "", true},
    {"P_TOKEN", "p.example", true},
    {"D_TOKEN", "http://localhost:8080/d/x", false}, /* as configured */
    {"D_TOKEN", "https://d.example/", true},         /* but not here */
    {"N_TOKEN", "https://p.example/", true},         /* of no known place */
    {"H_TOKEN", "https://files.h.example/x.git", false},
    {"H_TOKEN", "https://other.h.example/x.git", true},
    {"OTHER", "https://anywhere.example/", false},
};

static void secrets_go_to_their_provider(void **state)
{
    (void)state;
    struct json *rows = parsed(hosts_text);
    struct json *settings = parsed(settings_text);
    struct vault *vault = vault_new();
    for (size_t i = 0; i < sizeof journeys / sizeof *journeys; i++) {
        struct err err = {0};
        struct json *handle = NULL;
        const char *name = journeys[i].secret;
        assert_int_equal(
            vault_put(vault, name, span_of("a-long-value"), &handle, &err),
            ST_OK);
        /* its own word on its name does not count */
        json_put_str(handle, "name", "OTHER");
        struct json *request = json_new(JSON_OBJECT);
        json_put_str(request, "url", journeys[i].url);
        struct json *list = json_put(request, "json", json_new(JSON_ARRAY));
        json_push(list, handle);
        const char *found = rows_strays(rows, settings, vault, request);
        if ((found != NULL) != journeys[i].astray)
            fail_msg("%s to %s", name, journeys[i].url);
        if (found)
            assert_string_equal(found, name);
        json_free(request);
    }
    vault_free(vault);
    json_free(rows);
    json_free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_method_host_and_path),
        cmocka_unit_test(no_rows_at_all),
        cmocka_unit_test(the_environment_moves_a_base),
        cmocka_unit_test(graphql_is_lowered_for_queries_only),
        cmocka_unit_test(sql_is_no_graphql),
        cmocka_unit_test(secrets_go_to_their_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
