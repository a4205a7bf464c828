/* Ways out of a confined command, as functions: each is 0 when it got through.
 * The table tells in which classes a way is open. For test_escape.c. */
#pragma once

#include "port_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "effect.h"

/* Where the command is; from its environment. */
static const char *outside, *scratch;
static pid_t engine;
static int port;

static const char *in(const char *dir, const char *name)
{
    return kit_path(dir, name);
}

static int made(int fd)
{
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

/* --- files: each is 0 when it got through -------------------------------- */

static int overwrite(void)
{
    return made(open(in(outside, "victim"), O_WRONLY));
}

static int append(void)
{
    return made(open(in(outside, "victim"), O_WRONLY | O_APPEND));
}

static int create(void)
{
    return made(open(in(outside, "new"), O_WRONLY | O_CREAT, 0600));
}

static int create_in_tmp(void)
{
    int fd = open("/tmp/runproof-escape", O_WRONLY | O_CREAT, 0600);
    unlink("/tmp/runproof-escape");
    return made(fd);
}

static int create_in_shm(void)
{
    int fd = open("/dev/shm/runproof-escape", O_WRONLY | O_CREAT, 0600);
    unlink("/dev/shm/runproof-escape");
    return made(fd);
}

static int nameless_file(void)
{
    return made(open(outside, O_TMPFILE | O_WRONLY, 0600));
}

static int through_symlink(void)
{
    if (symlink(in(outside, "victim"), in(scratch, "link")) != 0 &&
        errno != EEXIST)
        return -1;
    return made(open(in(scratch, "link"), O_WRONLY));
}

static int through_proc_root(void)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/self/root%s/victim", outside);
    return made(open(path, O_WRONLY));
}

static int through_cwd(void)
{
    return made(open("/proc/self/cwd/../outside/victim", O_WRONLY));
}

static int through_own_descriptor(void)
{
    char path[64];
    int fd = open(in(outside, "victim"), O_RDONLY);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return made(open(path, O_WRONLY));
}

static int through_hard_link(void)
{
    if (link(in(outside, "victim"), in(scratch, "hard")) != 0)
        return -1;
    return made(open(in(scratch, "hard"), O_WRONLY));
}

static int through_handle(void)
{
    struct {
        struct file_handle head;
        char room[128];
    } h = {.head.handle_bytes = 128};
    int mount;
    if (name_to_handle_at(AT_FDCWD, in(outside, "victim"), &h.head, &mount,
                          0) != 0)
        return -1;
    int dir = open(outside, O_RDONLY | O_DIRECTORY);
    return made(open_by_handle_at(dir, &h.head, O_WRONLY));
}

static int take_away(void)
{
    return rename(in(outside, "victim"), in(scratch, "victim"));
}

static int put_there(void)
{
    if (made(open(in(scratch, "mine"), O_WRONLY | O_CREAT, 0600)) != 0)
        return 0; /* the scratch folder is writable in every class */
    return rename(in(scratch, "mine"), in(outside, "mine"));
}

static int swap_them(void)
{
    if (made(open(in(scratch, "mine"), O_WRONLY | O_CREAT, 0600)) != 0)
        return 0;
    return renameat2(AT_FDCWD, in(scratch, "mine"), AT_FDCWD,
                     in(outside, "victim"), RENAME_EXCHANGE);
}

static int delete_it(void)
{
    return unlink(in(outside, "victim"));
}

static int make_folder(void)
{
    return mkdir(in(outside, "folder"), 0700);
}

static int make_link(void)
{
    return symlink("victim", in(outside, "link"));
}

static int make_pipe(void)
{
    return mkfifo(in(outside, "pipe"), 0600);
}

static int make_device(void)
{
    return mknod(in(scratch, "disk"), S_IFBLK | 0600, makedev(7, 0));
}

static int cut(void)
{
    return truncate(in(outside, "victim"), 1);
}

static int cut_by_opening(void)
{
    return made(open(in(outside, "victim"), O_RDONLY | O_TRUNC));
}

static int write_to_mapping(void)
{
    int fd = open(in(outside, "victim"), O_RDONLY);
    void *p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static int send_to_reader(void)
{
    int fd = open(in(outside, "victim"), O_RDONLY);
    int from = open("/proc/self/exe", O_RDONLY);
    return sendfile(fd, from, NULL, 1) == 1 ? 0 : -1;
}

static int bind_over(void)
{
    return mount(outside, scratch, NULL, MS_BIND, NULL);
}

static int bind_as_root_of_namespace(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return -1;
    return mount("none", outside, "tmpfs", 0, NULL);
}

static int write_to_kernel(void)
{
    return made(open("/proc/sys/kernel/hostname", O_WRONLY));
}

static int write_to_disk(void)
{
    return made(open("/dev/vda", O_WRONLY));
}

static int write_to_terminal(void)
{
    int fd = open("/dev/pts/ptmx", O_RDWR);
    return made(fd >= 0 ? fd : open("/dev/tty", O_WRONLY));
}

static int change_mode(void)
{
    return chmod(in(outside, "victim"), 0644);
}

static int change_attribute(void)
{
    return setxattr(in(outside, "victim"), "user.runproof", "x", 1, 0);
}

static int write_in_root(void)
{
    return made(open("made", O_WRONLY | O_CREAT, 0600));
}

static int write_in_scratch(void)
{
    return made(open(in(scratch, "made"), O_WRONLY | O_CREAT, 0600));
}

/* --- sockets ---------------------------------------------------------------
 */

static int dial(int family)
{
    return made(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int inet(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return s < 0 ? -1 : connect(s, (struct sockaddr *)&to, sizeof to);
}

static int inet6(void)
{
    return dial(AF_INET6);
}

static int local_socket(void)
{
    return dial(AF_UNIX);
}

static int netlink(void)
{
    return made(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int packets(void)
{
    return made(socket(AF_PACKET, SOCK_RAW, 0));
}

static int raw_ip(void)
{
    return made(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static int to_host(void)
{
    return dial(AF_VSOCK);
}

static int kernel_crypto(void)
{
    return made(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

/* A pair of datagram sockets can be told other addresses. */
static int talk_from_pair(int family, int type)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int pair[2];
    if (socketpair(family, type, 0, pair) != 0)
        return -1;
    snprintf(to.sun_path, sizeof to.sun_path, "%s", in(outside, "socket"));
    return sendto(pair[0], "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1
               ? 0
               : -1;
}

static int datagrams_from_pair(void)
{
    return talk_from_pair(AF_UNIX, SOCK_DGRAM);
}

static int raw_from_pair(void)
{
    return talk_from_pair(AF_UNIX, SOCK_RAW);
}

static int stream_from_pair(void)
{
    return talk_from_pair(AF_UNIX, SOCK_STREAM);
}

static int cluster_pair(void)
{
    int pair[2];
    return socketpair(AF_TIPC, SOCK_SEQPACKET, 0, pair);
}

static int pair_of_its_own(void)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int ring(void)
{
    char params[120] = {0};
    return made((int)syscall(SYS_io_uring_setup, 8, params));
}

/* Nothing but the three standard ones is there to be used. */
static int inherited(void)
{
    for (int fd = 3; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return 0;
    return -1;
}

static int keyring(void)
{
    return syscall(SYS_keyctl, 0, -3, 0) < 0 ? -1 : 0;
}

static int shared_memory(void)
{
    return syscall(SYS_shmget, 0x52500001, 4096, 01600) < 0 ? -1 : 0;
}

/* --- the engine -------------------------------------------------------------
 */

static int see_engine(const char *what)
{
    char path[64];
    char byte;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)engine, what);
    int fd = open(path, O_RDONLY);
    return fd >= 0 && read(fd, &byte, 1) == 1 ? 0 : -1;
}

static int engine_environment(void)
{
    return see_engine("environ");
}

static int engine_maps(void)
{
    return see_engine("maps");
}

static int engine_memory(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)engine);
    return made(open(path, O_RDWR));
}

static int engine_descriptors(void)
{
    char path[64];
    char name[64];
    snprintf(path, sizeof path, "/proc/%d/fd/0", (int)engine);
    return readlink(path, name, sizeof name) > 0 ? 0 : -1;
}

static int engine_vm(void)
{
    char byte;
    struct iovec mine = {&byte, 1};
    struct iovec its = {(void *)&engine, 1};
    return process_vm_readv(engine, &mine, 1, &its, 1, 0) == 1 ? 0 : -1;
}

static int engine_trace(void)
{
    return ptrace(PTRACE_SEIZE, engine, NULL, NULL) < 0 ? -1 : 0;
}

/* SIGURG does no harm if it arrives. */
static int engine_signal(void)
{
    return kill(engine, SIGURG);
}

static int engine_group(void)
{
    return kill(-engine, SIGURG);
}

static int engine_thread(void)
{
    return (int)syscall(SYS_tgkill, engine, engine, SIGURG);
}

static int engine_queue(void)
{
    return sigqueue(engine, SIGURG, (union sigval){0});
}

static int engine_pidfd(void)
{
    int fd = (int)syscall(SYS_pidfd_open, engine, 0);
    return fd < 0 ? -1
                  : (int)syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0);
}

static int engine_steal(void)
{
    int fd = (int)syscall(SYS_pidfd_open, engine, 0);
    return fd < 0 ? -1 : made((int)syscall(SYS_pidfd_getfd, fd, 0, 0));
}

static int engine_limits(void)
{
    struct rlimit r;
    return prlimit(engine, RLIMIT_CORE, NULL, &r);
}

/* --- the table ---------------------------------------------------------------
 */

#define READ_ (1u << EFFECT_NONE | 1u << EFFECT_READ)
#define LOCAL_ (1u << EFFECT_LOCAL)
#define REMOTE_ (1u << EFFECT_REMOTE)
#define NEVER 0u
#define WRITERS (LOCAL_ | REMOTE_)
#define ALWAYS (READ_ | WRITERS)
#define NETWORK (1u << 8) /* open where the network is declared */
#define MAYBE (1u << 9)   /* this kernel or user decides where not refused */

static const struct {
    const char *name;
    int (*attempt)(void);
    unsigned open; /* classes for which it is */
} rows[] = {
    {"write outside", overwrite, NEVER},
    {"append outside", append, NEVER},
    {"create outside", create, NEVER},
    {"create in /tmp", create_in_tmp, NEVER},
    {"create in /dev/shm", create_in_shm, NEVER},
    {"a nameless file outside", nameless_file, NEVER},
    {"write through a symbolic link", through_symlink, NEVER},
    {"write through /proc/self/root", through_proc_root, NEVER},
    {"write through /proc/self/cwd", through_cwd, NEVER},
    {"write through /proc/self/fd", through_own_descriptor, NEVER},
    {"write through a hard link", through_hard_link, NEVER},
    {"write through a file handle", through_handle, NEVER},
    {"rename to the inside", take_away, NEVER},
    {"rename to the outside", put_there, NEVER},
    {"exchange with the outside", swap_them, NEVER},
    {"remove", delete_it, NEVER},
    {"make a folder", make_folder, NEVER},
    {"make a symbolic link", make_link, NEVER},
    {"make a pipe", make_pipe, NEVER},
    {"make a device", make_device, NEVER},
    {"truncate", cut, NEVER},
    {"truncate by opening", cut_by_opening, NEVER},
    {"write to a mapping", write_to_mapping, NEVER},
    {"sendfile to a file being read", send_to_reader, NEVER},
    {"bind mount", bind_over, NEVER},
    {"mount in a user namespace", bind_as_root_of_namespace, NEVER},
    {"write to a kernel setting", write_to_kernel, NEVER},
    {"write to a disk", write_to_disk, NEVER},
    {"write to a terminal", write_to_terminal, NEVER},
    {"chmod", change_mode, WRITERS},
    {"setxattr", change_attribute, WRITERS | MAYBE},
    {"write in the repository", write_in_root, WRITERS},
    {"write in the scratch folder", write_in_scratch, ALWAYS},
    {"connect by TCP", inet, REMOTE_ | NETWORK},
    {"a socket of IPv6", inet6, REMOTE_ | NETWORK | MAYBE},
    {"a Unix socket", local_socket, REMOTE_},
    {"a netlink socket", netlink, REMOTE_ | MAYBE},
    {"a packet socket", packets, REMOTE_ | MAYBE},
    {"a raw socket", raw_ip, REMOTE_ | MAYBE},
    {"a socket to the host", to_host, REMOTE_ | MAYBE},
    {"a socket of the kernel's crypto", kernel_crypto, REMOTE_ | MAYBE},
    {"datagrams from a pair", datagrams_from_pair, REMOTE_},
    {"raw datagrams from a pair", raw_from_pair, REMOTE_},
    {"an address for a stream pair", stream_from_pair, NEVER},
    {"a pair of TIPC", cluster_pair, REMOTE_ | MAYBE},
    {"a pair of its own", pair_of_its_own, ALWAYS},
    {"io_uring", ring, REMOTE_ | MAYBE},
    {"an inherited descriptor", inherited, NEVER},
    {"the session's keys", keyring, REMOTE_ | MAYBE},
    {"shared memory", shared_memory, WRITERS | MAYBE},
    {"the engine's environment", engine_environment, NEVER},
    {"the engine's maps", engine_maps, NEVER},
    {"the engine's memory", engine_memory, NEVER},
    {"the engine's descriptors", engine_descriptors, NEVER},
    {"process_vm_readv of the engine", engine_vm, NEVER},
    {"ptrace of the engine", engine_trace, NEVER},
    {"a signal to the engine", engine_signal, NEVER},
    {"a signal to its group", engine_group, NEVER},
    {"a signal to its thread", engine_thread, NEVER},
    {"a queued signal", engine_queue, NEVER},
    {"a signal by pidfd", engine_pidfd, NEVER},
    {"a descriptor of the engine's", engine_steal, NEVER},
    {"limits of the engine's", engine_limits, REMOTE_ | MAYBE},
};

#define ROWS (sizeof rows / sizeof *rows)
