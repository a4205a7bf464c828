/* http.request: what is sent again, and what never is. */
#include "port_many.h"

#define BUSY REPLY("503 Busy", "Content-Length: 0\r\n", "")
#define THROTTLED                                                              \
    REPLY("429 Too Many", "Retry-After: 0\r\nContent-Length: 0\r\n", "")
#define CUT "!" REPLY("200 OK", "Content-Length: 9\r\n", "half")

/* One call to a crowd of its own that answers so. */
static const struct crowd *call(struct kit *k, const char *const *answers,
                                bool idempotent, const char *args)
{
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    void *job = begin(
        k, c,
        (struct port_call){.effect = EFFECT_REMOTE, .idempotent = idempotent},
        args);
    assert_ptr_equal(next(job, 30000), job);
    finish(k, job);
    return c;
}

static void answers_decide(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *answers[5];
        int idempotent, once; /* requests that the server hears */
        int status;           /* in the end, 0: none */
    } rows[] = {
        {{OK_REPLY}, 1, 1, 200},
        {{RESET, OK_REPLY}, 2, 1, 0},
        {{HANG_UP, OK_REPLY}, 2, 1, 0},
        {{CUT, OK_REPLY}, 2, 1, 0},
        {{BUSY, OK_REPLY}, 2, 1, 503},
        {{THROTTLED, OK_REPLY}, 2, 2, 200},
        {{THROTTLED, RESET, OK_REPLY}, 3, 2, 0},
        {{THROTTLED, THROTTLED, THROTTLED, THROTTLED, OK_REPLY}, 4, 4, 429},
        {{REPLY("500 Broken", "Content-Length: 0\r\n", ""), OK_REPLY},
         1,
         1,
         500},
        {{REPLY("429 Too Many", "Retry-After: 121\r\nContent-Length: 0\r\n",
                ""),
          OK_REPLY},
         1,
         1,
         429},
        {{REPLY("403 Forbidden",
                "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1\r\n"
                "Content-Length: 0\r\n",
                ""),
          OK_REPLY},
         2,
         2,
         200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int idempotent = 0; idempotent < 2; idempotent++) {
            int want = idempotent ? rows[i].idempotent : rows[i].once;
            const struct crowd *c =
                call(k, rows[i].answers, idempotent, ",\"method\":\"POST\"");
            if (heard(c, "POST") != want)
                fail_msg("row %zu: %d sent", i, heard(c, "POST"));
            assert_int_equal(json_get_int(k->value, "tries", 1),
                             k->value ? want : 1);
            if (!idempotent)
                assert_int_equal(json_get_int(k->value, "status", 0),
                                 rows[i].status);
            crowd_close(c);
            n_crowds--;
        }
}

static void gives_the_last_answer(void **state)
{
    struct kit *k = *state;
    static const char *const busy[] = {BUSY, NULL};
    static const char *const broken[] = {BUSY, BUSY, BUSY, HANG_UP, NULL};
    call(k, busy, true, "");
    assert_value(k, "{\"status\":503,\"headers\":{\"content-length\":\"0\"},"
                    "\"body\":\"\",\"tries\":4}");
    call(k, broken, true, "");
    assert_error(k, ST_FAILED,
                 "127.0.0.1: it hung up without an answer (4 tries)");
}

/* It is not sent if the wait does not fit. */
static void never_beyond_its_time(void **state)
{
    struct kit *k = *state;
    static const char *const later[] = {
        REPLY("429 Too Many", "Retry-After: 2\r\nContent-Length: 0\r\n", ""),
        OK_REPLY, NULL};
    const struct crowd *c = call(k, later, true, ",\"timeout\":2");
    assert_int_equal(json_get_int(k->value, "status", 0), 429);
    assert_int_equal(heard(c, "GET"), 1);
}

/* libcurl by itself sends again what got no answer on a connection that had
 * been used: not a change. */
static void a_used_connection_is_no_excuse(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, OK_REPLY, HANG_UP, OK_REPLY,
                                          NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    const struct port_call change = {.effect = EFFECT_REMOTE};
    for (int i = 0; i < 2; i++) {
        void *job = begin(k, c, change, "");
        assert_ptr_equal(next(job, 20000), job);
        assert_int_equal(finish(k, job), ST_OK);
    }
    void *job = begin(k, c, change, ",\"method\":\"POST\"");
    assert_ptr_equal(next(job, 20000), job);
    finish(k, job);
    assert_error(k, ST_FAILED, "127.0.0.1: it hung up without an answer");
    assert_int_equal(heard(c, "POST"), 1);
}

static void refused_is_not_sent(void **state)
{
    struct kit *k = *state;
    static const char *const answers[] = {OK_REPLY, NULL};
    const struct crowd *c = crowd(k, answer_in_turn, answers);
    crowd_close(c);
    n_crowds--;
    void *job = begin(k, c, (struct port_call){.effect = EFFECT_REMOTE},
                      ",\"method\":\"POST\"");
    assert_ptr_equal(next(job, 20000), job);
    finish(k, job);
    assert_error(k, ST_FAILED, "127.0.0.1: it accepts no connection (4 tries)");
}

/* Given up while it waits to be sent again. */
static void a_pause_can_be_ended(void **state)
{
    struct kit *k = *state;
    static const char *const later[] = {
        REPLY("429 Too Many", "Retry-After: 100\r\nContent-Length: 0\r\n", ""),
        NULL};
    k->budget_ms = 200000;
    const struct crowd *c = crowd(k, answer_in_turn, later);
    void *job = begin(k, c, (struct port_call){.effect = EFFECT_READ}, "");
    while (!heard(c, "GET"))
        assert_null(next(job, 10));
    assert_null(next(job, 100));
    interrupted = 1;
    assert_ptr_equal(next(job, 20000), job);
    finish(k, job);
    interrupted = 0;
    assert_error(k, ST_INTERRUPTED, "127.0.0.1: interrupted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MANY_TEST(answers_decide),
        MANY_TEST(gives_the_last_answer),
        MANY_TEST(never_beyond_its_time),
        MANY_TEST(a_used_connection_is_no_excuse),
        MANY_TEST(refused_is_not_sent),
        MANY_TEST(a_pause_can_be_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
