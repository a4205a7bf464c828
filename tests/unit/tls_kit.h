/* For the tests of TLS: certificates good and bad made for this run, and a
 * proxy that speaks HTTP/2 over TLS before a plain loopback server. */
#pragma once

#include "port_kit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char tls_folder[] = "/tmp/runproof-tls-XXXXXX";

/* ca.pem; in server.pem, old.pem and own.pem a certificate with its key. */
static const char make_certificates[] =
    "set -e; exec >openssl.log 2>&1\n"
    "ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
    "san='-addext subjectAltName=DNS:localhost'\n"
    "openssl req -x509 $ec -keyout ca.key -out ca.pem -subj /CN=ca -days 2\n"
    "openssl req -x509 $ec $san -keyout own.key -out own.crt"
    " -subj /CN=localhost -days 2\n"
    "openssl req $ec $san -keyout server.key -out server.csr"
    " -subj /CN=localhost\n"
    "sign() { openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key"
    " -CAcreateserial -copy_extensions copy -days $1; }\n"
    "sign 2 >server.crt; sign -1 >old.crt\n"
    "cat server.crt server.key >server.pem; cat old.crt server.key >old.pem\n"
    "cat own.crt own.key >own.pem\n"
    "mkdir trusted; cp ca.pem trusted; openssl rehash trusted\n";

/* A path in the folder of certificates; the room is used again. */
static inline const char *tls_path(const char *name)
{
    return kit_path(tls_folder, name);
}

/* Group set-up. */
static inline int tls_make(void **state)
{
    (void)state;
    if (!mkdtemp(tls_folder))
        return -1;
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (chdir(tls_folder) == 0)
            execlp("sh", "sh", "-c", make_certificates, (char *)NULL);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static inline int tls_remove(void **state)
{
    struct err err = {0};
    (void)state;
    return file_remove_tree(tls_folder, &err) == ST_OK ? 0 : -1;
}

static inline void trust_nobody(void)
{
    static const char *const variables[] = {"SSL_CERT_FILE", "SSL_CERT_DIR",
                                            "CURL_CA_BUNDLE"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
}

static inline void trust(const char *variable, const char *name)
{
    setenv(variable, tls_path(name), 1);
}

/* --- HTTP/2 --- */

static pid_t proxy;
static char proxy_log[96]; /* "h2 40112 GET /x HTTP/2": protocol, the client's
                            * port, request */

static inline struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline int free_port(void)
{
    struct sockaddr_in at = loopback(0);
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static inline bool answers(int port)
{
    const struct sockaddr_in at = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool yes = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return yes;
}

static inline void proxy_stop(void)
{
    if (proxy > 0) {
        kill(proxy, SIGKILL);
        waitpid(proxy, NULL, 0);
    }
    proxy = 0;
}

/* nghttpx knows no port 0: one that is free is named, and another one if
 * somebody else was faster. Gives the port. */
static inline int proxy_start(const struct kit *k, const char *protocols,
                              const char *pem, int behind)
{
    char front[64], back[64], alpn[64], log[128], key[128];
    int port = 0;
    snprintf(proxy_log, sizeof proxy_log, "%s/proxy.log", k->dir);
    snprintf(log, sizeof log, "--accesslog-file=%s", proxy_log);
    snprintf(back, sizeof back, "-b127.0.0.1,%d", behind);
    snprintf(alpn, sizeof alpn, "--npn-list=%s", protocols);
    snprintf(key, sizeof key, "%s", tls_path(pem));
    for (int tries = 0; tries < 5 && !proxy; tries++) {
        port = free_port();
        snprintf(front, sizeof front, "-f127.0.0.1,%d", port);
        proxy = fork();
        if (proxy == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2);
            execlp("nghttpx", "nghttpx", "--conf=/dev/null", front, back, alpn,
                   "--workers=1", "--single-process", "--no-ocsp", log,
                   "--accesslog-format=$alpn $remote_port $request",
                   "--errorlog-file=/dev/null", key, key, (char *)NULL);
            _exit(127);
        }
        while (proxy && !answers(port)) {
            if (waitpid(proxy, NULL, WNOHANG) != 0)
                proxy = 0;
            usleep(1000);
        }
    }
    assert_int_not_equal(proxy, 0);
    return port;
}
