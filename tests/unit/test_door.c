/* The door: what may pass, what is written down first, what comes back. */
#include "stage.h"

#include <fcntl.h>

#define WRITE "{\"path\":\"f\",\"text\":\"new\"}"
#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

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

static enum status request(struct stage *s, const char *method, int port)
{
    return stage_do(s, "http.request",
                    "{\"method\":\"%s\",\"url\":\"http://127.0.0.1:%d/\"}",
                    method, port);
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
        s->env.policy[EFFECT_LOCAL] = rows[i].verdict;
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

/* Asked once a step, whatever it goes on to do; the answer is in the journal,
 * so that a resume does not ask again. */
static void a_word_holds_for_the_step(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    s->env.policy[EFFECT_LOCAL] = VERDICT_ASK;
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
    struct record_at at = s->p.log->intent;
    assert_int_equal(journal_get(&s->journal, at, &intent, &s->err), ST_OK);
    assert_string_equal(json_get_str(json_get(intent, "args"), "method", ""),
                        "POST");
    assert_false(s->p.log->has_intent);
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

/* --- a second attempt -------------------------------------------------- */

/* The next attempt, knowing the change that the one before made. */
static void try_again(struct stage *s)
{
    struct change *earlier = mem_alloc(sizeof *earlier);
    struct attempt_log *log = s->p.log;
    earlier->asked = earlier->answered = log->results[log->n_results - 1];
    stage_attempt(s);
    s->p.earlier = earlier;
    s->p.n_earlier = 1;
}

static void a_change_is_made_once(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    stage_do(s, "fs.append", WRITE);
    struct json *first = json_copy(s->answer);
    try_again(s);
    stage_do(s, "fs.exists", "{\"path\":\"f\"}"); /* reads are live */
    stage_do(s, "fs.append", WRITE);
    assert_answered(s);
    assert_true(json_equal(s->answer, first));
    assert_file(k->root, "f", "new");
    assert_int_equal(s->p.counts[EFFECT_LOCAL], 1);
    /* what comes behind it is done */
    stage_do(s, "fs.append", WRITE);
    assert_answered(s);
    assert_file(k->root, "f", "newnew");
    assert_records(s, "attempt intent result/local attempt result/read "
                      "result/local intent result/local");
    json_free(first);
    stage_close(s);
}

static void another_change_in_its_place_stops_the_step(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    stage_do(s, "fs.append", WRITE);
    try_again(s);
    stage_do(s, "fs.append", "{\"path\":\"f\",\"text\":\"other\"}");
    assert_raised(s, "refused", "the code now asks");
    assert_true(s->p.stopped);
    assert_file(k->root, "f", "new");
    stage_close(s);
}

/* --- in doubt ---------------------------------------------------------- */

/* A change whose intent is the last that the journal has. */
static struct stage *doubtful(struct kit *k, const char *op, const char *args)
{
    struct stage *s = stage_open(k, "effect=remote");
    stage_do(s, op, "%s", args);
    stage_crash(s, 3); /* run, attempt, intent */
    assert_true(s->p.log->has_intent);
    assert_int_equal(s->p.log->n_results, 0);
    return s;
}

static void files_tell_by_their_bytes(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *before, *now; /* NULL: not there */
        const char *answers;
        enum status st;
        const char *after;
    } rows[] = {
        {NULL, NULL, NULL, ST_OK, "new"},      /* not yet done */
        {NULL, "new", NULL, ST_OK, "new"},     /* done, its answer lost */
        {"old", "old", NULL, ST_OK, "oldnew"}, /* not yet done */
        {"old", "oldnew", NULL, ST_OK, "oldnew"},
        /* neither: somebody else was there too */
        {"old", "x", NULL, ST_WAITING, "x"},
        {"old", "x", "{\"a-in-doubt\":\"yes\"}", ST_OK, "x"},
        {"old", "x", "{\"a-in-doubt\":\"no\"}", ST_OK, "xnew"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)unlink(kit_path(k->root, "f"));
        if (rows[i].before)
            kit_put(k->root, "f", rows[i].before);
        struct stage *s = doubtful(k, "fs.append", WRITE);
        (void)unlink(kit_path(k->root, "f"));
        if (rows[i].now)
            kit_put(k->root, "f", rows[i].now);
        s->person.yes = true; /* consents, but knows nothing */
        s->answers = rows[i].answers ? kit_json(rows[i].answers) : NULL;
        s->person.answers = s->answers;
        stage_do(s, "fs.append", WRITE);
        assert_int_equal(s->st, rows[i].st);
        if (s->st == ST_OK)
            assert_answered(s);
        else
            assert_non_null(strstr(s->err.msg, "Has it happened?"));
        assert_file(k->root, "f", rows[i].after);
        stage_close(s);
    }
}

static void requests_in_doubt(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *method, *more; /* members of the request */
        const char *answers;
        enum status st;
        int sent; /* requests that the service saw in the end */
    } rows[] = {
        {"PUT", "", NULL, ST_OK, 2}, /* harmless to do again */
        {"POST", "", NULL, ST_WAITING, 1},
        {"POST", "", "{\"a-in-doubt\":\"yes\"}", ST_OK, 1},
        {"POST", "", "{\"a-in-doubt\":\"no\"}", ST_OK, 2},
        {"POST", ",\"probe\":true", NULL, ST_OK, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char args[200];
        struct server *up = say(k, OK_REPLY);
        snprintf(args, sizeof args,
                 "{\"method\":\"%s\",\"url\":\"http://127.0.0.1:%d/\"%s}",
                 rows[i].method, up->port, rows[i].more);
        struct stage *s = doubtful(k, "http.request", args);
        s->answers = rows[i].answers ? kit_json(rows[i].answers) : NULL;
        s->person.answers = s->answers;
        stage_do(s, "http.request", "%s", args);
        assert_int_equal(s->st, rows[i].st);
        int sent = 0;
        for (const char *at = asked(up); (at = strstr(at, "HTTP/1.1")); at++)
            sent++;
        if (sent != rows[i].sent)
            fail_msg("row %zu: sent %d times", i, sent);
        stage_close(s);
        kill(up->pid, SIGKILL);
        waitpid(up->pid, NULL, 0);
        n_servers--;
    }
}

/* The worker's probe looks; what it reads is no evidence, what it finds is. */
static void a_probe_settles(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *settle;
        int changes;
    } rows[] = {
        {"{\"outcome\":\"done\",\"value\":{\"id\":7}}", 1},
        {"{\"outcome\":\"absent\",\"value\":null}", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char args[200];
        struct server *up = say(k, OK_REPLY);
        snprintf(args, sizeof args,
                 "{\"method\":\"POST\",\"url\":\"http://127.0.0.1:%d/\","
                 "\"probe\":true}",
                 up->port);
        struct stage *s = doubtful(k, "http.request", args);
        stage_do(s, "http.request", "%s", args);
        assert_true(json_get_bool(s->answer, "in_doubt", false));
        request(s, "GET", up->port);
        assert_answered(s);
        stage_do(s, "door.settle", "%s", rows[i].settle);
        assert_answered(s);
        assert_int_equal(s->p.counts[EFFECT_READ], 0);
        assert_int_equal(s->p.counts[EFFECT_REMOTE], rows[i].changes);
        stage_do(s, "door.settle", "%s", rows[i].settle);
        assert_raised(s, "activity", "nothing is in doubt");
        stage_close(s);
    }
}

static void another_request_than_announced_diverges(void **state)
{
    struct kit *k = *state;
    struct stage *s = doubtful(k, "fs.append", WRITE);
    stage_do(s, "fs.append", "{\"path\":\"g\",\"text\":\"new\"}");
    assert_int_equal(s->st, ST_DIVERGED);
    assert_false(file_exists(kit_path(k->root, "g")));
    stage_close(s);
}

/* --- replay ------------------------------------------------------------ */

/* Asks the same twice: live, and of the journal alone. */
static void a_replay_gives_the_same(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *args;
    } acts[] = {
        {"fs.append", WRITE},
        {"fs.read", "{\"path\":\"f\"}"},
        {"fs.read", "{\"path\":\"missing\"}"},
        {"fs.read", "{\"path\":\"../up\"}"}, /* refused */
        {"time.now", "{}"},
        {"time.sleep", "{\"seconds\":5}"},
        {"time.now", "{}"},
        {"fs.read", "{\"path\":\"big\"}"}, /* a blob */
        {"evidence.file", "{\"path\":\"big\"}"},
        {"nonsense", "{}"},
    };
    enum { N = sizeof acts / sizeof *acts };
    struct json *live[N];
    struct buf big = {0};
    struct stage *s = stage_open(k, "effect=local");
    while (big.n < 40000)
        buf_str(&big, "a line of a large file\n");
    kit_put(k->root, "big", buf_cstr(&big));
    for (int i = 0; i < N; i++) {
        assert_int_equal(stage_do(s, acts[i].op, "%s", acts[i].args), ST_OK);
        live[i] = json_copy(s->answer);
    }
    bool refused = s->p.policy_refused;
    bool stopped = s->p.stopped;
    struct json *notes = json_copy(s->p.activities);
    struct json *items = json_copy(s->p.items);
    assert_int_equal(json_size(items), 1);
    int64_t then = s->clock.virtual_ms;

    stage_crash(s, 0);
    s->door.mode = DOOR_REPLAY;
    clock_virtual(&s->clock, 0);
    assert_int_equal(unlink(kit_path(k->root, "f")), 0);
    assert_int_equal(unlink(kit_path(k->root, "big")), 0);
    for (int i = 0; i < N; i++) {
        assert_int_equal(stage_do(s, acts[i].op, "%s", acts[i].args), ST_OK);
        if (!json_equal(s->answer, live[i]))
            fail_msg("activity %d is answered otherwise", i + 1);
        json_free(live[i]);
    }
    assert_false(file_exists(kit_path(k->root, "f")));
    assert_int_equal(s->p.stopped, stopped);
    assert_true(s->p.policy_refused || !refused);
    assert_true(json_equal(s->p.activities, notes));
    assert_true(json_equal(s->p.items, items));
    assert_int_equal(s->clock.virtual_ms, then);

    /* and no more than the journal has */
    stage_do(s, "time.now", "{}");
    assert_int_equal(s->st, ST_DIVERGED);
    json_free(notes);
    json_free(items);
    buf_release(&big);
    stage_close(s);
}

static void divergence_names_place_and_difference(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *op, *args, *says;
    } rows[] = {
        {"fs.read", "{\"path\":\"other\"}",
         "the journal has `fs.read f`, the code now asks `fs.read other`"},
        {"fs.exists", "{\"path\":\"f\"}",
         "the journal has `fs.read f`, the code now asks `fs.exists f`"},
        {"fs.read", "{\"path\":\"f\",\"more\":1}", "the journal has"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(k, "effect=read");
        stage_do(s, "time.now", "{}");
        stage_do(s, "fs.read", "{\"path\":\"f\"}");
        stage_crash(s, 0);
        stage_do(s, "time.now", "{}");
        stage_do(s, rows[i].op, "%s", rows[i].args);
        assert_int_equal(s->st, ST_DIVERGED);
        assert_non_null(strstr(s->err.msg, "step 'a', activity 2: "));
        if (!strstr(s->err.msg, rows[i].says))
            fail_msg("%s", s->err.msg);
        stage_close(s);
    }
}

static void a_blob_that_was_changed_is_told(void **state)
{
    struct kit *k = *state;
    struct buf big = {0};
    char **names = NULL;
    size_t n = 0;
    struct stage *s = stage_open(k, "effect=read");
    while (big.n < 40000)
        buf_str(&big, "a line of a large file\n");
    kit_put(k->root, "big", buf_cstr(&big));
    stage_do(s, "fs.read", "{\"path\":\"big\"}");
    stage_crash(s, 0);
    const char *blobs = bundle_path(&s->bundle, "blobs", &s->arena);
    assert_int_equal(file_list(blobs, &s->arena, &names, &n, &s->err), ST_OK);
    assert_int_equal(n, 1);
    kit_put(blobs, names[0], "\"changed\"");
    stage_do(s, "fs.read", "{\"path\":\"big\"}");
    assert_int_equal(s->st, ST_TAMPERED);
    buf_release(&big);
    stage_close(s);
}

/* --- prediction -------------------------------------------------------- */

static void a_prediction_reads_and_changes_nothing(void **state)
{
    struct kit *k = *state;
    struct stage *s = stage_open(k, "effect=local");
    s->door.mode = DOOR_PREDICT;
    s->env.policy[EFFECT_LOCAL] = VERDICT_ASK;
    kit_put(k->root, "g", "there");
    stage_do(s, "fs.read", "{\"path\":\"g\"}");
    assert_answered(s);
    stage_do(s, "fs.write", WRITE);
    assert_int_equal(s->st, ST_WAITING);
    assert_false(file_exists(kit_path(k->root, "f")));
    assert_int_equal(s->p.counts[EFFECT_LOCAL], 1); /* foreseen */
    assert_records(s, "attempt result/read");
    stage_close(s);

    s = stage_open(k, "effect=local");
    s->door.mode = DOOR_PREDICT;
    s->env.policy[EFFECT_LOCAL] = VERDICT_DENY;
    stage_do(s, "fs.write", WRITE);
    assert_raised(s, "refused", "the policy denies it");
    stage_close(s);
}

#define door_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(the_ceiling_holds),
        door_test(unknown_activities_do_nothing),
        door_test(the_policy_decides),
        door_test(a_word_holds_for_the_step),
        door_test(rows_lower_and_forgive),
        door_test(changes_are_announced_reads_are_not),
        door_test(nothing_happens_unannounced),
        door_test(failures),
        door_test(no_secret_stays_in_an_answer),
        door_test(secrets_are_handles),
        door_test(a_change_is_made_once),
        door_test(another_change_in_its_place_stops_the_step),
        door_test(files_tell_by_their_bytes),
        door_test(requests_in_doubt),
        door_test(a_probe_settles),
        door_test(another_request_than_announced_diverges),
        door_test(a_replay_gives_the_same),
        door_test(divergence_names_place_and_difference),
        door_test(a_blob_that_was_changed_is_told),
        door_test(a_prediction_reads_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
