/* Determinism: the torture script prints the same bytes in 50 new processes.
 * Each is a new execution of this program, so that every address and every
 * hash seed is another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "hash.h"
#include "vmtest.h"

#define PROCESSES 50
#define SCRIPT "tests/unit/torture.lua"
#define MAX_BYTES ((size_t)16 << 20)

/* In the new process: the script's output, raw, on 1. */
static int torture(void)
{
    struct err err = {0};
    struct buf code = {0};
    struct buf out = {0};
    vmtest_start();
    vmtest_must(file_read(SCRIPT, MAX_BYTES, &code, &err), &err);
    struct worker *w = vmtest_open(0);
    struct json *done = vmtest_step(w, buf_cstr(&code), &out);
    bool ok = json_get_bool(done, "ok", false);
    if (!ok)
        fprintf(stderr, "%s\n",
                json_get_str(json_get(done, "error"), "message", "?"));
    ok = ok && fwrite(out.p, 1, out.n, stdout) == out.n;
    json_free(done);
    worker_close(w);
    worker_zygote_stop();
    buf_release(&code);
    buf_release(&out);
    return ok ? 0 : 1;
}

static void run_once(struct buf *out)
{
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], 1);
        close(pipes[0]);
        close(pipes[1]);
        execl("/proc/self/exe", "test_torture", "once", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    char chunk[65536];
    ssize_t n = read(pipes[0], chunk, sizeof chunk);
    for (; n > 0; n = read(pipes[0], chunk, sizeof chunk))
        buf_put(out, chunk, (size_t)n);
    close(pipes[0]);
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
}

static void all_processes_print_the_same(void **state)
{
    (void)state;
    struct buf first = {0};
    run_once(&first);
    assert_true(first.n > 10000);
    for (int i = 1; i < PROCESSES; i++) {
        struct buf other = {0};
        run_once(&other);
        assert_string_equal(buf_cstr(&other), buf_cstr(&first));
        buf_release(&other);
    }
    buf_release(&first);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "once") == 0)
        return torture();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_processes_print_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
