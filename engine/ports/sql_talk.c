/* Speaks with the server: the transaction, and the answer. */
#include <limits.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "sql_part.h"

#define ANSWER_CAP (16u << 20)
#define FLOOD_CAP ((uint64_t)32 << 20) /* of bytes received */
#define VALUE_COST 4 /* of one value in the answer, beside its bytes */

void sql_cancel(struct query *q)
{
    char why[256];
    PGcancel *c = PQgetCancel(q->conn);
    if (c)
        (void)PQcancel(c, why, sizeof why);
    PQfreeCancel(c);
}

/* --- the answer --- */

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

static enum status fail_flood(struct query *q)
{
    sql_cancel(q);
    return err_set(&q->err, ST_FAILED,
                   "the query gives more than %u MiB: ask for fewer rows or "
                   "shorter values",
                   ANSWER_CAP >> 20);
}

static enum status take_row(struct query *q, const PGresult *res)
{
    struct answer *a = &q->answer;
    int n = PQnfields(res);
    if (a->count == q->max_rows) {
        sql_cancel(q);
        return err_set(&q->err, ST_FAILED,
                       "the query gives more than %lld rows: narrow it, or "
                       "raise opts.max_rows",
                       (long long)q->max_rows);
    }
    for (int i = 0; i < n; i++)
        a->bytes += VALUE_COST + (size_t)PQgetlength(res, 0, i);
    if (a->bytes > ANSWER_CAP)
        return fail_flood(q);
    struct json *row = json_push(a->rows, json_new(JSON_OBJECT));
    for (int i = 0; i < n; i++)
        json_add(row, a->columns[i], sql_value(res, 0, i));
    a->count++;
    return ST_OK;
}

static void take_columns(struct query *q, const PGresult *res)
{
    struct answer *a = &q->answer;
    if (a->columns)
        return;
    a->columns = sql_columns(res, &q->arena);
    for (int i = 0; i < PQnfields(res); i++)
        json_push(a->names, json_new_str(a->columns[i]));
}

/* "INSERT 0 3" is INSERT, "CREATE TABLE" itself. */
static void take_tag(struct query *q, PGresult *res)
{
    struct answer *a = &q->answer;
    struct span tag = span_of(PQcmdStatus(res));
    const char *tuples = PQcmdTuples(res);
    size_t n = strcspn(tag.p ? tag.p : "", "0123456789");
    a->command = span_dup(&q->arena, span_trim(span_sub(tag, 0, n)));
    if (*tuples)
        a->count = strtoll(tuples, NULL, 10);
}

static enum status take_result(struct query *q, PGresult *res)
{
    struct err *err = &q->err;
    switch (PQresultStatus(res)) {
    case PGRES_SINGLE_TUPLE:
        take_columns(q, res);
        return take_row(q, res);
    case PGRES_TUPLES_OK:
        take_columns(q, res);
        take_tag(q, res);
        return ST_OK;
    case PGRES_COMMAND_OK:
        take_tag(q, res);
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
        return sql_fail_server(q, res, err);
    }
}

/* --- what is said, in order --- */

enum {
    BEGIN,
    SETTINGS,
    ROLE,
    STATEMENT,
    END,
    /* VACUUM, CREATE INDEX CONCURRENTLY and their like refuse to begin in a
     * transaction: they go without. */
    ROLLBACK,
    STATEMENT_ALONE
};

/* What evidence looks like is not the server's choice; and a transaction that
 * has looked at anything can no longer be made to write. */
static const char settings[] =
    "select set_config('statement_timeout', $1, true), "
    "set_config('datestyle', 'ISO', true), "
    "set_config('bytea_output', 'hex', true), "
    "set_config('extra_float_digits', '1', true)";

/* By the extended protocol, which takes one statement. */
static void send_command(struct query *q, int saying, const char *text,
                         size_t n, const char *const *params)
{
    q->saying = saying;
    q->events = POLLIN | POLLOUT;
    if (!PQsendQueryParams(q->conn, text, (int)n, NULL, params, NULL, NULL,
                           0) ||
        !PQsetSingleRowMode(q->conn))
        (void)sql_fail_broken(q, &q->err);
}

static void send_settings(struct query *q)
{
    int64_t left = q->give_up_mono_ms - clock_mono_ms();
    left = left < 1 ? 1 : left < INT_MAX ? left : INT_MAX;
    const char *ms = arena_printf(&q->arena, "%lld", (long long)left);
    send_command(q, SETTINGS, settings, 1, &ms);
}

static void send_statement(struct query *q, int saying)
{
    send_command(q, saying, q->text, q->n_params,
                 (const char *const *)q->params);
}

static void send_end(struct query *q)
{
    bool reads = q->call.effect <= EFFECT_READ;
    if (PQtransactionStatus(q->conn) != PQTRANS_INTRANS) {
        err_set(&q->err, ST_REFUSED,
                "the statement ended the transaction it ran in");
        return;
    }
    q->is_cut_off = !reads;
    send_command(q, END, reads ? "rollback" : "commit", 0, NULL);
}

/* What was said last is over at the server. */
static void say_next(struct query *q)
{
    switch (q->saying) {
    case BEGIN:
        send_settings(q);
        break;
    case SETTINGS:
        if (q->role)
            send_command(q, ROLE, "select set_config('role', $1, true)", 1,
                         &q->role);
        else
            send_statement(q, STATEMENT);
        break;
    case ROLE:
        send_statement(q, STATEMENT);
        break;
    case STATEMENT:
        if (q->needs_own)
            send_command(q, ROLLBACK, "rollback", 0, NULL);
        else
            send_end(q);
        break;
    case ROLLBACK:
        q->is_cut_off = true;
        send_statement(q, STATEMENT_ALONE);
        break;
    default:
        q->phase = PHASE_OVER;
    }
}

/* --- the exchange --- */

static void take(struct query *q, PGresult *res)
{
    bool own = q->saying == STATEMENT || q->saying == STATEMENT_ALONE;
    ExecStatusType st = PQresultStatus(res);
    if (own) {
        (void)take_result(q, res);
        q->needs_own &=
            q->call.effect > EFFECT_READ && !q->role && q->saying == STATEMENT;
        if (q->needs_own)
            err_clear(&q->err);
    } else if (st != PGRES_SINGLE_TUPLE && st != PGRES_TUPLES_OK &&
               st != PGRES_COMMAND_OK) {
        (void)sql_fail_server(q, res, &q->err);
    }
}

void sql_talk_go(struct query *q)
{
    if (!PQconsumeInput(q->conn))
        (void)sql_fail_broken(q, &q->err);
    else if (is_flooding(q))
        (void)fail_flood(q);
    while (q->phase == PHASE_TALK && q->err.st == ST_OK) {
        int unsent = PQflush(q->conn);
        if (unsent < 0)
            (void)sql_fail_broken(q, &q->err);
        if (unsent != 0 || PQisBusy(q->conn)) {
            q->events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
            return;
        }
        PGresult *res = PQgetResult(q->conn);
        if (res)
            take(q, res);
        else
            say_next(q);
        PQclear(res);
    }
}

void sql_talk_begin(struct query *q)
{
    bool reads = q->call.effect <= EFFECT_READ;
    q->phase = PHASE_TALK;
    q->until_mono_ms = q->give_up_mono_ms;
    if (PQsetnonblocking(q->conn, 1) != 0)
        (void)sql_fail_broken(q, &q->err);
    else
        send_command(q, BEGIN, reads ? "begin read only" : "begin", 0, NULL);
}
