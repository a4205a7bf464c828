/* What a plan cannot know ahead, and what the run puts there: values that a
 * service makes ("rp-hole-7"), the run's id (HOLES_RUN), times of the run's
 * clock ("rp-time"), boxes of sealed secrets ("rp-sealed(NAME,KEY)"), secrets
 * ({"secret":NAME}; what only looks like that is {"literal":…}). A plan holds
 * arguments in this form; a run's arguments fit them or not (rule: DESIGN §5,
 * Plans). */
#pragma once

#include "json.h"
#include "vault.h"

#define HOLES_RUN "rp-hole-0"

struct holes {
    struct json *bound;     /* {"rp-hole-1": value}; owned */
    struct json *sealed;    /* {box: "rp-sealed(NAME,KEY)"}; owned */
    int64_t from_ms, to_ms; /* a time in between is the clock's */
};

void holes_init(struct holes *h);
void holes_release(struct holes *h);
/* A box that secret.seal gave for its arguments. */
void holes_seal(struct holes *h, const struct json *args,
                const struct json *box);
/* The value as a plan holds it. New. */
struct json *holes_write(const struct holes *h, const struct json *value);
void holes_write_text(const struct holes *h, struct span text, struct buf *out);

/* Whether asked is what planned says, under the bindings so far; else *where
 * (may be NULL) gets the place at which they part and both values, in one
 * line. */
bool holes_fit(const struct holes *h, const struct vault *vault,
               const struct json *planned, const struct json *asked,
               struct buf *where);
/* Adds to binds where the holes stand in an answer (in a plan's form), those
 * that are not in known: {"rp-hole-1": "/id"}, JSON pointers into the answer,
 * of an HTTP response into its body. */
void holes_places(const struct json *answer, const struct json *known,
                  struct json *binds);
/* Binds them to what stands there in the real answer. */
void holes_learn(struct holes *h, const struct json *binds,
                 const struct json *answer);
/* Whether value (in a plan's form) names a hole that known lacks. */
bool holes_unknown(const struct json *value, const struct json *known);
