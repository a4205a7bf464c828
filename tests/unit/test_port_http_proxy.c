/* http.request through a proxy that the environment names. */
#include "port_many.h"

static const char *const variables[] = {
    "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
    "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

static const char *const denied[] = {
    REPLY("407 Denied", "Content-Length: 0\r\n", ""), NULL};

static int enter(void **state)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    return kit_enter(state);
}

static void name_proxy(const char *variable, const struct crowd *c)
{
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", c->port);
    setenv(variable, url, 1);
}

static enum status get(struct kit *k, const char *url)
{
    return kit_call(k, "http.request", "{\"url\":\"%s\"}", url);
}

static void proxies_are_used(void **state)
{
    static const struct {
        const char *variable, *url, *asked;
    } rows[] = {
        {"http_proxy", "http://far.invalid/a", "GET http://far.invalid/a "},
        {"HTTP_PROXY", "http://far.invalid/b", "GET http://far.invalid/b "},
        {"all_proxy", "http://far.invalid/c", "GET http://far.invalid/c "},
        {"ALL_PROXY", "http://far.invalid/d", "GET http://far.invalid/d "},
        {"https_proxy", "https://far.invalid/", "CONNECT far.invalid:443 "},
        {"HTTPS_PROXY", "https://near.invalid/", "CONNECT near.invalid:443 "},
    };
    struct kit *k = *state;
    const struct crowd *proxy = crowd(k, answer_in_turn, denied);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        name_proxy(rows[i].variable, proxy);
        get(k, rows[i].url);
        assert_int_not_equal(heard(proxy, rows[i].asked), 0);
        port_close_all();
        unsetenv(rows[i].variable);
    }
}

static void never_to_loopback(void **state)
{
    static const char *const answers[] = {OK_REPLY, NULL};
    struct kit *k = *state;
    char url[64];
    const struct crowd *proxy = crowd(k, answer_in_turn, answers);
    const struct crowd *near = crowd(k, answer_in_turn, answers);
    name_proxy("http_proxy", proxy);
    name_proxy("all_proxy", proxy);
    snprintf(url, sizeof url, "http://localhost:%d/", near->port);
    assert_int_equal(get(k, url), ST_OK);
    assert_int_equal(heard(proxy, "GET"), 0);
    assert_int_equal(heard(near, "GET / "), 1);
}

/* A name that no resolver needs to be asked for: one part of it is too long. */
#define NOWHERE                                                                \
    "a123456789012345678901234567890123456789012345678901234567890123456789"   \
    ".invalid"

static void proxies_fail(void **state)
{
    struct kit *k = *state;
    const struct crowd *proxy = crowd(k, answer_in_turn, denied);
    name_proxy("https_proxy", proxy);
    k->effect = EFFECT_READ;
    get(k, "https://far.invalid/");
    assert_error(k, ST_FAILED,
                 "far.invalid: the proxy on the way to it answered 407: check "
                 "https_proxy and no_proxy");
    assert_int_equal(heard(proxy, "CONNECT"), 1);
    crowd_close(proxy);
    n_crowds--;
    get(k, "https://far.invalid/");
    assert_error(k, ST_FAILED,
                 "far.invalid: the proxy on the way to it accepts no "
                 "connection: check http_proxy, https_proxy and no_proxy");
    setenv("https_proxy", "http://" NOWHERE ":1", 1);
    get(k, "https://far.invalid/");
    assert_error(k, ST_FAILED,
                 "far.invalid: the host of the proxy on the way to it is "
                 "unknown: check http_proxy");
}

static void no_proxy_is_heeded(void **state)
{
    static const char *const answers[] = {OK_REPLY, NULL};
    struct kit *k = *state;
    const struct crowd *proxy = crowd(k, answer_in_turn, answers);
    name_proxy("HTTP_PROXY", proxy);
    setenv("no_proxy", "other.test,.invalid", 1);
    get(k, "http://" NOWHERE "/");
    assert_error(k, ST_FAILED, ".invalid: no such host: check the URL");
    assert_int_equal(heard(proxy, "GET"), 0);
}

#define PROXY_TEST(f) cmocka_unit_test_setup_teardown(f, enter, crowd_leave_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROXY_TEST(proxies_are_used),
        PROXY_TEST(never_to_loopback),
        PROXY_TEST(proxies_fail),
        PROXY_TEST(no_proxy_is_heeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
