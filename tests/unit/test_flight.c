/* Activities of tasks: the order of delivery, what a crash, a failure and
 * another attempt make of those under way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flight.h"
#include "record.h"
#include "stage.h"

/* n and task as the worker gives them; args as JSON text. */
static void ask(struct stage *s, int64_t n, const char *task, const char *op,
                const char *args)
{
    struct json *m = json_new(JSON_OBJECT);
    json_put_int(m, "n", n);
    json_put_str(m, "op", op);
    json_put_str(m, "task", task);
    json_put(m, "args", kit_json(args));
    flight_ask(&s->p, m);
}

/* Waits, with what is not wanted any more as JSON text; the number of the
 * answer, the others of its batch are kept. */
static struct json *batch;
static const struct json *next_one;

static int64_t deliver(struct stage *s, const char *cancel)
{
    struct buf text = {0};
    s->st = ST_OK;
    err_clear(&s->err);
    if (next_one)
        next_one = json_next(next_one);
    if (!next_one) {
        struct json *list = kit_json(cancel);
        s->st = flight_deliver(&s->door, &s->p, list, &text, &s->err);
        json_free(list);
        json_free(batch);
        batch = s->st == ST_OK ? kit_json(buf_cstr(&text)) : NULL;
        next_one = json_first(batch);
        buf_release(&text);
    }
    json_free(s->answer);
    s->answer = json_copy(next_one);
    return json_get_int(next_one, "n", -1);
}

/* What is under way ends; the answers not taken are lost with the worker. */
static void land(struct stage *s)
{
    json_free(batch);
    batch = NULL;
    next_one = NULL;
    assert_int_equal(flight_land(&s->door, &s->p, &s->err), ST_OK);
}

static void crash(struct stage *s)
{
    land(s);
    stage_crash(s, 0);
}

static void assert_delivers(struct stage *s, int64_t n)
{
    assert_int_equal(deliver(s, "[]"), n);
    assert_answered(s);
}

static struct stage *virtual_stage(struct kit *k, const char *attributes)
{
    struct stage *s = stage_open(k, attributes);
    clock_virtual(&s->clock, 1000);
    return s;
}

static void assert_no_file(const struct kit *k, const char *name)
{
    assert_false(file_exists(kit_path(k->root, name)));
}

static void ask_three(struct stage *s)
{
    ask(s, 1, "1.1", "time.sleep", "{\"seconds\":3}");
    ask(s, 2, "1.2", "time.sleep", "{\"seconds\":1}");
    ask(s, 3, "1.3", "fs.exists", "{\"path\":\"f\"}");
}

static void who_is_ready_first_is_first(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=read");
    ask_three(s);
    assert_delivers(s, 3);
    assert_int_equal(s->clock.virtual_ms, 1001); /* what fs.exists takes */
    ask(s, 4, "1.3", "time.sleep", "{\"seconds\":1.5}");
    assert_delivers(s, 2);
    assert_delivers(s, 4);
    assert_int_equal(s->clock.virtual_ms, 2501);
    assert_delivers(s, 1);
    assert_int_equal(s->clock.virtual_ms, 4000);
    assert_int_equal(deliver(s, "[]"), -1);
    assert_int_equal(s->st, ST_FAILED); /* nothing is asked */
    assert_records(s, "attempt result/read result/none result/none "
                      "result/none");
    land(s);
    stage_close(s);
}

/* The journal's order is that of the deliveries, and a replay keeps it. */
static void replay_delivers_alike(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=read");
    ask_three(s);
    assert_delivers(s, 3);
    assert_delivers(s, 2);
    crash(s);
    ask_three(s);
    assert_delivers(s, 3);
    assert_int_equal(s->p.cursor, 1);
    assert_delivers(s, 2);
    assert_int_equal(s->clock.virtual_ms, 2000);
    assert_delivers(s, 1); /* live: it begins anew */
    assert_int_equal(s->clock.virtual_ms, 5000);
    land(s);
    stage_close(s);
}

/* Nothing else is under way, and time passes by itself. */
static void sleepers_wake_by_the_real_clock(void **state)
{
    struct stage *s = stage_open(*state, "effect=read");
    s->clock.is_virtual = false;
    ask(s, 1, "1.1", "time.sleep", "{\"seconds\":0.02}");
    ask(s, 2, "1.2", "time.sleep", "{\"seconds\":0.01}");
    assert_delivers(s, 2);
    assert_delivers(s, 1);
    land(s);
    stage_close(s);
}

static void another_request_diverges(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=read");
    ask(s, 1, "1.1", "fs.exists", "{\"path\":\"f\"}");
    assert_delivers(s, 1);
    crash(s);
    ask(s, 1, "1.1", "fs.exists", "{\"path\":\"g\"}");
    (void)deliver(s, "[]");
    assert_int_equal(s->st, ST_DIVERGED);
    crash(s);
    ask(s, 2, "1.1", "fs.exists", "{\"path\":\"f\"}");
    (void)deliver(s, "[]");
    assert_int_equal(s->st, ST_DIVERGED);
    land(s);
    stage_close(s);
}

#define WRITES(file) "{\"path\":\"" file "\",\"text\":\"new\"}"

static void announce_op(struct stage *s, int64_t n, const char *task,
                        const char *op, const char *args)
{
    struct json *j = kit_json(args);
    struct request r = {.n = n, .op = op, .args = j, .task = task};
    struct activity a = activity_of(&r);
    a.effect = EFFECT_LOCAL;
    assert_int_equal(record_intent(&s->door, &s->p, &a, &s->err), ST_OK);
    activity_release(&a);
    json_free(j);
}

static void announce(struct stage *s, int64_t n, const char *task,
                     const char *args)
{
    announce_op(s, n, task, "fs.write", args);
}

#define PROBED "{\"argv\":[\"true\"],\"opts\":{},\"probe\":true}"

/* Two changes were under way; the second is not wanted any more when it is
 * asked for again, or before its task has probed. Nobody knows what became of
 * it then. */
static void a_doubt_that_is_given_up_ends_the_attempts(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=local");
    announce_op(s, 2, "1.2", "sh.run", PROBED);
    crash(s);
    ask(s, 2, "1.2", "sh.run", PROBED);
    assert_int_equal(deliver(s, "[2]"), 2);
    assert_raised(s, "activity", "what became of this change");
    assert_true(s->p.stopped);
    land(s);
    crash(s);
    ask(s, 2, "1.2", "sh.run", PROBED);
    assert_int_equal(deliver(s, "[2]"), 2); /* in a replay, too */
    assert_true(s->p.stopped);
    land(s);
    stage_close(s);
}

static void a_doubt_that_nobody_probes_ends_the_attempts(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=local");
    announce_op(s, 2, "1.2", "sh.run", PROBED);
    crash(s);
    for (int i = 0; i < 2; i++) { /* live, and in a replay */
        ask(s, 1, "1.1", "fs.exists", "{\"path\":\"f\"}");
        ask(s, 2, "1.2", "sh.run", PROBED);
        assert_int_equal(deliver(s, "[]"), 1);
        assert_false(s->p.stopped);
        assert_int_equal(deliver(s, "[2]"), 2);
        assert_true(json_get_bool(s->answer, "in_doubt", false));
        assert_true(s->p.stopped);
        assert_null(s->p.doubtful); /* what comes is no probe's */
        if (i == 0)
            crash(s);
    }
    land(s);
    stage_close(s);
}

/* The code went on when a probe failed: the next one does not settle that. */
static void a_failed_probe_ends_the_attempts(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=local");
    announce_op(s, 1, "1.1", "sh.run", PROBED);
    announce_op(s, 2, "1.2", "sh.run", PROBED);
    crash(s);
    ask(s, 1, "1.1", "sh.run", PROBED);
    ask(s, 2, "1.2", "sh.run", PROBED);
    assert_int_equal(deliver(s, "[]"), 1);
    assert_false(s->p.stopped);
    assert_int_equal(deliver(s, "[]"), 2);
    assert_true(s->p.stopped);
    land(s);
    stage_close(s);
}

/* What others read beside a probe is evidence; what it reads is not. */
static void a_probe_hides_its_own_reads(void **state)
{
    struct stage *s = virtual_stage(*state, "effect=local");
    announce_op(s, 1, "1.1", "sh.run", PROBED);
    crash(s);
    for (int i = 0; i < 2; i++) { /* live, and in a replay */
        ask(s, 1, "1.1", "sh.run", PROBED);
        ask(s, 2, "1.2", "fs.exists", "{\"path\":\"f\"}");
        assert_int_equal(deliver(s, "[]"), 1);
        assert_true(json_get_bool(s->answer, "in_doubt", false));
        assert_int_equal(flight_catch_up(&s->door, &s->p, 3, &s->err), ST_OK);
        s->asked = 2;
        stage_do(s, "fs.exists", "{\"path\":\"g\"}");
        assert_int_equal(s->st, ST_OK);
        assert_int_equal(json_size(s->p.activities), 1);
        assert_int_equal(deliver(s, "[]"), 2);
        if (i == 0)
            crash(s);
    }
    land(s);
    stage_close(s);
}

/* Two changes were under way, and one of them had happened. */
static void each_doubt_is_settled_by_its_own_intent(void **state)
{
    struct kit *k = *state;
    struct stage *s = virtual_stage(k, "effect=local");
    announce(s, 1, "1.1", WRITES("f"));
    announce(s, 2, "1.2", WRITES("g"));
    kit_put(k->root, "g", "new");
    crash(s);
    assert_int_equal(s->p.log->n_intents, 2);
    ask(s, 1, "1.1", "fs.write", WRITES("f"));
    ask(s, 2, "1.2", "fs.write", WRITES("g"));
    assert_delivers(s, 1);
    assert_delivers(s, 2);
    assert_file(k->root, "f", "new");
    assert_int_equal(s->p.log->n_intents, 0);
    /* the file that was there is not written, so not announced, again */
    assert_records(s, "attempt intent intent intent result/local "
                      "result/local");
    land(s);
    stage_close(s);
}

static void what_is_not_wanted_is_given_up(void **state)
{
    struct kit *k = *state;
    struct stage *s = virtual_stage(k, "effect=local");
    ask(s, 1, "1.1", "time.sleep", "{\"seconds\":1}");
    ask(s, 2, "1.2", "time.sleep", "{\"seconds\":60}");
    assert_delivers(s, 1);
    ask(s, 3, "1.3", "fs.write", WRITES("never"));
    for (int64_t n = 2; n <= 3; n++) {
        assert_int_equal(deliver(s, n == 2 ? "[2,3]" : "[]"), n);
        assert_raised(s, "activity", "given up: another task failed");
    }
    assert_int_equal(s->clock.virtual_ms, 2000);
    assert_no_file(k, "never");
    assert_records(s, "attempt result/none result/none result/none");
    /* a replay gives it up again, whenever it is told */
    crash(s);
    ask(s, 1, "1.1", "time.sleep", "{\"seconds\":1}");
    ask(s, 2, "1.2", "time.sleep", "{\"seconds\":60}");
    assert_delivers(s, 1);
    ask(s, 3, "1.3", "fs.write", WRITES("never"));
    for (int64_t n = 2; n <= 3; n++) {
        assert_int_equal(deliver(s, n == 2 ? "[2,3]" : "[]"), n);
        assert_raised(s, "activity", "given up: another task failed");
    }
    land(s);
    stage_close(s);
}

/* Answered before it was given up: it was done, and is told so. */
static void what_is_done_is_not_given_up(void **state)
{
    struct kit *k = *state;
    struct stage *s = virtual_stage(k, "effect=local");
    ask(s, 1, "1.1", "fs.exists", "{\"path\":\"f\"}");
    ask(s, 2, "1.2", "fs.write", WRITES("f"));
    assert_delivers(s, 1);
    assert_int_equal(deliver(s, "[2]"), 2);
    assert_answered(s);
    assert_file(k->root, "f", "new");
    land(s);
    stage_close(s);
}

/* What the attempts before had changed, as attempt_run gathers it. */
static void remember(struct stage *s, const char *const *tasks, size_t n)
{
    struct attempt_log *log = s->p.log;
    struct change *all = mem_alloc(n * sizeof *all);
    for (size_t i = 0; i < n; i++)
        all[i] = (struct change){.asked = log->results[i],
                                 .answered = log->results[i],
                                 .task = tasks[i]};
    land(s);
    stage_attempt(s);
    s->p.earlier = all;
    s->p.n_earlier = n;
}

/* In which order tasks make their changes is chance; each repeats its own. */
static void a_task_repeats_its_own_changes(void **state)
{
    static const char *const tasks[] = {"1.1", "1.2", "1.1"};
    struct kit *k = *state;
    struct stage *s = virtual_stage(k, "effect=local");
    ask(s, 1, "1.1", "fs.append", WRITES("f"));
    ask(s, 2, "1.2", "fs.append", WRITES("g"));
    assert_delivers(s, 1);
    ask(s, 3, "1.1", "fs.append", WRITES("h"));
    assert_delivers(s, 2);
    assert_delivers(s, 3);
    remember(s, tasks, 3);
    ask(s, 1, "1.2", "fs.append", WRITES("g"));
    ask(s, 2, "1.1", "fs.append", WRITES("f"));
    assert_delivers(s, 1);
    assert_delivers(s, 2);
    ask(s, 3, "1.1", "fs.append", WRITES("other"));
    assert_int_equal(deliver(s, "[]"), 3);
    assert_raised(s, "refused", "the journal has `fs.append h`");
    assert_file(k->root, "f", "new");
    assert_file(k->root, "g", "new");
    assert_no_file(k, "other");
    land(s);
    stage_close(s);
}

/* Nobody can say yes: the attempt waits for a person, and what was asked
 * beside it has not begun. */
static void a_question_left_open_ends_it_all(void **state)
{
    struct kit *k = *state;
    struct stage *s = virtual_stage(k, "effect=local");
    s->env.policy.by_class[EFFECT_LOCAL] = VERDICT_ASK;
    ask(s, 1, "1.1", "fs.write", WRITES("f"));
    ask(s, 2, "1.2", "fs.exists", "{\"path\":\"f\"}");
    (void)deliver(s, "[]");
    assert_int_equal(s->st, ST_WAITING);
    land(s);
    assert_records(s, "attempt");
    assert_no_file(k, "f");
    stage_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(who_is_ready_first_is_first),
        door_test(replay_delivers_alike),
        door_test(sleepers_wake_by_the_real_clock),
        door_test(another_request_diverges),
        door_test(a_doubt_that_is_given_up_ends_the_attempts),
        door_test(a_doubt_that_nobody_probes_ends_the_attempts),
        door_test(a_failed_probe_ends_the_attempts),
        door_test(a_probe_hides_its_own_reads),
        door_test(each_doubt_is_settled_by_its_own_intent),
        door_test(what_is_not_wanted_is_given_up),
        door_test(what_is_done_is_not_given_up),
        door_test(a_task_repeats_its_own_changes),
        door_test(a_question_left_open_ends_it_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
