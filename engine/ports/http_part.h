/* What the parts of the http port share: a job is one http.request, from its
 * arguments to its result, over as many sends as that takes. */
#pragma once

#include <curl/curl.h>

#include "arena.h"
#include "port.h"
#include "vault.h"

#define HEADERS_CAP (256u << 10) /* of one answer, in bytes */
#define HEADERS_MOST 1000        /* and in lines */
#define CONNECT_TIMEOUT_MS 10000

struct http;
struct job;

struct origin {
    const char *scheme, *host, *port;
    bool is_https, is_loopback;
};

/* A line of what is sent, linked in place: libcurl makes no copy of it. */
struct header {
    struct curl_slist item;
    bool held_secret; /* or is one by its name */
};

/* First in, first out; a job is in one of these at most. */
struct job_list {
    struct job *first, *last;
    size_t n;
};

/* What holds back the requests to one origin (http_gate.c). */
struct gate {
    struct gate *next;
    struct origin origin;
    struct span spelled; /* how URLs of it may begin: "http://host:80" */
    CURLU *url;          /* such a one, without a query; the arena's */
    struct job_list waiting;
    int sending;
    double rate_ms;  /* what began was paid for until then */
    int64_t hold_ms; /* the host wants to be left alone until then */
};

struct job {
    struct job *prev, *next; /* in the list */
    struct job_list *list;
    struct http *http;
    struct gate *gate;
    struct arena arena;
    struct port_call call; /* a copy, without args */
    struct json *filled;   /* the arguments, secrets filled in; NULL: none */

    const char *method;
    CURLU *url; /* in parts; the arena's */
    struct origin origin;
    bool url_is_secret;
    bool idempotent;
    struct header *headers;
    size_t n_headers;
    struct buf json_body;
    struct span body;
    bool has_body;
    size_t cap_bytes;
    int64_t timeout_ms; /* asked for by the runbook, 0: none */
    int64_t give_up_mono_ms;

    /* the send under way */
    int64_t due_ms; /* or when it is to begin, while paused */
    CURL *easy;
    bool sent; /* something of it may be on its way */
    char why[CURL_ERROR_SIZE];

    int tries;            /* sends of which each repeats the one before */
    int hops;             /* redirects followed */
    const char *from;     /* whom the runbook asked; NULL: nobody else since */
    bool dropped_secrets; /* where they would have gone to another origin */

    long status;
    struct json *fields; /* the answer's headers */
    size_t field_bytes, n_fields;
    struct buf answer;
    struct json *value; /* the result, or */
    struct err err;
};

/* A socket, as libcurl wants it watched and as the kernel was told, both in
 * EPOLLIN and EPOLLOUT, 0: not at all. */
struct watch {
    uint32_t wanted, told;
    bool is_connection; /* and none of libcurl's own */
};

/* The state of the port. Easy handles are kept, and connections in multi. */
struct http {
    struct arena arena;
    bool is_open; /* libcurl works */
    CURLM *multi;
    CURLSH *share;
    int epoll;
    struct watch *watched; /* by descriptor */
    size_t n_watched, cap_watched;
    int64_t timer_mono_ms; /* libcurl's, 0: due, -1: none */
    int64_t turned_mono_ms;
    struct buf field_name; /* of the line that is being read */
    CURL **idle;
    size_t n_idle, cap_idle;
    struct gate *gates;     /* the next to have its turn first */
    size_t n_open;          /* jobs that have not ended */
    struct job_list paused; /* the earliest first */
    struct job_list sending;
    struct job_list ended;
    int64_t swept_mono_ms;
    int interrupts;          /* seen by the last sweep */
    const char *accept_line; /* "Accept-Encoding: …"; NULL: undoes none */
    /* from the environment, each NULL when it is not set */
    const char *ca_file, *ca_dir, *plain_proxy;
    bool has_proxy;
};

/* --- http_request.c: the arguments. Each gives x->err.st --- */
MUST_USE enum status request_take(struct job *x, const struct json *args);
/* Whether it is of those that have no body, and has none. */
bool request_is_bare(const struct job *x);
/* No secret of it goes out after this. */
void request_drop_secrets(struct job *x);
/* Wipes and frees what request_take made. */
void request_release(struct job *x);

/* --- http_url.c --- */
/* Takes the URL apart and adds query. */
MUST_USE enum status url_set(struct job *x, const char *url,
                             const struct json *query, struct err *err);
bool origin_equal(const struct origin *a, const struct origin *b);

/* --- http_send.c: one send --- */
/* Tells a handle what is the same for all sends. */
void send_prepare(const struct http *h, CURL *easy);
/* Makes x->easy ready; send_end makes it as it was. */
void send_begin(struct job *x, int64_t left_ms);
void send_end(struct job *x);

/* --- http_error.c: how it is told. The first error of a job is kept --- */
/* Whom messages speak of: never more of a URL than its host. */
const char *job_server(const struct job *x);
void job_fail(struct job *x, enum status st, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void job_timed_out(struct job *x);
void job_send_failed(struct job *x, CURLcode code);
/* What a proxy answered instead of making a tunnel, else 0. */
long proxy_status(const struct job *x);

/* --- http_answer.c --- */
/* A send has ended: x is queued again, or ended with its result. */
void job_on_sent(struct job *x, CURLcode code);

/* --- http_gate.c: time is mono ms --- */
struct gate *gate_of(struct http *h, const struct origin *origin);
/* Behind all others. */
void gate_put_last(struct http *h, struct gate *g);
/* Whether x may begin now; if not, *wake_ms is lowered to when it is worth
 * asking again, where that is known. */
bool gate_admits(const struct gate *g, const struct job *x, int64_t now_ms,
                 int64_t *wake_ms);
void gate_count(struct gate *g, const struct job *x, int64_t now_ms);
void gate_hold(struct gate *g, int64_t until_ms);

/* --- http_queue.c: where jobs are --- */
void job_list_remove(struct job *x); /* from whichever it is in */
/* Sent as soon as its gate lets it. */
void job_queue(struct job *x);
/* Queued at due_ms. */
void job_pause(struct job *x, int64_t due_ms);
/* With its value or its error. */
void job_end(struct job *x);
/* Gives up what is over its time or was interrupted, and begins what may; when
 * to come again at the latest. */
int64_t queue_turn(struct http *h, int64_t now_ms);

/* --- http_loop.c: libcurl's events --- */
bool loop_open(struct http *h);
void loop_close(struct http *h);
/* A connection's socket is new; is to be closed (ctx: the port's state). */
void loop_opened(struct http *h, curl_socket_t fd);
int loop_close_socket(void *ctx, curl_socket_t fd);
/* Begins a send of x, which is in h->sending and counted by its gate. */
void loop_add(struct job *x, int64_t left_ms);
/* Ends it, if there is one. */
void loop_remove(struct job *x);
/* Does what libcurl wants done at once: what was added is sent. Nothing is
 * waited for, and nobody asked what there is to read. */
void loop_push(struct http *h);
/* Moves all transfers on, after waiting for something to do at most so long. */
void loop_turn(struct http *h, int64_t wait_ms);
