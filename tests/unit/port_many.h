/* For the tests of http.request: a crowd that answers as a test says, and
 * several calls under way. */
#pragma once

#include "crowd.h"
#include "port_kit.h"

#define REPLY(status, headers, body)                                           \
    "HTTP/1.1 " status "\r\n" headers "\r\n" body
#define OK_REPLY REPLY("200 OK", "Content-Length: 2\r\n", "ok")
#define RESET "R"
#define HANG_UP "H"

static struct crowd crowds[2];
static size_t n_crowds;

/* ctx is the answers to the first, second, … request, the last for all that
 * follow; "!…" hangs up after it. */
static inline void answer_in_turn(struct crowd *c, struct peer *p)
{
    const char *const *answers = c->ctx;
    size_t i = 0;
    while (i + 1 < c->asked && answers[i + 1])
        i++;
    const char *answer = answers[i];
    if (!strcmp(answer, RESET)) {
        crowd_reset(c, p);
    } else if (!strcmp(answer, HANG_UP)) {
        crowd_hang_up(c, p);
    } else {
        crowd_say(c, p, answer + (*answer == '!'));
        if (*answer == '!')
            crowd_leave(p);
    }
}

static inline void answer_nobody(struct crowd *c, struct peer *p)
{
    (void)c, (void)p;
}

static inline struct crowd *
crowd(const struct kit *k, void (*on_request)(struct crowd *, struct peer *),
      const void *ctx)
{
    struct crowd *c = &crowds[n_crowds++];
    *c = (struct crowd){.on_request = on_request, .ctx = ctx};
    crowd_open(c, k->dir);
    return c;
}

static inline int crowd_leave_all(void **state)
{
    while (n_crowds)
        crowd_close(&crowds[--n_crowds]);
    return kit_leave(state);
}

/* The lines of its log that hold part. */
static inline int heard(const struct crowd *c, const char *part)
{
    struct buf log = {0};
    struct err err = {0};
    int n = 0;
    assert_int_equal(file_read(c->log, 1 << 24, &log, &err), ST_OK);
    for (const char *p = buf_cstr(&log); (p = strstr(p, part)); p++)
        n++;
    buf_release(&log);
    return n;
}

/* Begins a request to "scheme://host"; call gives what is not as usual. */
static inline void *begin_at(const struct kit *k, const char *host, int at,
                             struct port_call call, const char *more)
{
    const struct port *port = NULL;
    void *port_state = NULL, *job = NULL;
    char text[512];
    struct err err = {0};
    snprintf(text, sizeof text, "{\"url\":\"%s:%d/\"%s}", host, at, more);
    struct json *args = kit_json(text);
    call.op = "http.request";
    call.args = args;
    call.vault = k->vault;
    call.deadline_mono_ms = clock_mono_ms() + k->budget_ms;
    if (port_for(call.op, &port, &port_state, &err) != ST_OK ||
        port->begin(port_state, &call, &job, &err) != ST_OK)
        fail_msg("%s", err.msg);
    json_free(args);
    return job;
}

static inline void *begin(const struct kit *k, const struct crowd *c,
                          struct port_call call, const char *more)
{
    return begin_at(k, "http://127.0.0.1", c->port, call, more);
}

static inline void *next(void *job, int wait_ms)
{
    const struct port *port = NULL;
    void *port_state = NULL;
    struct err err = {0};
    assert_int_equal(port_for("http.request", &port, &port_state, &err), ST_OK);
    return port->next(port_state, job, wait_ms);
}

/* The answer is in k->value, the refusal in k->err. */
static inline enum status finish(struct kit *k, void *job)
{
    const struct port *port = NULL;
    void *port_state = NULL;
    struct err err = {0};
    assert_int_equal(port_for("http.request", &port, &port_state, &err), ST_OK);
    json_free(k->value);
    k->value = NULL;
    err_clear(&k->err);
    return port->finish(port_state, job, &k->value, &k->err);
}

#define MANY_TEST(f)                                                           \
    cmocka_unit_test_setup_teardown(f, kit_enter, crowd_leave_all)
