/* Finds known secrets in bytes, in every form a text format gives them. */
#include "redact.h"

#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "hash.h"
#include "json.h"

/* Of a value of many lines (a key file) each long line is known as well, since
 * text formats put a prefix on every line. */
#define LINE_MIN_BYTES 16

#define HEADS (1u << 16)

/* One form of one value. All have REDACT_MIN_BYTES at least: these are hashed,
 * so that a place in the text costs one look-up for any number of secrets. */
struct needle {
    char *p;
    size_t n;
    char *name;
    size_t next; /* of the same head, index + 1; 0 ends */
};

struct redact {
    size_t heads[HEADS]; /* index + 1 */
    struct needle *v;
    size_t n, cap;
};

static size_t head_of(const char *p)
{
    uint64_t x = 0;
    memcpy(&x, p, REDACT_MIN_BYTES);
    return (x * UINT64_C(0x9E3779B97F4A7C15)) >> 48;
}

struct redact *redact_new(void)
{
    return mem_alloc(sizeof(struct redact));
}

void redact_free(struct redact *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++) {
        explicit_bzero(r->v[i].p, r->v[i].n);
        mem_free(r->v[i].p);
        mem_free(r->v[i].name);
    }
    mem_free(r->v);
    mem_free(r);
}

/* The longest needle that stands at p, NULL when none does. */
static const struct needle *match_at(const struct redact *r, struct span s,
                                     size_t at)
{
    const struct needle *best = NULL;
    if (s.n - at < REDACT_MIN_BYTES)
        return NULL;
    for (size_t i = r->heads[head_of(s.p + at)]; i; i = r->v[i - 1].next) {
        const struct needle *x = &r->v[i - 1];
        if (x->n <= s.n - at && (!best || x->n > best->n) &&
            memcmp(x->p, s.p + at, x->n) == 0)
            best = x;
    }
    return best;
}

/* --- forms --- */

static bool is_alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_punct(unsigned char c)
{
    return c > 0x20 && c < 0x7F && !is_alnum(c);
}

static void form_plain(struct span value, const char *with, struct buf *out)
{
    (void)with;
    buf_span(out, value);
}

/* with: "0", "1" or "2" bytes before the value in its group of three, and
 * behind that 'u' for the URL alphabet. Only the characters that depend on
 * the value alone are kept. */
static void form_base64(struct span value, const char *with, struct buf *out)
{
    static const size_t skip[] = {0, 2, 3};
    size_t before = (size_t)(with[0] - '0');
    struct buf shifted = {0};
    struct buf coded = {0};
    buf_put(&shifted, "\0\0", before);
    buf_span(&shifted, value);
    base64_encode(buf_view(&shifted), &coded);
    for (size_t i = skip[before]; i < shifted.n * 8 / 6; i++) {
        char c = coded.p[i];
        if (with[1] == 'u' && c == '+')
            c = '-';
        else if (with[1] == 'u' && c == '/')
            c = '_';
        buf_char(out, c);
    }
    explicit_bzero(shifted.p, shifted.n);
    explicit_bzero(coded.p, coded.n);
    buf_release(&shifted);
    buf_release(&coded);
}

/* with: "x" or "X", the case of the digits. */
static void put_byte(struct buf *out, const char *with, unsigned char c)
{
    static const char *const digits[] = {"0123456789abcdef",
                                         "0123456789ABCDEF"};
    const char *digit = digits[with[0] == 'X'];
    buf_char(out, digit[c >> 4]);
    buf_char(out, digit[c & 15]);
}

/* with: "x" or "X". */
static void form_hex(struct span value, const char *with, struct buf *out)
{
    for (size_t i = 0; i < value.n; i++)
        put_byte(out, with, (unsigned char)value.p[i]);
}

/* with: "x" or "X", and behind it what is kept beside letters and digits; a
 * "+" at its end stands for a blank. */
static void form_percent(struct span value, const char *with, struct buf *out)
{
    bool plus = span_ends(span_of(with), "+");
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (is_alnum((unsigned char)c) ||
            (c && c != '+' && strchr(with + 1, c))) {
            buf_char(out, c);
        } else if (c == ' ' && plus) {
            buf_char(out, '+');
        } else {
            buf_char(out, '%');
            put_byte(out, with, (unsigned char)c);
        }
    }
}

/* with: "/" when slashes are escaped too. */
static void form_json(struct span value, const char *with, struct buf *out)
{
    struct buf quoted = {0};
    if (!span_utf8(value))
        return;
    json_quote(value, &quoted);
    for (size_t i = 1; i + 1 < quoted.n; i++) {
        if (quoted.p[i] == '/' && with[0] == '/')
            buf_char(out, '\\');
        buf_char(out, quoted.p[i]);
    }
    explicit_bzero(quoted.p, quoted.n);
    buf_release(&quoted);
}

static void form_html(struct span value, const char *with, struct buf *out)
{
    static const struct {
        char c;
        const char *entity;
    } entities[] = {
        {'&', "&amp;"},  {'<', "&lt;"},   {'>', "&gt;"},
        {'"', "&quot;"}, {'\'', "&#39;"},
    };
    (void)with;
    for (size_t i = 0; i < value.n; i++) {
        struct span text = {value.p + i, 1};
        for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
            if (entities[k].c == value.p[i])
                text = span_of(entities[k].entity);
        buf_span(out, text);
    }
}

static void form_markdown(struct span value, const char *with, struct buf *out)
{
    (void)with;
    for (size_t i = 0; i < value.n; i++) {
        if (is_punct((unsigned char)value.p[i]))
            buf_char(out, '\\');
        buf_char(out, value.p[i]);
    }
}

#define UNRESERVED "-._~"

static const struct {
    void (*make)(struct span value, const char *with, struct buf *out);
    const char *with;
} forms[] = {
    {form_plain, ""},
    {form_base64, "0"},
    {form_base64, "1"},
    {form_base64, "2"},
    {form_base64, "0u"},
    {form_base64, "1u"},
    {form_base64, "2u"},
    {form_percent, "X" UNRESERVED},
    {form_percent, "x" UNRESERVED},
    {form_percent, "X" UNRESERVED "+"},
    {form_percent, "x" UNRESERVED "+"},     /* libcurl, of a query */
    {form_percent, "X" UNRESERVED "!'()*"}, /* encodeURIComponent */
    {form_hex, "x"},
    {form_hex, "X"},
    {form_json, ""},
    {form_json, "/"},
    {form_html, ""},
    {form_markdown, ""},
};

/* Takes a copy, unless it is known already or too short. */
static void add_needle(struct redact *r, const char *name, struct span form)
{
    if (form.n < REDACT_MIN_BYTES)
        return;
    size_t *head = &r->heads[head_of(form.p)];
    const struct needle *known = match_at(r, form, 0);
    if (known && known->n == form.n)
        return;
    MEM_GROW(r->v, r->n, r->cap);
    struct needle *x = &r->v[r->n++];
    *x = (struct needle){.n = form.n, .next = *head};
    x->p = mem_alloc(form.n);
    memcpy(x->p, form.p, form.n);
    x->name = mem_alloc(strlen(name) + 1);
    memcpy(x->name, name, strlen(name));
    *head = r->n;
}

static void add_lines(struct redact *r, const char *name, struct span value)
{
    struct span rest = value;
    while (rest.n) {
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (line.n >= LINE_MIN_BYTES && !span_starts(line, "-----"))
            add_needle(r, name, line);
    }
}

enum status redact_add(struct redact *r, const char *name, struct span value,
                       struct err *err)
{
    if (value.n < REDACT_MIN_BYTES)
        return err_set(err, ST_INPUT,
                       "secret %s is shorter than %d bytes: too short to be "
                       "found again in what is written; use a longer one",
                       name, REDACT_MIN_BYTES);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct buf form = {0};
        forms[i].make(value, forms[i].with, &form);
        add_needle(r, name, buf_view(&form));
        if (form.p)
            explicit_bzero(form.p, form.n);
        buf_release(&form);
    }
    if (memchr(value.p, '\n', value.n))
        add_lines(r, name, value);
    return ST_OK;
}

/* --- searching --- */

/* The first place at or after from where something known begins; *end is
 * behind the last form that overlaps it, lest the tail of one stay behind
 * another's end. */
static const struct needle *next_match(const struct redact *r, struct span s,
                                       size_t from, size_t *begin, size_t *end)
{
    const struct needle *first = NULL;
    *begin = s.n;
    *end = s.n;
    if (!r->n)
        return NULL;
    for (size_t at = from; at < s.n && !(first && at >= *end); at++) {
        const struct needle *x = match_at(r, s, at);
        if (!x)
            continue;
        if (!first) {
            first = x;
            *begin = at;
            *end = at;
        }
        if (at + x->n > *end)
            *end = at + x->n;
    }
    return first;
}

bool redact_bytes(const struct redact *r, struct span s, struct buf *out)
{
    size_t from = 0;
    size_t begin = s.n;
    size_t end = s.n;
    const struct needle *x = r ? next_match(r, s, 0, &begin, &end) : NULL;
    bool any = x != NULL;
    while (x) {
        buf_span(out, span_sub(s, from, begin));
        buf_printf(out, "[redacted:%s]", x->name);
        from = end;
        x = next_match(r, s, from, &begin, &end);
    }
    buf_span(out, span_sub(s, from, s.n));
    return any;
}

static bool redact_string(void *ctx, struct span s, struct buf *out)
{
    const char *name = NULL;
    return redact_find(ctx, s, &name) < s.n && redact_bytes(ctx, s, out);
}

bool redact_json(const struct redact *r, struct json *j)
{
    return json_map_strings(j, redact_string, (void *)r);
}

size_t redact_find(const struct redact *r, struct span s, const char **name)
{
    size_t begin = s.n;
    size_t end = s.n;
    const struct needle *x = r ? next_match(r, s, 0, &begin, &end) : NULL;
    if (x)
        *name = x->name;
    return begin;
}
