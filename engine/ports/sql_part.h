/* What the parts of the sql port share: one query on its way. */
#pragma once

#include <libpq-fe.h>

#include "arena.h"
#include "port.h"
#include "str.h"

#define DSN_KEYWORDS 24
#define MAX_ADDRESSES 4

/* Where a DSN leads, ready for PQconnectStartParams. */
struct target {
    const char *host; /* "" for the Unix socket of this machine */
    const char *port, *user;
    bool local; /* loopback by its literal name, or a Unix socket */
    const char *keywords[DSN_KEYWORDS];
    char *values[DSN_KEYWORDS]; /* wiped by sql_target_wipe */
    size_t n;
    const char *addresses[MAX_ADDRESSES]; /* none for a Unix socket */
    size_t n_addresses;
};

/* The result, as it comes in. */
struct answer {
    struct json *value;   /* owned; names and rows are its own */
    const char **columns; /* NULL: no row yet */
    struct json *names, *rows;
    const char *command;
    int64_t count;
    size_t bytes;
};

enum phase {
    PHASE_QUEUED,
    PHASE_LOOKUP,
    PHASE_CONNECT,
    PHASE_TALK,
    PHASE_OVER
};

struct lookup;

/* One query; everything lives in the arena, but for what libpq has. */
struct query {
    struct arena arena;
    struct port_call call; /* its args for the beginning alone */
    const char *text;
    char **params; /* wiped; NULL stands for NULL */
    size_t n_params;
    int64_t max_rows;
    const char *role; /* NULL: that of the DSN */
    int64_t give_up_mono_ms;
    int64_t timeout_ms; /* of its own, 0: none that comes first */
    struct target target;

    enum phase phase;
    short events;             /* what its connection waits for, of poll(2) */
    int64_t until_mono_ms;    /* when it has waited for long enough */
    int64_t connect_until_ms; /* the same of all its addresses */
    struct lookup *lookup;
    PGconn *conn;
    size_t address; /* that is tried */
    bool is_plain;  /* without startup parameters */
    int saying;     /* which command was sent last */
    struct answer answer;
    bool is_cut_off; /* whether it happened is not known */
    bool needs_own;  /* the server wants no transaction around it */
    struct err err;
    struct query *next; /* of those under way, or of those that ended */
};

/* sql_args.c */
MUST_USE enum status sql_arguments(struct query *q, struct err *err);

/* sql_dsn.c: reads the DSN. ST_REFUSED when it leads where the class may not
 * go, or in the clear; messages never quote it. */
MUST_USE enum status sql_target_read(struct query *q, struct err *err);
/* A parameter of the connection, also in place of an earlier one; NULL takes
 * it away. */
void sql_target_set(struct query *q, const char *keyword, const char *value);
const char *sql_target_get(const struct query *q, const char *keyword);
void sql_target_wipe(struct target *t);

/* The phases: each function goes as far as it can without waiting, sets events
 * and until_mono_ms, and err when it is over. sql_connect.c: */
void sql_connect_begin(struct query *q);
void sql_lookup_go(struct query *q);
void sql_connect_go(struct query *q);
void sql_connect_late(struct query *q);
/* sql_talk.c: */
void sql_talk_begin(struct query *q);
void sql_talk_go(struct query *q);
/* The server ends the statement; it is told by a connection of its own. */
void sql_cancel(struct query *q);

/* sql_resolve.c: looks a host up in the background. NULL: it cannot. */
struct lookup *sql_lookup_begin(const char *host);
/* False while it goes on. Takes over what it found: *code is 0 or getaddrinfo's
 * error. */
bool sql_lookup_done(struct lookup *l, struct query *q, int *code);
void sql_lookup_end(struct lookup *l); /* NULL is fine */

/* sql_error.c: what went wrong, in one line. */
enum status sql_fail_connect(struct query *q, struct err *err);
enum status sql_fail_unknown(struct query *q, bool for_now, struct err *err);
enum status sql_fail_server(struct query *q, const PGresult *res,
                            struct err *err);
enum status sql_fail_broken(struct query *q, struct err *err);
enum status sql_fail_late(const struct query *q, struct err *err);

/* sql_value.c: what came back. The names of the columns, made unique. */
const char **sql_columns(const PGresult *res, struct arena *a);
/* One value; NULL is JSON null. */
struct json *sql_value(const PGresult *res, int row, int column);
