/* Looks a host's addresses up without getting stuck: libpq's own look-up can be
 * neither interrupted nor bounded. */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "clock.h"
#include "sql_part.h"

#define TICK_NS 100000000

/* On the heap: its thread goes on when nobody waits for it any more. */
struct lookup {
    struct gaicb gai;
    struct addrinfo hints;
    struct lookup *next;
    char host[256];
};

/* Those that could not be called off; they end by themselves. */
static struct lookup *left_behind;

static void lookup_end(struct lookup *l)
{
    if (gai_cancel(&l->gai) == EAI_NOTCANCELED) {
        l->next = left_behind;
        left_behind = l;
        return;
    }
    if (l->gai.ar_result)
        freeaddrinfo(l->gai.ar_result);
    mem_free(l);
}

static enum status lookup_await(struct query *q, struct lookup *l,
                                int64_t until, struct err *err)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    const struct gaicb *const list[] = {&l->gai};
    while (gai_error(&l->gai) == EAI_INPROGRESS) {
        if (port_interrupted(q->call))
            return err_set(err, ST_INTERRUPTED, "sql.query: interrupted");
        if (clock_mono_ms() >= until)
            return ST_TIMEOUT;
        (void)gai_suspend(list, 1, &tick);
    }
    return ST_OK;
}

static void take_addresses(struct query *q, const struct addrinfo *a)
{
    struct target *t = &q->target;
    for (; a && t->n_addresses < MAX_ADDRESSES; a = a->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0,
                        NI_NUMERICHOST) == 0)
            t->addresses[t->n_addresses++] = arena_strdup(&q->arena, text);
    }
}

enum status sql_target_resolve(struct query *q, int64_t until, struct err *err)
{
    struct target *t = &q->target;
    struct lookup *l = mem_alloc(sizeof *l);
    struct gaicb *list[] = {&l->gai};
    int code = EAI_NONAME;
    enum status st = ST_OK;
    l->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM,
                                 .ai_flags = AI_ADDRCONFIG};
    l->gai.ar_name = l->host;
    l->gai.ar_request = &l->hints;
    if (strlen(t->host) < sizeof l->host) {
        memcpy(l->host, t->host, strlen(t->host) + 1);
        code = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
    }
    if (code == 0) {
        st = lookup_await(q, l, until, err);
        code = gai_error(&l->gai);
    }
    if (st == ST_OK && code == 0)
        take_addresses(q, l->gai.ar_result);
    lookup_end(l);
    if (st == ST_OK && !t->n_addresses)
        return sql_fail_unknown(q, code == EAI_AGAIN, err);
    return st;
}
