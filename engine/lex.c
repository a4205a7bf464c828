/* Turns `#` into our length operator, token by token. */
#include "lex.h"

#include <ctype.h>

struct scan {
    struct span code;
    size_t at;
};

static char peek(const struct scan *s, size_t ahead)
{
    return s->at + ahead < s->code.n ? s->code.p[s->at + ahead] : '\0';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9');
}

/* At '[': the number of '=' of a long bracket, or -1 if it is none. */
static int long_bracket(const struct scan *s)
{
    int level = 0;
    while (peek(s, 1 + (size_t)level) == '=')
        level++;
    return peek(s, 1 + (size_t)level) == '[' ? level : -1;
}

/* Behind "]==]" of that level, or the end. */
static void skip_long(struct scan *s, int level)
{
    size_t k = (size_t)level;
    s->at += k + 2;
    for (; s->at < s->code.n; s->at++) {
        size_t i = 1;
        if (peek(s, 0) != ']')
            continue;
        while (i <= k && peek(s, i) == '=')
            i++;
        if (i == k + 1 && peek(s, i) == ']') {
            s->at += k + 2;
            return;
        }
    }
}

static void skip_comment(struct scan *s)
{
    s->at += 2;
    int level = peek(s, 0) == '[' ? long_bracket(s) : -1;
    if (level >= 0) {
        skip_long(s, level);
        return;
    }
    size_t at = s->at;
    while (at < s->code.n && s->code.p[at] != '\n' && s->code.p[at] != '\r')
        at++;
    s->at = at;
}

/* Behind the closing quote, or at the line's end if it is missing. `\z` and a
 * backslash before a line's end carry the string on. */
static void skip_string(struct scan *s)
{
    char quote = peek(s, 0);
    s->at++;
    while (s->at < s->code.n && peek(s, 0) != quote) {
        if (peek(s, 0) == '\n' || peek(s, 0) == '\r')
            return;
        if (peek(s, 0) == '\\' && peek(s, 1) == 'z') {
            s->at += 2;
            while (s->at < s->code.n && isspace((unsigned char)peek(s, 0)))
                s->at++;
            continue;
        }
        /* "\<CR><LF>" is one escaped line's end. */
        if (peek(s, 0) == '\\')
            s->at += peek(s, 1) == '\r' && peek(s, 2) == '\n' ? 2 : 1;
        s->at++;
    }
    if (s->at < s->code.n)
        s->at++;
    else
        s->at = s->code.n;
}

static void skip_name(struct scan *s)
{
    size_t at = s->at;
    while (at < s->code.n && is_name(s->code.p[at]))
        at++;
    s->at = at;
}

/* Moves behind one token (or one other byte). */
static void skip_token(struct scan *s)
{
    char c = peek(s, 0);
    if (is_name(c))
        skip_name(s);
    else if (c == '-' && peek(s, 1) == '-')
        skip_comment(s);
    else if (c == '"' || c == '\'')
        skip_string(s);
    else if (c == '[' && long_bracket(s) >= 0)
        skip_long(s, long_bracket(s));
    else
        s->at++;
}

/* As Lua counts: LF, CR, CR LF and LF CR are each one line's end. */
static int line_of(struct span code, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++) {
        char c = code.p[i];
        if (c != '\n' && c != '\r')
            continue;
        line++;
        char next = i + 1 < code.n ? code.p[i + 1] : '\0';
        if ((next == '\n' || next == '\r') && next != c)
            i++;
    }
    return line;
}

static enum status refuse_name(struct scan *s, struct err *err)
{
    size_t from = s->at;
    skip_name(s);
    struct span name = span_sub(s->code, from, s->at);
    return err_at(err, ST_INPUT, NULL, line_of(s->code, from),
                  "the name '%.*s' is reserved: choose one that does not start "
                  "with " LEX_RESERVED,
                  SPAN_ARG(span_sub(name, 0, 60)));
}

/* Every module of every run comes through here: what lies between two `#` is
 * copied as one piece. */
enum status lex_rewrite(struct span code, struct buf *out, struct err *err)
{
    struct scan s = {code, 0};
    size_t copied = 0;
    while (s.at < code.n) {
        char c = code.p[s.at];
        if (c == '_' && span_starts(span_sub(code, s.at, code.n), LEX_RESERVED))
            return refuse_name(&s, err);
        if (c != '#') {
            skip_token(&s);
            continue;
        }
        buf_span(out, span_sub(code, copied, s.at));
        buf_str(out, " " LEX_LENGTH "^");
        copied = ++s.at;
    }
    buf_span(out, span_sub(code, copied, code.n));
    return ST_OK;
}
