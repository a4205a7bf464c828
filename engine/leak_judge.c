/* Judges text that looks like a secret: is it one, or does it stand for one? */
#include <math.h>
#include <strings.h>

#include "leak.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_distinct(struct span s)
{
    bool seen[256] = {false};
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += !seen[(unsigned char)s.p[i]];
        seen[(unsigned char)s.p[i]] = true;
    }
    return n;
}

double leak_entropy(struct span s)
{
    size_t count[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < s.n; i++)
        count[(unsigned char)s.p[i]]++;
    for (size_t i = 0; i < 256; i++) {
        double p = (double)count[i] / (double)(s.n ? s.n : 1);
        bits -= count[i] ? p * log2(p) : 0;
    }
    return bits;
}

static bool holds_word(struct span s, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        for (size_t i = 0; i + n <= s.n; i++)
            if (strncasecmp(s.p + i, *words, n) == 0)
                return true;
    }
    return false;
}

/* The most characters one after the other that are each the next one of the
 * one before, or the same. */
static size_t longest_order(struct span s)
{
    size_t most = 0, same = 1, next = 1;
    for (size_t i = 1; i < s.n; i++) {
        same = s.p[i] == s.p[i - 1] ? same + 1 : 1;
        next = lower(s.p[i]) == lower(s.p[i - 1]) + 1 ? next + 1 : 1;
        most = same > most ? same : most;
        most = next > most ? next : most;
    }
    return most;
}

bool leak_is_placeholder(struct span s)
{
    static const char *const marks[] = {
        "${",      "$(",    "{{",         "<",        ">",
        "...",     "****",  "example",    "redacted", "placeholder",
        "yourtok", "your_", "your-",      "xxxx",     "changeme",
        "insert",  "dummy", "not-a-real", NULL};
    size_t least = s.n >= 16 ? 7 : 2;
    return count_distinct(s) < least || longest_order(s) >= 8 ||
           holds_word(s, marks);
}

bool leak_is_random(struct span s)
{
    size_t digits = 0, upper = 0, small = 0, hex = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        digits += is_digit(c);
        upper += c >= 'A' && c <= 'Z';
        small += c >= 'a' && c <= 'z';
        hex += is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
    }
    if (leak_is_placeholder(s) || digits < 2)
        return false;
    if (hex == s.n)
        return s.n >= 32 && (upper == 0 || small == 0) && upper + small >= 4 &&
               leak_entropy(s) >= 3.0;
    return upper >= 2 && small >= 2 && leak_entropy(s) >= 3.9;
}

/* --- passwords --- */

/* Nothing but words that say what should stand there. */
static bool is_spelled_out(struct span s)
{
    static const char *const words[] = {
        "password", "passwd", "pass",     "pwd",  "pw",    "secret",
        "username", "user",   "changeme", "your", "token", "database",
        "db",       "my",     "here",     "the",  NULL};
    size_t i = 0;
    while (i < s.n) {
        size_t n = !is_letter(s.p[i]) && !is_digit(s.p[i]);
        for (const char *const *w = words; *w && !n; w++)
            if (s.n - i >= strlen(*w) &&
                strncasecmp(s.p + i, *w, strlen(*w)) == 0)
                n = strlen(*w);
        if (!n)
            return false;
        i += n;
    }
    return true;
}

/* $NAME of a shell. */
static bool is_variable(struct span s)
{
    size_t n = 1;
    while (n < s.n && (s.p[n] == '_' || (s.p[n] >= 'A' && s.p[n] <= 'Z')))
        n++;
    return s.n > 1 && s.p[0] == '$' && n == s.n;
}

static bool is_template(struct span s)
{
    static const char *const marks[] = {"${", "$(", "{{", "#{",
                                        "%(", "..", NULL};
    return !s.n || is_variable(s) || strchr("<${[*.%(", s.p[0]) ||
           s.p[s.n - 1] == '}' || holds_word(s, marks);
}

/* A host that the internet does not know, or that stands for one (RFC 2606,
 * RFC 6761): a password for it is one only if it looks so. */
static bool is_elsewhere(struct span host)
{
    static const char *const ends[] = {
        "localhost", ".example",    ".test",       ".invalid",
        ".local",    "example.com", "example.org", "example.net",
        ".internal", "host",        "hostname",    "host.docker.internal",
        NULL};
    size_t dots = 0;
    for (size_t i = 0; i < host.n; i++)
        dots += host.p[i] == '.';
    if (!dots || is_template(host) || span_starts(host, "127.") ||
        span_starts(host, "0.0.0.0"))
        return true;
    for (const char *const *e = ends; *e; e++)
        if (span_ends(host, *e))
            return true;
    return false;
}

static struct span host_name(struct span host)
{
    size_t n = 0;
    while (n < host.n && (is_letter(host.p[n]) || is_digit(host.p[n]) ||
                          strchr("._-${}<>%*", host.p[n])))
        n++;
    return span_sub(host, 0, n);
}

static bool looks_made(struct span password)
{
    size_t digits = 0;
    for (size_t i = 0; i < password.n; i++)
        digits += is_digit(password.p[i]);
    return password.n >= 12 && digits >= 2 && leak_entropy(password) >= 3.2;
}

bool leak_is_password(struct span user, struct span password, struct span host)
{
    if (password.n < 3 || span_eq(user, password) || is_template(password) ||
        is_spelled_out(password) || count_distinct(password) < 3 ||
        holds_word(password,
                   (const char *const[]){"example", "redacted", "xxxx", NULL}))
        return false;
    return !is_elsewhere(host_name(host)) || looks_made(password);
}
