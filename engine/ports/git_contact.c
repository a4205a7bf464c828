/* Finds a remote, logs in and tells why it did not work. */
#include "git_contact.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hash.h"
#include "vault.h"
#include "visible.h"

#define SAID_CAP 2000
#define LOGIN_NAME "x-access-token"

/* --- where it is --- */

/* "host:path", as ssh has it. */
static bool is_scp(const char *url)
{
    const char *colon = strchr(url, ':');
    const char *slash = strchr(url, '/');
    return colon && !strstr(url, "://") && (!slash || colon < slash);
}

static bool is_ssh(const char *url)
{
    return is_scp(url) || !strncmp(url, "ssh://", 6) ||
           !strncmp(url, "git+ssh://", 10) || !strncmp(url, "ssh+git://", 10);
}

static bool is_http(const char *url)
{
    return !strncmp(url, "http://", 7) || !strncmp(url, "https://", 8);
}

static bool is_path(const struct contact *c)
{
    return !strncmp(c->url, "file://", 7) ||
           (!strstr(c->url, "://") && !is_scp(c->url));
}

/* The agent alone has keys: a key file's passphrase has nobody to type it. */
static enum status check_agent(const struct contact *c, struct err *err)
{
    const char *agent = getenv("SSH_AUTH_SOCK");
    if (agent && file_exists(agent))
        return ST_OK;
    return err_set(err, ST_FAILED,
                   "%s is reached over ssh and no ssh agent is running: start "
                   "one and add your key (ssh-add), or give the remote an "
                   "https URL and pass a token",
                   c->name);
}

const char *contact_path(const struct contact *c)
{
    if (!is_path(c))
        return NULL;
    return strncmp(c->url, "file://", 7) ? c->url : c->url + 7;
}

static enum status check_path(const struct contact *c, struct err *err)
{
    if (strchr(c->url, '%') || file_is_dir(contact_path(c)))
        return ST_OK; /* a URL may be written so, a path need not */
    return err_set(err, ST_FAILED,
                   "%s: there is no repository at the path of %s (git remote "
                   "set-url)",
                   c->w->call->op, c->name);
}

static enum status check_url(const struct contact *c, struct err *err)
{
    if (is_http(c->url))
        return contact_check_http(c, err);
    if (is_ssh(c->url))
        return check_agent(c, err);
    if (is_path(c))
        return check_path(c, err);
    return err_set(err, ST_FAILED,
                   "the URL of %s is none this can talk to: https, ssh or a "
                   "path (git remote set-url %s)",
                   c->name, c->name);
}

/* A path is seen from the repository, wherever this program runs. */
static int make_remote(struct contact *c)
{
    const char *url = c->push ? c->facts.push_url : c->facts.url;
    git_remote_create_options opts;
    git_remote_create_options_init(&opts, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    c->url = url;
    if (is_path(c) && strncmp(url, "file://", 7) != 0)
        c->url = path_join(c->w->arena, c->w->call->root, url);
    opts.repository = c->w->repo;
    opts.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
    opts.fetchspec = c->facts.fetch.count ? c->facts.fetch.strings[0] : NULL;
    return git_remote_create_with_opts(&c->remote, c->url, &opts);
}

/* --- logging in --- */

static enum status take_token(struct contact *c, const struct json *token,
                              struct err *err)
{
    struct span text;
    struct buf plain = {0}, line = {0};
    if (json_type(token) == JSON_NULL || !is_http(c->url))
        return ST_OK;
    if (!vault_is_handle(token))
        return err_set(err, ST_INPUT,
                       "%s: token must be a secret, from secret.get",
                       c->w->call->op);
    const struct port_call *call = c->w->call;
    const char *secret = vault_name(call->vault, token);
    if (secret && call->may_go && !call->may_go(call->may_ctx, secret, c->url))
        return err_set(err, ST_REFUSED,
                       "refused: the secret %s does not go to the host of %s; "
                       "if it is the provider's, name it in hosts of "
                       "runproof.yaml",
                       secret, c->name);
    if (vault_reveal(call->vault, token, &text, err) != ST_OK)
        return err->st;
    buf_str(&plain, LOGIN_NAME ":");
    buf_span(&plain, text);
    buf_str(&line, "Basic ");
    base64_encode(buf_view(&plain), &line);
    vault_know(c->w->call->vault, "of git",
               span_sub(buf_view(&line), 6, line.n));
    c->vault = vault_new();
    enum status st =
        vault_put(c->vault, "of git", buf_view(&line), &c->login, err);
    explicit_bzero(plain.p, plain.n);
    explicit_bzero(line.p, line.n);
    buf_release(&plain);
    buf_release(&line);
    return st;
}

static int on_credentials(git_credential **out, const char *url,
                          const char *user, unsigned allowed, void *ctx)
{
    struct contact *c = ctx;
    (void)url;
    user = user ? user : "git";
    if (allowed & GIT_CREDENTIAL_USERNAME)
        return git_credential_username_new(out, user);
    if (!(allowed & GIT_CREDENTIAL_SSH_KEY) || c->logins++ > 0) {
        err_set(&c->err, ST_FAILED,
                "%s does not take a key of your ssh agent (ssh-add -l)",
                c->name);
        return GIT_EUSER;
    }
    return git_credential_ssh_key_from_agent(out, user);
}

/* A push connects twice: to look, and to send. */
static int on_ready(git_remote *remote, int direction, void *ctx)
{
    struct contact *c = ctx;
    (void)remote, (void)direction;
    c->logins = 0;
    return 0;
}

/* --- while it lasts --- */

static int on_progress(struct contact *c)
{
    if (c->err.st != ST_OK)
        return GIT_EUSER;
    if (port_interrupted(c->w->call))
        err_set(&c->err, ST_INTERRUPTED, "%s: interrupted", c->name);
    else if (work_is_late(c->w))
        work_late(c->w, &c->err);
    return c->err.st == ST_OK ? 0 : GIT_EUSER;
}

static int on_fetched(const git_indexer_progress *p, void *ctx)
{
    (void)p;
    return on_progress(ctx);
}

static int on_packed(int stage, uint32_t current, uint32_t total, void *ctx)
{
    (void)stage, (void)current, (void)total;
    return on_progress(ctx);
}

static int on_said(const char *text, int n, void *ctx)
{
    struct contact *c = ctx;
    buf_put(&c->said, text, (size_t)n);
    return on_progress(c);
}

/* Without its counters, which end in a carriage return. */
const char *contact_said(const struct contact *c)
{
    struct buf words = {.cap = 200};
    struct span rest = buf_view(&c->said);
    while (rest.n) {
        struct span line = span_cut(&rest, '\n');
        while (memchr(line.p, '\r', line.n) && line.n)
            (void)span_cut(&line, '\r');
        line = span_trim(line);
        if (line.n && words.n)
            buf_str(&words, "; ");
        visible_text(line, VISIBLE_ONE_LINE, &words);
    }
    const char *text = arena_strdup(c->w->arena, buf_cstr(&words));
    buf_release(&words);
    return text;
}

/* --- from start to end --- */

static void set_callbacks(struct contact *c)
{
    git_remote_callbacks *on = &c->callbacks;
    git_remote_init_callbacks(on, GIT_REMOTE_CALLBACKS_VERSION);
    on->payload = c;
    on->sideband_progress = on_said;
    on->remote_ready = on_ready;
    on->credentials = on_credentials;
    on->transfer_progress = on_fetched;
    on->pack_progress = on_packed;
    on->transport = is_http(c->url) ? contact_http : NULL;
}

enum status contact_open(struct contact *c, const struct work *w,
                         const char *name, bool push, const struct json *token,
                         struct err *err)
{
    *c = (struct contact){.w = w, .name = name, .push = push, .url = ""};
    c->said.cap = SAID_CAP;
    const char *what =
        arena_printf(w->arena, push ? "push to %s" : "fetch from %s", name);
    if (remote_read(w, name, &c->facts, err) != ST_OK ||
        work_need_history(w, what, err) != ST_OK)
        return err->st;
    int rc = make_remote(c);
    if (rc != 0)
        return contact_failed(c, rc, err);
    if (check_url(c, err) == ST_OK && take_token(c, token, err) == ST_OK)
        set_callbacks(c);
    return err->st;
}

void contact_close(struct contact *c)
{
    git_remote_free(c->remote);
    json_free(c->login);
    vault_free(c->vault);
    buf_release(&c->said);
}

enum status contact_refs(struct contact *c, const git_remote_head ***refs,
                         size_t *n, struct err *err)
{
    git_remote_connect_options opts;
    git_remote_connect_options_init(&opts, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
    opts.callbacks = c->callbacks;
    int rc = git_remote_connect_ext(
        c->remote, c->push ? GIT_DIRECTION_PUSH : GIT_DIRECTION_FETCH, &opts);
    if (rc == 0)
        rc = git_remote_ls(refs, n, c->remote);
    return rc == 0 ? ST_OK : contact_failed(c, rc, err);
}

/* What libgit2 says of remotes, in plain words. */
static const struct {
    const char *part, *text;
} troubles[] = {
    {"hostkey", "its host key is not known: connect once with ssh, and look "
                "at the key"},
    {"known_hosts", "its host key is not known: connect once with ssh, and "
                    "look at the key"},
    {"could not find repository", "there is no repository at its path (git "
                                  "remote set-url)"},
    {"non-bare", "it is a work tree, not a bare repository: push to where it "
                 "comes from"},
};

enum status contact_failed(const struct contact *c, int code, struct err *err)
{
    const git_error *e = git_error_last();
    const char *message = e && e->message ? e->message : "";
    const char *what = arena_printf(
        c->w->arena, c->push ? "push to %s" : "fetch from %s", c->name);
    if (c->err.st != ST_OK) {
        *err = c->err;
        return err->st;
    }
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (strstr(message, troubles[i].part))
            return err_set(err, ST_FAILED, "cannot %s: %s", what,
                           troubles[i].text);
    return git_failed(c->w, code, what, err);
}
