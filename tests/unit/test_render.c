/* The HTML page: what it shows, and that nothing passes through as markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "anchors.h"
#include "render.h"

static void render(const char *source, const struct run_summary *run,
                   struct buf *out)
{
    struct doc d;
    struct err err = {0};
    struct render_info info = {.run = run};
    buf_clear(out);
    if (doc_parse(&d, "r.md", span_of(source), &err) != ST_OK ||
        render_html(&d, &info, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    doc_release(&d);
}

static void assert_has(const struct buf *html, const char *part)
{
    if (!strstr(buf_cstr(html), part))
        fail_msg("missing: %s\nin: %s", part, buf_cstr(html));
}

static void assert_lacks(const struct buf *html, const char *part)
{
    if (strstr(buf_cstr(html), part))
        fail_msg("found: %s\nin: %s", part, buf_cstr(html));
}

static size_t count(const struct buf *html, const char *part)
{
    size_t n = 0;
    const char *at = strstr(buf_cstr(html), part);
    for (; at; at = strstr(at + 1, part))
        n++;
    return n;
}

/* Markdown below `# T` and what must be in the page. */
static void test_markdown(void **state)
{
    (void)state;
    static const struct {
        const char *markdown, *html;
    } rows[] = {
        {"a *b* **c** `d<` \\\ne", "<p>a <em>b</em> <strong>c</strong> "
                                   "<code>d&lt;</code> <br>\ne</p>"},
        {"## Roll back!\n## Roll back!",
         "<h2 id=\"roll-back\">Roll back!</h2>\n"
         "<h2 id=\"roll-back-1\">Roll back!</h2>"},
        {"> q", "<blockquote>\n<p>q</p>\n</blockquote>"},
        {"- a\n- b", "<ul>\n<li>a\n</li>\n<li>b\n</li>\n</ul>"},
        {"- a\n\n- b", "<li><p>a</p>\n</li>"},
        {"3. a", "<ol start=\"3\">"},
        {"---", "<hr>"},
        {"```\nx < y\n```",
         "<pre tabindex=\"0\"><code>x &lt; y\n</code></pre>"},
        {"[a](b.md#c)", "<a rel=\"noopener noreferrer\" href=\"b.md#c\">a</a>"},
        {"[a](mailto:x@y)", "href=\"mailto:x@y\""},
        {"![pic](p.png)", "href=\"p.png\">[image: pic]</a>"},
        {"[![pic](p.png)](q)", "href=\"q\">[image: pic]</a>"},
        {"- [ ] open\n- [x] done",
         "<li class=\"task\"><input type=\"checkbox\" disabled "
         "aria-label=\"open\">open"},
        {"- [x] done <!-- check: manual:smoke -->",
         "disabled checked aria-label=\"done\">done <span class=\"tag\">"
         "manual:smoke</span>"},
        {"\\@&#8203;octocat", "<p>@octocat</p>"},
        {"a\xE2\x80\xAE b", "a&lt;U+202E&gt; b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf source = {0};
        struct buf html = {0};
        buf_printf(&source, "# T\n\n%s\n", rows[i].markdown);
        render(buf_cstr(&source), NULL, &html);
        assert_has(&html, rows[i].html);
        buf_release(&source);
        buf_release(&html);
    }
}

static void test_tables(void **state)
{
    (void)state;
    static const char row[] = "<td>1</td><td><em>x</em> | y</td></tr>";
    static const char *const nests[] = {"", "- ", "> ", "> 1. "};
    static const char *const prefixes[] = {"", "  ", "> ", ">    "};
    for (size_t i = 0; i < 4; i++) {
        struct buf source = {0};
        struct buf html = {0};
        const char *p = prefixes[i];
        buf_printf(&source,
                   "# T\n\n%s| a | b |\n%s| --- | :-: |\n%s| 1 | *x* \\| y |\n"
                   "%s| - 2 |\n",
                   nests[i], p, p, p);
        render(buf_cstr(&source), NULL, &html);
        assert_has(&html, "<tr><th>a</th><th>b</th></tr>");
        assert_has(&html, row);
        assert_has(&html, "<tr><td>- 2</td><td></td></tr>");
        assert_lacks(&html, "---");
        buf_release(&source);
        buf_release(&html);
    }
    struct buf html = {0};
    render("| a | b |\n| c | d |\n\n| a |\n| --- | --- |\n", NULL, &html);
    assert_lacks(&html, "<table>");
    buf_release(&html);
}

/* --- steps and evidence --- */

#define STEP(id) "```lua {#" id " effect=remote needs=\"\"}\nx(\"<b>\")\n```"

static const char source[] =
    "---\ntitle: Roll <b>back</b>\nowner: deployment\n"
    "environments: [sandbox, staging]\n---\n"
    "# Roll <b>back</b>\n\n" STEP("one") "\n\n- in a list\n\n"
                                         "  ```lua {#two}\n  y()\n  ```\n"
                                         "\nend\n";

/* source with a region of both forms under each step */
static void with_evidence(const struct doc *d, struct buf *out)
{
    struct placement put[2];
    struct buf text[2] = {{0}, {0}};
    struct json *acts = json_new(JSON_ARRAY);
    json_put_str(json_push(acts, json_new(JSON_OBJECT)), "op", "</details>");
    for (size_t i = 0; i < 2; i++) {
        char *id = span_dup((struct arena *)&d->arena, d->blocks[i].attr.id);
        struct step_result r = {.id = id,
                                .run = "01JD7Z",
                                .environment = "sandbox",
                                .status = i ? STEP_FAILED : STEP_PASSED,
                                .attempts = 1,
                                .src = d->blocks[i].src.hex,
                                .output = SPAN("</section><script>\n"),
                                .activities = acts,
                                .log = "../x.log",
                                .tight = d->blocks[i].tight};
        evidence_markdown(&r, &text[i]);
        put[i] = (struct placement){i, buf_view(&text[i])};
    }
    struct err err = {0};
    if (doc_place(d, put, 2, NULL, 0, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    buf_release(&text[0]);
    buf_release(&text[1]);
    json_free(acts);
}

static void placed(struct buf *out)
{
    struct doc d;
    struct err err = {0};
    if (doc_parse(&d, "r.md", span_of(source), &err) != ST_OK)
        fail_msg("%s", err.msg);
    with_evidence(&d, out);
    doc_release(&d);
}

static void test_steps(void **state)
{
    (void)state;
    struct buf html = {0};
    render(source, NULL, &html);
    assert_has(&html, "<title>Roll &lt;b&gt;back&lt;/b&gt;</title>");
    assert_int_equal(count(&html, "<h1"), 1);
    assert_has(&html, "<dt>Environments</dt><dd>sandbox, staging</dd>");
    assert_has(&html, "<a href=\"#step-one\">one</a> <span class=\"status "
                      "pending\">");
    assert_has(&html, "<section class=\"step\" id=\"step-two\"");
    assert_has(&html, "effect remote</span> <span class=\"tag\">needs nothing");
    assert_has(&html, "x(&quot;&lt;b&gt;&quot;)");
    assert_lacks(&html, "<b>");
    buf_release(&html);
}

static void test_evidence_becomes_cards(void **state)
{
    (void)state;
    struct buf page = {0};
    struct buf html = {0};
    placed(&page);
    render(buf_cstr(&page), NULL, &html);
    assert_has(&html, "<section class=\"evidence passed\" aria-label="
                      "\"Evidence of one\">\n<p class=\"about\">Evidence · run "
                      "01JD7Z</p>");
    assert_has(&html, "<section class=\"evidence failed\"");
    assert_has(&html, "&lt;/section&gt;&lt;script&gt;");
    assert_has(&html, "<details><summary>no change, no read</summary>");
    assert_has(&html, "&lt;/details&gt;");
    assert_has(&html, "href=\"../x.log\">log</a>");
    assert_lacks(&html, "prettier");
    assert_lacks(&html, "<!--");
    assert_lacks(&html, "<script");
    assert_lacks(&html, "stale");
    assert_int_equal(count(&html, "<section"), 4);
    assert_int_equal(count(&html, "</section>"), 4);
    assert_int_equal(count(&html, "<details>"), count(&html, "</details>"));
    buf_release(&page);
    buf_release(&html);
}

static void test_stale_evidence_is_told(void **state)
{
    (void)state;
    struct buf page = {0};
    struct buf html = {0};
    placed(&page);
    *strstr(page.p, "y()") = 'z';
    render(buf_cstr(&page), NULL, &html);
    assert_int_equal(count(&html, "stale: the block has changed since"), 1);
    assert_has(&html, "<span class=\"status blocked\">stale</span>");
    buf_release(&page);
    buf_release(&html);
}

static void test_a_run_is_shown(void **state)
{
    (void)state;
    static const struct step_summary steps[] = {
        {.id = "one", .status = STEP_PASSED, .attempts = 1, .elapsed_ms = 420},
        {.id = "two", .status = STEP_WAITING},
    };
    const struct run_summary run = {.run = "01JD7Z",
                                    .status = "waiting",
                                    .environment = "staging",
                                    .operator= "ann <ann@x>",
                                    .steps = steps,
                                    .n_steps = 2};
    struct buf html = {0};
    render(source, &run, &html);
    assert_has(&html, "<dt>Run</dt><dd>01JD7Z</dd>");
    assert_has(&html, "<dd>ann &lt;ann@x&gt;</dd>");
    assert_has(&html, "passed</span><span class=\"took\">0.42 s</span>");
    assert_has(&html, "waiting</span></li>");
    buf_release(&html);
}

static void test_links_lead_to_the_same_places(void **state)
{
    (void)state;
    struct doc d;
    struct err err = {0};
    struct buf html = {0};
    struct render_info info = {.runbook_dir = "runbooks",
                               .page_dir = "artifacts/x"};
    assert_int_equal(
        doc_parse(&d, "r.md",
                  SPAN("[a](../artifacts/x/1.log) [b](b.md?c#d) [c](#here) "
                       "[d](/root) [e](https://x.test/a)\n"),
                  &err),
        ST_OK);
    assert_int_equal(render_html(&d, &info, &html, &err), ST_OK);
    assert_has(&html, "href=\"1.log\">a<");
    assert_has(&html, "href=\"../../runbooks/b.md?c#d\">b<");
    assert_has(&html, "href=\"#here\">c<");
    assert_has(&html, "href=\"/root\">d<");
    assert_has(&html, "href=\"https://x.test/a\">e<");
    doc_release(&d);
    buf_release(&html);
}

/* --- hostile pages --- */

static void test_nothing_passes_through(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "<script>alert(1)</script>\n",
        "a <img src=x onerror=alert(1)> b\n",
        "<details><summary>x</summary>\n\n</details>\n",
        "<!-- a comment --> <b>\n",
        "[x](javascript:alert(1)) <javascript:alert(1)>\n",
        "![x](javascript:alert(1)) ![x](data:text/html,x)\n",
        "[x](<a\" onclick=\"alert(1)>)\n",
        "| <script> |\n| --- |\n| <img src=x onerror=y> |\n",
        "## <script>\n[x]: javascript:alert(1)\n[x]\n",
        "<style>\n* { x }\n</style>\n",
        "</main></body></html>\n",
        "- [ ] <input autofocus onfocus=x>\n",
        "<?php x ?>\n\n<![CDATA[ x ]]>\n\n<!DOCTYPE x>\n",
    };
    static const char *const live[] = {
        "<script>a",     "<img",     "<b>", "<!--", "<style>\n*", "<input a",
        "=\"javascript", "=\"data:", "<?",  "<![",  "\" onclick"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct buf html = {0};
        render(pages[i], NULL, &html);
        for (size_t k = 0; k < sizeof live / sizeof *live; k++)
            assert_lacks(&html, live[k]);
        assert_int_equal(count(&html, "<script"), 0);
        assert_int_equal(count(&html, "</main>"), 1);
        assert_int_equal(count(&html, "<details"), 0);
        assert_int_equal(count(&html, "http://"), 0);
        buf_release(&html);
    }
}

/* Recursion over a tree as deep as its author likes would end the process. */
static void test_deep_nesting(void **state)
{
    (void)state;
    struct buf page = {0};
    struct buf html = {0};
    for (int i = 0; i < 20000; i++)
        buf_char(&page, '>');
    buf_str(&page, " x\n");
    render(buf_cstr(&page), NULL, &html);
    assert_int_equal(count(&html, "<blockquote>"), 20000);
    assert_int_equal(count(&html, "</blockquote>"), 20000);
    buf_release(&page);
    buf_release(&html);
}

static void test_self_contained(void **state)
{
    (void)state;
    struct buf html = {0};
    render(source, NULL, &html);
    assert_has(&html, "default-src 'none'; style-src 'unsafe-inline'; "
                      "img-src data:; base-uri 'none'; form-action 'none'");
    assert_lacks(&html, "src=");
    assert_lacks(&html, "@import");
    assert_lacks(&html, "url(");
    buf_release(&html);
}

static void test_anchors(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct anchors set = {.arena = &arena};
    assert_string_equal(anchor_for(&set, SPAN("a-1")), "a-1");
    assert_string_equal(anchor_for(&set, SPAN("A")), "a");
    assert_string_equal(anchor_for(&set, SPAN("a!")), "a-2");
    assert_string_equal(anchor_for(&set, SPAN("Größe x_y")), "größe-x_y");
    assert_string_equal(anchor_for(&set, SPAN("?")), "section");
    assert_string_equal(anchor_for(&set, SPAN("")), "section-1");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_evidence_becomes_cards),
        cmocka_unit_test(test_stale_evidence_is_told),
        cmocka_unit_test(test_a_run_is_shown),
        cmocka_unit_test(test_links_lead_to_the_same_places),
        cmocka_unit_test(test_nothing_passes_through),
        cmocka_unit_test(test_deep_nesting),
        cmocka_unit_test(test_self_contained),
        cmocka_unit_test(test_anchors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
