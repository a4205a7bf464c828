/* The commands for reviewers and authors: nothing here runs a change. */
#include "cmd_prove.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "bundle.h"
#include "check.h"
#include "clock.h"
#include "config.h"
#include "doc.h"
#include "file.h"
#include "outlet.h"
#include "port.h"
#include "render.h"
#include "run.h"
#include "trust.h"
#include "verify.h"
#include "writeback.h"

/* clang-format off */
static const struct option verify_options[] = {
    {"--replay", NULL, NULL, OPTION_FLAG, "execute the run again from its journal and compare"},
    {"--trust", NULL, "KEY", OPTION_TEXT, "signed by this key, or one of the persons in runproof.yaml: persons"},
    {0},
};
static const struct option check_options[] = {
    {"--format", NULL, "FORMAT", OPTION_TEXT, "text (default) or json"},
    {0},
};
static const struct option strip_options[] = {
    {"--out", "-o", "FILE", OPTION_TEXT, "write here instead of printing"},
    {0},
};
static const struct option render_options[] = {
    {"--out", "-o", "FILE", OPTION_TEXT, "write here instead of printing"},
    {0},
};
/* clang-format on */

/* --- findings -------------------------------------------------------- */

/* Prints each finding on stdout and remembers the worst. */
struct findings {
    enum status worst;
    struct json *list; /* NULL: text */
};

static void on_finding(void *ctx, const struct err *e)
{
    struct findings *f = ctx;
    char text[1024];
    err_text(e, text, sizeof text);
    if (status_exit(e->st) > status_exit(f->worst))
        f->worst = e->st;
    if (!f->list) {
        cmd_say(stdout, "%s\n", text);
        return;
    }
    struct json *o = json_push(f->list, json_new(JSON_OBJECT));
    json_put_str(o, "file", e->file);
    json_put_int(o, "line", e->line);
    json_put_str(o, "message", e->msg);
}

/* --- verify ---------------------------------------------------------- */

static bool is_page(const char *path)
{
    return file_exists(path) && !file_is_dir(path);
}

static int replay(const struct json *runs, struct findings *f)
{
    int worst = 0;
    for (const struct json *r = json_first(runs); r; r = json_next(r)) {
        enum status st = verify_replay(json_str(r), on_finding, f);
        if (st == ST_OK)
            cmd_say(stdout,
                    "replayed: %s: the same activities, output and evidence\n",
                    path_base(json_str(r)));
        worst = status_exit(st) > worst ? status_exit(st) : worst;
    }
    port_close_all();
    return worst;
}

/* What stands in for the target: the runs it cites, or itself. */
static enum status verify(const char *target, const struct trust *trust,
                          struct findings *f, struct verify_count *count,
                          struct json *runs, struct err *err)
{
    struct arena a = {0};
    struct config config = {0};
    if (is_page(target))
        return verify_page(target, trust, on_finding, f, count, runs, err);
    struct bundle b;
    enum status st = config_load(".", &a, &config, err);
    if (st == ST_OK)
        st = bundle_find(&b, config.root, target, &a, err);
    if (st == ST_OK)
        verify_run(config.root, target, trust, on_finding, f, count);
    json_push(runs, json_new_str(target));
    arena_release(&a);
    return st;
}

/* Who stands for it. */
static void say_signed(const struct verify_count *count, char out[200])
{
    if (*count->signers)
        snprintf(out, 200, "signed by %s", count->signers);
    else if (!count->signed_runs)
        snprintf(out, 200, "unsigned");
    else if (count->signed_runs < count->runs)
        snprintf(out, 200, "%zu of %zu signed", count->signed_runs,
                 count->runs);
    else
        snprintf(out, 200, "signed (--trust tells by whom)");
}

static void say_verified(const char *target, const struct verify_count *count)
{
    char by[200];
    say_signed(count, by);
    if (!is_page(target))
        cmd_say(stdout,
                "verified: %s: its journal, its source, its files, %s\n",
                target, by);
    else if (!count->regions)
        cmd_say(stdout, "%s holds no evidence: nothing to verify\n", target);
    else
        cmd_say(stdout, "verified: %s: %zu evidence region%s, %zu run%s, %s\n",
                target, count->regions, count->regions == 1 ? "" : "s",
                count->runs, count->runs == 1 ? "" : "s", by);
}

static int cmd_verify(const struct call *c)
{
    const char *target = c->words[0];
    const char *whom = call_text(c, "trust");
    struct arena a = {0};
    struct trust trust;
    struct findings f = {0};
    struct verify_count count = {0};
    struct err err = {0};
    struct json *runs = json_new(JSON_ARRAY);
    enum status st = whom ? trust_read(whom, &a, &trust, &err) : ST_OK;
    if (st == ST_OK)
        st = verify(target, whom ? &trust : NULL, &f, &count, runs, &err);
    int code = st == ST_OK ? status_exit(f.worst) : cmd_fail(&err);
    if (code == 0)
        say_verified(target, &count);
    if (code == 0 && call_flag(c, "replay"))
        code = replay(runs, &f);
    port_close_all();
    json_free(runs);
    arena_release(&a);
    return code;
}

/* --- check ----------------------------------------------------------- */

static int cmd_check(const struct call *c)
{
    const char *format = call_text(c, "format");
    bool json = format && strcmp(format, "json") == 0;
    struct findings f = {.list = json ? json_new(JSON_ARRAY) : NULL};
    struct check_count count = {0};
    struct err err = {0};
    struct clock clock;
    clock_real(&clock);
    enum status st = ST_OK;
    if (format && !json && strcmp(format, "text") != 0)
        st = err_set(&err, ST_INPUT, "--format is text or json, not '%s'",
                     format);
    for (int i = 0; i < c->n_words && st == ST_OK; i++)
        st = check_path(c->words[i], clock_now_ms(&clock), on_finding, &f,
                        &count, &err);
    if (st == ST_OK && json) {
        struct buf text = {0};
        json_write(f.list, &text);
        printf("%s\n", buf_cstr(&text));
        buf_release(&text);
    } else if (st == ST_OK) {
        printf("%zu finding%s in %zu runbook%s\n", count.findings,
               count.findings == 1 ? "" : "s", count.pages,
               count.pages == 1 ? "" : "s");
    }
    json_free(f.list);
    if (st != ST_OK)
        return cmd_fail(&err);
    return count.findings ? status_exit(ST_FAILED) : 0;
}

/* --- strip, render --------------------------------------------------- */

static enum status put_out(const struct call *c, struct span bytes,
                           struct err *err)
{
    const char *path = call_text(c, "out");
    if (path)
        return file_replace(path, bytes, err);
    if (!outlet_raw(bytes))
        return err_set(err, ST_UNWRITTEN, "cannot write to standard output");
    return ST_OK;
}

static int cmd_strip(const struct call *c)
{
    struct err err = {0};
    struct buf text = {0};
    struct buf made = {0};
    enum status st = file_read(c->words[0], DOC_MAX_BYTES, &text, &err);
    if (st == ST_OK)
        st = doc_strip(buf_view(&text), &made, &err);
    if (st == ST_OK)
        st = put_out(c, buf_view(&made), &err);
    else
        err_place(&err, c->words[0], err.line);
    buf_release(&text);
    buf_release(&made);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

static enum status render(const char *path, struct span page, struct buf *html,
                          struct err *err)
{
    struct doc d = {0};
    enum status st = doc_parse(&d, path, page, err);
    if (st == ST_OK)
        st = render_html(&d, NULL, html, err);
    doc_release(&d);
    return st;
}

/* Not the page as it stands now, which may cite other runs: what this one ran
 * and showed. */
static enum status render_run(const char *run, struct buf *html,
                              struct err *err)
{
    struct session s;
    struct run_options opt = {0};
    struct buf made = {0};
    enum status st = session_reopen(&s, &opt, run, DOOR_REPLAY, err);
    if (st == ST_OK)
        st = run_steps(&s, err);
    if (st == ST_OK)
        st = writeback_made(&s, &made, err);
    if (st == ST_OK)
        st = render(s.page, buf_view(&made), html, err);
    buf_release(&made);
    session_close(&s);
    port_close_all();
    return st;
}

static int cmd_render(const struct call *c)
{
    struct err err = {0};
    struct buf text = {0};
    struct buf html = {0};
    struct buf safe = {0};
    const char *target = c->words[0];
    enum status st = ST_OK;
    if (!is_page(target)) {
        st = render_run(target, &html, &err);
    } else {
        st = file_read(target, DOC_MAX_BYTES, &text, &err);
        if (st == ST_OK)
            st = render(target, buf_view(&text), &html, &err);
    }
    if (st == ST_OK) { /* a reviewer sees no more than the terminal does */
        redact_bytes(outlet_net(), buf_view(&html), &safe);
        st = put_out(c, buf_view(&safe), &err);
    }
    buf_release(&text);
    buf_release(&html);
    buf_release(&safe);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

const struct command command_verify = {
    .name = "verify",
    .args = "FILE|RUN",
    .min_words = 1,
    .max_words = 1,
    .summary = "Prove the recorded evidence, offline.",
    .options = verify_options,
    .lua = true,
    .fn = cmd_verify,
};
const struct command command_check = {
    .name = "check",
    .args = "PATH...",
    .min_words = 1,
    .max_words = 1000,
    .summary = "Lint runbooks: format, Lua syntax, evidence, expiry, hash.",
    .options = check_options,
    .lua = true,
    .fn = cmd_check,
};
const struct command command_strip = {
    .name = "strip",
    .args = "FILE",
    .min_words = 1,
    .max_words = 1,
    .summary = "Print the runbook without evidence, its marked boxes unticked.",
    .options = strip_options,
    .fn = cmd_strip,
};
const struct command command_render = {
    .name = "render",
    .args = "FILE|RUN",
    .min_words = 1,
    .max_words = 1,
    .summary = "Make one self-contained page for reviewers.",
    .options = render_options,
    .lua = true,
    .fn = cmd_render,
};
