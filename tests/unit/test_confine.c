/* The walls, tried from inside: each attempt is a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "confine.h"

#define MEMORY_BYTES ((size_t)64 << 20)
#define OTHER_FD 100

/* The worker's socket inside a child. */
static int own;

static void nothing(void)
{
}

static void talk(void)
{
    char c = 'x';
    if (write(own, &c, 1) != 1 || send(own, &c, 1, MSG_NOSIGNAL) != 1)
        _exit(3);
}

static void take_memory(void)
{
    void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || munmap(p, 1 << 20) != 0)
        _exit(3);
}

static void open_file(void)
{
    syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY);
}

static void write_elsewhere(void)
{
    char c = 'x';
    syscall(SYS_write, OTHER_FD, &c, 1);
}

static void read_elsewhere(void)
{
    char c;
    syscall(SYS_read, OTHER_FD, &c, 1);
}

static void write_vector(void)
{
    struct iovec v = {"x", 1};
    syscall(SYS_writev, own, &v, 1);
}

static void open_socket(void)
{
    syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void send_to_address(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "/tmp/x"};
    syscall(SYS_sendto, own, "x", 1, 0, &a, sizeof a);
}

static void send_descriptor(void)
{
    struct msghdr m = {0};
    syscall(SYS_sendmsg, own, &m, 0);
}

static void make_process(void)
{
    syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void run_program(void)
{
    char *const argv[] = {"true", NULL};
    syscall(SYS_execve, "/bin/true", argv, argv + 1);
}

static void signal_parent(void)
{
    syscall(SYS_kill, 1, 0);
}

static void map_code(void)
{
    syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void map_file(void)
{
    syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, own, 0);
}

static void change_code(void)
{
    syscall(SYS_mprotect, NULL, 4096, PROT_READ | PROT_EXEC);
}

static void trace(void)
{
    syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
}

static void change_filter(void)
{
    syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void look_at_clock(void)
{
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &t);
}

static void wait_for_ever(void)
{
    syscall(SYS_pause);
}

static void learn_of_machine(void)
{
    struct sysinfo s;
    if (syscall(SYS_sysinfo, &s) == 0)
        syscall(SYS_exit_group, 3);
}

static const struct {
    const char *name;
    void (*attempt)(void);
    bool allowed;
} attempts[] = {
    {"nothing", nothing, true},
    {"talking", talk, true},
    {"memory", take_memory, true},
    {"sysinfo, which tells nothing", learn_of_machine, true},
    {"open", open_file, false},
    {"write to another descriptor", write_elsewhere, false},
    {"read from another descriptor", read_elsewhere, false},
    {"writev", write_vector, false},
    {"socket", open_socket, false},
    {"sendto with an address", send_to_address, false},
    {"sendmsg", send_descriptor, false},
    {"clone", make_process, false},
    {"execve", run_program, false},
    {"kill", signal_parent, false},
    {"executable memory", map_code, false},
    {"a file as memory", map_file, false},
    {"mprotect to executable", change_code, false},
    {"ptrace", trace, false},
    {"prctl", change_filter, false},
    {"clock_gettime", look_at_clock, false},
    {"pause", wait_for_ever, false},
};

/* Ends with 0, or as the walls end it. */
static int confined(void (*attempt)(void))
{
    struct err err = {0};
    int pair[2];
    int how = -1;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    pid_t child = fork();
    if (child == 0) {
        own = pair[1];
        if (confine_worker(own, MEMORY_BYTES, &err) != ST_OK)
            _exit(2);
        attempt();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    close(pair[0]);
    close(pair[1]);
    return how;
}

static void only_the_socket_is_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int how = confined(attempts[i].attempt);
        bool went = WIFEXITED(how) && WEXITSTATUS(how) == 0;
        bool killed = WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS;
        if (attempts[i].allowed ? !went : !killed)
            fail_msg("%s: wait status %#x", attempts[i].name, how);
    }
}

/* A number for the first thing that is not as it should be. */
static int zygote_problem(int keep, int other, const char *secret)
{
    struct err err = {0};
    if (confine_zygote(keep, &err) != ST_OK)
        return 1;
    if (environ && *environ)
        return 2;
    for (size_t i = 0; i < sizeof "value-of-a-secret"; i++)
        if (secret[i] != '\0')
            return 3; /* the old environment's bytes are still there */
    if (fcntl(other, F_GETFD) >= 0 || errno != EBADF)
        return 4;
    if (fcntl(keep, F_GETFD) < 0)
        return 5;
    if (prctl(PR_GET_DUMPABLE) != 0)
        return 6;
    if (geteuid() == 0 || getsid(0) != getpid())
        return 7;
    int signal = 0;
    if (prctl(PR_GET_PDEATHSIG, &signal) != 0 || signal != SIGKILL)
        return 8;
    return 0;
}

/* Inside a user namespace whose only user is root there is nobody to be. */
static bool can_drop_root(void)
{
    pid_t child = fork();
    int how;
    if (child == 0)
        _exit(setresuid(65534, 65534, 65534) != 0);
    assert_int_equal(waitpid(child, &how, 0), child);
    return geteuid() != 0 || how == 0;
}

static void the_zygote_keeps_nothing(void **state)
{
    (void)state;
    int how;
    if (!can_drop_root())
        print_message("root alone: not checked that it is dropped\n");
    pid_t child = fork();
    if (child == 0) {
        static char variable[] = "SECRET=value-of-a-secret";
        putenv(variable);
        int keep = open("/dev/null", O_RDONLY);
        int other = fcntl(keep, F_DUPFD, OTHER_FD);
        int problem =
            zygote_problem(keep, other, variable + sizeof "SECRET=" - 1);
        _exit(problem == 7 && !can_drop_root() ? 0 : problem);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_socket_is_left),
        cmocka_unit_test(the_zygote_keeps_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
