/* Git's smart protocol over our own http port: libgit2's client would know
 * neither our rules for secrets and redirects nor the call's deadline.
 *
 * Each step is one request and one answer, both in memory. */
#include <arpa/inet.h>
#include <git2/sys/transport.h>
#include <string.h>
#include <strings.h>

#include "git_contact.h"
#include "vault.h"

/* It is held several times while it is sent. */
#define PACK_MOST (256u << 20)
/* Some servers talk git only to who is called so. */
#define USER_AGENT "git/2.0 (runproof/" RUNPROOF_VERSION ")"

/* What git asks for, and how. */
static const struct service {
    const char *name;
    git_smart_service_t action;
    bool lists; /* GET of info/refs */
} services[] = {
    {"git-upload-pack", GIT_SERVICE_UPLOADPACK_LS, true},
    {"git-upload-pack", GIT_SERVICE_UPLOADPACK, false},
    {"git-receive-pack", GIT_SERVICE_RECEIVEPACK_LS, true},
    {"git-receive-pack", GIT_SERVICE_RECEIVEPACK, false},
};

struct line {
    git_smart_subtransport base;
    struct contact *c;
};

/* One request, sent when its answer is first read. */
struct stream {
    git_smart_subtransport_stream base;
    struct arena arena;
    struct contact *c;
    const struct service *service;
    struct json *answer; /* NULL: not asked yet */
    struct span body;    /* what of it is unread */
    struct buf request;
};

/* --- the URL --- */

/* Without the user that stands in it: the token says who asks. */
static const char *service_url(struct arena *a, const struct contact *c,
                               const struct service *service)
{
    struct span rest = span_of(c->url);
    size_t scheme = span_find(rest, SPAN("://"), 0) + 3;
    struct span after = span_sub(rest, scheme, rest.n);
    struct span tail = after;
    struct span host = span_cut(&tail, '/');
    const char *at = c->login ? memrchr(host.p, '@', host.n) : NULL;
    if (at)
        after = span_sub(after, (size_t)(at + 1 - after.p), after.n);
    while (after.n && after.p[after.n - 1] == '/')
        after.n--;
    return arena_printf(
        a, "%.*s%.*s/%s%s", (int)scheme, c->url, SPAN_ARG(after),
        service->lists ? "info/refs?service=" : "", service->name);
}

static struct span url_host(const char *url)
{
    struct span rest = span_of(url);
    size_t from = span_find(rest, SPAN("://"), 0) + 3;
    rest = span_sub(rest, from, rest.n);
    rest.n = strcspn(rest.p, "/?#");
    const char *at = memrchr(rest.p, '@', rest.n);
    if (at)
        rest = span_sub(rest, (size_t)(at + 1 - rest.p), rest.n);
    const char *bracket = memchr(rest.p, ']', rest.n);
    const char *colon = bracket ? NULL : memchr(rest.p, ':', rest.n);
    if (colon)
        rest.n = (size_t)(colon - rest.p);
    else if (bracket)
        rest.n = (size_t)(bracket + 1 - rest.p);
    return rest;
}

enum status contact_check_http(const struct contact *c, struct err *err)
{
    struct in_addr v4;
    const char *host = span_dup(c->w->arena, url_host(c->url));
    bool loopback =
        (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127) ||
        !strcmp(host, "[::1]") || !strcasecmp(host, "localhost");
    if (!strncmp(c->url, "https://", 8) || loopback)
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "%s is reached over plain http, where anybody can change "
                   "what is sent: give it an https URL (git remote set-url)",
                   c->name);
}

static const char *deed(const struct contact *c)
{
    return c->push ? "push to" : "fetch from";
}

/* --- what the server answers --- */

static const char *header(const struct stream *s, const char *name)
{
    return json_get_str(json_get(s->answer, "headers"), name, "");
}

/* The first line of a text that comes with a refusal; pages are not shown. */
static const char *reason(struct stream *s)
{
    struct span rest = s->body;
    if (strncmp(header(s, "content-type"), "text/plain", 10) != 0)
        return "";
    struct span line = span_trim(span_cut(&rest, '\n'));
    return line.n && line.n < 200
               ? arena_printf(&s->arena, " (%.*s)", SPAN_ARG(line))
               : "";
}

static const char *refusal(const struct contact *c, int64_t status)
{
    static const struct {
        int from, to;
        const char *with_token, *without;
    } rows[] = {
        {401, 401, "does not take the token: is it valid and not expired",
         "wants to know who asks: pass a token"},
        {403, 403, "does not allow it: may the token write to this repository",
         "does not allow it: pass a token"},
        {404, 404, "has no such repository, or none that the token may see",
         "has no such repository, or none without a token"},
        {300, 399, "says it has moved (git remote set-url)",
         "says it has moved (git remote set-url)"},
        {413, 413, "takes no pack of that size: push fewer commits at once",
         "takes no pack of that size: push fewer commits at once"},
        {429, 429, "has had too many requests: try again later",
         "has had too many requests: try again later"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (status >= rows[i].from && status <= rows[i].to)
            return c->login ? rows[i].with_token : rows[i].without;
    return "cannot do it now";
}

static enum status answer_check(struct stream *s)
{
    struct contact *c = s->c;
    int64_t status = json_get_int(s->answer, "status", 0);
    if (!json_bytes(json_get(s->answer, "body"), &s->arena, &s->body))
        return err_set(&c->err, ST_INTERNAL, "an answer without a body");
    if (status != 200)
        return err_set(&c->err, ST_FAILED, "cannot %s %s: it %s: status %lld%s",
                       deed(c), c->name, refusal(c, status), (long long)status,
                       reason(s));
    const char *expected =
        arena_printf(&s->arena, "application/x-%s-%s", s->service->name,
                     s->service->lists ? "advertisement" : "result");
    if (strcmp(header(s, "content-type"), expected) != 0)
        return err_set(&c->err, ST_FAILED,
                       "cannot %s %s: what answers there is not git (git "
                       "remote set-url)",
                       deed(c), c->name);
    return ST_OK;
}

/* --- one request --- */

static struct json *request_json(struct stream *s)
{
    const struct contact *c = s->c;
    const char *kind =
        arena_printf(&s->arena, "application/x-%s-", s->service->name);
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "method", s->service->lists ? "GET" : "POST");
    json_put_str(args, "url", service_url(&s->arena, c, s->service));
    struct json *headers = json_put(args, "headers", json_new(JSON_OBJECT));
    json_put_str(headers, "user-agent", USER_AGENT);
    if (c->login)
        json_put(headers, "authorization", json_copy(c->login));
    if (!s->service->lists) {
        json_put_str(headers, "content-type",
                     arena_printf(&s->arena, "%srequest", kind));
        json_put_str(headers, "accept",
                     arena_printf(&s->arena, "%sresult", kind));
        json_put(args, "body", json_new_bytes(buf_view(&s->request)));
    }
    return args;
}

static enum status ask(struct stream *s)
{
    struct contact *c = s->c;
    const struct port *http = NULL;
    void *state = NULL;
    bool changes = c->push && !s->service->lists;
    if (s->request.over)
        return err_set(&c->err, ST_FAILED,
                       "cannot push to %s: over %u MiB at once: push fewer "
                       "commits at once",
                       c->name, PACK_MOST >> 20);
    struct json *args = request_json(s);
    buf_release(&s->request);
    struct port_call call = *c->w->call;
    call.op = "http.request";
    call.args = args;
    call.effect = changes ? EFFECT_REMOTE : EFFECT_READ;
    call.vault = c->login ? c->vault : call.vault;
    call.idempotent = !changes;
    call.most_bytes = PACK_MOST;
    struct err why = {0};
    enum status st = port_for(call.op, &http, &state, &why);
    if (st == ST_OK)
        st = port_perform(http, state, &call, &s->answer, &why);
    json_free(args);
    if (st != ST_OK)
        return err_set(&c->err, st, "cannot %s %s: %s", deed(c), c->name,
                       why.msg);
    return answer_check(s);
}

static int failed(struct contact *c)
{
    git_error_set_str(GIT_ERROR_NET, c->err.msg);
    return -1;
}

/* --- what libgit2 calls --- */

static int stream_write(git_smart_subtransport_stream *base, const char *bytes,
                        size_t n)
{
    struct stream *s = (struct stream *)base;
    buf_put(&s->request, bytes, n);
    return 0;
}

static int stream_read(git_smart_subtransport_stream *base, char *room,
                       size_t size, size_t *n)
{
    struct stream *s = (struct stream *)base;
    *n = 0;
    if (s->c->err.st != ST_OK || (!s->answer && ask(s) != ST_OK))
        return failed(s->c);
    *n = s->body.n < size ? s->body.n : size;
    if (*n)
        memcpy(room, s->body.p, *n);
    s->body = span_sub(s->body, *n, s->body.n);
    return 0;
}

static void stream_free(git_smart_subtransport_stream *base)
{
    struct stream *s = (struct stream *)base;
    json_free(s->answer);
    buf_release(&s->request);
    arena_release(&s->arena);
    mem_free(s);
}

static int line_action(git_smart_subtransport_stream **out,
                       git_smart_subtransport *base, const char *url,
                       git_smart_service_t action)
{
    (void)url;
    struct line *l = (struct line *)base;
    struct stream *s = mem_alloc(sizeof *s);
    s->base = (git_smart_subtransport_stream){base, stream_read, stream_write,
                                              stream_free};
    s->c = l->c;
    s->request.cap = PACK_MOST;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (services[i].action == action)
            s->service = &services[i];
    *out = &s->base;
    return 0;
}

static int line_close(git_smart_subtransport *base)
{
    (void)base;
    return 0;
}

static void line_free(git_smart_subtransport *base)
{
    mem_free(base);
}

static int line_new(git_smart_subtransport **out, git_transport *owner,
                    void *param)
{
    (void)owner;
    struct line *l = mem_alloc(sizeof *l);
    l->base = (git_smart_subtransport){line_action, line_close, line_free};
    l->c = param;
    *out = &l->base;
    return 0;
}

int contact_http(git_transport **out, git_remote *owner, void *param)
{
    git_smart_subtransport_definition definition = {line_new, 1, param};
    return git_transport_smart(out, owner, &definition);
}
