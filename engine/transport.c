/* Carries an activity to where it is answered. */
#include "transport.h"

#include <string.h>

#include "forecast.h"
#include "inner.h"
#include "port.h"
#include "retry.h"
#include "rows.h"

#define MAX_REDIRECTS 5

/* Where a simulated answer sends a request that may be repeated, as the http
 * port would follow it; NULL: nowhere. */
static const char *next_url(const struct json *q, const struct json *answer)
{
    static const int64_t follow[] = {301, 302, 303, 307, 308};
    const char *method = json_get_str(q, "method", "GET");
    int64_t status = json_get_int(answer, "status", 0);
    if (json_get(q, "body") ||
        (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0))
        return NULL;
    for (size_t i = 0; i < sizeof follow / sizeof *follow; i++)
        if (status == follow[i])
            return json_str(json_get(json_get(answer, "headers"), "location"));
    return NULL;
}

/* Bytes of "scheme://host:port". */
static struct span origin(const char *url)
{
    struct span s = span_of(url);
    size_t host = span_find(s, SPAN("://"), 0) + 3;
    return span_sub(s, 0, span_find(s, SPAN("/"), host < s.n ? host : s.n));
}

/* Secrets are for the host they were sent to and for no other. */
static void drop_secrets(struct json *q, const struct json *args)
{
    struct json *kept = json_put(q, "headers", json_new(JSON_OBJECT));
    const struct json *h = json_first(json_get(args, "headers"));
    for (; h; h = json_next(h))
        if (!vault_is_handle(h))
            json_put(kept, json_key(h), json_copy(h));
}

static enum status simulate(struct door *d, const struct json *args,
                            struct json *q, struct json **value,
                            struct err *err)
{
    enum status st = ST_OK;
    for (int hops = 0; st == ST_OK; hops++) {
        json_free(*value);
        *value = NULL;
        st = world_request(d->world, q, clock_now_ms(d->clock), value, err);
        const char *url = st == ST_OK ? next_url(q, *value) : NULL;
        if (!url)
            break;
        if (hops == MAX_REDIRECTS)
            return err_set(err, ST_FAILED, "more than %d redirects",
                           MAX_REDIRECTS);
        if (!span_eq(origin(json_get_str(q, "url", "")), origin(url)))
            drop_secrets(q, args);
        json_put_str(q, "url", url);
        json_remove(q, "query");
    }
    return st;
}

/* What a server would see: filled in, with a body. */
static enum status as_sent(const struct door *d, const struct json *args,
                           struct json **out, struct err *err)
{
    if (vault_fill(d->vault, args, out, err) != ST_OK)
        return err->st;
    const struct json *body = json_get(*out, "json");
    if (body) {
        struct buf text = {0};
        json_write(body, &text);
        json_put(*out, "body", json_new_bytes(buf_view(&text)));
        json_remove(*out, "json");
        buf_release(&text);
    }
    return ST_OK;
}

/* How long the answer asks to wait before the request is sent again. There is
 * no chance in the simulated cloud, so no jitter. */
static int64_t wait_ms(const struct door *d, const struct json *answer,
                       bool idempotent, int sends)
{
    struct retry_facts f = {.end = RETRY_ANSWERED,
                            .status = (int)json_get_int(answer, "status", 0),
                            .fields = json_get(answer, "headers"),
                            .idempotent = idempotent,
                            .sends = sends,
                            .now_ms = clock_now_ms(d->clock),
                            .left_ms = INT32_MAX};
    return retry_wait_ms(&f, &(struct retry_dice){0});
}

static enum status simulate_http(struct door *d, const struct activity *a,
                                 struct json **value, struct err *err)
{
    struct json *sent = NULL;
    enum status st = as_sent(d, a->args, &sent, err);
    int64_t wait = st == ST_OK ? 0 : RETRY_NEVER;
    int sends = 0;
    while (wait != RETRY_NEVER) {
        clock_advance(d->clock, wait);
        st = simulate(d, a->args, sent, value, err);
        sends++;
        wait = st == ST_OK ? wait_ms(d, *value, a->idempotent, sends)
                           : RETRY_NEVER;
    }
    json_free(sent);
    if (st == ST_OK) {
        json_remove(*value, "changed");
        json_remove(*value, "op");
        if (sends > 1)
            json_put_int(*value, "tries", sends);
    }
    return st;
}

/* The simulator gives a result as the port would, or says why not. */
static enum status take_simulated(const struct json *answer,
                                  struct json **value, struct err *err)
{
    const struct json *result = json_get(answer, "value");
    const char *why = json_get_str(answer, "error", "the simulator gave none");
    bool refused = json_get_bool(answer, "refused", false);
    if (!result)
        return err_set(err, refused ? ST_REFUSED : ST_FAILED, "%s", why);
    *value = json_copy(result);
    return ST_OK;
}

static enum status simulate_sql(struct door *d, const struct activity *a,
                                struct json **value, struct err *err)
{
    struct json *q = NULL;
    struct json *answer = NULL;
    enum status st = vault_fill(d->vault, a->args, &q, err);
    if (st == ST_OK) {
        const struct json *dsn = json_get(a->args, "dsn");
        json_put_str(q, "sql", json_get_str(dsn, "name", ""));
        json_put_str(q, "class", effect_name(a->effect));
        st = world_request(d->world, q, clock_now_ms(d->clock), &answer, err);
    }
    if (st == ST_OK)
        st = take_simulated(answer, value, err);
    json_free(answer);
    json_free(q);
    return st;
}

bool transport_is_simulated(const struct door *d, const char *op)
{
    return d->world &&
           (strcmp(op, "http.request") == 0 || strcmp(op, "sql.query") == 0);
}

enum status transport_simulate(struct door *d, const struct activity *a,
                               struct json **value, struct err *err)
{
    bool sql = strcmp(a->op, "sql.query") == 0;
    return (sql ? simulate_sql : simulate_http)(d, a, value, err);
}

static bool may_go(const void *ctx, const char *secret, const char *url)
{
    const struct door *d = ctx;
    return !rows_astray(d->rows, d->settings, secret, span_of(url));
}

static struct port_call call_of(const struct door *d, const struct passage *p,
                                const struct activity *a)
{
    return (struct port_call){.op = a->op,
                              .args = a->args,
                              .effect = a->effect,
                              .root = d->root,
                              .scratch = d->scratch,
                              .vault = d->vault,
                              .deadline_mono_ms = p->deadline_mono_ms,
                              .now_ms = clock_now_ms(d->clock),
                              .waiting = d->waiting,
                              .may_go = may_go,
                              .may_ctx = d,
                              .idempotent = a->idempotent,
                              .at_once = a->at_once,
                              .per_second = a->per_second};
}

/* way: NULL when the call is to be carried out from start to end. */
static enum status through_port(struct door *d, const struct passage *p,
                                const struct activity *a, struct under_way *way,
                                struct json **value, struct err *err)
{
    const struct port *port = NULL;
    void *state = NULL;
    struct port_call call = call_of(d, p, a);
    if (port_for(a->op, &port, &state, err) != ST_OK)
        return err->st;
    if (!way || !port->begin)
        return port_perform(port, state, &call, value, err);
    *way = (struct under_way){.port = port, .state = state};
    return port->begin(state, &call, &way->job, err);
}

enum status transport_begin(struct door *d, struct passage *p,
                            const struct activity *a, struct under_way *way,
                            struct json **value, struct err *err)
{
    bool found = false;
    clock_advance(d->clock, a->prim->virtual_ms);
    p->task = a->task;
    enum status st = inner_perform(d, p, a->op, a->args, &found, value, err);
    if (!found && d->forecast)
        st = forecast_read(d, p, a, &found, value, err);
    if (found || st != ST_OK)
        return st;
    if (transport_is_simulated(d, a->op))
        return transport_simulate(d, a, value, err);
    /* a plan's reads come one after the other, so that it is the same plan
     * whoever answers first */
    return through_port(d, p, a, d->forecast ? NULL : way, value, err);
}

enum status transport_live(struct door *d, struct passage *p,
                           const struct activity *a, struct json **value,
                           struct err *err)
{
    clock_advance(d->clock, a->prim->virtual_ms);
    return transport_is_simulated(d, a->op)
               ? transport_simulate(d, a, value, err)
               : through_port(d, p, a, NULL, value, err);
}

enum status transport_perform(struct door *d, struct passage *p,
                              const struct activity *a, struct json **value,
                              struct err *err)
{
    return transport_begin(d, p, a, NULL, value, err);
}

enum status transport_done_file(struct door *d, struct passage *p,
                                const struct activity *a, struct json **value,
                                struct err *err)
{
    if (strcmp(a->op, "fs.remove") == 0 || strcmp(a->op, "fs.mkdir") == 0) {
        *value = json_new_bool(true);
        return ST_OK;
    }
    *value = json_new(JSON_OBJECT);
    struct activity look = {
        .op = "fs.read", .args = a->args, .effect = EFFECT_READ};
    struct json *now = NULL;
    struct arena m = {0};
    struct span bytes = {0};
    enum status st = through_port(d, p, &look, NULL, &now, err);
    if (st == ST_OK && json_bytes(now, &m, &bytes)) {
        json_put(*value, "path", json_copy(json_get(a->args, "path")));
        json_put_int(*value, "bytes", (int64_t)bytes.n);
        json_put_str(*value, "sha256", hash_sha256(bytes).hex);
        json_put_bool(*value, "changed", true);
    }
    arena_release(&m);
    json_free(now);
    return st;
}
