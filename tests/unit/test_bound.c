/* A run that is held to a plan: its changes, in its order, and no others. */
#include "stage.h"

#include "bound.h"

/* A change of step a: its number, what it writes, by which task. */
struct planned {
    const char *op, *args, *task, *binds;
    bool refused;
};

static struct json *change_json(const struct planned *p, int64_t n)
{
    struct json *c = json_new(JSON_OBJECT);
    struct json *args = json_put(c, "args", kit_json(p->args));
    json_put_str(c, "step", "a");
    json_put_int(c, "n", n);
    json_put(c, "task", json_new_str(p->task));
    json_put_str(c, "op", p->op);
    json_put_str(c, "class", "local");
    json_put(c, "row", json_new(JSON_NULL));
    json_put_str(c, "object", "x");
    json_put_str(c, "digest", plan_change_digest(p->op, args).hex);
    json_put(c, "binds", kit_json(p->binds ? p->binds : "{}"));
    json_put_bool(c, "refused", p->refused);
    json_put(c, "before", json_new(JSON_NULL));
    json_put(c, "after", json_new(JSON_NULL));
    return c;
}

/* The stage's run is held to a plan of n changes. */
static void hold(struct stage *s, const struct planned *list, size_t n)
{
    struct json *whole =
        kit_json("{\"type\":\"runproof/plan/v1\",\"runbook\":\"page.md\","
                 "\"environment\":\"staging\",\"source\":\"\",\"inputs\":{},"
                 "\"modules\":\"\",\"policy\":\"\",\"config\":null,"
                 "\"changes\":[],\"reads\":[],\"stops\":[]}");
    struct json *changes = (struct json *)json_get(whole, "changes");
    const char *path = path_join(&s->arena, s->k->dir, "plan.json");
    for (size_t i = 0; i < n; i++)
        json_push(changes, change_json(&list[i], (int64_t)i + 1));
    if (plan_file_write(path, whole, &s->err) != ST_OK ||
        bound_open(path, "run-1", clock_now_ms(&s->clock), &s->door.bound,
                   &s->err) != ST_OK)
        fail_msg("%s", s->err.msg);
    s->door.holes = bound_holes(s->door.bound);
    json_free(whole);
}

static void let_go(struct stage *s)
{
    bound_free(s->door.bound);
    stage_close(s);
}

static void assert_stopped(const struct stage *s, const char *why)
{
    assert_int_equal(s->st, ST_WAITING);
    if (!strstr(s->err.msg, why))
        fail_msg("\"%s\" does not say \"%s\"", s->err.msg, why);
    if (!strstr(s->err.msg, "nothing was sent"))
        fail_msg("%s", s->err.msg);
}

#define PUT(name, text) "{\"path\":\"" name "\",\"text\":\"" text "\"}"

static void only_the_next_change_is_made(void **state)
{
    static const struct planned list[] = {
        {"fs.write", PUT("f", "one rp-hole-0"), NULL,
         "{\"rp-hole-1\":\"/sha256\"}", false},
        {"fs.write", PUT("g", "of rp-hole-1"), NULL, NULL, false},
        {"fs.remove", "{\"path\":\"f\"}", NULL, NULL, false},
    };
    struct stage *s = stage_open(*state, "effect=local");
    hold(s, list, 3);
    stage_do(s, "fs.write", PUT("g", "x"));
    assert_stopped(s, "not the plan's change 1: expected in step 'a' "
                      "`fs.write f`, asked `fs.write g`: path: planned "
                      "\"f\", asked \"g\"");
    assert_false(file_exists(kit_path(s->k->root, "g")));
    stage_do(s, "fs.write", PUT("f", "one run-2"));
    assert_stopped(s, "text: planned \"one rp-hole-0\", asked \"one run-2\"");
    stage_do(s, "fs.read", "{\"path\":\"nothing\"}"); /* reads are free */
    assert_int_equal(s->st, ST_OK);
    stage_do(s, "fs.write", PUT("f", "one run-1"));
    assert_int_equal(s->st, ST_OK);
    assert_int_equal(bound_left(s->door.bound), 2);
    char sha[65];
    snprintf(sha, sizeof sha, "%s",
             json_get_str(json_get(s->answer, "value"), "sha256", ""));
    stage_do(s, "fs.remove", "{\"path\":\"f\"}");
    assert_stopped(s, "not the plan's change 2");
    stage_do(s, "fs.write", "{\"path\":\"g\",\"text\":\"of %s\"}", sha);
    assert_int_equal(s->st, ST_OK);
    stage_do(s, "fs.remove", "{\"path\":\"f\"}");
    assert_int_equal(s->st, ST_OK);
    assert_int_equal(bound_left(s->door.bound), 0);
    stage_do(s, "fs.remove", "{\"path\":\"f\"}");
    assert_stopped(s, "no further change (all of it is done)");
    let_go(s);
}

static void what_failed_may_be_asked_again(void **state)
{
    static const struct planned list[] = {
        {"fs.write", PUT("d/f", "x"), NULL, NULL, false},
        {"fs.remove", "{\"path\":\"e\"}", NULL, NULL, false},
    };
    struct stage *s = stage_open(*state, "effect=local");
    struct err err = {0};
    hold(s, list, 2);
    stage_do(s, "fs.write", PUT("d/f", "x"));
    assert_raised(s, "activity", "make its folder first");
    assert_int_equal(bound_left(s->door.bound), 2);
    stage_do(s, "fs.remove", "{\"path\":\"e\"}");
    assert_stopped(s, "not the plan's change 1");
    assert_int_equal(file_mkdirs(path_join(&s->arena, s->k->root, "d"), &err),
                     ST_OK);
    stage_do(s, "fs.write", PUT("d/f", "x"));
    assert_int_equal(s->st, ST_OK);
    assert_int_equal(bound_left(s->door.bound), 1);
    /* after a break the journal tells what was made */
    bound_free(s->door.bound);
    hold(s, list, 2);
    assert_int_equal(bound_catch_up(&s->door, &err), ST_OK);
    assert_int_equal(bound_left(s->door.bound), 1);
    stage_do(s, "fs.remove", "{\"path\":\"e\"}");
    assert_int_equal(s->st, ST_OK);
    /* and that it was in the plan */
    bound_free(s->door.bound);
    hold(s, list, 1);
    assert_int_equal(bound_catch_up(&s->door, &err), ST_TAMPERED);
    assert_non_null(strstr(err.msg, "the journal has a change that is"));
    let_go(s);
}

/* Which of the plan's changes, by these tasks, the task may make first. */
static void tasks_of_one_group_do_not_wait_for_each_other(void **state)
{
    static const struct {
        const char *planned, *asks;
        bool may;
    } rows[] = {
        {"1.1", "1.1", true},
        {"1.1", "1.2", false},
        {"1.1 1.2", "1.2", true},
        {"1.1 1.12", "1.12", true},
        {"1.1 2.1", "2.1", false},
        {"1.1 -", "-", false},
        {"- 1.1", "1.1", false},
        {"1.1/1.1 1.1", "1.1", false},
        {"1.1 1.1/1.1", "1.1/1.1", false},
        {"1.1/1.1 1.2/1.1", "1.2/1.1", true},
        {"1.1/1.1 1.1/2.1", "1.1/2.1", false},
        {"1.1/1.1 1.1/1.2", "1.1/1.2", true},
        {"1.1 1.1 1.2", "1.2", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(*state, "effect=local");
        struct planned list[4];
        size_t n = 0;
        struct span rest = span_of(rows[i].planned);
        for (; rest.n; n++) {
            const char *task = span_dup(&s->arena, span_cut(&rest, ' '));
            /* the last one is what is asked */
            list[n] = (struct planned){.op = "fs.remove",
                                       .args = rest.n ? "{\"path\":\"other\"}"
                                                      : "{\"path\":\"f\"}",
                                       .task = *task == '-' ? NULL : task};
        }
        hold(s, list, n);
        struct json *args = kit_json("{\"path\":\"f\"}");
        struct activity a = {.n = 1,
                             .op = "fs.remove",
                             .args = args,
                             .task =
                                 *rows[i].asks == '-' ? NULL : rows[i].asks};
        struct err err = {0};
        bool may = bound_admit(&s->door, &s->p, &a, &err) == ST_OK;
        if (may != rows[i].may)
            fail_msg("%s asks of %s: %s", rows[i].asks, rows[i].planned,
                     err.msg);
        json_free(args);
        let_go(s);
    }
}

static void a_refusal_that_was_planned_is_behind_the_run(void **state)
{
    static const struct planned list[] = {
        {"fs.remove", "{\"path\":\"f\"}", NULL, NULL, true},
        {"fs.remove", "{\"path\":\"f\"}", NULL, NULL, false},
    };
    struct stage *s = stage_open(*state, "effect=local");
    hold(s, list, 2);
    struct json *args = kit_json("{\"path\":\"f\"}");
    struct activity a = {.n = 1, .op = "fs.remove", .args = args};
    struct err err = {0};
    struct span step = SPAN("a");
    assert_int_equal(bound_admit(&s->door, &s->p, &a, &err), ST_OK);
    bound_made(s->door.bound, step, 1, false, NULL);
    assert_int_equal(bound_left(s->door.bound), 1);
    a.n = 2;
    assert_int_equal(bound_admit(&s->door, &s->p, &a, &err), ST_OK);
    bound_made(s->door.bound, step, 2, false, NULL);
    assert_int_equal(bound_left(s->door.bound), 1); /* to be made again */
    json_free(args);
    let_go(s);
}

/* An approval holds to the millisecond of its time, and not longer. */
static void a_policy_that_wants_a_plan_wants_it_approved(void **state)
{
    static const struct planned list[] = {
        {"fs.write", PUT("f", "x"), NULL, NULL, false},
    };
    static const struct {
        int until_ms; /* from now; 1: never approved */
        const char *says;
    } rows[] = {{1, "the plan needs approval"},
                {-1, "the plan was approved until"},
                {0, NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage *s = stage_open(*state, "effect=local");
        s->env.policy.by_class[EFFECT_LOCAL] = VERDICT_PLAN;
        hold(s, list, 1);
        if (rows[i].until_ms <= 0)
            bound_approve(s->door.bound,
                          clock_now_ms(&s->clock) + rows[i].until_ms);
        stage_do(s, "fs.write", PUT("f", "x"));
        if (rows[i].says)
            assert_stopped(s, rows[i].says);
        else
            assert_int_equal(s->st, ST_OK);
        let_go(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(only_the_next_change_is_made),
        door_test(what_failed_may_be_asked_again),
        door_test(tasks_of_one_group_do_not_wait_for_each_other),
        door_test(a_refusal_that_was_planned_is_behind_the_run),
        door_test(a_policy_that_wants_a_plan_wants_it_approved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
