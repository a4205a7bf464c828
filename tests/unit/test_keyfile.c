/* Key files: what is written opens again, and nothing else does. */
#include "keyfile.h"

#include "port_kit.h"

#include <sys/stat.h>

#define FILE_NAME "key"

/* Cheap, for all but the program's own keys. */
static void put_key(const struct kit *k, const char *person, struct buf *text)
{
    struct err err = {0};
    struct sign_lock how;
    struct signer *s = signer_new();
    sign_lock_new(&how);
    how.passes = 1;
    how.bytes = 8192;
    assert_int_equal(keyfile_text(s, person, SPAN("right"), &how, text, &err),
                     ST_OK);
    assert_int_equal(
        keyfile_create(kit_path(k->root, FILE_NAME), buf_view(text), &err),
        ST_OK);
    signer_free(s);
}

static void a_key_opens_again(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct buf text = {0};
    struct keyfile f;
    struct err err = {0};
    struct stat st;
    const char *path = kit_path(k->root, FILE_NAME);
    mode_t old = umask(0);
    put_key(k, "ada", &text);
    umask(old);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(keyfile_read(path, &a, &f, &err), ST_OK);
    assert_string_equal(f.person, "ada");
    struct signer *s = keyfile_unlock(&f, SPAN("right"), path, &err);
    assert_non_null(s);
    assert_true(sign_public_same(signer_public(s), &f.public));
    signer_free(s);
    assert_null(keyfile_unlock(&f, SPAN("wrong"), path, &err));
    assert_int_equal(err.st, ST_INPUT);
    assert_string_equal(err.msg, "wrong passphrase, or the file was changed");
    arena_release(&a);
    buf_release(&text);
}

static void a_key_is_not_written_over(void **state)
{
    struct kit *k = *state;
    struct buf text = {0};
    struct err err = {0};
    put_key(k, NULL, &text);
    assert_int_equal(
        keyfile_create(kit_path(k->root, FILE_NAME), SPAN("x"), &err),
        ST_INPUT);
    assert_file(k->root, FILE_NAME, buf_cstr(&text));
    buf_release(&text);
}

static void others_may_not_read_it(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0620, 0601};
    struct kit *k = *state;
    struct buf text = {0};
    const char *path = kit_path(k->root, FILE_NAME);
    put_key(k, NULL, &text);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct arena a = {0};
        struct keyfile f;
        struct err err = {0};
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(keyfile_read(path, &a, &f, &err), ST_INPUT);
        assert_non_null(strstr(err.msg, "chmod 600"));
        arena_release(&a);
    }
    buf_release(&text);
}

/* Every prefix, and every text with one line gone or one byte changed. */
static void assert_foreign(struct span text)
{
    struct arena a = {0};
    struct keyfile f;
    struct err err = {0};
    enum status st = keyfile_parse(text, &a, &f, &err);
    if (st != ST_INPUT && st != ST_LIMIT)
        fail_msg("taken for a key file: %.*s", SPAN_ARG(text));
    arena_release(&a);
}

static void one_that_is_cut_short(void **state)
{
    struct kit *k = *state;
    struct buf text = {0};
    put_key(k, "ada", &text);
    for (size_t n = 0; n + 1 < text.n; n++)
        assert_foreign(span_sub(buf_view(&text), 0, n));
    buf_char(&text, '\n');
    assert_foreign(buf_view(&text));
    buf_release(&text);
}

static void one_that_lacks_a_line(void **state)
{
    struct kit *k = *state;
    struct buf text = {0};
    put_key(k, NULL, &text);
    struct span rest = buf_view(&text);
    while (rest.n) {
        struct buf less = {0};
        struct span line = span_cut(&rest, '\n');
        buf_put(&less, text.p, (size_t)(line.p - text.p));
        buf_span(&less, rest);
        assert_foreign(buf_view(&less));
        buf_release(&less);
    }
    buf_release(&text);
}

static void foreign_files(void **state)
{
    static const char *const rows[] = {
        "",
        "\177ELF",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n",
        "-----BEGIN RUNPROOF SECRET KEY-----\r\nversion: 1\r\n",
        "-----BEGIN RUNPROOF SECRET KEY-----\nversion: 2\n",
        "-----BEGIN RUNPROOF SECRET KEY-----\nversion: 1\nperson: ../x\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_foreign(span_of(rows[i]));
}

/* Replaces the first `old` in a copy of text. */
static void changed(const struct buf *text, const char *old, const char *new,
                    struct buf *out)
{
    size_t at = span_find(buf_view(text), span_of(old), 0);
    assert_true(at < text->n);
    buf_put(out, text->p, at);
    buf_str(out, new);
    buf_span(out, span_sub(buf_view(text), at + strlen(old), text->n));
}

static void one_that_asks_for_too_much(void **state)
{
    static const char *const rows[][2] = {
        {"passes=1", "passes=17"},
        {"bytes=8192", "bytes=2000000000"},
        {"bytes=8192", "bytes=99999999999999999999"},
        {"bytes=8192", "bytes=-1"},
        {"argon2id", "argon2i"},
        {"passes=1 ", "passes=1  "},
    };
    struct kit *k = *state;
    struct buf text = {0};
    put_key(k, NULL, &text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf other = {0};
        changed(&text, rows[i][0], rows[i][1], &other);
        assert_foreign(buf_view(&other));
        buf_release(&other);
    }
    buf_release(&text);
}

static void another_public_key(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    struct buf text = {0};
    struct buf other = {0};
    struct keyfile f;
    struct err err = {0};
    put_key(k, NULL, &text);
    struct signer *s = signer_new();
    struct buf old = {0};
    struct buf new = {0};
    assert_int_equal(keyfile_parse(buf_view(&text), &a, &f, &err), ST_OK);
    sign_public_text(&f.public, &old);
    sign_public_text(signer_public(s), &new);
    changed(&text, buf_cstr(&old), buf_cstr(&new), &other);
    assert_int_equal(keyfile_parse(buf_view(&other), &a, &f, &err), ST_OK);
    assert_null(keyfile_unlock(&f, SPAN("right"), "key", &err));
    assert_non_null(strstr(err.msg, "its public key is not that"));
    buf_release(&text);
    buf_release(&other);
    buf_release(&old);
    buf_release(&new);
    signer_free(s);
    arena_release(&a);
}

#define KIT_TEST(f) cmocka_unit_test_setup_teardown(f, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(a_key_opens_again),
        KIT_TEST(a_key_is_not_written_over),
        KIT_TEST(others_may_not_read_it),
        KIT_TEST(one_that_is_cut_short),
        KIT_TEST(one_that_lacks_a_line),
        KIT_TEST(foreign_files),
        KIT_TEST(one_that_asks_for_too_much),
        KIT_TEST(another_public_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
