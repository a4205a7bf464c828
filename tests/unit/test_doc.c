/* Documents: blocks, boxes, regions, strip, hash, placing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "doc.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])
#define OPENING(id) "<!-- runproof:evidence id=" id " run=r status=passed -->"
#define CLOSING "<!-- /runproof:evidence -->"
#define REGION(id) OPENING(id) "\nok\n" CLOSING

/* --- blocks --- */

static const struct {
    const char *src;
    const char *want; /* id@line insert_at 'prefix' eol[ tight]; … */
} blocks[] = {
    {"", ""},
    {"```lua\nx\n```\n", ""},
    {"    ```lua {#a}\n    x\n    ```\n", ""},
    {"```lua {#a}\nx\n```\n", "a@1 17 '' n;"},
    {"```lua {#a}\nx\n```", "a@1 17 '' n;"},
    {"```lua {#a}\n```", "a@1 15 '' n;"},
    {"~~~ lua {#a}\n```\n~~~~  \n", "a@1 23 '' n;"},
    {"`````sh {#a}\n```\n``````\n", "a@1 23 '' n;"},
    {"  ```lua {#a}\n  x\n   ```\n", "a@1 24 '   ' n;"},
    {"```lua {#a}\r\nx\r\n```\r\n", "a@1 19 '' rn;"},
    {"```lua {#a}\rx\r```\r", "a@1 17 '' r;"},
    {"```lua {#a}\r\nx\n```\n", "a@1 18 '' rn;"},
    {"\xEF\xBB\xBF```lua {#a}\n```\n", "a@1 18 '' n;"},
    {"---\ntitle: x\n---\n```lua {#a}\n```\n", "a@4 32 '' n;"},
    {"\xEF\xBB\xBF---\r\n---\r\n```lua {#a}\r\n```\r\n", "a@3 29 '' rn;"},
    {"> ```lua {#a}\n> x\n> ```\n", "a@1 23 '> ' n;"},
    {">```lua {#a}\n>x\n>```\n", "a@1 20 '> ' n;"},
    {"> > ```lua {#a}\n> >```\n", "a@1 22 '> > ' n;"},
    {"- ```lua {#a}\n  ```\n", "a@1 19 '  ' n tight;"},
    {"- ```lua {#a}\n  ```\n\n- b\n", "a@1 19 '  ' n;"},
    {"10) x\n\n    ```lua {#a}\n    ```\n", "a@3 30 '    ' n;"},
    {"-\t```lua {#a}\n\t```\n", "a@1 18 '\t' n tight;"},
    {"- > ```lua {#a}\n  > ```\n", "a@1 23 '  > ' n;"},
    {"text\n```lua {#a}\n```\ntext\n", "a@2 20 '' n;"},
    {"```lua {#a}\n```\n```lua {#b}\n```\n", "a@1 15 '' n;b@3 31 '' n;"},
    {"<!-- c -->\n```lua {#a}\n```\n<!-- c -->\n", "a@2 26 '' n;"},
    /* one inside evidence is no block */
    {REGION("z") "\n```lua {#a}\n```\n", "a@4 98 '' n;"},
    {OPENING("z") "\n```lua {#a}\n```\n" CLOSING "\n", ""},
};

static const char *eol_name(const char *eol)
{
    return strcmp(eol, "\r\n") == 0 ? "rn" : strcmp(eol, "\n") ? "r" : "n";
}

static void test_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(blocks); i++) {
        struct doc d;
        struct err err = {0};
        struct buf got = {0};
        if (doc_parse(&d, "x.md", span_of(blocks[i].src), &err) != ST_OK)
            fail_msg("%s: %s", blocks[i].src, err.msg);
        for (size_t k = 0; k < d.n_blocks; k++) {
            const struct block *b = &d.blocks[k];
            buf_printf(&got, "%.*s@%d %zu '%.*s' %s%s;", SPAN_ARG(b->attr.id),
                       b->line, b->insert_at, SPAN_ARG(b->prefix),
                       eol_name(b->eol), b->tight ? " tight" : "");
            assert_ptr_equal(doc_block(&d, b->attr.id), b);
        }
        if (strcmp(buf_cstr(&got), blocks[i].want) != 0)
            fail_msg("%s: %s", blocks[i].src, buf_cstr(&got));
        buf_release(&got);
        doc_release(&d);
    }
}

static void test_code(void **state)
{
    (void)state;
    struct doc d;
    struct err err = {0};
    struct span src = SPAN("# One `two`\n"
                           "> - ```lua {#a}\r\n"
                           ">   x\r\n"
                           ">\n"
                           ">     y\n"
                           ">   ```\n"
                           "```lua {#b}\nx\n\n  y\n```\n");
    assert_int_equal(doc_parse(&d, "x.md", src, &err), ST_OK);
    assert_true(span_is(d.blocks[0].code, "x\n\n  y\n"));
    assert_true(span_is(d.blocks[0].lang, "lua"));
    assert_string_equal(d.blocks[0].heading, "One two");
    assert_string_equal(d.title, "One two");
    struct digest want = hash_sha256(SPAN("lua\nx\n\n  y\n"));
    assert_string_equal(d.blocks[0].src.hex, want.hex);
    assert_string_equal(d.blocks[1].src.hex, want.hex);
    assert_null(doc_block(&d, SPAN("c")));
    doc_release(&d);
}

static const struct {
    const char *src;
    int line;
    const char *hint;
} bad[] = {
    {"x\n```lua {#a}\ny\n", 2, "never closed"},
    {"```lua {#a}", 1, "never closed"},
    {"```lua {#a}\nx\n``\n", 1, "never closed"},
    {"````lua {#a}\nx\n```\n", 1, "a line of 4 '`'"},
    {"```lua {#a}\n~~~\n", 1, "never closed"},
    {"```lua {#a}\nx\n``` y\n", 1, "never closed"},
    {"> ```lua {#a}\n> x\ny\n", 1, "never closed"},
    {"> ```lua {#a}\n> x\n\ny\n", 1, "never closed"},
    {"> ```lua {#a}\n> x\n```\n", 1, "never closed"},
    {"> ```lua {#a}\n> x\n    ```\n", 1, "never closed"},
    {"> ```lua {#a}\n> x\n[l]: ```\n", 1, "never closed"},
    {"- ```lua {#a}\n  x\n```\n", 1, "never closed"},
    {"- ```lua {#a}\n  x\n> ```\n", 1, "never closed"},
    {"> ```lua {#a}\n> x\n> > y\n", 1, "never closed"},
    {"```lua {#a}\n```\n\n```sh {#a}\n```\n", 4, "taken by line 1"},
    {"```lua {#a efect=none}\n```\n", 1, "did you mean 'effect'"},
    {"---\na: [\n---\n```lua {#a}\n", 3, "YAML"},
    {"---\nexpires: x\n---\n", 2, "must be a date"},
    {"x\n\n" OPENING("a") "\n", 3, "never ends"},
    {"x\n\n" CLOSING "\n", 3, "never began"},
    {OPENING("a") "\n" REGION("b") "\n", 2, "begins inside that of line 1"},
    {OPENING("a") "\n> " CLOSING "\n", 2, "another list or quote"},
    /* evidence that the page reads differently without */
    {"x\n" REGION("a") "\ny\n", 2, "changes how the rest"},
    {"<div>\n" REGION("a") "\n```lua {#a}\n```\n", 2, "changes how"},
    {"- a\n  " OPENING("a") "\n\n  " CLOSING "\n", 2, "changes how"},
    {"- [ ] x <!-- check: a -->\n- [ ] y <!-- check: manual:a -->\n", 2,
     "manual and automatic (line 1)"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct doc d;
        struct err err = {0};
        enum status st = doc_parse(&d, "x.md", span_of(bad[i].src), &err);
        if (st != ST_INPUT || err.line != bad[i].line ||
            !strstr(err.msg, bad[i].hint))
            fail_msg("%s: %s, line %d: %s", bad[i].src, status_name(st),
                     err.line, err.msg);
        assert_string_equal(err.file, "x.md");
        doc_release(&d);
    }
}

/* --- boxes --- */

static const struct {
    const char *src;
    const char *want; /* [m]id@line [x]'text'; … */
} boxes[] = {
    {"- [ ] a <!-- check: h -->\n", "h@1 'a';"},
    {"- [x] a <!-- check: h -->\n", "h@1 x'a';"},
    {"* [X] a <!-- check: manual:h -->\n", "mh@1 x'a';"},
    {"1. [ ] *a* `b`\n   c <!--check: h-->\n", ""},
    {"1. [ ] *a* `b`\n   c <!-- check:h-->\n", "h@1 'a b c';"},
    {"> - [ ] a\n>   - [x] b <!-- check: h -->\n", "h@2 x'b';"},
    {"- [ ] <!-- check: h --> a\n", "h@1 'a';"},
    {"- [x] a <!-- check: h -->\n\n[x]: /u\n", "h@1 x'a';"},
    {"- [ ] a\n- [x] b\n", ""},
    {"- [ ]a <!-- check: h -->\n", ""},
    {"- [y] a <!-- check: h -->\n", ""},
    {"[ ] a <!-- check: h -->\n", ""},
    {"- a\n\n  [ ] b <!-- check: h -->\n", ""},
    {"- [ ] a `<!-- check: h -->`\n", ""},
    {"- [ ] a <!-- check: -->\n", ""},
    {"- [ ] a <!-- check: x,y -->\n", ""},
    {"- [ ] a <!-- check: h --> <!-- check: i -->\n", "h@1 'a';"},
    {OPENING("z") "\n- [ ] a <!-- check: h -->\n\n" CLOSING "\n", ""},
};

static void test_boxes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(boxes); i++) {
        struct doc d;
        struct err err = {0};
        struct buf got = {0};
        if (doc_parse(&d, "x.md", span_of(boxes[i].src), &err) != ST_OK)
            fail_msg("%s: %s", boxes[i].src, err.msg);
        for (size_t k = 0; k < d.n_boxes; k++) {
            const struct box *b = &d.boxes[k];
            buf_printf(&got, "%s%.*s@%d %s'%s';", b->manual ? "m" : "",
                       SPAN_ARG(b->id), b->line, b->ticked ? "x" : "", b->text);
            assert_true(strchr(" xX", d.src.p[b->mark_at]));
        }
        if (strcmp(buf_cstr(&got), boxes[i].want) != 0)
            fail_msg("%s: %s", boxes[i].src, buf_cstr(&got));
        buf_release(&got);
        doc_release(&d);
    }
}

/* --- regions --- */

static const struct {
    const char *src;
    const char *want; /* id@line-last block canonical 'payload'; … */
} regions[] = {
    {"```lua {#a}\n```\n" REGION("a") "\n", "a@3-5 0 1 'ok';"},
    {"```lua {#a}\n```\n" REGION("a"), "a@3-5 0 1 'ok';"},
    {"```lua {#a}\n```\n\n" REGION("a") "\n", "a@4-6 0 0 'ok';"},
    {"```lua {#a}\n```\n" REGION("b") "\n", "b@3-5 -1 0 'ok';"},
    {"```lua {#a}\n```\n" REGION("a") "\n" REGION("a") "\n",
     "a@3-5 0 1 'ok';a@6-8 -1 0 'ok';"},
    {REGION("a") "\n```lua {#a}\n```\n" REGION("a") "\n",
     "a@1-3 -1 0 'ok';a@6-8 0 1 'ok';"},
    {"> ```lua {#a}\n> ```\n> " OPENING("a") "\n>\n> ok\n> " CLOSING,
     "a@3-6 0 1 '\nok';"},
    {"> ```lua {#a}\n> ```\n> " OPENING("a") "\n> \n> ok\n> " CLOSING,
     "a@3-6 0 0 '\nok';"},
    {"```lua {#a}\n```\n" OPENING("a") "\n" CLOSING "\n", "a@3-4 0 1 '';"},
    {"```lua {#a}\n```\n" OPENING("a") "  \n" CLOSING "\n", "a@3-4 0 1 '';"},
    {"```lua {#a}\n```\n " OPENING("a") "\n" CLOSING "\n", "a@3-4 0 0 '';"},
    {"```lua {#a}\r\n```\r\n" REGION("a") "\n", "a@3-5 0 0 'ok';"},
    {"- ```lua {#a}\n  ```\n  " OPENING("a") "\n  " CLOSING "\n  x\n",
     "a@3-4 0 1 '';"},
    /* not markers: in code, inline, indented */
    {"```text\n" REGION("a") "\n```\n", ""},
    {"`" OPENING("a") "`\n", ""},
    {"x " OPENING("a") "\n", ""},
    {"    " OPENING("a") "\n", ""},
    {"<!-- runproof:evidence-->\n", ""},
    {OPENING("z") "\n```\n" CLOSING "\n```\n" CLOSING "\n",
     "z@1-5 -1 0 '```\n" CLOSING "\n```';"},
};

static void test_regions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(regions); i++) {
        struct doc d;
        struct err err = {0};
        struct buf got = {0};
        if (doc_parse(&d, "x.md", span_of(regions[i].src), &err) != ST_OK)
            fail_msg("%s: %s", regions[i].src, err.msg);
        for (size_t k = 0; k < d.n_regions; k++) {
            const struct region *r = &d.regions[k];
            buf_printf(&got, "%.*s@%d-%d %d %d '%.*s';", SPAN_ARG(r->id),
                       r->line, r->last_line, r->block, r->canonical,
                       SPAN_ARG(r->payload));
            assert_true(r->block < 0 || d.blocks[r->block].region == (int)k);
        }
        if (strcmp(buf_cstr(&got), regions[i].want) != 0)
            fail_msg("%s: %s", regions[i].src, buf_cstr(&got));
        buf_release(&got);
        doc_release(&d);
    }
}

static void test_marker_fields(void **state)
{
    (void)state;
    struct doc d;
    struct err err = {0};
    struct span src = SPAN("<!-- runproof:evidence id=a run=01J x=y "
                           "status=failed src=12 out=34 -->\n" CLOSING "\n");
    assert_int_equal(doc_parse(&d, "x.md", src, &err), ST_OK);
    const struct region *r = &d.regions[0];
    assert_true(span_is(r->id, "a") && span_is(r->run, "01J"));
    assert_true(span_is(r->status, "failed"));
    assert_true(span_is(r->src, "12") && span_is(r->out, "34"));
    struct digest want = hash_sha256(span_sub(src, 0, src.n - 1));
    assert_string_equal(r->hash.hex, want.hex);
    doc_release(&d);
}

/* --- strip and hash --- */

static const struct {
    const char *src;
    const char *want; /* NULL: refused */
} strips[] = {
    {"", ""},
    {"x\n", "x\n"},
    {"x\n" REGION("a") "\ny", "x\ny"},
    {"x\n" REGION("a"), "x"},
    {REGION("a") "\ny\n", "\ny\n"},
    {"x\r\n" REGION("a") "\r\ny", "x\r\ny"},
    {"> x\n> " OPENING("a") "\n> " CLOSING "  \n> y\n", "> x  \n> y\n"},
    {"- [x] a <!-- check: h -->\n- [X] b <!-- check: manual:i -->\n- [x] c\n",
     "- [ ] a <!-- check: h -->\n- [ ] b <!-- check: manual:i -->\n- [x] c\n"},
    {"---\nbad: [\n---\nx\n" REGION("a") "\n", "---\nbad: [\n---\nx\n"},
    {"x\n" OPENING("a") "\n", NULL},
};

static void test_strip(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(strips); i++) {
        struct buf out = {0};
        struct err err = {0};
        enum status st = doc_strip(span_of(strips[i].src), &out, &err);
        assert_int_equal(st, strips[i].want ? ST_OK : ST_INPUT);
        if (!span_eq(buf_view(&out), span_of(strips[i].want)))
            fail_msg("%s: '%s'", strips[i].src, buf_cstr(&out));
        buf_release(&out);
    }
}

static const struct {
    const char *src;
    const char *hashed; /* bytes the hash is over */
} hashes[] = {
    {"x\n", "x\n"},
    {"x", "x"},
    {"\xEF\xBB\xBFx\r\ny\rz\n", "x\ny\nz\n"},
    {"x\n" REGION("a") "\n", "x\n"},
    {"- [x] a <!-- check: h -->\n", "- [ ] a <!-- check: h -->\n"},
    {"---\ntitle: x\ndoc_hash: TBD\nlast_exercised : 1\nlast_reviewed:\n"
     "last_reviewed_by: y\n  doc_hash: z\n---\ndoc_hash: kept\n",
     "---\ntitle: x\ndoc_hash:\nlast_exercised :\nlast_reviewed:\n"
     "last_reviewed_by: y\n  doc_hash: z\n---\ndoc_hash: kept\n"},
    {"doc_hash: kept\n", "doc_hash: kept\n"},
};

static void test_source_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hashes); i++) {
        struct digest got;
        struct err err = {0};
        struct digest want = hash_sha256(span_of(hashes[i].hashed));
        assert_int_equal(doc_source_hash(span_of(hashes[i].src), &got, &err),
                         ST_OK);
        if (strcmp(got.hex, want.hex) != 0)
            fail_msg("another hash: %s", hashes[i].src);
    }
}

/* --- placing --- */

static const struct {
    const char *src;
    const char *text; /* the region for block 0 */
    const char *want; /* NULL: refused */
} places[] = {
    {"```lua {#a}\n```\n", REGION("a"), "```lua {#a}\n```\n" REGION("a") "\n"},
    {"```lua {#a}\n```", REGION("a"), "```lua {#a}\n```\n" REGION("a")},
    {"```lua {#a}\n```\nx\n", REGION("a"),
     "```lua {#a}\n```\n" REGION("a") "\nx\n"},
    {"```lua {#a}\r\n```\r\n", REGION("a"),
     "```lua {#a}\r\n```\r\n" OPENING("a") "\r\nok\r\n" CLOSING "\r\n"},
    {"```lua {#a}\r```\r", OPENING("a") "\n" CLOSING,
     "```lua {#a}\r```\r" OPENING("a") "\r" CLOSING "\r"},
    {">```lua {#a}\n>```\n", OPENING("a") "\n\nok\n\n" CLOSING,
     ">```lua {#a}\n>```\n> " OPENING("a") "\n>\n> ok\n>\n> " CLOSING "\n"},
    /* replaced in place, moved back, removed */
    {"```lua {#a}\n```\n" REGION("a") "\n", OPENING("a") "\n" CLOSING,
     "```lua {#a}\n```\n" OPENING("a") "\n" CLOSING "\n"},
    {"```lua {#a}\n```\n\n" REGION("a") "\n", REGION("a"),
     "```lua {#a}\n```\n" REGION("a") "\n\n"},
    {"```lua {#a}\n```\n" REGION("a") "\n", "", "```lua {#a}\n```\n"},
    {"```lua {#a}\n```\n" REGION("b") "\n", REGION("a"),
     "```lua {#a}\n```\n" REGION("a") "\n" REGION("b") "\n"},
    /* what would change the page is refused */
    {"```lua {#a}\n```\n", REGION("b"), NULL},
    {"```lua {#a}\n```\n", "text", NULL},
    {"```lua {#a}\n```\n", OPENING("a"), NULL},
    {"```lua {#a}\n```\n", OPENING("a") "\n```\n" CLOSING, NULL},
    {"```lua {#a}\n```\nx\n", OPENING("a") "\n<script>\n" CLOSING, NULL},
    {"```lua {#a}\n```\n[l]\n", OPENING("a") "\n[l]: /u\n" CLOSING, NULL},
    {"```lua {#a}\n```\n", OPENING("a") "\n" REGION("a") "\n" CLOSING, NULL},
    {"- ```lua {#a}\n  ```\n", OPENING("a") "\n\nok\n\n" CLOSING, NULL},
    {"```lua {#a}\n```\nx\n", REGION("a") "\n<div>", NULL},
};

static void test_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        struct doc d;
        struct err err = {0};
        struct buf out = {0};
        struct placement put = {0, span_of(places[i].text)};
        assert_int_equal(doc_parse(&d, "x.md", span_of(places[i].src), &err),
                         ST_OK);
        enum status st = doc_place(&d, &put, 1, NULL, 0, &out, &err);
        if (st != (places[i].want ? ST_OK : ST_INTERNAL) ||
            !span_eq(buf_view(&out), span_of(places[i].want)))
            fail_msg("%s + %s: %s '%s' %s", places[i].src, places[i].text,
                     status_name(st), buf_cstr(&out), err.msg);
        buf_release(&out);
        doc_release(&d);
    }
}

static void test_place_many(void **state)
{
    (void)state;
    struct doc d;
    struct err err = {0};
    struct buf out = {0};
    struct span src = SPAN("- [ ] p <!-- check: p -->\n"
                           "- [x] q <!-- check: q -->\n\n"
                           "```lua {#a}\n```\n\n```lua {#b}\n```\n");
    struct placement put[] = {{1, SPAN(REGION("b"))}, {0, SPAN(REGION("a"))}};
    struct tick ticks[] = {{1, false}, {0, true}};
    assert_int_equal(doc_parse(&d, "x.md", src, &err), ST_OK);
    if (doc_place(&d, put, 2, ticks, 2, &out, &err) != ST_OK)
        fail_msg("%s", err.msg);
    assert_string_equal(
        buf_cstr(&out),
        "- [x] p <!-- check: p -->\n"
        "- [ ] q <!-- check: q -->\n\n"
        "```lua {#a}\n```\n" REGION("a") "\n\n"
                                         "```lua {#b}\n```\n" REGION("b") "\n");
    put[1].block = 1; /* two regions for one block */
    assert_int_equal(doc_place(&d, put, 2, NULL, 0, &out, &err), ST_INTERNAL);
    assert_int_equal(out.n, 0);
    buf_release(&out);
    doc_release(&d);
}

/* --- problems --- */

static void note(void *ctx, const struct err *e)
{
    buf_printf(ctx, "%d %s\n", e->line, e->msg);
}

static void test_problems(void **state)
{
    (void)state;
    struct buf got = {0};
    struct span src =
        SPAN("---\nexpire: 2027-01-01\n---\n" /* line 3 */
             "```lua {#a retry=1}\n```\n"
             "```python {#p}\n```\n"
             "```lua {#b}\n```\n\n" /* line 10 */
             OPENING("b") "\n" CLOSING
                          "\n" OPENING("c") "\n" CLOSING "\n"
                                            "- [ ] x <!-- check: ! -->\n"
                                            "<!-- check: y -->\n"
                                            "```lua {#d}\n");
    doc_problems("x.md", src, note, &got);
    static const char *const want[] = {
        "2 warning: unknown front matter key 'expire': did you mean 'expires",
        "4 unknown attribute 'retry': did you mean 'retries'?",
        "6 warning: a 'python' block does not run",
        "11 evidence of 'b' is stale",
        "13 evidence of 'c' belongs to no block",
        "15 '!' is not a check's id",
        "16 a check marker stands without its box",
        "17 the fence of step 'd' is never closed",
    };
    struct span rest = buf_view(&got);
    for (size_t i = 0; i < COUNT(want); i++) {
        struct span line = span_cut(&rest, '\n');
        if (!span_starts(line, want[i]))
            fail_msg("'%.*s' instead of '%s'", SPAN_ARG(line), want[i]);
    }
    assert_int_equal(rest.n, 0);
    buf_release(&got);
}

static void test_lint_of_ticks(void **state)
{
    (void)state;
    struct buf got = {0};
    doc_problems("x.md", SPAN("- [x] a <!-- check: h -->\n"), note, &got);
    assert_string_equal(buf_cstr(&got),
                        "1 check 'h' is ticked, but the page has no evidence: "
                        "untick it and run\n");
    buf_release(&got);
}

/* --- hostile --- */

static void repeat(struct buf *b, const char *s, size_t n)
{
    while (n--)
        buf_str(b, s);
}

/* Deep nesting overflows no stack, in one line and over many. */
static void test_deep(void **state)
{
    (void)state;
    static const char *const deep[] = {">", "- ", "*a **b ", "[", "`"};
    for (size_t i = 0; i < COUNT(deep); i++) {
        struct doc d;
        struct err err = {0};
        struct buf src = {0};
        struct buf out = {0};
        buf_str(&src, "```lua {#a}\n```\n\n");
        repeat(&src, deep[i], 10000);
        buf_str(&src, "x\n");
        struct placement put = {0, SPAN(REGION("a"))};
        assert_int_equal(doc_parse(&d, "x.md", buf_view(&src), &err), ST_OK);
        if (doc_place(&d, &put, 1, NULL, 0, &out, &err) != ST_OK)
            fail_msg("%s", err.msg);
        buf_release(&src);
        buf_release(&out);
        doc_release(&d);
    }
}

static void test_too_big(void **state)
{
    (void)state;
    struct doc d;
    struct err err = {0};
    struct buf out = {0};
    struct span src = {"", DOC_MAX_BYTES + 1};
    assert_int_equal(doc_parse(&d, "x.md", src, &err), ST_LIMIT);
    doc_release(&d);
    err_clear(&err);
    assert_int_equal(doc_strip(src, &out, &err), ST_LIMIT);
}

/* Problems are bounded, however many lines are wrong. */
static void test_many_problems(void **state)
{
    (void)state;
    struct buf src = {0};
    struct buf got = {0};
    for (int i = 0; i < 3000; i++)
        buf_str(&src, "```lua {}\n```\n");
    doc_problems("x.md", buf_view(&src), note, &got);
    size_t lines = 0;
    for (size_t i = 0; i < got.n; i++)
        lines += got.p[i] == '\n';
    assert_int_equal(lines, 1000);
    buf_release(&src);
    buf_release(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_regions),
        cmocka_unit_test(test_marker_fields),
        cmocka_unit_test(test_strip),
        cmocka_unit_test(test_source_hash),
        cmocka_unit_test(test_place),
        cmocka_unit_test(test_place_many),
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_lint_of_ticks),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_too_big),
        cmocka_unit_test(test_many_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
