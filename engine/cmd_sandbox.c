/* The command that serves the simulated cloud on loopback. */
#include "cmd_sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cloud.h"
#include "config.h"
#include "file.h"
#include "httpd.h"
#include "interrupt.h"
#include "port.h"

/* clang-format off */
static const struct option sandbox_options[] = {
    {"--state", NULL, "DIR", OPTION_TEXT, "keep its changes and its clock here, for the next start"},
    {"--port", NULL, "N", OPTION_TEXT, "listen on this port (default: any that is free)"},
    {"--fixture", NULL, "DIR", OPTION_TEXT, "begin with this cloud (default: fixtures: of runproof.yaml)"},
    {"--lua-dir", NULL, "DIR", OPTION_TEXT, "Lua files that replace or add to the embedded ones"},
    {0},
};
/* clang-format on */

/* --- requests -------------------------------------------------------- */

struct service {
    struct cloud *cloud;
    struct err err; /* why it must end */
};

static struct json *request_json(const struct httpd_request *r)
{
    struct json *o = json_new(JSON_OBJECT);
    struct buf url = {0};
    buf_printf(&url, "http://%s%s", json_get_str(r->headers, "host", ""),
               r->target);
    json_put_str(o, "method", r->method);
    json_put(o, "url", json_new_bytes(buf_view(&url)));
    json_put(o, "headers", json_copy(r->headers));
    if (r->body.n)
        json_put(o, "body", json_new_bytes(r->body));
    buf_release(&url);
    return o;
}

/* Hangs up, as a server that breaks down does, when a change could not be
 * kept: who asked must not be told that it happened. */
static void answer(void *ctx, const struct httpd_request *request,
                   struct httpd_reply *reply)
{
    struct service *s = ctx;
    struct json *q = request_json(request);
    struct json *r = NULL;
    struct arena a = {0};
    struct span body;
    if (cloud_answer(s->cloud, q, &r, &s->err) == ST_OK) {
        reply->status = (int)json_get_int(r, "status", 500);
        reply->headers = json_copy(json_get(r, "headers"));
        if (json_bytes(json_get(r, "body"), &a, &body))
            buf_span(&reply->body, body);
        else /* a simulator that broke tells why */
            buf_str(&reply->body, json_get_str(r, "error", ""));
    } else {
        interrupted = 1;
    }
    arena_release(&a);
    json_free(r);
    json_free(q);
}

/* --- the command ----------------------------------------------------- */

static enum status read_port(const struct call *c, int *port, struct err *err)
{
    const char *text = call_text(c, "port");
    char *end = NULL;
    long n = text ? strtol(text, &end, 10) : 0;
    if (text && (end == text || *end || n < 0 || n > 65535))
        return err_set(err, ST_INPUT, "--port takes 0 to 65535, not '%s'",
                       text);
    *port = (int)n;
    return ST_OK;
}

/* Without --state there is a folder all the same, for as long as it runs. */
static enum status find_state(const struct call *c, char room[32],
                              struct cloud_options *opt, struct err *err)
{
    opt->dir = call_text(c, "state");
    if (opt->dir)
        return ST_OK;
    snprintf(room, 32, "/tmp/runproof-sandbox-XXXXXX");
    opt->dir = mkdtemp(room);
    if (!opt->dir)
        return err_set(err, ST_IO, "cannot make a folder in /tmp: %s",
                       strerror(errno));
    return ST_OK;
}

static enum status find_fixture(const struct call *c, struct arena *a,
                                struct cloud_options *opt, struct err *err)
{
    struct config config;
    enum status st = config_load(".", a, &config, err);
    if (st != ST_OK)
        return st;
    opt->fixture = call_text(c, "fixture");
    opt->root = opt->fixture ? "." : config.root;
    if (!opt->fixture)
        opt->fixture = config.fixtures;
    if (!opt->fixture)
        return err_set(err, ST_INPUT,
                       "which cloud? name its folder with --fixture, or as "
                       "fixtures: in runproof.yaml");
    return ST_OK;
}

static enum status serve(struct cloud *cloud, const char *dir, int port,
                         struct err *err)
{
    struct service s = {.cloud = cloud};
    struct httpd *h = NULL;
    enum status st = httpd_open(port, answer, &s, &h, err);
    if (st != ST_OK)
        return st;
    interrupt_catch();
    printf("serving %s at http://127.0.0.1:%d\n", dir, httpd_port(h));
    fflush(stdout);
    st = httpd_run(h, &interrupted, err);
    httpd_close(h);
    if (s.err.st != ST_OK)
        *err = s.err;
    return err->st != ST_OK ? err->st : st;
}

static int cmd_sandbox(const struct call *c)
{
    struct arena a = {0};
    struct err err = {0};
    struct cloud_options opt = {0};
    struct cloud *cloud = NULL;
    char room[32];
    int port = 0;
    enum status st = read_port(c, &port, &err);
    struct luafile *modules = NULL;
    if (st == ST_OK)
        st = luafiles_load(call_text(c, "lua-dir"), &a, &modules,
                           &opt.n_modules, &err);
    opt.modules = modules;
    if (st == ST_OK)
        st = find_fixture(c, &a, &opt, &err);
    if (st == ST_OK)
        st = find_state(c, room, &opt, &err);
    if (st == ST_OK)
        st = cloud_open(&opt, &cloud, &err);
    if (st == ST_OK)
        st = serve(cloud, opt.dir, port, &err);
    cloud_close(cloud);
    if (opt.dir && !call_text(c, "state") &&
        file_remove_tree(opt.dir, &err) != ST_OK)
        st = err.st;
    port_close_all();
    arena_release(&a);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

const struct command command_sandbox = {
    .name = "sandbox",
    .args = "",
    .summary =
        "Serve the simulated cloud on loopback; in it, too, time passes.",
    .options = sandbox_options,
    .lua = true,
    .fn = cmd_sandbox,
};
