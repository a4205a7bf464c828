/* The commands that run a runbook. */
#include "cmd_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bound.h"
#include "cmd_plan.h"
#include "escalate.h"
#include "file.h"
#include "interrupt.h"
#include "outcome.h"
#include "plan_file.h"
#include "port.h"
#include "rehearse.h"
#include "run.h"
#include "selection.h"
#include "writeback.h"

/* clang-format off */
#define COMMON_OPTIONS \
    {"--yes", "-y", NULL, OPTION_FLAG, "answer yes to what the policy asks"}, \
    {"--answer", NULL, "ID=V", OPTION_PAIR, "answer a question, or a manual box: pass, fail, skip, na"}, \
    {"--no-write", NULL, NULL, OPTION_FLAG, "leave the page as it is"}, \
    {"--touch", NULL, NULL, OPTION_FLAG, "write evidence that has not changed"}, \
    {"--key", NULL, "FILE", OPTION_TEXT, "sign the run with this key (default: $RUNPROOF_KEY)"}, \
    {"--format", NULL, "FORMAT", OPTION_TEXT, "text (default) or json"}

static const struct option run_options[] = {
    {"--env", NULL, "E", OPTION_TEXT, "the environment (default: sandbox)"},
    {"--param", "-p", "K=V", OPTION_PAIR, "a parameter; secrets as K=@env:VAR or K=@file"},
    {"--dry-run", NULL, NULL, OPTION_FLAG, "the same as plan"},
    {"--plan", NULL, "P", OPTION_TEXT, "make the changes of this plan, and no others"},
    {"--only", NULL, "IDS", OPTION_TEXT, "run these steps alone"},
    {"--from", NULL, "ID", OPTION_TEXT, "begin with this step"},
    {"--out", "-o", "FILE", OPTION_TEXT, "write the page with its evidence here"},
    {"--lua-dir", NULL, "DIR", OPTION_TEXT, "Lua files that replace or add to the embedded ones"},
    COMMON_OPTIONS,
    {0},
};
static const struct option plan_options[] = {
    {"--env", NULL, "E", OPTION_TEXT, "the environment (default: sandbox)"},
    {"--param", "-p", "K=V", OPTION_PAIR, "a parameter; secrets as K=@env:VAR or K=@file"},
    {"--answer", NULL, "ID=V", OPTION_PAIR, "answer a question"},
    {"--out", "-o", "FILE", OPTION_TEXT, "write the plan here, for approve and run --plan"},
    {"--check", NULL, "P", OPTION_TEXT, "exit 3, with the difference, if it is not this plan"},
    {"--only", NULL, "IDS", OPTION_TEXT, "these steps alone"},
    {"--from", NULL, "ID", OPTION_TEXT, "begin with this step"},
    {"--lua-dir", NULL, "DIR", OPTION_TEXT, "Lua files that replace or add to the embedded ones"},
    {"--format", NULL, "FORMAT", OPTION_TEXT, "text (default) or json"},
    {0},
};
static const struct option resume_options[] = {
    {"--out", "-o", "FILE", OPTION_TEXT, "where the run writes, if outside of the repository"},
    COMMON_OPTIONS,
    {0},
};
/* clang-format on */

/* --- reports --------------------------------------------------------- */

static struct json *step_json(const struct session *s, size_t i)
{
    const struct step_view *v = &s->steps[i];
    struct json *o = json_new(JSON_OBJECT);
    json_put(o, "id", json_new_bytes(s->plan.steps[i].block->attr.id));
    json_put_str(o, "status", step_status_name(v->status));
    json_put_int(o, "attempts", v->attempts);
    json_put(o, "seconds",
             json_new_num((double)(v->ended_ms - v->started_ms) / 1000.0));
    struct json *effects = json_put(o, "effects", json_new(JSON_OBJECT));
    for (int e = 0; e < EFFECT_COUNT; e++)
        json_put_int(effects, effect_name((enum effect)e), v->counts[e]);
    if (v->error)
        json_put_str(o, "error", v->error);
    if (v->reason)
        json_put_str(o, "reason", v->reason);
    if (s->opt->plan)
        json_put(o, "activities", json_copy(v->activities));
    return o;
}

/* plan: NULL unless it is one. */
static void print_json(const struct session *s, enum status st,
                       struct json *plan)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_str(o, "run", s->opt->plan ? s->run_id : s->bundle.name);
    json_put_str(o, "status", run_word(st));
    json_put_str(o, "document", s->page);
    if (!s->opt->plan)
        json_put_str(o, "bundle", s->bundle.rel);
    struct json *steps = json_put(o, "steps", json_new(JSON_ARRAY));
    for (size_t i = 0; i < s->plan.n; i++)
        json_push(steps, step_json(s, i));
    static const char *const parts[] = {"changes", "stops"};
    for (size_t i = 0; plan && i < sizeof parts / sizeof *parts; i++)
        json_put(o, parts[i], json_copy(json_get(plan, parts[i])));
    if (plan)
        json_put_str(o, "hash", plan_file_hash(plan).hex);
    if (s->bound) {
        json_put_str(o, "plan", bound_plan(s->bound)->hash);
        json_put_int(o, "planned",
                     (int64_t)json_size(bound_plan(s->bound)->changes));
        json_put_int(o, "left", (int64_t)bound_left(s->bound));
    }
    struct buf text = {0};
    json_write(o, &text);
    printf("%s\n", buf_cstr(&text));
    buf_release(&text);
    json_free(o);
}

static void print_escalation(struct session *s, size_t i)
{
    struct span text = span_of(outcome_error_at(s, i));
    struct span first = span_cut(&text, '\n'); /* the log has the rest */
    printf("escalate: step %.*s: %.*s\n          log in %s\n",
           SPAN_ARG(s->plan.steps[i].block->attr.id), SPAN_ARG(first),
           s->bundle.rel);
    size_t need = selection_missing(s, i);
    if (need != SIZE_MAX)
        printf("          it needs '%.*s', which was left out\n",
               SPAN_ARG(s->plan.steps[need].block->attr.id));
}

/* What a resume is given here to find the run. */
static const char *name_for_resume(struct session *s)
{
    struct config here;
    struct err ignored = {0};
    bool found = config_load(".", &s->arena, &here, &ignored) == ST_OK &&
                 strcmp(here.root, s->config.root) == 0;
    return found ? s->bundle.name : s->bundle.dir;
}

/* A run that is held to a plan may make less than all of it. */
static void print_bound(const struct session *s)
{
    if (!s->bound)
        return;
    size_t all = json_size(bound_plan(s->bound)->changes);
    printf("plan:     %.16s, %zu of its %zu changes were made\n",
           bound_plan(s->bound)->hash, all - bound_left(s->bound), all);
}

static void print_text(struct session *s, enum status st)
{
    size_t passed = 0;
    for (size_t i = 0; i < s->plan.n; i++)
        passed += s->steps[i].status == STEP_PASSED;
    printf("%s: %zu of %zu steps passed\n", run_word(st), passed, s->plan.n);
    print_bound(s);
    cmd_say(stdout, "page:     %s\nevidence: %s\n", session_target(s),
            s->bundle.rel);
    for (size_t i = 0; i < s->plan.n; i++)
        if (s->steps[i].status == STEP_FAILED)
            print_escalation(s, i);
    if (file_exists(bundle_path(&s->bundle, BUNDLE_ESCALATION, &s->arena)))
        cmd_say(stdout, "          to send: %s/" BUNDLE_ESCALATION "\n",
                s->bundle.rel);
    if (s->told)
        cmd_say(stdout, "          hook: %s\n", s->told);
    if (st == ST_WAITING || st == ST_INTERRUPTED)
        cmd_say(stdout, "go on:    runproof resume %s\n", name_for_resume(s));
}

/* --- running --------------------------------------------------------- */

struct shape {
    bool json;
    struct plan_wishes wishes;
};

static enum status read_format(const struct call *c, struct shape *out,
                               struct err *err)
{
    const char *f = call_text(c, "format");
    *out = (struct shape){.json = f && strcmp(f, "json") == 0};
    if (!f || out->json || strcmp(f, "text") == 0)
        return ST_OK;
    return err_set(err, ST_INPUT, "--format is text or json, not '%s'", f);
}

static void before_question(void *ctx)
{
    struct session *s = ctx;
    progress_pause(s->progress);
}

static void on_wait(void *ctx)
{
    struct session *s = ctx;
    progress_tick(s->progress, clock_mono_ms());
    if (interrupted)
        progress_stopping(s->progress);
}

static void open_progress(struct session *s, const struct shape *shape)
{
    if (shape->json || s->opt->plan)
        return;
    s->progress = progress_open(stderr, progress_flags_for(stderr), 0);
    s->person.before = before_question;
    s->person.before_ctx = s;
    s->door.waiting = (struct waiting){on_wait, s};
}

static void report(struct session *s, const struct shape *shape, enum status st,
                   struct err *err)
{
    struct json *plan = s->opt->plan ? rehearse_plan(s) : NULL;
    progress_close(s->progress, NULL);
    s->progress = NULL;
    if (shape->json)
        print_json(s, st, plan);
    else if (plan)
        plan_print(s, plan);
    else
        print_text(s, st);
    if (plan)
        err->st = plan_keep(plan, &shape->wishes, err);
    json_free(plan);
}

/* From an open session to the exit code. */
static int carry_out(struct session *s, const struct shape *shape,
                     struct err *err)
{
    interrupt_catch();
    open_progress(s, shape);
    enum status st = run_steps(s, err);
    bool stopped = st == ST_OK || st == ST_WAITING || st == ST_INTERRUPTED;
    struct err why = {0};
    if (stopped)
        st = writeback(s, st, &why);
    if (stopped)
        report(s, shape, st, &why);
    else
        progress_close(s->progress, NULL);
    s->progress = NULL;
    if (why.st != ST_OK)
        return cmd_fail(&why);
    bool told = err->st == ST_OK || (err->st == ST_WAITING && !shape->json);
    return stopped && told ? status_exit(st) : cmd_fail(err);
}

static int close_run(struct session *s, int code)
{
    session_close(s);
    port_close_all();
    return code;
}

static const char *key_file(const struct call *c)
{
    const char *key = call_text(c, "key");
    return key ? key : getenv("RUNPROOF_KEY");
}

static int start(const struct call *c, bool plan)
{
    struct err err = {0};
    struct shape shape;
    if (read_format(c, &shape, &err) != ST_OK)
        return cmd_fail(&err);
    struct run_options opt = {
        .path = c->words[0],
        .environment = call_text(c, "env"),
        .lua_dir = call_text(c, "lua-dir"),
        .params = (struct json *)json_get(c->options, "param"),
        .answers = (struct json *)json_get(c->options, "answer"),
        .only = call_text(c, "only"),
        .from = call_text(c, "from"),
        .out = plan ? NULL : call_text(c, "out"),
        .under = plan ? NULL : call_text(c, "plan"),
        .key = key_file(c),
        .command = c->line,
        .yes = call_flag(c, "yes") || plan,
        .no_write = call_flag(c, "no-write"),
        .touch = call_flag(c, "touch"),
        .plan = plan,
    };
    if (plan)
        shape.wishes =
            (struct plan_wishes){call_text(c, "out"), call_text(c, "check")};
    struct session s;
    enum status st = session_read(&s, &opt, &err);
    if (st == ST_OK)
        st = run_check(&s, &err);
    if (st == ST_OK && !plan)
        st = session_lock(&s, &err);
    if (st == ST_OK)
        st = session_start(&s, plan ? DOOR_PREDICT : DOOR_LIVE, &err);
    int code = st == ST_OK ? carry_out(&s, &shape, &err) : cmd_fail(&err);
    return close_run(&s, code);
}

static int cmd_run(const struct call *c)
{
    return start(c, call_flag(c, "dry-run"));
}

static int cmd_plan(const struct call *c)
{
    return start(c, true);
}

/* Nothing is left to do for a run that has ended and whose scratch folders are
 * gone: its journal tells how it ended. */
static int tell_again(const char *run, const struct shape *shape)
{
    struct err err = {0};
    struct run_options opt = {0};
    struct session s;
    enum status st = session_reopen(&s, &opt, run, DOOR_REPLAY, &err);
    if (st == ST_OK)
        st = run_steps(&s, &err);
    if (st == ST_OK) {
        st = run_verdict(&s);
        report(&s, shape, st, &err);
    }
    return close_run(&s, err.st == ST_OK ? status_exit(st) : cmd_fail(&err));
}

static bool is_over(const struct session *s)
{
    return s->history.ended && !file_is_dir(s->work);
}

static int cmd_resume(const struct call *c)
{
    struct err err = {0};
    struct shape shape;
    if (read_format(c, &shape, &err) != ST_OK)
        return cmd_fail(&err);
    struct run_options opt = {
        .out = call_text(c, "out"),
        .answers = (struct json *)json_get(c->options, "answer"),
        .key = key_file(c),
        .command = c->line,
        .yes = call_flag(c, "yes"),
        .no_write = call_flag(c, "no-write"),
        .touch = call_flag(c, "touch"),
    };
    struct session s;
    enum status st = session_reopen(&s, &opt, c->words[0], DOOR_LIVE, &err);
    if (st == ST_OK && is_over(&s)) {
        session_close(&s);
        return tell_again(c->words[0], &shape);
    }
    if (st == ST_OK)
        st = session_restart(&s, &err);
    int code = st == ST_OK ? carry_out(&s, &shape, &err) : cmd_fail(&err);
    return close_run(&s, code);
}

const struct command command_run = {
    .name = "run",
    .args = "FILE",
    .min_words = 1,
    .max_words = 1,
    .summary = "Run a runbook and write its evidence back.",
    .options = run_options,
    .lua = true,
    .fn = cmd_run,
};
const struct command command_plan = {
    .name = "plan",
    .args = "FILE",
    .min_words = 1,
    .max_words = 1,
    .summary = "Predict what a run would change; nothing is done.",
    .options = plan_options,
    .lua = true,
    .fn = cmd_plan,
};
const struct command command_resume = {
    .name = "resume",
    .args = "RUN",
    .min_words = 1,
    .max_words = 1,
    .summary = "Go on after a crash, an abort or a question left open.",
    .options = resume_options,
    .lua = true,
    .fn = cmd_resume,
};
