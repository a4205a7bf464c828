/* The person at the terminal: questions, consent, and what stands in for them
 * (--answer, --yes). Never yes by itself (rule: DESIGN §5). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "json.h"

struct person {
    const struct json *answers; /* {id: value} from --answer */
    bool yes;                   /* --yes: covers consent, not values */
    bool terminal;              /* stdin and stderr are one */
    const char *name;           /* who answers, for the record */
    int64_t waited_ms;          /* time spent waiting, in total */
    int64_t patience_ms;        /* for one answer at the terminal; 0: no end */
    void (*before)(void *ctx);  /* clears the screen's live line; may be NULL */
    void *before_ctx;
};

/* How an answer came to be, for the journal. */
struct reply {
    struct json *value; /* the caller frees */
    const char *how;    /* "terminal", "--answer", "--yes" */
};

/* What --answer calls a question: its id, else its words. Borrowed. */
const char *person_question_id(const struct json *args);
/* op: "ask.confirm", "ask.input", "ask.choice"; args as in prim.c. ST_WAITING
 * when nobody can answer, naming the id to pass with --answer; ST_INPUT when
 * a given answer does not fit. */
MUST_USE enum status person_ask(struct person *p, const char *op,
                                const struct json *args, struct reply *out,
                                struct err *err);
/* A question of the engine's own, for yes or no. */
struct consent {
    const char *id; /* for --answer */
    const char *question;
    bool by_yes; /* --yes may answer it */
};
MUST_USE enum status person_consent(struct person *p, const struct consent *c,
                                    bool *yes, const char **how,
                                    struct err *err);
