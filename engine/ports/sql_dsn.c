/* Reads a DSN: where it leads, and whether a query may go there.
 *
 * libpq fills what a DSN leaves open from the environment, ~/.pgpass, a
 * service file and ~/.postgresql. None of these may choose a server, weaken
 * TLS or lend a password here: each parameter gets a value of its own. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sql_part.h"
#include "vault.h"

#define NOWHERE "/dev/null/none" /* a path that no file can have */
#define MACHINE_CA "/etc/ssl/certs/ca-certificates.crt"

/* What a DSN may say, and where it is kept. */
enum said {
    HOST,
    PORT,
    DATABASE,
    USER,
    PASSWORD,
    SSLMODE,
    ROOT_CERT,
    BINDING,
    APPLICATION,
    OPTIONS,
    CONNECT_TIMEOUT,
    SAID_COUNT
};
static const char *const said_names[SAID_COUNT] = {
    [HOST] = "host",
    [PORT] = "port",
    [DATABASE] = "dbname",
    [USER] = "user",
    [PASSWORD] = "password",
    [SSLMODE] = "sslmode",
    [ROOT_CERT] = "sslrootcert",
    [BINDING] = "channel_binding",
    [APPLICATION] = "application_name",
    [OPTIONS] = "options",
    [CONNECT_TIMEOUT] = "connect_timeout", /* ours is used */
};

/* What no DSN may say. */
static const struct {
    const char *keyword, *value;
} fixed[] = {
    {"client_encoding", "UTF8"},   {"gssencmode", "disable"},
    {"passfile", NOWHERE},         {"sslcert", NOWHERE},
    {"sslcertmode", "disable"},    {"keepalives_idle", "30"},
    {"tcp_user_timeout", "20000"}, {"require_auth", "!gss,!sspi"},
};

struct dsn {
    struct query *q;
    bool is_secret;
    const char *said[SAID_COUNT]; /* NULL: not */
};

/* --- text to parts --- */

static void wipe_parsed(PQconninfoOption *all)
{
    for (PQconninfoOption *o = all; o && o->keyword; o++)
        if (o->val)
            explicit_bzero(o->val, strlen(o->val));
    PQconninfoFree(all);
}

static enum status take_said(struct dsn *d, const PQconninfoOption *o,
                             struct err *err)
{
    size_t i = 0;
    while (i < SAID_COUNT && strcmp(said_names[i], o->keyword) != 0)
        i++;
    if (i == SAID_COUNT)
        return err_set(err, ST_INPUT,
                       "sql.query does not take %s from a DSN: leave it out",
                       o->keyword);
    if (*o->val)
        d->said[i] = arena_strdup(&d->q->arena, o->val);
    return ST_OK;
}

/* libpq's own message may quote half a password: it is not shown. */
static enum status take_apart(struct dsn *d, const char *text, struct err *err)
{
    char *why = NULL;
    bool looks = strchr(text, '=') || strstr(text, "://");
    PQconninfoOption *all = looks ? PQconninfoParse(text, &why) : NULL;
    PQfreemem(why);
    if (!all)
        return err_set(err, ST_INPUT,
                       "sql.query: the DSN is not like postgresql://user:"
                       "password@host:5432/database, or has a parameter that "
                       "libpq does not know; write special characters as %%XX");
    for (PQconninfoOption *o = all; o->keyword && err->st == ST_OK; o++)
        if (o->val)
            (void)take_said(d, o, err);
    wipe_parsed(all);
    return err->st;
}

/* --- what may pass --- */

static bool is_host(const char *s)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_:"
                                  "abcdefghijklmnopqrstuvwxyz0123456789";
    return *s == '/' || !s[strspn(s, letters)];
}

static bool is_port(const char *s)
{
    return strlen(s) <= 5 && !s[strspn(s, "0123456789")];
}

/* A password that is not escaped ends up as host, port or database: what does
 * not look like one must not get into a message. */
static enum status check_parts(const struct dsn *d, struct err *err)
{
    if ((d->said[HOST] && !is_host(d->said[HOST])) ||
        (d->said[PORT] && !is_port(d->said[PORT])))
        return err_set(err, ST_INPUT,
                       "sql.query: host or port of the DSN is none; it takes "
                       "one host, and special characters of a password as "
                       "%%XX");
    if (!d->said[USER])
        return err_set(err, ST_INPUT,
                       "sql.query: the DSN names no user: postgresql://user:"
                       "password@host/database");
    if (d->said[PASSWORD] && !d->is_secret)
        return err_set(err, ST_REFUSED,
                       "a DSN with a password must be a secret: keep it in a "
                       "source of runproof.yaml and pass secret.get's handle");
    return ST_OK;
}

/* The address of what is loopback by its literal name, else NULL. */
static const char *loopback(const char *host)
{
    struct in_addr v4;
    if (strcasecmp(host, "localhost") == 0)
        return "127.0.0.1";
    if (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127)
        return host;
    return strcmp(host, "::1") == 0 ? host : NULL;
}

static enum status check_reach(const struct dsn *d, struct err *err)
{
    static const char *const safe[] = {"require", "verify-ca", "verify-full"};
    const struct target *t = &d->q->target;
    const char *mode = d->said[SSLMODE];
    if (getenv("PGSERVICE"))
        return err_set(err, ST_FAILED,
                       "PGSERVICE is set and would change where sql.query "
                       "connects: unset it");
    if (d->q->call.effect == EFFECT_LOCAL && !t->local)
        return err_set(err, ST_REFUSED,
                       "a local change is one to a server of this machine, "
                       "and %s is another: give the step effect=remote",
                       t->host);
    if (t->local || !mode)
        return ST_OK;
    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++)
        if (strcmp(mode, safe[i]) == 0)
            return ST_OK;
    return err_set(err, ST_REFUSED,
                   "the DSN's sslmode would let a query to %s go in the "
                   "clear: make it require, verify-ca or verify-full",
                   t->host);
}

/* --- for libpq --- */

static void put(struct query *q, const char *keyword, const char *value)
{
    struct target *t = &q->target;
    if (!value || t->n + 1 >= DSN_KEYWORDS)
        return;
    t->keywords[t->n] = keyword;
    t->values[t->n++] = arena_strdup(&q->arena, value);
}

static bool knows(const PQconninfoOption *all, const char *keyword)
{
    while (all->keyword && strcmp(all->keyword, keyword) != 0)
        all++;
    return all->keyword != NULL;
}

/* A connection string that takes the place of the environment: each parameter
 * at its built-in default. (In one, unlike elsewhere, an empty value counts.)
 */
static enum status put_neutral(struct query *q, struct err *err)
{
    struct buf text = {0};
    PQconninfoOption *all = PQconninfoParse("", NULL);
    if (!all)
        return err_set(err, ST_INTERNAL, "libpq cannot be initialised");
    for (PQconninfoOption *o = all; o->keyword; o++)
        if (o->envvar && strcmp(o->keyword, "service") != 0)
            buf_printf(&text, "%s='%s' ", o->keyword,
                       o->compiled ? o->compiled : "");
    put(q, "dbname", buf_cstr(&text));
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (knows(all, fixed[i].keyword))
            put(q, fixed[i].keyword, fixed[i].value);
    PQconninfoFree(all);
    buf_release(&text);
    return ST_OK;
}

static enum status put_all(const struct dsn *d, struct err *err)
{
    struct query *q = d->q;
    const struct target *t = &q->target;
    const char *mode = d->said[SSLMODE];
    const char *root = d->said[ROOT_CERT];
    if (put_neutral(q, err) != ST_OK)
        return err->st;
    if (!mode && !t->local)
        mode = "require";
    if (!root)
        root =
            mode && span_starts(span_of(mode), "verify") ? MACHINE_CA : NOWHERE;
    put(q, "host", d->said[HOST]);
    put(q, "port", t->port);
    put(q, "user", t->user);
    put(q, "dbname", d->said[DATABASE] ? d->said[DATABASE] : t->user);
    put(q, "password", d->said[PASSWORD]);
    put(q, "sslmode", mode);
    put(q, "sslrootcert", root);
    put(q, "channel_binding", d->said[BINDING]);
    put(q, "application_name",
        d->said[APPLICATION] ? d->said[APPLICATION] : "runproof");
    put(q, "options", d->said[OPTIONS]);
    return ST_OK;
}

static size_t find(const struct target *t, const char *keyword)
{
    size_t i = t->n; /* the last one counts: see put_neutral */
    while (i > 0 && strcmp(t->keywords[i - 1], keyword) != 0)
        i--;
    return i;
}

void sql_target_set(struct query *q, const char *keyword, const char *value)
{
    struct target *t = &q->target;
    size_t i = find(t, keyword);
    if (i == 0)
        put(q, keyword, value);
    else /* libpq takes an empty value for none */
        t->values[i - 1] = arena_strdup(&q->arena, value ? value : "");
}

const char *sql_target_get(const struct query *q, const char *keyword)
{
    size_t i = find(&q->target, keyword);
    return i ? q->target.values[i - 1] : NULL;
}

void sql_target_wipe(struct target *t)
{
    for (size_t i = 0; i < t->n; i++)
        explicit_bzero(t->values[i], strlen(t->values[i]));
}

/* A copy to wipe; NULL with an error. */
static char *dsn_text(struct query *q, bool *is_secret, struct err *err)
{
    const struct json *dsn = json_get(q->call.args, "dsn");
    struct span text = json_span(dsn);
    *is_secret = vault_is_handle(dsn);
    if (*is_secret && vault_reveal(q->call.vault, dsn, &text, err) != ST_OK)
        return NULL;
    if (text.n && !memchr(text.p, 0, text.n))
        return span_dup(&q->arena, text);
    err_set(err, ST_INPUT, "sql.query needs a DSN: a secret");
    return NULL;
}

enum status sql_target_read(struct query *q, struct err *err)
{
    struct dsn d = {.q = q};
    struct target *t = &q->target;
    char *text = dsn_text(q, &d.is_secret, err);
    if (!text)
        return err->st;
    (void)take_apart(&d, text, err);
    explicit_bzero(text, strlen(text));
    if (err->st == ST_OK && check_parts(&d, err) == ST_OK) {
        t->host = d.said[HOST] ? d.said[HOST] : "";
        t->port = d.said[PORT] ? d.said[PORT] : "5432";
        t->user = d.said[USER];
        t->local = !*t->host || *t->host == '/' || loopback(t->host);
        if (t->local && loopback(t->host))
            t->addresses[t->n_addresses++] = loopback(t->host);
        if (check_reach(&d, err) == ST_OK)
            (void)put_all(&d, err);
    }
    if (d.said[PASSWORD]) /* the arena's; sql_target_wipe has its copy */
        explicit_bzero((char *)d.said[PASSWORD], strlen(d.said[PASSWORD]));
    return err->st;
}
