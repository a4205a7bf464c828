/* sql.query: values, classes and bounds, on a server of its own. */
#include "port_sql.h"

#include "sql_kit.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "interrupt.h"

/* --- values ---------------------------------------------------------- */

static void each_type_has_a_form(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *sql, *json;
    } rows[] = {
        {"1::smallint", "1"},
        {"-2147483648", "-2147483648"},
        {"9223372036854775807", "9223372036854775807"},
        {"7::oid", "7"},
        {"0.1::float8", "0.1"},
        {"0.1::float4", "0.1"},
        {"1e300::float8", "1e+300"},
        {"'NaN'::float8", "\"NaN\""},
        {"'-Infinity'::float4", "\"-Infinity\""},
        {"1.50", "1.5"},
        {"-0.00001::numeric", "-0.00001"},
        {"123456789012345.0::numeric", "\"123456789012345.0\""},
        {"10000000000000000000000", "\"10000000000000000000000\""},
        {"123456789012345678::numeric", "123456789012345678"},
        {"'NaN'::numeric", "\"NaN\""},
        {"true", "true"},
        {"false", "false"},
        {"null::int", "null"},
        {"null", "null"},
        {"''", "\"\""},
        {"'null'::json", "null"},
        {"'{\"a\": [1, {}]}'::jsonb", "{\"a\":[1,{}]}"},
        {"'{\"a\":1,\"a\":2}'::json", "\"{\\\"a\\\":1,\\\"a\\\":2}\""},
        {"'[{\"$secret\":\"s1\"}]'::json",
         "\"[{\\\"$secret\\\":\\\"s1\\\"}]\""},
        {"'{\"$bytes\":\"\"}'::json", "\"{\\\"$bytes\\\":\\\"\\\"}\""},
        {"'\\x00ff'::bytea", "\"\\\\x00ff\""},
        {"date '2026-11-23'", "\"2026-11-23\""},
        {"timestamptz '2026-11-23 13:00Z' at time zone 'utc'",
         "\"2026-11-23 13:00:00\""},
        {"array[1,null]", "\"{1,NULL}\""},
        {"'grün'", "\"grün\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        snprintf(text, sizeof text, "select %s", rows[i].sql);
        done(k, text);
        assert_cell(k, rows[i].json);
    }
}

static void a_result_tells_what_was_done(void **state)
{
    struct kit *k = *state;
    query(k, "select 1 as id, 'x' as id, 2 as \"$secret\", 3 as id_2", "{}");
    assert_value(
        k, "{\"columns\":[\"id\",\"id_2\",\"column 3\",\"id_2_2\"],"
           "\"rows\":[{\"id\":1,\"id_2\":\"x\",\"column 3\":2,\"id_2_2\":3}],"
           "\"count\":1,\"command\":\"SELECT\"}");
    query(k, "/* none */ select 1 as a where false", "{}");
    assert_value(k, "{\"columns\":[\"a\"],\"rows\":[],\"count\":0,"
                    "\"command\":\"SELECT\"}");
    as(k, EFFECT_REMOTE);
    query(k, "create table told (id int primary key)", "{}");
    assert_value(k, "{\"columns\":[],\"rows\":[],\"count\":0,"
                    "\"command\":\"CREATE TABLE\"}");
    query(k, "insert into told values (1), (2), (3)", "{}");
    assert_value(k, "{\"columns\":[],\"rows\":[],\"count\":3,"
                    "\"command\":\"INSERT\"}");
    query(k, "delete from told where id > 1 returning id", "{}");
    assert_value(k, "{\"columns\":[\"id\"],\"rows\":[{\"id\":2},{\"id\":3}],"
                    "\"count\":2,\"command\":\"DELETE\"}");
}

static void parameters_stay_values(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *params, *got;
    } rows[] = {
        {"[\"x'; drop table told; --\"]", "\"x'; drop table told; --\""},
        {"[\"' or '1'='1\"]", "\"' or '1'='1\""},
        {"[\"\\\\\"]", "\"\\\\\""},
        {"[\"$1\"]", "\"$1\""},
        {"[\"\"]", "\"\""},
        {"[null]", "null"},
        {"[true]", "\"true\""},
        {"[12.5]", "\"12.5\""},
        {"[9007199254740993]", "\"9007199254740993\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char more[128];
        snprintf(more, sizeof more, "{\"params\":%s}", rows[i].params);
        query(k, "select $1::text", more);
        assert_cell(k, rows[i].got);
    }
    query(k, "select $2::int - $1::int", "{\"params\":[1, \"3\"]}");
    assert_cell(k, "2");
    query(k, "select $1::text", "{\"params\":[[1]]}");
    assert_error(k, ST_INPUT, "parameter $1 of sql.query is no text");
    query(k, "select $1::text", "{\"params\":[{\"$bytes\":\"AAA=\"}]}");
    assert_error(k, ST_INPUT, "parameter $1");
    query(k, "select $1::text, $2::text", "{\"params\":[1]}");
    assert_error(k, ST_FAILED, "SQLSTATE 08P01");
}

static void a_secret_may_be_a_parameter(void **state)
{
    struct kit *k = *state;
    struct json *args = kit_json("{\"params\":[]}");
    json_put(args, "dsn", secret(k, dsn_of("admin", "localhost", "")));
    json_put_str(args, "text", "select length($1::text)");
    json_push(json_put(args, "params", json_new(JSON_ARRAY)),
              secret(k, "sesame-open"));
    kit_perform(k, "sql.query", args);
    assert_cell(k, "11");
    args = kit_json("{}");
    json_put(args, "dsn", secret(k, dsn_of("admin", "localhost", "")));
    json_put_str(args, "text", "select $1::int");
    json_push(json_put(args, "params", json_new(JSON_ARRAY)),
              secret(k, "sesame-open"));
    kit_perform(k, "sql.query", args);
    assert_error(k, ST_FAILED, "[redacted:DSN]");
    assert_null(strstr(k->err.msg, "sesame"));
}

/* --- what a class may do --------------------------------------------- */

static void the_class_follows_the_first_word(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum status read, remote;
    } rows[] = {
        {"select 1", ST_OK, ST_OK},
        {" \t\r\n\f;(( SELECT 1", ST_OK, ST_OK},
        {"-- a\n/* b /* c */ ; */--d\rwith x as (select 1) table x", ST_OK,
         ST_OK},
        {"explain delete from t", ST_OK, ST_OK},
        {"delete from t", ST_REFUSED, ST_OK},
        {"selectx", ST_REFUSED, ST_OK},
        {"copy (select 1) to program 'id'", ST_REFUSED, ST_OK},
        {"do $$ begin end $$", ST_REFUSED, ST_OK},
        {"call f()", ST_REFUSED, ST_OK},
        {"load 'x'", ST_REFUSED, ST_OK},
        {"commit", ST_REFUSED, ST_REFUSED},
        {"--\rCOMMIT\nselect 1", ST_REFUSED, ST_REFUSED},
        {"/*/*x*/*/;End", ST_REFUSED, ST_REFUSED},
        {"rollback", ST_REFUSED, ST_REFUSED},
        {"abort", ST_REFUSED, ST_REFUSED},
        {"begin", ST_REFUSED, ST_REFUSED},
        {"start transaction read write", ST_REFUSED, ST_REFUSED},
        {"savepoint a", ST_REFUSED, ST_REFUSED},
        {"set transaction read write", ST_REFUSED, ST_REFUSED},
        {"reset all", ST_REFUSED, ST_REFUSED},
        {"prepare transaction 'x'", ST_REFUSED, ST_REFUSED},
        {"", ST_INPUT, ST_INPUT},
        {"/* select 1", ST_INPUT, ST_INPUT},
        {"\"commit\"", ST_INPUT, ST_INPUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int remote = 0; remote < 2; remote++) {
            enum effect got = EFFECT_NONE;
            enum effect ceiling = remote ? EFFECT_REMOTE : EFFECT_READ;
            enum status want = remote ? rows[i].remote : rows[i].read;
            struct err err = {0};
            struct json *args = json_new(JSON_OBJECT);
            json_put_str(args, "text", rows[i].text);
            if (sql_class(args, ceiling, &got, &err) != want)
                fail_msg("%s: %s", rows[i].text, err.msg);
            if (want == ST_OK)
                assert_int_equal(got, ceiling);
            json_free(args);
        }
    }
}

static void a_query_may_do_less_than_its_step(void **state)
{
    (void)state;
    static const struct {
        const char *args;
        enum effect ceiling;
        enum status st;
        enum effect got;
        const char *says;
    } rows[] = {
        {"{\"text\":\"select 1\"}", EFFECT_NONE, ST_OK, EFFECT_READ, ""},
        {"{\"text\":\"select 1\",\"opts\":{\"effect\":\"read\"}}",
         EFFECT_REMOTE, ST_OK, EFFECT_READ, ""},
        {"{\"text\":\"drop table t\",\"opts\":{\"effect\":\"read\"}}",
         EFFECT_REMOTE, ST_REFUSED, EFFECT_READ,
         "this query may only read (select, with, values, table, show, "
         "explain), and DROP is not that"},
        {"{\"text\":\"drop table t\",\"opts\":{\"effect\":\"remote\"}}",
         EFFECT_LOCAL, ST_REFUSED, EFFECT_REMOTE,
         "sql.query asks for effect remote in a step of effect local"},
        {"{\"text\":\"drop table t\",\"opts\":{\"effect\":\"all\"}}",
         EFFECT_LOCAL, ST_INPUT, EFFECT_LOCAL, "must be read, local or remote"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum effect got = EFFECT_NONE;
        struct err err = {0};
        struct json *args = kit_json(rows[i].args);
        assert_int_equal(sql_class(args, rows[i].ceiling, &got, &err),
                         rows[i].st);
        assert_int_equal(got, rows[i].got);
        assert_non_null(strstr(err.msg, rows[i].says));
        json_free(args);
    }
}

/* By the server, whatever a statement looks like. */
static void what_reads_cannot_write(void **state)
{
    struct kit *k = *state;
    as(k, EFFECT_REMOTE);
    done(k, "create table kept (id serial)");
    done(k, "insert into kept default values");
    done(k, "create function sneak() returns void language plpgsql as $$ "
            "begin set transaction_read_only = off; delete from kept; end $$");
    as(k, EFFECT_READ);
    static const struct {
        const char *text;
        enum status st;
        const char *says;
    } rows[] = {
        {"delete from kept", ST_REFUSED,
         "this query may only read (cannot execute DELETE in a read-only "
         "transaction): give it effect=remote"},
        {"with d as (delete from kept returning 1) select * from d", ST_REFUSED,
         "may only read"},
        {"explain analyze delete from kept", ST_REFUSED, "may only read"},
        {"select nextval('kept_id_seq')", ST_REFUSED, "may only read"},
        {"select * from kept for update", ST_REFUSED, "may only read"},
        {"select * into other from kept", ST_REFUSED, "may only read"},
        {"select sneak()", ST_FAILED, "SQLSTATE 25001"},
        {"select set_config('transaction_read_only', 'off', false)", ST_FAILED,
         "SQLSTATE 25001"},
        {"commit", ST_REFUSED, "ended the transaction"},
        {"select 1; delete from kept", ST_FAILED, "SQLSTATE 42601"},
        {"select 1; commit; delete from kept", ST_FAILED, "SQLSTATE 42601"},
        {"copy (select 1) to stdout", ST_INPUT, "cannot COPY"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        query(k, rows[i].text, "{}");
        if (k->err.st != rows[i].st || !strstr(k->err.msg, rows[i].says))
            fail_msg("%s: %s", rows[i].text, k->err.msg);
        query(k, "select count(*) from kept", "{}");
        assert_cell(k, "1");
    }
    query(k, "show default_transaction_read_only", "{}");
    assert_cell(k, "\"on\"");
}

static void local_is_this_machine(void **state)
{
    struct kit *k = *state;
    char socket_dsn[256];
    snprintf(socket_dsn, sizeof socket_dsn,
             "host=%s port=%d user=admin dbname=postgres "
             "password=" PASSWORD,
             pg.dir, pg.port);
    const char *const near[] = {"127.0.0.1", "localhost", "LocalHost"};
    as(k, EFFECT_LOCAL);
    done(k, "create table near (id int)");
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        assert_int_equal(query_at(k, dsn_of("admin", near[i], ""),
                                  "insert into near values (1)", "{}"),
                         ST_OK);
    assert_int_equal(
        query_at(k, socket_dsn, "insert into near values (1)", "{}"), ST_OK);
    query_at(k, dsn_of("admin", FAR, ""), "insert into near values (1)", "{}");
    assert_error(k, ST_REFUSED,
                 "a local change is one to a server of this machine, and " FAR
                 " is another: give the step effect=remote");
    as(k, EFFECT_REMOTE);
    assert_int_equal(query_at(k, dsn_of("admin", FAR, ""),
                              "insert into near values (1)", "{}"),
                     ST_OK);
    query(k, "select count(*) from near", "{}");
    assert_cell(k, "5");
}

static void a_change_is_made_or_not(void **state)
{
    struct kit *k = *state;
    as(k, EFFECT_REMOTE);
    done(k, "create table whole (id int unique deferrable initially deferred)");
    query(k, "insert into whole select 7 from generate_series(1, 2)", "{}");
    assert_error(k, ST_FAILED, "SQLSTATE 23505): Key (id)=(7) already exists.");
    query(k, "insert into whole select generate_series(1, 9) returning id",
          "{\"opts\":{\"max_rows\":3}}");
    assert_error(k, ST_FAILED,
                 "the query gives more than 3 rows: narrow it, or raise "
                 "opts.max_rows");
    query(k, "with a as (insert into whole values (1)) select pg_sleep(60)",
          "{\"opts\":{\"timeout\":0.2}}");
    assert_error(k, ST_FAILED, "cancelled");
    query(k,
          "insert into whole select 1 from "
          "pg_terminate_backend(pg_backend_pid())",
          "{}");
    assert_error(k, ST_FAILED, "SQLSTATE 57P01");
    query(k, "select count(*) from whole", "{}");
    assert_cell(k, "0");
    query(k, "vacuum whole", "{}");
    assert_value(k, "{\"columns\":[],\"rows\":[],\"count\":0,"
                    "\"command\":\"VACUUM\"}");
    query(k, "create index concurrently on whole (id)", "{}");
    assert_string_equal(json_get_str(k->value, "command", ""), "CREATE INDEX");
}

/* What fails in its transaction is not tried again without one. */
static void a_change_is_tried_once(void **state)
{
    struct kit *k = *state;
    as(k, EFFECT_REMOTE);
    done(k, "create sequence tries");
    done(k, "create function try() returns void language plpgsql as $$ begin "
            "perform nextval('tries'); "
            "set transaction isolation level serializable; end $$");
    query(k, "select try()", "{}");
    assert_error(k, ST_FAILED, "SQLSTATE 25001");
    query(k, "select last_value from tries", "{}");
    assert_cell(k, "1");
    query(k, "vacuum tries", "{\"opts\":{\"role\":\"admin\"}}");
    assert_error(k, ST_FAILED, "VACUUM cannot run inside a transaction block");
}

static void a_role_has_less_rights(void **state)
{
    struct kit *k = *state;
    as(k, EFFECT_REMOTE);
    done(k, "create role \"Reader; x\"");
    done(k, "create table closed (id int)");
    as(k, EFFECT_READ);
    query(k, "select current_user::text",
          "{\"opts\":{\"role\":\"Reader; x\"}}");
    assert_cell(k, "\"Reader; x\"");
    query(k, "table closed", "{\"opts\":{\"role\":\"Reader; x\"}}");
    assert_error(k, ST_FAILED,
                 "permission denied for table closed (SQLSTATE 42501); grant "
                 "it to the DSN's user, or use another");
    query(k, "table closed", "{\"opts\":{\"role\":\"nobody there\"}}");
    assert_error(k, ST_FAILED, "role \"nobody there\" does not exist");
}

/* --- bounds ---------------------------------------------------------- */

static void answers_have_a_ceiling(void **state)
{
    struct kit *k = *state;
    query(k, "select generate_series(1, 1001)", "{}");
    assert_error(k, ST_FAILED, "more than 1000 rows");
    query(k, "select generate_series(1, 1000)", "{}");
    assert_int_equal(json_get_int(k->value, "count", 0), 1000);
    query(k, "select generate_series(1, 1001)",
          "{\"opts\":{\"max_rows\":1001}}");
    assert_int_equal(json_get_int(k->value, "count", 0), 1001);
    query(k, "select repeat('x', 64 << 20)", "{}");
    assert_error(k, ST_FAILED, "gives more than 16 MiB");
    query(k, "select repeat('x', 1 << 20) from generate_series(1, 20)", "{}");
    assert_error(k, ST_FAILED, "gives more than 16 MiB");
    query(k, "select repeat('x', 999999) from generate_series(1, 16)", "{}");
    assert_int_equal(json_get_int(k->value, "count", 0), 16);
    static const char *const bad[] = {"0",   "-1",  "100001",
                                      "1e9", "1.5", "\"9\""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char more[64];
        snprintf(more, sizeof more, "{\"opts\":{\"max_rows\":%s}}", bad[i]);
        query(k, "select 1", more);
        assert_error(k, ST_INPUT, "must be 1 to 100000");
    }
}

/* Whether a query of another session is sleeping. */
static bool somebody_sleeps(struct kit *k)
{
    const struct port *port;
    void *port_state;
    struct err err = {0};
    struct json *value = NULL;
    struct json *args = kit_json(
        "{\"text\":\"select 1 from pg_stat_activity where state = 'active' and "
        "query like '%pg_sleep(60)%' and pid <> pg_backend_pid()\"}");
    json_put(args, "dsn", secret(k, dsn_of("admin", "localhost", "")));
    struct port_call call = {.op = "sql.query",
                             .args = args,
                             .effect = EFFECT_READ,
                             .vault = k->vault,
                             .deadline_mono_ms = clock_mono_ms() + 20000};
    assert_int_equal(port_for("sql.query", &port, &port_state, &err), ST_OK);
    if (port_perform(port, port_state, &call, &value, &err) != ST_OK)
        fail_msg("%s", err.msg);
    bool sleeps = json_get_int(value, "count", 0) > 0;
    json_free(value);
    json_free(args);
    return sleeps;
}

/* The server needs a moment to tell. */
static void assert_nobody_sleeps(struct kit *k)
{
    for (int i = 0; i < 200; i++) {
        if (!somebody_sleeps(k))
            return;
        usleep(20000);
    }
    fail_msg("the query goes on");
}

static void *begin_query(struct kit *k, const char *text, int at_once)
{
    const struct port *port;
    void *port_state;
    void *job = NULL;
    struct err err = {0};
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "text", text);
    json_put(args, "dsn", secret(k, dsn_of("admin", "localhost", "")));
    struct port_call call = {.op = "sql.query",
                             .args = args,
                             .effect = EFFECT_READ,
                             .vault = k->vault,
                             .at_once = at_once,
                             .deadline_mono_ms = clock_mono_ms() + 20000};
    assert_int_equal(port_for("sql.query", &port, &port_state, &err), ST_OK);
    assert_int_equal(port->begin(port_state, &call, &job, &err), ST_OK);
    json_free(args);
    return job;
}

static void one_after_the_other(void **state)
{
    struct kit *k = *state;
    const struct port *port;
    void *s;
    struct err err = {0};
    void *jobs[] = {begin_query(k, "select pg_sleep(0.2)", 1),
                    begin_query(k, "select 1 / 0", 1),
                    begin_query(k, "select 1", 1)};
    assert_int_equal(port_for("sql.query", &port, &s, &err), ST_OK);
    for (size_t i = 0; i < 3; i++) {
        struct json *value = NULL;
        void *job = NULL;
        while (!job)
            job = port->next(s, NULL, 1000);
        assert_ptr_equal(job, jobs[i]);
        assert_int_equal(port->finish(s, job, &value, &err),
                         i == 1 ? ST_FAILED : ST_OK);
        json_free(value);
        err_clear(&err);
    }
    assert_null(port->next(s, NULL, 1));
}

static void one_is_given_up(void **state)
{
    struct kit *k = *state;
    const struct port *port;
    void *s;
    struct json *value = NULL;
    struct err err = {0};
    void *slow = begin_query(k, "select pg_sleep(60)", 0);
    void *quick = begin_query(k, "select 1", 0);
    assert_int_equal(port_for("sql.query", &port, &s, &err), ST_OK);
    void *job = NULL;
    while (!job)
        job = port->next(s, NULL, 1000);
    assert_ptr_equal(job, quick);
    assert_int_equal(port->finish(s, quick, &value, &err), ST_OK);
    json_free(value);
    value = NULL;
    while (!somebody_sleeps(k)) /* which goes on with the slow one, too */
        usleep(10000);
    assert_int_equal(port->finish(s, slow, &value, &err), ST_INTERRUPTED);
    assert_null(value);
    assert_nobody_sleeps(k);
}

static void time_is_bounded(void **state)
{
    struct kit *k = *state;
    query(k, "select pg_sleep(60)", "{\"opts\":{\"timeout\":0.2}}");
    assert_error(k, ST_FAILED,
                 "the query did not end in 0.20 s and was cancelled");
    query(k, "select pg_sleep(60)", "{\"opts\":{\"timeout\":\"200ms\"}}");
    assert_error(k, ST_FAILED, "0.20 s");
    assert_nobody_sleeps(k);
    k->budget_ms = 200;
    query(k, "select pg_sleep(60)", "{\"opts\":{\"timeout\":\"1h\"}}");
    assert_error(k, ST_TIMEOUT, "did not end in the time left");
    k->budget_ms = 20000;
    assert_nobody_sleeps(k);
    query(k, "select 1", "{\"opts\":{\"timeout\":\"soon\"}}");
    assert_error(k, ST_INPUT, "opts.timeout of sql.query must be seconds");
}

static void a_silent_server_is_left(void **state)
{
    struct kit *k = *state;
    char dsn[128];
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    snprintf(dsn, sizeof dsn, "postgresql://a:" PASSWORD "@localhost:%d/a",
             ntohs(at.sin_port));
    query_at(k, dsn, "select 1", "{\"opts\":{\"timeout\":0.2}}");
    assert_error(k, ST_FAILED, "did not end in 0.20 s");
    close(fd);
    query_at(k, dsn, "select 1", "{}");
    assert_error(k, ST_FAILED, "as a: nothing listens there");
}

/* Once the query runs, somebody wants it to stop, and then more so. */
static void interrupt_sleeper(void *ctx)
{
    if (interrupted || somebody_sleeps(ctx))
        interrupted++;
}

static void an_interrupt_cancels(void **state)
{
    struct kit *k = *state;
    const struct port *port;
    void *port_state;
    struct err err = {0};
    struct json *value = NULL;
    assert_int_equal(port_for("sql.query", &port, &port_state, &err), ST_OK);
    for (int effect = EFFECT_READ; effect <= EFFECT_LOCAL; effect++) {
        struct json *args = kit_json("{\"text\":\"select pg_sleep(60)\"}");
        json_put(args, "dsn", secret(k, dsn_of("admin", "localhost", "")));
        struct port_call call = {.op = "sql.query",
                                 .args = args,
                                 .effect = (enum effect)effect,
                                 .vault = k->vault,
                                 .deadline_mono_ms = clock_mono_ms() + 20000,
                                 .waiting = {interrupt_sleeper, k}};
        err_clear(&err);
        assert_int_equal(port_perform(port, port_state, &call, &value, &err),
                         ST_INTERRUPTED);
        /* a change lets the first one pass */
        assert_int_equal(interrupted, effect == EFFECT_READ ? 1 : 2);
        assert_null(value);
        interrupted = 0;
        json_free(args);
        assert_nobody_sleeps(k);
    }
}

static void the_servers_errors_say_where(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"select 1 +", "syntax error at end of input (SQLSTATE 42601, line 1, "
                       "column 11)"},
        {"select 'ü',\n  oops", "column \"oops\" does not exist (SQLSTATE "
                                "42703, line 2, column 3)"},
        {"select 1\nfrom nowhere", "(SQLSTATE 42P01, line 2, column 6)"},
        {"select 1 / 0", "division by zero (SQLSTATE 22012)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        query(k, rows[i].text, "{}");
        assert_error(k, ST_FAILED, rows[i].says);
        assert_null(strchr(k->err.msg, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sql_test(each_type_has_a_form),
        sql_test(a_result_tells_what_was_done),
        sql_test(parameters_stay_values),
        sql_test(a_secret_may_be_a_parameter),
        cmocka_unit_test(the_class_follows_the_first_word),
        cmocka_unit_test(a_query_may_do_less_than_its_step),
        sql_test(what_reads_cannot_write),
        sql_test(local_is_this_machine),
        sql_test(a_change_is_made_or_not),
        sql_test(a_change_is_tried_once),
        sql_test(a_role_has_less_rights),
        sql_test(answers_have_a_ceiling),
        sql_test(one_after_the_other),
        sql_test(one_is_given_up),
        sql_test(time_is_bounded),
        sql_test(a_silent_server_is_left),
        sql_test(an_interrupt_cancels),
        sql_test(the_servers_errors_say_where),
    };
    return cmocka_run_group_tests(tests, pg_start, pg_stop);
}
