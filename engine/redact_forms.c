/* The forms that text formats give a value. */
#include <string.h>

#include "arena.h"
#include "hash.h"
#include "json.h"
#include "redact_part.h"

/* Of a value of many lines (a key file) each long line is known as well, since
 * text formats put a prefix on every line. */
#define LINE_MIN_BYTES 16

#define UNRESERVED "-._~"

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

/* with: "x" or "X", and behind it what stands between two bytes. */
static void form_hex(struct span value, const char *with, struct buf *out)
{
    for (size_t i = 0; i < value.n; i++) {
        if (i)
            buf_str(out, with + 1);
        put_byte(out, with, (unsigned char)value.p[i]);
    }
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
    buf_release(&quoted);
}

/* with: what a single quote becomes. */
static void form_html(struct span value, const char *with, struct buf *out)
{
    const struct {
        char c;
        const char *entity;
    } entities[] = {
        {'&', "&amp;"},  {'<', "&lt;"}, {'>', "&gt;"},
        {'"', "&quot;"}, {'\'', with},
    };
    for (size_t i = 0; i < value.n; i++) {
        struct span text = {value.p + i, 1};
        for (size_t k = 0; k < sizeof entities / sizeof *entities; k++)
            if (entities[k].c == value.p[i])
                text = span_of(entities[k].entity);
        buf_span(out, text);
    }
}

/* with: what a single quote within single quotes becomes. */
static void form_shell(struct span value, const char *with, struct buf *out)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\'')
            buf_str(out, with);
        else
            buf_char(out, value.p[i]);
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

/* What is sought in the text as it is, or in the folded text: there line ends
 * and escapes are gone. */
enum sought { SOUGHT_EXACT = 1, SOUGHT_FOLDED = 2, SOUGHT_BOTH = 3 };

static const struct {
    void (*make)(struct span value, const char *with, struct buf *out);
    const char *with;
    enum sought in;
} forms[] = {
    {form_plain, "", SOUGHT_BOTH},
    {form_base64, "0", SOUGHT_BOTH},
    {form_base64, "1", SOUGHT_BOTH},
    {form_base64, "2", SOUGHT_BOTH},
    {form_base64, "0u", SOUGHT_BOTH},
    {form_base64, "1u", SOUGHT_BOTH},
    {form_base64, "2u", SOUGHT_BOTH},
    {form_hex, "x", SOUGHT_BOTH},
    {form_hex, "X", SOUGHT_BOTH},
    {form_hex, "x:", SOUGHT_BOTH},
    {form_hex, "X:", SOUGHT_BOTH},
    {form_hex, "x-", SOUGHT_BOTH},
    {form_hex, "X-", SOUGHT_BOTH},
    {form_hex, "x,0x", SOUGHT_FOLDED},
    {form_hex, "X,0x", SOUGHT_FOLDED},
    {form_percent, "X" UNRESERVED, SOUGHT_EXACT},
    {form_percent, "x" UNRESERVED, SOUGHT_EXACT},
    {form_percent, "X" UNRESERVED "+", SOUGHT_EXACT},
    {form_percent, "x" UNRESERVED "+", SOUGHT_EXACT}, /* libcurl, of a query */
    {form_percent, "X" UNRESERVED "!'()*", SOUGHT_EXACT}, /* JavaScript */
    {form_json, "", SOUGHT_EXACT},
    {form_json, "/", SOUGHT_EXACT},
    {form_html, "&#39;", SOUGHT_EXACT},
    {form_html, "&#x27;", SOUGHT_EXACT},
    {form_shell, "'\\''", SOUGHT_EXACT},
    {form_shell, "'\"'\"'", SOUGHT_EXACT},
    {form_markdown, "", SOUGHT_EXACT},
};

static void add_folded(struct redact *r, const char *name, struct span form)
{
    struct buf folded = {0};
    fold_all(form, &folded);
    needle_add(r, &r->folded, name, buf_view(&folded));
    buf_release(&folded);
}

static void add_lines(struct redact *r, const char *name, struct span value)
{
    struct span rest = value;
    while (rest.n) {
        struct span line = span_trim(span_cut(&rest, '\n'));
        if (line.n >= LINE_MIN_BYTES && !span_starts(line, "-----"))
            needle_add(r, &r->exact, name, line);
    }
}

void redact_forms(struct redact *r, const char *name, struct span value)
{
    name = strongbox_copy(r->pool, name, strlen(name));
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct buf form = {0};
        forms[i].make(value, forms[i].with, &form);
        if (forms[i].in & SOUGHT_EXACT)
            needle_add(r, &r->exact, name, buf_view(&form));
        if (forms[i].in & SOUGHT_FOLDED)
            add_folded(r, name, buf_view(&form));
        buf_release(&form);
    }
    if (memchr(value.p, '\n', value.n))
        add_lines(r, name, value);
}
