/* One gate for each origin: how many requests it is sent at once, how many in
 * a second, and none at all for as long as it asked for that. */
#include "http_part.h"

#define AT_ONCE 64
#define AT_ONCE_IN_ALL 128
#define BURST 5 /* requests that may begin together after a rest */

struct gate *gate_of(struct http *h, const struct origin *origin)
{
    for (struct gate *g = h->gates; g; g = g->next)
        if (g->origin.host == origin->host || origin_equal(&g->origin, origin))
            return g;
    struct gate *g = arena_alloc(&h->arena, sizeof *g);
    g->origin = *origin;
    g->origin.scheme = arena_strdup(&h->arena, origin->scheme);
    g->origin.host = arena_strdup(&h->arena, origin->host);
    g->origin.port = arena_strdup(&h->arena, origin->port);
    gate_put_last(h, g);
    return g;
}

void gate_put_last(struct http *h, struct gate *g)
{
    struct gate **at = &h->gates;
    while (*at && *at != g)
        at = &(*at)->next;
    if (*at)
        *at = g->next;
    while (*at)
        at = &(*at)->next;
    g->next = NULL;
    *at = g;
}

void gate_hold(struct gate *g, int64_t until_ms)
{
    if (until_ms > g->hold_ms)
        g->hold_ms = until_ms;
}

/* When the rate lets x begin. */
static double turn_ms(const struct gate *g, const struct job *x)
{
    double burst = x->call.per_second;
    if (burst <= 0)
        return 0;
    burst = burst < 1 ? 1 : burst > BURST ? BURST : burst;
    return g->rate_ms - (burst - 1) * 1000 / x->call.per_second;
}

bool gate_admits(const struct gate *g, const struct job *x, int64_t now_ms,
                 int64_t *wake_ms)
{
    int at_once = x->call.at_once > 0 ? x->call.at_once : AT_ONCE;
    double turn = turn_ms(g, x);
    if (g->sending >= at_once || x->http->sending.n >= AT_ONCE_IN_ALL)
        return false; /* the end of another one wakes it */
    if (turn <= (double)now_ms)
        return true;
    if (turn < (double)*wake_ms)
        *wake_ms = (int64_t)turn + 1;
    return false;
}

void gate_count(struct gate *g, const struct job *x, int64_t now_ms)
{
    g->sending++;
    if (x->call.per_second <= 0)
        return;
    if (g->rate_ms < (double)now_ms)
        g->rate_ms = (double)now_ms;
    g->rate_ms += 1000 / x->call.per_second;
}
