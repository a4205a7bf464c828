/* Boots workers and replays the steps that passed. */
#include "state.h"

#include "boot.h"
#include "holes.h"
#include "modules.h"
#include "session_part.h"
#include "syntax.h"
#include "talk.h"

struct json *state_globals(const struct session *s)
{
    struct json *g = json_new(JSON_OBJECT);
    json_put(g, "params", json_copy(s->inputs.values));
    struct json *env = json_copy(session_settings(s));
    if (json_type(env) != JSON_OBJECT) {
        json_free(env);
        env = json_new(JSON_OBJECT);
    }
    json_put_str(env, "name", s->env.name);
    json_put(g, "env", env);
    struct json *run = json_put(g, "run", json_new(JSON_OBJECT));
    /* a plan's run is another one each time */
    json_put_str(run, "id", s->opt->plan ? HOLES_RUN : s->run_id);
    json_put_str(run, "operator", s->operator_name);
    json_put_str(run, "mode", s->env.sandbox ? "sandbox" : "live");
    json_put_str(run, "runbook", s->page);
    return g;
}

enum status state_boot(struct session *s, const char *errand, struct err *err)
{
    worker_close(s->worker);
    s->worker = NULL;
    struct json *payload = json_new(JSON_OBJECT);
    json_put(payload, "globals", state_globals(s));
    if (errand)
        json_put_str(payload, "also",
                     arena_printf(&s->arena, "errand/%s", errand));
    struct luafile *mine = arena_array(&s->arena, s->n_modules, sizeof *mine);
    size_t n = 0;
    for (size_t i = 0; i < s->n_modules; i++)
        if (!luafile_simulates(&s->modules[i]))
            mine[n++] = s->modules[i];
    struct json *booted = NULL;
    enum status st =
        boot_worker(BOOT_RUNBOOK, mine, n, payload, &s->worker, &booted, err);
    json_free(payload);
    if (st != ST_OK)
        return st;
    json_free(s->rows);
    s->rows = json_copy(json_get(booted, "rows"));
    s->door.rows = s->rows;
    modules_note(s, json_get(booted, "loaded"));
    json_free(booted);
    return ST_OK;
}

enum status state_compile(struct session *s, size_t step, struct err *err)
{
    const struct block *b = s->plan.steps[step].block;
    struct json *answer = NULL;
    enum status st = s->worker ? ST_OK : state_boot(s, NULL, err);
    if (st == ST_OK)
        st = syntax_check(s->worker, s->page, b, &answer, err);
    json_free(answer);
    return st;
}

static enum status replay_passed(struct session *s, size_t step,
                                 struct err *err)
{
    struct talk t;
    struct attempt_result ignored;
    talk_open(&t, s, step, history_last(&s->history, step), &ignored);
    t.quiet = true;
    enum status st = talk_run(&t, err);
    if (st == ST_OK && !ignored.passed)
        st = err_set(err, ST_DIVERGED,
                     "step '%.*s' passed before and fails in replay: %s",
                     SPAN_ARG(t.p.step->block->attr.id),
                     ignored.error ? ignored.error : "no reason");
    talk_close(&t);
    attempt_release(&ignored);
    return st;
}

enum status state_ensure(struct session *s, struct err *err)
{
    if (s->worker)
        return ST_OK;
    enum status st = state_boot(s, NULL, err);
    enum door_mode mode = s->door.mode;
    struct clock clock = s->clock;
    s->door.mode = DOOR_REPLAY;
    s->clock.is_virtual = true;
    for (size_t i = 0; i < s->n_passed && st == ST_OK; i++)
        if (span_is(s->plan.steps[s->passed[i]].block->lang, "lua"))
            st = replay_passed(s, s->passed[i], err);
    s->door.mode = mode;
    s->clock = clock;
    return st;
}
