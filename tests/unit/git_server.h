/* For the tests that fetch and push: git itself, and its http-backend behind a
 * loopback server that asks for a name and a token. */
#pragma once

#include "port_server.h"

#include <fcntl.h>

/* Runs git with the words given; its output is no matter. */
__attribute__((sentinel)) static inline void git(const char *dir, ...)
{
    const char *words[24] = {"git", "-C", dir};
    size_t n = 3;
    int status = 0;
    va_list ap;
    va_start(ap, dir);
    do
        words[n] = va_arg(ap, const char *);
    while (words[n++]);
    va_end(ap);
    pid_t pid = fork();
    if (pid == 0) {
        static char *const plain[] = {"PATH=/usr/bin:/bin:/usr/local/bin",
                                      "GIT_CONFIG_NOSYSTEM=1",
                                      "HOME=/nonexistent",
                                      "GIT_AUTHOR_NAME=Ada",
                                      "GIT_AUTHOR_EMAIL=ada@example.com",
                                      "GIT_COMMITTER_NAME=Ada",
                                      "GIT_COMMITTER_EMAIL=ada@example.com",
                                      "GIT_AUTHOR_DATE=1700001000 +0000",
                                      "GIT_COMMITTER_DATE=1700001000 +0000",
                                      NULL};
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        execvpe("git", (char *const *)words, plain);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0)
        fail_msg("git %s %s failed", words[3], words[4] ? words[4] : "");
}

/* --- one request of CGI --- */

struct cgi {
    const char *folder; /* of the repositories */
    const char *login;  /* the Authorization it wants */
    const char *log;    /* the request lines and that header, as they came */
};

static inline void set_header(const char *head, const char *name,
                              const char *variable)
{
    char value[512] = "";
    const char *at = strcasestr(head, name);
    if (at)
        sscanf(at + strlen(name), " %511[^\r\n]", value);
    setenv(variable, value, 1);
}

/* http-backend's answer, with the status line it leaves to the server. */
static inline void cgi_answer(int peer, int from)
{
    char room[65536] = "";
    size_t n = 0;
    ssize_t got = 1;
    while (got > 0 && n < sizeof room - 1 && !strstr(room, "\r\n\r\n")) {
        got = read(from, room + n, sizeof room - 1 - n);
        n += got > 0 ? (size_t)got : 0;
        room[n] = '\0';
    }
    const char *status = "200 OK";
    if (!strncmp(room, "Status: ", 8))
        status = room + 8;
    dprintf(peer, "HTTP/1.1 %.*s\r\nConnection: close\r\n",
            (int)strcspn(status, "\r\n"), status);
    while (n && file_write_all(peer, (struct span){room, n})) {
        got = read(from, room, sizeof room);
        n = got > 0 ? (size_t)got : 0;
    }
}

static inline void cgi_run(const struct cgi *c, int peer, const char *head,
                           int body)
{
    int out[2];
    char method[16], path[512], query[512] = "";
    if (sscanf(head, "%15s %511[^? ]?%511[^ ]", method, path, query) < 2 ||
        pipe(out) != 0)
        _exit(1);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("REQUEST_METHOD", method, 1);
        setenv("PATH_INFO", path, 1);
        setenv("QUERY_STRING", query, 1);
        setenv("GIT_PROJECT_ROOT", c->folder, 1);
        setenv("GIT_HTTP_EXPORT_ALL", "1", 1);
        setenv("REMOTE_USER", "tester", 1);
        setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
        setenv("HOME", "/nonexistent", 1);
        set_header(head, "\r\ncontent-type:", "CONTENT_TYPE");
        set_header(head, "\r\ncontent-length:", "CONTENT_LENGTH");
        set_header(head, "\r\naccept-encoding:", "HTTP_ACCEPT_ENCODING");
        dup2(body, 0);
        dup2(out[1], 1);
        close(out[0]);
        close(out[1]);
        execlp("git", "git", "http-backend", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    cgi_answer(peer, out[0]);
    close(out[0]);
    waitpid(pid, NULL, 0);
}

/* The head of a request into head, its body into a file. */
static inline int cgi_read(int peer, char *head, size_t size)
{
    size_t n = 0;
    char *end = NULL;
    while (!end && n < size - 1) {
        ssize_t got = read(peer, head + n, size - 1 - n);
        if (got <= 0)
            return -1;
        n += (size_t)got;
        head[n] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    FILE *body = tmpfile();
    if (!end || !body)
        return -1;
    const char *length = strcasestr(head, "\r\ncontent-length:");
    size_t want = length ? strtoul(length + 17, NULL, 10) : 0;
    size_t have = n - (size_t)(end + 4 - head);
    (void)file_write_all(fileno(body), (struct span){end + 4, have});
    end[2] = '\0';
    while (have < want) {
        char room[65536];
        ssize_t got = read(peer, room, sizeof room);
        if (got <= 0)
            return -1;
        (void)file_write_all(fileno(body), (struct span){room, (size_t)got});
        have += (size_t)got;
    }
    int fd = dup(fileno(body));
    (void)fclose(body);
    (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

static inline void cgi_serve(const struct cgi *c, int peer)
{
    static char head[65536];
    char given[512] = "";
    struct err err = {0};
    int body = cgi_read(peer, head, sizeof head);
    if (body < 0)
        return;
    const char *at = strcasestr(head, "\r\nauthorization:");
    if (at)
        sscanf(at + 16, " %511[^\r\n]", given);
    if (file_append(c->log, span_of(head), &err) != ST_OK)
        _exit(1);
    if (!*given || strcmp(given, c->login) != 0)
        dprintf(peer, "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n"
                      "WWW-Authenticate: Basic realm=\"git\"\r\n"
                      "Content-Length: 0\r\n\r\n");
    else
        cgi_run(c, peer, head, body);
    close(body);
}

/* Serves the repositories in folder to who knows login, until leave(). */
static inline struct server *serve_git(const struct kit *k, const char *folder,
                                       const char *login)
{
    struct server *s = &servers[n_servers++];
    int fd = server_listen(k, s);
    s->pid = fork();
    if (s->pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (s->pid == 0) {
        const struct cgi c = {folder, login, s->log};
        int peer = accept(fd, NULL, NULL);
        cgi_serve(&c, peer);
        close(peer);
    }
    close(fd);
    return s;
}
