/* Opens a run again from its bundle. */
#include <string.h>

#include "file.h"
#include "restore.h"
#include "session_part.h"

/* First record of a journal, to know what the rest is about. */
struct first {
    struct json *record;
};

static enum status take_first(void *ctx, const struct json *rec,
                              struct record_at at, struct err *err)
{
    struct first *f = ctx;
    if (at.line > 1)
        return err_set(err, ST_INTERRUPTED, "enough");
    f->record = json_copy(rec);
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

static enum status read_modules(struct session *s, const struct json *list,
                                struct err *err)
{
    enum status st = luafiles_load(bundle_path(&s->bundle, "lua", &s->arena),
                                   &s->arena, &s->modules, &s->n_modules, err);
    size_t kept = 0;
    for (size_t i = 0; i < s->n_modules && st == ST_OK; i++) {
        const struct json *m = json_first(list);
        while (m && strcmp(json_get_str(m, "name", ""), s->modules[i].name))
            m = json_next(m);
        if (!m)
            continue; /* this binary knows more modules than that one did */
        if (strcmp(json_get_str(m, "sha256", ""), s->modules[i].sha256.hex))
            st = err_set(err, ST_TAMPERED, "%s/lua/%s.lua was changed",
                         s->bundle.rel, s->modules[i].name);
        s->modules[kept++] = s->modules[i];
    }
    s->n_modules = kept;
    if (st == ST_OK && kept != json_size(list))
        st = err_set(err, ST_TAMPERED, "%s/lua lacks a module of the run",
                     s->bundle.rel);
    return st;
}

/* A replay knows only the bundle: no configuration, no fixture, no secrets. */
static void replay_config(struct session *s, const char *environment)
{
    s->config = (struct config){.root = "."};
    s->env = (struct environment){
        .name = environment, .sandbox = strcmp(environment, "sandbox") == 0};
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
    s->bundle.rel = json_get_str(first, "bundle", s->bundle.rel);
    s->started_ms = json_get_int(first, "at", 0);
    enum status st = ST_OK;
    if (mode == DOOR_REPLAY)
        replay_config(s, opt->environment);
    else
        st = session_environment(s, err);
    if (st == ST_OK)
        st = session_load_page(
            s, bundle_path(&s->bundle, BUNDLE_SOURCE, &s->arena), err);
    if (st == ST_OK)
        st = session_parts(s, err);
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
    return journal_reopen(&s->journal, path, &walk, err);
}

static void name_changes(const struct session *s, const struct doc *now,
                         struct buf *out)
{
    for (size_t i = 0; i < s->doc.n_blocks; i++) {
        const struct block *ran = &s->doc.blocks[i];
        const struct block *b = doc_block(now, ran->attr.id);
        if (!b || strcmp(b->src.hex, ran->src.hex) != 0)
            buf_printf(out, "%s%.*s (line %d) %s", out->n ? ", " : "",
                       SPAN_ARG(ran->attr.id), b ? b->line : ran->line,
                       b ? "changed" : "is gone");
    }
}

/* A run that is not over goes on with the page it began with, or not at all
 * (rule: DESIGN §6). One that is over only wants its evidence written. */
static enum status check_same_page(struct session *s, struct err *err)
{
    struct buf text = {0};
    struct doc now = {0};
    struct digest d = s->source_hash;
    if (s->history.ended || !file_exists(s->opt->path))
        return ST_OK;
    enum status st = file_read(s->opt->path, DOC_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = doc_source_hash(buf_view(&text), &d, err);
    if (st == ST_OK && strcmp(d.hex, s->source_hash.hex) != 0) {
        struct buf what = {0};
        struct err ignored = {0};
        if (doc_parse(&now, s->page, buf_view(&text), &ignored) == ST_OK)
            name_changes(s, &now, &what);
        st = err_at(err, ST_INPUT, s->page, 0,
                    "the page was edited since the run stopped: %.300s; put "
                    "it back as in %s/%s, or run it anew",
                    what.n ? buf_cstr(&what) : "its prose", s->bundle.rel,
                    BUNDLE_SOURCE);
        buf_release(&what);
    }
    doc_release(&now);
    buf_release(&text);
    return st;
}

enum status session_reopen(struct session *s, struct run_options *opt,
                           const char *run, enum door_mode mode,
                           struct err *err)
{
    *s = (struct session){.opt = opt, .lock_fd = -1, .journal = {.fd = -1}};
    struct json *first = NULL;
    enum status st = config_load(".", &s->arena, &s->config, err);
    if (st == ST_OK)
        st = bundle_find(&s->bundle, s->config.root, run, &s->arena, err);
    if (st == ST_OK)
        st = read_first(s, &first, err);
    if (st == ST_OK)
        st = adopt_first(s, opt, first, mode, err);
    /* what another process writes must not be read, nor cut off */
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = session_lock(s, err);
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = file_sweep(s->bundle.dir, err);
    if (st == ST_OK)
        st = read_modules(s, json_get(first, "modules"), err);
    const struct json *values = json_get(first, "params");
    if (st == ST_OK && mode == DOOR_REPLAY) {
        st = read_settings(s, err);
        s->inputs = (struct inputs){json_copy(values), NULL};
    } else if (st == ST_OK) {
        st = session_world(s, err);
        if (st == ST_OK)
            st = params_restore(values, json_get(first, "secret_params"),
                                s->vault, &s->inputs, err);
    }
    if (st == ST_OK)
        st = read_expected(s, err);
    if (st == ST_OK)
        st = open_history(s, mode, err);
    if (st == ST_OK && mode != DOOR_REPLAY)
        st = check_same_page(s, err);
    if (st != ST_OK)
        return st;
    if (mode == DOOR_REPLAY)
        clock_virtual(&s->clock, s->started_ms);
    else
        session_clock(s);
    s->started_ms = json_get_int(first, "at", 0);
    s->resumed = true;
    s->work = path_join(&s->arena, s->config.root, WORK_DIR);
    session_door(s, mode);
    return ST_OK;
}

enum status session_restart(struct session *s, struct err *err)
{
    enum status st = session_tree(s, err);
    if (st != ST_OK)
        return st;
    session_door(s, DOOR_LIVE);
    return door_restore(&s->door, err);
}
