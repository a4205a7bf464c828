/* What the tests of workers share: booting one with the embedded modules,
 * running blocks, answering activities. Included once by each test. */
#pragma once

#include <stdlib.h>

#include "clock.h"
#include "json.h"
#include "luafiles.h"
#include "worker.h"

#define VMTEST_MS 60000

/* Fails the whole program: before cmocka there is nothing else to do. */
static inline void vmtest_must(enum status st, const struct err *err)
{
    if (st == ST_OK)
        return;
    fprintf(stderr, "%s: %s\n", status_name(st), err->msg);
    abort();
}

static inline void vmtest_start(void)
{
    struct err err = {0};
    vmtest_must(worker_zygote(&err), &err);
}

static inline void vmtest_send(struct worker *w, enum wire_type type,
                               struct json *message)
{
    struct err err = {0};
    struct buf text = {0};
    json_write(message, &text);
    vmtest_must(worker_send(w, type, buf_view(&text), &err), &err);
    buf_release(&text);
    json_free(message);
}

/* The embedded files whose name starts with prefix ("": all), as WIRE_BOOT
 * wants them. */
static inline struct json *vmtest_modules(const char *const *names)
{
    struct json *list = json_new(JSON_ARRAY);
    for (const struct luafile_row *r = luafile_embedded; r->name; r++) {
        bool wanted = !names;
        for (const char *const *n = names; n && *n; n++)
            wanted = wanted || strcmp(*n, r->name) == 0;
        if (!wanted)
            continue;
        struct json *m = json_push(list, json_new(JSON_OBJECT));
        json_put_str(m, "name", r->name);
        json_put(m, "source",
                 json_new_bytes((struct span){(const char *)r->text, r->size}));
    }
    return list;
}

static inline struct json *vmtest_read(struct worker *w, enum wire_type want)
{
    struct err err = {0};
    struct buf text = {0};
    enum wire_type type;
    struct json *m = NULL;
    vmtest_must(worker_recv(w, clock_mono_ms() + VMTEST_MS, &type, &text, &err),
                &err);
    if (type != want) {
        fprintf(stderr, "got '%c' %s\n", type, buf_cstr(&text));
        abort();
    }
    vmtest_must(json_parse(buf_view(&text), &m, &err), &err);
    buf_release(&text);
    return m;
}

/* A worker with the API and no provider. */
static inline struct worker *vmtest_open(size_t memory_bytes)
{
    static const char *const names[] = {"prelude", "expect", "tasks", NULL};
    const struct worker_limits limits = {memory_bytes};
    struct err err = {0};
    struct worker *w = NULL;
    vmtest_must(worker_open(&limits, &w, &err), &err);
    struct json *boot = json_new(JSON_OBJECT);
    json_put_str(boot, "kind", "runbook");
    json_put(boot, "modules", vmtest_modules(names));
    json_put(boot, "globals", json_new(JSON_OBJECT));
    vmtest_send(w, WIRE_BOOT, boot);
    struct json *booted = vmtest_read(w, WIRE_BOOTED);
    if (!json_get_bool(booted, "ok", false)) {
        fprintf(stderr, "boot: %s\n", json_get_str(booted, "error", "?"));
        abort();
    }
    json_free(booted);
    return w;
}

#define VMTEST_LINE 10 /* of a block's first line in its document */

static inline void vmtest_begin(struct worker *w, const char *code)
{
    struct json *step = json_new(JSON_OBJECT);
    json_put_str(step, "id", "t");
    json_put_str(step, "path", "doc.md");
    json_put_int(step, "line", VMTEST_LINE);
    json_put(step, "code", json_new_bytes(span_of(code)));
    vmtest_send(w, WIRE_STEP, step);
}

/* Runs a block that asks for nothing; out (may be NULL) gets what it printed.
 * The caller frees the WIRE_DONE object. */
static inline struct json *vmtest_step(struct worker *w, const char *code,
                                       struct buf *out)
{
    struct err err = {0};
    struct buf text = {0};
    struct json *done = NULL;
    enum wire_type type = WIRE_PRINT;
    vmtest_begin(w, code);
    while (type == WIRE_PRINT) {
        vmtest_must(
            worker_recv(w, clock_mono_ms() + VMTEST_MS, &type, &text, &err),
            &err);
        if (type == WIRE_PRINT && out)
            buf_span(out, buf_view(&text));
    }
    if (type != WIRE_DONE) {
        fprintf(stderr, "got '%c' %s\n", type, buf_cstr(&text));
        abort();
    }
    vmtest_must(json_parse(buf_view(&text), &done, &err), &err);
    buf_release(&text);
    return done;
}
