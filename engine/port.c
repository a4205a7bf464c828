/* Finds the port that serves an operation; loads its module on first use. */
#include "port.h"

#include <assert.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How often somebody is asked whether the call must end. */
#define TICK_MS 100

/* In a build tree modules lie beside the program, installed in ../lib. */
static const char *const module_places[] = {"lib/runproof", "../lib/runproof"};

static struct slot {
    const char *name;
    const struct port *port; /* NULL until its module is loaded */
    void *state;
    bool open;
} slots[] = {
    {"fs", &port_fs, NULL, false}, {"sh", &port_sh, NULL, false},
    {"http", NULL, NULL, false},   {"git", NULL, NULL, false},
    {"sql", NULL, NULL, false},
};

#define SLOTS (sizeof slots / sizeof *slots)

/* The folder this program lies in, without a slash at its end. */
static enum status program_dir(char out[PATH_MAX], struct err *err)
{
    ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (n < 0)
        return err_set(err, ST_INTERNAL,
                       "cannot read /proc/self/exe to find the port modules: "
                       "is /proc mounted?");
    out[n] = '\0';
    *strrchr(out, '/') = '\0';
    return ST_OK;
}

static enum status module_open(const char *module, void **out, struct err *err)
{
    char dir[PATH_MAX];
    if (program_dir(dir, err) != ST_OK)
        return err->st;
    for (size_t i = 0; i < sizeof module_places / sizeof *module_places; i++) {
        char path[PATH_MAX + 64];
        snprintf(path, sizeof path, "%s/%s/%s.so", dir, module_places[i],
                 module);
        if (access(path, F_OK) != 0)
            continue;
        *out = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (*out)
            return ST_OK;
        return err_set(err, ST_INTERNAL, "cannot load a port module: %s",
                       dlerror());
    }
    return err_set(err, ST_INTERNAL,
                   "port module %s.so is neither in %s/%s nor in %s/%s: "
                   "install runproof again",
                   module, dir, module_places[0], dir, module_places[1]);
}

enum status port_symbol(const char *module, const char *symbol, void **out,
                        struct err *err)
{
    void *handle = NULL;
    if (module_open(module, &handle, err) != ST_OK)
        return err->st;
    *out = dlsym(handle, symbol);
    if (!*out)
        return err_set(err, ST_INTERNAL, "port module %s.so has no %s", module,
                       symbol);
    return ST_OK;
}

static struct slot *slot_find(const char *op)
{
    size_t n = strcspn(op, ".");
    for (size_t i = 0; i < SLOTS; i++)
        if (strlen(slots[i].name) == n && !memcmp(slots[i].name, op, n))
            return &slots[i];
    return NULL;
}

enum status port_for(const char *op, const struct port **out, void **state,
                     struct err *err)
{
    struct slot *slot = slot_find(op);
    if (!slot)
        return err_set(err, ST_INTERNAL, "no port serves %s", op);
    if (!slot->port) {
        void *symbol = NULL;
        if (port_symbol(slot->name, PORT_SYMBOL, &symbol, err) != ST_OK)
            return err->st;
        slot->port = symbol;
    }
    assert(slot->port);
    if (!slot->open) {
        slot->state = slot->port->open ? slot->port->open() : NULL;
        slot->open = true;
    }
    *out = slot->port;
    *state = slot->state;
    return ST_OK;
}

enum status port_class(const char *op, const struct json *args,
                       enum effect ceiling, enum effect *out, struct err *err)
{
    const struct json *wish = json_get(json_get(args, "opts"), "effect");
    *out = ceiling;
    if (json_type(wish) != JSON_NULL && !effect_parse(json_span(wish), out))
        return err_set(err, ST_INPUT,
                       "opts.effect of %s must be read, local or remote", op);
    if (*out > ceiling)
        return err_set(err, ST_REFUSED,
                       "%s asks for effect %s in a step of effect %s", op,
                       effect_name(*out), effect_name(ceiling));
    if (*out < EFFECT_READ)
        *out = EFFECT_READ;
    return ST_OK;
}

bool port_interrupted(const struct port_call *call)
{
    waiting_tick(&call->waiting);
    return interrupted > (call->effect > EFFECT_READ ? 1 : 0);
}

void port_close_all(void)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (slots[i].open && slots[i].port->close)
            slots[i].port->close(slots[i].state);
        slots[i].open = false;
        slots[i].state = NULL;
    }
}

enum status port_perform(const struct port *port, void *state,
                         const struct port_call *call, struct json **value,
                         struct err *err)
{
    void *job = NULL;
    if (port->perform)
        return port->perform(state, call, value, err);
    if (port->begin(state, call, &job, err) != ST_OK)
        return err->st;
    while (!port->next(state, job, TICK_MS) && !port_interrupted(call))
        ;
    return port->finish(state, job, value, err);
}
