/* Makes a model and holds runs against it. */
#include "model.h"

#include "clock.h"
#include "doc.h"

static void look(const struct lab *l, struct model *m)
{
    m->page = lab_read(l, "runbooks/kill.md");
    m->logs = lab_logs(l);
    m->counters = lab_counters(l);
    m->note = lab_read(l, "notes/kill/note.md");
    m->tries = lab_read(l, "notes/kill/tries.md");
    m->big = lab_read(l, "notes/kill/big.txt");
    if (l->env == LAB_SANDBOX)
        return;
    lab_normalise(l, &m->page);
    lab_normalise(l, &m->logs);
}

void model_make(struct model *m, enum lab_env env)
{
    struct lab l;
    *m = (struct model){.env = env};
    lab_open(&l, env);
    m->before = lab_read(&l, "runbooks/kill.md");
    int64_t began = clock_mono_ms();
    int code = lab_wait(lab_spawn_run(&l));
    m->us = (clock_mono_ms() - began) * 1000;
    if (code != 0)
        lab_fail(&l, "the run ends with %d", code);
    m->lines = lab_journal_lines(&l);
    look(&l, m);
    model_compare(m, &l);
    lab_close(&l);
}

void model_release(struct model *m)
{
    buf_release(&m->before);
    buf_release(&m->page);
    buf_release(&m->logs);
    buf_release(&m->counters);
    buf_release(&m->note);
    buf_release(&m->tries);
    buf_release(&m->big);
}

void model_check_page(const struct model *m, const struct lab *l)
{
    struct buf page = lab_read(l, "runbooks/kill.md");
    struct doc d = {0};
    struct err err = {0};
    if (doc_parse(&d, "kill.md", buf_view(&page), &err) != ST_OK)
        lab_fail(l, "the page is torn: %s", err.msg);
    doc_release(&d);
    bool old = span_eq(buf_view(&page), buf_view(&m->before));
    if (l->env == LAB_CLOUD)
        lab_normalise(l, &page);
    if (!old && !span_eq(buf_view(&page), buf_view(&m->page)))
        lab_fail(l, "the page is neither old nor new:\n%s", buf_cstr(&page));
    buf_release(&page);
}

static void same(const struct lab *l, const char *what, const struct buf *want,
                 const struct buf *got)
{
    if (!span_eq(buf_view(want), buf_view(got)))
        lab_fail(l, "%s differs:\n--- undisturbed\n%s\n--- resumed\n%s", what,
                 buf_cstr(want), buf_cstr(got));
}

static size_t count(struct span text, struct span what)
{
    size_t n = 0;
    size_t at = span_find(text, what, 0);
    for (; at < text.n; at = span_find(text, what, at + 1))
        n++;
    return n;
}

static void one_entry(const struct lab *l)
{
    struct buf log = lab_read(l, "feedback/fault.md");
    size_t entries = count(buf_view(&log), SPAN("<!-- run: "));
    if (entries != 1)
        lab_fail(l, "%zu entries in the feedback log", entries);
    buf_release(&log);
}

void model_compare(const struct model *m, const struct lab *l)
{
    struct model now = {.env = m->env};
    look(l, &now);
    same(l, "the page", &m->page, &now.page);
    same(l, "what the steps logged", &m->logs, &now.logs);
    same(l, "what the cloud counted", &m->counters, &now.counters);
    same(l, "notes/kill/note.md", &m->note, &now.note);
    same(l, "notes/kill/tries.md", &m->tries, &now.tries);
    same(l, "notes/kill/big.txt", &m->big, &now.big);
    model_release(&now);
    one_entry(l);
    if (lab_leftovers(l))
        lab_fail(l, "something was left over");
    int code = lab_verify(l);
    if (code != 0)
        lab_fail(l, "verify ends with %d", code);
}
