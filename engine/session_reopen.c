/* Opens a run again from its bundle. */
#include <string.h>

#include "approved.h"
#include "bound.h"
#include "edited.h"
#include "file.h"
#include "modules.h"
#include "outlet.h"
#include "rehearse.h"
#include "restore.h"
#include "session_part.h"

/* First record of a journal, to know what the rest is about; its source is the
 * one that the run went on with after an edit. */
struct first {
    struct json *record;
};

static enum status take_first(void *ctx, const struct json *rec,
                              struct record_at at, struct err *err)
{
    struct first *f = ctx;
    (void)err;
    if (at.line == 1)
        f->record = json_copy(rec);
    const char *edited = json_str(json_get(rec, "source"));
    if (edited && f->record)
        json_put_str(f->record, "source", edited);
    return ST_OK;
}

static enum status read_first(struct session *s, struct json **out,
                              struct err *err)
{
    struct first f = {0};
    struct journal_walk w = {.fn = take_first, .ctx = &f};
    struct err why = {0};
    enum status st =
        journal_walk(bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena),
                     TORN_IS_DROPPED, &w, &why);
    *out = json_adopt(&s->arena, f.record);
    if (f.record)
        return ST_OK;
    *err = why;
    return st != ST_OK ? st
                       : err_set(err, ST_INPUT,
                                 "%s: the journal is empty: the run never "
                                 "started; run it again",
                                 s->bundle.rel);
}

/* A replay knows only the bundle: no configuration, no fixture, no secrets. */
static void replay_config(struct session *s, const char *environment)
{
    s->config = (struct config){.root = "."};
    s->env = (struct environment){
        .name = environment, .sandbox = strcmp(environment, "sandbox") == 0};
}

/* Where the run was to be written. Outside of the repository a journal alone
 * does not decide. */
static enum status adopt_out(struct session *s, const char *out,
                             struct err *err)
{
    enum status st = session_name_out(s, err);
    const char *asked = s->out;
    s->out = out;
    if (st != ST_OK || (asked && out && strcmp(asked, out) == 0))
        return st;
    if (s->opt->out)
        return err_set(err, ST_INPUT, "--out: the run writes %s",
                       out ? out : s->page);
    if (out && span_starts(span_of(out), ".."))
        return err_set(err, ST_INPUT,
                       "the run writes %s, outside of the repository: say so "
                       "again with --out",
                       out);
    return ST_OK;
}

/* The bundle's own words for where it is, and what follows from them. */
static enum status adopt_place(struct session *s, const struct json *first,
                               enum door_mode mode, struct err *err)
{
    const char *root = NULL;
    enum status st = bundle_adopt(&s->bundle, json_get_str(first, "bundle", ""),
                                  &s->arena, &root, err);
    if (st != ST_OK || mode == DOOR_REPLAY)
        return st;
    if (root && strcmp(root, s->config.root) != 0)
        st = config_load(root, &s->arena, &s->config, err);
    return st == ST_OK ? file_check_beneath(s->config.root, s->bundle.rel, err)
                       : st;
}

/* What is wrong with it stands in the bundle, not on the page. */
static enum status read_source(struct session *s, struct err *err)
{
    struct err why = {0};
    enum status st = session_parts(s, &why);
    if (st == ST_OK)
        return ST_OK;
    return err_at(err, st, path_join(&s->arena, s->bundle.rel, BUNDLE_SOURCE),
                  why.line, "%s", why.msg);
}

static enum status adopt_first(struct session *s, struct run_options *opt,
                               const struct json *first, enum door_mode mode,
                               struct err *err)
{
    s->page = json_get_str(first, "runbook", "");
    opt->path = path_join(&s->arena, s->config.root, s->page);
    opt->environment = json_get_str(first, "environment", "sandbox");
    if (!opt->answers)
        opt->answers =
            json_adopt(&s->arena, json_copy(json_get(first, "answers")));
    opt->only = json_str(json_get(first, "only"));
    opt->from = json_str(json_get(first, "from"));
    s->run_id = json_get_str(first, "run", "");
    s->started_ms = json_get_int(first, "at", 0);
    s->out = json_str(json_get(first, "out"));
    enum status st = ST_OK;
    if (mode == DOOR_REPLAY)
        replay_config(s, opt->environment);
    else
        st = adopt_out(s, s->out, err);
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = session_environment(s, err);
    if (st == ST_OK)
        st = session_load_page(
            s, bundle_path(&s->bundle, BUNDLE_SOURCE, &s->arena), err);
    if (st == ST_OK)
        st = read_source(s, err);
    if (st == ST_OK &&
        strcmp(json_get_str(first, "source", ""), s->source_hash.hex))
        st = err_set(err, ST_TAMPERED,
                     "%s/%s was changed: not the source of the run",
                     s->bundle.rel, BUNDLE_SOURCE);
    s->operator_name = json_get_str(first, "operator", "");
    return st;
}

static enum status read_part(struct session *s, const char *name,
                             struct json **out, struct err *err)
{
    struct buf text = {0};
    enum status st = file_read(bundle_path(&s->bundle, name, &s->arena),
                               DOC_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), out, err);
    buf_release(&text);
    return st;
}

/* Offline: what the run saw of its environment is in the bundle. */
static enum status read_settings(struct session *s, struct err *err)
{
    struct json *settings = NULL;
    enum status st = read_part(s, "environment.json", &settings, err);
    s->env.settings = json_adopt(&s->arena, settings);
    return st;
}

/* Only there when some step says expect=match. */
static enum status read_expected(struct session *s, struct err *err)
{
    if (!file_exists(bundle_path(&s->bundle, BUNDLE_EXPECTED, &s->arena)))
        return ST_OK;
    return read_part(s, BUNDLE_EXPECTED, &s->expected, err);
}

static enum status open_history(struct session *s, enum door_mode mode,
                                struct err *err)
{
    const char *path = bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena);
    struct journal_walk walk;
    enum torn torn = mode == DOOR_REPLAY ? TORN_IS_TAMPERED : TORN_IS_DROPPED;
    enum status st =
        history_load(&s->history, &s->plan, path, torn, &walk, err);
    if (st != ST_OK)
        return st;
    if (mode == DOOR_REPLAY)
        return journal_open(&s->journal, path, &walk, err);
    st = journal_reopen(&s->journal, path, &walk, err);
    s->journal.net = vault_redact(s->vault);
    return st;
}

static enum status restore_inputs(struct session *s, const struct json *first,
                                  enum door_mode mode, struct err *err)
{
    const struct json *values = json_get(first, "params");
    if (mode == DOOR_REPLAY) {
        vault_replays(s->vault);
        outlet_know(NULL);
        s->inputs = (struct inputs){json_copy(values), NULL};
        return read_settings(s, err);
    }
    enum status st = session_world(s, err);
    return st == ST_OK ? params_restore(&s->doc.front, values,
                                        json_get(first, "secret_params"),
                                        s->vault, &s->inputs, err)
                       : st;
}

/* Everything up to the history. */
static enum status reopen(struct session *s, struct run_options *opt,
                          const char *run, enum door_mode mode, struct err *err)
{
    *s = (struct session){.opt = opt, .lock_fd = -1, .journal = {.fd = -1}};
    struct json *first = NULL;
    enum status st = config_load(".", &s->arena, &s->config, err);
    if (st == ST_OK)
        st = bundle_find(&s->bundle, s->config.root, run, &s->arena, err);
    if (st == ST_OK)
        st = read_first(s, &first, err);
    if (st == ST_OK)
        st = adopt_place(s, first, mode, err);
    if (st == ST_OK)
        st = adopt_first(s, opt, first, mode, err);
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = session_check_folders(s, err);
    /* what another process writes must not be read, nor cut off */
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = session_lock(s, err);
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = file_sweep(s->bundle.dir, err);
    if (st == ST_OK)
        st = modules_reopen(s, json_get(first, "modules"), err);
    if (st == ST_OK)
        st = restore_inputs(s, first, mode, err);
    if (st == ST_OK)
        st = read_expected(s, err);
    if (st == ST_OK)
        st = rehearse_rebind(s, json_str(json_get(first, "plan")), err);
    if (st == ST_OK)
        st = open_history(s, mode, err);
    return st;
}

/* Once more from the start, with the page as it is now. */
static enum status reopen_edited(struct session *s, struct run_options *opt,
                                 const struct run_options *asked,
                                 const char *run, struct err *err)
{
    struct buf fresh = {0};
    enum status st = edited_compare(s, &fresh, err);
    if (st == ST_OK && fresh.n && s->bound)
        st = err_at(err, ST_REFUSED, s->opt->path, 0,
                    "the page was changed, and the run is held to a plan for "
                    "what it was: put it back, or plan and run anew");
    if (st == ST_OK && fresh.n) {
        st = edited_adopt(s, buf_view(&fresh), err);
        if (st == ST_OK) {
            session_close(s);
            *opt = *asked; /* what was adopted went with the session */
            st = reopen(s, opt, run, DOOR_LIVE, err);
        }
    }
    buf_release(&fresh);
    return st;
}

enum status session_reopen(struct session *s, struct run_options *opt,
                           const char *run, enum door_mode mode,
                           struct err *err)
{
    const struct run_options asked = *opt;
    enum status st = reopen(s, opt, run, mode, err);
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = reopen_edited(s, opt, &asked, run, err);
    if (st != ST_OK)
        return st;
    int64_t started_ms = s->started_ms;
    if (mode == DOOR_REPLAY)
        clock_virtual(&s->clock, started_ms);
    else
        session_clock(s);
    s->started_ms = started_ms;
    s->resumed = true;
    s->work = session_work(s);
    session_door(s, mode);
    return mode == DOOR_REPLAY && s->bound ? bound_catch_up(&s->door, err)
                                           : ST_OK;
}

enum status session_restart(struct session *s, struct err *err)
{
    enum status st = session_signer(s, err);
    if (st == ST_OK)
        st = approved_again(s, err);
    if (st == ST_OK && !s->history.ended)
        st = bundle_reopen(&s->bundle, err);
    if (st == ST_OK)
        st = session_tree(s, err);
    if (st != ST_OK)
        return st;
    session_door(s, DOOR_LIVE);
    st = door_restore(&s->door, err);
    return st == ST_OK && s->bound ? bound_catch_up(&s->door, err) : st;
}
