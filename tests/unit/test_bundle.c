/* Bundles: their names, their blobs, and a statement that misses nothing. */
#include "port_kit.h"

#include <unistd.h>

#include "arena.h"
#include "bundle.h"
#include "names.h"

#define RUN "sbx-0123456789abcdef"

/* A published bundle of one journal line and one log. */
static struct bundle made(const struct kit *k, struct arena *a)
{
    struct bundle b;
    struct err err = {0};
    if (bundle_create(&b, k->root, "ops", RUN, "hidden", a, &err) != ST_OK ||
        bundle_put(&b, BUNDLE_JOURNAL, SPAN("{}\n"), &err) != ST_OK ||
        bundle_put(&b, BUNDLE_SOURCE, SPAN("# page\n"), &err) != ST_OK ||
        bundle_put(&b, "01-a.log", SPAN("log\n"), &err) != ST_OK ||
        bundle_add(&b, "lua/sandbox/x.lua", SPAN("return 1\n"), &err) !=
            ST_OK ||
        bundle_publish(&b, k->root, a, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return b;
}

static void names_get_suffixes(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    static const char *const want[] = {RUN, RUN "-2", RUN "-3"};
    for (int i = 0; i < 3; i++) {
        struct bundle b = made(k, &a);
        assert_string_equal(b.name, want[i]);
        assert_string_equal(b.rel, path_join(&a, "artifacts/ops", want[i]));
        assert_string_equal(b.dir, path_join(&a, k->root, b.rel));
        assert_true(file_is_dir(bundle_path(&b, "blobs", &a)));
        assert_file(b.dir, "lua/sandbox/x.lua", "return 1\n");
    }
    arena_release(&a);
}

static void nothing_is_seen_before_it_is_whole(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct bundle b;
    struct bundle other;
    struct err err = {0};
    char place[120];
    snprintf(place, sizeof place, "%s/artifacts/ops/%s", k->root, RUN);
    assert_int_equal(bundle_create(&b, k->root, "ops", RUN, "h1", &a, &err),
                     ST_OK);
    assert_int_equal(bundle_put(&b, BUNDLE_JOURNAL, SPAN("{}\n"), &err), ST_OK);
    assert_false(file_exists(place));
    assert_int_equal(bundle_find(&other, k->root, RUN, &a, &err), ST_INPUT);
    err_clear(&err);

    /* another run of the same id was quicker */
    (void)made(k, &a);
    assert_int_equal(bundle_publish(&b, k->root, &a, &err), ST_LOCKED);
    err_clear(&err);
    assert_int_equal(bundle_find(&other, k->root, RUN, &a, &err), ST_OK);
    arena_release(&a);
}

static void owners_are_plain_names(void **state)
{
    struct kit *k = *state;
    static const char *const wrong[] = {"",    "..",    ".",   ".hidden",
                                        "a/b", "../up", "a b", "\xFF"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arena a = {0};
        struct bundle b;
        struct err err = {0};
        assert_int_equal(
            bundle_create(&b, k->root, wrong[i], RUN, "h", &a, &err), ST_INPUT);
        assert_non_null(strstr(err.msg, "must be a plain name"));
        arena_release(&a);
    }
    assert_false(file_exists(kit_path(k->root, "artifacts")));
}

static void bundles_are_found(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct err err = {0};
    struct bundle b;
    const char *dir = made(k, &a).dir;
    assert_int_equal(bundle_find(&b, k->root, RUN, &a, &err), ST_OK);
    assert_string_equal(b.rel, "artifacts/ops/" RUN);
    assert_int_equal(
        bundle_find(&b, "/nowhere", arena_printf(&a, "%s/", dir), &a, &err),
        ST_OK);
    assert_string_equal(b.dir, dir);
    assert_string_equal(b.name, RUN);
    static const struct {
        const char *run, *says;
    } wrong[] = {
        {"sbx-none", "bundle missing: no run 'sbx-none'"},
        {"../ops/" RUN, "no bundle at"},
        {"..", "no bundle at"},
        {"/tmp", "no bundle at '/tmp': no journal.jsonl"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(bundle_find(&b, k->root, wrong[i].run, &a, &err),
                         ST_INPUT);
        if (!strstr(err.msg, wrong[i].says))
            fail_msg("%s: %s", wrong[i].run, err.msg);
        err_clear(&err);
    }
    arena_release(&a);
}

/* --- values and blobs -------------------------------------------------- */

static struct json *folded(const struct bundle *b, struct json *value)
{
    struct json *stored = NULL;
    struct err err = {0};
    if (bundle_fold(b, value, &stored, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return stored;
}

static void values_come_back(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct bundle b = made(k, &a);
    char *big = arena_alloc(&a, BUNDLE_BLOB_BYTES + 1);
    memset(big, 'x', BUNDLE_BLOB_BYTES);
    const struct {
        const char *text;
        bool blob;
    } rows[] = {
        {"null", false},
        {"{\"status\":200}", false},
        {"[1,2]", false},
        {arena_printf(&a, "\"%.*s\"", (int)BUNDLE_BLOB_BYTES - 2, big), false},
        {arena_printf(&a, "\"%s\"", big), true},
        {arena_printf(&a, "{\"body\":\"%s\"}", big), true},
        /* what looks like one from outside must not pass for one */
        {"{\"$blob\":\"00\"}", true},
        {"{\"$blob\":null,\"a\":1}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        struct json *back = NULL;
        struct json *stored = folded(&b, kit_json(rows[i].text));
        const char *sha = json_str(json_get(stored, "$blob"));
        struct json *want = kit_json(rows[i].text);
        assert_int_equal(rows[i].blob, sha && strlen(sha) == 64);
        assert_int_equal(bundle_unfold(&b, stored, &back, &err), ST_OK);
        assert_true(json_equal(back, want));
        json_free(want);
        json_free(back);
        json_free(stored);
    }
    arena_release(&a);
}

static void changed_blobs_are_told(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct bundle b = made(k, &a);
    struct err err = {0};
    struct json *back = NULL;
    char *big = arena_alloc(&a, BUNDLE_BLOB_BYTES + 1);
    memset(big, 'x', BUNDLE_BLOB_BYTES);
    struct json *stored = folded(&b, json_new_str(big));
    const char *name =
        arena_printf(&a, "blobs/%s", json_get_str(stored, "$blob", ""));
    kit_put(b.dir, name, "\"xx\"");
    assert_int_equal(bundle_unfold(&b, stored, &back, &err), ST_TAMPERED);
    assert_non_null(strstr(err.msg, name));
    err_clear(&err);
    assert_int_equal(unlink(bundle_path(&b, name, &a)), 0);
    assert_int_equal(bundle_unfold(&b, stored, &back, &err), ST_TAMPERED);
    err_clear(&err);
    json_put_str(stored, "$blob", "../" BUNDLE_JOURNAL);
    assert_int_equal(bundle_unfold(&b, stored, &back, &err), ST_TAMPERED);
    json_free(stored);
    arena_release(&a);
}

/* --- the statement ----------------------------------------------------- */

static struct statement statement(const struct json *vcs)
{
    return (struct statement){.runbook = "page.md",
                              .source = hash_sha256(SPAN("# page\n")),
                              .head = hash_sha256(SPAN("{}")),
                              .run = RUN,
                              .environment = "sandbox",
                              .status = "passed",
                              .vcs = vcs,
                              .started_ms = 1795438800000,
                              .ended_ms = 1795438801000};
}

static void the_statement_names_every_file(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct err err = {0};
    struct bundle b = made(k, &a);
    struct json *vcs = kit_json("{\"sha\":\"c0ffee\",\"dirty\":true}");
    struct statement s = statement(vcs);
    struct json *got = NULL;
    assert_int_equal(bundle_check(&b, &got, &err), ST_INTERRUPTED);
    assert_non_null(strstr(err.msg, "runproof resume " RUN));
    err_clear(&err);
    assert_int_equal(bundle_attest(&b, &s, &err), ST_OK);
    assert_int_equal(bundle_check(&b, &got, &err), ST_OK);
    assert_string_equal(json_get_str(got, "_type", ""),
                        "https://in-toto.io/Statement/v1");
    const struct json *p = json_get(got, "predicate");
    assert_string_equal(json_get_str(p, "head", ""), s.head.hex);
    assert_string_equal(json_get_str(p, "status", ""), "passed");
    assert_string_equal(json_get_str(p, "started", ""), "2026-11-23T13:00:00Z");
    assert_true(json_equal(json_get(p, "vcs"), vcs));
    static const char *const names[] = {"page.md", "01-a.log",
                                        "lua/sandbox/x.lua", BUNDLE_SOURCE};
    const struct json *subject = json_first(json_get(got, "subject"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_string_equal(json_get_str(subject, "name", ""), names[i]);
        subject = json_next(subject);
    }
    assert_null(subject);
    json_free(got);
    json_free(vcs);
    arena_release(&a);
}

/* Then the statement says so, whatever is in the file. */
static void known_files_are_not_read(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct err err = {0};
    struct names known = {0};
    struct bundle b = made(k, &a);
    struct statement s = statement(NULL);
    struct json *got = NULL;
    struct digest d = hash_sha256(SPAN("return 1\n"));
    s.known = &known;
    names_put(&known, SPAN("lua/sandbox/x.lua"), d.hex);
    names_put(&known, SPAN("lua/gone.lua"), d.hex);
    assert_int_equal(bundle_attest(&b, &s, &err), ST_OK);
    assert_int_equal(bundle_check(&b, &got, &err), ST_OK);
    json_free(got);
    got = NULL;
    kit_put(b.dir, "lua/sandbox/x.lua", "return 2\n");
    assert_int_equal(bundle_attest(&b, &s, &err), ST_OK);
    assert_int_equal(bundle_check(&b, &got, &err), ST_TAMPERED);
    assert_non_null(strstr(err.msg, "lua/sandbox/x.lua was changed"));
    names_release(&known);
    arena_release(&a);
}

static void change_log(const struct bundle *b)
{
    kit_put(b->dir, "01-a.log", "lag\n");
}
static void remove_module(const struct bundle *b)
{
    assert_int_equal(unlink(kit_path(b->dir, "lua/sandbox/x.lua")), 0);
}
static void add_file(const struct bundle *b)
{
    kit_put(b->dir, "lua/extra.lua", "");
}
static void add_blob(const struct bundle *b)
{
    kit_put(b->dir, "blobs/00", "");
}
static void garble_statement(const struct bundle *b)
{
    kit_put(b->dir, BUNDLE_STATEMENT, "{\n");
}
static void empty_statement(const struct bundle *b)
{
    kit_put(b->dir, BUNDLE_STATEMENT, "{}\n");
}

static void a_changed_bundle_is_told(void **state)
{
    struct kit *k = *state;
    static const struct {
        void (*change)(const struct bundle *b);
        const char *says;
    } rows[] = {
        {change_log, "01-a.log was changed"},
        {remove_module, "lua/sandbox/x.lua is missing"},
        {add_file, "lua/extra.lua is not in run.intoto.json: it was added"},
        {add_blob, "blobs/00 is not in run.intoto.json: it was added"},
        {garble_statement, "run.intoto.json was changed"},
        {empty_statement, "it was added"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct err err = {0};
        struct json *got = NULL;
        struct bundle b = made(k, &a);
        struct statement s = statement(NULL);
        assert_int_equal(bundle_attest(&b, &s, &err), ST_OK);
        rows[i].change(&b);
        assert_int_equal(bundle_check(&b, &got, &err), ST_TAMPERED);
        if (got || !strstr(err.msg, rows[i].says) || !strstr(err.msg, b.rel))
            fail_msg("%s: %s", rows[i].says, err.msg);
        arena_release(&a);
    }
}

static void the_page_of_a_bundle(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct err err = {0};
    struct bundle b = made(k, &a);
    struct statement s = statement(NULL);
    const char *path = NULL;
    const char *source = bundle_path(&b, BUNDLE_SOURCE, &a);
    assert_int_equal(bundle_page(&b, k->root, &a, &path, &err), ST_OK);
    assert_string_equal(path, source);
    assert_int_equal(bundle_attest(&b, &s, &err), ST_OK);
    assert_int_equal(bundle_page(&b, k->root, &a, &path, &err), ST_OK);
    assert_string_equal(path, source);
    kit_put(k->root, "page.md", "# page\n");
    assert_int_equal(bundle_page(&b, k->root, &a, &path, &err), ST_OK);
    assert_string_equal(path, path_join(&a, k->root, "page.md"));
    arena_release(&a);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(names_get_suffixes),
        kit_test(nothing_is_seen_before_it_is_whole),
        kit_test(owners_are_plain_names),
        kit_test(bundles_are_found),
        kit_test(values_come_back),
        kit_test(changed_blobs_are_told),
        kit_test(the_statement_names_every_file),
        kit_test(known_files_are_not_read),
        kit_test(a_changed_bundle_is_told),
        kit_test(the_page_of_a_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
