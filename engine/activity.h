/* One activity on its way through the door: what it is, what it is worth. */
#pragma once

#include "door.h"
#include "prim.h"

/* op, args and task are borrowed. */
struct activity {
    int64_t n;
    const char *op;
    const struct json *args;
    const char *task;
    bool open; /* its task gives way until it is answered */
    const struct prim *prim;
    enum effect effect;
    bool network;    /* a command that declares it; its class stays */
    bool idempotent; /* may be sent again without harm */
    int at_once;     /* what its service bears, see port.h */
    double per_second;
    const char *row, *doubt; /* as of struct row_facts */
    const struct json *secret_fields;
    struct digest digest;
    struct buf text; /* args as canonical JSON; owned */
};

/* What rules of a policy call it: the row that its request fits, even when made
 * by hand; else the primitive. */
struct span activity_operation(const struct door *d, const struct activity *a);
/* Named: number, operation and digest, the SHA-256 of op and canonical args. */
struct activity activity_of(const struct request *r);
void activity_release(struct activity *a);
/* The name of a known secret that the arguments hold as text; NULL: none. */
const char *activity_exposes(const struct activity *a,
                             const struct redact *known);
/* Fills prim, effect and idempotent from transport, method and rows (rule:
 * DESIGN §5). ST_INPUT for an unknown op; ST_REFUSED for a command above the
 * step's ceiling. */
MUST_USE enum status activity_classify(const struct door *d,
                                       const struct passage *p,
                                       struct activity *a, struct err *err);
/* {op, class, summary} for the evidence. New object. */
struct json *activity_note(const struct activity *a);
/* "POST https://…/machines", "fs.write notes.md": for people. */
void activity_summary(const char *op, const struct json *args, struct buf *out);
