/* Makes up Markdown documents from a seed. */
#include "generate.h"

#include <stdio.h>

#include "lines.h"
#include "rng.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])
#define MAX_DEPTH 5
#define PREFIX_ROOM 128

struct maker {
    struct rng rng;
    struct buf *out;
    int depth;
    /* What the next line begins with, and what the ones after it do: they
     * differ on the line that bears a list marker. */
    char first[PREFIX_ROOM], rest[PREFIX_ROOM];
};

#define PICK(m, rows) ((rows)[rng_below(&(m)->rng, COUNT(rows))])

static const char *const words[] = {
    "word",     "*em*",       "**bold**",  "`code`",       "[x]",
    "[ref][l]", "<b>raw</b>", "\\*",       "&amp;",        "https://h.test",
    "![i](u)",  "<!-- c -->", "_a_b_",     "[a](b \"t\")", "*",
    "ünï",      "``` `",      "| a | b |", "---",          "~~~",
};

static const char *const code_lines[] = {
    "x = 1",      "",
    "  indented", "\ttab",
    "```",        "~~~",
    "> text",     "- a",
    "   ",        "<!-- /runproof:evidence -->",
    "# no",       "````",
    "</details>", "<!-- runproof:evidence id=b1 -->",
};

static const char *const html_lines[] = {
    "<div>",     "</div>", "<!-- comment -->",
    "<details>", "<br>",   "<p>text</p>",
    "<!-- long", "-->",    "<?php ?>",
};

static const char *const markers[] = {"- ",  "* ",   "+ ",  "1. ",
                                      "7) ", "10. ", "-   "};

static void line(struct maker *m, const char *text)
{
    buf_str(m->out, m->first);
    buf_str(m->out, text);
    buf_char(m->out, '\n');
    memcpy(m->first, m->rest, sizeof m->first);
}

static void blank(struct maker *m)
{
    if (strcmp(m->first, m->rest) != 0) /* a marker waits for its text */
        return;
    struct span prefix = span_of(m->rest);
    if (rng_chance(&m->rng, 80))
        while (prefix.n && prefix.p[prefix.n - 1] == ' ')
            prefix.n--;
    buf_span(m->out, prefix);
    buf_char(m->out, '\n');
}

static void make_words(struct maker *m, char *text, size_t room)
{
    size_t n = 0;
    unsigned count = 1 + rng_below(&m->rng, 6);
    text[0] = '\0';
    for (unsigned i = 0; i < count && n + 20 < room; i++)
        n += (size_t)snprintf(text + n, room - n, "%s%s", i ? " " : "",
                              PICK(m, words));
}

static void make_paragraph(struct maker *m)
{
    char text[200];
    unsigned lines = 1 + rng_below(&m->rng, 3);
    for (unsigned i = 0; i < lines; i++) {
        make_words(m, text, sizeof text);
        if (i && rng_chance(&m->rng, 10)) { /* lazy */
            buf_str(m->out, text);
            buf_char(m->out, '\n');
        } else {
            line(m, text);
        }
    }
}

static void make_heading(struct maker *m)
{
    char text[200];
    char whole[220];
    make_words(m, text, sizeof text);
    bool setext = rng_chance(&m->rng, 30);
    snprintf(whole, sizeof whole, "%s%s", setext ? "" : "## ", text);
    line(m, whole);
    if (setext)
        line(m, "====");
}

/* Odd lengths, indentation, and now and then no end. */
static void make_fence(struct maker *m)
{
    char text[80];
    char c = rng_chance(&m->rng, 70) ? '`' : '~';
    int length = rng_chance(&m->rng, 80) ? 3 : 3 + (int)rng_below(&m->rng, 9);
    int indent = rng_chance(&m->rng, 80) ? 0 : (int)rng_below(&m->rng, 4);
    char fence[16];
    memset(fence, c, sizeof fence);
    static const char *const infos[] = {"", "lua", " sh", "\ttext", "lua "};
    snprintf(text, sizeof text, "%*s%.*s%s", indent, "", length, fence,
             PICK(m, infos));
    line(m, text);
    for (unsigned i = rng_below(&m->rng, 5); i; i--)
        line(m, PICK(m, code_lines));
    if (rng_chance(&m->rng, 5))
        return;
    indent = rng_chance(&m->rng, 85) ? indent : (int)rng_below(&m->rng, 4);
    snprintf(text, sizeof text, "%*s%.*s%s", indent, "",
             length + (int)rng_below(&m->rng, 2), fence,
             rng_chance(&m->rng, 10) ? " \t" : "");
    line(m, text);
}

static void make_html(struct maker *m)
{
    for (unsigned i = 1 + rng_below(&m->rng, 3); i; i--)
        line(m, PICK(m, html_lines));
}

static void make_table(struct maker *m)
{
    line(m, "| a | b |");
    line(m, "| --- | --- |");
    line(m, "| `1` | 2 |");
}

static void make_rule(struct maker *m)
{
    line(m, rng_chance(&m->rng, 50) ? "***" : "---");
}

static void make_definition(struct maker *m)
{
    line(m, rng_chance(&m->rng, 50) ? "[l]: /url \"title\"" : "[x]: ```");
}

static void make_indented(struct maker *m)
{
    line(m, "    indented code");
    line(m, "    ```");
}

static void make_blocks(struct maker *m, bool tight);

/* Runs inside with longer prefixes, which must hold no more than the room. */
static void nested(struct maker *m, const char *first, const char *rest,
                   bool tight)
{
    char old[PREFIX_ROOM];
    memcpy(old, m->rest, sizeof old);
    if (strlen(m->first) + strlen(first) + 1 > sizeof m->first) {
        line(m, "deep");
        return;
    }
    strcat(m->first, first);
    snprintf(m->rest, sizeof m->rest, "%s%s", old, rest);
    m->depth++;
    make_blocks(m, tight);
    m->depth--;
    if (strcmp(m->first, m->rest) != 0)
        line(m, "");
    memcpy(m->rest, old, sizeof m->rest);
    memcpy(m->first, old, sizeof m->first);
}

static void make_quote(struct maker *m)
{
    const char *prefix = rng_chance(&m->rng, 75) ? "> " : ">";
    nested(m, prefix, prefix, false);
}

static void make_list(struct maker *m)
{
    const char *marker = PICK(m, markers);
    char rest[8];
    snprintf(rest, sizeof rest, "%*s", (int)strlen(marker), "");
    if (strlen(marker) == 4 && rng_chance(&m->rng, 40))
        snprintf(rest, sizeof rest, "\t");
    bool tight = rng_chance(&m->rng, 60);
    unsigned items = 1 + rng_below(&m->rng, 3);
    for (unsigned i = 0; i < items; i++) {
        if (i && !tight)
            blank(m);
        nested(m, marker, rest, tight);
    }
}

static void make_boxes(struct maker *m)
{
    char text[80];
    unsigned items = 1 + rng_below(&m->rng, 3);
    for (unsigned i = 0; i < items; i++) {
        bool marked = rng_chance(&m->rng, 70);
        snprintf(text, sizeof text, "- [%s] box%s", marked ? " " : "x",
                 marked ? " <!-- check: health -->" : "");
        line(m, text);
    }
}

static void (*const makers[])(struct maker *) = {
    make_paragraph,  make_paragraph, make_heading, make_fence, make_fence,
    make_fence,      make_fence,     make_html,    make_table, make_rule,
    make_definition, make_indented,  make_boxes,   make_quote, make_list,
    make_quote,      make_list,
};
#define LEAVES 13 /* the rows that nest nothing */

static void make_blocks(struct maker *m, bool tight)
{
    unsigned count = 1 + rng_below(&m->rng, m->depth ? 3 : 8);
    for (unsigned i = 0; i < count; i++) {
        if (i && (!tight || rng_chance(&m->rng, 5)) && rng_chance(&m->rng, 85))
            blank(m);
        unsigned rows = m->depth < MAX_DEPTH ? (unsigned)COUNT(makers) : LEAVES;
        makers[rng_below(&m->rng, rows)](m);
    }
}

void generate_page(uint64_t seed, struct buf *out)
{
    struct maker m = {.rng = rng_seeded(seed), .out = out};
    make_blocks(&m, false);
    make_fence(&m);
}

void generate_scraps(uint64_t seed, struct buf *out)
{
    static const char *const scraps[] = {
        "\n",
        "\n",
        "\n",
        "> ",
        ">",
        "- ",
        "1. ",
        "   ",
        " ",
        "\t",
        "```",
        "```\n",
        "```lua\n",
        "~~~\n",
        "````",
        "    ",
        "text",
        "<!-- ",
        "-->",
        "<div>\n",
        "\n\n",
        "# ",
        "[x]: u",
        "***\n",
        "- [ ] ",
        "```\n",
        "```sh\n",
        "> > ",
        "<!-- check: health -->",
    };
    struct maker m = {.rng = rng_seeded(seed), .out = out};
    for (unsigned i = 10 + rng_below(&m.rng, 60); i; i--)
        buf_str(out, PICK(&m, scraps));
}

/* --- dressing --- */

/* clang-format off */
static const struct {
    const char *head, *first, *rest, *eol;
} dresses[DRESS_COUNT] = {
    [DRESS_PLAIN]  = {"",             "",       "",     "\n"},
    [DRESS_CRLF]   = {"",             "",       "",     "\r\n"},
    [DRESS_CR]     = {"",             "",       "",     "\r"},
    [DRESS_MIXED]  = {"",             "",       "",     NULL},
    [DRESS_BOM]    = {"\xEF\xBB\xBF", "",       "",     "\n"},
    [DRESS_CUT]    = {"",             "",       "",     "\n"},
    [DRESS_QUOTED] = {"",             "> ",     "> ",   "\n"},
    [DRESS_LISTED] = {"",             "- ",     "  ",   "\n"},
    [DRESS_LOOSE]  = {"1. a\n\n",     "2. ",    "   ",  "\n"},
    [DRESS_FRONT]  = {"---\r\ntitle: t\r\ndoc_hash: TBD\r\n---\r\n",
                                      "",       "",     "\r\n"},
};
/* clang-format on */

void dress(struct span text, enum dressing how, struct buf *out)
{
    static const char *const eols[] = {"\n", "\r\n", "\r"};
    const char *prefix = dresses[how].first;
    unsigned n = 0;
    buf_str(out, dresses[how].head);
    while (text.n) {
        struct span l = line_cut(&text);
        buf_str(out, prefix);
        buf_span(out, l);
        if (text.n || how != DRESS_CUT)
            buf_str(out, dresses[how].eol ? dresses[how].eol
                                          : eols[n++ % COUNT(eols)]);
        prefix = dresses[how].rest;
    }
}
