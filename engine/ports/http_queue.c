/* Where a job is: waiting at its gate, paused, being sent, or ended. */
#include "http_part.h"

#define SWEEP_MS 50

/* --- lists --- */

static void insert_after(struct job_list *l, struct job *before, struct job *x)
{
    struct job **at = before ? &before->next : &l->first;
    x->list = l;
    x->prev = before;
    x->next = *at;
    *at = x;
    if (x->next)
        x->next->prev = x;
    else
        l->last = x;
    l->n++;
}

void job_list_remove(struct job *x)
{
    struct job_list *l = x->list;
    if (!l)
        return;
    if (x->prev)
        x->prev->next = x->next;
    else
        l->first = x->next;
    if (x->next)
        x->next->prev = x->prev;
    else
        l->last = x->prev;
    l->n--;
    x->list = NULL;
}

static void move_to(struct job_list *l, struct job *x)
{
    job_list_remove(x);
    insert_after(l, l->last, x);
}

/* --- moves --- */

void job_queue(struct job *x)
{
    x->gate = gate_of(x->http, &x->origin);
    move_to(&x->gate->waiting, x);
}

void job_pause(struct job *x, int64_t due_ms)
{
    struct job_list *l = &x->http->paused;
    struct job *before = l->last;
    while (before && before->due_ms > due_ms)
        before = before->prev;
    job_list_remove(x);
    x->due_ms = due_ms;
    insert_after(l, before, x);
}

static void job_begin(struct job *x, int64_t now_ms)
{
    struct http *h = x->http;
    if (now_ms >= x->give_up_mono_ms) {
        job_timed_out(x);
        job_end(x);
        return;
    }
    gate_count(x->gate, x, now_ms);
    move_to(&h->sending, x);
    loop_add(x, x->give_up_mono_ms - now_ms);
}

void job_end(struct job *x)
{
    loop_remove(x);
    move_to(&x->http->ended, x);
    x->http->n_open--;
}

/* --- a turn of all --- */

static void sweep_list(struct job_list *l, int64_t now_ms)
{
    struct job *next = NULL;
    for (struct job *x = l->first; x; x = next) {
        next = x->next;
        if (port_interrupted(&x->call))
            job_fail(x, ST_INTERRUPTED, "%s: interrupted", job_server(x));
        else if (!x->easy && now_ms >= x->give_up_mono_ms)
            job_timed_out(x);
        if (x->err.st != ST_OK)
            job_end(x);
    }
}

/* What was interrupted ends, and what is over its time without being sent:
 * libcurl sees to the others. */
static void sweep(struct http *h, int64_t now_ms)
{
    if (now_ms - h->swept_mono_ms < SWEEP_MS && interrupted == h->interrupts)
        return;
    h->swept_mono_ms = now_ms;
    h->interrupts = interrupted;
    sweep_list(&h->sending, now_ms);
    sweep_list(&h->paused, now_ms);
    for (struct gate *g = h->gates; g; g = g->next)
        sweep_list(&g->waiting, now_ms);
}

/* Lets the first in the queue begin; false when nobody could. */
static bool let_in(struct gate *g, int64_t now_ms, int64_t *wake_ms)
{
    struct job *x = g->waiting.first;
    if (!x)
        return false;
    if (g->hold_ms > now_ms && g->hold_ms < x->give_up_mono_ms) {
        job_pause(x, g->hold_ms);
        return true;
    }
    if (!gate_admits(g, x, now_ms, wake_ms))
        return false;
    job_begin(x, now_ms);
    return true;
}

int64_t queue_turn(struct http *h, int64_t now_ms)
{
    sweep(h, now_ms);
    while (h->paused.first && h->paused.first->due_ms <= now_ms)
        job_queue(h->paused.first);
    int64_t wake_ms = now_ms + SWEEP_MS;
    struct gate *g = h->gates;
    while (g) {
        struct gate *next = g->next;
        if (let_in(g, now_ms, &wake_ms)) { /* the others have their turns */
            gate_put_last(h, g);
            next = next ? next : g;
        }
        g = next;
    }
    if (h->paused.first && h->paused.first->due_ms < wake_ms)
        wake_ms = h->paused.first->due_ms;
    return wake_ms;
}
