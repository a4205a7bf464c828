/* git.fetch and git.push: from and to a bare repository, by its path and over
 * http and https served by git's own back end. */
#include "fixture_repo.h"

#include "git_server.h"
#include "hash.h"
#include "tls_kit.h"

#include <sys/stat.h>

#define TOKEN "tok-5f2a91c07d3be648"

static const char commits[] =
    "[{\"message\":\"one\\n\",\"author\":\"Ada\",\"email\":\"ada@example.com\","
    "\"time\":\"2023-11-14T22:13:20Z\",\"add\":[\"a.txt\"]},"
    "{\"message\":\"two\\n\",\"author\":\"Bob\",\"email\":\"bob@example.com\","
    "\"time\":\"2023-11-14T22:23:20Z\"}]";

static char first[41], second[41];
static char login[128];
static struct json *token;
static struct server *http; /* NULL: the remote is a path */

static void copy_sha(char to[41], const struct json *from)
{
    assert_int_equal(snprintf(to, 41, "%s", json_str(from)), 40);
}

static const char *origin(const struct kit *k)
{
    return kit_path(k->dir, "origin.git");
}

static void set_url(const struct kit *k, const char *url)
{
    git(k->root, "config", "remote.origin.url", url, NULL);
}

static int enter_path(void **state)
{
    struct err err = {0};
    struct json *list = kit_json(commits), *shas = NULL;
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    http = NULL;
    k->effect = EFFECT_REMOTE;
    kit_put(k->root, "a.txt", "1\n");
    kit_put(k->root, "b.txt", "2\n");
    const struct fixture_origin there = {origin(k), NULL};
    if (fixture_repo_init(k->root, &there, list, &shas, &err) != ST_OK ||
        vault_put(k->vault, "GIT_TOKEN", span_of(TOKEN), &token, &err) != ST_OK)
        fail_msg("%s", err.msg);
    copy_sha(first, json_first(shas));
    copy_sha(second, json_next(json_first(shas)));
    json_free(shas);
    json_free(list);
    return 0;
}

static int enter_http(void **state)
{
    struct buf text = {0};
    if (enter_path(state) != 0)
        return -1;
    struct kit *k = *state;
    buf_str(&text, "Basic ");
    base64_encode(span_of("x-access-token:" TOKEN), &text);
    snprintf(login, sizeof login, "%s", buf_cstr(&text));
    buf_release(&text);
    http = serve_git(k, k->dir, login);
    buf_printf(&text, "http://127.0.0.1:%d/origin.git", http->port);
    set_url(k, buf_cstr(&text));
    buf_release(&text);
    return 0;
}

/* The same behind a proxy that speaks TLS and HTTP/2, its CA trusted. */
static int enter_https(void **state)
{
    char url[64];
    if (enter_http(state) != 0)
        return -1;
    struct kit *k = *state;
    trust_nobody();
    trust("SSL_CERT_FILE", "ca.pem");
    snprintf(url, sizeof url, "https://localhost:%d/origin.git",
             proxy_start(k, "h2,http/1.1", "server.pem", http->port));
    set_url(k, url);
    return 0;
}

static int leave_remote(void **state)
{
    proxy_stop();
    json_free(token);
    token = NULL;
    return leave(state);
}

/* op with the options given as JSON, and the token. */
static void call(struct kit *k, const char *op, const char *opts)
{
    struct json *args = json_new(JSON_OBJECT);
    struct json *o = json_put(args, "opts", kit_json(opts));
    json_put(o, "token", json_copy(token));
    kit_perform(k, op, args);
    assert_null(strstr(k->err.msg, TOKEN));
    assert_null(*login ? strstr(k->err.msg, login + 6) : NULL);
}

static void assert_ok(const struct kit *k)
{
    if (k->err.st != ST_OK)
        fail_msg("%s", k->err.msg);
}

/* The answer, with %1 and %2 for the fixture's commits and %3 for more. */
static void assert_answer(const struct kit *k, const char *expected,
                          const char *third)
{
    struct buf text = {0};
    assert_ok(k);
    for (const char *p = expected; *p; p++)
        if (*p == '%' && p[1] >= '1' && p[1] <= '3')
            buf_str(&text, *++p == '1' ? first : *p == '2' ? second : third);
        else
            buf_char(&text, *p);
    assert_value(k, buf_cstr(&text));
    buf_release(&text);
}

/* What rev is in a repository; "" for nothing. */
static const char *sha_in(struct kit *k, const char *dir, const char *rev)
{
    static char sha[41];
    char root[sizeof k->root];
    memcpy(root, k->root, sizeof root);
    if (dir != k->root)
        snprintf(k->root, sizeof k->root, "%s", dir);
    kit_call(k, "git.show", "{\"rev\":\"%s\"}", rev);
    memcpy(k->root, root, sizeof root);
    snprintf(sha, sizeof sha, "%s", json_get_str(k->value, "sha", ""));
    return sha;
}

static const char *commit(struct kit *k, const char *text)
{
    static char sha[41];
    kit_put(k->root, "a.txt", text);
    kit_call(k, "git.commit", "{\"opts\":{\"message\":\"more\",\"all\":true}}");
    assert_ok(k);
    copy_sha(sha, json_get(k->value, "sha"));
    return sha;
}

/* Somebody else's clone. */
static const char *other(const struct kit *k)
{
    const char *dir = kit_path(k->outside, "clone");
    git(k->dir, "clone", "-q", origin(k), dir, NULL);
    return dir;
}

static const char *elsewhere_pushed(struct kit *k, const char *branch)
{
    static char sha[41];
    char dir[128];
    snprintf(dir, sizeof dir, "%s", other(k));
    git(dir, "checkout", "-q", "-B", branch, NULL);
    git(dir, "commit", "-q", "--allow-empty", "-m", "elsewhere", NULL);
    git(dir, "push", "-q", "origin", branch, NULL);
    snprintf(sha, sizeof sha, "%s", sha_in(k, dir, "HEAD"));
    struct err err = {0};
    assert_int_equal(file_remove_tree(dir, &err), ST_OK);
    return sha;
}

/* --- fetch --- */

static void fetches_and_prunes(void **state)
{
    struct kit *k = *state;
    call(k, "git.fetch", "{}");
    assert_answer(k, "{\"updated\":[],\"pruned\":[]}", "");
    const char *sha = elsewhere_pushed(k, "topic");
    git(origin(k), "tag", "v1", "main~1", NULL);
    call(k, "git.fetch", "{\"tags\":true}");
    assert_answer(k,
                  "{\"updated\":[{\"name\":\"refs/remotes/origin/topic\","
                  "\"from\":null,\"to\":\"%3\"},{\"name\":\"refs/tags/v1\","
                  "\"from\":null,\"to\":\"%1\"}],\"pruned\":[]}",
                  sha);
    assert_string_equal(sha_in(k, k->root, "origin/topic"), sha);
    git(origin(k), "branch", "-f", "topic", "main~1", NULL);
    call(k, "git.fetch", "{\"remote\":\"origin\"}");
    struct buf moved = {0};
    buf_printf(&moved,
               "{\"updated\":[{\"name\":\"refs/remotes/origin/topic\","
               "\"from\":\"%s\",\"to\":\"%s\"}],\"pruned\":[]}",
               sha, first);
    assert_answer(k, buf_cstr(&moved), "");
    buf_release(&moved);
    git(origin(k), "branch", "-q", "-D", "topic", NULL);
    call(k, "git.fetch", "{\"prune\":false}");
    assert_answer(k, "{\"updated\":[],\"pruned\":[]}", "");
    call(k, "git.fetch", "{\"all\":true}");
    assert_answer(
        k, "{\"updated\":[],\"pruned\":[\"refs/remotes/origin/topic\"]}", "");
    git(k->root, "fsck", "--strict", NULL);
}

static void fetches_what_is_named(void **state)
{
    struct kit *k = *state;
    const char *sha = elsewhere_pushed(k, "topic");
    call(k, "git.fetch",
         "{\"refspecs\":[\"refs/heads/topic:refs/heads/mine\"]}");
    assert_ok(k);
    assert_string_equal(sha_in(k, k->root, "mine"), sha);
    call(k, "git.fetch", "{\"remote\":\"none\"}");
    assert_error(k, ST_FAILED, "no remote is called none (git remote add)");
    call(k, "git.fetch", "{\"refspecs\":[\"a:b:c\"]}");
    assert_error(k, ST_FAILED, "cannot fetch from origin");
    static const char *const into_head[] = {"topic:main",
                                            "refs/heads/topic:refs/heads/main",
                                            "+refs/heads/*:refs/heads/*"};
    for (size_t i = 0; i < sizeof into_head / sizeof *into_head; i++) {
        struct buf opts = {0};
        buf_printf(&opts, "{\"refspecs\":[\"%s\"]}", into_head[i]);
        call(k, "git.fetch", buf_cstr(&opts));
        buf_release(&opts);
        assert_error(k, ST_FAILED, "would move main, which is checked out");
    }
}

/* --- push --- */

static void pushes_new_and_forward(void **state)
{
    struct kit *k = *state;
    const char *sha = commit(k, "more\n");
    call(k, "git.push", "{\"refs\":[\"main\",\"main:refs/heads/next\"]}");
    struct buf rows = {0};
    buf_printf(&rows,
               "{\"refs\":[{\"name\":\"refs/heads/main\",\"sha\":\"%s\","
               "\"old\":\"%s\"},{\"name\":\"refs/heads/next\",\"sha\":\"%s\","
               "\"old\":null}]}",
               sha, second, sha);
    assert_answer(k, buf_cstr(&rows), "");
    buf_release(&rows);
    assert_string_equal(sha_in(k, origin(k), "main"), sha);
    assert_string_equal(sha_in(k, origin(k), "next"), sha);
    assert_string_equal(sha_in(k, k->root, "origin/main"), sha);
    call(k, "git.push", "{\"refs\":[\"HEAD\"]}"); /* as after a crash */
    assert_answer(k,
                  "{\"refs\":[{\"name\":\"refs/heads/main\",\"sha\":\"%3\","
                  "\"old\":\"%3\"}]}",
                  sha);
    git(origin(k), "fsck", "--strict", NULL);
}

static void pushes_tags(void **state)
{
    struct kit *k = *state;
    kit_call(k, "git.tag", "{\"name\":\"v1\",\"opts\":{\"message\":\"One\"}}");
    kit_call(k, "git.tag", "{\"name\":\"v0\",\"opts\":{\"at\":\"HEAD~1\"}}");
    call(k, "git.push", "{\"refs\":[\"refs/tags/v1\",\"v0\"]}");
    assert_ok(k);
    assert_string_equal(sha_in(k, origin(k), "v1"), second);
    assert_string_equal(sha_in(k, origin(k), "v0"), first);
    kit_call(k, "git.tag", "{\"name\":\"v0\",\"opts\":{\"force\":true}}");
    call(k, "git.push", "{\"refs\":[\"v0\"]}");
    assert_error(k, ST_FAILED, "origin has another refs/tags/v0");
    call(k, "git.push", "{\"refs\":[\"+v0\"]}");
    assert_ok(k);
    assert_string_equal(sha_in(k, origin(k), "v0"), second);
}

static void pushes_what_is_behind(void **state)
{
    struct kit *k = *state;
    const char *there = elsewhere_pushed(k, "main");
    const char *here = commit(k, "mine\n");
    git(k->root, "branch", "-q", "free", NULL);
    call(k, "git.push", "{\"refs\":[\"free\",\"main\"]}");
    assert_error(k, ST_FAILED,
                 "origin has commits in refs/heads/main that are not in "
                 "refs/heads/main (non-fast-forward): git.fetch first; nothing "
                 "was pushed");
    assert_string_equal(sha_in(k, origin(k), "main"), there);
    assert_string_equal(sha_in(k, origin(k), "free"), "");
    call(k, "git.fetch", "{}");
    assert_ok(k);
    call(k, "git.push", "{\"refs\":[\"main\"]}"); /* known, and yet not ours */
    assert_error(k, ST_FAILED, "non-fast-forward");
    call(k, "git.push", "{\"refs\":[\"+main\"]}");
    struct buf row = {0};
    buf_printf(&row,
               "{\"refs\":[{\"name\":\"refs/heads/main\",\"sha\":\"%s\","
               "\"old\":\"%s\"}]}",
               here, there);
    assert_answer(k, buf_cstr(&row), "");
    buf_release(&row);
    assert_string_equal(sha_in(k, origin(k), "main"), here);
}

static void deletes(void **state)
{
    struct kit *k = *state;
    git(origin(k), "branch", "gone", "main~1", NULL);
    call(k, "git.push", "{\"refs\":[\":gone\"]}");
    assert_answer(k,
                  "{\"refs\":[{\"name\":\"refs/heads/gone\",\"sha\":null,"
                  "\"old\":\"%1\"}]}",
                  "");
    assert_string_equal(sha_in(k, origin(k), "gone"), "");
    call(k, "git.push", "{\"refs\":[\":gone\"]}");
    assert_answer(k,
                  "{\"refs\":[{\"name\":\"refs/heads/gone\",\"sha\":null,"
                  "\"old\":null}]}",
                  "");
}

static void calls_that_are_wrong(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *opts;
        enum status st;
        const char *message;
    } rows[] = {
        {"{}", ST_INPUT, "git.push needs refs"},
        {"{\"refs\":[]}", ST_INPUT, "git.push needs refs"},
        {"{\"refs\":[\":\"]}", ST_INPUT, "is none of: branch, tag"},
        {"{\"refs\":[\"+\"]}", ST_INPUT, "is none of: branch, tag"},
        {"{\"refs\":[\"main:\"]}", ST_INPUT, "is none of: branch, tag"},
        {"{\"refs\":[\"none\"]}", ST_FAILED, "no branch or tag is called none"},
        {"{\"refs\":[\"main:a..b\"]}", ST_INPUT, "is no name"},
        {"{\"refs\":[\"main\",\"+main\"]}", ST_INPUT, "named twice"},
        {"{\"refs\":[\"main\"],\"force\":true}", ST_INPUT,
         "there is no option 'force'"},
        {"{\"refs\":[\"main\"],\"remote\":\"none\"}", ST_FAILED,
         "no remote is called none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        call(k, "git.push", rows[i].opts);
        assert_error(k, rows[i].st, rows[i].message);
    }
}

/* Over what a block may ask of http.request. */
static void large_packs(void **state)
{
    struct kit *k = *state;
    static char noise[17 << 20];
    struct err err = {0};
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        x = x * 1664525 + 1013904223;
        noise[i] = (char)(x >> 24);
    }
    assert_int_equal(file_write(kit_path(k->root, "noise"),
                                (struct span){noise, sizeof noise}, &err),
                     ST_OK);
    kit_call(k, "git.commit",
             "{\"opts\":{\"message\":\"noise\",\"paths\":[\"noise\"]}}");
    assert_ok(k);
    call(k, "git.push", "{\"refs\":[\"main:noise\"]}");
    assert_ok(k);
    char sha[41];
    snprintf(sha, sizeof sha, "%s", sha_in(k, k->root, "main"));
    git(k->root, "update-ref", "-d", "refs/remotes/origin/noise", NULL);
    git(k->root, "reset", "-q", "--hard", "HEAD~1", NULL);
    git(k->root, "reflog", "expire", "--expire=now", "--all", NULL);
    git(k->root, "gc", "-q", "--prune=now", NULL);
    assert_string_equal(sha_in(k, k->root, sha), "");
    call(k, "git.fetch", "{}");
    assert_ok(k);
    assert_string_equal(sha_in(k, k->root, "origin/noise"), sha);
}

/* --- hooks --- */

static void add_hook(const struct kit *k, const char *name, const char *text)
{
    char file[64];
    struct err err = {0};
    snprintf(file, sizeof file, "origin.git/hooks/%s", name);
    assert_int_equal(file_mkdirs(kit_path(k->dir, "origin.git/hooks"), &err),
                     ST_OK);
    kit_put(k->dir, file, text);
    assert_int_equal(chmod(kit_path(k->dir, file), 0755), 0);
}

static void hook_refuses(void **state)
{
    struct kit *k = *state;
    add_hook(k, "update",
             "#!/bin/sh\n"
             "[ \"$1\" = refs/heads/main ] || exit 0\n"
             "echo 'No pushes to main on Fridays.' >&2\nexit 1\n");
    commit(k, "more\n");
    call(k, "git.push", "{\"refs\":[\"main\",\"main:side\"]}");
    assert_error(k, ST_FAILED,
                 "origin refused refs/heads/main: hook declined (No pushes to "
                 "main on Fridays.");
    assert_string_equal(sha_in(k, origin(k), "main"), second);
}

/* It says yes, and then does something else. */
static void hook_undoes(void **state)
{
    struct kit *k = *state;
    add_hook(k, "post-receive",
             "#!/bin/sh\ngit update-ref refs/heads/main refs/heads/main~1\n");
    commit(k, "more\n");
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "has somebody else pushed?");
}

static void hooks_of_a_path(void **state)
{
    struct kit *k = *state;
    add_hook(k, "pre-receive", "#!/bin/sh\nexit 1\n");
    commit(k, "more\n");
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "has a pre-receive hook, which would not run");
    assert_string_equal(sha_in(k, origin(k), "main"), second);
}

/* --- who may --- */

static void token_is_asked_for(void **state)
{
    struct kit *k = *state;
    static const char *const ops[] = {"git.fetch", "git.push"};
    struct err err = {0};
    for (size_t i = 0; i < 2; i++) {
        kit_call(k, ops[i], "{\"opts\":{%s}}", i ? "\"refs\":[\"main\"]" : "");
        assert_error(k, ST_FAILED,
                     "origin: it wants to know who asks: pass a token: status "
                     "401");
        kit_call(k, ops[i], "{\"opts\":{%s\"token\":\"" TOKEN "\"}}",
                 i ? "\"refs\":[\"main\"]," : "");
        assert_error(k, ST_INPUT, "token must be a secret, from secret.get");
    }
    json_free(token);
    assert_int_equal(vault_put(k->vault, "OLD_TOKEN",
                               span_of("expired-0123456789"), &token, &err),
                     ST_OK);
    call(k, "git.fetch", "{}");
    assert_error(k, ST_FAILED,
                 "cannot fetch from origin: it does not take the token: is it "
                 "valid and not expired: status 401");
    assert_null(strstr(k->err.msg, "expired-0123456789"));
}

/* What is sent is known to redaction, and nowhere on the disk. */
static void token_stays_secret(void **state)
{
    struct kit *k = *state;
    struct buf safe = {0}, config = {0};
    struct err err = {0};
    call(k, "git.fetch", "{}");
    assert_ok(k);
    assert_non_null(strstr(asked(http), login));
    assert_non_null(strcasestr(asked(http), "\r\nuser-agent: git/"));
    redact_bytes(vault_redact(k->vault), span_of(login), &safe);
    assert_null(strstr(buf_cstr(&safe), login + 6));
    assert_int_equal(
        file_read(kit_path(k->root, ".git/config"), 1 << 16, &config, &err),
        ST_OK);
    assert_null(strstr(buf_cstr(&config), login + 6));
    buf_release(&safe);
    buf_release(&config);
}

static struct server *redirect_to(const struct kit *k, const char *host,
                                  int port)
{
    struct buf reply = {0};
    buf_printf(&reply,
               "HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nConnection: close"
               "\r\nLocation: http://%s:%d/origin.git/info/refs?service="
               "git-upload-pack\r\n\r\n",
               host, port);
    struct server *s = say(k, buf_cstr(&reply));
    buf_release(&reply);
    return s;
}

static void redirects_lose_the_token(void **state)
{
    struct kit *k = *state;
    struct buf url = {0};
    struct server *away = redirect_to(k, "localhost", http->port);
    buf_printf(&url, "http://127.0.0.1:%d/origin.git", away->port);
    set_url(k, buf_cstr(&url));
    buf_release(&url);
    call(k, "git.fetch", "{}");
    assert_error(k, ST_FAILED, "cannot fetch from origin");
    assert_non_null(strstr(asked(away), login));
    assert_non_null(strstr(asked(http), "GET /origin.git/info/refs"));
    assert_null(strcasestr(asked(http), "authorization"));
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "cannot push to origin");
    assert_null(strcasestr(asked(http), "authorization"));
}

/* Every remote is fetched, and one alone is told the token. */
static void token_is_for_one_remote(void **state)
{
    struct kit *k = *state;
    struct buf url = {0};
    struct server *foreign =
        say(k, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
               "Content-Length: 5\r\nConnection: close\r\n\r\nhello");
    buf_printf(&url, "http://127.0.0.1:%d/x.git", foreign->port);
    git(k->root, "remote", "add", "foreign", buf_cstr(&url), NULL);
    buf_release(&url);
    call(k, "git.fetch", "{\"all\":true}");
    assert_error(k, ST_FAILED,
                 "cannot fetch from foreign: what answers there is not git");
    assert_non_null(strstr(asked(foreign), "GET /x.git/info/refs"));
    assert_null(strcasestr(asked(foreign), "authorization"));
    assert_non_null(strstr(asked(http), login));
}

/* Nothing is told to a host that cannot show who it is. */
static void certificates_are_checked(void **state)
{
    struct kit *k = *state;
    trust("SSL_CERT_FILE", "own.crt");
    call(k, "git.fetch", "{}");
    assert_error(k, ST_FAILED,
                 "the issuer of its certificate is unknown here: name its "
                 "CA's file in SSL_CERT_FILE");
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "the issuer of its certificate is unknown");
    assert_string_equal(asked(http), "");
}

static void services_that_refuse(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *reply, *message;
    } rows[] = {
        {"403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 12"
         "\r\n\r\nNot for you.",
         "does not allow it: may the token write to this repository: status "
         "403 (Not for you.)"},
        {"404 Not Found\r\nContent-Length: 0\r\n\r\n",
         "has no such repository, or none that the token may see: status 404"},
        {"418 Teapot\r\nContent-Length: 0\r\n\r\n",
         "it cannot do it now: status 418"},
        {"200 OK\r\nContent-Type: application/x-git-receive-pack-"
         "advertisement\r\nContent-Length: 4\r\n\r\nzzzz",
         "cannot push to origin"},
        {"200 OK\r\nContent-Type: application/x-git-receive-pack-"
         "advertisement\r\nContent-Length: 0\r\n\r\n",
         "cannot push to origin"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = {0};
        buf_printf(&text, "HTTP/1.1 %s", rows[i].reply);
        n_servers = 1;
        struct server *s = say(k, buf_cstr(&text));
        buf_clear(&text);
        buf_printf(&text, "http://127.0.0.1:%d/origin.git", s->port);
        set_url(k, buf_cstr(&text));
        buf_release(&text);
        call(k, "git.push", "{\"refs\":[\"main\"]}");
        assert_error(k, ST_FAILED, rows[i].message);
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
    }
    n_servers = 1;
}

/* --- where to --- */

static void urls(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *url;
        enum status st;
        const char *message;
    } rows[] = {
        {"http://git.example/x.git", ST_REFUSED, "over plain http"},
        {"http://127.0.0.1@git.example/x.git", ST_REFUSED, "over plain http"},
        {"http://127.0.0.1.git.example/x.git", ST_REFUSED, "over plain http"},
        {"git://git.example/x.git", ST_FAILED, "https, ssh or a path"},
        {"ssh://git@git.example/x.git", ST_FAILED,
         "no ssh agent is running: start one and add your key (ssh-add)"},
        {"git@git.example:x.git", ST_FAILED, "no ssh agent is running"},
        {"../none.git", ST_FAILED,
         "there is no repository at the path of origin"},
        {"file:///nonexistent/x.git", ST_FAILED,
         "there is no repository at the path of origin"},
    };
    unsetenv("SSH_AUTH_SOCK");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_url(k, rows[i].url);
        call(k, "git.fetch", "{}");
        assert_error(k, rows[i].st, rows[i].message);
        call(k, "git.push", "{\"refs\":[\"main\"]}");
        assert_error(k, rows[i].st, rows[i].message);
    }
    setenv("SSH_AUTH_SOCK", "/nonexistent/agent", 1);
    set_url(k, "git@git.example:x.git");
    call(k, "git.fetch", "{}");
    assert_error(k, ST_FAILED, "no ssh agent is running");
    unsetenv("SSH_AUTH_SOCK");
}

static void file_urls(void **state)
{
    struct kit *k = *state;
    struct buf url = {0};
    buf_printf(&url, "file://%s", origin(k));
    set_url(k, buf_cstr(&url));
    buf_release(&url);
    const char *sha = commit(k, "more\n");
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_ok(k);
    assert_string_equal(sha_in(k, origin(k), "main"), sha);
    call(k, "git.fetch", "{}");
    assert_answer(k, "{\"updated\":[],\"pruned\":[]}", "");
}

static void rewritten_urls(void **state)
{
    struct kit *k = *state;
    struct buf key = {0};
    buf_printf(&key, "url.%s/.insteadOf", k->dir);
    git(k->root, "config", buf_cstr(&key), "short:", NULL);
    git(k->root, "config", "--add", buf_cstr(&key), "sh", NULL);
    buf_clear(&key);
    buf_str(&key, "url.../nowhere/.pushInsteadOf");
    git(k->root, "config", buf_cstr(&key), "short:", NULL);
    buf_release(&key);
    set_url(k, "short:origin.git");
    call(k, "git.fetch", "{}");
    assert_ok(k);
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "there is no repository at the path of origin");
    git(k->root, "config", "remote.origin.pushurl", "../origin.git", NULL);
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_ok(k);
}

static void work_trees_take_no_push(void **state)
{
    struct kit *k = *state;
    const char *dir = other(k);
    commit(k, "more\n");
    set_url(k, dir);
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "it is a work tree, not a bare repository");
}

/* --- clones that libgit2 cannot read --- */

static void shallow_clone(void **state)
{
    struct kit *k = *state;
    struct buf url = {0};
    const char *dir = kit_path(k->outside, "shallow");
    buf_printf(&url, "file://%s", origin(k));
    git(k->dir, "clone", "-q", "--depth=1", buf_cstr(&url), dir, NULL);
    buf_release(&url);
    snprintf(k->root, sizeof k->root, "%s", dir);
    static const struct {
        const char *op, *args, *message;
    } rows[] = {
        {"git.log", "{}", "cannot read the log: this is a shallow clone"},
        {"git.merge_base", "{\"a\":\"HEAD\",\"b\":\"HEAD\"}",
         "cannot compare the two commits: this is a shallow clone"},
        {"git.ahead_behind", "{\"a\":\"HEAD\",\"b\":\"HEAD\"}",
         "cannot compare the two commits: this is a shallow clone"},
        {"git.cherry_pick", "{\"rev\":\"HEAD\"}",
         "cannot cherry-pick: this is a shallow clone"},
        {"git.fetch", "{}", "cannot fetch from origin: this is a shallow"},
        {"git.push", "{\"opts\":{\"refs\":[\"main\"]}}",
         "cannot push to origin: this is a shallow clone"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kit_call(k, rows[i].op, "%s", rows[i].args);
        assert_error(k, ST_FAILED, rows[i].message);
        assert_error(k, ST_FAILED, "git fetch --unshallow");
    }
    kit_call(k, "git.show", "{\"rev\":\"HEAD\",\"path\":\"a.txt\"}");
    assert_value(k, "\"1\\n\"");
}

/* It may belong to somebody else, too. */
static void foreign_remote(void **state)
{
    struct kit *k = *state;
    if (geteuid() != 0) {
        print_message("only root can give a repository away: not root\n");
        assert_int_not_equal(chown(origin(k), 12345, 12345), 0);
        return;
    }
    assert_int_equal(chown(origin(k), 12345, 12345), 0);
    call(k, "git.fetch", "{}");
    assert_error(k, ST_FAILED, "safe.directory");
    call(k, "git.push", "{\"refs\":[\"main\"]}");
    assert_error(k, ST_FAILED, "safe.directory");
}

static void interrupted_in_time(void **state)
{
    struct kit *k = *state;
    struct server *silent = say(k, "");
    struct buf url = {0};
    buf_printf(&url, "http://127.0.0.1:%d/origin.git", silent->port);
    set_url(k, buf_cstr(&url));
    buf_release(&url);
    k->budget_ms = 300;
    call(k, "git.fetch", "{}");
    assert_error(k, ST_TIMEOUT, "in the time left");
}

#define PATH(f)                                                                \
    {                                                                          \
#f " (path)", f, enter_path, leave_remote, NULL                        \
    }
#define HTTP(f)                                                                \
    {                                                                          \
#f " (http)", f, enter_http, leave_remote, NULL                        \
    }

#define HTTPS(f)                                                               \
    {                                                                          \
#f " (https)", f, enter_https, leave_remote, NULL                      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        PATH(fetches_and_prunes),
        HTTP(fetches_and_prunes),
        HTTPS(fetches_and_prunes),
        PATH(fetches_what_is_named),
        HTTP(fetches_what_is_named),
        PATH(pushes_new_and_forward),
        HTTP(pushes_new_and_forward),
        HTTPS(pushes_new_and_forward),
        PATH(pushes_tags),
        HTTP(pushes_tags),
        PATH(pushes_what_is_behind),
        HTTP(pushes_what_is_behind),
        HTTPS(pushes_what_is_behind),
        PATH(deletes),
        HTTP(deletes),
        PATH(calls_that_are_wrong),
        HTTP(large_packs),
        HTTPS(large_packs),
        HTTP(hook_refuses),
        HTTP(hook_undoes),
        PATH(hooks_of_a_path),
        HTTP(token_is_asked_for),
        HTTPS(token_is_asked_for),
        HTTP(token_stays_secret),
        HTTPS(token_stays_secret),
        HTTP(redirects_lose_the_token),
        HTTP(token_is_for_one_remote),
        HTTPS(certificates_are_checked),
        HTTP(services_that_refuse),
        PATH(urls),
        PATH(file_urls),
        PATH(rewritten_urls),
        PATH(work_trees_take_no_push),
        PATH(shallow_clone),
        PATH(foreign_remote),
        PATH(interrupted_in_time),
    };
    return cmocka_run_group_tests(tests, tls_make, tls_remove);
}
