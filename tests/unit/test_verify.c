/* Verify: whatever was changed by hand is told, with its place. */
#include "runkit.h"

#include <fcntl.h>

static const char page_body[] =
    "- [ ] Holds <!-- check: held -->\n- [ ] Open <!-- check: open "
    "-->\n\n" BLOCK("#a", "print('shown') check('held', true)")
        BLOCK("#b effect=local", "fs.write('f', 'x') print(time.now())");

/* Where the run's file `name` is. */
static const char *in_bundle(const struct outcome *o, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "artifacts/ops/%s/%s", o->run, name);
    return path;
}

static void forge_output(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "```text\nshown", "```text\nforged");
}
static void forge_status(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "status=passed", "status=failed");
}
static void change_block(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "print('shown')", "print('other')");
}
static void rename_block(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "{#a}", "{#renamed}");
}
static void reformat(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "<!-- runproof:evidence",
                "\n<!-- runproof:evidence");
}
static void tick(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "[ ] Open", "[x] Open");
}
static void untick(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "[x] Holds", "[ ] Holds");
}
static void cite_another(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "run=sbx-", "run=abx-");
}
static void break_region(const struct outcome *o)
{
    (void)o;
    runkit_edit("page.md", "<!-- /runproof:evidence -->", "");
}
static void flip_journal(const struct outcome *o)
{
    runkit_edit(in_bundle(o, BUNDLE_JOURNAL), "\"step\":\"a\"",
                "\"step\":\"b\"");
}
static void flip_end(const struct outcome *o)
{
    runkit_edit(in_bundle(o, BUNDLE_JOURNAL), "\"held\":true", "\"held\":fals");
}
static void change_log(const struct outcome *o)
{
    runkit_edit(in_bundle(o, "01-a.log"), "shown", "SHOWN");
}
static void change_module(const struct outcome *o)
{
    runkit_edit(in_bundle(o, "lua/prelude.lua"), "-- ", "--- ");
}
static void change_source(const struct outcome *o)
{
    runkit_edit(in_bundle(o, BUNDLE_SOURCE), "shown", "SHOWN");
}
static void change_policy(const struct outcome *o)
{
    runkit_edit(in_bundle(o, BUNDLE_POLICY), "ask", "allow");
}
static void claim_success(const struct outcome *o)
{
    runkit_edit(in_bundle(o, BUNDLE_STATEMENT), "\"status\": \"passed\"",
                "\"status\": \"refused\"");
}
static void claim_environment(const struct outcome *o)
{
    runkit_edit(in_bundle(o, BUNDLE_STATEMENT), "\"environment\": \"sandbox\"",
                "\"environment\": \"production\"");
}
static void drop_statement(const struct outcome *o)
{
    assert_int_equal(unlink(in_bundle(o, BUNDLE_STATEMENT)), 0);
}
static void drop_bundle(const struct outcome *o)
{
    struct err err = {0};
    (void)o;
    assert_int_equal(file_remove_tree("artifacts", &err), ST_OK);
}

static const struct {
    void (*change)(const struct outcome *o);
    enum status st;
    const char *says;
} changes[] = {
    {forge_output, ST_TAMPERED, "evidence of 'a' was changed"},
    {forge_status, ST_TAMPERED, "evidence of 'a' was changed"},
    {change_block, ST_TAMPERED, "evidence of 'a' is stale"},
    {rename_block, ST_TAMPERED, "under no block of that name"},
    {reformat, ST_TAMPERED, "evidence of 'a'"},
    {tick, ST_TAMPERED, "box 'open' is ticked, and no run cited"},
    {untick, ST_TAMPERED, "box 'held' is not ticked"},
    {cite_another, ST_TAMPERED, "bundle missing"},
    {break_region, ST_TAMPERED, "evidence region"},
    {flip_journal, ST_TAMPERED, "chain breaks"},
    {flip_end, ST_TAMPERED, ""},
    {change_log, ST_TAMPERED, "01-a.log was changed"},
    {change_module, ST_TAMPERED, "lua/prelude.lua was changed"},
    {change_source, ST_TAMPERED, "source.md was changed"},
    {change_policy, ST_TAMPERED, "policy.json was changed"},
    {claim_success, ST_TAMPERED, "its status is not the journal's"},
    {claim_environment, ST_TAMPERED, "its environment is not the journal's"},
    {drop_statement, ST_INTERRUPTED, "the run did not end"},
    {drop_bundle, ST_TAMPERED, "bundle missing"},
};

static struct outcome run_once(void)
{
    struct err err = {0};
    struct run_options opt = {0};
    assert_int_equal(file_remove_tree("artifacts", &err), ST_OK);
    runkit_page(page_body);
    struct outcome o = runkit_run(&opt);
    if (o.st != ST_OK)
        fail_msg("%s: %s", buf_cstr(&o.steps), o.err.msg);
    return o;
}

static void whatever_was_changed_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct outcome o = run_once();
        changes[i].change(&o);
        struct findings f = runkit_verify("page.md");
        if (!f.n || f.first.st != changes[i].st ||
            !strstr(f.first.msg, changes[i].says))
            fail_msg("row %zu (%s): %zu findings, %s: %s", i, changes[i].says,
                     f.n, status_name(f.first.st), f.first.msg);
        outcome_release(&o);
    }
}

/* Every byte of the evidence is guarded: each flipped in turn. */
static void every_byte_of_a_region_is_guarded(void **state)
{
    (void)state;
    struct outcome o = run_once();
    struct buf text = {0};
    runkit_read("page.md", &text);
    size_t begin = span_find(buf_view(&text), SPAN("<!-- runproof:evi"), 0);
    size_t end = span_find(buf_view(&text), SPAN("<!-- /runproof"), begin);
    assert_true(begin < end && end < text.n);
    for (size_t i = begin; i < end; i++) {
        text.p[i] ^= 1;
        kit_put(".", "page.md", "");
        int fd = open("page.md", O_WRONLY | O_TRUNC);
        assert_int_equal(write(fd, text.p, text.n), text.n);
        close(fd);
        struct findings f = runkit_verify("page.md");
        if (!f.n)
            fail_msg("byte %zu of the region, '%c', is not guarded", i - begin,
                     text.p[i]);
        text.p[i] ^= 1;
    }
    buf_release(&text);
    outcome_release(&o);
}

/* A page may cite several runs; each is read. */
static void pages_of_several_runs(void **state)
{
    (void)state;
    struct outcome o = run_once();
    struct run_options part = {.only = "b", .touch = true};
    struct outcome r = runkit_run(&part);
    struct verify_count count;
    struct findings f = {0};
    struct err err = {0};
    struct json *cited = json_new(JSON_ARRAY);
    assert_int_equal(r.st, ST_OK);
    assert_int_equal(
        verify_page("page.md", NULL, runkit_note, &f, &count, cited, &err),
        ST_OK);
    if (f.n)
        fail_msg("%s", f.first.msg);
    assert_int_equal(count.regions, 2);
    assert_int_equal(count.runs, 2);
    assert_int_equal(json_size(cited), 2);
    json_free(cited);
    outcome_release(&o);
    outcome_release(&r);
}

/* The bundle stands alone: no page, no configuration, no fixture. */
static void replays_need_no_world(void **state)
{
    (void)state;
    struct outcome o = run_once();
    struct err err = {0};
    struct findings f = {0};
    assert_int_equal(file_remove_tree("world", &err), ST_OK);
    assert_int_equal(unlink("page.md"), 0);
    assert_int_equal(unlink("runproof.yaml"), 0);
    if (verify_replay(o.run, runkit_note, &f) != ST_OK)
        fail_msg("%s", f.first.msg);
    outcome_release(&o);
}

int main(void)
{
    struct err err = {0};
    const struct CMUnitTest tests[] = {
        runkit_test(whatever_was_changed_is_told),
        runkit_test(every_byte_of_a_region_is_guarded),
        runkit_test(pages_of_several_runs),
        runkit_test(replays_need_no_world),
    };
    if (worker_zygote(&err) != ST_OK)
        return 1;
    int bad = cmocka_run_group_tests(tests, NULL, NULL);
    worker_zygote_stop();
    return bad;
}
