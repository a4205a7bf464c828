/* The simulated world: its fixture, its tree, its answers. */
#include "port_kit.h"

#include <unistd.h>

#include "arena.h"
#include "worker.h"
#include "world.h"

#define EPOCH_MS INT64_C(1795438800000) /* 2026-11-23T13:00:00Z */

static const char world_text[] =
    "{\"epoch\":\"2026-11-23T13:00:00Z\",\"env\":{\"fly\":{\"app\":\"shop\"}},"
    "\"secrets\":{\"T\":\"token-token\"},"
    "\"commits\":[{\"message\":\"first\",\"author\":\"A\","
    "\"email\":\"a@example.org\",\"time\":\"2026-11-20T09:00:00Z\","
    "\"add\":[\"sub\"]}]}";

static void make_fixture(const struct kit *k, const char *world)
{
    struct err err = {0};
    assert_int_equal(file_mkdirs(kit_path(k->root, "f/tree/sub"), &err), ST_OK);
    kit_put(k->root, "f/world.json", world);
    kit_put(k->root, "f/tree/a.txt", "a");
    kit_put(k->root, "f/tree/sub/b.txt", "b");
}

static struct world *opened(const struct kit *k)
{
    struct world *w = NULL;
    struct err err = {0};
    if (world_open(k->root, "f", &w, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return w;
}

static void fixtures_are_read(void **state)
{
    struct kit *k = *state;
    make_fixture(k, world_text);
    struct world *w = opened(k);
    assert_int_equal(world_epoch_ms(w), EPOCH_MS);
    assert_string_equal(
        json_get_str(json_get(world_settings(w), "fly"), "app", ""), "shop");
    assert_string_equal(json_get_str(world_secrets(w), "T", ""), "token-token");
    world_close(w);

    make_fixture(k, "{}");
    w = opened(k);
    assert_int_equal(world_epoch_ms(w), -1);
    assert_null(world_settings(w));
    world_close(w);
    world_close(NULL);
}

static void wrong_fixtures(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *world; /* NULL: no file */
        const char *says;
        int line;
    } rows[] = {
        {NULL, "no world.json in this folder", 0},
        {"", "", 1},
        {"{\n  \"epoch\": \n}", "", 3},
        {"[]", "a world is an object", 0},
        {"{\"a\":1,\"a\":2}", "", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world *w = NULL;
        struct err err = {0};
        make_fixture(k, rows[i].world ? rows[i].world : "");
        if (!rows[i].world)
            assert_int_equal(unlink(kit_path(k->root, "f/world.json")), 0);
        assert_int_equal(world_open(k->root, "f", &w, &err), ST_INPUT);
        assert_null(w);
        if (!strstr(err.msg, rows[i].says) || err.line != rows[i].line ||
            strcmp(err.file, "f") != 0)
            fail_msg("row %zu: %s:%d: %s", i, err.file, err.line, err.msg);
    }
}

/* Part of a run's id: the same fixture the same digest, any change another. */
static void the_digest_sees_every_file(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *name, *text;
    } changes[] = {
        {"f/world.json", "{}"},
        {"f/tree/a.txt", "b"},
        {"f/tree/sub/b.txt", ""},
        {"f/tree/c.txt", ""},
    };
    make_fixture(k, world_text);
    struct world *w = opened(k);
    struct digest first = world_digest(w);
    world_close(w);
    w = opened(k);
    assert_string_equal(world_digest(w).hex, first.hex);
    world_close(w);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        make_fixture(k, world_text);
        kit_put(k->root, changes[i].name, changes[i].text);
        w = opened(k);
        if (strcmp(world_digest(w).hex, first.hex) == 0)
            fail_msg("%s is not seen", changes[i].name);
        world_close(w);
        assert_int_equal(
            file_remove_tree(kit_path(k->root, "f"), &(struct err){0}), ST_OK);
    }
}

struct started {
    struct arena arena;
    struct luafile *modules;
    size_t n;
    char dir[96];
    struct world *world;
};

static void start(const struct kit *k, struct started *s)
{
    struct err err = {0};
    if (!s->modules)
        assert_int_equal(
            luafiles_load(NULL, &s->arena, &s->modules, &s->n, &err), ST_OK);
    snprintf(s->dir, sizeof s->dir, "%s/runs/world", k->dir);
    s->world = opened(k);
    if (world_start(s->world, s->dir, s->modules, s->n, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static void the_tree_is_a_copy_that_a_resume_keeps(void **state)
{
    struct kit *k = *state;
    struct started s = {0};
    struct err err = {0};
    make_fixture(k, world_text);
    start(k, &s);
    const char *tree = world_tree(s.world);
    assert_file(tree, "sub/b.txt", "b");
    assert_true(file_is_dir(kit_path(tree, ".git")));
    kit_put(tree, "a.txt", "changed by a run");
    assert_file(k->root, "f/tree/a.txt", "a");
    world_close(s.world);

    start(k, &s); /* again: as a resume does */
    assert_file(world_tree(s.world), "a.txt", "changed by a run");
    world_close(s.world);

    /* one whose making was cut off is made again */
    assert_int_equal(unlink(kit_path(s.dir, "shas.json")), 0);
    start(k, &s);
    assert_file(world_tree(s.world), "a.txt", "a");
    world_close(s.world);
    assert_int_equal(file_remove_tree(kit_path(k->dir, "runs"), &err), ST_OK);
    arena_release(&s.arena);
}

/* Whatever is asked, there is an answer; what no service has is an error. */
static void simulators_answer(void **state)
{
    struct kit *k = *state;
    static const char *const requests[] = {
        "{\"method\":\"GET\",\"url\":\"https://nobody.example/\"}",
        "{\"method\":\"GET\",\"url\":\"https://api.github.com/nothing\"}",
        "{\"method\":\"GET\",\"url\":\"\"}",
        "{}",
    };
    struct started s = {0};
    make_fixture(k, world_text);
    start(k, &s);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct json *q = kit_json(requests[i]);
        struct json *answer = NULL;
        struct err err = {0};
        if (world_request(s.world, q, EPOCH_MS, &answer, &err) != ST_OK)
            fail_msg("%s: %s", requests[i], err.msg);
        assert_true(json_get_int(answer, "status", 0) >= 400);
        json_free(answer);
        json_free(q);
    }
    world_close(s.world);
    arena_release(&s.arena);
}

/* A module that does not load is told with its own words, when simulators are
 * needed. */
static void broken_simulators(void **state)
{
    struct kit *k = *state;
    struct started s = {0};
    struct err err = {0};
    make_fixture(k, world_text);
    start(k, &s);
    world_close(s.world);
    for (size_t i = 0; i < s.n; i++)
        if (strcmp(s.modules[i].name, "sandbox/init") == 0)
            s.modules[i] = (struct luafile){
                .name = "sandbox/init",
                .text = SPAN("error('of a simulator')"),
            };
    start(k, &s);
    enum status st = world_wake(s.world, &err);
    if (st != ST_INPUT || !strstr(err.msg, "of a simulator"))
        fail_msg("%s: %s", status_name(st), err.msg);
    err_clear(&err);
    struct json *q = kit_json("{}");
    struct json *answer = NULL;
    st = world_request(s.world, q, EPOCH_MS, &answer, &err);
    if (st != ST_INTERNAL || !strstr(err.msg, "of a simulator") ||
        !strstr(err.file, "f/world.json"))
        fail_msg("%s: %s: %s", status_name(st), err.file, err.msg);
    json_free(q);
    world_close(s.world);
    arena_release(&s.arena);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    struct err err = {0};
    const struct CMUnitTest tests[] = {
        kit_test(fixtures_are_read),
        kit_test(wrong_fixtures),
        kit_test(the_digest_sees_every_file),
        kit_test(the_tree_is_a_copy_that_a_resume_keeps),
        kit_test(simulators_answer),
        kit_test(broken_simulators),
    };
    if (worker_zygote(&err) != ST_OK)
        return 1;
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
