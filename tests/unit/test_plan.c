/* Steps: what each needs, in which order they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plan.h"

struct planned {
    struct buf page;
    struct doc doc;
    struct arena arena;
    struct plan plan;
    struct err err;
};

/* blocks: attributes, one block a string, "|" between. */
static enum status plan_of(struct planned *p, const char *blocks)
{
    *p = (struct planned){0};
    struct span rest = span_of(blocks);
    while (rest.n) {
        struct span attrs = span_cut(&rest, '|');
        buf_printf(&p->page, "```lua {%.*s}\nx = 1\n```\n\n", SPAN_ARG(attrs));
    }
    enum status st = doc_parse(&p->doc, "page.md", buf_view(&p->page), &p->err);
    return st == ST_OK ? plan_make(&p->doc, &p->arena, &p->plan, &p->err) : st;
}

static void release(struct planned *p)
{
    doc_release(&p->doc);
    arena_release(&p->arena);
    buf_release(&p->page);
}

/* "a b<a c<a,b" in the order of execution. */
static void describe(const struct plan *p, struct buf *out)
{
    for (size_t k = 0; k < p->n; k++) {
        const struct step *s = &p->steps[p->order[k]];
        buf_printf(out, "%s%.*s", k ? " " : "", SPAN_ARG(s->block->attr.id));
        for (size_t i = 0; i < s->n_needs; i++)
            buf_printf(out, "%c%.*s", i ? ',' : '<',
                       SPAN_ARG(p->steps[s->needs[i]].block->attr.id));
        if (s->on_fail != SIZE_MAX)
            buf_printf(out, "!%.*s",
                       SPAN_ARG(p->steps[s->on_fail].block->attr.id));
        if (s->rescue)
            buf_str(out, "*");
    }
}

static void needs_and_order(void **state)
{
    (void)state;
    static const struct {
        const char *blocks, *want;
    } rows[] = {
        {"#a", "a"},
        {"#a|#b|#c", "a b<a c<b"},
        /* backwards */
        {"#a needs=c|#b|#c needs=\"\"", "c a<c b<a"},
        {"#a needs=b,c|#b needs=c|#c needs=\"\"", "c b<c a<b,c"},
        /* a default need passes over always and rescues */
        {"#a|#z always|#b", "a z b<a"},
        {"#a on-fail=r|#r|#b", "a!r r* b<a"},
        {"#r|#a on-fail=r|#b", "r* a!r b<a"},
        /* unless they say themselves */
        {"#a|#z always needs=a|#b needs=z", "a z<a b<z"},
        {"#a on-fail=r|#r needs=a", "a!r r<a*"},
        /* two steps, one rescue */
        {"#a on-fail=r|#b on-fail=r|#r", "a!r b<a!r r*"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct planned p;
        struct buf got = {0};
        if (plan_of(&p, rows[i].blocks) != ST_OK)
            fail_msg("%s: %s", rows[i].blocks, p.err.msg);
        describe(&p.plan, &got);
        assert_string_equal(buf_cstr(&got), rows[i].want);
        for (size_t k = 0; k < p.plan.n; k++)
            assert_int_equal(p.plan.steps[k].number, k + 1);
        buf_release(&got);
        release(&p);
    }
}

static void wrong_plans(void **state)
{
    (void)state;
    static const struct {
        const char *blocks, *says;
        int line;
    } rows[] = {
        {"", "nothing to run", 0},
        {"#a|#b needs=aa", "needs=aa names no step; did you mean 'a'?", 5},
        {"#a|#b needs=qqqqqqq", "needs=qqqqqqq names no step", 5},
        {"#rollback on-fail=rolback",
         "on-fail=rolback names no step; did you "
         "mean 'rollback'?",
         1},
        {"#a on-fail=a", "cannot be its own rescue", 1},
        {"#a on-fail=b|#b on-fail=a", "none would ever run", 1},
        {"#a needs=a", "'a' and 'a' wait for each other", 1},
        {"#a needs=b|#b", "'b' and 'a' wait for each other", 5},
        {"#a needs=c|#b needs=a|#c needs=b", "wait for each other", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct planned p;
        enum status st = plan_of(&p, rows[i].blocks);
        if (st != ST_INPUT || !strstr(p.err.msg, rows[i].says) ||
            (rows[i].line && p.err.line != rows[i].line))
            fail_msg("%s gives %s, line %d: %s", rows[i].blocks,
                     status_name(st), p.err.line, p.err.msg);
        release(&p);
    }
}

static void steps_are_found_by_id(void **state)
{
    (void)state;
    struct planned p;
    assert_int_equal(plan_of(&p, "#a|#b|#c"), ST_OK);
    assert_int_equal(plan_find(&p.plan, SPAN("b")), 1);
    assert_int_equal(plan_find(&p.plan, SPAN("d")), SIZE_MAX);
    assert_int_equal(plan_find(&p.plan, SPAN("")), SIZE_MAX);
    release(&p);
}

/* Each step needs the next, so that the order is backwards and a recursion
 * would be as deep as there are steps: deeper than any stack. */
static void a_long_chain_needs_no_stack(void **state)
{
    (void)state;
    enum { MANY = 150000 };
    struct arena a = {0};
    struct plan p;
    struct err err = {0};
    struct block *blocks = arena_array(&a, MANY, sizeof *blocks);
    for (int i = 0; i < MANY; i++) {
        char *id = arena_alloc(&a, 12);
        snprintf(id, 12, "s%d", i);
        blocks[i].lang = SPAN("lua");
        blocks[i].attr.id = span_of(id);
        blocks[i].attr.has_needs = true;
    }
    for (int i = 0; i + 1 < MANY; i++) {
        blocks[i].attr.needs[0] = blocks[i + 1].attr.id;
        blocks[i].attr.n_needs = 1;
    }
    struct doc d = {.path = "page.md", .blocks = blocks, .n_blocks = MANY};
    assert_int_equal(plan_make(&d, &a, &p, &err), ST_OK);
    assert_int_equal(p.order[0], MANY - 1);
    assert_int_equal(p.order[MANY - 1], 0);

    /* closed to a circle */
    blocks[MANY - 1].attr.needs[0] = blocks[0].attr.id;
    blocks[MANY - 1].attr.n_needs = 1;
    assert_int_equal(plan_make(&d, &a, &p, &err), ST_INPUT);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_and_order),
        cmocka_unit_test(wrong_plans),
        cmocka_unit_test(steps_are_found_by_id),
        cmocka_unit_test(a_long_chain_needs_no_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
