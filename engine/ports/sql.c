/* Performs sql.query on a Postgres server (with sql_*.c the only user of
 * libpq).
 *
 * Each query has a session and a transaction of its own, and the runbook's text
 * goes by the extended protocol alone, which takes one statement: what may only
 * read runs in a read-only transaction that it cannot leave, and a change that
 * was not committed never happened. */
#include <errno.h>
#include <limits.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "sql_part.h"
#include "vault.h"

#define CONNECT_TIMEOUT_MS 10000
#define TICK_MS 100
#define MAX_ROWS 1000
#define MOST_ROWS 100000
#define MOST_PARAMS 65535
#define ANSWER_CAP (16u << 20)
#define FLOOD_CAP ((uint64_t)32 << 20) /* of bytes received */
#define VALUE_COST 4 /* of one value in the answer, beside its bytes */

/* One statement's answer, as it comes in. */
struct answer {
    struct query *q;
    const char **columns; /* NULL: no row yet */
    struct json *names, *rows;
    const char *command;
    int64_t count;
    size_t bytes;
};

/* --- arguments --- */

/* Seconds as a number, or "5m". */
static bool take_duration(const struct json *j, int64_t *ms)
{
    if (json_type(j) == JSON_STRING)
        return duration_parse(json_span(j), ms) && *ms > 0;
    double s = json_num(j);
    *ms = s > 0 && s < 1e9 ? (int64_t)(s * 1000) : 0;
    return json_type(j) == JSON_NUMBER && *ms > 0;
}

static enum status take_options(struct query *q, struct err *err)
{
    const struct json *opts = json_get(q->call->args, "opts");
    const struct json *timeout = json_get(opts, "timeout");
    const struct json *rows = json_get(opts, "max_rows");
    q->max_rows = MAX_ROWS;
    q->role = json_get_str(opts, "role", NULL);
    q->give_up_mono_ms = q->call->deadline_mono_ms;
    bool whole = json_type(rows) == JSON_NULL || json_int(rows, &q->max_rows);
    if (!whole || q->max_rows < 1 || q->max_rows > MOST_ROWS)
        return err_set(err, ST_INPUT,
                       "opts.max_rows of sql.query must be 1 to %d", MOST_ROWS);
    if (json_type(timeout) == JSON_NULL)
        return ST_OK;
    int64_t ms = 0;
    if (!take_duration(timeout, &ms))
        return err_set(
            err, ST_INPUT,
            "opts.timeout of sql.query must be seconds or like \"30s\"");
    int64_t at = clock_mono_ms() + ms;
    if (at < q->give_up_mono_ms) {
        q->give_up_mono_ms = at;
        q->timeout_ms = ms;
    }
    return ST_OK;
}

static enum status take_param(struct query *q, const struct json *j,
                              struct err *err)
{
    char room[32];
    size_t i = q->n_params;
    struct span s = json_span(j);
    if (json_type(j) == JSON_NULL) {
        q->params[q->n_params++] = NULL;
        return ST_OK;
    }
    if (json_type(j) == JSON_NUMBER)
        s = span_of(json_num_text(j, room));
    else if (json_type(j) == JSON_BOOL)
        s = span_of(json_bool(j) ? "true" : "false");
    else if (vault_is_handle(j)) {
        if (vault_reveal(q->call->vault, j, &s, err) != ST_OK)
            return err->st;
    } else if (json_type(j) != JSON_STRING)
        return err_set(err, ST_INPUT,
                       "parameter $%zu of sql.query is no text, number, "
                       "boolean, json.null or secret",
                       i + 1);
    if (s.n && memchr(s.p, 0, s.n))
        return err_set(err, ST_INPUT, "parameter $%zu of sql.query holds a NUL",
                       i + 1);
    q->params[q->n_params++] = span_dup(&q->arena, s);
    return ST_OK;
}

static enum status take_arguments(struct query *q, struct err *err)
{
    const struct json *params = json_get(q->call->args, "params");
    q->text = json_str(json_get(q->call->args, "text"));
    if (!q->text)
        return err_set(err, ST_INPUT, "sql.query: the statement is not text");
    if (json_size(params) > MOST_PARAMS)
        return err_set(err, ST_INPUT, "sql.query takes %d parameters",
                       MOST_PARAMS);
    q->params =
        arena_array(&q->arena, json_size(params) + 1, sizeof *q->params);
    for (const struct json *j = json_first(params); j; j = json_next(j))
        if (take_param(q, j, err) != ST_OK)
            return err->st;
    return take_options(q, err);
}

/* --- waiting --- */

/* The server ends the statement; it is told by a connection of its own. */
static void cancel(struct query *q)
{
    char why[256];
    PGcancel *c = PQgetCancel(q->conn);
    if (c)
        (void)PQcancel(c, why, sizeof why);
    PQfreeCancel(c);
}

/* Until the connection can be read (or written), somebody asked to stop or
 * until has come: then ST_TIMEOUT without a message. */
static enum status await(struct query *q, short events, int64_t until,
                         struct err *err)
{
    struct pollfd p = {.fd = PQsocket(q->conn), .events = events};
    for (;;) {
        int64_t left = until - clock_mono_ms();
        if (port_interrupted(q->call))
            return err_set(err, ST_INTERRUPTED, "sql.query: interrupted");
        if (left <= 0)
            return ST_TIMEOUT;
        int n = poll(&p, 1, left < TICK_MS ? (int)left : TICK_MS);
        if (n > 0)
            return ST_OK;
        if (n < 0 && errno != EINTR)
            return err_set(err, ST_INTERNAL, "cannot wait for a server: %s",
                           strerror(errno));
    }
}

static enum status await_server(struct query *q, bool unsent, struct err *err)
{
    short events = unsent ? POLLIN | POLLOUT : POLLIN;
    enum status st = await(q, events, q->give_up_mono_ms, err);
    if (st == ST_TIMEOUT || st == ST_INTERRUPTED)
        cancel(q);
    return st == ST_TIMEOUT ? sql_fail_late(q, err) : st;
}

/* A value comes whole or not at all, and may have a GiB: it is not waited for.
 * (The Unix socket is of this machine's own server.) */
static bool is_flooding(const struct query *q)
{
    struct tcp_info info = {0};
    socklen_t n = sizeof info;
    return getsockopt(PQsocket(q->conn), IPPROTO_TCP, TCP_INFO, &info, &n) ==
               0 &&
           info.tcpi_bytes_received > FLOOD_CAP;
}

static enum status fail_flood(struct query *q, struct err *err)
{
    cancel(q);
    return err_set(err, ST_FAILED,
                   "the query gives more than %u MiB: ask for fewer rows or "
                   "shorter values",
                   ANSWER_CAP >> 20);
}

/* The next result of what was sent; NULL behind the last one. */
static enum status next_result(struct query *q, PGresult **out, struct err *err)
{
    int unsent = PQflush(q->conn);
    while (unsent > 0 || (unsent == 0 && PQisBusy(q->conn))) {
        if (await_server(q, unsent > 0, err) != ST_OK)
            return err->st;
        if (!PQconsumeInput(q->conn))
            return sql_fail_broken(q, err);
        if (is_flooding(q))
            return fail_flood(q, err);
        unsent = PQflush(q->conn);
    }
    if (unsent < 0)
        return sql_fail_broken(q, err);
    *out = PQgetResult(q->conn);
    return ST_OK;
}

/* --- connecting --- */

static void say_nothing(void *ctx, const PGresult *notice)
{
    (void)ctx;
    (void)notice;
}

static enum status connect_late(struct query *q, int64_t until, struct err *err)
{
    char text[32];
    const char *host = q->target.host;
    if (until >= q->give_up_mono_ms)
        return sql_fail_late(q, err);
    duration_text(CONNECT_TIMEOUT_MS, text);
    return err_set(err, ST_FAILED, "%s did not accept a connection in %s",
                   *host && *host != '/' ? host : "the local server", text);
}

/* ST_TIMEOUT without a message at until. */
static enum status connect_once(struct query *q, int64_t until, struct err *err)
{
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    PQfinish(q->conn);
    q->conn = PQconnectStartParams(q->target.keywords,
                                   (const char *const *)q->target.values, 1);
    if (!q->conn || PQstatus(q->conn) == CONNECTION_BAD)
        return sql_fail_connect(q, err);
    PQsetNoticeReceiver(q->conn, say_nothing, NULL);
    while (next != PGRES_POLLING_OK) {
        short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        enum status st = await(q, events, until, err);
        if (st != ST_OK)
            return st;
        next = PQconnectPoll(q->conn);
        if (next == PGRES_POLLING_FAILED)
            return sql_fail_connect(q, err);
    }
    if (PQsetnonblocking(q->conn, 1) != 0)
        return sql_fail_broken(q, err);
    return ST_OK;
}

/* Whether another address of the same host may do better. */
static bool is_unreachable(const struct query *q, enum status st)
{
    static const char *const words[] = {"refused", "unreachable", "No route"};
    const char *message = PQerrorMessage(q->conn);
    bool any = st == ST_TIMEOUT;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        any |= st == ST_FAILED && strstr(message, words[i]);
    return any;
}

/* One address after the other, each with its share of the time. */
static enum status connect_any(struct query *q, int64_t until, struct err *err)
{
    const struct target *t = &q->target;
    enum status st = ST_OK;
    size_t i = 0;
    do {
        int64_t now = clock_mono_ms();
        int64_t shares = i < t->n_addresses ? (int64_t)(t->n_addresses - i) : 1;
        if (i < t->n_addresses)
            sql_target_choose(q, t->addresses[i]);
        err_clear(err);
        st = connect_once(q, now + (until - now) / shares, err);
    } while (is_unreachable(q, st) && ++i < t->n_addresses);
    return st;
}

/* The session reads by default, too; some poolers take no such wish, and the
 * transaction alone must do. */
static enum status connect_reading(struct query *q, int64_t until,
                                   struct err *err)
{
    struct target plain = q->target;
    sql_target_add_options(q, "-c default_transaction_read_only=on");
    enum status st = connect_any(q, until, err);
    if (st != ST_FAILED ||
        !strstr(PQerrorMessage(q->conn), "unsupported startup parameter"))
        return st;
    q->target = plain;
    return connect_any(q, until, err);
}

static enum status connect_server(struct query *q, struct err *err)
{
    struct target *t = &q->target;
    int64_t until = clock_mono_ms() + CONNECT_TIMEOUT_MS;
    enum status st = ST_OK;
    if (until > q->give_up_mono_ms)
        until = q->give_up_mono_ms;
    if (!t->local)
        st = sql_target_resolve(q, until, err);
    if (st == ST_OK)
        st = q->call->effect <= EFFECT_READ ? connect_reading(q, until, err)
                                            : connect_any(q, until, err);
    return st == ST_TIMEOUT ? connect_late(q, until, err) : st;
}

/* --- the answer --- */

static enum status take_row(struct answer *a, const PGresult *res,
                            struct err *err)
{
    struct query *q = a->q;
    int n = PQnfields(res);
    if (a->count == q->max_rows) {
        cancel(q);
        return err_set(err, ST_FAILED,
                       "the query gives more than %lld rows: narrow it, or "
                       "raise opts.max_rows",
                       (long long)q->max_rows);
    }
    for (int i = 0; i < n; i++)
        a->bytes += VALUE_COST + (size_t)PQgetlength(res, 0, i);
    if (a->bytes > ANSWER_CAP)
        return fail_flood(q, err);
    struct json *row = json_push(a->rows, json_new(JSON_OBJECT));
    for (int i = 0; i < n; i++)
        json_add(row, a->columns[i], sql_value(res, 0, i));
    a->count++;
    return ST_OK;
}

static void take_columns(struct answer *a, const PGresult *res)
{
    if (a->columns)
        return;
    a->columns = sql_columns(res, &a->q->arena);
    for (int i = 0; i < PQnfields(res); i++)
        json_push(a->names, json_new_str(a->columns[i]));
}

/* "INSERT 0 3" is INSERT, "CREATE TABLE" itself. */
static void take_tag(struct answer *a, PGresult *res)
{
    struct span tag = span_of(PQcmdStatus(res));
    const char *tuples = PQcmdTuples(res);
    size_t n = strcspn(tag.p ? tag.p : "", "0123456789");
    a->command = span_dup(&a->q->arena, span_trim(span_sub(tag, 0, n)));
    if (*tuples)
        a->count = strtoll(tuples, NULL, 10);
}

static enum status take_result(struct answer *a, PGresult *res, struct err *err)
{
    switch (PQresultStatus(res)) {
    case PGRES_SINGLE_TUPLE:
        take_columns(a, res);
        return take_row(a, res, err);
    case PGRES_TUPLES_OK:
        take_columns(a, res);
        take_tag(a, res);
        return ST_OK;
    case PGRES_COMMAND_OK:
        take_tag(a, res);
        return ST_OK;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        return err_set(err, ST_INPUT,
                       "sql.query cannot COPY from or to a client: use INSERT "
                       "or SELECT");
    case PGRES_EMPTY_QUERY:
        return err_set(err, ST_INPUT, "sql.query: there is no statement");
    default:
        return sql_fail_server(a->q, res, err);
    }
}

/* Sends one statement and takes all that comes back. */
static enum status exchange(struct answer *a, const char *text, size_t n,
                            char **params, struct err *err)
{
    struct query *q = a->q;
    PGresult *res = NULL;
    if (!PQsendQueryParams(q->conn, text, (int)n, NULL,
                           (const char *const *)params, NULL, NULL, 0) ||
        !PQsetSingleRowMode(q->conn))
        return sql_fail_broken(q, err);
    do {
        if (next_result(q, &res, err) != ST_OK)
            return err->st;
        if (res && err->st == ST_OK)
            (void)take_result(a, res, err);
        PQclear(res);
        /* a failed statement is over at the server; one of ours is given up */
    } while (res && (err->st == ST_OK || *q->sqlstate));
    return err->st;
}

static enum status command(struct query *q, const char *text, size_t n,
                           char **params, struct err *err)
{
    struct answer a = {
        .q = q, .names = json_new(JSON_ARRAY), .rows = json_new(JSON_ARRAY)};
    (void)exchange(&a, text, n, params, err);
    json_free(a.names);
    json_free(a.rows);
    return err->st;
}

/* --- the transaction --- */

/* What evidence looks like is not the server's choice; and a transaction that
 * has looked at anything can no longer be made to write. */
static const char settings[] =
    "select set_config('statement_timeout', $1, true), "
    "set_config('datestyle', 'ISO', true), "
    "set_config('bytea_output', 'hex', true), "
    "set_config('extra_float_digits', '1', true)";

static enum status block_begin(struct query *q, struct err *err)
{
    bool reads = q->call->effect <= EFFECT_READ;
    int64_t left = q->give_up_mono_ms - clock_mono_ms();
    left = left < 1 ? 1 : left < INT_MAX ? left : INT_MAX;
    char *ms = arena_printf(&q->arena, "%lld", (long long)left);
    char *role = (char *)q->role;
    if (command(q, reads ? "begin read only" : "begin", 0, NULL, err) !=
            ST_OK ||
        command(q, settings, 1, &ms, err) != ST_OK)
        return err->st;
    if (!role)
        return ST_OK;
    return command(q, "select set_config('role', $1, true)", 1, &role, err);
}

static enum status block_end(struct query *q, struct err *err)
{
    bool reads = q->call->effect <= EFFECT_READ;
    if (PQtransactionStatus(q->conn) != PQTRANS_INTRANS)
        return err_set(err, ST_REFUSED,
                       "the statement ended the transaction it ran in");
    q->is_cut_off = !reads;
    return command(q, reads ? "rollback" : "commit", 0, NULL, err);
}

/* VACUUM, CREATE INDEX CONCURRENTLY and their like refuse to begin in a
 * transaction: they go without. */
static enum status statement(struct answer *a, struct err *err)
{
    struct query *q = a->q;
    if (block_begin(q, err) != ST_OK)
        return err->st;
    if (exchange(a, q->text, q->n_params, q->params, err) == ST_OK)
        return block_end(q, err);
    if (!q->needs_own || q->call->effect <= EFFECT_READ || q->role)
        return err->st;
    err_clear(err);
    *q->sqlstate = '\0';
    if (command(q, "rollback", 0, NULL, err) != ST_OK)
        return err->st;
    q->is_cut_off = true;
    return exchange(a, q->text, q->n_params, q->params, err);
}

/* --- the port --- */

static enum status query_run(struct query *q, struct json **value,
                             struct err *err)
{
    if (take_arguments(q, err) != ST_OK || sql_target_read(q, err) != ST_OK ||
        connect_server(q, err) != ST_OK)
        return err->st;
    struct json *v = json_new(JSON_OBJECT);
    struct answer a = {.q = q, .command = ""};
    a.names = json_put(v, "columns", json_new(JSON_ARRAY));
    a.rows = json_put(v, "rows", json_new(JSON_ARRAY));
    if (statement(&a, err) == ST_OK) {
        json_put_int(v, "count", a.count);
        json_put_str(v, "command", a.command);
        *value = v;
    } else {
        json_free(v);
    }
    return err->st;
}

static enum status perform(void *state, const struct port_call *call,
                           struct json **value, struct err *err)
{
    struct query q = {.call = call};
    (void)state;
    if (strcmp(call->op, "sql.query") != 0)
        return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    (void)query_run(&q, value, err);
    PQfinish(q.conn);
    sql_target_wipe(&q.target);
    for (size_t i = 0; i < q.n_params; i++)
        if (q.params[i])
            explicit_bzero(q.params[i], strlen(q.params[i]));
    arena_release(&q.arena);
    return err->st;
}

extern const struct port runproof_port;
const struct port runproof_port = {.name = "sql", .perform = perform};
