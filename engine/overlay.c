/* Asks the worker that predicts. */
#include "overlay.h"

#include "arena.h"
#include "boot.h"
#include "clock.h"
#include "worker.h"

/* A prediction is a few look-ups in tables; longer means a bug in one. */
#define OVERLAY_MS 20000

struct overlay {
    const struct luafile *modules;
    size_t n_modules;
    struct json *globals;
    struct worker *worker;
};

struct overlay *overlay_new(const struct luafile *modules, size_t n,
                            struct json *globals)
{
    struct overlay *o = mem_alloc(sizeof *o);
    *o = (struct overlay){modules, n, globals, NULL};
    return o;
}

void overlay_close(struct overlay *o)
{
    if (!o)
        return;
    worker_close(o->worker);
    json_free(o->globals);
    mem_free(o);
}

static enum status wake(struct overlay *o, struct err *err)
{
    if (o->worker)
        return ST_OK;
    struct json *payload = json_new(JSON_OBJECT);
    json_put(payload, "globals", json_copy(o->globals));
    enum status st = boot_worker(BOOT_OVERLAY, o->modules, o->n_modules,
                                 payload, &o->worker, NULL, err);
    json_free(payload);
    return st;
}

static enum status exchange(struct overlay *o, const struct json *question,
                            struct json **reply, struct err *err)
{
    struct buf text = {0};
    enum wire_type type = WIRE_SIM;
    json_write(question, &text);
    enum status st = worker_send(o->worker, WIRE_ASK_SIM, buf_view(&text), err);
    if (st == ST_OK)
        st = worker_recv(o->worker, clock_mono_ms() + OVERLAY_MS, &type, &text,
                         err);
    if (st == ST_OK && type != WIRE_SIM)
        st = err_set(err, ST_FAILED, "it answered '%c'", type);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), reply, err);
    buf_release(&text);
    return st;
}

enum status overlay_ask(struct overlay *o, struct json *question,
                        int64_t now_ms, struct json **reply, struct err *err)
{
    struct err why = {0};
    json_put_int(question, "now_ms", now_ms);
    enum status st = wake(o, &why);
    if (st == ST_OK)
        st = exchange(o, question, reply, &why);
    const char *broken = json_str(json_get(*reply, "error"));
    if (st == ST_OK && broken)
        st = err_set(&why, ST_FAILED, "%s", broken);
    if (st == ST_OK)
        return ST_OK;
    return err_set(err, ST_INTERNAL, "the overlay failed: %s", why.msg);
}
