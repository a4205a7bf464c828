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

/* One query; everything lives in the arena, but for the connection. */
struct query {
    struct arena arena;
    const struct port_call *call;
    const char *text;
    char **params; /* wiped; NULL stands for NULL */
    size_t n_params;
    int64_t max_rows;
    const char *role; /* NULL: that of the DSN */
    int64_t give_up_mono_ms;
    int64_t timeout_ms; /* of its own, 0: none that comes first */
    struct target target;
    PGconn *conn;
    bool is_cut_off;  /* whether it happened is not known */
    bool needs_own;   /* the server wants no transaction around it */
    char sqlstate[6]; /* of the last error */
};

/* sql_dsn.c: reads the DSN. ST_REFUSED when it leads where the class may not
 * go, or in the clear; messages never quote it. */
MUST_USE enum status sql_target_read(struct query *q, struct err *err);
/* Which of its addresses libpq is to try. */
void sql_target_choose(struct query *q, const char *address);
/* Adds a parameter that the server is told when a session starts. */
void sql_target_add_options(struct query *q, const char *options);
void sql_target_wipe(struct target *t);

/* sql_resolve.c: finds the addresses of its host. ST_TIMEOUT, without a
 * message, at until. */
MUST_USE enum status sql_target_resolve(struct query *q, int64_t until,
                                        struct err *err);

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
