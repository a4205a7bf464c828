/* Whether a request is sent again, and after how long: facts in, a wait out.
 * It neither sends nor sleeps nor asks a clock, so that the simulated cloud
 * keeps the same rules in its own time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct json;

#define RETRY_MAX_SENDS 4
#define RETRY_NEVER (-1)

/* How a send ended. */
enum retry_end {
    RETRY_ANSWERED, /* with a whole answer */
    RETRY_UNSENT,   /* no connection came about: nothing was sent */
    RETRY_LOST,     /* the connection broke when something may have been */
    RETRY_FINAL     /* in a way that another send does not mend */
};

struct retry_facts {
    enum retry_end end;
    int status;                /* of the answer */
    const struct json *fields; /* its headers, names in lower case */
    bool idempotent;           /* sent twice is sent once */
    int sends;                 /* so far, this one too */
    int64_t now_ms;            /* Unix time */
    int64_t left_ms;           /* until the call must have ended */
};

/* Where jitter comes from: any number. Without roll there is none, and the
 * waits are the longest they could be. */
struct retry_dice {
    uint32_t (*roll)(void *ctx);
    void *ctx;
};

/* ms until it is sent again, or RETRY_NEVER: what came is the result. */
int64_t retry_wait_ms(const struct retry_facts *f,
                      const struct retry_dice *dice);

/* How long, in ms, an answer asks everybody to leave its host alone; 0 when
 * it does not, or for longer than anybody waits here. */
int64_t retry_hold_ms(int status, const struct json *fields, int64_t now_ms);
