/* For the tests of ports: a folder of their own, and one call to a port. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "json.h"
#include "port.h"
#include "vault.h"

/* What the run's clock says. */
#define KIT_NOW_MS 1700003600000

struct kit {
    char dir[64];
    char root[80];    /* what the port may see */
    char scratch[80]; /* what a reading command may write */
    char outside[80];
    struct vault *vault;
    struct json *args, *value; /* of the last call */
    struct err err;
    enum effect effect;
    int64_t budget_ms;
};

static inline int kit_enter(void **state)
{
    static struct kit k;
    struct err err = {0};
    k = (struct kit){.effect = EFFECT_LOCAL, .budget_ms = 20000};
    snprintf(k.dir, sizeof k.dir, "/tmp/runproof-test-XXXXXX");
    if (!mkdtemp(k.dir))
        return -1;
    snprintf(k.root, sizeof k.root, "%s/root", k.dir);
    snprintf(k.scratch, sizeof k.scratch, "%s/scratch", k.dir);
    snprintf(k.outside, sizeof k.outside, "%s/outside", k.dir);
    k.vault = vault_new();
    *state = &k;
    return file_mkdirs(k.root, &err) == ST_OK &&
                   file_mkdirs(k.scratch, &err) == ST_OK &&
                   file_mkdirs(k.outside, &err) == ST_OK
               ? 0
               : -1;
}

static inline int kit_leave(void **state)
{
    struct kit *k = *state;
    json_free(k->args);
    json_free(k->value);
    vault_free(k->vault);
    port_close_all();
    return file_remove_tree(k->dir, &(struct err){0}) == ST_OK ? 0 : -1;
}

static inline struct json *kit_json(const char *text)
{
    struct json *j = NULL;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%s in %s", err.msg, text);
    return j;
}

/* Performs op; the answer is in k->value, the refusal in k->err. */
static inline enum status kit_perform(struct kit *k, const char *op,
                                      struct json *args)
{
    const struct port *port;
    void *port_state;
    json_free(k->args);
    json_free(k->value);
    k->args = args;
    k->value = NULL;
    err_clear(&k->err);
    struct err err = {0};
    if (port_for(op, &port, &port_state, &err) != ST_OK)
        fail_msg("%s", err.msg);
    struct port_call call = {.op = op,
                             .args = k->args,
                             .effect = k->effect,
                             .root = k->root,
                             .scratch = k->scratch,
                             .vault = k->vault,
                             .now_ms = KIT_NOW_MS,
                             .deadline_mono_ms =
                                 clock_mono_ms() + k->budget_ms};
    enum status st = port_perform(port, port_state, &call, &k->value, &k->err);
    assert_int_equal(st, k->err.st);
    return st;
}

/* args as printf'ed JSON. */
__attribute__((format(printf, 3, 4))) static inline enum status
kit_call(struct kit *k, const char *op, const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    struct json *args = kit_json(buf_cstr(&text));
    buf_release(&text);
    return kit_perform(k, op, args);
}

/* The last answer is this JSON. */
static inline void assert_value(const struct kit *k, const char *expected)
{
    struct json *e = kit_json(expected);
    if (!json_equal(k->value, e)) {
        struct buf got = {0};
        json_write(k->value, &got);
        fail_msg("got %s, expected %s (%s)", buf_cstr(&got), expected,
                 k->err.msg);
    }
    json_free(e);
}

/* The last call ended so, and said so. */
static inline void assert_error(const struct kit *k, enum status st,
                                const char *part)
{
    assert_string_equal(status_name(k->err.st), status_name(st));
    if (!strstr(k->err.msg, part))
        fail_msg("\"%s\" does not say \"%s\"", k->err.msg, part);
}

static inline const char *kit_path(const char *dir, const char *name)
{
    static char room[4][512];
    static int next;
    next = (next + 1) % 4;
    snprintf(room[next], sizeof room[next], "%s/%s", dir, name);
    return room[next];
}

static inline void kit_put(const char *dir, const char *name, const char *text)
{
    struct err err = {0};
    if (file_write(kit_path(dir, name), span_of(text), &err) != ST_OK)
        fail_msg("%s", err.msg);
}

static inline void assert_file(const char *dir, const char *name,
                               const char *text)
{
    struct buf got = {0};
    struct err err = {0};
    if (file_read(kit_path(dir, name), 1 << 20, &got, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_string_equal(buf_cstr(&got), text);
    buf_release(&got);
}
