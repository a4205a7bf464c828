/* Keeps the activities of tasks in the air, from request to delivery. */
#include "flight.h"

#include <string.h>

#include "door_part.h"
#include "inner.h"
#include "transport.h"

/* How often somebody is asked whether to go on, and told that it takes time. */
#define TICK_MS 100
/* The same where several ports take turns. */
#define SHARED_TICK_MS 5

/* Answers told at once, and how much of them: a large one goes alone. */
#define BATCH_MOST 64
#define BATCH_BYTES ((size_t)1 << 20)

enum flight_state {
    FLIGHT_ASKED,    /* nothing done so far */
    FLIGHT_UNDERWAY, /* job is with its port */
    FLIGHT_SLEEPING, /* until due_ms */
    FLIGHT_ANSWERED  /* in the journal, and to be delivered */
};

struct flight {
    struct flight
        *next; /* in the order asked; of the answered ones: answered */
    enum flight_state state;
    bool cancelled;
    struct json *message; /* owns what activity borrows */
    struct activity activity;
    struct result res;
    struct under_way way;
    int64_t due_ms;
    bool doubtful;
};

struct queue {
    struct flight *first, **last;
    size_t n;
};

struct flights {
    struct queue open, answered;
};

static void queue_push(struct queue *q, struct flight *f)
{
    f->next = NULL;
    *q->last = f;
    q->last = &f->next;
    q->n++;
}

static void queue_remove(struct queue *q, struct flight *f)
{
    struct flight **at = &q->first;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    if (q->last == &f->next)
        q->last = at;
    q->n--;
}

static void flight_free(struct flight *f)
{
    activity_release(&f->activity);
    result_release(&f->res);
    json_free(f->message);
    mem_free(f);
}

static struct flights *flights_of(struct passage *p)
{
    if (!p->flights) {
        p->flights = mem_alloc(sizeof *p->flights);
        p->flights->open.last = &p->flights->open.first;
        p->flights->answered.last = &p->flights->answered.first;
    }
    return p->flights;
}

void flight_ask(struct passage *p, struct json *message)
{
    struct flight *f = mem_alloc(sizeof *f);
    struct request r = {
        .n = json_get_int(message, "n", 0),
        .op = json_get_str(message, "op", ""),
        .args = json_get(message, "args"),
        .task = json_str(json_get(message, "task")),
    };
    f->message = message;
    f->activity = activity_of(&r);
    f->activity.open = true;
    queue_push(&flights_of(p)->open, f);
}

/* Takes answer; NULL: it has been written. */
static void answered(struct passage *p, struct flight *f, struct json *answer)
{
    f->state = FLIGHT_ANSWERED;
    f->doubtful = json_get_bool(answer, "in_doubt", false);
    if (answer) {
        buf_clear(&f->res.answer);
        json_add(answer, "n", json_new_int(f->activity.n));
        json_write(answer, &f->res.answer);
    }
    json_free(answer);
    queue_remove(&p->flights->open, f);
    queue_push(&p->flights->answered, f);
}

/* --- how one ends ---------------------------------------------------- */

static enum status conclude(struct door *d, struct passage *p, struct flight *f,
                            struct err *why, struct err *err)
{
    struct json *answer = NULL;
    enum status st =
        door_conclude(d, p, &f->activity, &f->res, why, &answer, err);
    if (st == ST_OK)
        answered(p, f, answer);
    return st;
}

/* The port is done with it. */
static enum status finish_job(struct door *d, struct passage *p,
                              struct flight *f, struct err *err)
{
    struct err why = {0};
    void *job = f->way.job;
    f->way.job = NULL;
    why.st = f->way.port->finish(f->way.state, job, &f->res.value, &why);
    return conclude(d, p, f, &why, err);
}

static void drop_job(struct flight *f)
{
    struct err ignored = {0};
    if (!f->way.job)
        return;
    ignored.st =
        f->way.port->finish(f->way.state, f->way.job, &f->res.value, &ignored);
    json_free(f->res.value);
    f->res.value = NULL;
    f->way.job = NULL;
}

static enum status give_up(struct door *d, struct passage *p, struct flight *f,
                           struct err *err)
{
    struct err why = {0};
    drop_job(f);
    if (f->state == FLIGHT_ASKED)
        f->activity.effect = EFFECT_NONE;       /* nothing is done now */
    if (history_is_open(p->log, f->activity.n)) /* so no further attempt */
        (void)err_set(&why, ST_INPUT,
                      "given up: another task failed, and what became of this "
                      "change before the run stopped is not known");
    else
        (void)err_set(&why, ST_FAILED, "given up: another task failed");
    return conclude(d, p, f, &why, err);
}

/* --- the clock ------------------------------------------------------- */

/* Sleeping counts by the clock that the run can move, else by the one that
 * nobody can set. */
static int64_t now_ms(const struct door *d)
{
    return d->clock->is_virtual ? d->clock->virtual_ms : clock_mono_ms();
}

static enum status fall_asleep(struct door *d, struct passage *p,
                               struct flight *f, struct err *err)
{
    int64_t ms = 0;
    struct err why = {0};
    if (inner_sleep_ms(f->activity.args, &ms, &why) != ST_OK)
        return conclude(d, p, f, &why, err);
    f->due_ms = now_ms(d) + ms;
    f->state = FLIGHT_SLEEPING;
    return ST_OK;
}

static enum status wake(struct door *d, struct passage *p, struct flight *f,
                        struct err *err)
{
    struct err why = {0};
    if (d->clock->is_virtual && f->due_ms > d->clock->virtual_ms)
        d->clock->virtual_ms = f->due_ms;
    if (!d->clock->is_virtual && f->due_ms > p->deadline_mono_ms)
        (void)err_set(&why, ST_TIMEOUT, "the step's time was up in time.sleep");
    return conclude(d, p, f, &why, err);
}

/* When it is awake, or the step's time is up. */
static int64_t wakes_at(const struct door *d, const struct passage *p,
                        const struct flight *f)
{
    bool late = !d->clock->is_virtual && f->due_ms > p->deadline_mono_ms;
    return late ? p->deadline_mono_ms : f->due_ms;
}

/* --- how one begins -------------------------------------------------- */

static enum status begin(struct door *d, struct passage *p, struct flight *f,
                         struct err *err)
{
    struct json *answer = NULL;
    struct err why = {0};
    bool go = false;
    enum status st = door_admit(d, p, &f->activity, &f->res, &go, &answer, err);
    if (st != ST_OK)
        return st;
    if (!go) {
        answered(p, f, answer);
        return ST_OK;
    }
    if (strcmp(f->activity.op, "time.sleep") == 0)
        return fall_asleep(d, p, f, err);
    f->res.began_ms = clock_now_ms(d->clock) + f->activity.prim->virtual_ms;
    why.st = transport_begin(d, p, &f->activity, &f->way, &f->res.value, &why);
    if (!f->way.job)
        return conclude(d, p, f, &why, err);
    f->state = FLIGHT_UNDERWAY;
    return ST_OK;
}

/* What can still be given up: a change that is under way cannot. */
static bool is_unwanted(const struct flight *f)
{
    return f->cancelled &&
           !(f->state == FLIGHT_UNDERWAY && f->activity.effect > EFFECT_READ);
}

static enum status begin_all(struct door *d, struct passage *p, struct err *err)
{
    enum status st = ST_OK;
    struct flight *next;
    for (struct flight *f = p->flights->open.first; f && st == ST_OK;
         f = next) {
        next = f->next; /* f may change its queue */
        if (is_unwanted(f))
            st = give_up(d, p, f, err);
        else if (f->state == FLIGHT_ASKED)
            st = begin(d, p, f, err);
    }
    return st;
}

/* --- waiting --------------------------------------------------------- */

/* The one that sleeps and wakes first; NULL: none sleeps. */
static struct flight *first_sleeper(const struct door *d,
                                    const struct passage *p)
{
    struct flight *first = NULL;
    for (struct flight *f = p->flights->open.first; f; f = f->next)
        if (f->state == FLIGHT_SLEEPING &&
            (!first || wakes_at(d, p, f) < wakes_at(d, p, first)))
            first = f;
    return first;
}

/* The next one under way behind f; NULL before the first. */
static struct flight *next_job(const struct passage *p, const struct flight *f)
{
    struct flight *next = f ? f->next : p->flights->open.first;
    while (next && next->state != FLIGHT_UNDERWAY)
        next = next->next;
    return next;
}

static bool is_same_way(const struct flight *a, const struct flight *b)
{
    return a->way.port == b->way.port;
}

/* The first one under way whose port is not that of f or of one before it. */
static struct flight *next_port(const struct passage *p, const struct flight *f)
{
    struct flight *next = next_job(p, f);
    for (; next; next = next_job(p, next)) {
        struct flight *first = next_job(p, NULL);
        while (!is_same_way(first, next))
            first = next_job(p, first);
        if (first == next)
            return next;
    }
    return NULL;
}

/* A job that has ended, of whichever port; NULL when none does in time. */
static void *next_ended(const struct passage *p, int ms)
{
    void *job = NULL;
    struct flight *f = next_port(p, NULL);
    bool several = f && next_port(p, f);
    int share = several && ms > SHARED_TICK_MS ? SHARED_TICK_MS : ms;
    for (; f && !job; f = next_port(p, f))
        job = f->way.port->next(f->way.state, NULL, share);
    return job;
}

static struct flight *flight_of_job(const struct passage *p, const void *job)
{
    struct flight *f = p->flights->open.first;
    while (f->way.job != job)
        f = f->next;
    return f;
}

/* One of those under way comes to its end. A virtual clock jumps to the first
 * that wakes, once nothing else is under way. */
static enum status wait(struct door *d, struct passage *p, struct err *err)
{
    struct flight *any = next_job(p, NULL);
    struct flight *sleeper = first_sleeper(d, p);
    int64_t left = TICK_MS;
    if (sleeper && !(any && d->clock->is_virtual))
        left = wakes_at(d, p, sleeper) - now_ms(d);
    if (sleeper && (left <= 0 || (!any && d->clock->is_virtual)))
        return wake(d, p, sleeper, err);
    int ms = left < TICK_MS ? (int)left : TICK_MS;
    waiting_tick(&d->waiting);
    if (!any)
        return interrupt_sleep(ms, &d->waiting)
                   ? ST_OK
                   : err_set(err, ST_INTERRUPTED, "interrupted");
    void *job = next_ended(p, ms);
    if (job)
        return finish_job(d, p, flight_of_job(p, job), err);
    if (interrupted)
        return err_set(err, ST_INTERRUPTED, "interrupted");
    return ST_OK;
}

/* --- delivery -------------------------------------------------------- */

static struct flight *in_queue(const struct queue *q, int64_t n)
{
    struct flight *f = q->first;
    while (f && f->activity.n != n)
        f = f->next;
    return f;
}

static struct flight *by_number(const struct passage *p, int64_t n)
{
    return in_queue(&p->flights->open, n);
}

/* The next answer as it was delivered then. */
static enum status replayed(struct door *d, struct passage *p,
                            const struct json *rec, struct err *err)
{
    struct flight *f = by_number(p, json_get_int(rec, "n", 0));
    struct json *answer = NULL;
    if (!f)
        return record_diverged(p, &p->flights->open.first->activity, rec, err);
    enum status st = door_replay(d, p, &f->activity, rec, &answer, err);
    if (st == ST_OK)
        answered(p, f, answer);
    return st;
}

static void cancel_all(struct passage *p, const struct json *numbers)
{
    const struct json *j = json_first(numbers);
    for (; j; j = json_next(j)) {
        int64_t n = 0;
        struct flight *f = json_int(j, &n) ? by_number(p, n) : NULL;
        if (!f)
            f = in_queue(&p->flights->answered, n);
        if (f)
            f->cancelled = true;
    }
}

int flight_fd(const struct passage *p)
{
    struct flight *any = p->flights ? next_job(p, NULL) : NULL;
    return any && any->way.port->fd ? any->way.port->fd(any->way.state) : -1;
}

enum status flight_move(struct door *d, struct passage *p, struct err *err)
{
    journal_hold(d->journal);
    for (int i = 0; i < BATCH_MOST; i++) {
        void *job = next_ended(p, 0);
        if (!job)
            break;
        if (finish_job(d, p, flight_of_job(p, job), err) != ST_OK)
            return err->st;
    }
    return ST_OK;
}

/* Whether the journal has nothing more to tell. */
static bool is_live(const struct door *d, const struct passage *p)
{
    return d->mode != DOOR_REPLAY && !p->log->ended &&
           p->cursor == p->log->n_results;
}

static enum status come_in_live(struct door *d, struct passage *p,
                                struct err *err)
{
    enum status st = begin_all(d, p, err);
    if (p->flights->answered.first)
        return st;
    while (st == ST_OK && !p->flights->answered.first)
        st = wait(d, p, err);
    return st == ST_OK ? flight_move(d, p, err) : st;
}

static enum status come_in_again(struct door *d, struct passage *p,
                                 struct err *err)
{
    struct json *rec = NULL;
    enum status st = door_next_record(d, p, &rec, err);
    if (st == ST_OK && rec)
        st = replayed(d, p, rec, err);
    else if (st == ST_OK)
        st = record_diverged(p, &p->flights->open.first->activity, NULL, err);
    json_free(rec);
    return st;
}

/* Until there is an answer to deliver. What is asked begins at once, even if
 * there is one. */
static enum status come_in(struct door *d, struct passage *p, struct err *err)
{
    bool any = p->flights->answered.first != NULL;
    if (!any && !p->flights->open.first)
        return err_set(err, ST_FAILED, "the worker waits for nothing");
    if (is_live(d, p))
        return come_in_live(d, p, err);
    return any ? ST_OK : come_in_again(d, p, err);
}

/* Its task probes next, unless nobody wants it any more: what became of the
 * change stays unknown then, and no further attempt may ask for it. */
static void hand_out_doubt(struct passage *p, const struct flight *f)
{
    if (f->cancelled)
        p->stopped = true;
    else
        door_doubt(p, &f->activity);
}

/* The worker takes them one after the other, so that it comes to the same as
 * if each were sent alone. A doubt is: what is asked next is its probe. No
 * more than half of all tasks are told at once: while these go on in the
 * worker, the engine has the others to see to. */
static void put_answers(struct passage *p, struct buf *out)
{
    struct queue *q = &p->flights->answered;
    size_t most = (q->n + p->flights->open.n + 1) / 2;
    for (bool alone = false; q->first && most > 0 && !alone; most--) {
        struct flight *f = q->first;
        size_t room = out->n < BATCH_BYTES ? BATCH_BYTES - out->n : 0;
        if (out->n && (f->doubtful || f->res.answer.n > room))
            break;
        alone = f->doubtful;
        if (f->doubtful)
            hand_out_doubt(p, f);
        buf_char(out, out->n ? ',' : '[');
        buf_span(out, buf_view(&f->res.answer));
        queue_remove(q, f);
        flight_free(f);
    }
    buf_char(out, ']');
}

enum status flight_deliver(struct door *d, struct passage *p,
                           const struct json *cancel, struct buf *answers,
                           struct err *err)
{
    (void)flights_of(p);
    cancel_all(p, cancel);
    enum status st = come_in(d, p, err);
    if (st == ST_OK) /* nobody is told what is not in the journal */
        st = journal_flush(d->journal, err);
    if (st == ST_OK)
        put_answers(p, answers);
    return st;
}

enum status flight_catch_up(struct door *d, struct passage *p, int64_t n,
                            struct err *err)
{
    enum status st = ST_OK;
    for (bool there = p->flights != NULL; there && st == ST_OK;) {
        struct json *rec = NULL;
        st = door_next_record(d, p, &rec, err);
        there = rec && json_get_int(rec, "n", 0) != n &&
                by_number(p, json_get_int(rec, "n", 0));
        if (st == ST_OK && there)
            st = replayed(d, p, rec, err);
        json_free(rec);
    }
    return st;
}

/* --- the end --------------------------------------------------------- */

static void land_change(struct door *d, struct passage *p, struct flight *f)
{
    struct port_call call = {.effect = f->activity.effect};
    struct err ignored = {0};
    while (!f->way.port->next(f->way.state, f->way.job, TICK_MS) &&
           !port_interrupted(&call))
        waiting_tick(&d->waiting);
    ignored.st = finish_job(d, p, f, &ignored);
}

static void free_all(struct queue *q)
{
    while (q->first) {
        struct flight *f = q->first;
        q->first = f->next;
        drop_job(f);
        flight_free(f);
    }
}

enum status flight_land(struct door *d, struct passage *p, struct err *err)
{
    struct flight *next;
    for (struct flight *f = p->flights ? p->flights->open.first : NULL; f;
         f = next) {
        next = f->next;
        if (f->state == FLIGHT_UNDERWAY && f->activity.effect > EFFECT_READ)
            land_change(d, p, f);
    }
    if (p->flights) {
        free_all(&p->flights->open);
        free_all(&p->flights->answered);
        mem_free(p->flights);
        p->flights = NULL;
    }
    return journal_flush(d->journal, err);
}
