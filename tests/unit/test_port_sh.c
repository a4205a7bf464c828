/* sh.run: no shell, confined to its class, and nothing survives it. Where the
 * kernel has no Landlock, what it alone can do is not tested. */
#include "port_sh.h"

#include "port_kit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "limit.h"

static bool confined; /* the kernel has Landlock */

static void sh(struct kit *k, enum effect effect, const char *script)
{
    k->effect = effect;
    struct json *args = kit_json("{\"argv\":[\"sh\",\"-c\"],"
                                 "\"opts\":{\"check\":false}}");
    json_push((struct json *)json_get(args, "argv"), json_new_str(script));
    kit_perform(k, "sh.run", args);
}

/* Asserts that it did; true if the kernel could confine it. */
static bool ran(const struct kit *k)
{
    if (k->err.st != ST_OK)
        fail_msg("%s", k->err.msg);
    return confined;
}

static const char *out(const struct kit *k)
{
    return json_get_str(k->value, "stdout", "(none)");
}

static void gives_the_result(void **state)
{
    struct kit *k = *state;
    sh(k, EFFECT_REMOTE, "echo out; echo err >&2; exit 3");
    assert_value(k, "{\"code\":3,\"signal\":null,\"stdout\":\"out\\n\","
                    "\"stderr\":\"err\\n\",\"truncated\":false}");
    sh(k, EFFECT_REMOTE, "kill -KILL $$");
    assert_value(k, "{\"code\":137,\"signal\":\"KILL\",\"stdout\":\"\","
                    "\"stderr\":\"\",\"truncated\":false}");
    kit_call(k, "sh.run", "{\"argv\":[\"printf\",\"%%s|\",\"a b\",\"$HOME\"]}");
    assert_string_equal(out(k), "a b|$HOME|");
}

static void passes_input_and_environment(void **state)
{
    struct kit *k = *state;
    struct json *secret;
    k->effect = EFFECT_REMOTE;
    assert_int_equal(
        vault_put(k->vault, "TOKEN", SPAN("hunter2-hunter2"), &secret, &k->err),
        ST_OK);
    struct json *args =
        kit_json("{\"argv\":[\"sh\",\"-c\",\"cat; env | sort; pwd\"],\"opts\":"
                 "{\"stdin\":\"in\\n\",\"cwd\":\"d\",\"env\":{\"A\":\"1\","
                 "\"TZ\":\"CET\"}}}");
    struct json *env = (struct json *)json_get(json_get(args, "opts"), "env");
    json_put(env, "TOKEN", secret);
    assert_int_equal(mkdir(kit_path(k->root, "d"), 0755), 0);
    setenv("RUNPROOF_LEAK", "leaked", 1);
    kit_perform(k, "sh.run", args);
    char expected[1024];
    snprintf(expected, sizeof expected,
             "in\nA=1\nHOME=%s\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin"
             "\nPWD=%s/d\nTMPDIR=%s\nTOKEN=hunter2-hunter2\nTZ=CET\n%s/d\n",
             k->scratch, k->root, k->scratch, k->root);
    assert_string_equal(out(k), expected);
}

static void wrong_calls(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *args;
        enum status st;
        const char *message;
    } rows[] = {
        {"{}", ST_INPUT, "needs a list"},
        {"{\"argv\":[]}", ST_INPUT, "needs a list"},
        {"{\"argv\":\"ls\"}", ST_INPUT, "needs a list"},
        {"{\"argv\":[\"\"]}", ST_INPUT, "empty"},
        {"{\"argv\":[\"ls\",1]}", ST_INPUT, "argument 1"},
        {"{\"argv\":[\"ls\",{\"$secret\":\"s1\"}]}", ST_REFUSED, "secret"},
        {"{\"argv\":[\"no-such-command\"]}", ST_FAILED, "no command"},
        {"{\"argv\":[\"./none\"]}", ST_FAILED, "cannot start ./none"},
        {"{\"argv\":[\"true\"],\"opts\":{\"cwd\":\"..\"}}", ST_REFUSED,
         "leave"},
        {"{\"argv\":[\"true\"],\"opts\":{\"cwd\":\"none\"}}", ST_FAILED,
         "none"},
        {"{\"argv\":[\"true\"],\"opts\":{\"env\":{\"A=B\":\"\"}}}", ST_INPUT,
         "A=B"},
        {"{\"argv\":[\"true\"],\"opts\":{\"timeout\":-1}}", ST_INPUT,
         "timeout"},
        {"{\"argv\":[\"sh\",\"-c\",\"echo no >&2; exit 4\"]}", ST_FAILED,
         "sh exited with 4: no"},
        {"{\"argv\":[\"sh\",\"-c\",\"kill -TERM $$\"]}", ST_FAILED,
         "killed by SIGTERM"},
    };
    k->effect = EFFECT_REMOTE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, "sh.run", "%s", rows[i].args);
        assert_error(k, rows[i].st, rows[i].message);
    }
}

/* What a class may write: the repository, its scratch folder, elsewhere. */
static void writes_by_class(void **state)
{
    struct kit *k = *state;
    static const struct {
        enum effect effect;
        bool root;
    } rows[] = {
        {EFFECT_NONE, false},
        {EFFECT_READ, false},
        {EFFECT_LOCAL, true},
        {EFFECT_REMOTE, true},
    };
    kit_put(k->outside, "old", "old");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unlink(kit_path(k->root, "new"));
        sh(k, rows[i].effect,
           "cat ../outside/old; echo x > new; echo x > $HOME/s && cat $HOME/s;"
           "echo x > ../outside/new; echo x > ../outside/old;"
           "rm -f ../outside/old; mv ../outside/old moved;"
           "ln ../outside/old $HOME/hard; echo end > /dev/null; echo end");
        bool may =
            rows[i].effect == EFFECT_REMOTE ? k->err.st == ST_OK : ran(k);
        if (!may || !confined)
            continue;
        assert_string_equal(out(k), "oldx\nend\n");
        assert_int_equal(file_exists(kit_path(k->root, "new")), rows[i].root);
        assert_false(file_exists(kit_path(k->outside, "new")));
        assert_file(k->outside, "old", "old");
    }
}

/* A reading command changes no attribute and empties no file. */
static void reading_changes_nothing(void **state)
{
    struct kit *k = *state;
    struct stat st;
    kit_put(k->root, "f", "text");
    assert_int_equal(chmod(kit_path(k->root, "f"), 0640), 0);
    sh(k, EFFECT_READ,
       "chmod 777 f; chown 12:12 f; truncate -s 0 f; (: > f); (: >> f);"
       "perl -e 'use Fcntl; sysopen(F, \"f\", O_RDONLY | O_TRUNC)';"
       "perl -e 'truncate(\"f\", 0)'; rm f; mkfifo p; mkdir d; echo end");
    if (!ran(k))
        return;
    assert_string_equal(out(k), "end\n");
    assert_file(k->root, "f", "text");
    assert_int_equal(stat(kit_path(k->root, "f"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(st.st_uid, geteuid());
    assert_false(file_exists(kit_path(k->root, "p")));
    assert_false(file_exists(kit_path(k->root, "d")));
}

static void network_by_class(void **state)
{
    struct kit *k = *state;
    static const char dial[] =
        "perl -MSocket -e 'for (AF_INET, AF_INET6, AF_UNIX, 16, 17) {"
        "  print socket(my $s, $_, $_ == 17 ? SOCK_RAW : SOCK_DGRAM, 0)"
        "    ? \"yes\" : \"no\", \"\\n\" }'";
    static const struct {
        enum effect effect;
        const char *answers;
    } rows[] = {
        {EFFECT_NONE, "no\nno\nno\nno\nno\n"},
        {EFFECT_READ, "no\nno\nno\nno\nno\n"},
        {EFFECT_LOCAL, "no\nno\nno\nno\nno\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sh(k, rows[i].effect, dial);
        if (ran(k))
            assert_string_equal(out(k), rows[i].answers);
    }
    sh(k, EFFECT_REMOTE, dial);
    assert_memory_equal(out(k), "yes\n", 4);
}

/* Root inside a command cannot do more than its files. */
static void has_no_powers(void **state)
{
    struct kit *k = *state;
    sh(k, EFFECT_LOCAL,
       "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status;"
       "hostname runproof-test; ulimit -c; ls /proc/self/fd");
    if (!ran(k))
        return;
    assert_string_equal(out(k), "NoNewPrivs:\t1\nSeccomp:\t2\n0\n0\n1\n2\n3\n");
    char name[256];
    assert_int_equal(gethostname(name, sizeof name), 0);
    assert_string_not_equal(name, "runproof-test");
}

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

/* Whether a command may run so is the policy's affair. */
static void sockets_stay_closed_without_landlock(void **state)
{
    struct kit *k = *state;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        hide_landlock();
        sh(k, EFFECT_READ,
           "echo ran > here; perl -MSocket -e 'print socket(my $s, AF_INET, "
           "SOCK_STREAM, 0) ? 1 : 0'");
        _exit(k->err.st == ST_OK && strcmp(out(k), "0") == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_file(k->root, "here", "ran\n");
}

/* Whoever has locked the file: its id may be one of another namespace. */
static bool alive(const struct kit *k, const char *file)
{
    int fd = open(kit_path(k->root, file), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    bool held = flock(fd, LOCK_EX | LOCK_NB) != 0;
    close(fd);
    return held;
}

/* Left running by its parent, in a session of its own, deaf to signals. */
static const char stray[] =
    "perl -MPOSIX -e 'fork and exit; setsid; fork and exit; $SIG{TERM} = "
    "$SIG{HUP} = \"IGNORE\"; open F, \">\", \"pid.new\"; flock F, 2;"
    " rename \"pid.new\", \"pid\"; close STDOUT; sleep 60';"
    "while ! [ -e pid ]; do sleep 0.01; done;";

static void daemons_end_with_the_run(void **state)
{
    struct kit *k = *state;
    char script[1024];
    snprintf(script, sizeof script, "%s echo done", stray);
    int64_t begin = clock_mono_ms();
    sh(k, EFFECT_REMOTE, script);
    assert_string_equal(out(k), "done\n");
    assert_false(alive(k, "pid"));
    assert_true(clock_mono_ms() - begin < 15000);
}

static void timeouts(void **state)
{
    struct kit *k = *state;
    int64_t begin = clock_mono_ms();
    char args[1200];
    k->effect = EFFECT_REMOTE;
    kit_call(k, "sh.run",
             "{\"argv\":[\"sleep\",\"60\"],\"opts\":{\"timeout\":0.2}}");
    assert_error(k, ST_FAILED, "sleep did not end in 0.20 s");
    struct json *list = kit_json("{\"argv\":[\"sh\",\"-c\"]}");
    snprintf(args, sizeof args, "%s trap '' TERM; sleep 60", stray);
    json_push((struct json *)json_get(list, "argv"), json_new_str(args));
    k->budget_ms = 3000;
    kit_perform(k, "sh.run", list);
    assert_error(k, ST_TIMEOUT, "did not end in the time left");
    assert_false(alive(k, "pid"));
    assert_true(clock_mono_ms() - begin < 15000);
}

static void floods(void **state)
{
    struct kit *k = *state;
    int64_t begin = clock_mono_ms();
    sh(k, EFFECT_REMOTE, "head -c 100000000 /dev/zero | tr '\\0' x; sleep 60");
    assert_true(json_get_bool(k->value, "truncated", false));
    assert_int_equal(strlen(out(k)), 16 << 20);
    sh(k, EFFECT_REMOTE, "head -c 16777216 /dev/zero | tr '\\0' x >&2");
    assert_false(json_get_bool(k->value, "truncated", true));
    k->effect = EFFECT_REMOTE;
    kit_call(k, "sh.run", "{\"argv\":[\"yes\"]}");
    assert_error(k, ST_FAILED, "yes wrote more than 16 MiB");
    assert_true(clock_mono_ms() - begin < 30000);
}

static void count_interrupt(int signal)
{
    (void)signal;
    interrupted++;
}

/* The first interrupt ends what looks, the second one what changes. */
static void interrupts(void **state)
{
    struct kit *k = *state;
    const struct itimerval soon = {{0, 200000}, {0, 200000}};
    static const struct {
        enum effect effect;
        int needed;
    } rows[] = {{EFFECT_READ, 1}, {EFFECT_REMOTE, 2}};
    signal(SIGALRM, count_interrupt);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        interrupted = 0;
        setitimer(ITIMER_REAL, &soon, NULL);
        sh(k, rows[i].effect, "sleep 60");
        setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
        assert_error(k, ST_INTERRUPTED, "sh was ended: interrupted");
        assert_true(interrupted >= rows[i].needed);
    }
    interrupted = 0;
}

/* Both streams at once, each more than a pipe holds. */
static void reads_both_streams(void **state)
{
    struct kit *k = *state;
    sh(k, EFFECT_REMOTE,
       "head -c 300000 /dev/zero | tr '\\0' e >&2;"
       "head -c 300000 /dev/zero | tr '\\0' o");
    assert_int_equal(strlen(out(k)), 300000);
    assert_int_equal(strlen(json_get_str(k->value, "stderr", "")), 300000);
}

static void classes(void **state)
{
    (void)state;
    static const struct {
        const char *args;
        enum effect ceiling;
        enum status st;
        enum effect out;
    } rows[] = {
        {"{}", EFFECT_NONE, ST_OK, EFFECT_READ},
        {"{}", EFFECT_READ, ST_OK, EFFECT_READ},
        {"{}", EFFECT_LOCAL, ST_OK, EFFECT_LOCAL},
        {"{}", EFFECT_REMOTE, ST_OK, EFFECT_REMOTE},
        {"{\"opts\":{\"effect\":\"read\"}}", EFFECT_REMOTE, ST_OK, EFFECT_READ},
        {"{\"opts\":{\"effect\":\"local\"}}", EFFECT_READ, ST_REFUSED, 0},
        {"{\"opts\":{\"effect\":\"write\"}}", EFFECT_REMOTE, ST_INPUT, 0},
        {"{\"opts\":{\"effect\":7}}", EFFECT_REMOTE, ST_INPUT, 0},
        {"{\"opts\":{\"network\":true}}", EFFECT_READ, ST_OK, EFFECT_READ},
        {"{\"opts\":{\"network\":1}}", EFFECT_READ, ST_INPUT, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *args = kit_json(rows[i].args);
        struct err err = {0};
        enum effect got;
        assert_int_equal(sh_class(args, rows[i].ceiling, &got, &err),
                         rows[i].st);
        if (rows[i].st == ST_OK)
            assert_int_equal(got, rows[i].out);
        json_free(args);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_the_result),
        TEST(passes_input_and_environment),
        TEST(wrong_calls),
        TEST(writes_by_class),
        TEST(reading_changes_nothing),
        TEST(network_by_class),
        TEST(has_no_powers),
        TEST(sockets_stay_closed_without_landlock),
        TEST(daemons_end_with_the_run),
        TEST(timeouts),
        TEST(floods),
        TEST(interrupts),
        TEST(reads_both_streams),
        TEST(classes),
    };
    confined = limit_landlock_abi() > 0;
    print_message(confined ? "Landlock version %d: confinement is tested\n"
                           : "no Landlock (%d): not all is tested\n",
                  limit_landlock_abi());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
