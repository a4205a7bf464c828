/* Carries an activity to where it is answered. */
#include "transport.h"

#include <string.h>

#include "inner.h"
#include "port.h"

static enum status simulate_http(struct door *d, const struct json *args,
                                 struct json **value, struct err *err)
{
    struct json *q = NULL;
    enum status st = vault_fill(d->vault, args, &q, err);
    const struct json *body = json_get(q, "json");
    if (st == ST_OK && body) {
        struct buf text = {0};
        json_write(body, &text);
        json_put(q, "body", json_new_bytes(buf_view(&text)));
        json_remove(q, "json");
        buf_release(&text);
    }
    if (st == ST_OK)
        st = world_request(d->world, q, clock_now_ms(d->clock), value, err);
    json_free(q);
    if (st == ST_OK) {
        json_remove(*value, "changed");
        json_remove(*value, "op");
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

static enum status simulate_sql(struct door *d, const struct json *args,
                                enum effect effect, struct json **value,
                                struct err *err)
{
    struct json *q = NULL;
    struct json *answer = NULL;
    enum status st = vault_fill(d->vault, args, &q, err);
    if (st == ST_OK) {
        const struct json *dsn = json_get(args, "dsn");
        json_put_str(q, "sql", json_get_str(dsn, "name", ""));
        json_put_str(q, "class", effect_name(effect));
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

enum status transport_simulate(struct door *d, const char *op,
                               const struct json *args, enum effect effect,
                               struct json **value, struct err *err)
{
    return strcmp(op, "sql.query") == 0
               ? simulate_sql(d, args, effect, value, err)
               : simulate_http(d, args, value, err);
}

static enum status through_port(struct door *d, struct passage *p,
                                const struct activity *a, struct json **value,
                                struct err *err)
{
    const struct port *port = NULL;
    void *state = NULL;
    struct port_call call = {.op = a->op,
                             .args = a->args,
                             .effect = a->effect,
                             .root = d->root,
                             .scratch = d->scratch,
                             .vault = d->vault,
                             .deadline_mono_ms = p->deadline_mono_ms,
                             .waiting = d->waiting};
    enum status st = port_for(a->op, &port, &state, err);
    return st == ST_OK ? port_perform(port, state, &call, value, err) : st;
}

enum status transport_perform(struct door *d, struct passage *p,
                              const struct activity *a, struct json **value,
                              struct err *err)
{
    bool found = false;
    clock_advance(d->clock, a->prim->virtual_ms);
    enum status st = inner_perform(d, p, a->op, a->args, &found, value, err);
    if (found)
        return st;
    if (transport_is_simulated(d, a->op))
        return transport_simulate(d, a->op, a->args, a->effect, value, err);
    return through_port(d, p, a, value, err);
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
    enum status st = through_port(d, p, &look, &now, err);
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
