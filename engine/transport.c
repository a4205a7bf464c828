/* Carries an activity to where it is answered. */
#include "transport.h"

#include <string.h>

#include "inner.h"
#include "port.h"

enum status transport_simulate(struct door *d, const struct json *args,
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
    enum status st = inner_perform(d, p, a->op, a->args, &found, value, err);
    if (found)
        return st;
    if (d->world && strcmp(a->op, "http.request") == 0)
        return transport_simulate(d, a->args, value, err);
    return through_port(d, p, a, way, value, err);
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
