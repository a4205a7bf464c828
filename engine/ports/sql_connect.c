/* Brings a query to its server. */
#include <netdb.h>
#include <poll.h>
#include <string.h>

#include "clock.h"
#include "sql_part.h"

#define CONNECT_TIMEOUT_MS 10000
#define READING "-c default_transaction_read_only=on"

static void say_nothing(void *ctx, const PGresult *notice)
{
    (void)ctx;
    (void)notice;
}

/* --- one address after the other, each with its share of the time --- */

static void try_address(struct query *q)
{
    const struct target *t = &q->target;
    int64_t now = clock_mono_ms();
    size_t shares =
        q->address < t->n_addresses ? t->n_addresses - q->address : 1;
    q->phase = PHASE_CONNECT;
    q->until_mono_ms = now + (q->connect_until_ms - now) / (int64_t)shares;
    q->events = POLLOUT;
    if (q->address < t->n_addresses)
        sql_target_set(q, "hostaddr", t->addresses[q->address]);
    PQfinish(q->conn);
    q->conn =
        PQconnectStartParams(t->keywords, (const char *const *)t->values, 1);
    if (!q->conn || PQstatus(q->conn) == CONNECTION_BAD)
        (void)sql_fail_connect(q, &q->err);
    else
        PQsetNoticeReceiver(q->conn, say_nothing, NULL);
}

static bool says(const struct query *q, const char *words)
{
    return strstr(PQerrorMessage(q->conn), words) != NULL;
}

/* Another address of the same host may do better. Some poolers know no startup
 * parameter: the transaction alone must do. */
static void failed(struct query *q)
{
    bool unreachable =
        says(q, "refused") || says(q, "unreachable") || says(q, "No route");
    bool odd = says(q, "unsupported startup parameter") && !q->is_plain &&
               q->call.effect <= EFFECT_READ;
    if (unreachable && q->address + 1 < q->target.n_addresses) {
        q->address++;
        try_address(q);
    } else if (odd) {
        q->is_plain = true;
        sql_target_set(q, "options", NULL);
        try_address(q);
    } else {
        (void)sql_fail_connect(q, &q->err);
    }
}

void sql_connect_go(struct query *q)
{
    switch (PQconnectPoll(q->conn)) {
    case PGRES_POLLING_READING:
        q->events = POLLIN;
        break;
    case PGRES_POLLING_WRITING:
        q->events = POLLOUT;
        break;
    case PGRES_POLLING_OK:
        sql_talk_begin(q);
        break;
    default:
        failed(q);
    }
}

void sql_connect_late(struct query *q)
{
    char text[32];
    const char *host = q->target.host;
    if (q->phase == PHASE_CONNECT && q->address + 1 < q->target.n_addresses) {
        q->address++;
        try_address(q);
        return;
    }
    if (q->connect_until_ms >= q->give_up_mono_ms) {
        (void)sql_fail_late(q, &q->err);
        return;
    }
    duration_text(CONNECT_TIMEOUT_MS, text);
    err_set(&q->err, ST_FAILED, "%s did not accept a connection in %s",
            *host && *host != '/' ? host : "the local server", text);
}

/* --- from the beginning --- */

void sql_lookup_go(struct query *q)
{
    int code = 0;
    if (!sql_lookup_done(q->lookup, q, &code))
        return;
    if (q->target.n_addresses)
        try_address(q);
    else
        (void)sql_fail_unknown(q, code == EAI_AGAIN, &q->err);
}

void sql_connect_begin(struct query *q)
{
    q->connect_until_ms = clock_mono_ms() + CONNECT_TIMEOUT_MS;
    if (q->connect_until_ms > q->give_up_mono_ms)
        q->connect_until_ms = q->give_up_mono_ms;
    q->until_mono_ms = q->connect_until_ms;
    if (q->call.effect <= EFFECT_READ) { /* so that the session does, too */
        const char *own = sql_target_get(q, "options");
        sql_target_set(q, "options",
                       own ? arena_printf(&q->arena, "%s " READING, own)
                           : READING);
    }
    if (q->target.local) {
        try_address(q);
        return;
    }
    q->phase = PHASE_LOOKUP;
    q->lookup = sql_lookup_begin(q->target.host);
    if (!q->lookup)
        (void)sql_fail_unknown(q, false, &q->err);
}
