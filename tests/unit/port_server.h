/* For the tests that need a service: loopback servers that each say one thing,
 * right or wrong, and write down what they were asked. */
#pragma once

#include "port_kit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A server in a process of its own. */
struct server {
    int port;
    pid_t pid;
    char log[96]; /* each request, as it came */
};

static struct server servers[4];
static size_t n_servers;

static inline void reply_to(int fd, const char *log, struct span reply)
{
    char room[65536];
    size_t have = 0, want = 0;
    while (!want || have < want) {
        ssize_t n = read(fd, room + have, sizeof room - 1 - have);
        if (n <= 0)
            break;
        have += (size_t)n;
        room[have] = '\0';
        const char *end = strstr(room, "\r\n\r\n");
        const char *length = strcasestr(room, "content-length: ");
        if (end)
            want = (size_t)(end + 4 - room) +
                   (length ? strtoul(length + 16, NULL, 10) : 0);
    }
    struct err err = {0};
    if (file_append(log, (struct span){room, have}, &err) != ST_OK)
        _exit(1);
    while (reply.n) {
        ssize_t n = send(fd, reply.p, reply.n, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        reply = span_sub(reply, (size_t)n, reply.n);
    }
}

/* A socket that listens on loopback, and the server's log. */
static inline int server_listen(const struct kit *k, struct server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    s->port = ntohs(at.sin_port);
    snprintf(s->log, sizeof s->log, "%s/%d.log", k->dir, s->port);
    kit_put(k->dir, strrchr(s->log, '/') + 1, "");
    return fd;
}

/* Answers every connection with reply, then hangs up; an empty reply is none
 * at all: it keeps the line open. */
static inline struct server *serve(const struct kit *k, struct span reply)
{
    struct server *s = &servers[n_servers++];
    int fd = server_listen(k, s);
    s->pid = fork();
    if (s->pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (s->pid == 0) {
        int peer = accept(fd, NULL, NULL);
        reply_to(peer, s->log, reply);
        if (reply.n)
            close(peer);
    }
    close(fd);
    return s;
}

static inline struct server *say(const struct kit *k, const char *reply)
{
    return serve(k, span_of(reply));
}

static inline int leave(void **state)
{
    for (size_t i = 0; i < n_servers; i++) {
        kill(servers[i].pid, SIGKILL);
        waitpid(servers[i].pid, NULL, 0);
    }
    n_servers = 0;
    return kit_leave(state);
}

static inline const char *asked(const struct server *s)
{
    static char room[65536];
    struct buf b = {0};
    struct err err = {0};
    assert_int_equal(file_read(s->log, sizeof room - 1, &b, &err), ST_OK);
    snprintf(room, sizeof room, "%s", buf_cstr(&b));
    buf_release(&b);
    return room;
}
