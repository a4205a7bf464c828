/* The message protocol between the engine and a Lua worker: a frame is a
 * 4-byte little-endian length (type byte included), one type byte, a payload.
 * Payloads are JSON unless said so. Both sides link this file.
 *
 * Any byte string that is not NUL-free UTF-8 travels as {"$bytes":"<base64>"};
 * a secret as {"$secret":"<handle>","name":"<NAME>"}, opaque userdata in Lua;
 * JSON null is json.null in Lua; an empty array keeps being one. */
#pragma once

#include <stdint.h>

#include "err.h"
#include "str.h"

#define WIRE_MAX_BYTES (64u << 20)

enum wire_type {
    /* engine to worker */
    WIRE_BOOT = 'B',    /* {kind:"runbook"|"sim"|"overlay",
                           modules:[{name,source?}]    (without source: what is
                           embedded by that name),    globals:{params,env,run,…},
                           fixture:… (sim),    describe:true: rows as in a
                           provider's    catalogue,    also: an internal module to
                           load, too, whose    `list`    answers WIRE_ASK_SIM} */
    WIRE_STEP = 'S',    /* {id, path, line, code, given?}: run a Lua block; line
                           is the file line of the code's first line; given is
                           an argument, behind the first */
    WIRE_COND = 'I',    /* {id, path, line, expr}: evaluate if= (no activity) */
    WIRE_ANSWER = 'N',  /* {n, ok, value} or {n, ok:false, error, kind} or
                           {n, in_doubt:true} */
    WIRE_ANSWERS = 'Y', /* [answer, …] to WIRE_WAIT, at least one: to be taken
                           one after the other, each when all tasks wait */
    WIRE_ASK_SIM = 'Q', /* {method,url,headers,body,now_ms}: one simulated
                          HTTP request; {sql,class,dsn,text,params,opts,
                          now_ms}: one query; to an overlay {change, request,
                          known, now_ms}, see lua/provider/overlay.lua */
    WIRE_COMPILE = 'L', /* {path, line, code}: syntax only, for check */
    /* worker to engine */
    WIRE_BOOTED = 'M', /* {ok, rows:[…], loaded:[name,…], error}: rows as in
                          provider.lua */
    WIRE_ACTIVITY = 'A', /* {n, op, args, task?, open?}; then waits for its
                            WIRE_ANSWER, but for an open one. n counts from 1
                            in each step; task is the path of the task that
                            asks, absent outside of each and parallel */
    WIRE_WAIT = 'W',     /* {cancel:[n,…]}: every task waits, at least one for
                            an open activity; then waits for the WIRE_ANSWER to
                            some of these, WIRE_ANSWERS. What is under cancel
                            is not wanted any more: it need not be done, but
                            is answered */
    WIRE_PRINT = 'P',    /* raw bytes, newline included */
    WIRE_EVIDENCE = 'E', /* {kind:"table"|"json"|"text"|"link"|"metric"|
                            "file"|"check", …} see evidence.h */
    WIRE_DONE = 'D',     /* {ok, error:{message,line,kind}, refused:bool}: the
                            message without its place, which is line (of the
                            document, 0: unknown); kind is error, compile,
                            expect, fail or activity */
    WIRE_VALUE = 'V',    /* {ok, value:bool, error:{message,line,kind}}: answer
                            to WIRE_COND and WIRE_COMPILE; to the latter also
                            reads:[{name,line}], globals that the code reads
                            and the worker does not have, and sets, those that
                            it assigns */
    WIRE_SIM = 'R',      /* {status,headers,body,changed:bool,op},
                            {value,changed,op} or {error,refused}, with
                            loaded:[name,…] when it has become more; or
                            {status:500,error} when the simulator broke; of
                            an overlay see lua/provider/overlay.lua */
    WIRE_DEATH = 'X'     /* raw text: why the worker ends itself (memory) */
};

/* Blocking, whole frames; EINTR retried. ST_IO on a closed or broken peer. */
MUST_USE enum status wire_send(int fd, enum wire_type type, struct span payload,
                               struct err *err);
/* The same in two steps: appends a frame of less than WIRE_MAX_BYTES; sends and
 * clears all of them. */
void wire_put(struct buf *out, enum wire_type type, struct span payload);
MUST_USE enum status wire_flush(int fd, struct buf *out, struct err *err);

/* The reading end: what has been read and not taken. Zero but for fd. */
struct wire_in {
    int fd;
    size_t from, to;
    char ahead[16384];
};
/* deadline_mono_ms: clock_mono_ms() to give up at, <0 for never. *payload is
 * replaced. ST_TIMEOUT at the deadline; ST_IO at end of stream or over
 * WIRE_MAX_BYTES. */
MUST_USE enum status wire_recv(struct wire_in *in, int64_t deadline_mono_ms,
                               enum wire_type *type, struct buf *payload,
                               struct err *err);
