/* For the tests of whole runs: a repository with a small simulated world, this
 * process inside it, and a run as the command line would make it. Needs
 * worker_zygote() before. */
#pragma once

#include "port_kit.h"

#include <limits.h>
#include <unistd.h>

#include "arena.h"
#include "run.h"
#include "selection.h"
#include "verify.h"
#include "writeback.h"

static inline int runkit_enter(void **state)
{
    static const char world[] =
        "{\"epoch\": \"2026-11-23T13:00:00Z\", \"env\": {},"
        " \"secrets\": {\"API_TOKEN\": \"tok-5up3r-53cret\"}}";
    if (kit_enter(state) != 0)
        return -1;
    struct kit *k = *state;
    struct err err = {0};
    if (file_mkdirs(kit_path(k->root, "world/tree"), &err) != ST_OK)
        return -1;
    kit_put(k->root, "runproof.yaml", "fixtures: world\n");
    kit_put(k->root, "world/world.json", world);
    return chdir(k->root);
}

static inline int runkit_leave(void **state)
{
    return chdir("/tmp") != 0 || kit_leave(state) != 0;
}

/* page.md with that body behind a front matter. */
static inline void runkit_page(const char *body)
{
    struct buf text = {0};
    buf_printf(&text, "---\ntitle: A page\nowner: ops\n---\n\n# A page\n\n%s",
               body);
    kit_put(".", "page.md", buf_cstr(&text));
    buf_release(&text);
}

struct outcome {
    enum status st;
    char run[64];
    struct buf steps; /* "a:passed b:failed/3" with attempts if not 1 */
    struct err err;
};

static inline void outcome_release(struct outcome *o)
{
    buf_release(&o->steps);
}

static inline void runkit_describe(const struct session *s, struct buf *out)
{
    for (size_t i = 0; i < s->plan.n; i++) {
        const struct step_view *v = &s->steps[i];
        buf_printf(out, "%s%.*s:%s", i ? " " : "",
                   SPAN_ARG(s->plan.steps[i].block->attr.id),
                   step_status_name(v->status));
        if (v->attempts > 1)
            buf_printf(out, "/%d", v->attempts);
    }
}

/* The steps, what comes between them and the end (NULL: nothing), the end. */
static inline void runkit_carry_out(struct session *s, struct outcome *o,
                                    void (*between)(void))
{
    o->st = run_steps(s, &o->err);
    snprintf(o->run, sizeof o->run, "%s", s->bundle.name);
    runkit_describe(s, &o->steps);
    if (between)
        between();
    struct err err = {0};
    if (o->st == ST_OK || o->st == ST_WAITING || o->st == ST_INTERRUPTED)
        o->st = writeback(s, o->st, &err);
    if (err.st != ST_OK)
        o->err = err;
}

static inline struct outcome runkit_run_and(struct run_options *opt,
                                            void (*between)(void))
{
    struct outcome o = {0};
    struct session s;
    if (!opt->path)
        opt->path = "page.md";
    opt->command = "runproof run";
    o.st = session_read(&s, opt, &o.err);
    if (o.st == ST_OK)
        o.st = selection_check(&s, &o.err);
    if (o.st == ST_OK)
        o.st = session_lock(&s, &o.err);
    if (o.st == ST_OK)
        o.st = session_start(&s, DOOR_LIVE, &o.err);
    if (o.st == ST_OK)
        runkit_carry_out(&s, &o, between);
    session_close(&s);
    return o;
}

static inline struct outcome runkit_run(struct run_options *opt)
{
    return runkit_run_and(opt, NULL);
}

static inline struct outcome runkit_resume(const char *run,
                                           struct run_options *opt)
{
    struct outcome o = {0};
    struct session s;
    opt->command = "runproof resume";
    o.st = session_reopen(&s, opt, run, DOOR_LIVE, &o.err);
    if (o.st == ST_OK)
        o.st = session_restart(&s, &o.err);
    if (o.st == ST_OK)
        runkit_carry_out(&s, &o, NULL);
    session_close(&s);
    return o;
}

/* --- proofs ------------------------------------------------------------ */

/* The first finding, and how many there were. */
struct findings {
    size_t n;
    struct err first;
};

static inline void runkit_note(void *ctx, const struct err *finding)
{
    struct findings *f = ctx;
    if (f->n++ == 0)
        f->first = *finding;
}

static inline struct findings runkit_verify(const char *page)
{
    struct findings f = {0};
    struct verify_count count;
    struct err err = {0};
    struct json *cited = json_new(JSON_ARRAY);
    if (verify_page(page, NULL, runkit_note, &f, &count, cited, &err) != ST_OK)
        fail_msg("%s", err.msg);
    json_free(cited);
    assert_int_equal(count.findings, f.n);
    return f;
}

/* Page and bundle are what the run made, and the journal yields them again. */
static inline void runkit_prove(const char *page, const char *run)
{
    struct findings f = runkit_verify(page);
    if (f.n)
        fail_msg("line %d: %s", f.first.line, f.first.msg);
    if (verify_replay(run, runkit_note, &f) != ST_OK)
        fail_msg("%s", f.first.msg);
}

static inline void runkit_read(const char *path, struct buf *out)
{
    struct err err = {0};
    buf_clear(out);
    if (file_read(path, 16 << 20, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

/* The first `from` of the file becomes `to`. */
static inline void runkit_edit(const char *path, const char *from,
                               const char *to)
{
    struct buf text = {0};
    struct buf made = {0};
    runkit_read(path, &text);
    size_t at = span_find(buf_view(&text), span_of(from), 0);
    if (at == text.n)
        fail_msg("no '%s' in %s", from, path);
    buf_span(&made, span_sub(buf_view(&text), 0, at));
    buf_str(&made, to);
    buf_span(&made, span_sub(buf_view(&text), at + strlen(from), text.n));
    kit_put(".", path, buf_cstr(&made));
    buf_release(&text);
    buf_release(&made);
}

#define runkit_test(fn)                                                        \
    cmocka_unit_test_setup_teardown(fn, runkit_enter, runkit_leave)
#define BLOCK(attributes, code) "```lua {" attributes "}\n" code "\n```\n\n"
