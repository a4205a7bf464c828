/* Forks Lua workers on request, kills and reaps them. */
#include "zygote.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "vm.h"
#include "wire.h"

/* The Lua state comes first: making one looks at the clock for its hash seed,
 * which the walls forbid. */
static _Noreturn void worker_main(int fd, size_t memory_bytes)
{
    struct err err = {0};
    struct vm *vm = vm_new(fd, memory_bytes);
    if (confine_worker(fd, memory_bytes, &err) != ST_OK) {
        struct err ignored = {0};
        if (wire_send(fd, WIRE_DEATH, span_of(err.msg), &ignored) != ST_OK)
            _exit(2);
        _exit(1);
    }
    vm_serve(vm);
    _exit(0);
}

static struct zygote_reply open_worker(int fd, size_t memory_bytes)
{
    if (fd < 0)
        return (struct zygote_reply){.error = EBADF};
    pid_t pid = fork();
    if (pid == 0)
        worker_main(fd, memory_bytes);
    int error = pid < 0 ? errno : 0;
    close(fd);
    return (struct zygote_reply){.error = error, .pid = pid};
}

static struct zygote_reply end_worker(pid_t pid)
{
    struct zygote_reply r = {.pid = pid};
    pid_t got = waitpid(pid, &r.wait_status, WNOHANG);
    if (got == 0) {
        kill(pid, SIGKILL);
        got = waitpid(pid, &r.wait_status, 0);
    }
    r.error = got == pid ? 0 : errno;
    return r;
}

/* Length of the packet, 0 at the end; *fd is the descriptor it carried, or
 * -1. */
static ssize_t receive(int control, struct zygote_request *req, int *fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } aux = {0};
    struct iovec iov = {req, sizeof *req};
    struct msghdr msg = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = &aux,
                         .msg_controllen = sizeof aux};
    ssize_t n = -1;
    do
        n = recvmsg(control, &msg, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    *fd = -1;
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(c), sizeof *fd);
    return n;
}

void zygote_main(int control)
{
    struct zygote_request req;
    int fd = -1;
    while (receive(control, &req, &fd) == (ssize_t)sizeof req) {
        struct zygote_reply reply = req.op == ZYGOTE_OPEN
                                        ? open_worker(fd, req.memory_bytes)
                                        : end_worker(req.pid);
        if (send(control, &reply, sizeof reply, MSG_NOSIGNAL) < 0)
            break;
    }
    _exit(0);
}
