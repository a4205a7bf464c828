/* Boots workers. */
#include "boot.h"

#include "clock.h"

/* Loading all modules takes milliseconds; a module that loops is a bug. */
#define BOOT_MS 10000

/* A worker has what is embedded in memory, too: the name is enough. */
static struct json *modules_json(const struct luafile *modules, size_t n)
{
    struct json *list = json_new(JSON_ARRAY);
    for (size_t i = 0; i < n; i++) {
        struct json *m = json_push(list, json_new(JSON_OBJECT));
        json_put_str(m, "name", modules[i].name);
        if (!modules[i].embedded)
            json_put(m, "source", json_new_bytes(modules[i].text));
    }
    return list;
}

static enum status read_booted(struct worker *w, const char *what,
                               struct json **booted, struct err *err)
{
    enum wire_type type;
    struct buf text = {0};
    struct json *m = NULL;
    enum status st =
        worker_recv(w, clock_mono_ms() + BOOT_MS, &type, &text, err);
    if (st == ST_TIMEOUT) {
        err_clear(err);
        st = err_set(err, ST_INPUT, "%s: still not done after %d s", what,
                     BOOT_MS / 1000);
    }
    if (st == ST_OK && type != WIRE_BOOTED)
        st = err_set(err, ST_INPUT, "%s: a module prints while it loads", what);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &m, err);
    if (st == ST_OK && !json_get_bool(m, "ok", false))
        st = err_set(err, ST_INPUT, "%s: %s", what,
                     json_get_str(m, "error", "no reason given"));
    if (st == ST_OK && booted)
        *booted = m;
    else
        json_free(m);
    buf_release(&text);
    return st;
}

enum status boot_worker(enum boot_kind kind, const struct luafile *modules,
                        size_t n, struct json *payload, struct worker **out,
                        struct json **booted, struct err *err)
{
    static const char *const kinds[] = {
        [BOOT_RUNBOOK] = "runbook",
        [BOOT_SIM] = "sim",
        [BOOT_DESCRIBE] = "runbook",
        [BOOT_OVERLAY] = "overlay",
    };
    *out = NULL;
    bool sim = kind == BOOT_SIM;
    json_put_str(payload, "kind", kinds[kind]);
    json_put_bool(payload, "describe", kind == BOOT_DESCRIBE);
    json_put(payload, "modules", modules_json(modules, n));
    struct buf text = {0};
    json_write(payload, &text);
    enum status st = worker_open(NULL, out, err);
    if (st == ST_OK)
        st = worker_send(*out, WIRE_BOOT, buf_view(&text), err);
    if (st == ST_OK)
        st = read_booted(*out,
                         sim ? "the simulators do not start"
                             : "Lua modules do not load",
                         booted, err);
    buf_release(&text);
    if (st != ST_OK) {
        worker_close(*out);
        *out = NULL;
    }
    return st;
}
