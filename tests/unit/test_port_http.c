/* http.request, over loopback servers. */
#include "port_server.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET "hunter2-hunter2"

static struct json *secret(struct kit *k)
{
    struct json *handle = NULL;
    struct err err = {0};
    assert_int_equal(vault_put(k->vault, "TOKEN", SPAN(SECRET), &handle, &err),
                     ST_OK);
    return handle;
}

/* {method, url} with a secret in the header x-token. */
static struct json *with_secret(struct kit *k, const char *url)
{
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "url", url);
    struct json *headers = json_put(args, "headers", json_new(JSON_OBJECT));
    json_put(headers, "x-token", secret(k));
    json_put_str(headers, "authorization", "Basic literal");
    json_put_str(headers, "x-plain", "plain");
    return args;
}

static const char ok_reply[] =
    "HTTP/1.1 200 OK\r\nX-One: 1\r\nx-one: 2\r\nContent-Type: text/plain\r\n"
    "Content-Length: 5\r\n\r\nhello";

static void gets_an_answer(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, ok_reply);
    kit_call(k, "http.request",
             "{\"method\":\"GET\",\"url\":\"http://127.0.0.1:%d/a?b=c\","
             "\"query\":{\"d\":\"e f\",\"n\":3,\"t\":true},"
             "\"headers\":{\"accept\":\"text/plain\",\"x\":[\"1\",\"2\"]}}",
             s->port);
    assert_value(k, "{\"status\":200,\"headers\":{\"x-one\":\"1, 2\","
                    "\"content-type\":\"text/plain\",\"content-length\":\"5\"},"
                    "\"body\":\"hello\"}");
    char expected[512];
    snprintf(expected, sizeof expected,
             "GET /a?b=c&d=e+f&n=3&t=true HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n",
             s->port);
    assert_non_null(strstr(asked(s), expected));
    assert_non_null(strstr(asked(s), "accept: text/plain\r\nx: 1\r\nx: 2\r\n"
                                     "User-Agent: runproof/"));
    assert_null(strstr(asked(s), "Content-Type"));
}

static void codings_are_offered(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *headers, *line;
    } rows[] = {
        {"", "\r\nAccept-Encoding: deflate, gzip"},
        {",\"headers\":{\"accept-encoding\":\"identity\"}",
         "\r\naccept-encoding: identity\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server *s = say(k, ok_reply);
        kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"%s}",
                 s->port, rows[i].headers);
        const char *line = strcasestr(asked(s), "\r\naccept-encoding:");
        assert_non_null(line);
        assert_ptr_equal(strstr(asked(s), rows[i].line), line);
        assert_null(strcasestr(line + 2, "\r\naccept-encoding:"));
    }
}

static void sends_bodies(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *args, *request, *body;
    } rows[] = {
        {"\"method\":\"POST\",\"json\":{\"b\":[1],\"a\":null}", "POST / ",
         "Content-Type: application/json\r\nContent-Length: 18\r\n\r\n"
         "{\"a\":null,\"b\":[1]}"},
        {"\"method\":\"PUT\",\"body\":\"text\",\"headers\":"
         "{\"content-type\":\"text/plain\"}",
         "PUT / ", "Content-Length: 4\r\n\r\ntext"},
        {"\"method\":\"PATCH\",\"body\":{\"$bytes\":\"/w==\"}", "PATCH / ",
         "Content-Length: 1\r\n\r\n\xff"},
        {"\"method\":\"POST\"", "POST / ", "Content-Length: 0\r\n\r\n"},
        {"\"method\":\"GET\",\"body\":\"q\"", "GET / ",
         "Content-Length: 1\r\n\r\nq"},
        {"\"method\":\"DELETE\"", "DELETE / ", "\r\n\r\n"},
        {"\"method\":\"HEAD\"", "HEAD / ", "\r\n\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server *s = say(k, ok_reply);
        kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\",%s}",
                 s->port, rows[i].args);
        assert_int_equal(json_get_int(k->value, "status", 0), 200);
        assert_ptr_equal(strstr(asked(s), rows[i].request), asked(s));
        assert_non_null(strstr(asked(s), rows[i].body));
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
        n_servers--;
    }
}

/* Handles of libcurl and what is known of a host are kept. */
static void nothing_stays_of_the_one_before(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, ok_reply);
    static const char *const others[] = {
        "\"method\":\"POST\",\"json\":{}", "\"method\":\"HEAD\"",
        "\"method\":\"DELETE\"", "\"body\":\"b\"",
        "\"max_bytes\":5,\"headers\":{\"accept\":\"x\"}"};
    char first[1024];
    static const char get[] = "{\"url\":\"http://127.0.0.1:%d/a?b\"}";
    k->effect = EFFECT_READ;
    assert_int_equal(kit_call(k, "http.request", get, s->port), ST_OK);
    snprintf(first, sizeof first, "%.1000s", asked(s));
    assert_ptr_equal(strstr(first, "GET /a?b HTTP/1.1\r\n"), first);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        kit_put(k->dir, strrchr(s->log, '/') + 1, "");
        kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\",%s}",
                 s->port, others[i]);
        assert_int_equal(json_get_int(k->value, "status", 0), 200);
        kit_put(k->dir, strrchr(s->log, '/') + 1, "");
        assert_int_equal(kit_call(k, "http.request", get, s->port), ST_OK);
        assert_string_equal(json_get_str(k->value, "body", ""), "hello");
        assert_string_equal(asked(s), first);
    }
}

/* However much a URL looks like one before it. */
static void a_known_host_is_no_other(void **state)
{
    struct kit *k = *state;
    struct server *known = say(k, ok_reply);
    static const char *const others[] = {"@example.org/a", ":@example.org/a"};
    static const struct {
        const char *rest, *request;
    } rows[] = {
        {"/a", "GET /a HTTP"},
        {"/a/../b?c=/../d", "GET /b?c=/../d HTTP"},
        {"?/a", "GET /?/a HTTP"},
        {"", "GET / HTTP"},
        {"/#/a", "GET / HTTP"},
        {"/%2F?x=%2f%2F", "GET /%2F?x=%2f%2F HTTP"},
        {"/a?b=c?d&e", "GET /a?b=c?d&e HTTP"},
        {"/a+~;b", "GET /a+~;b HTTP"},
        {"/a?", "GET /a? HTTP"},
    };
    char url[128];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_put(k->dir, strrchr(known->log, '/') + 1, "");
        kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d%s\"}",
                 known->port, rows[i].rest);
        assert_int_equal(json_get_int(k->value, "status", 0), 200);
        assert_ptr_equal(strstr(asked(known), rows[i].request), asked(known));
    }
    kit_put(k->dir, strrchr(known->log, '/') + 1, "");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(url, sizeof url, "http://127.0.0.1:%d%s", known->port,
                 others[i]);
        kit_perform(k, "http.request", with_secret(k, url));
        assert_error(k, ST_REFUSED, "in plain http to example.org:");
    }
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/ a\"}",
             known->port);
    assert_error(k, ST_INPUT, "not an http or https URL");
    assert_string_equal(asked(known), "");
}

static void secrets_are_filled_in(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, ok_reply);
    char url[64];
    snprintf(url, sizeof url, "http://localhost:%d/", s->port);
    struct json *args = with_secret(k, url);
    json_put_str(args, "method", "POST");
    struct json *body = json_put(args, "json", json_new(JSON_OBJECT));
    json_put(body, "value", secret(k));
    assert_int_equal(kit_perform(k, "http.request", args), ST_OK);
    assert_non_null(strstr(asked(s), "x-token: " SECRET "\r\n"));
    assert_non_null(strstr(asked(s), "{\"value\":\"" SECRET "\"}"));
}

static struct server *redirect(const struct kit *k, const char *location,
                               const char *status)
{
    static char replies[4][256];
    char *reply = replies[n_servers];
    snprintf(reply, 256,
             "HTTP/1.1 %s\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", status,
             location);
    return say(k, reply);
}

static void redirects_to_itself_keep_secrets(void **state)
{
    struct kit *k = *state;
    struct server *s = redirect(k, "/again", "302 Found");
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", s->port);
    kit_perform(k, "http.request", with_secret(k, url));
    assert_error(k, ST_FAILED, "127.0.0.1: more than 5 redirects");
    const char *p = asked(s);
    int seen = 0;
    for (; p; seen += p != NULL)
        p = strstr(p + 1, "x-token: " SECRET);
    assert_int_equal(seen, 6);
    assert_non_null(strstr(asked(s), "GET /again HTTP/1.1"));
}

static void redirects_elsewhere_lose_secrets(void **state)
{
    struct kit *k = *state;
    struct server *to = say(k, ok_reply);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/there", to->port);
    struct server *from = redirect(k, url, "307 Temporary Redirect");
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", from->port);
    assert_int_equal(kit_perform(k, "http.request", with_secret(k, url)),
                     ST_OK);
    assert_string_equal(json_get_str(k->value, "body", ""), "hello");
    assert_non_null(strstr(asked(from), SECRET));
    assert_non_null(strstr(asked(to), "GET /there HTTP/1.1\r\n"));
    assert_non_null(strstr(asked(to), "x-plain: plain\r\n"));
    assert_null(strstr(asked(to), SECRET));
    assert_null(strstr(asked(to), "literal"));
}

/* {url of from} with secrets, where from redirects to the url. */
static void redirected(struct kit *k, const char *to)
{
    char url[64];
    const struct server *from = redirect(k, to, "302 Found");
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", from->port);
    kit_perform(k, "http.request", with_secret(k, url));
}

static void redirects_elsewhere_fail_clearly(void **state)
{
    struct kit *k = *state;
    char url[64];
    struct server *to = say(k, ok_reply);
    kill(to->pid, SIGKILL);
    waitpid(to->pid, NULL, 0);
    n_servers--;
    snprintf(url, sizeof url, "http://localhost:%d/", to->port);
    redirected(k, url);
    assert_error(k, ST_FAILED,
                 "localhost: it accepts no connection (4 tries) (127.0.0.1 "
                 "redirects there, where its credentials do not go)");
    to = say(k, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
    snprintf(url, sizeof url, "http://localhost:%d/", to->port);
    redirected(k, url);
    assert_error(k, ST_FAILED,
                 "localhost answered 401: give it credentials by asking it "
                 "under its own URL (127.0.0.1 redirects there, where its "
                 "credentials do not go)");
}

static void changes_are_not_redirected(void **state)
{
    struct kit *k = *state;
    struct server *to = say(k, ok_reply);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", to->port);
    struct server *from = redirect(k, url, "308 Permanent Redirect");
    kit_call(k, "http.request",
             "{\"method\":\"POST\",\"body\":\"x\","
             "\"url\":\"http://127.0.0.1:%d/\"}",
             from->port);
    assert_int_equal(json_get_int(k->value, "status", 0), 308);
    assert_string_equal(
        json_get_str(json_get(k->value, "headers"), "location", ""), url);
    assert_string_equal(asked(to), "");
}

static void redirects_to_files_end(void **state)
{
    struct kit *k = *state;
    struct server *s = redirect(k, "file:///etc/passwd", "302 Found");
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_error(k, ST_FAILED, "127.0.0.1 redirects to what is no http");
}

/* A server that goes wrong: one line, with its host and without the secret. */
static void bad_answers(void **state)
{
    struct kit *k = *state;
    struct buf long_line = {0}, many_lines = {0}, short_lines = {0}, big = {0};
    buf_str(&long_line, "HTTP/1.1 200 OK\r\nx: ");
    buf_str(&many_lines, "HTTP/1.1 200 OK\r\n");
    buf_str(&big, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 1 << 20; i++)
        buf_char(&long_line, 'h');
    for (int i = 0; i < 20000; i++)
        buf_printf(&many_lines, "x-%d: %050d\r\n", i, i);
    buf_str(&short_lines, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1001; i++)
        buf_str(&short_lines, "a:\r\n");
    for (int i = 0; i < 17 << 20; i++)
        buf_char(&big, 'b');
    const struct {
        struct span reply;
        const char *message;
    } rows[] = {
        {SPAN("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
         "127.0.0.1: its answer was cut short"},
        {SPAN("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"),
         "127.0.0.1: its answer was cut short"},
        {SPAN("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"),
         "127.0.0.1: its answer is not HTTP"},
        {SPAN("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n0123456789"),
         "127.0.0.1: its answer is not HTTP"},
        {SPAN("SMTP ready\r\n\r\n"),
         "127.0.0.1: its answer is not HTTP: check the port"},
        {SPAN("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip"),
         "127.0.0.1: its answer is not compressed as it says it is"},
        {SPAN("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\nb"),
         "127.0.0.1: its answer is over 16777216 bytes"},
        {buf_view(&long_line), "127.0.0.1: a header of its answer is over"},
        {buf_view(&many_lines),
         "127.0.0.1: the headers of its answer are over"},
        {buf_view(&short_lines),
         "127.0.0.1: the headers of its answer are over"},
        {buf_view(&big), "127.0.0.1: its answer is over 16777216 bytes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server *s = serve(k, rows[i].reply);
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%d/", s->port);
        kit_perform(k, "http.request", with_secret(k, url));
        assert_error(k, ST_FAILED, rows[i].message);
        assert_null(strstr(k->err.msg, SECRET));
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
        n_servers--;
    }
    buf_release(&long_line);
    buf_release(&many_lines);
    buf_release(&short_lines);
    buf_release(&big);
}

static void bodies_have_a_ceiling(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, ok_reply);
    for (int max = 4; max <= 5; max++) {
        kit_call(k, "http.request",
                 "{\"url\":\"http://127.0.0.1:%d/\",\"max_bytes\":%d}", s->port,
                 max);
        if (max == 4)
            assert_error(k, ST_FAILED, "its answer is over 4 bytes");
        else
            assert_int_equal(k->err.st, ST_OK);
    }
}

static void carries_any_bytes(void **state)
{
    struct kit *k = *state;
    struct server *s =
        serve(k, SPAN("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\0\xff"));
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_value(k, "{\"status\":200,\"headers\":{\"content-length\":\"2\"},"
                    "\"body\":{\"$bytes\":\"AP8=\"}}");
}

static void sessions_are_not_shown(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                              "Set-Cookie: _session=abcdefgh\r\n\r\n");
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_value(k, "{\"status\":200,\"headers\":{\"content-length\":\"0\","
                    "\"set-cookie\":\"[secret]\"},\"body\":\"\"}");
}

/* After 100 and 103 the headers of the real answer are the ones that count. */
static void skips_interim_answers(void **state)
{
    struct kit *k = *state;
    struct server *s =
        say(k, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
               "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_value(k, "{\"status\":404,\"headers\":{\"content-length\":\"0\"},"
                    "\"body\":\"\"}");
}

static void silence(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, "");
    int64_t begin = clock_mono_ms();
    kit_call(k, "http.request",
             "{\"url\":\"http://127.0.0.1:%d/\",\"timeout\":0.3}", s->port);
    assert_error(k, ST_FAILED, "127.0.0.1 did not answer in 0.30 s");
    k->budget_ms = 300;
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_error(k, ST_TIMEOUT, "127.0.0.1 did not answer in the time left");
    assert_true(clock_mono_ms() - begin < 10000);
    k->budget_ms = -1;
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_error(k, ST_TIMEOUT, "in the time left");
}

/* The queue of those who wait to be accepted is full. */
static void nobody_accepts(void **state)
{
    struct kit *k = *state;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int peers[4];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    for (int i = 0; i < 4; i++) {
        peers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(peers[i], (struct sockaddr *)&at, n);
    }
    kit_call(k, "http.request",
             "{\"url\":\"http://127.0.0.1:%d/\",\"timeout\":0.3}",
             ntohs(at.sin_port));
    assert_error(k, ST_FAILED, "127.0.0.1 did not accept a connection in 0.30");
    for (int i = 0; i < 4; i++)
        close(peers[i]);
    close(fd);
}

static void count_interrupt(int signal)
{
    (void)signal;
    interrupted++;
}

static void interrupt_ends_a_read(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, "");
    const struct itimerval soon = {{0, 0}, {0, 200000}};
    int64_t begin = clock_mono_ms();
    k->effect = EFFECT_READ;
    signal(SIGALRM, count_interrupt);
    setitimer(ITIMER_REAL, &soon, NULL);
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_error(k, ST_INTERRUPTED, "127.0.0.1: interrupted");
    assert_true(clock_mono_ms() - begin < 10000);
    interrupted = 0;
}

static void nobody_there(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, ok_reply);
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    n_servers--;
    kit_call(k, "http.request", "{\"url\":\"http://127.0.0.1:%d/\"}", s->port);
    assert_error(k, ST_FAILED, "127.0.0.1: it accepts no connection");
}

static void plain_http_carries_no_secret(void **state)
{
    struct kit *k = *state;
    kit_perform(k, "http.request", with_secret(k, "http://example.invalid/"));
    assert_error(k, ST_REFUSED,
                 "may not travel in plain http to "
                 "example.invalid");
    kit_perform(k, "http.request", with_secret(k, "http://127.evil.invalid/"));
    assert_error(k, ST_REFUSED, "may not travel in plain http");
    struct json *args = json_new(JSON_OBJECT);
    struct json *handle = NULL;
    assert_int_equal(vault_put(k->vault, "URL",
                               SPAN("http://hidden.invalid/" SECRET), &handle,
                               &k->err),
                     ST_OK);
    json_put(args, "url", handle);
    kit_perform(k, "http.request", args);
    assert_error(k, ST_REFUSED, "plain http to the server");
    assert_null(strstr(k->err.msg, "hidden"));
}

/* Where a secret makes no sense it is not shown either. */
static void a_secret_is_no_method(void **state)
{
    struct kit *k = *state;
    struct server *s = say(k, ok_reply);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", s->port);
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "url", url);
    json_put(args, "method", secret(k));
    kit_perform(k, "http.request", args);
    assert_null(strstr(k->err.msg, SECRET));
    assert_null(strstr(asked(s), SECRET));
}

static void wrong_calls(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *args, *message;
    } rows[] = {
        {"{}", "needs a url"},
        {"{\"url\":\"ftp://127.0.0.1/\"}", "not an http or https URL: ftp:"},
        {"{\"url\":\"file:///etc/passwd\"}", "not an http or https URL"},
        {"{\"url\":\"http://\"}", "not an http or https URL"},
        {"{\"url\":\"http://127.0.0.1/ a\"}", "not an http or https URL"},
        {"{\"url\":\"http://127.0.0.1/\",\"method\":\"GET /\"}", "no method"},
        {"{\"url\":\"http://127.0.0.1/\",\"method\":\"HEAD\",\"body\":\"\"}",
         "HEAD carries no body"},
        {"{\"url\":\"http://127.0.0.1/\",\"body\":7}", "body is not a string"},
        {"{\"url\":\"http://127.0.0.1/\",\"timeout\":0}", "timeout"},
        {"{\"url\":\"http://127.0.0.1/\",\"max_bytes\":0}", "max_bytes"},
        {"{\"url\":\"http://127.0.0.1/\",\"headers\":[\"a\"]}", "name: value"},
        {"{\"url\":\"http://127.0.0.1/\",\"query\":[\"a\"]}",
         "query must be {name: value}"},
        {"{\"url\":\"http://127.0.0.1/\",\"query\":{\"a\":[\"1\",\"2\"]}}",
         "query must be {name: value}"},
        {"{\"url\":\"http://127.0.0.1/\",\"headers\":{\"a b\":\"\"}}",
         "header a b"},
        {"{\"url\":\"http://127.0.0.1/\",\"headers\":{\"a\":\"1\\r\\nb: 2\"}}",
         "header a holds a line break"},
        {"{\"url\":\"http://127.0.0.1/\",\"headers\":{\"a\":1}}",
         "header a is not a string"},
        {"{\"url\":\"http://127.0.0.1/"
         "\",\"headers\":{\"Content-Length\":\"1\"}}",
         "header Content-Length"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, "http.request", "%s", rows[i].args);
        assert_error(k, ST_INPUT, rows[i].message);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, kit_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gets_an_answer),
        TEST(codings_are_offered),
        TEST(sends_bodies),
        TEST(nothing_stays_of_the_one_before),
        TEST(a_known_host_is_no_other),
        TEST(secrets_are_filled_in),
        TEST(redirects_to_itself_keep_secrets),
        TEST(redirects_elsewhere_lose_secrets),
        TEST(redirects_elsewhere_fail_clearly),
        TEST(changes_are_not_redirected),
        TEST(redirects_to_files_end),
        TEST(bad_answers),
        TEST(bodies_have_a_ceiling),
        TEST(carries_any_bytes),
        TEST(sessions_are_not_shown),
        TEST(skips_interim_answers),
        TEST(silence),
        TEST(nobody_accepts),
        TEST(interrupt_ends_a_read),
        TEST(nobody_there),
        TEST(plain_http_carries_no_secret),
        TEST(a_secret_is_no_method),
        TEST(wrong_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
