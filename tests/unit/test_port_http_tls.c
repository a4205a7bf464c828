/* http.request over TLS, with certificates good and bad. */
#include "port_many.h"
#include "tls_kit.h"

#define SECRET "hunter2-hunter2"

/* --- a server --- */

static pid_t server;

static int port_in(const char *path)
{
    struct buf text = {0};
    struct err err = {0};
    int port = 0;
    if (file_read(path, 1 << 20, &text, &err) == ST_OK) {
        const char *said = strstr(buf_cstr(&text), "ACCEPT 127.0.0.1:");
        if (said && strchr(said, '\n'))
            port = (int)strtol(said + 17, NULL, 10);
    }
    buf_release(&text);
    return port;
}

/* openssl's, with a certificate of the folder and files in k->root; its port.
 */
static int serve_tls(const struct kit *k, const char *pem)
{
    char path[128], log[128];
    snprintf(path, sizeof path, "%s", tls_path(pem));
    snprintf(log, sizeof log, "%s/tls.log", k->dir);
    unlink(log); /* of the server before */
    server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2 &&
            chdir(k->root) == 0)
            execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0",
                   "-cert", path, "-HTTP", (char *)NULL);
        _exit(127);
    }
    int port = 0;
    for (; !port && waitpid(server, NULL, WNOHANG) == 0; port = port_in(log))
        usleep(1000);
    assert_int_not_equal(port, 0);
    return port;
}

static int enter(void **state)
{
    trust_nobody();
    if (kit_enter(state) != 0)
        return -1;
    const struct kit *k = *state;
    kit_put(k->root, "hello", OK_REPLY);
    return 0;
}

static int leave(void **state)
{
    if (server > 0) {
        kill(server, SIGKILL);
        waitpid(server, NULL, 0);
    }
    server = 0;
    return crowd_leave_all(state);
}

static enum status get(struct kit *k, const char *scheme, const char *host,
                       int port)
{
    return kit_call(k, "http.request", "{\"url\":\"%s://%s:%d/hello\"}", scheme,
                    host, port);
}

/* --------------------------------------------------------------------- */

static void own_authorities_are_trusted(void **state)
{
    static const struct {
        const char *variable, *name;
    } rows[] = {{"SSL_CERT_FILE", "ca.pem"},
                {"CURL_CA_BUNDLE", "ca.pem"},
                {"SSL_CERT_DIR", "trusted"}};
    struct kit *k = *state;
    int port = serve_tls(k, "server.pem");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        trust(rows[i].variable, rows[i].name);
        get(k, "https", "localhost", port);
        assert_string_equal(k->err.msg, "");
        assert_string_equal(json_get_str(k->value, "body", ""), "ok");
        port_close_all();
        unsetenv(rows[i].variable);
    }
}

static void bad_certificates(void **state)
{
    static const struct {
        const char *pem, *trusted, *host, *message;
    } rows[] = {
        {"server.pem", "ca.pem", "127.0.0.1",
         "127.0.0.1: its certificate is for another name: check the URL"},
        {"old.pem", "ca.pem", "localhost",
         "localhost: its certificate has expired: have it renewed"},
        {"own.pem", "ca.pem", "localhost",
         "localhost: its certificate is self-signed: name its file in "
         "SSL_CERT_FILE if you trust it"},
        {"server.pem", "own.crt", "localhost",
         "localhost: the issuer of its certificate is unknown here: name its "
         "CA's file in SSL_CERT_FILE"},
        {"server.pem", "none.pem", "localhost",
         "localhost: the trusted certificates cannot be read: check "
         "SSL_CERT_FILE"},
    };
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int port = serve_tls(k, rows[i].pem);
        trust("SSL_CERT_FILE", rows[i].trusted);
        get(k, "https", rows[i].host, port);
        assert_error(k, ST_FAILED, rows[i].message);
        port_close_all();
        kill(server, SIGKILL);
        waitpid(server, NULL, 0);
        server = 0;
    }
}

/* --- a server without TLS --- */

static void answer_in_plain(struct crowd *c, struct peer *p)
{
    crowd_say(c, p, REPLY("400 Bad", "Content-Length: 0\r\n", ""));
    crowd_leave(p);
}

static bool any(const struct peer *p)
{
    return p->have > 0;
}

static struct crowd *without_tls(const struct kit *k,
                                 void (*on_request)(struct crowd *,
                                                    struct peer *))
{
    struct crowd *c = &crowds[n_crowds++];
    *c = (struct crowd){.on_request = on_request, .is_whole = any};
    crowd_open(c, k->dir);
    return c;
}

static void tls_to_a_plain_port(void **state)
{
    struct kit *k = *state;
    get(k, "https", "127.0.0.1", without_tls(k, answer_in_plain)->port);
    assert_error(k, ST_FAILED,
                 "127.0.0.1: it speaks no TLS there: check the port, or ask "
                 "by http");
}

/* Nothing was sent yet: any method may be repeated. */
static void no_handshake(void **state)
{
    struct kit *k = *state;
    get(k, "https", "127.0.0.1", without_tls(k, crowd_hang_up)->port);
    assert_error(k, ST_FAILED,
                 "127.0.0.1: no TLS connection came about: it speaks another "
                 "TLS or hung up (4 tries)");
    get(k, "https", "127.0.0.1", without_tls(k, crowd_reset)->port);
    assert_error(k, ST_FAILED,
                 "127.0.0.1: no TLS connection came about: it speaks another "
                 "TLS or hung up (4 tries)");
}

/* --- from https to http --- */

static void answer_if_without_secret(struct crowd *c, struct peer *p)
{
    crowd_say(c, p,
              strstr(p->room, SECRET)
                  ? REPLY("200 OK", "Content-Length: 4\r\n", "leak")
                  : OK_REPLY);
}

static void no_secret_leaves_tls(void **state)
{
    struct kit *k = *state;
    struct json *args = json_new(JSON_OBJECT), *handle = NULL;
    char text[256];
    const struct crowd *plain = crowd(k, answer_if_without_secret, NULL);
    int port = serve_tls(k, "server.pem");
    trust("SSL_CERT_FILE", "ca.pem");
    snprintf(text, sizeof text,
             REPLY("302 Found",
                   "Location: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n",
                   ""),
             plain->port);
    kit_put(k->root, "away", text);
    assert_int_equal(
        vault_put(k->vault, "TOKEN", SPAN(SECRET), &handle, &k->err), ST_OK);
    snprintf(text, sizeof text, "https://localhost:%d/away", port);
    json_put_str(args, "url", text);
    json_put(json_put(args, "headers", json_new(JSON_OBJECT)), "x-token",
             handle);
    kit_perform(k, "http.request", args);
    assert_string_equal(k->err.msg, "");
    assert_string_equal(json_get_str(k->value, "body", ""), "ok");
    assert_int_equal(heard(plain, "GET / "), 1);
}

#define TLS_TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(own_authorities_are_trusted), TLS_TEST(bad_certificates),
        TLS_TEST(tls_to_a_plain_port),         TLS_TEST(no_handshake),
        TLS_TEST(no_secret_leaves_tls),
    };
    return cmocka_run_group_tests(tests, tls_make, tls_remove);
}
