/* Leaked secrets: what is one, what only stands for one, and the rows that
 * say so. What looks real is put together here, so that no file holds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "hash.h"
#include "leak.h"

#define BODY36 "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
#define BODY24 "Zk3Lq9Vb2Nx7Rt5Wy8Pd4Hs6"
#define HEX32 "0a1b9c3d7e5f2a4b6c8d0e1f3a5b7c9d"

static struct arena arena;
static struct leak_rules rules;

static int read_rules(void **state)
{
    struct err err = {0};
    (void)state;
    if (leak_parse(leak_text, &arena, &rules, &err) != ST_OK)
        fail_msg("%s:%d: %s", err.file, err.line, err.msg);
    return 0;
}

static int free_rules(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* The first secret of a rule in a text: every place is tried as the end of a
 * candidate. NULL: none. */
static const char *found(const char *rule, const char *text)
{
    static char secret[30000];
    struct span s = span_of(text);
    for (size_t i = 0; i < rules.n_lines; i++)
        for (size_t end = 1; end <= s.n; end++) {
            struct leak leak;
            if (strcmp(rules.lines[i].rule->name, rule) != 0 ||
                !leak_at(&rules.lines[i], s, end, &leak))
                continue;
            assert_true(leak.begin < leak.end && leak.end <= s.n);
            snprintf(secret, sizeof secret, "%.*s", SPAN_ARG(leak.secret));
            return secret;
        }
    return NULL;
}

static void tokens(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *before, *token, *behind;
        bool is;
    } rows[] = {
        {"github-token", "T=", "ghp_" BODY36, "", true},
        {"github-token", "\"\\n", "gho_" BODY36, "\"", true},
        {"github-token", "", "github_pat_" BODY36 "_" BODY36, "", true},
        {"github-token", "x", "ghp_" BODY36, "", false}, /* of a word */
        {"github-token", "", "ghp_aB3dE5fG7hI9jK1lM3nO5pQ7rS9t", "", false},
        {"github-token", "", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "",
         false},
        {"github-token", "", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "",
         false},
        {"github-token", "", "ghp_YOUR_TOKEN", "", false},
        {"fly-token", "FlyV1 ", "fm2_" BODY36 BODY36, "", true},
        {"supabase-token", "=", "sbp_" HEX32 "12345f78", "", true},
        {"supabase-secret-key", "=", "sb_secret_" BODY24, "", true},
        {"shopify-token", "=", "shpat_" HEX32, "", true},
        {"shopify-token", "=", "shpat_" HEX32 "0", "", false}, /* longer */
        {"shopify-token", "=", "shpxx_" HEX32, "", false},
        {"slack-token", "=", "xoxb-7203948516-" BODY24, "", true},
        {"stripe-key", "=", "sk_live_" BODY24, "", true},
        {"stripe-key", "=", "sk_test_" BODY24, "", false},
        {"aws-key-id", " ",
         "AKIA"
         "Q3EGRJWB7XK2M5TD",
         " ", true},
        {"aws-key-id", " ", "AKIAIOSFODNN7EXAMPLE", " ", false},
        {"npm-token", "=", "npm_" BODY36, "", true},
        {"google-api-key", "=",
         "AIza"
         "SyB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3x",
         "", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[400];
        snprintf(text, sizeof text, "%s%s%s", rows[i].before, rows[i].token,
                 rows[i].behind);
        const char *secret = found(rows[i].rule, text);
        if ((secret != NULL) != rows[i].is)
            fail_msg("%s in %s", rows[i].rule, text);
        if (secret)
            assert_string_equal(secret, rows[i].token);
    }
}

static void connection_strings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *password; /* NULL: none */
    } rows[] = {
        {"postgres://app:"
         "t0pS3cret@db.acme.io/x",
         "t0pS3cret"},
        {"\"postgresql://app:"
         "p%40ss-w0rd@10.0.0.5:5432/x\"",
         "p%40ss-w0rd"},
        {"redis://:"
         "t0pS3cret@cache.acme.io",
         "t0pS3cret"},
        {"mongodb+srv://u:"
         "a@b@c@db.acme.io/x",
         "a@b@c"},
        {"https://me:"
         "t0pS3cret@git.acme.io/x.git",
         "t0pS3cret"},
        {"postgres://app:app@db.acme.io/x", NULL},
        {"postgres://app@db.acme.io/x", NULL},
        {"postgres://app:${DB_PASSWORD}@db.acme.io/x", NULL},
        {"postgres://app:$DB_PASSWORD@db.acme.io/x", NULL},
        {"postgres://app:<password>@db.acme.io/x", NULL},
        {"postgres://app:[YOUR-PASSWORD]@db.acme.io/x", NULL},
        {"postgres://app:your_password@db.acme.io/x", NULL},
        {"postgres://app:password@db.acme.io/x", NULL},
        {"postgres://app:%s@db.acme.io/x", NULL},
        {"postgres://app:xxxxxxxx@db.acme.io/x", NULL},
        {"postgres://postgres:postgres@localhost:54322/postgres", NULL},
        {"postgres://app:hunter2@localhost/x", NULL},
        {"postgres://app:"
         "k3Y9vQ2mXw7Lp@localhost/x",
         "k3Y9vQ2mXw7Lp"},
        {"redis://:secret@redis:6379", NULL},
        {"mysql://u:s3cr3t@db.shop.example/x", NULL},
        {"http://a.io:80/x@y", NULL},
        {"http://[::1]:80/", NULL},
        {"see http://a.io: b@c", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *secret = found("dsn-password", rows[i].text);
        bool same = secret && rows[i].password
                        ? strcmp(secret, rows[i].password) == 0
                        : !secret && !rows[i].password;
        if (!same)
            fail_msg("%s: %s", rows[i].text, secret ? secret : "none");
    }
}

/* "eyJ….eyJ….…" with a payload. */
static const char *signed_token(const char *payload)
{
    static char text[1000];
    struct buf head = {0}, body = {0};
    base64_encode(SPAN("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), &head);
    base64_encode(span_of(payload), &body);
    snprintf(text, sizeof text, "K=%.*s.%.*s.4f9dJk3Ls8dKf0aPq2wEr5tYu7iOp",
             (int)strcspn(buf_cstr(&head), "="), buf_cstr(&head),
             (int)strcspn(buf_cstr(&body), "="), buf_cstr(&body));
    buf_release(&head);
    buf_release(&body);
    return text;
}

static void signed_tokens(void **state)
{
    (void)state;
    const char *rule = "supabase-service-role";
    assert_non_null(found(rule, signed_token("{\"role\":\"service_role\"}")));
    assert_non_null(
        found(rule, signed_token("{\"iss\":\"x\",\"role\":\"service_role\"}")));
    assert_null(found(rule, signed_token("{\"role\":\"anon\"}")));
    assert_null(found(rule, signed_token("{\"role\":7}")));
    assert_null(found(rule, signed_token("{\"role\":\"service_role\"")));
    assert_null(found(rule, "eyJhbGciOi.eyJyb2xlIj"));
}

static void private_keys(void **state)
{
    (void)state;
#define DASHES "-----"
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {DASHES "BEGIN EC PRIVATE KEY" DASHES "\n" BODY36 BODY36 "\n" DASHES
                "END EC PRIVATE KEY" DASHES,
         true},
        {"k: \"" DASHES "BEGIN PRIVATE KEY" DASHES "\\n" BODY36 BODY36 "\\n\"",
         true},
        {DASHES "BEGIN PUBLIC KEY" DASHES "\n" BODY36 BODY36, false},
        {DASHES "BEGIN PRIVATE KEY" DASHES "\n...\n", false},
        {DASHES "BEGIN PRIVATE KEY" DASHES " is how one begins", false},
        {"PRIVATE KEY" DASHES "\n" BODY36 BODY36, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((found("private-key", rows[i].text) != NULL) != rows[i].is)
            fail_msg("%s", rows[i].text);
}

static void assignments(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *text;
        bool is;
    } rows[] = {
        {"chatwoot-token", "api_access_token: " BODY24, true},
        {"chatwoot-token", "CHATWOOT_TOKEN=\"" BODY24 "\"", true},
        {"chatwoot-token", "CHATWOOT_TOKEN=" BODY24 "x", false},
        {"chatwoot-token", "CHATWOOT_TOKEN=aaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"random-secret", "MY_SECRET = '" BODY24 "'", true},
        {"random-secret", "apiKey: \"" HEX32 "\",", true},
        {"random-secret", "secret=" HEX32 "", true},
        {"random-secret", "token = getTokenFromStore1234Xy(a)", false},
        {"random-secret", "token = Some1Long2Name3Of4Modules.field", false},
        {"random-secret", "token: 0123456789012345678901234567890", false},
        {"random-secret", "token = example" BODY24, false},
        {"random-secret", "password=/usr/share/Dict1/Words2/Of3All4Kinds",
         false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool is = false;
        /* Only where the matcher would: behind the name and what sets it. */
        const char *sets = strpbrk(rows[i].text, "=:");
        if (sets)
            is = found(rows[i].rule, sets + 1) != NULL;
        if (is != rows[i].is)
            fail_msg("%s: %s", rows[i].rule, rows[i].text);
    }
}

static void malformed_rows(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
    } rows[] = {
        {"", 1},
        {"rule a\nis x\ndo y\n", 1},           /* finds nothing */
        {"rule a\nis x\ntoken t = a 1..2", 1}, /* no remedy */
        {"token t = a 1..2", 1},
        {"rule a\ntoken t = a 3..2\n", 2},
        {"rule a\ntoken t = a 1-2\n", 2},
        {"rule a\ntoken t\n", 2},
        {"rule a\ntoken = a 1..2\n", 2},
        {"rule a\ntoken t = a 1..99999999999999999999\n", 2},
        {"rule a\nfinds t\n", 2},
        {"rule\n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct leak_rules out;
        struct err err = {0};
        if (leak_parse(span_of(rows[i].text), &a, &out, &err) != ST_INTERNAL ||
            err.line != rows[i].line)
            fail_msg("'%s': line %d", rows[i].text, err.line);
        arena_release(&a);
    }
}

static void entropy(void **state)
{
    (void)state;
    assert_true(leak_entropy(SPAN("")) == 0);
    assert_true(leak_entropy(SPAN("aaaa")) == 0);
    assert_true(leak_entropy(SPAN("abab")) == 1);
    assert_true(leak_entropy(SPAN("abcd")) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens),        cmocka_unit_test(connection_strings),
        cmocka_unit_test(signed_tokens), cmocka_unit_test(private_keys),
        cmocka_unit_test(assignments),   cmocka_unit_test(malformed_rows),
        cmocka_unit_test(entropy),
    };
    return cmocka_run_group_tests(tests, read_rules, free_rules);
}
