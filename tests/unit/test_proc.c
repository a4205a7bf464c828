/* Commands that take all they can get: each is ended, and all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "family.h"
#include "limit.h"
#include "port_kit.h"
#include "proc.h"

#define MEMORY ((uint64_t)96 << 20) /* what a glutton may have */
#define ROOM ((uint64_t)1 << 40)    /* no bound */

struct outcome {
    enum status st;
    struct proc_result r;
    struct err err;
    int64_t took_ms;
};

static void outcome_release(struct outcome *o)
{
    buf_release(&o->r.out);
    buf_release(&o->r.err);
}

/* A script of that class, in the kit's root. */
static struct outcome run(struct kit *k, enum effect effect, const char *script,
                          size_t most_processes, uint64_t most_memory)
{
    static char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    char *const argv[] = {"sh", "-c", (char *)script, NULL};
    struct outcome o = {0};
    struct limit limit;
    const struct limit_spec walls = {
        .effect = effect, .root = k->root, .scratch = k->scratch};
    int64_t begin = clock_mono_ms();
    int cwd = open(k->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(limit_prepare(&walls, &limit, &o.err), ST_OK);
    const struct proc_spec spec = {.program = "/bin/sh",
                                   .argv = argv,
                                   .envp = env,
                                   .cwd = cwd,
                                   .limit = &limit,
                                   .user_namespace = !limit_scopes_signals(),
                                   .cap_bytes = 1 << 20,
                                   .most_processes = most_processes,
                                   .most_memory = most_memory,
                                   .deadline_mono_ms = begin + 30000};
    o.st = proc_run(&spec, &o.r, &o.err);
    o.took_ms = clock_mono_ms() - begin;
    limit_release(&limit);
    close(cwd);
    return o;
}

static bool is_held(const struct kit *k, const char *name)
{
    int fd = open(kit_path(k->root, name), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    bool held = flock(fd, LOCK_EX | LOCK_NB) != 0;
    close(fd);
    return held;
}

/* 10^5 processes are asked for. */
static void a_crowd_is_ended(void **state)
{
    struct kit *k = *state;
    struct outcome o = run(k, EFFECT_LOCAL,
                           "exec perl -e 'open F, \">\", \"held\"; flock F, 2;"
                           "for (1 .. 100000) { defined($p = fork) or exit 7;"
                           "$p or sleep 60 }'",
                           500, ROOM);
    assert_int_equal(o.st, ST_OK);
    /* the user's own limit may come first */
    if (o.r.end != PROC_CROWDED)
        assert_int_equal(o.r.code, 7);
    assert_false(is_held(k, "held"));
    assert_int_equal(family_count(getpid(), 10).n, 0);
    assert_true(o.took_ms < 20000);
    outcome_release(&o);
}

/* Each leaves its parent behind at once. */
static void a_fleeing_crowd_is_ended(void **state)
{
    struct kit *k = *state;
    struct outcome o =
        run(k, EFFECT_LOCAL,
            "exec perl -MPOSIX -e 'open F, \">\", \"held\"; flock F, 2;"
            "for (1 .. 60) { next if fork; setsid; exit if fork;"
            "$SIG{TERM} = \"IGNORE\"; sleep 60; exit }'",
            100, ROOM);
    assert_int_equal(o.st, ST_OK);
    assert_int_equal(o.r.end, PROC_EXITED);
    assert_false(is_held(k, "held"));
    assert_int_equal(family_count(getpid(), 10).n, 0);
    outcome_release(&o);
}

/* It forks while it is being killed. */
static void a_bomb_is_ended(void **state)
{
    struct kit *k = *state;
    struct outcome o = run(k, EFFECT_LOCAL,
                           "exec perl -e 'open F, \">\", \"held\"; flock F, 2;"
                           "$end = time + 25; while (time < $end) { fork;"
                           "select undef, undef, undef, 0.01 }'",
                           300, ROOM);
    assert_int_equal(o.st, ST_OK);
    assert_false(is_held(k, "held"));
    assert_int_equal(family_count(getpid(), 10).n, 0);
    assert_true(o.took_ms < 20000);
    outcome_release(&o);
}

static void a_glutton_is_ended(void **state)
{
    struct kit *k = *state;
    struct outcome o = run(k, EFFECT_READ,
                           "exec perl -e 'for (1 .. 12) { push @a, \"x\" x "
                           "(16 << 20); select undef, undef, undef, 0.1 }"
                           "sleep 60'",
                           100, MEMORY);
    assert_int_equal(o.st, ST_OK);
    assert_int_equal(o.r.end, PROC_SWOLLEN);
    outcome_release(&o);
}

/* One file has a ceiling of its class. */
static void a_large_file_is_refused(void **state)
{
    struct kit *k = *state;
    char script[256];
    struct stat st;
    snprintf(script, sizeof script, "truncate -s 300M %s/large", k->scratch);
    struct outcome o = run(k, EFFECT_READ, script, 100, ROOM);
    assert_int_equal(o.st, ST_OK);
    assert_true(o.r.code != 0);
    assert_true(stat(kit_path(k->scratch, "large"), &st) != 0 ||
                st.st_size == 0);
    outcome_release(&o);
    assert_int_equal(limit_file_bytes(EFFECT_READ), 256 << 20);
}

/* Many files have the disk's reserve. Needs a disk that is small. */
static bool mount_small(const char *at)
{
    return unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", at, "tmpfs", 0, "size=64m") == 0;
}

static void a_full_disk_is_ended(void **state)
{
    struct kit *k = *state;
    int how;
    pid_t pid = fork();
    if (pid == 0) {
        if (!mount_small(k->scratch))
            _exit(77);
        struct json *args = kit_json("{\"argv\":[\"sh\",\"-c\","
                                     "\"head -c 55000000 /dev/zero >$TMPDIR/0;"
                                     "i=1; while head -c 200000 /dev/zero "
                                     ">$TMPDIR/$i; do i=$((i + 1));"
                                     " sleep 0.02; done\"],"
                                     "\"opts\":{\"check\":false}}");
        k->effect = EFFECT_READ;
        kit_perform(k, "sh.run", args);
        bool said = k->err.st == ST_FAILED &&
                    strstr(k->err.msg, "left no room on the disk");
        if (!said)
            fprintf(stderr, "%s\n", k->err.msg);
        _exit(said ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    if (how == 77 << 8) {
        print_message("no small disk can be mounted here: not tested\n");
        skip();
    }
    assert_int_equal(how, 0);
}

/* --- without Landlock's help -------------------------------------------- */

/* From here on this process finds no Landlock. */
static void hide_landlock(void)
{
    struct sock_filter code[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_landlock_create_ruleset},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    };
    const struct sock_fprog program = {4, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(3);
}

/* As root, in a namespace of root's making; else as whoever we are. */
static int without_landlock(struct kit *k, uid_t uid)
{
    char script[512];
    hide_landlock();
    if (uid && (setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0))
        return 78;
    /* signal 23 is SIGURG, which does no harm */
    snprintf(script, sizeof script,
             "kill -23 %d && echo engine; kill -KILL $PPID;"
             "perl -MPOSIX -e 'fork and exit; setsid; open F, \">\", \"held\";"
             "flock F, 2; print \"up\\n\"; close STDOUT; close STDERR;"
             "sleep 60'; sleep 0.3; id -u",
             (int)getpid());
    struct outcome o = run(k, EFFECT_LOCAL, script, 100, ROOM);
    char expected[32];
    snprintf(expected, sizeof expected, "up\n%u\n", uid);
    fprintf(stderr, "%s%s", buf_cstr(&o.r.out), buf_cstr(&o.r.err));
    if (o.st != ST_OK || is_held(k, "held"))
        return 1;
    return strcmp(buf_cstr(&o.r.out), expected) == 0 ? 0 : 2;
}

static bool can_unshare(void)
{
    int how;
    pid_t pid = fork();
    if (pid == 0)
        _exit(setresuid(65534, 65534, 65534) == 0 &&
                      unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0
                  ? 0
                  : 1);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    return how == 0;
}

static void nothing_outside_can_be_named(void **state)
{
    struct kit *k = *state;
    static const uid_t users[] = {0, 65534};
    assert_int_equal(chmod(k->dir, 0755), 0);
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        int how;
        unlink(kit_path(k->root, "held"));
        if (geteuid() != 0 || (users[i] && !can_unshare())) {
            print_message("user %u has no PID namespace here: not tested\n",
                          users[i]);
            continue;
        }
        assert_int_equal(chown(k->root, users[i], users[i]), 0);
        assert_int_equal(chown(k->scratch, users[i], users[i]), 0);
        pid_t pid = fork();
        if (pid == 0)
            _exit(without_landlock(k, users[i]));
        assert_int_equal(waitpid(pid, &how, 0), pid);
        assert_int_equal(how, 0);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_crowd_is_ended),
        TEST(a_fleeing_crowd_is_ended),
        TEST(a_bomb_is_ended),
        TEST(a_glutton_is_ended),
        TEST(a_large_file_is_refused),
        TEST(a_full_disk_is_ended),
        TEST(nothing_outside_can_be_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
