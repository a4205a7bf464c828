/* Takes rights away from this process (the only user of libseccomp). */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define NOBODY 65534

/* Room in the address space beside Lua's own memory: program, libraries,
 * messages of WIRE_MAX_BYTES being built. */
#define ADDRESS_SLACK_BYTES ((size_t)768 << 20)

static enum status broken(struct err *err, const char *what)
{
    return err_set(err, ST_INTERNAL, "cannot confine the Lua worker: %s: %s",
                   what, strerror(errno));
}

/* The strings stay readable in the memory a fork inherits, so wipe them. */
static void wipe_environment(void)
{
    for (char **e = environ; e && *e; e++)
        explicit_bzero(*e, strlen(*e));
    clearenv();
}

static enum status limit(int what, rlim_t value, struct err *err)
{
    struct rlimit r = {value, value};
    return setrlimit((__rlimit_resource_t)what, &r) == 0
               ? ST_OK
               : broken(err, "setrlimit");
}

/* In a user namespace root may be the only user there is; then there is
 * nobody to become, and nothing to lose. */
static enum status drop_root(struct err *err)
{
    if (geteuid() != 0)
        return ST_OK;
    if (setgroups(0, NULL) != 0 && errno != EPERM)
        return broken(err, "setgroups");
    if (setresgid(NOBODY, NOBODY, NOBODY) != 0 && errno != EINVAL &&
        errno != EPERM)
        return broken(err, "setresgid");
    if (setresuid(NOBODY, NOBODY, NOBODY) != 0 && errno != EINVAL &&
        errno != EPERM)
        return broken(err, "setresuid");
    return ST_OK;
}

/* A change of user clears the death signal and dumpability, so these come
 * last; the parent may be gone already. */
static enum status die_with_parent(struct err *err)
{
    if (prctl(PR_SET_DUMPABLE, 0) != 0)
        return broken(err, "PR_SET_DUMPABLE");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return broken(err, "PR_SET_PDEATHSIG");
    return ST_OK;
}

static enum status close_all_but(int keep, struct err *err)
{
    if (keep > 3 && close_range(3, (unsigned)keep - 1, 0) != 0)
        return broken(err, "close_range");
    if (close_range((unsigned)keep + 1, ~0U, 0) != 0)
        return broken(err, "close_range");
    return ST_OK;
}

/* ASan reports on 2. */
static enum status blank_stdio(struct err *err)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return broken(err, "/dev/null");
    for (int fd = 0; fd <= (SANITIZED ? 1 : 2); fd++)
        if (dup2(null, fd) < 0)
            return broken(err, "dup2");
    if (null > 2)
        close(null);
    return ST_OK;
}

enum status confine_zygote(int keep_fd, struct err *err)
{
    setsid();
    wipe_environment();
    enum status st = blank_stdio(err);
    if (st == ST_OK)
        st = close_all_but(keep_fd, err);
    if (st == ST_OK)
        st = limit(RLIMIT_CORE, 0, err);
    if (st == ST_OK)
        st = drop_root(err);
    return st == ST_OK ? die_with_parent(err) : st;
}

/* One system call, allowed when up to two of its arguments are as told. */
struct rule {
    int call;
    unsigned n;
    struct scmp_arg_cmp arg[2];
};

static enum status load(const struct rule *rules, size_t n, struct err *err)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!ctx)
        return broken(err, "seccomp_init");
    int bad = 0;
    for (size_t i = 0; i < n && !bad; i++)
        bad = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rules[i].call,
                                     rules[i].n, rules[i].arg);
    /* qsort(3) asks it how much memory there is; it does without an answer,
     * and nobody here is to know how long the machine has been up. */
    if (!bad)
        bad =
            seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(sysinfo), 0);
    if (!bad)
        bad = seccomp_load(ctx);
    seccomp_release(ctx);
    if (!bad)
        return ST_OK;
    errno = -bad;
    return broken(err, "seccomp (the kernel must support it)");
}

static enum status filter(int socket, struct err *err)
{
    const scmp_datum_t fd = (scmp_datum_t)socket;
    /* clang-format off */
    const struct rule rules[] = {
        {SCMP_SYS(read), 1, {SCMP_A0(SCMP_CMP_EQ, fd, 0)}},
        {SCMP_SYS(write), 1, {SCMP_A0(SCMP_CMP_EQ, fd, 0)}},
        /* send(2): no address, so the socket's own peer */
        {SCMP_SYS(sendto), 2, {SCMP_A0(SCMP_CMP_EQ, fd, 0),
                               SCMP_A4(SCMP_CMP_EQ, 0, 0)}},
        /* memory: anonymous, never executable */
        {SCMP_SYS(mmap), 2, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                             SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS,
                                     MAP_ANONYMOUS)}},
        {SCMP_SYS(munmap), 0, {{0}}},
        {SCMP_SYS(mremap), 0, {{0}}},
        {SCMP_SYS(madvise), 0, {{0}}},
        {SCMP_SYS(brk), 0, {{0}}},
        {SCMP_SYS(rt_sigreturn), 0, {{0}}},
        {SCMP_SYS(restart_syscall), 0, {{0}}},
        {SCMP_SYS(exit), 0, {{0}}},
        {SCMP_SYS(exit_group), 0, {{0}}},
#if SANITIZED
        /* what ASan's allocator and reports need */
        {SCMP_SYS(write), 1, {SCMP_A0(SCMP_CMP_EQ, 2, 0)}},
        {SCMP_SYS(sigaltstack), 0, {{0}}},
        {SCMP_SYS(futex), 0, {{0}}},
        {SCMP_SYS(sched_yield), 0, {{0}}},
        {SCMP_SYS(getpid), 0, {{0}}},
        {SCMP_SYS(gettid), 0, {{0}}},
        {SCMP_SYS(mprotect), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
#endif
    };
    /* clang-format on */
    return load(rules, sizeof rules / sizeof *rules, err);
}

enum status confine_worker(int fd, size_t memory_bytes, struct err *err)
{
    enum status st = die_with_parent(err);
    if (st == ST_OK)
        st = close_all_but(fd, err);
    if (st == ST_OK && !SANITIZED)
        st = limit(RLIMIT_AS, memory_bytes + ADDRESS_SLACK_BYTES, err);
    if (st == ST_OK && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        st = broken(err, "PR_SET_NO_NEW_PRIVS");
    return st == ST_OK ? filter(fd, err) : st;
}
