/* A small HTTP server on loopback, one request at a time: for `runproof
 * sandbox`. It lives in a port module, loaded by httpd_open. */
#pragma once

#include <signal.h>

#include "err.h"
#include "json.h"
#include "str.h"

#define HTTPD_BODY_CAP (16u << 20) /* over it: 413 */

struct httpd;

/* Borrowed by the handler for one call. */
struct httpd_request {
    const char *method;
    const char *target;         /* path and query, as sent */
    const struct json *headers; /* lower-case name: value; joined by ", " */
    struct span body;
};

/* Filled by the handler, released by the server. */
struct httpd_reply {
    int status;           /* 200 to 599; 0 hangs up without an answer */
    struct json *headers; /* name: value, or name: [value…]; NULL: none */
    struct buf body;
};

/* Whatever it writes durably is written before the reply leaves. Never called
 * twice at a time. */
typedef void httpd_handler(void *ctx, const struct httpd_request *request,
                           struct httpd_reply *reply);

/* Listens on 127.0.0.1; port 0 takes any that is free. Requests whose Host is
 * not loopback get 403, so that no web page can reach in by a name of its own.
 * ST_IO when the port is taken; ST_INTERNAL without the module. */
MUST_USE enum status httpd_open(int port, httpd_handler *handler, void *ctx,
                                struct httpd **out, struct err *err);
int httpd_port(const struct httpd *h);
/* Serves until *stop is set (by a signal handler, or a reply's handler), then
 * lets what is on its way out leave. */
MUST_USE enum status
httpd_run(struct httpd *h, const volatile sig_atomic_t *stop, struct err *err);
void httpd_close(struct httpd *h); /* NULL is fine */

/* What the module exports. */
#define HTTPD_SYMBOL "runproof_httpd"
struct httpd_module {
    enum status (*open)(int port, httpd_handler *handler, void *ctx,
                        struct httpd **out, struct err *err);
    int (*port)(const struct httpd *h);
    enum status (*run)(struct httpd *h, const volatile sig_atomic_t *stop,
                       struct err *err);
    void (*close)(struct httpd *h);
};
