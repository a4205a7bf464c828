/* Confines a process to its effect class with Landlock and seccomp. */
#include "limit.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#define FOREIGN_ABI_BIT 0x40000000u /* x32 calls share the architecture */
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#define FOREIGN_ABI_BIT 0x80000000u
#else
#error "teach limit.c this architecture's AUDIT_ARCH"
#endif

/* --- Landlock --- */

/* Newer than Debian 12's header. */
#define ACCESS_TRUNCATE (1ull << 14)
#define ACCESS_IOCTL_DEV (1ull << 15)
#define SCOPE_SIGNAL (1ull << 1)

struct ruleset_attr {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

/* Rights that change something, by the version that brought them. Reading and
 * executing are not handled, which leaves them free. */
static const struct {
    int abi;
    uint64_t rights;
} change_rights[] = {
    {1, LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
            LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
            LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
            LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
            LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM},
    {2, LANDLOCK_ACCESS_FS_REFER},
    {3, ACCESS_TRUNCATE},
    {5, ACCESS_IOCTL_DEV},
};

/* The size of ruleset_attr that a version knows. */
static size_t attr_size(int abi)
{
    if (abi >= 6)
        return sizeof(struct ruleset_attr);
    return abi >= 4 ? offsetof(struct ruleset_attr, scoped)
                    : offsetof(struct ruleset_attr, net);
}

static const uint64_t device_nodes =
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;
static const uint64_t file_rights =
    LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV;

/* Harmless, and expected to be there by every other program. */
static const char *const writable_devices[] = {"/dev/null", "/dev/zero",
                                               "/dev/full"};

int limit_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
                       LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : (int)abi;
}

static bool allow_beneath(int ruleset, const char *path, uint64_t rights)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct landlock_path_beneath_attr rule = {rights, fd};
    long rc = syscall(SYS_landlock_add_rule, ruleset,
                      LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return rc == 0;
}

static enum status ruleset_make(struct limit *l, int abi, const char *root,
                                const char *scratch, struct err *err)
{
    struct ruleset_attr attr = {.scoped = SCOPE_SIGNAL};
    for (size_t i = 0; i < sizeof change_rights / sizeof *change_rights; i++)
        if (change_rights[i].abi <= abi)
            attr.fs |= change_rights[i].rights;
    l->ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &attr, attr_size(abi), 0);
    if (l->ruleset < 0)
        return err_set(err, ST_REFUSED, "cannot confine the command: %s",
                       strerror(errno));
    uint64_t rights = attr.fs & ~device_nodes;
    bool ok = allow_beneath(l->ruleset, scratch, rights);
    if (ok && l->effect >= EFFECT_LOCAL)
        ok = allow_beneath(l->ruleset, root, rights);
    if (!ok)
        return err_set(err, ST_REFUSED,
                       "cannot confine the command to %s and %s: %s", root,
                       scratch, strerror(errno));
    for (size_t i = 0; i < sizeof writable_devices / sizeof(char *); i++)
        (void)allow_beneath(l->ruleset, writable_devices[i],
                            attr.fs & file_rights);
    return ST_OK;
}

/* --- seccomp --- */

enum {
    OFFLINE = 1, /* classes below remote */
    READING = 2  /* classes below local */
};

/* Calls that answer with an error. openat2 hides its flags from the filter;
 * told that it is missing, programs fall back on openat. */
static const struct {
    int nr;
    int when;
    int error;
} denied[] = {
    {SYS_socket, OFFLINE, EPERM},
    {SYS_io_uring_setup, OFFLINE, ENOSYS}, /* makes sockets of its own */
    {SYS_openat2, READING, ENOSYS},
    {SYS_truncate, READING, EPERM},
    {SYS_fchmod, READING, EPERM},
    {SYS_fchmodat, READING, EPERM},
    {452 /* fchmodat2 */, READING, EPERM},
    {SYS_fchown, READING, EPERM},
    {SYS_fchownat, READING, EPERM},
    {SYS_setxattr, READING, EPERM},
    {SYS_lsetxattr, READING, EPERM},
    {SYS_fsetxattr, READING, EPERM},
    {SYS_removexattr, READING, EPERM},
    {SYS_lremovexattr, READING, EPERM},
    {SYS_fremovexattr, READING, EPERM},
#ifdef SYS_chmod
    {SYS_chmod, READING, EPERM},
    {SYS_chown, READING, EPERM},
    {SYS_lchown, READING, EPERM},
#endif
};

/* open(O_RDONLY | O_TRUNC) empties a file that Landlock before version 3 takes
 * for one being read. */
static const struct {
    int nr;
    int flags_arg;
} openers[] = {
    {SYS_openat, 2},
#ifdef SYS_open
    {SYS_open, 1},
#endif
};

static void emit(struct limit *l, int code, unsigned k, unsigned char jt,
                 unsigned char jf)
{
    assert(l->n_filter < LIMIT_FILTER_MAX);
    l->filter[l->n_filter++] =
        (struct sock_filter){(unsigned short)code, jt, jf, k};
}

static void emit_load(struct limit *l, size_t offset)
{
    emit(l, BPF_LD | BPF_W | BPF_ABS, (unsigned)offset, 0, 0);
}

static void emit_error(struct limit *l, int error)
{
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error, 0, 0);
}

/* Behind this the accumulator holds the number of a native system call. */
static void filter_head(struct limit *l)
{
    emit_load(l, offsetof(struct seccomp_data, arch));
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    emit_load(l, offsetof(struct seccomp_data, nr));
    emit(l, BPF_JMP | BPF_JGE | BPF_K, FOREIGN_ABI_BIT, 0, 1);
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
}

static void filter_opener(struct limit *l, int nr, int flags_arg)
{
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 5);
    emit_load(l, offsetof(struct seccomp_data, args) +
                     sizeof(uint64_t) * (unsigned)flags_arg);
    emit(l, BPF_ALU | BPF_AND | BPF_K, O_TRUNC | O_ACCMODE, 0, 0);
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, O_TRUNC | O_RDONLY, 0, 1);
    emit_error(l, EPERM);
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void filter_make(struct limit *l)
{
    int when = (l->effect < EFFECT_REMOTE ? OFFLINE : 0) |
               (l->effect < EFFECT_LOCAL ? READING : 0);
    if (!when)
        return;
    filter_head(l);
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        if (!(denied[i].when & when))
            continue;
        emit(l, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)denied[i].nr, 0, 1);
        emit_error(l, denied[i].error);
    }
    if (when & READING)
        for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
            filter_opener(l, openers[i].nr, openers[i].flags_arg);
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* --- both --- */

enum status limit_prepare(enum effect effect, const char *root,
                          const char *scratch, struct limit *out,
                          struct err *err)
{
    *out = (struct limit){.effect = effect, .ruleset = -1};
    filter_make(out);
    int abi = limit_landlock_abi();
    if (abi > 0)
        return ruleset_make(out, abi, root, scratch, err);
    if (effect == EFFECT_REMOTE)
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "this kernel has no Landlock, so a command of class %s "
                   "cannot be confined: use a kernel with CONFIG_SECURITY_"
                   "LANDLOCK, or declare the step effect=remote",
                   effect_name(effect));
}

/* Root keeps what it needs to read and write files, no more: not the clock,
 * not modules, not mounts. With no_new_privs they do not come back on exec. */
static bool drop_capabilities(void)
{
    const uint32_t keep = 1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE |
                          1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER |
                          1u << CAP_FSETID;
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &head, data) != 0)
        return false;
    data[0].effective &= keep;
    data[0].permitted &= keep;
    data[0].inheritable = 0;
    data[1] = (struct __user_cap_data_struct){0};
    return syscall(SYS_capset, &head, data) == 0;
}

bool limit_enter(struct limit *l)
{
    const struct rlimit none = {0, 0};
    struct rlimit processes;
    if (setrlimit(RLIMIT_CORE, &none) != 0 ||
        getrlimit(RLIMIT_NPROC, &processes) != 0)
        return false;
    if (processes.rlim_cur > LIMIT_PROCESSES)
        processes.rlim_cur = LIMIT_PROCESSES;
    processes.rlim_max = processes.rlim_cur;
    if (setrlimit(RLIMIT_NPROC, &processes) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    if (l->effect < EFFECT_REMOTE && !drop_capabilities())
        return false;
    if (l->ruleset >= 0 &&
        syscall(SYS_landlock_restrict_self, l->ruleset, 0) != 0)
        return false;
    if (!l->n_filter)
        return true;
    struct sock_fprog program = {l->n_filter, l->filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

void limit_release(struct limit *l)
{
    if (l->ruleset >= 0)
        close(l->ruleset);
    l->ruleset = -1;
}
