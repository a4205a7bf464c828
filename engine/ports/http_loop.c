/* libcurl's events: its sockets in one epoll, its one timer, its handles. */
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "http_part.h"

#define CONNECTIONS 128 /* kept open for requests to come */
#define EVENTS 64       /* at a time */

/* --- what libcurl waits for --- */

static struct watch *watch_of(struct http *h, curl_socket_t fd)
{
    while (h->n_watched <= (size_t)fd) {
        MEM_GROW(h->watched, h->n_watched, h->cap_watched);
        h->watched[h->n_watched++] = (struct watch){0};
    }
    return &h->watched[fd];
}

static int tell_epoll(struct http *h, curl_socket_t fd, uint32_t events)
{
    struct watch *w = watch_of(h, fd);
    struct epoll_event e = {.data.fd = fd, .events = events};
    int what = !events   ? EPOLL_CTL_DEL
               : w->told ? EPOLL_CTL_MOD
                         : EPOLL_CTL_ADD;
    w->told = events;
    return epoll_ctl(h->epoll, what, fd, &e);
}

/* A connection that waits for nothing is most often asked again at once, and
 * waits for an answer then: it stays as it is with the kernel, until it has
 * news that nobody wants (it was closed, say) or is closed here. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx,
                     void *unused)
{
    struct http *h = ctx;
    struct watch *w = watch_of(h, fd);
    (void)easy, (void)unused;
    w->wanted = (what & CURL_POLL_IN ? EPOLLIN : 0) |
                (what & CURL_POLL_OUT ? EPOLLOUT : 0); /* neither: to forget */
    if (w->wanted == w->told ||
        (!w->wanted && w->is_connection && w->told == EPOLLIN))
        return 0;
    int failed = tell_epoll(h, fd, w->wanted);
    return w->wanted ? failed : 0; /* it may be closed by now */
}

void loop_opened(struct http *h, curl_socket_t fd)
{
    *watch_of(h, fd) = (struct watch){.is_connection = true};
}

int loop_close_socket(void *ctx, curl_socket_t fd)
{
    struct watch *w = watch_of(ctx, fd);
    if (w->told)
        tell_epoll(ctx, fd, 0);
    *w = (struct watch){0};
    return close(fd);
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
    struct http *h = ctx;
    (void)multi;
    h->timer_mono_ms = ms > 0 ? clock_mono_ms() + ms : ms;
    return 0;
}

/* --- handles --- */

/* NULL: libcurl has none. */
static CURL *take_easy(struct http *h)
{
    if (h->n_idle)
        return h->idle[--h->n_idle];
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    curl_easy_setopt(easy, CURLOPT_SHARE, h->share); /* a reset keeps it */
    send_prepare(h, easy);
    return easy;
}

static void give_easy(struct http *h, CURL *easy)
{
    MEM_GROW(h->idle, h->n_idle, h->cap_idle);
    h->idle[h->n_idle++] = easy;
}

void loop_add(struct job *x, int64_t left_ms)
{
    struct http *h = x->http;
    x->easy = take_easy(h);
    if (x->easy) {
        send_begin(x, left_ms);
        if (curl_multi_add_handle(h->multi, x->easy) == CURLM_OK)
            return;
    }
    job_fail(x, ST_INTERNAL, "libcurl takes no request to %s", job_server(x));
    job_end(x);
}

void loop_remove(struct job *x)
{
    if (x->list != &x->http->sending)
        return;
    job_list_remove(x);
    x->gate->sending--;
    if (!x->easy)
        return;
    curl_multi_remove_handle(x->http->multi, x->easy);
    send_end(x);
    give_easy(x->http, x->easy);
    x->easy = NULL;
}

/* --- turns --- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void act(struct http *h, curl_socket_t fd, int events)
{
    int running = 0;
    curl_multi_socket_action(h->multi, fd, events, &running);
}

static void poll_sockets(struct http *h, int64_t wait_ms)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(h->epoll, events, EVENTS, (int)wait_ms);
    for (int i = 0; i < n; i++) {
        uint32_t e = events[i].events;
        if (!watch_of(h, events[i].data.fd)->wanted) {
            tell_epoll(h, events[i].data.fd, 0);
            continue;
        }
        act(h, events[i].data.fd,
            (e & EPOLLIN ? CURL_CSELECT_IN : 0) |
                (e & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                (e & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
    }
}

static void collect(struct http *h)
{
    int queued = 0;
    const CURLMsg *m = curl_multi_info_read(h->multi, &queued);
    for (; m; m = curl_multi_info_read(h->multi, &queued)) {
        struct job *x = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &x);
        job_on_sent(x, code);
    }
}

static void run_timer(struct http *h)
{
    h->timer_mono_ms = -1; /* unless libcurl sets it again */
    act(h, CURL_SOCKET_TIMEOUT, 0);
}

void loop_push(struct http *h)
{
    if (h->timer_mono_ms == 0)
        run_timer(h);
    collect(h);
}

void loop_turn(struct http *h, int64_t wait_ms)
{
    if (h->timer_mono_ms == 0)
        wait_ms = 0;
    else if (wait_ms > 0 && h->timer_mono_ms > 0)
        wait_ms = least(wait_ms, h->timer_mono_ms - clock_mono_ms());
    poll_sockets(h, wait_ms < 0 ? 0 : wait_ms);
    h->turned_mono_ms = clock_mono_ms();
    if (h->timer_mono_ms >= 0 && h->timer_mono_ms <= h->turned_mono_ms)
        run_timer(h);
    collect(h);
}

/* --- from start to end --- */

bool loop_open(struct http *h)
{
    h->timer_mono_ms = -1;
    h->epoll = epoll_create1(EPOLL_CLOEXEC);
    h->multi = curl_multi_init();
    h->share = curl_share_init(); /* TLS sessions, for handles to resume */
    if (h->epoll < 0 || !h->multi || !h->share)
        return false;
    curl_share_setopt(h->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    return true;
}

void loop_close(struct http *h)
{
    while (h->n_idle)
        curl_easy_cleanup(h->idle[--h->n_idle]);
    mem_free(h->idle);
    curl_multi_cleanup(h->multi);
    mem_free(h->watched);
    curl_share_cleanup(h->share);
    if (h->epoll >= 0)
        close(h->epoll);
}
