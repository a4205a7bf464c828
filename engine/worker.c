/* The engine's end of its Lua workers. */
#include "worker.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "confine.h"
#include "zygote.h"

#define DEFAULT_MEMORY_BYTES ((size_t)512 << 20)

/* A worker that asked for something reads the answer at once; one that does
 * not for this long is hostile. */
#define SEND_PATIENCE_S 30

struct worker {
    struct wire_in in; /* the socket to it */
    pid_t pid;
    char death[200]; /* why it ended, once known */
};

/* One a process, like the process itself. */
static struct {
    int control;
    pid_t pid;
} zygote = {-1, 0};

static _Noreturn void become_zygote(int control)
{
    struct err err = {0};
    if (confine_zygote(control, &err) != ST_OK) {
        send(control, err.msg, strlen(err.msg), MSG_NOSIGNAL);
        _exit(1);
    }
    send(control, "", 1, MSG_NOSIGNAL);
    zygote_main(control);
}

enum status worker_zygote(struct err *err)
{
    int pair[2];
    assert(zygote.control < 0);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set(err, ST_INTERNAL, "socketpair: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        become_zygote(pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_set(err, ST_INTERNAL, "fork: %s", strerror(errno));
    }
    zygote.control = pair[0];
    zygote.pid = pid;
    char word[sizeof err->msg] = {0};
    ssize_t n = recv(zygote.control, word, sizeof word - 1, 0);
    if (n == 1 && word[0] == '\0')
        return ST_OK;
    worker_zygote_stop();
    return err_set(err, ST_INTERNAL, "%s",
                   n > 0 ? word : "the worker process did not start");
}

void worker_zygote_stop(void)
{
    if (zygote.control < 0)
        return;
    close(zygote.control);
    zygote.control = -1;
    /* It ends at the closed socket; its workers by their death signal. */
    while (waitpid(zygote.pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Sends one request, with fd when >= 0, and waits for its reply. */
static enum status ask(const struct zygote_request *req, int fd,
                       struct zygote_reply *reply, struct err *err)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } aux = {0};
    struct zygote_request copy = *req;
    struct iovec iov = {&copy, sizeof copy};
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
    if (fd >= 0) {
        msg.msg_control = &aux;
        msg.msg_controllen = sizeof aux;
        struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(c), &fd, sizeof fd);
    }
    ssize_t n =
        zygote.control < 0 ? -1 : sendmsg(zygote.control, &msg, MSG_NOSIGNAL);
    while (n > 0) {
        n = recv(zygote.control, reply, sizeof *reply, 0);
        if (n == (ssize_t)sizeof *reply)
            return ST_OK;
        if (n < 0 && errno == EINTR)
            n = 1;
    }
    return err_set(err, ST_INTERNAL,
                   "the process that starts Lua workers is "
                   "gone");
}

enum status worker_open(const struct worker_limits *limits, struct worker **out,
                        struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set(err, ST_INTERNAL, "socketpair: %s", strerror(errno));
    size_t memory = limits ? limits->memory_bytes : 0;
    struct zygote_request req = {
        .op = ZYGOTE_OPEN,
        .memory_bytes = memory ? memory : DEFAULT_MEMORY_BYTES,
    };
    struct zygote_reply reply = {0};
    enum status st = ask(&req, pair[1], &reply, err);
    close(pair[1]);
    if (st == ST_OK && reply.error)
        st = err_set(err, ST_INTERNAL, "cannot start a Lua worker: %s",
                     strerror(reply.error));
    const struct timeval patience = {.tv_sec = SEND_PATIENCE_S};
    if (st == ST_OK && setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &patience,
                                  sizeof patience) != 0)
        st = err_set(err, ST_INTERNAL, "setsockopt: %s", strerror(errno));
    if (st != ST_OK) {
        close(pair[0]);
        return st;
    }
    *out = mem_alloc(sizeof **out);
    (*out)->in.fd = pair[0];
    (*out)->pid = reply.pid;
    return ST_OK;
}

/* Kills and reaps; how it ended goes to w->death unless that is known. */
static void bury(struct worker *w)
{
    struct zygote_request req = {.op = ZYGOTE_END, .pid = w->pid};
    struct zygote_reply reply = {0};
    struct err ignored = {0};
    if (w->pid == 0)
        return;
    enum status st = ask(&req, -1, &reply, &ignored);
    w->pid = 0;
    int how = reply.wait_status;
    if (w->death[0])
        return;
    if (st != ST_OK || reply.error)
        snprintf(w->death, sizeof w->death, "ended with its parent process");
    else if (WIFSIGNALED(how))
        snprintf(w->death, sizeof w->death, "killed by signal %d%s",
                 WTERMSIG(how),
                 WTERMSIG(how) == SIGSYS ? " (system call refused)" : "");
    else
        snprintf(w->death, sizeof w->death, "ended with code %d",
                 WEXITSTATUS(how));
}

static enum status dead(struct worker *w, struct err *err)
{
    bury(w);
    err_clear(err);
    return err_set(err, ST_FAILED, "the Lua worker ended: %s", w->death);
}

enum status worker_send(struct worker *w, enum wire_type type,
                        struct span payload, struct err *err)
{
    if (payload.n >= WIRE_MAX_BYTES)
        return err_set(err, ST_LIMIT,
                       "%zu bytes are too many for one message "
                       "to a Lua worker",
                       payload.n);
    enum status st = w->pid ? wire_send(w->in.fd, type, payload, err) : ST_IO;
    return st == ST_OK ? ST_OK : dead(w, err);
}

enum status worker_recv(struct worker *w, int64_t deadline_mono_ms,
                        enum wire_type *type, struct buf *payload,
                        struct err *err)
{
    enum status st =
        w->pid ? wire_recv(&w->in, deadline_mono_ms, type, payload, err)
               : ST_IO;
    if (st == ST_OK && *type == WIRE_DEATH) {
        snprintf(w->death, sizeof w->death, "%s", buf_cstr(payload));
        st = ST_IO;
    }
    return st == ST_OK || st == ST_TIMEOUT ? st : dead(w, err);
}

bool worker_ready(const struct worker *w, int other, int wait_ms)
{
    struct pollfd p[] = {{.fd = w->in.fd, .events = POLLIN},
                         {.fd = other, .events = POLLIN}};
    return !w->pid || w->in.from < w->in.to ||
           (poll(p, 2, wait_ms) > 0 && p[0].revents);
}

void worker_close(struct worker *w)
{
    if (!w)
        return;
    bury(w);
    close(w->in.fd);
    mem_free(w);
}
