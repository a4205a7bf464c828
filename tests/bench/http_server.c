/* A server that costs as little as one can, for measuring its clients: HTTP/1.1
 * with connections kept alive, on loopback, one thread, the same answer to
 * every request. Prints its port; runs until it is killed, or its standard
 * input ends. Argument: bytes of the body (100). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 16384 /* of one request; what is longer is hung up on */
#define EVENTS 128
#define MAX_BODY (1 << 24)

struct peer {
    int fd;
    size_t have; /* bytes of requests, not yet answered */
    size_t owed; /* answers, not yet sent */
    size_t done; /* bytes of the first of them that were */
    char room[ROOM + 1];
};

static char *reply;
static size_t reply_n;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "http_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void make_reply(size_t body)
{
    char head[128];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                     "Content-Length: %zu\r\n\r\n",
                     body);
    reply_n = (size_t)n + body;
    reply = malloc(reply_n);
    if (!reply)
        give_up("malloc");
    memcpy(reply, head, (size_t)n);
    memset(reply + n, 'x', body);
}

static int listen_on_loopback(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 ||
        listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        give_up("listen");
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int epoll, int fd, void *peer)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) != 0)
        give_up("epoll_ctl");
}

static void accept_all(int epoll, int listener)
{
    int one = 1;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        struct peer *p = calloc(1, sizeof *p);
        if (!p)
            give_up("calloc");
        p->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(epoll, fd, p);
    }
}

/* The bytes of the first whole request, body included; 0: there is none. */
static size_t whole_request(struct peer *p)
{
    p->room[p->have] = '\0';
    const char *end = strstr(p->room, "\r\n\r\n");
    if (!end)
        return 0;
    size_t n = (size_t)(end - p->room) + 4;
    const char *length = strcasestr(p->room, "\ncontent-length:");
    if (length && length < end)
        n += strtoul(length + 16, NULL, 10);
    return n <= p->have ? n : 0;
}

/* False when the peer is gone. */
static bool send_owed(struct peer *p)
{
    while (p->owed) {
        ssize_t n =
            send(p->fd, reply + p->done, reply_n - p->done, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EAGAIN;
        p->done += (size_t)n;
        if (p->done == reply_n) {
            p->done = 0;
            p->owed--;
        }
    }
    return true;
}

static bool serve(struct peer *p)
{
    ssize_t n = recv(p->fd, p->room + p->have, ROOM - p->have, 0);
    if (n < 0 && errno == EAGAIN)
        return send_owed(p);
    if (n <= 0)
        return false;
    p->have += (size_t)n;
    for (size_t used = whole_request(p); used; used = whole_request(p)) {
        p->have -= used;
        p->owed++;
        memmove(p->room, p->room + used, p->have);
    }
    return send_owed(p) && p->have < ROOM;
}

/* What could not be sent at once waits for room. */
static void go_on(int epoll, struct peer *p)
{
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = p};
    size_t before = p->owed;
    if (!serve(p)) {
        close(p->fd);
        free(p);
        return;
    }
    if (p->owed)
        e.events |= EPOLLOUT;
    if (p->owed || before)
        epoll_ctl(epoll, EPOLL_CTL_MOD, p->fd, &e);
}

int main(int argc, char **argv)
{
    static char on_listener, on_input;
    struct epoll_event events[EVENTS];
    unsigned long body = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
    if (body > MAX_BODY)
        return 2;
    make_reply(body);
    int listener = listen_on_loopback();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener, &on_listener);
    struct epoll_event ends = {.events = EPOLLIN, .data.ptr = &on_input};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &ends);
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            char c;
            if (events[i].data.ptr == &on_listener)
                accept_all(epoll, listener);
            else if (events[i].data.ptr != &on_input)
                go_on(epoll, events[i].data.ptr);
            else if (read(STDIN_FILENO, &c, 1) <= 0)
                return 0;
        }
    }
}
