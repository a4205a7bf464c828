/* A folder that becomes a symbolic link to the outside, and back, while fs
 * works in it: nothing outside is ever touched. */
#include "port_kit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"

#define ROUNDS 1500

/* Swaps them without end. */
static _Noreturn void swap_for_ever(const struct kit *k)
{
    const char *a = kit_path(k->root, "d");
    const char *b = kit_path(k->root, "other");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int i = 0;; i++) {
        if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0)
            _exit(1);
        if (i % 2 == 1) /* it is a folder for longer than it is a link */
            usleep(50);
    }
}

static void assert_empty(const char *dir)
{
    struct arena a = {0};
    struct err err = {0};
    char **names;
    size_t n;
    assert_int_equal(file_list(dir, &a, &names, &n, &err), ST_OK);
    if (n != 1)
        fail_msg("%zu names outside, the first is %s", n, names[0]);
    arena_release(&a);
}

static const struct {
    const char *op, *args;
} calls[] = {
    {"fs.write", "{\"path\":\"d/f\",\"text\":\"inside\"}"},
    {"fs.append", "{\"path\":\"d/kept\",\"text\":\"inside\"}"},
    {"fs.write", "{\"path\":\"d/kept\",\"text\":\"inside\"}"},
    {"fs.mkdir", "{\"path\":\"d/new/er\"}"},
    {"fs.remove", "{\"path\":\"d/new/er\"}"},
    {"fs.remove", "{\"path\":\"d/kept\"}"},
    {"fs.remove", "{\"path\":\"d/f\"}"},
    {"fs.read", "{\"path\":\"d/kept\"}"},
};

#define CALLS (sizeof calls / sizeof *calls)

static void links_that_come_and_go(void **state)
{
    struct kit *k = *state;
    size_t worked = 0;
    size_t refused = 0;
    int how;
    kit_put(k->outside, "kept", "outside");
    assert_int_equal(mkdir(kit_path(k->root, "d"), 0755), 0);
    assert_int_equal(symlink(k->outside, kit_path(k->root, "other")), 0);
    pid_t pid = fork();
    if (pid == 0)
        swap_for_ever(k);
    for (int i = 0; i < ROUNDS; i++)
        for (size_t c = 0; c < CALLS; c++) {
            kit_call(k, calls[c].op, "%s", calls[c].args);
            worked += k->err.st == ST_OK;
            refused += k->err.st == ST_REFUSED;
            if (k->err.st == ST_OK && strcmp(calls[c].op, "fs.read") == 0)
                assert_null(strstr(json_str(k->value), "outside"));
        }
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how)); /* it swapped to the end */
    assert_empty(k->outside);
    assert_file(k->outside, "kept", "outside");
    print_message("%zu calls: %zu worked, %zu were refused\n", ROUNDS * CALLS,
                  worked, refused);
    assert_true(worked > 0 && refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(links_that_come_and_go, kit_enter,
                                        kit_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
