/* Looks a host's addresses up without getting stuck: libpq's own look-up can be
 * neither interrupted nor bounded. */
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "sql_part.h"

/* On the heap: its thread goes on when nobody waits for it any more. */
struct lookup {
    struct gaicb gai;
    struct addrinfo hints;
    struct lookup *next;
    char host[256];
};

/* Those that could not be called off; they end by themselves. */
static struct lookup *left_behind;

struct lookup *sql_lookup_begin(const char *host)
{
    struct lookup *l = mem_alloc(sizeof *l);
    struct gaicb *list[] = {&l->gai};
    size_t n = strlen(host);
    l->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM,
                                 .ai_flags = AI_ADDRCONFIG};
    l->gai.ar_name = l->host;
    l->gai.ar_request = &l->hints;
    if (n < sizeof l->host) {
        memcpy(l->host, host, n + 1);
        if (getaddrinfo_a(GAI_NOWAIT, list, 1, NULL) == 0)
            return l;
    }
    mem_free(l);
    return NULL;
}

bool sql_lookup_done(struct lookup *l, struct query *q, int *code)
{
    struct target *t = &q->target;
    *code = gai_error(&l->gai);
    if (*code == EAI_INPROGRESS)
        return false;
    const struct addrinfo *a = *code == 0 ? l->gai.ar_result : NULL;
    for (; a && t->n_addresses < MAX_ADDRESSES; a = a->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0,
                        NI_NUMERICHOST) == 0)
            t->addresses[t->n_addresses++] = arena_strdup(&q->arena, text);
    }
    return true;
}

void sql_lookup_end(struct lookup *l)
{
    if (!l)
        return;
    if (gai_cancel(&l->gai) == EAI_NOTCANCELED) {
        l->next = left_behind;
        left_behind = l;
        return;
    }
    if (l->gai.ar_result)
        freeaddrinfo(l->gai.ar_result);
    mem_free(l);
}
