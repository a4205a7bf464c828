/* The door of a replay: the journal alone answers, and only what was asked. */
#include "stage.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        door_test(a_replay_gives_the_same),
        door_test(divergence_names_place_and_difference),
        door_test(a_blob_that_was_changed_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
