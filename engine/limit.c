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
#include <sys/socket.h>
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
#define NET_BIND_TCP (1ull << 0)
#define NET_CONNECT_TCP (1ull << 1)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ull << 0)
#define SCOPE_SIGNAL (1ull << 1)

#define ABI_NET 4
#define ABI_SCOPE 6

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
    if (abi >= ABI_SCOPE)
        return sizeof(struct ruleset_attr);
    return abi >= ABI_NET ? offsetof(struct ruleset_attr, scoped)
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

bool limit_scopes_signals(void)
{
    return limit_landlock_abi() >= ABI_SCOPE;
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

/* The second wall: what seccomp refuses, too. */
static void close_net(struct ruleset_attr *attr, const struct limit_spec *spec)
{
    attr->scoped = SCOPE_SIGNAL;
    if (spec->effect == EFFECT_REMOTE)
        return;
    attr->scoped |= SCOPE_ABSTRACT_UNIX_SOCKET;
    if (!spec->network)
        attr->net = NET_BIND_TCP | NET_CONNECT_TCP;
}

static enum status ruleset_make(struct limit *l, int abi,
                                const struct limit_spec *spec, struct err *err)
{
    struct ruleset_attr attr = {0};
    close_net(&attr, spec);
    for (size_t i = 0; i < sizeof change_rights / sizeof *change_rights; i++)
        if (change_rights[i].abi <= abi)
            attr.fs |= change_rights[i].rights;
    l->ruleset =
        (int)syscall(SYS_landlock_create_ruleset, &attr, attr_size(abi), 0);
    if (l->ruleset < 0)
        return err_set(err, ST_REFUSED, "cannot confine the command: %s",
                       strerror(errno));
    uint64_t rights = attr.fs & ~device_nodes;
    bool ok = allow_beneath(l->ruleset, spec->scratch, rights);
    if (ok && l->effect >= EFFECT_LOCAL)
        ok = allow_beneath(l->ruleset, spec->root, rights);
    if (!ok)
        return err_set(err, ST_REFUSED,
                       "cannot confine the command to %s and %s: %s",
                       spec->root, spec->scratch, strerror(errno));
    for (size_t i = 0; i < sizeof writable_devices / sizeof(char *); i++)
        (void)allow_beneath(l->ruleset, writable_devices[i],
                            attr.fs & file_rights);
    return ST_OK;
}

/* --- seccomp --- */

enum {
    OFFLINE = 1,  /* classes below remote without a declared network */
    INTERNET = 2, /* classes below remote with one */
    BOUND = OFFLINE | INTERNET,
    READING = 4 /* classes below local */
};

/* Calls that answer with an error. openat2 hides its flags from the filter;
 * told that it is missing, programs fall back on openat. */
static const struct {
    int nr;
    int when;
    int error;
} denied[] = {
    {SYS_socket, OFFLINE, EPERM},
    {SYS_io_uring_setup, BOUND, ENOSYS}, /* makes sockets of its own */
    {SYS_pidfd_getfd, BOUND, EPERM},     /* those of others */
    {SYS_add_key, BOUND, EPERM},
    {SYS_request_key, BOUND, EPERM},
    {SYS_keyctl, BOUND, EPERM},
    {SYS_shmget, READING, EPERM},
    {SYS_msgget, READING, EPERM},
    {SYS_semget, READING, EPERM},
    {SYS_mq_open, READING, EPERM},
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

/* Calls of which an argument must be one of two values, else EPERM. A pair of
 * sockets is no way out unless it takes addresses: datagrams do. */
static const struct {
    int nr;
    int when;
    int arg;
    unsigned mask;
    unsigned values[2];
} choices[] = {
    {SYS_socket, INTERNET, 0, ~0u, {AF_INET, AF_INET6}},
    {SYS_socketpair, BOUND, 0, ~0u, {AF_UNIX, AF_UNIX}},
    {SYS_socketpair, BOUND, 1, 0xf, {SOCK_STREAM, SOCK_SEQPACKET}},
    {SYS_prlimit64, BOUND, 0, ~0u, {0, 0}}, /* one's own, not the engine's */
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

/* The lower half of an argument: all of one that is an int. */
static void emit_load_arg(struct limit *l, int arg)
{
    emit_load(l, offsetof(struct seccomp_data, args) +
                     sizeof(uint64_t) * (unsigned)arg);
}

static void filter_choice(struct limit *l, size_t i)
{
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)choices[i].nr, 0, 6);
    emit_load_arg(l, choices[i].arg);
    emit(l, BPF_ALU | BPF_AND | BPF_K, choices[i].mask, 0, 0);
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, choices[i].values[0], 2, 0);
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, choices[i].values[1], 1, 0);
    emit_error(l, EPERM);
    emit_load(l, offsetof(struct seccomp_data, nr));
}

static void filter_opener(struct limit *l, int nr, int flags_arg)
{
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 5);
    emit_load_arg(l, flags_arg);
    emit(l, BPF_ALU | BPF_AND | BPF_K, O_TRUNC | O_ACCMODE, 0, 0);
    emit(l, BPF_JMP | BPF_JEQ | BPF_K, O_TRUNC | O_RDONLY, 0, 1);
    emit_error(l, EPERM);
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void filter_make(struct limit *l, bool network)
{
    int when = l->effect < EFFECT_LOCAL ? READING : 0;
    if (l->effect == EFFECT_REMOTE)
        return;
    when |= network ? INTERNET : OFFLINE;
    filter_head(l);
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        if (!(denied[i].when & when))
            continue;
        emit(l, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)denied[i].nr, 0, 1);
        emit_error(l, denied[i].error);
    }
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (choices[i].when & when)
            filter_choice(l, i);
    if (when & READING)
        for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
            filter_opener(l, openers[i].nr, openers[i].flags_arg);
    emit(l, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

/* --- both --- */

enum status limit_prepare(const struct limit_spec *spec, struct limit *out,
                          struct err *err)
{
    *out = (struct limit){.effect = spec->effect, .ruleset = -1};
    filter_make(out, spec->network);
    int abi = limit_landlock_abi();
    return abi > 0 ? ruleset_make(out, abi, spec, err) : ST_OK;
}

/* A file that a reading command writes is a temporary one. */
static const uint64_t file_bytes[EFFECT_COUNT] = {
    [EFFECT_NONE] = 256u << 20,
    [EFFECT_READ] = 256u << 20,
    [EFFECT_LOCAL] = 4ull << 30,
    [EFFECT_REMOTE] = 0,
};

uint64_t limit_file_bytes(enum effect effect)
{
    return file_bytes[effect];
}

/* The kernel's own choice, when memory runs out: the command, not the engine.
 */
static void offer_to_die(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    bool told = fd >= 0 && write(fd, "1000", 4) == 4;
    (void)told;
    if (fd >= 0)
        close(fd);
}

/* Lowers a ceiling, of the administrator's too: for good. */
static bool lower(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit r;
    if (getrlimit(what, &r) != 0)
        return false;
    if (r.rlim_cur > value)
        r.rlim_cur = value;
    r.rlim_max = r.rlim_cur;
    return setrlimit(what, &r) == 0;
}

#define BIT(capability) (1ull << (capability))

/* What root keeps below class remote: files, no more. Not the clock, not
 * modules, not mounts. */
static const uint64_t file_capabilities =
    BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) |
    BIT(CAP_FOWNER) | BIT(CAP_FSETID);
/* What no class has: with them the walls have doors, and the engine's memory
 * can be read. */
static const uint64_t machine_capabilities =
    BIT(CAP_SYS_ADMIN) | BIT(CAP_SYS_PTRACE) | BIT(CAP_PERFMON) | BIT(CAP_BPF) |
    BIT(CAP_SYS_MODULE) | BIT(CAP_SYS_RAWIO) | BIT(CAP_SYS_BOOT) |
    BIT(CAP_CHECKPOINT_RESTORE) | BIT(CAP_SYS_RESOURCE);

/* With no_new_privs they do not come back on exec. */
static bool drop_capabilities(enum effect effect)
{
    uint64_t keep =
        effect < EFFECT_REMOTE ? file_capabilities : ~machine_capabilities;
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &head, data) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        data[i].effective &= (uint32_t)(keep >> 32 * i);
        data[i].permitted &= (uint32_t)(keep >> 32 * i);
        data[i].inheritable = 0;
    }
    return syscall(SYS_capset, &head, data) == 0;
}

bool limit_enter(struct limit *l)
{
    offer_to_die();
    if (!lower(RLIMIT_CORE, 0) || !lower(RLIMIT_NPROC, LIMIT_PROCESSES) ||
        (file_bytes[l->effect] &&
         !lower(RLIMIT_FSIZE, file_bytes[l->effect])) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    if (!drop_capabilities(l->effect))
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
