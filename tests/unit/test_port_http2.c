/* http.request over HTTP/2: nghttpx speaks it before a crowd. */
#include "port_many.h"
#include "tls_kit.h"

#define PATIENCE_MS 20000
#define TOGETHER 40

static const char both[] = "h2,http/1.1";

static int enter(void **state)
{
    trust_nobody();
    if (kit_enter(state) != 0)
        return -1;
    trust("SSL_CERT_FILE", "ca.pem");
    return 0;
}

static int leave(void **state)
{
    proxy_stop();
    return crowd_leave_all(state);
}

static void *ask(const struct kit *k, int port, const char *more)
{
    return begin_at(k, "https://localhost", port,
                    (struct port_call){.effect = EFFECT_REMOTE,
                                       .idempotent = !strstr(more, "POST")},
                    more);
}

/* body NULL: whatever it is. */
static void expect_body(struct kit *k, void *job, const char *body)
{
    if (finish(k, job) != ST_OK)
        fail_msg("%s", k->err.msg);
    if (body)
        assert_string_equal(json_get_str(k->value, "body", ""), body);
}

/* What the proxy wrote down, once it has written down n requests. */
static const char *proxied(int n)
{
    static char text[65536];
    int lines = 0;
    for (int i = 0; i < 5000 && lines < n; i++) {
        int fd = open(proxy_log, O_RDONLY | O_CLOEXEC);
        ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
        text[got > 0 ? got : 0] = '\0';
        close(fd);
        lines = 0;
        for (const char *p = text; (p = strchr(p, '\n')); p++)
            lines++;
        usleep(1000);
    }
    assert_int_equal(lines, n);
    return text;
}

/* Each line begins with that protocol; how many connections there were. */
static int connections_by(const char *protocol, const char *log)
{
    int ports[TOGETHER] = {0}, n = 0;
    for (const char *line = log; *line; line = strchr(line, '\n') + 1) {
        size_t len = strlen(protocol);
        assert_memory_equal(line, protocol, len);
        int port = (int)strtol(line + len, NULL, 10), i = 0;
        while (i < n && ports[i] != port)
            i++;
        if (i == n)
            ports[n++] = port;
    }
    return n;
}

/* --------------------------------------------------------------------- */

/* Answers when all ask, so that none can have waited for another. */
static void answer_all(struct crowd *c, struct peer *p)
{
    (void)p;
    if (c->asking < TOGETHER)
        return;
    for (size_t i = 0; i < c->n; i++)
        if (c->peers[i].fd >= 0 && c->peers[i].asks)
            crowd_say(c, &c->peers[i], OK_REPLY);
}

static void many_share_one_connection(void **state)
{
    struct kit *k = *state;
    int port =
        proxy_start(k, both, "server.pem", crowd(k, answer_all, NULL)->port);
    for (int i = 0; i < TOGETHER; i++)
        ask(k, port, "");
    for (int i = 0; i < TOGETHER; i++) {
        void *job = next(NULL, PATIENCE_MS);
        assert_non_null(job);
        expect_body(k, job, "ok");
    }
    assert_int_equal(connections_by("h2 ", proxied(TOGETHER)), 1);
}

/* --- what goes out and comes in --- */

static void answer_if_heard(struct crowd *c, struct peer *p)
{
    bool whole = strstr(p->room, "POST / HTTP/1.1") &&
                 strstr(p->room, "{\"a\":1}") &&
                 strcasestr(p->room, "\r\nx-token: t1\r\n") &&
                 strcasestr(p->room, "content-type: application/json");
    crowd_say(c, p,
              whole ? REPLY("201 Created", "X-More: 1\r\nContent-Length: 4\r\n",
                            "made")
                    : REPLY("400 Bad", "Content-Length: 0\r\n", ""));
}

static void fields_and_bodies(void **state)
{
    struct kit *k = *state;
    int port = proxy_start(k, both, "server.pem",
                           crowd(k, answer_if_heard, NULL)->port);
    void *job = ask(k, port,
                    ",\"method\":\"POST\",\"json\":{\"a\":1},"
                    "\"headers\":{\"X-Token\":\"t1\"}");
    expect_body(k, next(job, PATIENCE_MS), "made");
    assert_int_equal(json_get_int(k->value, "status", 0), 201);
    assert_string_equal(
        json_get_str(json_get(k->value, "headers"), "x-more", ""), "1");
    assert_int_equal(connections_by("h2 ", proxied(1)), 1);
}

static void a_ceiling_for_bodies(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {
        REPLY("200 OK", "Transfer-Encoding: chunked\r\n",
              "40\r\n"
              "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
              "\r\n0\r\n\r\n"),
        NULL};
    int port = proxy_start(k, both, "server.pem",
                           crowd(k, answer_in_turn, answers)->port);
    finish(k, next(ask(k, port, ",\"max_bytes\":32"), PATIENCE_MS));
    assert_error(k, ST_FAILED, "localhost: its answer is over 32 bytes");
    expect_body(k, next(ask(k, port, ""), PATIENCE_MS),
                "0123456789abcdef0123456789abcdef0123456789abcdef"
                "0123456789abcdef");
}

/* --- what goes wrong --- */

static void a_change_is_sent_once(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {HANG_UP, OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    int port = proxy_start(k, both, "server.pem", c->port);
    expect_body(
        k,
        next(ask(k, port, ",\"method\":\"POST\",\"body\":\"x\""), PATIENCE_MS),
        NULL);
    assert_int_equal(json_get_int(k->value, "status", 0), 502);
    assert_int_equal(heard(c, "POST"), 1);
}

static void a_read_is_sent_again(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {HANG_UP, OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    int port = proxy_start(k, both, "server.pem", c->port);
    expect_body(k, next(ask(k, port, ""), PATIENCE_MS), "ok");
    assert_int_equal(json_get_int(k->value, "tries", 0), 2);
    assert_int_equal(heard(c, "GET"), 2);
}

static void a_silent_server(void **state)
{
    struct kit *k = *state;
    int port =
        proxy_start(k, both, "server.pem", crowd(k, answer_nobody, NULL)->port);
    k->budget_ms = 300;
    finish(k, next(ask(k, port, ""), PATIENCE_MS));
    assert_error(k, ST_TIMEOUT, "localhost did not answer in the time left");
}

static void certificates_are_checked(void **state)
{
    struct kit *k = *state;
    const struct crowd *c = crowd(k, answer_nobody, NULL);
    int port = proxy_start(k, both, "own.pem", c->port);
    finish(k, next(ask(k, port, ""), PATIENCE_MS));
    assert_error(k, ST_FAILED, "localhost: its certificate is self-signed");
    assert_int_equal(heard(c, "GET"), 0);
}

static void a_server_without_it(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    int port = proxy_start(k, "http/1.1", "server.pem",
                           crowd(k, answer_in_turn, answers)->port);
    expect_body(k, next(ask(k, port, ""), PATIENCE_MS), "ok");
    assert_int_equal(connections_by("http/1.1 ", proxied(1)), 1);
}

#define HTTP2_TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HTTP2_TEST(many_share_one_connection),
        HTTP2_TEST(fields_and_bodies),
        HTTP2_TEST(a_ceiling_for_bodies),
        HTTP2_TEST(a_change_is_sent_once),
        HTTP2_TEST(a_read_is_sent_again),
        HTTP2_TEST(a_silent_server),
        HTTP2_TEST(certificates_are_checked),
        HTTP2_TEST(a_server_without_it),
    };
    return cmocka_run_group_tests(tests, tls_make, tls_remove);
}
