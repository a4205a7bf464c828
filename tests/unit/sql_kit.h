/* For the tests of sql.query: a PostgreSQL server on loopback, and one query
 * to it. */
#pragma once

#include "port_kit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSWORD "hunter2-pa55"
/* Loopback, but not by its literal name: as good as another machine. */
#define FAR "127.1"

static struct {
    pid_t pid;
    int hold; /* the server stops when it is closed */
    int port;
    char dir[128];
} pg;

static inline int pg_start(void **state)
{
    int in[2], out[2];
    (void)state;
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        return -1;
    pg.pid = fork();
    if (pg.pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execlp("sh", "sh", "tests/postgres.sh", (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    pg.hold = in[1];
    FILE *f = fdopen(out[0], "r");
    int n = fscanf(f, "%d %127s", &pg.port, pg.dir);
    fclose(f);
    return n == 2 ? 0 : -1;
}

static inline int pg_stop(void **state)
{
    int status = 0;
    (void)state;
    close(pg.hold);
    return waitpid(pg.pid, &status, 0) == pg.pid && status == 0 ? 0 : -1;
}

/* --- one query ------------------------------------------------------- */

/* A secret's handle, as an argument. */
static inline struct json *secret(struct kit *k, const char *value)
{
    struct json *handle = NULL;
    struct err err = {0};
    if (vault_put(k->vault, "DSN", span_of(value), &handle, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return handle;
}

static inline enum status query_at(struct kit *k, const char *dsn,
                                   const char *text, const char *more)
{
    struct json *args = kit_json(more);
    json_put(args, "dsn", secret(k, dsn));
    json_put_str(args, "text", text);
    return kit_perform(k, "sql.query", args);
}

static inline const char *dsn_of(const char *user, const char *host,
                                 const char *tail)
{
    static char room[512];
    snprintf(room, sizeof room, "postgresql://%s:" PASSWORD "@%s:%d/postgres%s",
             user, host, pg.port, tail);
    return room;
}

/* more: params and opts. */
static inline enum status query(struct kit *k, const char *text,
                                const char *more)
{
    return query_at(k, dsn_of("admin", "127.0.0.1", ""), text, more);
}

static inline void done(struct kit *k, const char *text)
{
    if (query(k, text, "{}") != ST_OK)
        fail_msg("%s: %s", text, k->err.msg);
}

/* The one value of the one row. */
static inline const struct json *cell(const struct kit *k)
{
    return json_first(json_first(json_get(k->value, "rows")));
}

static inline void assert_cell(const struct kit *k, const char *expected)
{
    struct buf got = {0};
    json_write(cell(k), &got);
    if (strcmp(buf_cstr(&got), expected) != 0)
        fail_msg("got %s, expected %s (%s)", buf_cstr(&got), expected,
                 k->err.msg);
    buf_release(&got);
}

static inline int enter(void **state)
{
    if (kit_enter(state) != 0)
        return -1;
    ((struct kit *)*state)->effect = EFFECT_READ;
    return 0;
}

static inline void as(struct kit *k, enum effect effect)
{
    k->effect = effect;
}

#define sql_test(fn) cmocka_unit_test_setup_teardown(fn, enter, kit_leave)
