/* Evidence regions: their form, and that nothing from outside leaves its
 * place, in every nesting, as cmark reads them. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmark.h>
#include <cmocka.h>

#include "arena.h"
#include "evidence.h"

/* 2026-11-23T13:00:00Z */
#define START_MS INT64_C(1795438800000)

static struct json *parse(const char *text)
{
    struct json *j = NULL;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        fail_msg("%s: %s", text, err.msg);
    return j;
}

static struct step_result passed(void)
{
    return (struct step_result){
        .id = "rollback",
        .run = "01JD7Z",
        .environment = "sandbox",
        .status = STEP_PASSED,
        .attempts = 1,
        .started_ms = START_MS,
        .elapsed_ms = 420,
        .src = "9f2c0123456789abcdef",
        .log = "../artifacts/deployment/01JD7Z/02-rollback.log",
    };
}

static void assert_has(const struct buf *text, const char *part)
{
    if (span_find(buf_view(text), span_of(part), 0) == text->n)
        fail_msg("missing: %s\nin: %s", part, buf_cstr(text));
}

static void assert_lacks(const struct buf *text, const char *part)
{
    if (span_find(buf_view(text), span_of(part), 0) != text->n)
        fail_msg("found: %s\nin: %s", part, buf_cstr(text));
}

/* --- form --- */

static const char all_kinds[] =
    "[{\"kind\":\"table\",\"title\":\"Releases\",\"columns\":[\"version\","
    "\"created\"],\"rows\":[[41,\"2026-11-20\"],[\"a|b\",null]]},"
    "{\"kind\":\"json\",\"value\":{\"ok\":true}},"
    "{\"kind\":\"metric\",\"name\":\"p95\",\"value\":120,\"unit\":\"ms\"},"
    "{\"kind\":\"metric\",\"name\":\"errors\",\"value\":0},"
    "{\"kind\":\"link\",\"url\":\"https://x.test/a?b=1&c=2\",\"title\":"
    "\"the run\"},"
    "{\"kind\":\"file\",\"path\":\"../a/matrix.csv\",\"sha256\":"
    "\"0123456789abcdef\",\"bytes\":12},"
    "{\"kind\":\"check\",\"id\":\"health\",\"ok\":true,\"detail\":\"200\"},"
    "{\"kind\":\"check\",\"id\":\"smoke\",\"ok\":false}]";

static const char whole_region[] =
    "<!-- runproof:evidence id=rollback run=01JD7Z status=passed "
    "src=9f2c0123456789ab out=0000000000000000 -->\n"
    "<!-- prettier-ignore-start -->\n"
    "**✅ passed** in 0.42 s · attempt 1 · sandbox · "
    "2026-11-23T13:00:00Z\n"
    "\n"
    "**Releases**\n"
    "\n"
    "| version | created |\n"
    "| --- | --- |\n"
    "| 41 | 2026-11-20 |\n"
    "| a\\|b |  |\n"
    "\n"
    "```json\n{\n  \"ok\": true\n}\n```\n"
    "\n"
    "p95 **120** ms · errors **0**\n"
    "\n"
    "[the run](https://x.test/a?b=1&amp;c=2)\n"
    "\n"
    "[../a/matrix.csv](../a/matrix.csv) · 12 bytes · "
    "sha256 0123456789ab\n"
    "\n"
    "| check | result | detail |\n"
    "| --- | --- | --- |\n"
    "| health | ✅ ok | 200 |\n"
    "| smoke | ❌ failed |  |\n"
    "\n"
    "```text\nwhat the block printed\n```\n"
    "\n"
    "<details><summary>1 change, 2 reads</summary>\n"
    "\n"
    "- remote: POST /v1/apps\n"
    "\n"
    "</details>\n"
    "\n"
    "[log](../artifacts/deployment/01JD7Z/02-rollback.log)\n"
    "<!-- prettier-ignore-end -->\n"
    "<!-- /runproof:evidence -->";

static void test_whole_region(void **state)
{
    (void)state;
    struct json *items = parse(all_kinds);
    struct json *acts = parse("[{\"op\":\"http.request\",\"class\":\"remote\","
                              "\"summary\":\"POST /v1/apps\"}]");
    struct step_result r = passed();
    r.items = items;
    r.activities = acts;
    r.counts[EFFECT_REMOTE] = 1;
    r.counts[EFFECT_READ] = 2;
    r.output = SPAN("what the block printed\n");
    struct buf out = {0};
    evidence_markdown(&r, &out);
    size_t hash = span_find(buf_view(&out), SPAN("out="), 0) + 4;
    memset(out.p + hash, '0', 16);
    assert_string_equal(buf_cstr(&out), whole_region);
    buf_release(&out);
    json_free(items);
    json_free(acts);
}

static void test_status_lines(void **state)
{
    (void)state;
    static const struct {
        enum step_status status;
        int attempts;
        const char *line;
    } rows[] = {
        {STEP_PASSED, 2, "**✅ passed** in 0.42 s · attempt 2 · sandbox · "},
        {STEP_FAILED, 3, "**❌ failed** in 0.42 s · attempt 3 · sandbox · "},
        {STEP_SKIPPED, 0, "**⏭ skipped** · sandbox · 2026-11-23T13:00:00Z"},
        {STEP_BLOCKED, 0, "**⛔ blocked** · sandbox · "},
        {STEP_REFUSED, 1, "**🚫 refused** in 0.42 s · attempt 1 · "},
        {STEP_WAITING, 0, "**⏳ waiting** · sandbox · "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct step_result r = passed();
        r.status = rows[i].status;
        r.attempts = rows[i].attempts;
        struct buf out = {0};
        evidence_markdown(&r, &out);
        assert_has(&out, rows[i].line);
        enum step_status back;
        assert_true(
            step_status_parse(span_of(step_status_name(r.status)), &back));
        assert_int_equal(back, r.status);
        buf_release(&out);
    }
}

static void test_tight_has_no_blank_line(void **state)
{
    (void)state;
    struct json *items = parse("[{\"kind\":\"text\",\"title\":\"t\",\"text\":"
                               "\"x\"},{\"kind\":\"link\",\"url\":\"a\"}]");
    struct json *acts = parse("[{\"op\":\"fs.read\",\"class\":\"read\"}]");
    struct step_result r = passed();
    r.tight = true;
    r.items = items;
    r.activities = acts;
    r.counts[EFFECT_READ] = 1;
    struct buf out = {0};
    evidence_markdown(&r, &out);
    assert_lacks(&out, "\n\n");
    assert_lacks(&out, "details");
    assert_has(&out, "\n<!-- -->\n1 read\n<!-- -->\n[log](");
    buf_release(&out);
    json_free(items);
    json_free(acts);
}

static void test_repeated_activities_are_counted(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_char(&text, '[');
    for (int i = 0; i < 3; i++)
        buf_str(&text,
                "{\"op\":\"http.request\",\"class\":\"read\",\"summary\":"
                "\"GET /wait\"},");
    for (int i = 0; i < 200; i++)
        buf_printf(&text,
                   "{\"op\":\"fs.read\",\"class\":\"read\",\"summary\":"
                   "\"%d\"},",
                   i);
    text.p[text.n - 1] = ']';
    struct json *acts = parse(buf_cstr(&text));
    struct step_result r = passed();
    r.activities = acts;
    struct buf out = {0};
    evidence_markdown(&r, &out);
    assert_has(&out, "\n\n- read: GET /wait (3 times)\n"
                     "- read: 0\n");
    assert_has(&out, "- read: 98\n- and more in the log\n");
    buf_release(&out);
    buf_release(&text);
    json_free(acts);
}

static void test_long_output_is_cut(void **state)
{
    (void)state;
    struct buf long_line = {0};
    struct buf many = {0};
    for (int i = 0; i < 1000000; i++)
        buf_char(&long_line, 'y');
    for (int i = 1; i <= 200; i++)
        buf_printf(&many, "line %d\n", i);
    const struct {
        enum step_status status;
        const struct buf *output;
        const char *has, *lacks, *cut;
    } rows[] = {
        {STEP_PASSED, &many, "line 60\n", "line 61\n",
         "cut: 140 more lines, 1221 bytes, in the log"},
        {STEP_FAILED, &many, "line 141\n", "line 140\n",
         "cut: 140 earlier lines, 1152 bytes, in the log"},
        {STEP_PASSED, &long_line, "yyy\n", "line",
         "cut: 1 more line, 991808 bytes, in the log"},
        {STEP_FAILED, &long_line, "yyy\n", "line ",
         "cut: 1 earlier line, 991808 bytes, in the log"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct step_result r = passed();
        r.status = rows[i].status;
        r.output = buf_view(rows[i].output);
        struct buf out = {0};
        evidence_markdown(&r, &out);
        assert_has(&out, rows[i].has);
        assert_has(&out, rows[i].cut);
        if (rows[i].output == &many)
            assert_lacks(&out, rows[i].lacks);
        assert_true(out.n < 2 * EVIDENCE_OUTPUT_BYTES);
        buf_release(&out);
    }
    buf_release(&many);
    buf_release(&long_line);
}

/* --- comparing --- */

static bool same(const struct step_result *a, const struct step_result *b)
{
    struct buf x = {0};
    struct buf y = {0};
    evidence_markdown(a, &x);
    evidence_markdown(b, &y);
    bool yes = evidence_same(buf_view(&x), buf_view(&y));
    buf_release(&x);
    buf_release(&y);
    return yes;
}

static void test_same_despite_run_and_time(void **state)
{
    (void)state;
    struct json *file_a = parse("[{\"kind\":\"file\",\"path\":\"../artifacts/"
                                "deployment/01JD7Z/x.csv\"}]");
    struct json *file_b = parse("[{\"kind\":\"file\",\"path\":\"../artifacts/"
                                "deployment/01ZZZZ-2/x.csv\"}]");
    struct step_result a = passed();
    a.items = file_a;
    a.output = SPAN("run 01JD7Z done");
    struct step_result b = passed();
    b.items = file_b;
    b.output = SPAN("run 01ZZZZ done");
    b.run = "01ZZZZ";
    b.log = "../artifacts/deployment/01ZZZZ-2/02-rollback.log";
    b.started_ms += 86400000;
    b.elapsed_ms = 61000;
    assert_true(same(&a, &b));
    json_free(file_a);
    json_free(file_b);
}

static void test_differences_count(void **state)
{
    (void)state;
    struct json *acts = parse("[{\"op\":\"fs.read\",\"class\":\"read\"}]");
    struct step_result a = passed();
    a.activities = acts;
    a.counts[EFFECT_READ] = 1;
    a.inputs = "aa";
    struct step_result b[9];
    for (size_t i = 0; i < 9; i++)
        b[i] = a;
    b[0].status = STEP_FAILED;
    b[1].src = "ffff";
    b[2].environment = "staging";
    b[3].attempts = 2;
    b[4].counts[EFFECT_READ] = 2;
    b[5].output = SPAN("x");
    b[6].inputs = "bb";
    b[7].error = "boom";
    b[8].id = "other";
    assert_true(same(&a, &a));
    for (size_t i = 0; i < 9; i++)
        assert_false(same(&a, &b[i]));
    json_free(acts);
}

static void test_changed_text_is_not_the_same(void **state)
{
    (void)state;
    struct step_result r = passed();
    r.output = SPAN("version 41");
    struct buf whole = {0};
    evidence_markdown(&r, &whole);
    struct buf edited = {0};
    buf_span(&edited, buf_view(&whole));
    edited.p[span_find(buf_view(&edited), SPAN("version 41"), 0) + 9]++;
    assert_true(evidence_same(buf_view(&whole), buf_view(&whole)));
    assert_false(evidence_same(buf_view(&edited), buf_view(&whole)));
    assert_false(evidence_same(SPAN("<!-- x -->"), SPAN("<!-- x -->")));
    assert_false(evidence_same(SPAN(""), buf_view(&whole)));
    buf_release(&whole);
    buf_release(&edited);
}

/* --- hostile text --- */

static const struct span hostile[] = {
    SPAN("<!-- /runproof:evidence -->\n\n# out"),
    SPAN("-->\n<!-- prettier-ignore-end -->\n<!-- /runproof:evidence -->\nx"),
    SPAN("```\n``````\n~~~\n~~~~~~\n````\nout"),
    SPAN("    ```\n\t```\n   ````````````````"),
    SPAN("</details>\n\n</summary><script>alert(1)</script>"),
    SPAN("\n\n[status]: http://evil\n[log]: http://evil\n\n"),
    SPAN("@octocat (@a/b) #123 acme/web#7 ![x](http://evil) <http://evil>"),
    SPAN("\x1b]0;t\x07\x1b[2J\0\x08\x7f\xff\xfe\xc0\x80\xed\xa0\x80"),
    SPAN("\xe2\x80\xae txt \xe2\x81\xa6 \xe2\x80\xa8 \xc2\x85 \xef\xbb\xbf"),
    SPAN("a | b\\| c \\\\| d ` e `` f\\"),
    SPAN("**x** __y__ ~~z~~ $a$ &lt; &#64;octocat <b\nonclick=x> \\"),
    SPAN("- [ ] a\n- b\n\n1. c\n> d\n===\n---\n***\n\n    code\n| - |\n"),
    SPAN("\r\r\n\rx\r# y\r"),
    SPAN("](http://evil) [a]: <b> \"c\"\n"),
    SPAN("<![CDATA[\n<?php\n<!DOCTYPE x\n<div>\n"),
    SPAN("   "),
    SPAN("\n"),
    SPAN("_ * ` [ ] < > \\ ! | ~ $ # @ & ^ { }"),
};

/* Container lines around a region: where one could get out of. */
static const struct nest {
    const char *first, *prefix, *after;
    bool tight;
} nests[] = {
    {"", "", "", false},
    {"- ", "  ", "", false},
    {"- ", "  ", "", true},
    {"> ", "> ", "", false},
    {"> 1. ", ">    ", "> ", false},
    {"> > - ", "> >   ", "> > ", true},
    {"1. - > ", "     > ", "", false},
};

/* A result with the text in every place that can hold any. */
struct everywhere {
    struct step_result result;
    struct json *items, *activities;
    struct arena arena;
};

static void fill(struct everywhere *e, struct span text, bool tight)
{
    *e = (struct everywhere){.result = passed()};
    static const char *const kinds[] = {"text",   "json", "link",
                                        "metric", "file", "check"};
    static const char *const keys[] = {"title", "text",  "value", "url",
                                       "name",  "unit",  "path",  "sha256",
                                       "id",    "detail"};
    struct json *j = json_new(JSON_ARRAY);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct json *item = json_push(j, json_new(JSON_OBJECT));
        json_put_str(item, "kind", kinds[k]);
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            json_put(item, keys[i], json_new_bytes(text));
    }
    struct json *table = json_push(j, json_new(JSON_OBJECT));
    json_put_str(table, "kind", "table");
    struct json *columns = json_put(table, "columns", json_new(JSON_ARRAY));
    json_push(columns, json_new_bytes(text));
    struct json *rows = json_put(table, "rows", json_new(JSON_ARRAY));
    json_push(json_push(rows, json_new(JSON_ARRAY)), json_new_bytes(text));
    e->items = j;
    e->activities = json_new(JSON_ARRAY);
    struct json *a = json_push(e->activities, json_new(JSON_OBJECT));
    json_put(a, "op", json_new_bytes(text));
    json_put(a, "class", json_new_bytes(text));
    json_put(a, "summary", json_new_bytes(text));
    e->result.items = e->items;
    e->result.activities = e->activities;
    e->result.output = text;
    const char *line = span_dup(&e->arena, text);
    e->result.error = line;
    e->result.reason = line;
    e->result.id = line;
    e->result.run = line;
    e->result.environment = line;
    e->result.tight = tight;
}

static void drop(struct everywhere *e)
{
    json_free(e->items);
    json_free(e->activities);
    arena_release(&e->arena);
}

/* As doc_place does: every line behind the prefix, blank lines trimmed. */
static void embed(struct span region, const struct nest *n, struct buf *page)
{
    buf_printf(page, "%s```lua {#a}\n%sx()\n%s```\n", n->first, n->prefix,
               n->prefix);
    while (region.n) {
        struct span line = span_cut(&region, '\n');
        size_t start = page->n;
        buf_str(page, n->prefix);
        buf_span(page, line);
        while (line.n == 0 && page->n > start && page->p[page->n - 1] == ' ')
            page->n--;
        buf_char(page, '\n');
    }
    buf_printf(page, "%safter [status] [log] [a]\n", n->prefix);
    buf_printf(page, "%s\n# end\n", n->after);
}

static bool is_own_html(const char *literal)
{
    static const char *const own[] = {
        "<!-- runproof:evidence id=",
        "<!-- prettier-ignore-start -->\n",
        "<!-- prettier-ignore-end -->\n",
        "<!-- /runproof:evidence -->\n",
        "<!-- -->\n",
        "<details><summary>",
        "</details>\n",
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (span_starts(span_of(literal), own[i]))
            return strchr(literal, '\n') == literal + strlen(literal) - 1;
    return false;
}

static void check_text(const char *text)
{
    for (const char *p = text; *p; p++) {
        bool inside = p > text && (isalnum((unsigned char)p[-1]) != 0);
        bool mention = *p == '@' && !inside && isalnum((unsigned char)p[1]);
        bool issue = *p == '#' && isalnum((unsigned char)p[1]);
        if (mention || issue)
            fail_msg("not defused: %s", text);
    }
}

static bool url_is_own(const char *url)
{
    return !strstr(url, "evil") && !strstr(url, "script");
}

struct seen {
    cmark_node *home; /* where the region is */
    int html, fences, headings, loose;
};

static void check_node(cmark_node *node, struct seen *seen)
{
    const char *literal = cmark_node_get_literal(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HTML_BLOCK:
        if (!is_own_html(literal))
            fail_msg("foreign HTML block: %s", literal);
        if (seen->html++ == 0)
            seen->home = cmark_node_parent(node);
        assert_ptr_equal(cmark_node_parent(node), seen->home);
        break;
    case CMARK_NODE_HTML_INLINE:
    case CMARK_NODE_IMAGE:
    case CMARK_NODE_THEMATIC_BREAK:
    case CMARK_NODE_CODE:
    case CMARK_NODE_LINEBREAK:
        fail_msg("foreign %s", cmark_node_get_type_string(node));
        break;
    case CMARK_NODE_LINK:
        assert_true(url_is_own(cmark_node_get_url(node)));
        break;
    case CMARK_NODE_LIST:
        seen->loose += !cmark_node_get_list_tight(node);
        break;
    case CMARK_NODE_TEXT:
        check_text(literal);
        break;
    case CMARK_NODE_CODE_BLOCK:
        seen->fences++;
        break;
    case CMARK_NODE_HEADING:
        seen->headings++;
        break;
    default:
        break;
    }
}

static struct seen check_page(const struct buf *page)
{
    struct seen seen = {0};
    cmark_node *root =
        cmark_parse_document(buf_cstr(page), page->n, CMARK_OPT_DEFAULT);
    cmark_iter *it = cmark_iter_new(root);
    for (;;) {
        cmark_event_type ev = cmark_iter_next(it);
        if (ev == CMARK_EVENT_DONE)
            break;
        if (ev == CMARK_EVENT_ENTER)
            check_node(cmark_iter_get_node(it), &seen);
    }
    cmark_iter_free(it);
    cmark_node_free(root);
    return seen;
}

static int has_rest(const char *text)
{
    const char *eol = text ? strchr(text, '\n') : NULL;
    return eol && eol[1];
}

static void test_hostile_text_stays_in_its_place(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof nests / sizeof *nests; n++)
        for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
            struct everywhere e;
            fill(&e, hostile[i], nests[n].tight);
            struct buf region = {0};
            struct buf page = {0};
            evidence_markdown(&e.result, &region);
            assert_true(span_utf8(buf_view(&region)));
            assert_null(memchr(region.p, '\0', region.n));
            assert_null(memchr(region.p, '\r', region.n));
            assert_null(memchr(region.p, '\x1b', region.n));
            embed(buf_view(&region), &nests[n], &page);
            struct seen seen = check_page(&page);
            /* the block, the text and JSON items, the output; what follows
             * the first line of reason and error */
            assert_int_equal(seen.fences, 4 + has_rest(e.result.reason) +
                                              has_rest(e.result.error));
            assert_int_equal(seen.headings, 1);
            if (nests[n].tight)
                assert_int_equal(seen.loose, 0);
            else
                assert_int_equal(seen.html, 6);
            drop(&e);
            buf_release(&region);
            buf_release(&page);
        }
}

static void test_items_are_bounded(void **state)
{
    (void)state;
    struct json *items = json_new(JSON_ARRAY);
    struct json *item = NULL;
    for (int i = 0; i < 300; i++) {
        item = json_push(items, json_new(JSON_OBJECT));
        json_put_str(item, "kind", i % 2 ? "text" : "check");
        json_put_str(item, "text", "x");
    }
    struct step_result r = passed();
    r.items = items;
    struct buf out = {0};
    evidence_markdown(&r, &out);
    assert_has(&out, "cut: 200 more items in the journal");
    buf_release(&out);
    json_free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_region),
        cmocka_unit_test(test_status_lines),
        cmocka_unit_test(test_tight_has_no_blank_line),
        cmocka_unit_test(test_repeated_activities_are_counted),
        cmocka_unit_test(test_long_output_is_cut),
        cmocka_unit_test(test_same_despite_run_and_time),
        cmocka_unit_test(test_differences_count),
        cmocka_unit_test(test_changed_text_is_not_the_same),
        cmocka_unit_test(test_hostile_text_stays_in_its_place),
        cmocka_unit_test(test_items_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
