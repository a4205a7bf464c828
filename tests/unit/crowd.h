/* For tests of clients: a loopback server in a process of its own that has
 * many connections, keeps them, and answers as a function says; it writes down
 * what it was asked, a line a request. */
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define CROWD_PEERS 256
#define CROWD_ROOM 4096

struct peer {
    int fd;
    int number; /* of the connection, from 1 */
    size_t have;
    char room[CROWD_ROOM + 1]; /* the request under way, with its NUL */
    bool asks;                 /* and is to be answered */
    const char *rest;          /* of the answer, to be sent at due_ms */
    int64_t due_ms;
};

struct crowd {
    int port;
    pid_t pid;
    char log[96];
    /* Called in the server for each request: it answers some of the peers
     * that ask. */
    void (*on_request)(struct crowd *c, struct peer *p);
    const void *ctx;
    /* Whether what has come is a request; NULL: as HTTP says. */
    bool (*is_whole)(const struct peer *p);
    int log_fd, listener;
    int accepted;
    size_t asked; /* requests so far */
    size_t asking;
    size_t n;
    struct peer peers[CROWD_PEERS];
};

/* --- for on_request --- */

static inline void crowd_leave(struct peer *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

/* The connection is torn down rather than closed. */
static inline void crowd_reset(struct crowd *c, struct peer *p)
{
    const struct linger now = {1, 0};
    c->asking -= p->asks;
    p->asks = false;
    setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    crowd_leave(p);
}

static inline void crowd_hang_up(struct crowd *c, struct peer *p)
{
    c->asking -= p->asks;
    p->asks = false;
    crowd_leave(p);
}

static inline void crowd_say(struct crowd *c, struct peer *p, const char *text)
{
    c->asking -= p->asks;
    p->asks = false;
    p->have = 0;
    if (send(p->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        crowd_leave(p);
}

/* Says it, and the rest only later. */
static inline void crowd_drawl(struct crowd *c, struct peer *p,
                               const char *text, const char *rest, int ms)
{
    crowd_say(c, p, text);
    p->rest = rest;
    p->due_ms = clock_mono_ms() + ms;
}

static inline void crowd_log(const struct crowd *c, const char *line)
{
    if (dprintf(c->log_fd, "%s\n", line) < 0)
        _exit(1);
}

/* --- the server --- */

static inline void crowd_accept(struct crowd *c)
{
    struct peer *p = c->peers;
    while (p < c->peers + c->n && p->fd >= 0)
        p++;
    if (p == c->peers + CROWD_PEERS)
        _exit(1);
    c->n += p == c->peers + c->n;
    *p = (struct peer){.fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC),
                       .number = ++c->accepted};
}

/* Whether the whole request, body included, has come. */
static inline bool crowd_is_whole(const struct peer *p)
{
    const char *end = strstr(p->room, "\r\n\r\n");
    const char *length = strcasestr(p->room, "\ncontent-length:");
    size_t body = length ? strtoul(length + 16, NULL, 10) : 0;
    return end && p->have >= (size_t)(end + 4 - p->room) + body;
}

static inline void crowd_hear(struct crowd *c, struct peer *p)
{
    ssize_t n = read(p->fd, p->room + p->have, CROWD_ROOM - p->have);
    if (n <= 0) {
        crowd_hang_up(c, p);
        return;
    }
    p->have += (size_t)n;
    p->room[p->have] = '\0';
    if (p->asks || !(c->is_whole ? c->is_whole : crowd_is_whole)(p))
        return;
    p->asks = true;
    c->asking++;
    c->asked++;
    char line[128];
    snprintf(line, sizeof line, "#%d %.*s", p->number,
             (int)strcspn(p->room, "\r"), p->room);
    crowd_log(c, line);
    c->on_request(c, p);
}

static inline void crowd_turn(struct crowd *c, int wait_ms)
{
    struct pollfd fds[CROWD_PEERS + 1];
    size_t n = c->n;
    for (size_t i = 0; i < n; i++) {
        struct peer *p = &c->peers[i];
        if (p->fd >= 0 && p->rest && p->due_ms <= clock_mono_ms()) {
            const char *rest = p->rest;
            p->rest = NULL;
            crowd_say(c, p, rest);
        }
        if (p->fd >= 0 && p->rest)
            wait_ms = 5;
        fds[i] = (struct pollfd){.fd = p->fd, .events = POLLIN};
    }
    fds[n] = (struct pollfd){.fd = c->listener, .events = POLLIN};
    poll(fds, n + 1, wait_ms);
    for (size_t i = 0; i < n; i++)
        if (fds[i].revents && c->peers[i].fd >= 0)
            crowd_hear(c, &c->peers[i]);
    if (fds[n].revents)
        crowd_accept(c);
}

/* Begins it; dir is where its log goes. */
static inline void crowd_open(struct crowd *c, const char *dir)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    c->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(c->listener, (struct sockaddr *)&at, n) != 0 ||
        listen(c->listener, CROWD_PEERS) != 0 ||
        getsockname(c->listener, (struct sockaddr *)&at, &n) != 0)
        abort();
    c->port = ntohs(at.sin_port);
    snprintf(c->log, sizeof c->log, "%s/crowd-%d.log", dir, c->port);
    c->log_fd = open(c->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    c->pid = fork();
    if (c->pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (c->pid == 0)
        crowd_turn(c, -1);
    close(c->listener);
    close(c->log_fd);
}

static inline void crowd_close(const struct crowd *c)
{
    kill(c->pid, SIGKILL);
    waitpid(c->pid, NULL, 0);
}
