/* Finds where a candidate begins and ends, and whether it is a secret. */
#include "leak.h"

#include <strings.h>

#include "hash.h"
#include "json.h"

#define WORD "A-Za-z0-9_"
#define BASE64URL "A-Za-z0-9_-"

/* A set as in "A-Za-z0-9_-"; '-' at its end is itself. */
static bool in_set(const char *set, char c)
{
    for (; *set; set++) {
        bool range = set[1] == '-' && set[2];
        if (range ? c >= set[0] && c <= set[2] : c == *set)
            return true;
        set += range ? 2 : 0;
    }
    return false;
}

static size_t run_of(struct span s, size_t at, const char *set, size_t most)
{
    size_t n = 0;
    while (n < most && at + n < s.n && in_set(set, s.p[at + n]))
        n++;
    return n;
}

/* How many characters of set stand just before at. */
static size_t run_before(struct span s, size_t at, const char *set, size_t most)
{
    size_t n = 0;
    while (n < most && n < at && in_set(set, s.p[at - n - 1]))
        n++;
    return n;
}

/* Nothing of a longer word stands before at, unless it is an escape's letter:
 * "\n" and "\t" in a quoted text. */
static bool is_fresh(struct span s, size_t at)
{
    return at == 0 || !in_set(WORD, s.p[at - 1]) ||
           (at >= 2 && s.p[at - 2] == '\\' && strchr("nrt", s.p[at - 1]));
}

static bool is_at(struct span s, size_t at, const char *text)
{
    size_t n = strlen(text);
    return at <= s.n && s.n - at >= n && memcmp(s.p + at, text, n) == 0;
}

/* --- a token: behind how it begins stand `least` characters --- */

static bool find_token(const struct leak_line *l, struct span s, size_t end,
                       struct leak *out)
{
    size_t body = end - l->least;
    for (const char *const *w = l->words; *w; w++) {
        size_t n = strlen(*w);
        if (body < n || !is_at(s, body - n, *w) || !is_fresh(s, body - n))
            continue;
        size_t more = run_of(s, body, l->set, l->most + 1);
        if (more > l->most)
            return false;
        *out = (struct leak){body - n, body + more,
                             span_sub(s, body - n, body + more)};
        return !leak_is_placeholder(span_sub(s, body, body + more));
    }
    return false;
}

/* --- NAME = value: the value's first `least` characters end there --- */

/* The value as a whole, which nothing follows that makes it an expression. */
static bool find_value(const struct leak_line *l, struct span s, size_t end,
                       struct leak *out)
{
    size_t begin = end - l->least;
    size_t more = run_of(s, begin, l->set, l->most + 1);
    size_t after = begin + more;
    if (more > l->most || (begin && in_set(l->set, s.p[begin - 1]) &&
                           !strchr("=:", s.p[begin - 1])))
        return false;
    if (after < s.n && strchr(".([{$%@:", s.p[after]) && s.p[after])
        return false;
    *out = (struct leak){begin, after, span_sub(s, begin, after)};
    return true;
}

static bool find_assigned(const struct leak_line *l, struct span s, size_t end,
                          struct leak *out)
{
    return find_value(l, s, end, out) && !leak_is_placeholder(out->secret) &&
           leak_entropy(out->secret) >= 3.0;
}

static bool find_random(const struct leak_line *l, struct span s, size_t end,
                        struct leak *out)
{
    return find_value(l, s, end, out) && leak_is_random(out->secret) &&
           out->secret.p[0] != '/' && out->secret.p[0] != '-';
}

/* --- scheme://user:password@: behind the password's first character ---- */

#define USER_MOST 80
#define PASSWORD_MOST 512

/* The last '@' before the path: a password may hold one. 0 without any. */
static size_t find_host(struct span s, size_t password)
{
    size_t host = 0;
    for (size_t i = password; i < s.n && i < password + PASSWORD_MOST; i++) {
        if ((unsigned char)s.p[i] <= ' ' || strchr("/\"'`<>?#,;", s.p[i]))
            break;
        host = s.p[i] == '@' ? i : host;
    }
    return host;
}

static bool find_dsn(const struct leak_line *l, struct span s, size_t end,
                     struct leak *out)
{
    size_t password = end - 1, user = password - 1;
    while (user > 3 && password - user <= USER_MOST &&
           !is_at(s, user - 3, "://"))
        user--;
    if (!is_at(s, user - 3, "://") || s.p[password - 1] != ':')
        return false;
    size_t host = find_host(s, password);
    size_t scheme = run_before(s, user - 3, "A-Za-z0-9+", 16);
    (void)l;
    *out = (struct leak){user - 3 - scheme, host, span_sub(s, password, host)};
    return host && leak_is_password(span_sub(s, user, password - 1),
                                    out->secret, span_sub(s, host + 1, s.n));
}

/* --- head.payload.signature: behind ".eyJ" and eight more ----------------- */

#define JWT_END 12

/* Base64url without padding, RFC 7515. */
static bool decode_url(struct span text, struct buf *out)
{
    struct buf plain = {0};
    for (size_t i = 0; i < text.n; i++)
        buf_char(&plain, text.p[i] == '-'   ? '+'
                         : text.p[i] == '_' ? '/'
                                            : text.p[i]);
    while (plain.n % 4)
        buf_char(&plain, '=');
    bool ok = base64_decode(buf_view(&plain), out);
    buf_release(&plain);
    return ok;
}

static bool payload_says(struct span payload, const char *member,
                         const char *value)
{
    struct buf text = {0};
    struct json *j = NULL;
    struct err ignored = {0};
    bool ok = decode_url(payload, &text) &&
              json_parse(buf_view(&text), &j, &ignored) == ST_OK &&
              strcmp(json_get_str(j, member, ""), value) == 0;
    json_free(j);
    buf_release(&text);
    return ok;
}

static bool find_jwt(const struct leak_line *l, struct span s, size_t end,
                     struct leak *out)
{
    size_t dot = end - JWT_END;
    size_t head = run_before(s, dot, BASE64URL, 2048);
    size_t payload = run_of(s, dot + 1, BASE64URL, 8192);
    size_t dot2 = dot + 1 + payload;
    size_t sign =
        is_at(s, dot2, ".") ? run_of(s, dot2 + 1, BASE64URL, 2048) : 0;
    *out = (struct leak){dot - head, dot2 + 1 + sign, {0}};
    if (sign < 20 || !is_at(s, dot - head, "eyJ"))
        return false;
    out->secret = span_sub(s, out->begin, out->end);
    return payload_says(span_sub(s, dot + 1, dot2), l->words[0], l->words[1]);
}

/* --- -----BEGIN … KEY-----: behind it --- */

#define LABEL_MOST 60
#define KEY_CHARS "A-Za-z0-9+/="
/* Line ends, also as escapes, indents, quotes, what a diff or a comment puts
 * before a line; and "Proc-Type: 4,ENCRYPTED". */
#define KEY_BETWEEN " \t\r\n\\\"'>|#*,:-"

/* What looks like the base64 of a key, and where it ends. */
static size_t key_bytes(struct span s, size_t at, size_t *end)
{
    size_t bytes = 0;
    while (at < s.n && at < *end) {
        if (is_at(s, at, "-----END"))
            break;
        size_t run = run_of(s, at, KEY_CHARS, *end - at);
        bytes += run >= 16 ? run : 0;
        at += run ? run : 1;
        if (!run && !strchr(KEY_BETWEEN, s.p[at - 1]))
            break;
    }
    *end = at;
    return bytes;
}

/* The label's words, each with what follows it, end at end. */
static bool is_label(const struct leak_line *l, struct span s, size_t end)
{
    struct buf label = {0};
    for (size_t i = 0; l->words[i]; i++)
        buf_printf(&label, "%s%s", i ? " " : "", l->words[i]);
    buf_str(&label, "-----");
    bool is = end >= label.n && is_at(s, end - label.n, buf_cstr(&label));
    buf_release(&label);
    return is;
}

static bool find_block(const struct leak_line *l, struct span s, size_t end,
                       struct leak *out)
{
    size_t begin = end;
    while (begin && end - begin < LABEL_MOST && !is_at(s, begin, "-----BEGIN "))
        begin--;
    size_t stop = end + LEAK_MOST / 2;
    size_t bytes = key_bytes(s, end, &stop);
    *out = (struct leak){begin, stop, span_sub(s, end, stop)};
    return is_label(l, s, end) && is_at(s, begin, "-----BEGIN ") &&
           bytes >= 40 && !leak_is_placeholder(out->secret);
}

bool leak_at(const struct leak_line *l, struct span text, size_t end,
             struct leak *out)
{
    static bool (*const find[LEAK_KINDS])(const struct leak_line *l,
                                          struct span s, size_t end,
                                          struct leak *out) = {
        [LEAK_TOKEN] = find_token,   [LEAK_ASSIGNED] = find_assigned,
        [LEAK_RANDOM] = find_random, [LEAK_DSN] = find_dsn,
        [LEAK_JWT] = find_jwt,       [LEAK_BLOCK] = find_block,
    };
    return end <= text.n && end >= l->least && find[l->kind](l, text, end, out);
}
