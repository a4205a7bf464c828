/* git.* through the door: its class, what a crash leaves, what the journal is
 * told. */
#include "fixture_repo.h"

#include "git_server.h"
#include "hash.h"
#include "stage.h"

#define TOKEN "tok-5f2a91c07d3be648"

static int enter(void **state)
{
    struct err err = {0};
    struct json *list =
        kit_json("[{\"message\":\"one\",\"time\":\"2023-11-14T22:13:20Z\"}]");
    struct json *shas = NULL;
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    const struct fixture_origin origin = {kit_path(k->dir, "origin.git"), NULL};
    kit_put(k->root, "a.txt", "1\n");
    if (fixture_repo_init(k->root, &origin, list, &shas, &err) != ST_OK)
        fail_msg("%s", err.msg);
    json_free(list);
    json_free(shas);
    return 0;
}

/* A crash loses the answer of a change that was made; then it is asked again:
 * ST_WAITING for a person who knows, or what it answers the second time. */
static void changes_in_doubt(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *args;
        enum status st;
        const char *changed; /* "" when the answer does not tell */
    } rows[] = {
        {"git.branch", "{\"name\":\"b\"}", ST_OK, "false"},
        {"git.tag", "{\"name\":\"t\",\"opts\":{\"message\":\"m\"}}", ST_OK,
         "false"},
        {"git.delete_branch", "{\"name\":\"b\"}", ST_OK, ""},
        {"git.fetch", "{\"opts\":{\"all\":true}}", ST_OK, ""},
        {"git.push", "{\"opts\":{\"refs\":[\"main\",\"t\"]}}", ST_OK, ""},
        {"git.push", "{\"opts\":{\"refs\":[\"t\",\"+main\"]}}", ST_WAITING, ""},
        {"git.push", "{\"opts\":{\"refs\":[\":gone\"]}}", ST_WAITING, ""},
        {"git.commit", "{\"opts\":{\"message\":\"m\",\"paths\":[\"new\"]}}",
         ST_WAITING, ""},
        {"git.cherry_pick", "{\"rev\":\"main\",\"opts\":{\"onto\":\"side\"}}",
         ST_OK, "false"},
    };
    git(k->root, "branch", "side", NULL);
    kit_put(k->root, "new", "new\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(k, "effect=remote");
        stage_do(s, rows[i].op, "%s", rows[i].args);
        if (s->st != ST_OK || !json_get_bool(s->answer, "ok", false))
            fail_msg("%s: %s", rows[i].op,
                     json_get_str(s->answer, "error", s->err.msg));
        stage_crash(s, 3); /* run, attempt, intent */
        assert_int_equal(s->p.log->n_results, 0);
        stage_do(s, rows[i].op, "%s", rows[i].args);
        if (s->st != rows[i].st)
            fail_msg("%s %s: %s", rows[i].op, rows[i].args, status_name(s->st));
        const struct json *changed =
            json_get(json_get(s->answer, "value"), "changed");
        if (*rows[i].changed)
            assert_string_equal(json_bool(changed) ? "true" : "false",
                                rows[i].changed);
        stage_close(s);
    }
}

static void classes(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    stage_do(s, "git.push", "{\"opts\":{\"refs\":[\"main\"]}}");
    assert_raised(s, "refused", "git.push is remote");
    stage_close(s);
    s = stage_open(k, "effect=read");
    stage_do(s, "git.fetch", "{}");
    assert_raised(s, "refused", "git.fetch is local");
    stage_do(s, "git.branches", "{}");
    assert_answered(s);
    stage_close(s);
}

/* Neither the token nor what was made of it. */
static void assert_untold(struct stage *s, const char *login)
{
    struct buf journal = {0};
    struct err err = {0};
    assert_int_equal(
        file_read(bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena), 1 << 20,
                  &journal, &err),
        ST_OK);
    assert_non_null(strstr(buf_cstr(&journal), "git.push"));
    assert_null(strstr(buf_cstr(&journal), TOKEN));
    assert_null(strstr(buf_cstr(&journal), login + 6));
    buf_release(&journal);
}

static void push_with_token(struct stage *s, const struct json *token)
{
    struct json *args = kit_json("{\"opts\":{\"refs\":[\"main:x\"]}}");
    struct json *opts = json_copy(json_get(args, "opts"));
    json_put(opts, "token", json_copy(token));
    json_put(args, "opts", opts);
    stage_ask(s, "git.push", args);
}

static void token_is_not_journaled(void **state)
{
    struct kit *k = *state;
    struct buf login = {0}, url = {0};
    struct json *token = NULL;
    struct err err = {0};
    assert_int_equal(
        vault_put(k->vault, "GIT_TOKEN", span_of(TOKEN), &token, &err), ST_OK);
    buf_str(&login, "Basic ");
    base64_encode(span_of("x-access-token:" TOKEN), &login);
    for (int right = 0; right < 2; right++) {
        struct server *up =
            serve_git(k, k->dir, right ? buf_cstr(&login) : "another");
        buf_clear(&url);
        buf_printf(&url, "http://127.0.0.1:%d/origin.git", up->port);
        git(k->root, "config", "remote.origin.url", buf_cstr(&url), NULL);
        struct stage *s = stage_open(k, "effect=remote");
        push_with_token(s, token);
        if (right)
            assert_answered(s);
        else
            assert_raised(s, "activity", "does not take the token");
        assert_untold(s, buf_cstr(&login));
        stage_close(s);
    }
    /* a provider's secret goes to the provider's hosts alone */
    struct stage *s = stage_open(k, "effect=remote");
    s->rows = kit_json("[{\"name\":\"p.a\",\"provider\":\"p\","
                       "\"base\":\"https://p.example\","
                       "\"secret\":\"GIT_TOKEN\"}]");
    s->door.rows = s->rows;
    push_with_token(s, token);
    assert_raised(s, "refused", "GIT_TOKEN does not go to the host of origin");
    stage_close(s);
    json_free(token);
    buf_release(&login);
    buf_release(&url);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(changes_in_doubt),
        TEST(classes),
        TEST(token_is_not_journaled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
