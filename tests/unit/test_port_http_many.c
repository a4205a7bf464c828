/* http.request, many at a time. */
#include "port_many.h"

#include <poll.h>

#include "arena.h"

#define PATIENCE_MS 20000

/* Answers when so many ask, and writes down how many did; ctx: int. */
static void answer_together(struct crowd *c, struct peer *p)
{
    static bool is_waiting;
    char line[32];
    (void)p;
    if (is_waiting || c->asking < (size_t) * (const int *)c->ctx)
        return;
    is_waiting = true;
    for (int i = 0; i < 20; i++) /* is there one too many? */
        crowd_turn(c, 5);
    is_waiting = false;
    snprintf(line, sizeof line, "together %zu", c->asking);
    crowd_log(c, line);
    for (size_t i = 0; i < c->n; i++)
        if (c->peers[i].fd >= 0 && c->peers[i].asks)
            crowd_say(c, &c->peers[i], OK_REPLY);
}

static void *begin_get(const struct kit *k, const struct crowd *c)
{
    return begin(k, c, (struct port_call){.effect = EFFECT_READ}, "");
}

static void expect_ok(struct kit *k, void *job)
{
    assert_non_null(job);
    if (finish(k, job) != ST_OK)
        fail_msg("%s", k->err.msg);
    assert_string_equal(json_get_str(k->value, "body", ""), "ok");
}

static void are_sent_together(void **state)
{
    struct kit *k = *state;
    const int together = 40;
    const struct crowd *c = crowd(k, answer_together, &together);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < together; i++)
            begin_get(k, c);
        for (int i = 0; i < together; i++)
            expect_ok(k, next(NULL, PATIENCE_MS));
        assert_null(next(NULL, PATIENCE_MS));
    }
    assert_int_equal(heard(c, "GET / HTTP/1.1"), 2 * together);
    assert_int_equal(heard(c, "#41 "), 0); /* connections */
}

static void not_more_than_asked_for(void **state)
{
    struct kit *k = *state;
    const int together = 3;
    const struct crowd *c = crowd(k, answer_together, &together);
    for (int i = 0; i < 9; i++)
        begin(k, c,
              (struct port_call){.effect = EFFECT_READ, .at_once = together},
              "");
    for (int i = 0; i < 9; i++)
        expect_ok(k, next(NULL, PATIENCE_MS));
    assert_int_equal(heard(c, "together 3"), 3);
}

static void not_more_than_64(void **state)
{
    struct kit *k = *state;
    const int together = 64;
    const struct crowd *c = crowd(k, answer_together, &together);
    for (int i = 0; i < 128; i++)
        begin_get(k, c);
    for (int i = 0; i < 128; i++)
        expect_ok(k, next(NULL, PATIENCE_MS));
    assert_int_equal(heard(c, "together 64"), 2);
}

static void a_connection_is_used_again(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    for (int i = 0; i < 5; i++)
        expect_ok(k, next(begin_get(k, c), PATIENCE_MS));
    assert_int_equal(heard(c, "#1 GET"), 5);
}

/* It stays watched while nobody uses it, and has news for ever. */
static void a_closed_connection_is_let_go(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct port *port = NULL;
    void *port_state = NULL;
    struct crowd *c = crowd(k, answer_in_turn, answers);
    assert_int_equal(port_for("http.request", &port, &port_state, &k->err),
                     ST_OK);
    expect_ok(k, next(begin_get(k, c), PATIENCE_MS));
    struct pollfd p = {.fd = port->fd(port_state), .events = POLLIN};
    crowd_close(c);
    n_crowds--;
    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
    void *job = begin_get(k, crowd(k, answer_nobody, NULL));
    assert_null(next(job, 200));
    assert_int_equal(poll(&p, 1, 0), 0);
    assert_int_equal(finish(k, job), ST_INTERRUPTED);
}

/* Commands are started from this process. */
static void a_connection_is_not_inherited(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    int connections = 0;
    expect_ok(k, next(begin_get(k, c), PATIENCE_MS));
    for (int fd = 3; fd < 256; fd++) {
        struct sockaddr_in at = {0};
        socklen_t n = sizeof at;
        if (getpeername(fd, (struct sockaddr *)&at, &n) != 0 ||
            at.sin_port != htons((uint16_t)c->port))
            continue;
        connections++;
        assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    }
    assert_int_equal(connections, 1);
}

/* A lower bound: the burst is free, each further one is paid for. */
static void not_more_in_a_second(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    int64_t begun = clock_mono_ms();
    for (int i = 0; i < 9; i++)
        begin(k, c, (struct port_call){.effect = EFFECT_READ, .per_second = 20},
              "");
    for (int i = 0; i < 9; i++)
        expect_ok(k, next(NULL, PATIENCE_MS));
    assert_true(clock_mono_ms() - begun >= 190);
}

static void a_host_is_left_alone(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {
        REPLY("429 Too Many", "Retry-After: 2\r\nContent-Length: 0\r\n", ""),
        OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    void *first = begin_get(k, c);
    int64_t begun = clock_mono_ms();
    while (!heard(c, "GET"))
        assert_null(next(first, 1));
    assert_null(next(first, 500)); /* it has the answer now */
    void *second = begin_get(k, c);
    k->budget_ms = 1000; /* no time to wait: it goes through */
    void *third = begin_get(k, c);
    expect_ok(k, next(third, PATIENCE_MS));
    assert_int_equal(heard(c, "GET"), 2);
    expect_ok(k, next(second, PATIENCE_MS));
    assert_true(clock_mono_ms() - begun >= 2000);
    expect_ok(k, next(first, PATIENCE_MS));
    assert_int_equal(heard(c, "GET"), 4);
}

/* Others' hosts are no matter. */
static void hosts_do_not_wait_for_each_other(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct crowd *silent = crowd(k, answer_nobody, NULL);
    const struct crowd *quick = crowd(k, answer_in_turn, answers);
    void *stuck[80];
    for (int i = 0; i < 80; i++)
        stuck[i] = begin_get(k, silent);
    for (int i = 0; i < 80; i++)
        begin_get(k, quick);
    for (int i = 0; i < 80; i++)
        expect_ok(k, next(NULL, PATIENCE_MS));
    for (int i = 0; i < 80; i++) {
        assert_int_equal(finish(k, stuck[i]), ST_INTERRUPTED);
        assert_error(k, ST_INTERRUPTED, "127.0.0.1: interrupted");
    }
    assert_null(next(NULL, PATIENCE_MS));
}

static void one_alone_can_be_waited_for(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct crowd *silent = crowd(k, answer_nobody, NULL);
    const struct crowd *quick = crowd(k, answer_in_turn, answers);
    void *stuck = begin_get(k, silent);
    void *first = begin_get(k, quick);
    assert_null(next(stuck, 100));
    void *second = begin_get(k, quick);
    assert_ptr_equal(next(second, PATIENCE_MS), second);
    assert_ptr_equal(next(NULL, PATIENCE_MS), first);
    assert_null(next(NULL, 0));
    expect_ok(k, first);
    expect_ok(k, second);
    finish(k, stuck);
}

static void a_turn_may_not_come(void **state)
{
    struct kit *k = *state;
    const struct port_call alone = {.effect = EFFECT_READ, .at_once = 1};
    const struct crowd *c = crowd(k, answer_nobody, NULL);
    void *stuck = begin(k, c, alone, "");
    void *late = begin(k, c, alone, ",\"timeout\":0.2");
    assert_ptr_equal(next(NULL, PATIENCE_MS), late);
    finish(k, late);
    assert_error(k, ST_FAILED,
                 "127.0.0.1: this request's turn did not come in 0.20 s");
    k->budget_ms = 200;
    late = begin(k, c, alone, "");
    assert_ptr_equal(next(late, PATIENCE_MS), late);
    finish(k, late);
    assert_error(k, ST_TIMEOUT, "turn did not come in the time left");
    finish(k, stuck);
}

static void an_interrupt_lets_changes_go_on(void **state)
{
    struct kit *k = *state;
    const struct crowd *c = crowd(k, answer_nobody, NULL);
    void *change = begin(k, c, (struct port_call){.effect = EFFECT_REMOTE},
                         ",\"method\":\"POST\"");
    void *look = begin_get(k, c);
    interrupted = 1;
    assert_ptr_equal(next(NULL, PATIENCE_MS), look);
    finish(k, look);
    assert_error(k, ST_INTERRUPTED, "127.0.0.1: interrupted");
    assert_null(next(NULL, 100));
    interrupted = 2;
    assert_ptr_equal(next(NULL, PATIENCE_MS), change);
    assert_int_equal(finish(k, change), ST_INTERRUPTED);
    interrupted = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MANY_TEST(are_sent_together),
        MANY_TEST(not_more_than_asked_for),
        MANY_TEST(not_more_than_64),
        MANY_TEST(a_connection_is_used_again),
        MANY_TEST(a_closed_connection_is_let_go),
        MANY_TEST(a_connection_is_not_inherited),
        MANY_TEST(not_more_in_a_second),
        MANY_TEST(a_host_is_left_alone),
        MANY_TEST(hosts_do_not_wait_for_each_other),
        MANY_TEST(one_alone_can_be_waited_for),
        MANY_TEST(a_turn_may_not_come),
        MANY_TEST(an_interrupt_lets_changes_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
