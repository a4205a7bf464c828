/* Ports: the transports behind the door. A port performs one activity whose
 * policy has been decided and whose intent is in the journal; it knows neither
 * Lua nor the journal. Ports that need a heavy library live in
 * lib/runproof/<name>.so, loaded at their first activity. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "effect.h"
#include "err.h"
#include "interrupt.h"
#include "json.h"

struct vault;

/* Lent by the door for one call. */
struct port_call {
    const char *op;           /* "http.request" */
    const struct json *args;  /* secrets still as {"$secret":…} */
    enum effect effect;       /* class decided by the door: confine to it */
    const char *root;         /* directory that fs, git and sh see */
    const char *scratch;      /* empty folder a read-class command may write */
    struct vault *vault;      /* unwraps secrets */
    int64_t deadline_mono_ms; /* give up at (clock_mono_ms) */
    int64_t now_ms;           /* the run's clock, which may be virtual */
    struct waiting waiting;   /* told while the call takes its time */
    /* Whether a secret of that name may go to that URL's host; NULL: yes. Only
     * for what a port finds out itself: URLs in the arguments were looked at.
     */
    bool (*may_go)(const void *ctx, const char *secret, const char *url);
    const void *may_ctx;
    bool idempotent;   /* may be sent again when its answer is lost */
    int at_once;       /* calls to one host under way, 0: the port's */
    double per_second; /* calls begun to one host, 0: no bound */
    size_t most_bytes; /* the longest answer, 0: the port's bound */
};

struct port {
    const char *name;    /* "http": serves the ops "http.*" */
    void *(*open)(void); /* state, or NULL when it needs none */
    /* ST_OK with *value (caller frees; NULL means JSON null); ST_FAILED for
     * what the runbook may handle (raised in Lua with err->msg); ST_TIMEOUT;
     * ST_INTERRUPTED when a person asked to stop;
     * ST_REFUSED when the call would leave its bounds (a refusal fails the
     * step even if Lua catches it); ST_INPUT for wrong arguments. */
    enum status (*perform)(void *state, const struct port_call *call,
                           struct json **value, struct err *err);
    void (*close)(void *state);

    /* A port that can have many calls under way has these instead of perform.
     * begin copies what it needs of call, but vault, waiting.ctx and the texts
     * of op and root are lent until finish. On an error nothing is under way.
     */
    enum status (*begin)(void *state, const struct port_call *call, void **job,
                         struct err *err);
    /* Works on all calls under way until one has ended (that job alone when
     * job is not NULL), wait_ms have passed or port_interrupted: the ended
     * one, each once, in the order in which they ended, else NULL. */
    void *(*next)(void *state, void *job, int wait_ms);
    /* A descriptor that is readable when next has something to do. */
    int (*fd)(void *state);
    /* The result of a job, as perform gives it, and the end of it. One that
     * has not ended is given up: ST_INTERRUPTED. */
    enum status (*finish)(void *state, void *job, struct json **value,
                          struct err *err);
};

/* Every port module exports this one symbol. */
#define PORT_SYMBOL "runproof_port"

/* The port that serves op, loading its module if need be. Borrowed.
 * ST_INTERNAL when the module is missing (message says where it was looked
 * for). */
MUST_USE enum status port_for(const char *op, const struct port **out,
                              void **state, struct err *err);
void port_close_all(void);

/* One call, from start to end, whichever kind of port it is. */
MUST_USE enum status port_perform(const struct port *port, void *state,
                                  const struct port_call *call,
                                  struct json **value, struct err *err);

/* The class of a call of op that may do what its step may do: opts.effect
 * where given, never above the step's ceiling (ST_REFUSED) and at least read;
 * else the ceiling. ST_INPUT when opts.effect is no class. */
MUST_USE enum status port_class(const char *op, const struct json *args,
                                enum effect ceiling, enum effect *out,
                                struct err *err);

/* Whether the call must end, with ST_INTERRUPTED; ticks, too. The first
 * interrupt ends what only looks; a change is let finish, lest it be in doubt,
 * until there is a second one. */
bool port_interrupted(const struct port_call *call);

/* A symbol of lib/runproof/<module>.so, found relative to this program: beside
 * it in a build tree, in ../lib/runproof when installed. Never unloaded.
 * ST_INTERNAL with the places looked at. */
MUST_USE enum status port_symbol(const char *module, const char *symbol,
                                 void **out, struct err *err);

/* The ports that need no library of their own. */
extern const struct port port_fs, port_sh;
