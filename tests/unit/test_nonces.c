/* Used nonces: in journals, in the list, and not in the run's own bundle. */
#include "nonces.h"

#include "port_kit.h"

#include "arena.h"

#define NONCE "00112233445566778899aabbccddeeff"

static void put_journal(const struct kit *k, const char *bundle,
                        struct span text)
{
    struct arena a = {0};
    struct err err = {0};
    const char *dir = path_join(&a, k->root, bundle);
    assert_int_equal(file_mkdirs(dir, &err), ST_OK);
    assert_int_equal(
        file_write(path_join(&a, dir, "journal.jsonl"), text, &err), ST_OK);
    arena_release(&a);
}

static void assert_used_by(const struct kit *k, const char *own,
                           const char *want)
{
    struct arena a = {0};
    struct err err = {0};
    const char *run = "?";
    assert_int_equal(nonces_find(k->root, NONCE, own, &a, &run, &err), ST_OK);
    if (want)
        assert_string_equal(run, want);
    else
        assert_null(run);
    arena_release(&a);
}

static void unused(void **state)
{
    assert_used_by(*state, NULL, NULL);
    put_journal(*state, "artifacts/ops/r1",
                SPAN("{\"other\":\"" NONCE "\",\"nonce\":\"x\"}\n"));
    assert_used_by(*state, NULL, NULL);
}

static void in_a_journal(void **state)
{
    put_journal(*state, "artifacts/ops/r1", SPAN("{}\n"));
    put_journal(*state, "artifacts/dev/r2",
                SPAN("{\"given\":[{\"nonce\":\"" NONCE "\"}]}\n"));
    assert_used_by(*state, NULL, "r2");
    assert_used_by(*state, "r1", "r2");
    assert_used_by(*state, "r2", NULL);
}

/* Wherever it stands, also across the pieces in which a file is read, and in
 * a journal that is no JSON. */
static void in_a_large_journal(void **state)
{
    static const size_t at[] = {0, 65530, 65536, 65536 - 41, 131072 - 20};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        struct buf text = {0};
        while (text.n < at[i])
            buf_char(&text, 'x');
        buf_str(&text, "\"nonce\":\"" NONCE "\"");
        while (text.n < 200000)
            buf_char(&text, '\0');
        put_journal(*state, "artifacts/ops/r1", buf_view(&text));
        assert_used_by(*state, NULL, "r1");
        buf_release(&text);
    }
}

static void a_hidden_bundle_never_ran(void **state)
{
    put_journal(*state, "artifacts/ops/.r1",
                SPAN("{\"nonce\":\"" NONCE "\"}\n"));
    assert_used_by(*state, NULL, NULL);
}

static void in_the_list(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    const char *other = "ffeeddccbbaa99887766554433221100";
    assert_int_equal(nonces_note(k->root, other, "r8", &err), ST_OK);
    assert_used_by(k, NULL, NULL);
    assert_int_equal(nonces_note(k->root, NONCE, "r9", &err), ST_OK);
    assert_int_equal(nonces_note(k->root, NONCE, "r9", &err), ST_OK);
    assert_used_by(k, NULL, "r9");
    assert_used_by(k, "r9", NULL);
    struct buf want = {0};
    buf_printf(&want, "%s r8\n" NONCE " r9\n", other);
    assert_file(k->root, ".runproof/nonces", buf_cstr(&want));
    buf_release(&want);
}

/* What cannot be read is not taken for unused. */
static void an_unreadable_journal(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct err err = {0};
    const char *run = NULL;
    const char *dir = path_join(&a, k->root, "artifacts/ops/r1/journal.jsonl");
    assert_int_equal(file_mkdirs(dir, &err), ST_OK);
    assert_int_equal(nonces_find(k->root, NONCE, NULL, &a, &run, &err), ST_IO);
    arena_release(&a);
}

#define KIT_TEST(f) cmocka_unit_test_setup_teardown(f, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(unused),
        KIT_TEST(in_a_journal),
        KIT_TEST(in_a_large_journal),
        KIT_TEST(a_hidden_bundle_never_ran),
        KIT_TEST(in_the_list),
        KIT_TEST(an_unreadable_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
