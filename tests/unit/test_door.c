/* The door: what may pass, what is written down first, what comes back. */
#include "stage.h"

#include "forecast.h"

#include <fcntl.h>

/* A port on which nobody listens. */
static int dead_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    return ntohs(at.sin_port);
}

/* --- what may pass ----------------------------------------------------- */

static void the_ceiling_holds(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *ceiling, *op, *args;
        bool passes;
    } rows[] = {
        {"effect=none", "time.now", "{}", true},
        {"effect=none", "fs.exists", "{\"path\":\"f\"}", false},
        {"effect=read", "fs.exists", "{\"path\":\"f\"}", true},
        {"", "fs.exists", "{\"path\":\"f\"}", true},
        {"", "fs.write", WRITE, false},
        {"effect=read", "fs.write", WRITE, false},
        {"effect=local", "fs.write", WRITE, true},
        {"effect=remote", "fs.write", WRITE, true},
        {"effect=local", "http.request",
         "{\"method\":\"POST\",\"url\":\"http://127.0.0.1:1/\"}", false},
        {"effect=read", "sh.run", "{\"argv\":[\"true\"]}", true},
        {"effect=read", "sh.run",
         "{\"argv\":[\"true\"],\"opts\":{\"effect\":\"local\"}}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(k, rows[i].ceiling);
        stage_do(s, rows[i].op, "%s", rows[i].args);
        if (rows[i].passes)
            assert_answered(s);
        else
            assert_raised(s, "refused", "effect");
        assert_int_equal(s->p.stopped, !rows[i].passes);
        if (!rows[i].passes)
            assert_false(file_exists(kit_path(k->root, "f")));
        stage_close(s);
        assert_int_equal(
            file_remove_tree(kit_path(k->root, "f"), &(struct err){0}), ST_OK);
    }
}

/* A refusal is the policy's or the ceiling's, also when it is recalled. */
static void a_refusal_stays_what_it_was(void **state)
{
    struct kit *k = *state;
    for (int by_policy = 0; by_policy < 2; by_policy++) {
        struct stage *s = stage_open(k, by_policy ? "effect=local" : "");
        s->env.policy.by_class[EFFECT_LOCAL] =
            by_policy ? VERDICT_DENY : VERDICT_ALLOW;
        stage_do(s, "fs.write", WRITE);
        assert_raised(s, "refused", "refused");
        assert_int_equal(s->p.policy_refused, by_policy);
        stage_crash(s, 0);
        stage_do(s, "fs.write", WRITE);
        assert_raised(s, "refused", "refused");
        assert_int_equal(s->p.policy_refused, by_policy);
        assert_true(s->p.stopped);
        stage_close(s);
    }
}

/* Code that asks for more than an attempt that ended is not let near the
 * world. */
static void an_attempt_that_ended_asks_no_more(void **state)
{
    struct stage *s = stage_open(*state, "effect=local");
    s->p.log->ended = true;
    assert_int_equal(stage_do(s, "fs.write", WRITE), ST_DIVERGED);
    assert_false(file_exists(kit_path(s->k->root, "f")));
    stage_close(s);
}

static void unknown_activities_do_nothing(void **state)
{
    struct kit *k = *state;
    static const char *const ops[] = {"fs.format", "print", "", "fs.",
                                      "expect"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        struct stage *s = stage_open(k, "effect=remote");
        stage_do(s, ops[i], "{}");
        assert_raised(s, "activity", "no such activity");
        assert_records(s, "attempt result/none");
        stage_close(s);
    }
}

static void the_policy_decides(void **state)
{
    struct kit *k = *state;
    static const struct {
        enum verdict verdict;
        bool yes;
        const char *answers; /* NULL: none */
        const char *says;    /* NULL: it happens; else why not */
        enum status st;
    } rows[] = {
        {VERDICT_ALLOW, false, NULL, NULL, ST_OK},
        {VERDICT_DENY, true, "{\"a-local\":\"yes\"}", "the policy denies it",
         ST_OK},
        {VERDICT_PLAN, true, "{\"a-local\":\"yes\"}",
         "it needs an approved plan", ST_OK},
        {VERDICT_ASK, true, NULL, NULL, ST_OK},
        {VERDICT_ASK, false, "{\"a-local\":\"yes\"}", NULL, ST_OK},
        {VERDICT_ASK, true, "{\"a-local\":\"no\"}", "a person said no", ST_OK},
        {VERDICT_ASK, false, NULL, "--answer a-local=yes or --yes", ST_WAITING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(k, "effect=local");
        s->env.policy.by_class[EFFECT_LOCAL] = rows[i].verdict;
        s->answers = rows[i].answers ? kit_json(rows[i].answers) : NULL;
        s->person.answers = s->answers;
        s->person.yes = rows[i].yes;
        stage_do(s, "fs.write", WRITE);
        assert_int_equal(s->st, rows[i].st);
        assert_int_equal(file_exists(kit_path(k->root, "f")), !rows[i].says);
        if (s->st == ST_OK && rows[i].says) {
            assert_raised(s, "refused", rows[i].says);
            assert_true(s->p.policy_refused && s->p.stopped);
        } else if (rows[i].says) {
            assert_non_null(strstr(s->err.msg, rows[i].says));
        } else {
            assert_answered(s);
        }
        stage_close(s);
        assert_int_equal(
            file_remove_tree(kit_path(k->root, "f"), &(struct err){0}), ST_OK);
    }
}

/* The first rule that fits wins, over the class too. */
static void rules_decide_before_the_class(void **state)
{
    struct kit *k = *state;
    static const struct rule rules[] = {
        {"fs.app*", true, 0, VERDICT_ALLOW, NULL},
        {"fs.*", false, EFFECT_REMOTE, VERDICT_ALLOW, NULL},
        {"*.wri*e", false, EFFECT_LOCAL, VERDICT_DENY, "not on a Friday"},
        {"fs.write", true, 0, VERDICT_ALLOW, NULL},
    };
    struct stage *s = stage_open(k, "effect=local");
    s->env.policy.by_class[EFFECT_LOCAL] = VERDICT_DENY;
    s->env.policy.rules = rules;
    s->env.policy.n_rules = sizeof rules / sizeof *rules;
    stage_do(s, "fs.append", WRITE);
    assert_answered(s);
    stage_do(s, "fs.mkdir", "{\"path\":\"d\"}");
    assert_raised(s, "refused", "local in staging: the policy denies it");
    stage_do(s, "fs.write", WRITE);
    assert_raised(s, "refused",
                  "the policy denies it, by the rule for *.wri*e: not on a "
                  "Friday");
    stage_close(s);
}

static void patterns_of_rules(void **state)
{
    (void)state;
    static const struct {
        const char *match, *operation;
        bool fits;
    } rows[] = {
        {"fly.machines.*", "fly.machines.update", true},
        {"fly.machines.*", "fly.machines", false},
        {"fly.*.delete", "fly.machines.metadata.delete", true},
        {"fly.*.delete", "fly.machines.deleted", false},
        {"*", "sh.run", true},
        {"sh.run", "sh.run", true},
        {"sh.run", "sh.runs", false},
        {"*a*b", "xaxbxab", true},
        {"*a*b", "xaxbxa", false},
        {"", "x", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct rule r = {.match = rows[i].match, .any_class = true};
        if (rule_fits(&r, span_of(rows[i].operation)) != rows[i].fits)
            fail_msg("%s against %s", rows[i].match, rows[i].operation);
    }
}

/* Asked once a step, whatever it goes on to do; the answer is in the journal,
 * so that a resume does not ask again. */
static void a_word_holds_for_the_step(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    s->env.policy.by_class[EFFECT_LOCAL] = VERDICT_ASK;
    s->person.yes = true;
    stage_do(s, "fs.write", WRITE);
    s->person.yes = false;
    stage_do(s, "fs.append", WRITE);
    assert_answered(s);
    stage_crash(s, 0);
    stage_do(s, "fs.write", WRITE);
    stage_do(s, "fs.append", WRITE);
    stage_do(s, "fs.append", WRITE);
    assert_answered(s);
    assert_file(k->root, "f", "newnewnew");
    assert_records(s, "attempt decision intent result/local intent "
                      "result/local intent result/local");
    stage_close(s);
}

static void rows_lower_and_forgive(void **state)
{
    struct kit *k = *state;
    struct server *up = say(k, OK_REPLY);
    struct stage *s = stage_open(k, "effect=read");
    s->rows = kit_json("[{\"name\":\"p.find\",\"provider\":\"p\","
                       "\"method\":\"POST\",\"path\":\"/find\","
                       "\"effect\":\"read\"}]");
    s->settings = json_new(JSON_OBJECT);
    struct json *p = json_put(s->settings, "p", json_new(JSON_OBJECT));
    json_put_str(p, "base",
                 arena_printf(&s->arena, "http://127.0.0.1:%d", up->port));
    s->door.rows = s->rows;
    s->door.settings = s->settings;
    stage_do(s, "http.request",
             "{\"method\":\"POST\",\"row\":\"p.find\","
             "\"url\":\"http://127.0.0.1:%d/find\"}",
             up->port);
    assert_answered(s);
    assert_int_equal(s->p.counts[EFFECT_READ], 1);
    stage_do(s, "http.request",
             "{\"method\":\"POST\",\"row\":\"p.find\","
             "\"url\":\"http://127.0.0.1:%d/drop\"}",
             up->port);
    assert_raised(s, "refused", "http.request is remote");
    assert_null(strstr(asked(up), "/drop"));
    stage_close(s);
}

/* --- what is written down ---------------------------------------------- */

static void changes_are_announced_reads_are_not(void **state)
{
    struct kit *k = *state;
    struct server *up = say(k, OK_REPLY);
    struct stage *s = stage_open(k, "effect=remote");
    stage_do(s, "time.now", "{}");
    stage_do(s, "fs.exists", "{\"path\":\"f\"}");
    stage_do(s, "fs.write", WRITE);
    request(s, "GET", up->port);
    request(s, "POST", up->port);
    assert_answered(s);
    assert_records(s, "attempt result/none result/read intent result/local "
                      "result/read intent result/remote");
    assert_int_equal(s->p.counts[EFFECT_READ], 2);
    assert_int_equal(s->p.counts[EFFECT_LOCAL], 1);
    assert_int_equal(s->p.counts[EFFECT_REMOTE], 1);
    assert_int_equal(json_size(s->p.activities), 4); /* time is no news */

    struct json *intent = NULL;
    struct record_at at = s->p.log->intents[0].at; /* the last one's place */
    assert_int_equal(journal_get(&s->journal, at, &intent, &s->err), ST_OK);
    assert_string_equal(json_get_str(json_get(intent, "args"), "method", ""),
                        "POST");
    assert_int_equal(s->p.log->n_intents, 0);
    json_free(intent);
    stage_close(s);
}

/* With a full disk under the journal, no change is made. */
static void nothing_happens_unannounced(void **state)
{
    struct kit *k = *state;
    struct server *up = say(k, OK_REPLY);
    struct stage *s = stage_open(k, "effect=remote");
    close(s->journal.fd);
    s->journal.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(stage_do(s, "fs.write", WRITE), ST_INTERRUPTED);
    assert_non_null(strstr(s->err.msg, "cannot write the journal"));
    assert_false(file_exists(kit_path(k->root, "f")));
    assert_int_equal(request(s, "POST", up->port), ST_INTERRUPTED);
    assert_string_equal(asked(up), "");
    stage_close(s);
}

/* Nobody can tell whether it was done: it was announced, and is not tried
 * again by itself. */
static void failures(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *reply; /* NULL: nobody listens */
        const char *method;
        bool ok, counted, stopped;
    } rows[] = {
        {OK_REPLY, "POST", true, true, false},
        {"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "POST", true, false,
         false},
        {"HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n", "POST", true, false,
         false},
        {"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "POST", true, false,
         true},
        {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "PUT", true, false,
         false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ntorn", "POST", false,
         false, true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ntorn", "DELETE", false,
         false, false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ntorn", "GET", false,
         false, false},
        {NULL, "POST", false, false, true},
        {NULL, "GET", false, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(k, "effect=remote");
        int port = rows[i].reply ? say(k, rows[i].reply)->port : dead_port();
        request(s, rows[i].method, port);
        assert_int_equal(s->st, ST_OK);
        bool ok = json_get_bool(s->answer, "ok", false);
        int counted = s->p.counts[EFFECT_READ] + s->p.counts[EFFECT_REMOTE];
        if (ok != rows[i].ok || counted != rows[i].counted ||
            s->p.stopped != rows[i].stopped)
            fail_msg("row %zu: ok %d, counted %d, stopped %d", i, ok, counted,
                     s->p.stopped);
        stage_close(s);
        for (; n_servers; n_servers--) {
            kill(servers[n_servers - 1].pid, SIGKILL);
            waitpid(servers[n_servers - 1].pid, NULL, 0);
        }
    }
}

/* --- secrets ----------------------------------------------------------- */

static void no_secret_stays_in_an_answer(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    struct json *handle = NULL;
    struct buf text = {0};
    kit_put(k->root, "leak", "before tok-5up3r-53cret after");
    assert_int_equal(vault_put(k->vault, "TOKEN", SPAN("tok-5up3r-53cret"),
                               &handle, &s->err),
                     ST_OK);
    stage_do(s, "fs.read", "{\"path\":\"leak\"}");
    assert_answered(s);
    assert_string_equal(json_get_str(s->answer, "value", ""),
                        "before [redacted:TOKEN] after");
    stage_do(s, "fs.read", "{\"path\":\"tok-5up3r-53cret\"}");
    assert_raised(s, "refused", "holds the secret TOKEN as text");
    stage_do(s, "fs.write",
             "{\"path\":\"f\",\"text\":\"my tok-5up3r-53cret\"}");
    assert_raised(s, "refused", "fs.write holds the secret TOKEN");
    assert_false(file_exists(kit_path(k->root, "f")));
    assert_int_equal(
        file_read(bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena), 1 << 20,
                  &text, &s->err),
        ST_OK);
    assert_null(strstr(buf_cstr(&text), "5up3r"));
    buf_release(&text);
    json_free(handle);
    stage_close(s);
}

static void secrets_are_handles(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=read");
    assert_int_equal(setenv("RUNPROOF_TEST_D", "secret-of-door", 1), 0);
    stage_do(s, "secret.get", "{\"name\":\"RUNPROOF_TEST_D\"}");
    unsetenv("RUNPROOF_TEST_D");
    assert_answered(s);
    assert_string_equal(
        json_get_str(json_get(s->answer, "value"), "$secret", ""), "s1");
    stage_do(s, "secret.get", "{\"name\":\"RUNPROOF_TEST_NONE\"}");
    assert_raised(s, "activity", "no secret RUNPROOF_TEST_NONE");
    stage_close(s);
}

/* --- prediction -------------------------------------------------------- */

static void foresee(struct stage *s)
{
    struct forecast_options opt = {.globals = json_new(JSON_OBJECT),
                                   .root = s->k->root,
                                   .dir = kit_path(s->k->dir, "shadow"),
                                   .from_ms = clock_now_ms(&s->clock)};
    s->door.mode = DOOR_PREDICT;
    s->door.forecast = forecast_new(&opt);
    s->door.holes = forecast_holes(s->door.forecast);
}

static void a_prediction_reads_and_changes_nothing(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    foresee(s);
    s->env.policy.by_class[EFFECT_LOCAL] = VERDICT_ASK;
    kit_put(k->root, "g", "there");
    stage_do(s, "fs.read", "{\"path\":\"g\"}");
    assert_answered(s);
    stage_do(s, "git.show", "{\"rev\":\"rp-hole-7\"}");
    assert_int_equal(s->st, ST_WAITING);
    assert_non_null(strstr(s->err.msg, "what is not there yet"));
    s->asked--;
    stage_do(s, "fs.write", WRITE);
    assert_answered(s);
    assert_false(file_exists(kit_path(k->root, "f")));
    assert_int_equal(s->p.counts[EFFECT_LOCAL], 1);
    assert_records(s, "attempt result/read result/local"); /* no intent */
    stage_do(s, "fs.read", "{\"path\":\"f\"}");
    assert_answered(s);
    assert_string_equal(json_get_str(s->answer, "value", ""), "new");
    assert_int_equal(json_size(forecast_changes(s->door.forecast)), 1);
    stage_do(s, "fs.write", "{\"path\":\"no/such/f\",\"text\":\"x\"}");
    assert_raised(s, "activity", "make its folder first");
    assert_int_equal(json_size(forecast_changes(s->door.forecast)), 1);
    stage_do(s, "git.branch", "{\"name\":\"b\"}");
    assert_int_equal(s->st, ST_WAITING);
    assert_int_equal(json_size(forecast_changes(s->door.forecast)), 2);
    assert_int_equal(json_size(forecast_stops(s->door.forecast)), 2);
    forecast_free(s->door.forecast);
    stage_close(s);

    s = stage_open(k, "effect=local");
    foresee(s);
    s->env.policy.by_class[EFFECT_LOCAL] = VERDICT_DENY;
    stage_do(s, "fs.write", WRITE);
    assert_raised(s, "refused", "the policy denies it");
    forecast_free(s->door.forecast);
    stage_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(the_ceiling_holds),
        door_test(a_refusal_stays_what_it_was),
        door_test(an_attempt_that_ended_asks_no_more),
        door_test(unknown_activities_do_nothing),
        door_test(the_policy_decides),
        door_test(rules_decide_before_the_class),
        door_test(patterns_of_rules),
        door_test(a_word_holds_for_the_step),
        door_test(rows_lower_and_forgive),
        door_test(changes_are_announced_reads_are_not),
        door_test(nothing_happens_unannounced),
        door_test(failures),
        door_test(no_secret_stays_in_an_answer),
        door_test(secrets_are_handles),
        door_test(a_prediction_reads_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
