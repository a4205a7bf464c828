/* Carries an activity to where it is answered. */
#include "transport.h"

#include <string.h>

#include "inner.h"
#include "port.h"

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
        st = simulate(d, args, q, value, err);
    json_free(q);
    if (st == ST_OK) {
        json_remove(*value, "changed");
        json_remove(*value, "op");
    }
    return st;
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
    if (d->world && strcmp(a->op, "http.request") == 0)
        return transport_simulate(d, a->args, value, err);
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
