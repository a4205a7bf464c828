/* Says in one line why a query failed, and what to do. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "sql_part.h"
#include "vault.h"

#define CONNECT_FAILED " failed: "

/* Line breaks become blanks. Known secrets are taken out before the line is
 * cut: half of one would not be found afterwards. */
static enum status tell(const struct query *q, enum status st, struct buf *text,
                        struct err *err)
{
    struct buf safe = {0};
    for (size_t i = 0; i < text->n; i++)
        if ((unsigned char)text->p[i] < ' ')
            text->p[i] = ' ';
    redact_bytes(vault_redact(q->call.vault), span_trim(buf_view(text)), &safe);
    buf_release(text);
    err_set(err, st, "%s", buf_cstr(&safe));
    buf_release(&safe);
    return err->st;
}

static void put_server(const struct query *q, struct buf *out)
{
    const struct target *t = &q->target;
    if (!*t->host || *t->host == '/')
        buf_printf(out, "the local server of port %s", t->port);
    else
        buf_printf(out, "%s:%s", t->host, t->port);
}

/* --- connecting --- */

/* By libpq's words; what stands first counts first, as libpq may have tried
 * twice. */
static const struct {
    const char *words, *says;
} known[] = {
    {"password authentication failed",
     "it refuses the password: correct the secret"},
    {"no password supplied", "it wants a password: put one into the secret"},
    {"Connection refused",
     "nothing listens there: is it up, and is the port right?"},
    {"closed the connection unexpectedly",
     "it hung up before the session began: see its log"},
    {"does not support SSL",
     "it speaks no TLS, and nothing may go there in the clear: turn on ssl"},
    {"certificate",
     "its certificate is not trusted for this name: give the DSN an "
     "sslrootcert, or correct its host"},
    {"no pg_hba.conf entry",
     "it lets nobody of that name in from here: see its pg_hba.conf"},
    {"is not permitted to log in",
     "that user may not log in: use another, or alter it"},
    {"too many", "it has no connection left: try again later"},
    {"connection slots", "it has no connection left: try again later"},
    {"starting up", "it is just starting: try again later"},
};

/* What stands behind the preface of the last try. */
static struct span last_reason(const char *message)
{
    struct span rest = span_trim(span_of(message)), reason = rest;
    while (rest.n) {
        struct span line = span_cut(&rest, '\n');
        size_t at = span_find(line, SPAN(CONNECT_FAILED), 0);
        if (at < line.n)
            reason = span_sub(line, at + strlen(CONNECT_FAILED), line.n);
    }
    if (span_starts(reason, "FATAL:"))
        reason = span_sub(reason, strlen("FATAL:"), reason.n);
    return span_trim(reason);
}

static void put_attempt(const struct query *q, struct buf *out)
{
    buf_str(out, "cannot connect to ");
    put_server(q, out);
    buf_printf(out, " as %s: ", q->target.user);
}

enum status sql_fail_unknown(struct query *q, bool for_now, struct err *err)
{
    struct buf text = {0};
    put_attempt(q, &text);
    buf_str(&text, for_now ? "its name cannot be looked up now: try again later"
                           : "there is no such host: correct the DSN");
    return tell(q, ST_FAILED, &text, err);
}

enum status sql_fail_connect(struct query *q, struct err *err)
{
    const char *message = PQerrorMessage(q->conn);
    struct buf text = {0};
    put_attempt(q, &text);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(message, known[i].words)) {
            buf_str(&text, known[i].says);
            return tell(q, ST_FAILED, &text, err);
        }
    buf_span(&text, last_reason(message));
    return tell(q, ST_FAILED, &text, err);
}

/* --- what the server says --- */

static const struct {
    const char *sqlstate, *advice;
} advices[] = {
    {"42501", "grant it to the DSN's user, or use another"},
    {"25006", "the server, or the DSN's user, only reads"},
    {"42P01", "is the schema's name missing, or a migration?"},
    {"40P01", "try again"},
    {"40001", "try again"},
    {"55P03", "try again"},
};

/* Where in the text, counted in characters from 1. */
static void put_position(const struct query *q, const PGresult *res,
                         struct buf *out)
{
    const char *field = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    long left = field ? strtol(field, NULL, 10) : 0;
    int line = 1, column = 1;
    if (left < 1)
        return;
    for (const char *p = q->text; *p && left > 1; p++) {
        if (((unsigned char)p[1] & 0xc0) != 0x80)
            left--; /* the next byte begins a character */
        bool ends = *p == '\n';
        column = ends ? 1 : column + (((unsigned char)p[1] & 0xc0) != 0x80);
        line += ends;
    }
    buf_printf(out, ", line %d, column %d", line, column);
}

static enum status only_reads(const struct query *q, const char *said,
                              struct err *err)
{
    struct buf text = {0};
    buf_printf(&text, "this query may only read (%s): give it effect=remote",
               said);
    return tell(q, ST_REFUSED, &text, err);
}

static const char *field_of(const PGresult *res, int code)
{
    const char *text = PQresultErrorField(res, code);
    return text ? text : "";
}

enum status sql_fail_server(struct query *q, const PGresult *res,
                            struct err *err)
{
    const char *state = field_of(res, PG_DIAG_SQLSTATE);
    const char *said = field_of(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = field_of(res, PG_DIAG_MESSAGE_DETAIL);
    struct buf text = {0};
    q->needs_own = strcmp(field_of(res, PG_DIAG_SOURCE_FUNCTION),
                          "PreventInTransactionBlock") == 0;
    if (!*state || PQstatus(q->conn) != CONNECTION_OK)
        return sql_fail_broken(q, err);
    if (!strcmp(state, "57014") && clock_mono_ms() + 50 >= q->give_up_mono_ms)
        return sql_fail_late(q, err);
    if (!strcmp(state, "25006") && q->call.effect <= EFFECT_READ)
        return only_reads(q, said, err);
    buf_printf(&text, "%s (SQLSTATE %s", said, state);
    put_position(q, res, &text);
    buf_char(&text, ')');
    if (*detail)
        buf_printf(&text, ": %s", detail);
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (!strcmp(advices[i].sqlstate, state))
            buf_printf(&text, "; %s", advices[i].advice);
    return tell(q, ST_FAILED, &text, err);
}

/* --- what nobody says --- */

static const char *outcome(const struct query *q)
{
    if (q->call.effect <= EFFECT_READ)
        return "";
    return q->is_cut_off ? "; whether it happened is not known: look"
                         : "; nothing was changed";
}

enum status sql_fail_broken(struct query *q, struct err *err)
{
    struct buf text = {0};
    buf_str(&text, "the connection to ");
    put_server(q, &text);
    buf_printf(&text, " broke%s", outcome(q));
    return tell(q, ST_FAILED, &text, err);
}

enum status sql_fail_late(const struct query *q, struct err *err)
{
    char limit[32];
    if (!q->timeout_ms)
        return err_set(err, ST_TIMEOUT,
                       "the query did not end in the time left and was "
                       "cancelled%s",
                       outcome(q));
    duration_text(q->timeout_ms, limit);
    return err_set(err, ST_FAILED,
                   "the query did not end in %s and was cancelled%s", limit,
                   outcome(q));
}
