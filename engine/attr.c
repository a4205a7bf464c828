/* Reads the attributes of a fence's info string by table. */
#include "attr.h"

#include "clock.h"

#define DEFAULT_RETRIES 2
#define MAX_RETRIES 100
#define DEFAULT_TIMEOUT_MS 120000
#define MAX_TIMEOUT_MS (7LL * 24 * 3600 * 1000)
#define MAX_WORD 64 /* longer words are near to nothing */

static const char *const languages[] = {"lua", "sh", "bash", "sql", NULL};

/* --- nearest name --- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) from a to b. */
static size_t edit_distance(struct span a, struct span b)
{
    size_t rows[3][MAX_WORD + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t replace = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            row[j] = least(least(last[j], row[j - 1]) + 1, replace);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
                a.p[i - 2] == b.p[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b.n];
}

const char *nearest_within(struct span word, const char *const *names,
                           size_t most)
{
    for (; *names; names++) {
        struct span name = span_of(*names);
        if (word.n <= MAX_WORD && name.n <= MAX_WORD &&
            edit_distance(word, name) <= most)
            return *names;
    }
    return NULL;
}

const char *nearest_name(struct span word, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    for (; *names; names++) {
        struct span name = span_of(*names);
        if (word.n > MAX_WORD || name.n > MAX_WORD)
            continue;
        size_t distance = edit_distance(word, name);
        size_t near = 1 + (word.n > name.n ? word.n : name.n) / 3;
        if (distance <= near && distance < best_distance) {
            best = *names;
            best_distance = distance;
        }
    }
    return best;
}

/* --- values --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || (c && strchr("_.,:/@+-", c));
}

bool attr_is_id(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_bare(s.p[i]) || s.p[i] == ',' || s.p[i] == '/')
            return false;
    return s.n > 0 && s.n <= ATTR_MAX_ID;
}

static enum status bad_id(struct span id, struct err *err)
{
    return err_set(err, ST_INPUT,
                   "'%.*s' is not a step id: use letters, digits and _.:@+-, "
                   "at most %d",
                   SPAN_ARG(id), ATTR_MAX_ID);
}

static enum status set_effect(struct attrs *a, struct span v, struct err *err)
{
    if (effect_parse(v, &a->effect))
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "effect='%.*s' is unknown: write none, read, local or "
                   "remote",
                   SPAN_ARG(v));
}

static enum status set_needs(struct attrs *a, struct span v, struct err *err)
{
    a->has_needs = true;
    while (v.n) {
        bool more = memchr(v.p, ',', v.n) != NULL;
        struct span id = span_trim(span_cut(&v, ','));
        if (!attr_is_id(id) || (more && !v.n))
            return bad_id(id, err);
        if (a->n_needs == ATTR_MAX_NEEDS)
            return err_set(err, ST_INPUT, "needs= names more than %d steps",
                           ATTR_MAX_NEEDS);
        a->needs[a->n_needs++] = id;
    }
    return ST_OK;
}

static enum status set_if(struct attrs *a, struct span v, struct err *err)
{
    a->if_expr = span_trim(v);
    if (a->if_expr.n)
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "if= is empty: write a Lua expression, as in "
                   "if=\"params.deep\"");
}

static enum status set_confirm(struct attrs *a, struct span v, struct err *err)
{
    a->confirm = span_trim(v);
    if (a->confirm.n)
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "confirm= is empty: write the question to ask");
}

static enum status set_retries(struct attrs *a, struct span v, struct err *err)
{
    int n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9' || n > MAX_RETRIES)
            n = MAX_RETRIES + 1;
        else
            n = n * 10 + (v.p[i] - '0');
    }
    a->retries = n;
    if (v.n && n <= MAX_RETRIES)
        return ST_OK;
    return err_set(err, ST_INPUT, "retries='%.*s' is not a number from 0 to %d",
                   SPAN_ARG(v), MAX_RETRIES);
}

static enum status set_timeout(struct attrs *a, struct span v, struct err *err)
{
    if (duration_parse(v, &a->timeout_ms) && a->timeout_ms > 0 &&
        a->timeout_ms <= MAX_TIMEOUT_MS)
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "timeout='%.*s' is not a time up to 7d: write it as in "
                   "90s, 5m or 2h",
                   SPAN_ARG(v));
}

static enum status set_always(struct attrs *a, struct span v, struct err *err)
{
    (void)v;
    (void)err;
    a->always = true;
    return ST_OK;
}

static enum status set_on_fail(struct attrs *a, struct span v, struct err *err)
{
    a->on_fail = v;
    return attr_is_id(v) ? ST_OK : bad_id(v, err);
}

static enum status set_expect(struct attrs *a, struct span v, struct err *err)
{
    a->expect_match = span_is(v, "match");
    if (a->expect_match)
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "expect='%.*s' is unknown: write expect=match", SPAN_ARG(v));
}

static enum status set_network(struct attrs *a, struct span v, struct err *err)
{
    (void)v;
    (void)err;
    a->network = true;
    return ST_OK;
}

/* --- the table --- */

/* clang-format off */
#define ATTRIBUTES(X)                                                          \
    /* name      flag   set */                                                 \
    X("effect",  false, set_effect)                                            \
    X("needs",   false, set_needs)                                             \
    X("if",      false, set_if)                                                \
    X("confirm", false, set_confirm)                                           \
    X("retries", false, set_retries)                                           \
    X("timeout", false, set_timeout)                                           \
    X("always",  true,  set_always)                                            \
    X("on-fail", false, set_on_fail)                                           \
    X("expect",  false, set_expect)                                            \
    X("network", true,  set_network)
/* clang-format on */

#define ROW(name, flag, set) {flag, set},
#define NAME(name, flag, set) name,

static const struct {
    bool flag; /* stands alone, without a value */
    enum status (*set)(struct attrs *a, struct span value, struct err *err);
} rows[] = {ATTRIBUTES(ROW)};

static const char *const names[] = {ATTRIBUTES(NAME) NULL};

const char *const *attr_names(void)
{
    return names;
}

static int row_of(struct span name)
{
    for (int i = 0; names[i]; i++)
        if (span_is(name, names[i]))
            return i;
    return -1;
}

/* --- the grammar: `{` (blank | #id | flag | name=value)… `}` --- */

struct reader {
    struct span rest; /* not read yet, behind the `{` */
    unsigned seen;    /* rows set, one bit each */
    struct attrs *out;
};

static struct span take_while(struct span *rest, bool (*want)(char))
{
    size_t n = 0;
    while (n < rest->n && want(rest->p[n]))
        n++;
    struct span taken = span_sub(*rest, 0, n);
    *rest = span_sub(*rest, n, rest->n);
    return taken;
}

static bool next_is(const struct reader *r, char c)
{
    return r->rest.n && r->rest.p[0] == c;
}

static void skip(struct reader *r, size_t n)
{
    r->rest = span_sub(r->rest, n, r->rest.n);
}

static enum status read_id(struct reader *r, struct err *err)
{
    skip(r, 1);
    struct span id = take_while(&r->rest, is_bare);
    if (r->out->id.n)
        return err_set(err, ST_INPUT,
                       "a block has one id, here are #%.*s and #%.*s",
                       SPAN_ARG(r->out->id), SPAN_ARG(id));
    r->out->id = id;
    return attr_is_id(id) ? ST_OK : bad_id(id, err);
}

/* Behind the `=`: bare or quoted. */
static enum status read_value(struct reader *r, struct span name,
                              struct span *value, struct err *err)
{
    if (!next_is(r, '"')) {
        *value = take_while(&r->rest, is_bare);
        if (value->n)
            return ST_OK;
        return err_set(err, ST_INPUT,
                       "%.*s= has no value: write %.*s=word or %.*s=\"…\"",
                       SPAN_ARG(name), SPAN_ARG(name), SPAN_ARG(name));
    }
    skip(r, 1);
    if (!memchr(r->rest.p, '"', r->rest.n))
        return err_set(err, ST_INPUT,
                       "the value of %.*s= lacks its closing '\"'",
                       SPAN_ARG(name));
    *value = span_cut(&r->rest, '"');
    return ST_OK;
}

static enum status unknown(struct span name, struct err *err)
{
    const char *near = nearest_name(name, names);
    if (near)
        return err_set(err, ST_INPUT,
                       "unknown attribute '%.*s': did you mean '%s'?",
                       SPAN_ARG(name), near);
    struct buf known = {0};
    for (size_t i = 0; names[i]; i++)
        buf_printf(&known, ", %s", names[i]);
    err_set(err, ST_INPUT, "unknown attribute '%.*s': known are #id%s",
            SPAN_ARG(name), buf_cstr(&known));
    buf_release(&known);
    return ST_INPUT;
}

static enum status read_attribute(struct reader *r, struct err *err)
{
    struct span name = take_while(&r->rest, is_bare);
    if (!name.n)
        return err_set(err, ST_INPUT,
                       "unexpected '%.*s' among the attributes: write #id, "
                       "name=value or a flag, parted by blanks",
                       (int)least(r->rest.n, 20), r->rest.p);
    int row = row_of(name);
    if (row < 0)
        return unknown(name, err);
    if (r->seen & 1u << row)
        return err_set(err, ST_INPUT, "attribute '%s' stands twice: keep one",
                       names[row]);
    r->seen |= 1u << row;

    bool has_value = next_is(r, '=');
    if (has_value == rows[row].flag)
        return err_set(err, ST_INPUT,
                       has_value ? "'%s' takes no value: write it alone"
                                 : "'%s' needs a value, as in name=value",
                       names[row]);
    struct span value = {"", 0};
    if (has_value) {
        skip(r, 1);
        if (read_value(r, name, &value, err) != ST_OK)
            return err->st;
    }
    return rows[row].set(r->out, value, err);
}

static enum status read_all(struct reader *r, struct err *err)
{
    for (;;) {
        size_t blanks = take_while(&r->rest, is_blank).n;
        if (!r->rest.n)
            return err_set(err, ST_INPUT,
                           "the attributes lack their closing '}'");
        if (next_is(r, '}'))
            break;
        if (!blanks && (r->seen || r->out->id.n))
            return err_set(err, ST_INPUT,
                           "unexpected '%.*s' among the attributes: part "
                           "them by blanks, quote values with other bytes "
                           "than letters, digits and _.,:/@+-",
                           (int)least(r->rest.n, 20), r->rest.p);
        enum status st =
            next_is(r, '#') ? read_id(r, err) : read_attribute(r, err);
        if (st != ST_OK)
            return st;
    }
    skip(r, 1);
    if (span_trim(r->rest).n)
        return err_set(err, ST_INPUT,
                       "text behind the attributes' '}': remove it");
    if (!r->out->id.n)
        return err_set(err, ST_INPUT,
                       "a block that runs needs an id: write {#name …}");
    return ST_OK;
}

static bool has_control(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static bool is_lang(char c)
{
    return !is_blank(c) && c != '{';
}

static bool runnable(struct span lang)
{
    for (size_t i = 0; languages[i]; i++)
        if (span_is(lang, languages[i]))
            return true;
    return false;
}

static bool is_shell(struct span lang)
{
    return span_is(lang, "sh") || span_is(lang, "bash");
}

enum status attr_parse(struct span info, bool *runs, struct span *lang,
                       struct attrs *out, struct err *err)
{
    *out = (struct attrs){
        .effect = EFFECT_READ,
        .retries = DEFAULT_RETRIES,
        .timeout_ms = DEFAULT_TIMEOUT_MS,
    };
    struct reader r = {.rest = info, .out = out};
    *lang = take_while(&r.rest, is_lang);
    *runs = runnable(*lang) && info.n && memchr(info.p, '{', info.n);
    if (!*runs)
        return ST_OK;
    if (!span_utf8(info) || has_control(info))
        return err_set(err, ST_INPUT,
                       "the attributes hold control bytes or invalid UTF-8: "
                       "remove them");
    size_t blanks = take_while(&r.rest, is_blank).n;
    if (!next_is(&r, '{') || !blanks)
        return err_set(err, ST_INPUT,
                       "attributes stand behind the language and a blank: "
                       "write %.*s {#id …}",
                       SPAN_ARG(*lang));
    skip(&r, 1);
    if (read_all(&r, err) == ST_OK && out->network && !is_shell(*lang))
        return err_set(err, ST_INPUT,
                       "'network' is for sh and bash blocks: in Lua write "
                       "sh.run({…}, {network = true})");
    return err->st;
}
