/* Text to values, strictly: checks the grammar and builds the tree. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "json_node.h"

#define NUMBER_MAX 63
/* So many digits and a sign are a whole number that a double holds. */
#define WHOLE_MAX 15
/* From here on not every integer is a double. */
#define EXACT_MAX 9007199254740992.0

struct parse {
    const char *p, *end;
    int line;
    int depth;
    int values;
    struct err *err;
};

static struct json *parse_value(struct parse *s);

static bool fail(struct parse *s, const char *what)
{
    err_at(s->err, ST_INPUT, NULL, s->line, "not JSON: %s", what);
    return false;
}

static bool over(struct parse *s, const char *what, int most)
{
    err_at(s->err, ST_LIMIT, NULL, s->line, "JSON with %s: %d at most", what,
           most);
    return false;
}

static void skip_blanks(struct parse *s)
{
    for (; s->p < s->end; s->p++) {
        if (*s->p == '\n')
            s->line++;
        else if (*s->p != ' ' && *s->p != '\t' && *s->p != '\r')
            return;
    }
}

static bool take(struct parse *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static bool take_digits(struct parse *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return s->p > from;
}

static bool take_hex4(struct parse *s, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, s->p++) {
        if (s->p == s->end)
            return false;
        unsigned c = (unsigned char)*s->p | 0x20u;
        if (*s->p >= '0' && *s->p <= '9')
            *unit = *unit * 16 + (unsigned)(*s->p - '0');
        else if (c >= 'a' && c <= 'f')
            *unit = *unit * 16 + c - 'a' + 10;
        else
            return false;
    }
    return true;
}

static void put_utf8(uint32_t c, struct buf *out)
{
    if (c < 0x80) {
        buf_char(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    buf_char(out, (char)(lead[more] | c >> 6 * more));
    while (more-- > 0)
        buf_char(out, (char)(0x80 | (c >> 6 * more & 0x3F)));
}

/* Behind "\u". Only whole characters other than NUL pass: the tree's strings
 * are NUL-terminated UTF-8. */
static bool take_unicode_escape(struct parse *s, struct buf *out)
{
    unsigned unit = 0;
    unsigned low = 0;
    if (!take_hex4(s, &unit))
        return fail(s, "\\u wants four hex digits");
    if (unit == 0)
        return fail(s, "\\u0000 is not supported in strings");
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        if (unit > 0xDBFF || !take(s, '\\') || !take(s, 'u') ||
            !take_hex4(s, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail(s, "half of a surrogate pair in a string");
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    put_utf8(unit, out);
    return true;
}

/* Behind the backslash. */
static bool take_escape(struct parse *s, struct buf *out)
{
    static const char names[] = "\"\\/bfnrt";
    static const char stand_for[] = "\"\\/\b\f\n\r\t";
    if (take(s, 'u'))
        return take_unicode_escape(s, out);
    const char *at = s->p < s->end && *s->p ? strchr(names, *s->p) : NULL;
    if (!at)
        return fail(s, "unknown escape in a string");
    buf_char(out, stand_for[at - names]);
    s->p++;
    return true;
}

static struct span rest(const struct parse *s)
{
    return (struct span){s->p, (size_t)(s->end - s->p)};
}

/* Behind the opening quote. *out is what the string says, of the text or, if
 * it has escapes, in plain. */
static bool take_string(struct parse *s, struct buf *plain, struct span *out)
{
    struct span inside = {s->p, 0};
    for (;;) {
        *out = span_sub(rest(s), 0, json_plain(rest(s)));
        s->p += out->n;
        if (!take(s, '\\'))
            break;
        buf_span(plain, *out);
        if (!take_escape(s, plain))
            return false;
    }
    inside.n = (size_t)(s->p - inside.p);
    if (s->p < s->end && (unsigned char)*s->p < 0x20)
        return fail(s, "control character in a string; escape it");
    if (!take(s, '"'))
        return fail(s, "string without its closing quote");
    if (!span_utf8(inside))
        return fail(s, "string is not UTF-8");
    if (plain->n) {
        buf_span(plain, *out);
        *out = buf_view(plain);
    }
    return true;
}

/* A string may be a secret. */
static void wipe(struct buf *plain)
{
    if (plain->p)
        explicit_bzero(plain->p, plain->n);
    buf_release(plain);
}

static struct json *parse_string(struct parse *s)
{
    struct buf plain = {0};
    struct span text;
    struct json *j = take_string(s, &plain, &text) ? json_new_text(text) : NULL;
    wipe(&plain);
    return j;
}

/* --- numbers --- */

static bool take_number(struct parse *s, bool *is_whole)
{
    take(s, '-');
    if (!take(s, '0') && !take_digits(s))
        return fail(s, "'-' without a number");
    if (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        return fail(s, "number with a leading zero");
    const char *whole_end = s->p;
    if (take(s, '.') && !take_digits(s))
        return fail(s, "no digit behind the decimal point");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+'))
            take(s, '-');
        if (!take_digits(s))
            return fail(s, "exponent without digits");
    }
    *is_whole = s->p == whole_end;
    return true;
}

static bool take_double(struct parse *s, struct span text, double *value)
{
    char copy[NUMBER_MAX + 1] = {0};
    if (text.n > NUMBER_MAX)
        return over(s, "a number of too many characters", NUMBER_MAX);
    memcpy(copy, text.p, text.n);
    *value = strtod(copy, NULL);
    bool nonzero = strcspn(copy, "123456789") < strcspn(copy, "eE");
    if (!isfinite(*value) || (*value == 0 && nonzero))
        return fail(s, "number out of range (IEEE double)");
    return true;
}

static double small_whole(struct span text)
{
    int64_t value = 0;
    for (size_t i = *text.p == '-'; i < text.n; i++)
        value = value * 10 + (text.p[i] - '0');
    return (double)(*text.p == '-' ? -value : value);
}

static struct json *parse_number(struct parse *s)
{
    struct span text = {s->p, 0};
    double value = 0;
    bool is_whole = false;
    if (!take_number(s, &is_whole))
        return NULL;
    text.n = (size_t)(s->p - text.p);
    if (is_whole && text.n <= WHOLE_MAX)
        return json_new_num(small_whole(text));
    if (!take_double(s, text, &value))
        return NULL;
    bool is_exact = !is_whole || fabs(value) < EXACT_MAX;
    return json_new_exact(value, is_exact ? SPAN("") : text);
}

/* --- values --- */

static struct json *parse_word(struct parse *s)
{
    static const struct {
        const char *word;
        enum json_type type;
        bool value;
    } words[] = {{"true", JSON_BOOL, true},
                 {"false", JSON_BOOL, false},
                 {"null", JSON_NULL, false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (span_starts(rest(s), words[i].word)) {
            s->p += strlen(words[i].word);
            return words[i].type == JSON_BOOL ? json_new_bool(words[i].value)
                                              : json_new(JSON_NULL);
        }
    fail(s, rest(s).n ? "unexpected character" : "ends too early");
    return NULL;
}

static bool parse_element(struct parse *s, struct json *array)
{
    struct json *value = parse_value(s);
    if (value)
        json_push(array, value);
    return value;
}

static bool parse_member(struct parse *s, struct json *object)
{
    struct buf plain = {0};
    struct span name;
    struct json *value = NULL;
    skip_blanks(s);
    if (!take(s, '"'))
        return fail(s, "expected a member name in double quotes");
    if (take_string(s, &plain, &name)) {
        skip_blanks(s);
        if (take(s, ':'))
            value = parse_value(s);
        else
            fail(s, "expected ':' behind a member name");
    }
    if (value) {
        json_set_key(value, name);
        json_push(object, value);
    }
    wipe(&plain);
    return value;
}

/* Behind the opening bracket. */
static bool parse_items(struct parse *s, struct json *out, char close,
                        bool (*item)(struct parse *s, struct json *out))
{
    if (++s->depth > JSON_MAX_DEPTH)
        return over(s, "too deep nesting", JSON_MAX_DEPTH);
    skip_blanks(s);
    bool more = !take(s, close);
    while (more) {
        if (!item(s, out))
            return false;
        skip_blanks(s);
        more = take(s, ',');
        if (!more && !take(s, close))
            return fail(s, close == ']' ? "expected ',' or ']' in an array"
                                        : "expected ',' or '}' in an object");
    }
    s->depth--;
    return true;
}

static bool differ(struct parse *s, const struct json *object)
{
    const struct json *twice = json_repeated(object);
    if (!twice)
        return true;
    err_at(s->err, ST_INPUT, NULL, json_line(twice),
           "not JSON: member \"%.80s\" appears twice", json_key(twice));
    return false;
}

static struct json *parse_container(struct parse *s, enum json_type type)
{
    struct json *all = json_new(type);
    bool ok = type == JSON_ARRAY
                  ? parse_items(s, all, ']', parse_element)
                  : parse_items(s, all, '}', parse_member) && differ(s, all);
    if (ok)
        return all;
    json_free(all);
    return NULL;
}

static struct json *parse_any(struct parse *s)
{
    if (take(s, '{'))
        return parse_container(s, JSON_OBJECT);
    if (take(s, '['))
        return parse_container(s, JSON_ARRAY);
    if (take(s, '"'))
        return parse_string(s);
    if (s->p < s->end && (*s->p == '-' || (*s->p >= '0' && *s->p <= '9')))
        return parse_number(s);
    return parse_word(s);
}

static struct json *parse_value(struct parse *s)
{
    skip_blanks(s);
    if (s->values++ == JSON_MAX_VALUES) {
        over(s, "too many values", JSON_MAX_VALUES);
        return NULL;
    }
    int line = s->line;
    struct json *j = parse_any(s);
    if (j)
        json_set_place(j, line, 0);
    return j;
}

enum status json_parse(struct span text, struct json **out, struct err *err)
{
    struct parse s = {.p = text.n ? text.p : "", .line = 1, .err = err};
    struct json *j = NULL;
    s.end = s.p + text.n;
    if (text.n > JSON_MAX_BYTES)
        over(&s, "too many bytes", (int)JSON_MAX_BYTES);
    else
        j = parse_value(&s);
    if (!j)
        return err->st;
    skip_blanks(&s);
    if (s.p < s.end) {
        fail(&s, "something follows the value");
        json_free(j);
        return err->st;
    }
    *out = j;
    return ST_OK;
}
