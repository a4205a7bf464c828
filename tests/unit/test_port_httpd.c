/* The loopback server, asked by our own http port from another process. */
#include "httpd.h"

#include "port_kit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"

static volatile sig_atomic_t stopped;
static pid_t child;
static int port;
static char count_file[96];

static void on_term(int signal)
{
    (void)signal;
    stopped = 1;
}

/* Says what it was asked; some targets have a meaning. */
static void handle(void *ctx, const struct httpd_request *rq,
                   struct httpd_reply *reply)
{
    struct err err = {0};
    (void)ctx;
    if (file_append(count_file, SPAN("x"), &err) != ST_OK)
        _exit(1);
    reply->status = strstr(rq->target, "drop")  ? 0
                    : strstr(rq->target, "odd") ? 99
                                                : 201;
    stopped = strstr(rq->target, "stop") != NULL;
    reply->headers = kit_json("{\"X-List\":[\"a\",\"b\"],\"Content-Length\":"
                              "\"7\",\"Date\":\"then\",\"X-Number\":5}");
    struct json *j = json_new(JSON_OBJECT);
    json_put_str(j, "method", rq->method);
    json_put_str(j, "target", rq->target);
    json_put(j, "x", json_copy(json_get(rq->headers, "x-sent")));
    json_put_int(j, "bytes", (int64_t)rq->body.n);
    json_put(
        j, "head",
        json_new_bytes(span_sub(rq->body, 0, rq->body.n < 8 ? rq->body.n : 8)));
    json_write(j, &reply->body);
    json_free(j);
}

/* In a process of its own; tells its port through the pipe. */
static _Noreturn void serve(int tell)
{
    struct httpd *h;
    struct err err = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, on_term);
    if (httpd_open(0, handle, NULL, &h, &err) != ST_OK)
        _exit(1);
    port = httpd_port(h);
    if (write(tell, &port, sizeof port) != sizeof port)
        _exit(1);
    enum status st = httpd_run(h, &stopped, &err);
    httpd_close(h);
    _exit(st == ST_OK ? 0 : 1);
}

static int enter(void **state)
{
    int tell[2];
    if (kit_enter(state) != 0 || pipe(tell) != 0)
        return -1;
    struct kit *k = *state;
    k->effect = EFFECT_REMOTE;
    snprintf(count_file, sizeof count_file, "%s/count", k->dir);
    stopped = 0;
    child = fork();
    if (child == 0)
        serve(tell[1]);
    close(tell[1]);
    ssize_t n = read(tell[0], &port, sizeof port);
    close(tell[0]);
    return n == sizeof port ? 0 : -1;
}

static int leave(void **state)
{
    int status = 0;
    kill(child, SIGTERM);
    if (waitpid(child, &status, 0) == child && status != 0)
        return -1;
    return kit_leave(state);
}

static void answers(void **state)
{
    struct kit *k = *state;
    kit_call(
        k, "http.request",
        "{\"method\":\"POST\",\"url\":\"http://127.0.0.1:%d/a%%2Fb?c=%%20\","
        "\"body\":{\"$bytes\":\"AAH/\"},"
        "\"headers\":{\"X-Sent\":[\"1\",\"2\"]}}",
        port);
    assert_int_equal(json_get_int(k->value, "status", 0), 201);
    assert_string_equal(
        json_get_str(k->value, "body", ""),
        "{\"bytes\":3,\"head\":{\"$bytes\":\"AAH/\"},\"method\":\"POST\","
        "\"target\":\"/a%2Fb?c=%20\",\"x\":\"1, 2\"}");
    const struct json *headers = json_get(k->value, "headers");
    assert_string_equal(json_get_str(headers, "x-list", ""), "a, b");
    assert_string_equal(json_get_str(headers, "x-number", ""), "5");
    assert_string_equal(json_get_str(headers, "date", ""), "then");
    assert_string_equal(json_get_str(headers, "content-length", ""), "87");
}

static void each_method(void **state)
{
    struct kit *k = *state;
    static const char *const methods[] = {"GET", "HEAD", "PUT", "PATCH",
                                          "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        kit_call(k, "http.request",
                 "{\"method\":\"%s\",\"url\":\"http://localhost:%d/\"}",
                 methods[i], port);
        assert_int_equal(json_get_int(k->value, "status", 0), 201);
        char said[64];
        snprintf(said, sizeof said, "\"method\":\"%s\"", methods[i]);
        const char *body = json_get_str(k->value, "body", "");
        if (strcmp(methods[i], "HEAD"))
            assert_non_null(strstr(body, said));
        else
            assert_string_equal(body, "");
    }
}

static void post_bytes(struct kit *k, size_t n)
{
    struct json *args = json_new(JSON_OBJECT);
    char url[64], *body = mem_alloc(n);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    memset(body, 'b', n);
    json_put_str(args, "method", "POST");
    json_put_str(args, "url", url);
    json_put(args, "body", json_new_bytes((struct span){body, n}));
    mem_free(body);
    kit_perform(k, "http.request", args);
}

static void bodies_have_a_ceiling(void **state)
{
    struct kit *k = *state;
    post_bytes(k, HTTPD_BODY_CAP);
    assert_int_equal(json_get_int(k->value, "status", 0), 201);
    assert_non_null(strstr(json_get_str(k->value, "body", ""), "16777216"));
    post_bytes(k, HTTPD_BODY_CAP + 1);
    assert_int_equal(json_get_int(k->value, "status", 0), 413);
    assert_file(k->dir, "count", "x");
}

static void hangs_up(void **state)
{
    struct kit *k = *state;
    kit_call(k, "http.request",
             "{\"method\":\"POST\",\"url\":\"http://127.0.0.1:%d/drop\"}",
             port);
    assert_error(k, ST_FAILED, "127.0.0.1: it hung up without an answer");
    assert_file(k->dir, "count", "x");
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/odd\"}", port);
    assert_int_equal(json_get_int(k->value, "status", 0), 500);
}

/* A page that gives its own name our address learns nothing. */
static void strangers_are_turned_away(void **state)
{
    struct kit *k = *state;
    static const char *const hosts[] = {"evil.example", "localhost.evil",
                                        "127.0.0.1.evil"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        kit_call(k, "http.request",
                 "{\"url\":\"http://127.0.0.1:%d/\",\"headers\":"
                 "{\"host\":\"%s\"}}",
                 port, hosts[i]);
        assert_int_equal(json_get_int(k->value, "status", 0), 403);
    }
    assert_false(file_exists(count_file));
}

static int dial(void)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* Half a request, or no HTTP at all, disturbs nobody else. */
static void survives_bad_clients(void **state)
{
    struct kit *k = *state;
    static const char *const starts[] = {
        "GET / HT",
        ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
         "half"),
        "\x16\x03\x01\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"};
    int fds[4];
    for (size_t i = 0; i < 4; i++) {
        fds[i] = dial();
        ssize_t n = send(fds[i], starts[i], strlen(starts[i]), MSG_NOSIGNAL);
        assert_int_equal(n, strlen(starts[i]));
    }
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", port);
    assert_int_equal(json_get_int(k->value, "status", 0), 201);
    for (size_t i = 0; i < 4; i++)
        close(fds[i]);
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", port);
    assert_int_equal(json_get_int(k->value, "status", 0), 201);
    assert_file(k->dir, "count", "xx");
}

/* The answer to the request that stops it still arrives. */
static void stops_by_a_flag(void **state)
{
    struct kit *k = *state;
    int status;
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/stop\"}", port);
    assert_int_equal(json_get_int(k->value, "status", 0), 201);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void taken_port(void **state)
{
    struct httpd *h = NULL;
    struct err err = {0};
    (void)state;
    assert_int_equal(httpd_open(port, handle, NULL, &h, &err), ST_IO);
    assert_non_null(strstr(err.msg, "in use"));
    err_clear(&err);
    assert_int_equal(httpd_open(70000, handle, NULL, &h, &err), ST_INPUT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers),
        TEST(each_method),
        TEST(bodies_have_a_ceiling),
        TEST(hangs_up),
        TEST(strangers_are_turned_away),
        TEST(survives_bad_clients),
        TEST(stops_by_a_flag),
        TEST(taken_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
