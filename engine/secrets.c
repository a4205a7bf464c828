/* Fetches secrets from their sources and derives new ones. */
#include "secrets.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "dotenv.h"
#include "file.h"
#include "secrets_part.h"

#define NAMED_MAX_BYTES (64u << 10)

static enum status from_file(const struct search *s, const char *rel,
                             struct json **handle, struct err *err)
{
    struct buf text = {0};
    struct buf value = {0};
    bool there = false;
    bool found = false;
    enum status st = secrets_read_private(s->root, rel, &text, &there, err);
    if (st == ST_OK && there)
        st = dotenv_find(buf_view(&text), rel, s->name, &value, &found, err);
    if (st == ST_OK && found)
        st = vault_put(s->vault, s->name, buf_view(&value), handle, err);
    buf_wipe(&value);
    buf_wipe(&text);
    return st;
}

static enum status from_process(const struct search *s, struct json **handle,
                                struct err *err)
{
    const char *value = getenv(s->name);
    return value && *value
               ? vault_put(s->vault, s->name, span_of(value), handle, err)
               : ST_OK;
}

static enum status from_command(const struct search *s,
                                const struct json *source, struct json **handle,
                                struct err *err)
{
    struct buf value = {0};
    enum status st = secrets_ask_command(s, source, &value, err);
    if (st == ST_OK)
        st = vault_put(s->vault, s->name, buf_view(&value), handle, err);
    buf_wipe(&value);
    return st;
}

static enum status from_source(const struct search *s,
                               const struct json *source, struct json **handle,
                               struct err *err)
{
    const char *word = json_str(source);
    if (word && strcmp(word, "process") == 0)
        return from_process(s, handle, err);
    const char *path = json_str(json_get(source, "file"));
    if (path)
        return from_file(s, path, handle, err);
    if (json_get(source, "command"))
        return from_command(s, source, handle, err);
    return err_set(err, ST_INPUT,
                   "runproof.yaml:%d: a secret source is `process`, {file: "
                   "path} or {command: [program, argument with {name}]}",
                   json_line(source));
}

enum status secrets_get(const struct environment *env,
                        const struct world *world, struct vault *v,
                        const char *name, struct json **handle, struct err *err)
{
    *handle = NULL;
    const struct search s = {env->root, name, v};
    enum status st = ST_OK;
    const char *simulated =
        world ? json_str(json_get(world_secrets(world), name)) : NULL;
    if (simulated)
        st = vault_put(v, name, span_of(simulated), handle, err);
    else if (!world && !env->secrets)
        st = from_process(&s, handle, err);
    const struct json *source = world ? NULL : json_first(env->secrets);
    for (; source && !*handle && st == ST_OK; source = json_next(source))
        st = from_source(&s, source, handle, err);
    if (st == ST_OK && !*handle)
        st = err_set(err, ST_FAILED,
                     "no secret %s in environment %s; add it to one of its "
                     "sources",
                     name, env->name);
    return st;
}

enum status secrets_named(struct vault *v, const char *option, const char *name,
                          const char *source, struct json **handle,
                          struct err *err)
{
    struct buf text = {0};
    enum status st = ST_OK;
    bool from_env = span_starts(span_of(source), "@env:");
    const char *env = from_env ? getenv(source + 5) : NULL;
    if (env)
        buf_str(&text, env);
    else if (from_env)
        st = err_set(err, ST_INPUT, "%s %s: %s is not set in the environment",
                     option, name, source + 5);
    else if (source[0] == '@')
        st = file_read(source + 1, NAMED_MAX_BYTES, &text, err);
    else
        st = err_set(err, ST_INPUT,
                     "%s %s is a secret: pass it as %s=@env:VAR or %s=@file, "
                     "never in the command line",
                     option, name, name, name);
    if (st == ST_OK)
        st = vault_put(v, name, span_trim(buf_view(&text)), handle, err);
    buf_wipe(&text);
    return st;
}

void secrets_know(const struct world *world, struct vault *v)
{
    const struct json *s = json_first(world_secrets(world));
    for (; s; s = json_next(s))
        if (json_span(s).n >= REDACT_MIN_BYTES)
            vault_know(v, json_key(s), json_span(s));
}

enum status secrets_check_page(const struct vault *v, const char *page,
                               struct span source, struct err *err)
{
    const char *name = NULL;
    size_t at = redact_find_known(vault_redact(v), source, &name);
    if (at == source.n)
        return ST_OK;
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += source.p[i] == '\n';
    return err_at(err, ST_INPUT, page, line,
                  "the page itself holds the secret %s; remove it there and "
                  "rotate the secret",
                  name);
}

/* Bytes of a handle or of a plain string. */
static enum status reveal(const struct vault *v, const struct json *j,
                          struct span *out, struct err *err)
{
    if (vault_is_handle(j))
        return vault_reveal(v, j, out, err);
    *out = json_span(j);
    return ST_OK;
}

enum status secrets_equal(const struct vault *v, const struct json *a,
                          const struct json *b, bool *same, struct err *err)
{
    struct span x = {0};
    struct span y = {0};
    enum status st = reveal(v, a, &x, err);
    if (st == ST_OK)
        st = reveal(v, b, &y, err);
    unsigned char differ = x.n != y.n;
    for (size_t i = 0; i < x.n && i < y.n; i++)
        differ |= (unsigned char)(x.p[i] ^ y.p[i]);
    *same = st == ST_OK && !differ;
    return st;
}

enum status secrets_template(struct vault *v, const char *fmt,
                             const struct json *s, struct json **handle,
                             struct err *err)
{
    struct span text = span_of(fmt);
    size_t hole = span_find(text, SPAN("{}"), 0);
    struct span value;
    if (hole == text.n)
        return err_set(err, ST_INPUT,
                       "secret.template: the format needs one {}");
    enum status st = reveal(v, s, &value, err);
    if (st != ST_OK)
        return st;
    struct buf made = {0};
    buf_span(&made, span_sub(text, 0, hole));
    buf_span(&made, value);
    buf_span(&made, span_sub(text, hole + 2, text.n));
    const char *name = vault_name(v, s);
    st = vault_put(v, name ? name : "template", buf_view(&made), handle, err);
    buf_wipe(&made);
    return st;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = memchr(digits, c, sizeof digits - 1);
    int i = at ? (int)(at - digits) : -1;
    return i < 16 ? i : i - 6;
}

/* "%40" back to "@" (RFC 3986); what is no escape stays. */
static void percent_decode(struct span s, struct buf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        bool room = s.p[i] == '%' && i + 2 < s.n;
        int high = room ? hex_digit(s.p[i + 1]) : -1;
        int low = room ? hex_digit(s.p[i + 2]) : -1;
        bool escape = high >= 0 && low >= 0;
        buf_char(out, escape ? (char)(high * 16 + low) : s.p[i]);
        i += escape ? 2 : 0;
    }
}

static void put_part(struct json *o, const char *key, struct span s)
{
    struct buf plain = {0};
    percent_decode(s, &plain);
    if (s.n)
        json_put(o, key, json_new_bytes(buf_view(&plain)));
    buf_release(&plain);
}

static enum status put_handle(struct vault *v, struct json *o, const char *key,
                              const char *name, struct span s, struct err *err)
{
    struct json *handle = NULL;
    struct buf plain = {0};
    percent_decode(s, &plain);
    enum status st =
        s.n ? vault_put(v, name, buf_view(&plain), &handle, err) : ST_OK;
    if (handle)
        json_put(o, key, handle);
    buf_wipe(&plain);
    return st;
}

/* "host:port" or "[::1]:port". */
static void put_host(struct json *o, struct span authority)
{
    struct span host = authority;
    if (span_starts(host, "[")) {
        authority = span_sub(authority, 1, authority.n);
        host = span_cut(&authority, ']');
        authority = span_sub(authority, 1, authority.n);
    } else {
        host = span_cut(&authority, ':');
    }
    put_part(o, "host", host);
    put_part(o, "port", authority);
}

/* scheme://user:password@host:port/database?options */
enum status secrets_dsn(struct vault *v, const struct json *s,
                        struct json **parts, struct err *err)
{
    struct span rest;
    enum status st = reveal(v, s, &rest, err);
    size_t at = st == ST_OK ? span_find(rest, SPAN("://"), 0) : 0;
    if (st == ST_OK && at == rest.n)
        return err_set(err, ST_FAILED,
                       "secret.dsn: not of the form scheme://user:password@"
                       "host:port/database");
    if (st != ST_OK)
        return st;
    struct json *o = *parts = json_new(JSON_OBJECT);
    put_part(o, "scheme", span_sub(rest, 0, at));
    rest = span_sub(rest, at + 3, rest.n);
    rest = span_cut(&rest, '?');
    struct span authority = span_cut(&rest, '/');
    put_part(o, "database", rest);
    struct span password = authority;
    struct span user = {0};
    const char *sign = memrchr(authority.p, '@', authority.n);
    if (sign) {
        size_t n = (size_t)(sign - authority.p);
        password = span_sub(authority, 0, n);
        authority = span_sub(authority, n + 1, authority.n);
        user = span_cut(&password, ':');
    } else {
        password = user;
    }
    put_host(o, authority);
    put_part(o, "user", user);
    const char *name = vault_name(v, s); /* a worker's word is not enough */
    return put_handle(v, o, "password", name ? name : "dsn", password, err);
}

enum status secrets_seal(const struct vault *v, const struct json *key,
                         const struct json *s, enum seal how, struct json **box,
                         struct err *err)
{
    struct span text = {0};
    struct buf point = {0};
    struct buf raw = {0};
    struct buf shown = {0};
    enum status st = reveal(v, s, &text, err);
    bool good = base64_decode(json_span(key), &point) &&
                hash_seal(buf_view(&point), text, how, &raw);
    if (st == ST_OK && !good)
        st = err_set(err, ST_INPUT,
                     "secret.seal: the key is no X25519 public key, %u bytes "
                     "in base64; pass it as the service gives it",
                     SEAL_KEY_BYTES);
    if (st == ST_OK) {
        base64_encode(buf_view(&raw), &shown);
        *box = json_new_bytes(buf_view(&shown));
    }
    buf_release(&point);
    buf_release(&raw);
    buf_release(&shown);
    return st;
}
