/* Paths as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "file.h"

static int with_arena(void **state)
{
    static struct arena a;
    *state = &a;
    return 0;
}

static int drop_arena(void **state)
{
    arena_release(*state);
    return 0;
}

static void test_join(void **state)
{
    static const char *const rows[][3] = {
        {"a", "b", "a/b"},   {"a/", "b", "a/b"},
        {"a//", "b", "a/b"}, {"/", "b", "/b"},
        {"", "b", "b"},      {".", "b", "./b"},
        {"a", "/b", "/b"},   {"a/b", "c/d", "a/b/c/d"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(path_join(*state, rows[i][0], rows[i][1]),
                            rows[i][2]);
}

static void test_dir_and_base(void **state)
{
    static const char *const rows[][3] = {
        {"a", ".", "a"},         {"a/b", "a", "b"}, {"/a", "/", "a"},
        {"/a/b.c", "/a", "b.c"}, {"a/", "a", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(path_dir(*state, rows[i][0]), rows[i][1]);
        assert_string_equal(path_base(rows[i][0]), rows[i][2]);
    }
}

static void test_clean(void **state)
{
    static const char *const rows[][2] = {
        {"", "."},
        {".", "."},
        {"/", "/"},
        {"//", "/"},
        {"a/./b//../c", "a/c"},
        {"a/..", "."},
        {"../a", "../a"},
        {"a/../../b", "../b"},
        {"../../a/..", "../.."},
        {"/..", "/"},
        {"/../a", "/a"},
        {"/a/b/", "/a/b"},
        {"./a/", "a"},
        {"a/...", "a/..."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(path_clean(*state, rows[i][0]), rows[i][1]);
}

static void test_relative(void **state)
{
    static const char *const rows[][3] = {
        {"runbooks", "artifacts/d/x.log", "../artifacts/d/x.log"},
        {".", "a/b", "a/b"},
        {"", "a/b", "a/b"},
        {"a/b", "a/b", "."},
        {"a/b", "a", ".."},
        {"a/b/c", "a/d/e", "../../d/e"},
        {"/r/a", "/r/b/c", "../b/c"},
        {"/", "/a", "a"},
        {"a/../b", "b/c", "c"},
        {"../x", "../y", "../y"},
        {"..", "a", "a"},
        {"/a", "b", "b"},
        {"a", "/b/./c", "/b/c"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(path_relative(*state, rows[i][0], rows[i][1]),
                            rows[i][2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_dir_and_base),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_relative),
    };
    return cmocka_run_group_tests(tests, with_arena, drop_arena);
}
