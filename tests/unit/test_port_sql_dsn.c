/* sql.query: where a DSN leads, and what is said when it leads nowhere. */
#include "sql_kit.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* --- where a DSN leads ----------------------------------------------- */

static const char IS_TLS[] =
    "select ssl from pg_stat_ssl where pid = pg_backend_pid()";

static void others_are_spoken_to_by_tls(void **state)
{
    struct kit *k = *state;
    char tail[256];
    static const char *const weak[] = {"disable", "allow", "prefer", "full"};
    query_at(k, dsn_of("admin", FAR, ""), IS_TLS, "{}");
    assert_cell(k, "true");
    query_at(k, dsn_of("admin", FAR, "?sslmode=require"), IS_TLS, "{}");
    assert_cell(k, "true");
    query_at(k, dsn_of("admin", "127.0.0.1", "?sslmode=disable"), IS_TLS, "{}");
    assert_cell(k, "false");
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        snprintf(tail, sizeof tail, "?sslmode=%s", weak[i]);
        query_at(k, dsn_of("admin", FAR, tail), IS_TLS, "{}");
        assert_error(k, ST_REFUSED,
                     "the DSN's sslmode would let a query to " FAR
                     " go in the clear: make it require");
    }
    static const struct {
        const char *mode, *root, *says;
    } rows[] = {
        {"verify-ca", "/tls/server.crt", NULL},
        {"verify-full", "/tls/server.crt", "its certificate is not trusted"},
        {"verify-ca", NULL, "its certificate is not trusted"},
        {"require", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(tail, sizeof tail, "?sslmode=%s%s%s%s", rows[i].mode,
                 rows[i].root ? "&sslrootcert=" : "",
                 rows[i].root ? pg.dir : "", rows[i].root ? rows[i].root : "");
        query_at(k, dsn_of("admin", FAR, tail), IS_TLS, "{}");
        if (rows[i].says)
            assert_error(k, ST_FAILED, rows[i].says);
        else
            assert_cell(k, "true");
    }
}

static void without_tls_there_is_no_other(void **state)
{
    struct kit *k = *state;
    as(k, EFFECT_REMOTE);
    done(k, "alter system set ssl = off");
    done(k, "select pg_reload_conf()");
    as(k, EFFECT_READ);
    for (int i = 0; i < 200 && k->err.st == ST_OK; i++) {
        usleep(20000);
        query_at(k, dsn_of("admin", FAR, ""), IS_TLS, "{}");
    }
    assert_error(k, ST_FAILED, "it speaks no TLS");
    query(k, IS_TLS, "{}");
    assert_cell(k, "false");
    as(k, EFFECT_REMOTE);
    done(k, "alter system reset ssl");
    done(k, "select pg_reload_conf()");
    as(k, EFFECT_READ);
    for (int i = 0; i < 200; i++) {
        if (query_at(k, dsn_of("admin", FAR, ""), IS_TLS, "{}") == ST_OK)
            return;
        usleep(20000);
    }
    fail_msg("%s", k->err.msg);
}

static void connecting_fails_in_one_line(void **state)
{
    struct kit *k = *state;
    static const char label[] = "x123456789012345678901234567890123456789012345"
                                "678901234567890123456789.test";
    char dsn[256];
    query_at(k, dsn_of("ghost", "localhost", ""), "select 1", "{}");
    snprintf(dsn, sizeof dsn,
             "cannot connect to localhost:%d as ghost: it refuses the "
             "password: correct the secret",
             pg.port);
    assert_string_equal(k->err.msg, dsn);
    query_at(k, dsn_of("tls_only", "localhost", "?sslmode=disable"), "select 1",
             "{}");
    assert_error(k, ST_FAILED, "as tls_only: pg_hba.conf rejects connection");
    snprintf(dsn, sizeof dsn, "postgresql://admin@localhost:%d/postgres",
             pg.port);
    query_at(k, dsn, "select 1", "{}");
    assert_error(k, ST_FAILED, "it wants a password");
    query_at(k, dsn_of("admin", label, ""), "select 1", "{}");
    assert_error(k, ST_FAILED, "there is no such host");
    snprintf(dsn, sizeof dsn, "postgresql://admin:" PASSWORD "@[::1]:%d/no",
             pg.port);
    query_at(k, dsn, "select 1", "{}");
    assert_error(k, ST_FAILED, "nothing listens there");
    snprintf(dsn, sizeof dsn, "postgresql://admin:" PASSWORD "@localhost:%d/no",
             pg.port);
    query_at(k, dsn, "select 1", "{}");
    assert_error(k, ST_FAILED, "database \"no\" does not exist");
}

/* What is no DSN may be a password that was not escaped: not one piece of it
 * is shown. */
static void a_bad_dsn_is_not_quoted(void **state)
{
    struct kit *k = *state;
    static const char *const rows[] = {
        "hunter2-pa55",
        "postgresql://admin:hunter2/pa55@localhost/a",
        "postgresql://admin:1/hunter2@localhost/a",
        "postgresql://admin:x@hunter2@localhost/a",
        "postgresql://admin:x#hunter2@local host/a",
        "postgresql://admin:%hunter2@localhost/a",
        "postgresql://admin:pa55word@localhost:hunter2/a",
        "postgresql://admin:pa55word@localhost/a?hunter2=1",
        "postgresql://admin:pa55word@localhost/a?sslkey=hunter2",
        "postgresql://admin:pa55word@hunter2,localhost/a",
        "postgresql://localhost/hunter2",
        "host=localhost user=a password=x hunter2",
        "host=localhost user=a password='hunter2",
        "service=hunter2",
        "host=localhost hostaddr=1.2.3.4 user=hunter2",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_not_equal(query_at(k, rows[i], "select 1", "{}"), ST_OK);
        if (strstr(k->err.msg, "hunter2") || strstr(k->err.msg, "pa55"))
            fail_msg("%s: %s", rows[i], k->err.msg);
        if (k->err.st != ST_INPUT && k->err.st != ST_REFUSED)
            fail_msg("%s: %s", rows[i], k->err.msg);
    }
    kit_call(k, "sql.query", "{\"dsn\":\"%s\",\"text\":\"select 1\"}",
             dsn_of("admin", "localhost", ""));
    assert_error(k, ST_REFUSED, "a DSN with a password must be a secret");
    kit_call(k, "sql.query", "{\"text\":\"select 1\"}");
    assert_error(k, ST_INPUT, "sql.query needs a DSN");
}

static void the_environment_has_no_say(void **state)
{
    struct kit *k = *state;
    char open[128], pass[256];
    snprintf(open, sizeof open, "postgresql://admin@127.0.0.1:%d/postgres",
             pg.port);
    snprintf(pass, sizeof pass, "*:*:*:*:" PASSWORD "\n");
    kit_put(k->root, ".pgpass", pass);
    assert_int_equal(chmod(kit_path(k->root, ".pgpass"), 0600), 0);
    const struct {
        const char *name, *value;
    } rows[] = {
        {"HOME", k->root},
        {"PGPASSFILE", kit_path(k->root, ".pgpass")},
        {"PGPASSWORD", PASSWORD},
        {"PGSSLMODE", "disable"},
        {"PGHOSTADDR", "192.0.2.1"},
        {"PGREQUIRESSL", "0"},
        {"PGOPTIONS", "-c search_path=evil"},
        {"PGSSLROOTCERT", "/nowhere"},
        {"PGCHANNELBINDING", "require"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        setenv(rows[i].name, rows[i].value, 1);
    query_at(k, open, "select 1", "{}");
    assert_error(k, ST_FAILED, "it wants a password");
    query_at(k, dsn_of("admin", FAR, ""), IS_TLS, "{}");
    assert_cell(k, "true");
    query(k, "show search_path", "{}");
    assert_cell(k, "\"\\\"$user\\\", public\"");
    setenv("PGSERVICE", "other", 1);
    query(k, "select 1", "{}");
    assert_error(k, ST_FAILED, "PGSERVICE is set");
    unsetenv("PGSERVICE");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        unsetenv(rows[i].name);
}

/* A pooler that knows no startup parameter but the usual ones: it writes down
 * what it is sent, and refuses. */
static void refuse_all(int listener, const char *log)
{
    static const char said[] =
        "SFATAL\0C08P01\0Munsupported startup parameter in options: x\0";
    const char head[] = {'E', 0, 0, 0, 4 + sizeof said};
    for (;;) {
        char room[4096];
        struct err err = {0};
        int fd = accept(listener, NULL, NULL);
        ssize_t n = read(fd, room, sizeof room);
        if (n <= 0 ||
            file_append(log, (struct span){room, (size_t)n}, &err) != ST_OK)
            _exit(1);
        if (write(fd, head, sizeof head) < 0 ||
            write(fd, said, sizeof said) < 0)
            _exit(1);
        close(fd);
    }
}

static void a_pooler_may_refuse_the_sessions_default(void **state)
{
    struct kit *k = *state;
    char dsn[128];
    char log[128];
    struct buf sent = {0};
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    snprintf(log, sizeof log, "%s/sent", k->dir);
    snprintf(dsn, sizeof dsn,
             "postgresql://a:" PASSWORD "@localhost:%d/b?sslmode=disable",
             ntohs(at.sin_port));
    pid_t pid = fork();
    if (pid == 0)
        refuse_all(fd, log);
    query_at(k, dsn, "select 1", "{}");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(fd);
    assert_error(k, ST_FAILED, "unsupported startup parameter");
    assert_int_equal(file_read(log, 8192, &sent, &k->err), ST_OK);
    struct span all = buf_view(&sent);
    struct span wish = SPAN("default_transaction_read_only");
    struct span user = SPAN("user\0a");
    size_t first = span_find(all, user, 0);
    size_t second = span_find(all, user, first + 1);
    assert_true(first < second && second < all.n);
    assert_true(span_find(all, wish, 0) < second);
    assert_int_equal(span_find(all, wish, second), all.n);
    buf_release(&sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        sql_test(others_are_spoken_to_by_tls),
        sql_test(without_tls_there_is_no_other),
        sql_test(connecting_fails_in_one_line),
        sql_test(a_bad_dsn_is_not_quoted),
        sql_test(the_environment_has_no_say),
        sql_test(a_pooler_may_refuse_the_sessions_default),
    };
    return cmocka_run_group_tests(tests, pg_start, pg_stop);
}
