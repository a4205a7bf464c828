/* Reads the rows of lua/leaks.txt, and makes the matcher's patterns of them. */
#include <assert.h>
#include <stdlib.h>

#include "leak.h"

#define LINES_MOST 200
#define WORDS_MOST 64

/* What may stand between a name and what it is set to. */
#define SETS "[\"'`)\\]]{0,2}[ \\t]{0,4}[:=]{1,2}>?[ \\t]{0,4}[\"'`]?"

struct reading {
    struct arena *a;
    struct leak_rules *out;
};

/* Literal text as a regular expression. */
static void put_literal(struct buf *b, const char *text)
{
    for (; *text; text++) {
        if (strchr(".+*?()[]{}|^$\\/-", *text))
            buf_char(b, '\\');
        buf_char(b, *text);
    }
}

static void put_words(struct buf *b, const struct leak_line *l)
{
    for (size_t i = 0; l->words[i]; i++) {
        buf_str(b, i ? "|" : "");
        put_literal(b, l->words[i]);
    }
}

static void token_pattern(struct buf *b, const struct leak_line *l)
{
    buf_str(b, "(?:");
    put_words(b, l);
    buf_printf(b, ")[%s]{%zu}", l->set, l->least);
}

static void assigned_pattern(struct buf *b, const struct leak_line *l)
{
    buf_str(b, "(?i:");
    put_words(b, l);
    buf_printf(b, ")" SETS "[%s]{%zu}", l->set, l->least);
}

/* Up to the password's first character. */
static void dsn_pattern(struct buf *b, const struct leak_line *l)
{
    buf_str(b, "(?:");
    put_words(b, l);
    buf_str(b, "):\\/\\/[^\\s\\/@:\"'`<>]{0,80}:[^\\s\\/@\"'`<>]");
}

/* Into the payload, which begins as every JSON object does. */
static void jwt_pattern(struct buf *b, const struct leak_line *l)
{
    (void)l;
    buf_str(b, "\\.eyJ[A-Za-z0-9_-]{8}");
}

static void block_pattern(struct buf *b, const struct leak_line *l)
{
    for (size_t i = 0; l->words[i]; i++)
        buf_printf(b, "%s%s", i ? " " : "", l->words[i]);
    buf_str(b, "-----");
}

static const struct {
    const char *word;
    bool has_set; /* "= SET LEAST..MOST" stands behind the words … */
    size_t least; /* … else: no candidate is shorter */
    void (*pattern)(struct buf *b, const struct leak_line *l);
} kinds[LEAK_KINDS] = {
    [LEAK_TOKEN] = {"token", true, 0, token_pattern},
    [LEAK_ASSIGNED] = {"assigned", true, 0, assigned_pattern},
    [LEAK_RANDOM] = {"random", true, 0, assigned_pattern},
    [LEAK_DSN] = {"dsn", false, 5, dsn_pattern},
    [LEAK_JWT] = {"jwt", false, 12, jwt_pattern},
    [LEAK_BLOCK] = {"block", false, 1, block_pattern},
};

static bool read_number(struct span s, size_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || *out > LEAK_MOST)
            return false;
        *out = *out * 10 + (size_t)(s.p[i] - '0');
    }
    return s.n && *out && *out <= LEAK_MOST;
}

/* "SET LEAST..MOST" */
static bool read_set(struct reading *r, struct span rest, struct leak_line *l)
{
    struct span set = span_cut(&rest, ' ');
    struct span least = span_cut(&rest, '.');
    if (!set.n || !rest.n || rest.p[0] != '.')
        return false;
    l->set = span_dup(r->a, set);
    return read_number(least, &l->least) &&
           read_number(span_sub(rest, 1, rest.n), &l->most) &&
           l->least <= l->most;
}

static bool read_line(struct reading *r, enum leak_kind kind, struct span rest)
{
    struct leak_rules *out = r->out;
    const char **words = arena_array(r->a, WORDS_MOST + 1, sizeof *words);
    struct leak_line *l = &out->lines[out->n_lines];
    size_t n = 0;
    bool set = false;
    while (rest.n && !set && n < WORDS_MOST) {
        struct span word = span_cut(&rest, ' ');
        set = kinds[kind].has_set && span_is(word, "=");
        if (!set)
            words[n++] = span_dup(r->a, word);
    }
    if (!n || !out->n_rules || out->n_lines == LINES_MOST ||
        set != kinds[kind].has_set)
        return false;
    *l = (struct leak_line){.rule = &out->rules[out->n_rules - 1],
                            .kind = kind,
                            .least = kinds[kind].least,
                            .words = words};
    if (set && !read_set(r, rest, l))
        return false;
    struct buf pattern = {0};
    kinds[kind].pattern(&pattern, l);
    l->pattern = span_dup(r->a, buf_view(&pattern));
    buf_release(&pattern);
    out->n_lines++;
    return true;
}

/* A line that names or explains a rule; false if it is none such. */
static bool read_rule(struct reading *r, struct span word, struct span rest)
{
    struct leak_rules *out = r->out;
    struct leak_rule *now = out->n_rules ? &out->rules[out->n_rules - 1] : NULL;
    if (span_is(word, "rule") && out->n_rules < LINES_MOST)
        out->rules[out->n_rules++] =
            (struct leak_rule){.name = span_dup(r->a, rest)};
    else if (span_is(word, "is") && now)
        now->is = span_dup(r->a, rest);
    else if (span_is(word, "do") && now)
        now->remedy = span_dup(r->a, rest);
    else
        return false;
    return rest.n > 0;
}

static bool read_row(struct reading *r, struct span row)
{
    struct span rest = row;
    struct span word = span_cut(&rest, ' ');
    rest = span_trim(rest);
    for (int k = 0; k < LEAK_KINDS; k++)
        if (span_is(word, kinds[k].word))
            return read_line(r, (enum leak_kind)k, rest);
    return read_rule(r, word, rest);
}

static bool is_complete(const struct leak_rules *rules)
{
    size_t line = 0;
    for (size_t i = 0; i < rules->n_rules; i++) {
        const struct leak_rule *rule = &rules->rules[i];
        if (!rule->is || !rule->remedy || line == rules->n_lines ||
            rules->lines[line].rule != rule)
            return false;
        while (line < rules->n_lines && rules->lines[line].rule == rule)
            line++;
    }
    return rules->n_rules > 0;
}

enum status leak_parse(struct span text, struct arena *a,
                       struct leak_rules *out, struct err *err)
{
    struct reading r = {a, out};
    *out = (struct leak_rules){0};
    out->rules = arena_array(a, LINES_MOST, sizeof *out->rules);
    out->lines = arena_array(a, LINES_MOST, sizeof *out->lines);
    for (int line = 1; text.n; line++) {
        struct span row = span_trim(span_cut(&text, '\n'));
        if (row.n && row.p[0] != '#' && !read_row(&r, row))
            return err_at(err, ST_INTERNAL, "lua/leaks.txt", line,
                          "not as the head of the file has it: %.*s",
                          SPAN_ARG(row));
    }
    if (!is_complete(out))
        return err_at(err, ST_INTERNAL, "lua/leaks.txt", 1,
                      "a rule lacks its `is`, its `do` or what finds it");
    return ST_OK;
}
