/* Performs sql.query on a Postgres server (with sql_*.c the only user of
 * libpq), many at a time.
 *
 * Each query has a session and a transaction of its own, and the runbook's text
 * goes by the extended protocol alone, which takes one statement: what may only
 * read runs in a read-only transaction that it cannot leave, and a change that
 * was not committed never happened. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "clock.h"
#include "sql_part.h"

/* How often a look-up is asked whether it has ended. */
#define LOOKUP_TICK_MS 10
/* TLS may hold bytes back that poll(2) does not see any more. */
#define TLS_TICK_MS 20

struct sql {
    struct query *under_way; /* in the order in which they began */
    struct query *ended;     /* in which they ended, and were not told yet */
    struct pollfd *fds;
    size_t cap;
};

static void append(struct query **list, struct query *q)
{
    while (*list)
        list = &(*list)->next;
    q->next = NULL;
    *list = q;
}

static bool unlink_from(struct query **list, const struct query *q)
{
    while (*list && *list != q)
        list = &(*list)->next;
    if (!*list)
        return false;
    *list = q->next;
    return true;
}

/* --- going on --- */

static bool may_begin(const struct sql *s, const struct query *q)
{
    int others = 0;
    for (const struct query *o = s->under_way; o; o = o->next)
        others += o->phase > PHASE_QUEUED && o->phase < PHASE_OVER &&
                  strcmp(o->target.host, q->target.host) == 0;
    return !q->call.at_once || others < q->call.at_once;
}

/* Its time is up; that of waiting for its turn counts. */
static void late(struct query *q)
{
    if (q->phase == PHASE_LOOKUP || q->phase == PHASE_CONNECT) {
        sql_connect_late(q);
        return;
    }
    if (q->phase == PHASE_TALK)
        sql_cancel(q);
    (void)sql_fail_late(q, &q->err);
}

/* ready: its connection has what it waits for. */
static void advance(struct sql *s, struct query *q, bool ready)
{
    if (q->phase == PHASE_QUEUED && may_begin(s, q))
        sql_connect_begin(q);
    else if (q->phase == PHASE_LOOKUP)
        sql_lookup_go(q);
    else if (q->phase == PHASE_CONNECT && ready)
        sql_connect_go(q);
    else if (q->phase == PHASE_TALK && (ready || PQsslInUse(q->conn)))
        sql_talk_go(q);
    if (q->err.st == ST_OK && q->phase < PHASE_OVER &&
        clock_mono_ms() >= q->until_mono_ms)
        late(q);
    if (q->err.st != ST_OK)
        q->phase = PHASE_OVER;
}

/* What has to be waited for at most. */
static int64_t wait_of(const struct sql *s, const struct query *q,
                       int64_t wait_ms)
{
    int64_t left = q->until_mono_ms - clock_mono_ms();
    if (q->phase == PHASE_QUEUED && may_begin(s, q))
        return 0;
    if (q->phase == PHASE_LOOKUP && wait_ms > LOOKUP_TICK_MS)
        wait_ms = LOOKUP_TICK_MS;
    if (q->phase == PHASE_TALK && wait_ms > TLS_TICK_MS && PQsslInUse(q->conn))
        wait_ms = TLS_TICK_MS;
    return left < 0 ? 0 : left < wait_ms ? left : wait_ms;
}

static void advance_all(struct sql *s, int64_t wait_ms)
{
    size_t n = 0;
    for (const struct query *q = s->under_way; q; q = q->next) {
        bool connected = q->phase == PHASE_CONNECT || q->phase == PHASE_TALK;
        MEM_GROW(s->fds, n, s->cap);
        s->fds[n++] = (struct pollfd){.fd = connected ? PQsocket(q->conn) : -1,
                                      .events = q->events};
        wait_ms = wait_of(s, q, wait_ms);
    }
    if (poll(s->fds, n, (int)wait_ms) < 0)
        for (size_t i = 0; i < n; i++)
            s->fds[i].revents = 0; /* a signal: whoever asks will see */
    struct query *next = NULL;
    n = 0;
    for (struct query *q = s->under_way; q; q = next) {
        next = q->next;
        advance(s, q, s->fds[n++].revents != 0);
        if (q->phase == PHASE_OVER && unlink_from(&s->under_way, q))
            append(&s->ended, q);
    }
}

/* --- the port --- */

static void query_free(struct query *q)
{
    PQfinish(q->conn);
    sql_lookup_end(q->lookup);
    sql_target_wipe(&q->target);
    for (size_t i = 0; i < q->n_params; i++)
        if (q->params[i])
            explicit_bzero(q->params[i], strlen(q->params[i]));
    json_free(q->answer.value);
    arena_release(&q->arena);
    mem_free(q);
}

static enum status begin(void *state, const struct port_call *call, void **job,
                         struct err *err)
{
    struct sql *s = state;
    if (strcmp(call->op, "sql.query") != 0)
        return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    struct query *q = mem_alloc(sizeof *q);
    q->call = *call;
    if (sql_arguments(q, err) != ST_OK || sql_target_read(q, err) != ST_OK) {
        query_free(q);
        return err->st;
    }
    struct answer *a = &q->answer;
    a->value = json_new(JSON_OBJECT);
    a->names = json_put(a->value, "columns", json_new(JSON_ARRAY));
    a->rows = json_put(a->value, "rows", json_new(JSON_ARRAY));
    a->command = "";
    q->call.args = NULL;
    q->until_mono_ms = q->give_up_mono_ms;
    append(&s->under_way, q);
    *job = q;
    return ST_OK;
}

static void *next(void *state, void *job, int wait_ms)
{
    struct sql *s = state;
    int64_t until = clock_mono_ms() + wait_ms;
    for (;;) {
        struct query *q = job ? job : s->ended;
        if (q && unlink_from(&s->ended, q))
            return q;
        int64_t left = until - clock_mono_ms();
        if (left <= 0 || !s->under_way)
            return NULL;
        advance_all(s, left);
    }
}

static enum status finish(void *state, void *job, struct json **value,
                          struct err *err)
{
    struct sql *s = state;
    struct query *q = job;
    unlink_from(&s->ended, q);
    if (unlink_from(&s->under_way, q)) {
        if (q->phase == PHASE_TALK)
            sql_cancel(q);
        err_set(&q->err, ST_INTERRUPTED, "sql.query: interrupted");
    }
    if (q->err.st != ST_OK) {
        *err = q->err;
    } else {
        json_put_int(q->answer.value, "count", q->answer.count);
        json_put_str(q->answer.value, "command", q->answer.command);
        *value = q->answer.value;
        q->answer.value = NULL;
    }
    query_free(q);
    return err->st;
}

static void *sql_open(void)
{
    return mem_alloc(sizeof(struct sql));
}

static void sql_close(void *state)
{
    struct sql *s = state;
    mem_free(s->fds);
    mem_free(s);
}

extern const struct port runproof_port;
const struct port runproof_port = {.name = "sql",
                                   .open = sql_open,
                                   .begin = begin,
                                   .next = next,
                                   .finish = finish,
                                   .close = sql_close};
