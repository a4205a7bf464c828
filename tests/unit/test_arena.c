/* Memory by lifetime. */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_alloc(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 16, 100, 16383, 16384, 100000, 3};
    struct arena a;
    char *p[sizeof sizes / sizeof *sizes];
    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        p[i] = arena_alloc(&a, sizes[i]);
        assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(p[i][k], 0);
        memset(p[i], (int)i + 1, sizes[i]);
    }
    /* No two overlap. */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(p[i][k], (int)i + 1);
    assert_true(a.bytes >= 132895);
    arena_release(&a);
    assert_int_equal(a.bytes, 0);
    assert_non_null(arena_alloc(&a, 1));
    arena_release(&a);
    arena_release(&a);
}

static void test_strings(void **state)
{
    struct arena a = {0};
    (void)state;
    assert_string_equal(arena_strdup(&a, "abc"), "abc");
    assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
    assert_string_equal(arena_strndup(&a, NULL, 0), "");
    assert_memory_equal(arena_strndup(&a, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    assert_string_equal(arena_printf(&a, "%s", ""), "");
    arena_release(&a);
}

static char order[8];

static void note(void *arg)
{
    strncat(order, arg, 1);
}

static void touch_arena(void *arg)
{
    note(*(char **)arg); /* the memory is still there */
}

static void test_cleanups(void **state)
{
    struct arena a = {0};
    (void)state;
    char **held = arena_alloc(&a, sizeof *held);
    *held = arena_strdup(&a, "h");
    arena_defer(&a, note, "1");
    arena_defer(&a, touch_arena, held);
    arena_defer(&a, note, "3");
    arena_release(&a);
    assert_string_equal(order, "3h1");
    arena_release(&a);
    assert_string_equal(order, "3h1");
}

static void test_grow(void **state)
{
    int *v = NULL;
    size_t n = 0;
    size_t cap = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        MEM_GROW(v, n, cap);
        v[n++] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(v[i], i);
    mem_free(v);
    mem_free(NULL);
}

/* An overflowing count must end the process, not give a short array. */
static void test_overflow_aborts(void **state)
{
    (void)state;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit none = {0, 0};
        struct arena a = {0};
        setrlimit(RLIMIT_CORE, &none);
        close(STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        arena_array(&a, SIZE_MAX / 8 + 2, 8);
        _exit(0);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how));
    assert_int_equal(WTERMSIG(how), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),           cmocka_unit_test(test_strings),
        cmocka_unit_test(test_cleanups),        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_overflow_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
