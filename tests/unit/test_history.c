/* What a journal tells of each step, read back. */
#include "port_kit.h"

#include "arena.h"
#include "history.h"

struct past {
    struct arena arena;
    struct buf page;
    struct doc doc;
    struct plan plan;
    struct history history;
    struct journal_walk walk;
    struct err err;
};

/* Writes records ("|" between, without prev) as the journal of a page of steps
 * a, b and c, and reads it back. */
static enum status read_back(struct kit *k, struct past *p, const char *records)
{
    *p = (struct past){0};
    struct journal j;
    struct span rest = span_of(records);
    const char *path = path_join(&p->arena, k->root, "j");
    assert_int_equal(file_remove_tree(path, &p->err), ST_OK);
    assert_int_equal(journal_create(&j, path, &p->err), ST_OK);
    while (rest.n) {
        struct json *r = NULL;
        if (json_parse(span_cut(&rest, '|'), &r, &p->err) != ST_OK ||
            journal_append(&j, r, JOURNAL_NO_SYNC, NULL, &p->err) != ST_OK)
            fail_msg("%s in %s", p->err.msg, records);
        json_free(r);
    }
    journal_close(&j);
    for (const char *id = "abc"; *id; id++)
        buf_printf(&p->page, "```lua {#%c}\nx = 1\n```\n\n", *id);
    assert_int_equal(doc_parse(&p->doc, "p.md", buf_view(&p->page), &p->err),
                     ST_OK);
    assert_int_equal(plan_make(&p->doc, &p->arena, &p->plan, &p->err), ST_OK);
    return history_load(&p->history, &p->plan, path, TORN_IS_TAMPERED, &p->walk,
                        &p->err);
}

static void release(struct past *p)
{
    history_release(&p->history);
    doc_release(&p->doc);
    arena_release(&p->arena);
    buf_release(&p->page);
}

#define RUN_LINE "{\"type\":\"run\"}"
#define A "\"step\":\"a\"}|"
#define B "\"step\":\"b\"}|"

static void steps_and_attempts(void **state)
{
    struct kit *k = *state;
    struct past p;
    enum status st = read_back(
        k, &p,
        RUN_LINE "|"
                 "{\"type\":\"attempt\"," A "{\"type\":\"intent\"," A
                 "{\"type\":\"result\"," A "{\"type\":\"result\"," A
                 "{\"type\":\"attempt-end\",\"status\":\"failed\"," A
                 "{\"type\":\"attempt\"," A "{\"type\":\"result\"," A
                 "{\"type\":\"attempt-end\",\"status\":\"passed\"," A
                 "{\"type\":\"step\"," A "{\"type\":\"cond\",\"value\":true," B
                 "{\"type\":\"pause\"}|{\"type\":\"resume\"}|"
                 "{\"type\":\"attempt\"," B "{\"type\":\"result\"," B
                 "{\"type\":\"intent\"," B);
    if (st != ST_OK)
        fail_msg("%s", p.err.msg);
    const struct step_log *a = &p.history.steps[0];
    const struct step_log *b = &p.history.steps[1];
    const struct step_log *c = &p.history.steps[2];
    assert_true(p.history.has_run);
    assert_int_equal(p.history.run.line, 1);
    assert_int_equal(a->n_attempts, 2);
    assert_int_equal(a->attempts[0].n_results, 2);
    assert_true(a->attempts[0].ended && !a->attempts[0].passed);
    assert_int_equal(a->attempts[0].n_intents, 0);
    assert_int_equal(a->attempts[1].n_results, 1);
    assert_int_equal(a->attempts[1].results[0].line, 8);
    assert_true(a->attempts[1].ended && a->attempts[1].passed);
    assert_true(a->has_final && !a->has_cond);
    assert_true(b->has_cond && !b->has_final);
    assert_int_equal(b->n_attempts, 1);
    assert_true(b->attempts[0].n_intents == 1 && !b->attempts[0].ended);
    assert_int_equal(b->attempts[0].intents[0].at.line, 16);
    assert_int_equal(c->n_attempts, 0);
    assert_null(history_last(&p.history, 2));
    assert_ptr_equal(history_last(&p.history, 1), &b->attempts[0]);
    assert_int_equal(p.history.n_all, 4);
    assert_false(p.history.ended);
    assert_int_equal(p.walk.lines, 16);
    release(&p);
}

static void words_of_persons(void **state)
{
    struct kit *k = *state;
    struct past p;
    assert_int_equal(
        read_back(k, &p,
                  RUN_LINE
                  "|{\"type\":\"decision\",\"about\":\"confirm\","
                  "\"yes\":true," A
                  "{\"type\":\"decision\",\"about\":\"remote\",\"yes\":false," B
                  "{\"type\":\"decision\",\"about\":\"weather\",\"yes\":true," B
                  "{\"type\":\"end\",\"status\":\"passed\"}|"),
        ST_OK);
    assert_int_equal(p.history.steps[0].confirm, CONSENT_YES);
    assert_int_equal(p.history.steps[0].agreed[EFFECT_REMOTE], CONSENT_UNKNOWN);
    assert_int_equal(p.history.steps[1].confirm, CONSENT_UNKNOWN);
    assert_int_equal(p.history.steps[1].agreed[EFFECT_REMOTE], CONSENT_NO);
    assert_int_equal(p.history.steps[1].agreed[EFFECT_LOCAL], CONSENT_UNKNOWN);
    assert_true(p.history.ended);
    assert_int_equal(p.history.last_end.line, 5);
    release(&p);
}

static void journals_of_another_source(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *records;
        enum status st;
        const char *says;
        int line;
    } rows[] = {
        {"", ST_TAMPERED, "no first record", 1},
        {"{\"type\":\"attempt\"," A, ST_TAMPERED, "no first record", 1},
        {RUN_LINE "|{\"type\":\"attempt\",\"step\":\"d\"}", ST_DIVERGED,
         "names step 'd', which the source does not have", 2},
        {RUN_LINE "|{\"type\":\"attempt\",\"step\":\"\"}", ST_DIVERGED,
         "names step ''", 2},
        {RUN_LINE "|{\"type\":\"party\"}", ST_TAMPERED,
         "unknown kind of record 'party'", 2},
        {RUN_LINE "|{}", ST_TAMPERED, "unknown kind of record ''", 2},
        /* nothing was begun: nothing to hang it on, and no crash */
        {RUN_LINE "|{\"type\":\"result\"," A "{\"type\":\"intent\"," A
                  "{\"type\":\"attempt-end\"," A,
         ST_OK, "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct past p;
        enum status st = read_back(k, &p, rows[i].records);
        if (st != rows[i].st || !strstr(p.err.msg, rows[i].says) ||
            p.err.line != rows[i].line)
            fail_msg("%s: %s, line %d: %s", rows[i].records, status_name(st),
                     p.err.line, p.err.msg);
        assert_int_equal(p.history.n_all, 0);
        release(&p);
    }
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(steps_and_attempts),
        kit_test(words_of_persons),
        kit_test(journals_of_another_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
