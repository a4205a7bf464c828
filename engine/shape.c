/* Finds what looks like a secret. */
#include "shape.h"

#include <strings.h>

#include "hash.h"

#define TOKEN_MOST 4096
#define USER_MOST 256
#define PASSWORD_MOST 512
#define KEY_MOST (SHAPE_OPEN_BYTES / 2)
#define WORD_CHARS "A-Za-z0-9_"
#define TOKEN_CHARS "A-Za-z0-9._~+/=|,:-"
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

static bool starts_at(struct span s, size_t at, const char *text)
{
    size_t n = strlen(text);
    return at <= s.n && s.n - at >= n && memcmp(s.p + at, text, n) == 0;
}

/* Nothing of a longer word stands before at. */
static bool is_fresh(struct span s, size_t at)
{
    return at == 0 || !in_set(WORD_CHARS, s.p[at - 1]);
}

/* --- what stands for a secret, and is none --- */

static bool is_one_letter(struct span s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0])
            return false;
    return true;
}

static bool is_placeholder(struct span s)
{
    static const char *const words[] = {
        "password", "passwd",        "pass",   "pwd",      "secret",
        "token",    "your-password", "user",   "username", "postgres",
        "changeme", "example",       "secret", "pw",       NULL};
    for (const char *const *w = words; *w; w++)
        if (s.n == strlen(*w) && strncasecmp(s.p, *w, s.n) == 0)
            return true;
    return s.n < 3 || strchr("<${[*.", s.p[0]) || is_one_letter(s);
}

static bool has_digit(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    return false;
}

/* --- tokens of known services: at is behind how one begins --- */

static bool token_ends(struct span s, size_t at, const struct shape_row *row,
                       struct shape *out)
{
    size_t n = strlen(row->begins);
    if (!n || at < n || memcmp(s.p + at - n, row->begins, n) != 0 ||
        !is_fresh(s, at - n))
        return false;
    size_t more = run_of(s, at, row->alphabet, TOKEN_MOST);
    *out = (struct shape){at - n, at + more, row->name};
    return more >= row->least;
}

static bool find_token(struct span s, size_t at, struct shape *out)
{
    for (const struct shape_row *row = shape_rows; row->name; row++)
        if (token_ends(s, at + 1, row, out))
            return true;
    return false;
}

/* --- scheme://user:password@host: at is the ':' --- */

static bool has_scheme(struct span s, size_t at)
{
    size_t n = 0;
    while (n < at && n < 32 && in_set("A-Za-z0-9+.-", s.p[at - n - 1]))
        n++;
    return n >= 2;
}

static bool ends_dsn(char c)
{
    return (unsigned char)c <= ' ' || strchr("\"'`<>\\", c);
}

/* The '@' behind a password that begins at from, or s.n: the last one before
 * the path, or the first one of a password with a '/'. */
static size_t find_host(struct span s, size_t from)
{
    size_t at = s.n;
    bool path = false;
    for (size_t i = from; i < s.n && i < from + PASSWORD_MOST; i++) {
        if (ends_dsn(s.p[i]))
            break;
        if (s.p[i] == '@')
            at = i;
        path |= strchr("/?#", s.p[i]) != NULL;
        if (path && at < s.n)
            break;
    }
    return at;
}

static bool is_port(struct span s, size_t from)
{
    size_t n = run_of(s, from, "0-9", 6);
    return n && (from + n == s.n || strchr("/?#", s.p[from + n]));
}

static bool find_dsn(struct span s, size_t at, struct shape *out)
{
    if (!starts_at(s, at, "://") || !has_scheme(s, at))
        return false;
    size_t user = at + 3;
    size_t colon = user;
    while (colon < s.n && colon - user < USER_MOST && !ends_dsn(s.p[colon]) &&
           !strchr(":/?#@", s.p[colon]))
        colon++;
    if (colon >= s.n || s.p[colon] != ':' || is_port(s, colon + 1))
        return false;
    size_t host = find_host(s, colon + 1);
    if (host == s.n)
        return false;
    struct span password = span_sub(s, colon + 1, host);
    *out = (struct shape){colon + 1, host, "password"};
    return !is_placeholder(password) &&
           !span_eq(password, span_sub(s, user, colon));
}

/* --- signed tokens (RFC 7519): at is the 'J' of "eyJ" --- */

/* A token that tells that anybody may have it. */
static bool is_public(struct span payload)
{
    char base64[1024];
    struct buf plain = {0};
    size_t n = payload.n / 4 * 4;
    if (n > sizeof base64)
        return false;
    for (size_t i = 0; i < n; i++)
        base64[i] = payload.p[i] == '-'   ? '+'
                    : payload.p[i] == '_' ? '/'
                                          : payload.p[i];
    bool found =
        base64_decode((struct span){base64, n}, &plain) &&
        span_find(buf_view(&plain), SPAN("\"role\":\"anon\""), 0) < plain.n;
    buf_release(&plain);
    return found;
}

static bool find_jwt(struct span s, size_t at, struct shape *out)
{
    if (at < 2 || !starts_at(s, at - 2, "eyJ") || !is_fresh(s, at - 2))
        return false;
    size_t head = run_of(s, at - 2, BASE64URL, TOKEN_MOST);
    size_t dot = at - 2 + head;
    if (head < 10 || !starts_at(s, dot, ".eyJ"))
        return false;
    size_t body = run_of(s, dot + 1, BASE64URL, TOKEN_MOST);
    size_t second = dot + 1 + body;
    if (!starts_at(s, second, "."))
        return false;
    size_t sign = run_of(s, second + 1, BASE64URL, TOKEN_MOST);
    *out = (struct shape){at - 2, second + 1 + sign, "jwt"};
    return sign >= 16 && !is_public(span_sub(s, dot + 1, second));
}

/* --- private keys: at is the first '-' --- */

/* Behind a key's last line; cut short, behind what can be one. */
static size_t key_end(struct span s, size_t body)
{
    size_t end = span_find(s, SPAN("-----END "), body);
    size_t most = body + KEY_MOST < s.n ? body + KEY_MOST : s.n;
    if (end < most) {
        size_t close = span_find(s, SPAN("-----"), end + 9);
        return close < s.n ? close + 5 : s.n;
    }
    return body + run_of(s, body, "A-Za-z0-9+/=\\:, \r\n\t>|-", KEY_MOST);
}

static bool find_key(struct span s, size_t at, struct shape *out)
{
    static const char begin[] = "-----BEGIN ";
    if (!starts_at(s, at, begin))
        return false;
    size_t label = at + sizeof begin - 1;
    size_t n = run_of(s, label, "A-Z0-9 ", 40);
    struct span words = span_sub(s, label, label + n);
    if (span_find(words, SPAN("PRIVATE KEY"), 0) == words.n ||
        !starts_at(s, label + n, "-----"))
        return false;
    size_t body = label + n + 5;
    *out = (struct shape){at, key_end(s, body), "private-key"};
    return out->end - body >= 40;
}

/* --- "Name: value": at is the ':' or '=' --- */

enum carrier { CARRIES_AUTH, CARRIES_COOKIES, CARRIES_TOKEN };

static bool ends_with(struct span s, size_t end, const char *name)
{
    size_t n = strlen(name);
    return end >= n && strncasecmp(s.p + end - n, name, n) == 0 &&
           (end == n || !in_set("A-Za-z0-9", s.p[end - n - 1]));
}

/* Which header's name ends at end. */
static bool carrier_before(struct span s, size_t end, enum carrier *out)
{
    static const struct {
        const char *name;
        enum carrier kind;
    } headers[] = {{"authorization", CARRIES_AUTH},
                   {"cookie", CARRIES_COOKIES},
                   {"set-cookie", CARRIES_COOKIES}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (ends_with(s, end, headers[i].name)) {
            *out = headers[i].kind;
            return true;
        }
    for (const struct shape_row *row = shape_rows; row->name; row++)
        if (!*row->begins && ends_with(s, end, row->name)) {
            *out = CARRIES_TOKEN;
            return true;
        }
    return false;
}

static size_t skip_backwards(struct span s, size_t at, const char *set)
{
    while (at && strchr(set, s.p[at - 1]) && s.p[at - 1])
        at--;
    return at;
}

static bool find_cookies(struct span s, size_t from, struct shape *out)
{
    size_t n = 0;
    while (n < TOKEN_MOST && from + n < s.n &&
           !strchr("\r\n\"`", s.p[from + n]))
        n++;
    while (n && strchr(" \\'", s.p[from + n - 1]))
        n--;
    struct span value = span_sub(s, from, from + n);
    *out = (struct shape){from, from + n, "cookie"};
    size_t equal = span_find(value, SPAN("="), 0);
    return n >= 8 && equal > 0 && equal < n && has_digit(value) &&
           !is_placeholder(span_sub(value, equal + 1, n));
}

static bool find_credentials(struct span s, size_t from, enum carrier kind,
                             struct shape *out)
{
    size_t least = kind == CARRIES_AUTH ? 20 : 16;
    size_t word = run_of(s, from, "A-Za-z0-9", 16);
    bool basic = word == 5 && strncasecmp(s.p + from, "basic", 5) == 0;
    if (kind == CARRIES_AUTH && starts_at(s, from + word, " ")) {
        from += word + 1;
        least = basic ? 8 : 16;
    }
    size_t n = run_of(s, from, TOKEN_CHARS, TOKEN_MOST);
    struct span value = span_sub(s, from, from + n);
    *out = (struct shape){from, from + n, "credentials"};
    return n >= least && (basic || has_digit(value)) && !is_placeholder(value);
}

static bool find_header(struct span s, size_t at, struct shape *out)
{
    enum carrier kind;
    size_t name_end = skip_backwards(s, at, " \"'\\");
    if (!carrier_before(s, name_end, &kind) ||
        (s.p[at] == '=' && kind != CARRIES_TOKEN))
        return false;
    size_t from = at + 1;
    while (from < s.n && s.p[from] && strchr(" \"'\\", s.p[from]))
        from++;
    return kind == CARRIES_COOKIES ? find_cookies(s, from, out)
                                   : find_credentials(s, from, kind, out);
}

/* --- all of them --- */

/* Each is looked for where the rarest of its characters stands. */
static const struct {
    char at;
    bool (*find)(struct span s, size_t at, struct shape *out);
} finders[] = {{'_', find_token}, {':', find_dsn},    {'J', find_jwt},
               {'-', find_key},   {':', find_header}, {'=', find_header}};
#define FINDERS (sizeof finders / sizeof *finders)

static bool is_trigger(char c)
{
    return c == '_' || c == ':' || c == 'J' || c == '-' || c == '=';
}

bool shape_next(struct span s, size_t from, struct shape *out)
{
    for (size_t at = from; at < s.n; at++) {
        if (!is_trigger(s.p[at]))
            continue;
        for (size_t i = 0; i < FINDERS; i++)
            if (finders[i].at == s.p[at] && finders[i].find(s, at, out) &&
                out->begin >= from)
                return true;
    }
    return false;
}

/* Whether word has in it how something begins, or ends with half of that. */
static bool may_grow(struct span word)
{
    static const char *const begins[] = {"://", "eyJ"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (span_find(word, span_of(begins[i]), 0) < word.n)
            return true;
    for (const struct shape_row *row = shape_rows; row->name; row++) {
        size_t n = strlen(row->begins);
        if (n && span_find(word, span_of(row->begins), 0) < word.n)
            return true;
        for (size_t k = 3; k < n; k++)
            if (word.n >= k && memcmp(word.p + word.n - k, row->begins, k) == 0)
                return true;
    }
    return false;
}

size_t shape_open(struct span s)
{
    size_t first = s.n > SHAPE_OPEN_BYTES ? s.n - SHAPE_OPEN_BYTES : 0;
    size_t word = s.n;
    while (word > first && s.n - word < TOKEN_MOST &&
           (unsigned char)s.p[word - 1] > ' ')
        word--;
    size_t open = may_grow(span_sub(s, word, s.n)) ? word : s.n;
    size_t key = span_find(s, SPAN("-----BEGIN "), first);
    while (key < open) {
        if (span_find(s, SPAN("-----END "), key) == s.n)
            open = key;
        key = span_find(s, SPAN("-----BEGIN "), key + 1);
    }
    return open;
}
