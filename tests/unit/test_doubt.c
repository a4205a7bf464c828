/* Changes that were made, or may have been: an attempt or a run later, each is
 * made once. */
#include "stage.h"

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

static void assert_earlier(struct stage *s, const char *want)
{
    stage_do(s, "http.earlier", "{}");
    assert_answered(s);
    struct buf got = {0};
    json_write(json_get(s->answer, "value"), &got);
    assert_string_equal(buf_cstr(&got), want);
    buf_release(&got);
}

static void the_next_change_is_told(void **state)
{
    struct kit *k = *state;
    char args[120];
    char want[120];
    struct server *up = say(k, OK_REPLY);
    struct stage *s = stage_open(k, "effect=remote");
    snprintf(want, sizeof want,
             "{\"json\":{\"a\":1},\"method\":\"POST\","
             "\"url\":\"http://127.0.0.1:%d/x\"}",
             up->port);
    snprintf(args, sizeof args, "%.*s,\"timeout\":9}", (int)strlen(want) - 1,
             want);
    assert_earlier(s, "false");
    stage_do(s, "http.request", "%s", args);
    assert_earlier(s, "false"); /* its own */
    s->p.log->n_results--;      /* the change is the last for try_again */
    try_again(s);
    assert_earlier(s, want);
    stage_do(s, "http.request", "%s", args);
    assert_earlier(s, "false"); /* made again */
    stage_close(s);
    kill(up->pid, SIGKILL);
    waitpid(up->pid, NULL, 0);
}

static void a_change_that_is_no_request_is_not_told(void **state)
{
    struct stage *s = stage_open(*state, "effect=local");
    stage_do(s, "fs.append", WRITE);
    try_again(s);
    assert_earlier(s, "false");
    stage_close(s);
}

/* --- in doubt ---------------------------------------------------------- */

/* A change whose intent is the last that the journal has. */
static struct stage *doubtful(struct kit *k, const char *op, const char *args)
{
    struct stage *s = stage_open(k, "effect=remote");
    stage_do(s, op, "%s", args);
    stage_crash(s, 3); /* run, attempt, intent */
    assert_int_equal(s->p.log->n_intents, 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(a_change_is_made_once),
        door_test(another_change_in_its_place_stops_the_step),
        door_test(the_next_change_is_told),
        door_test(a_change_that_is_no_request_is_not_told),
        door_test(files_tell_by_their_bytes),
        door_test(requests_in_doubt),
        door_test(a_probe_settles),
        door_test(another_request_than_announced_diverges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
