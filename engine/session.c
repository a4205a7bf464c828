/* Opens, resumes and closes the state of one run. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "boot.h"
#include "file.h"
#include "restore.h"

#define WORK_DIR ".runproof"
#define SEED "0"

/* --- records --------------------------------------------------------- */

struct json *session_record(const char *type, const struct step *step)
{
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", type);
    if (step)
        json_put(r, "step", json_new_bytes(step->block->attr.id));
    return r;
}

enum status session_note(struct session *s, struct json *record,
                         struct record_at *at, struct err *err)
{
    if (!json_get(record, "at"))
        json_put_int(record, "at", clock_now_ms(&s->clock));
    enum status st =
        journal_append(&s->journal, record, JOURNAL_NO_SYNC, at, err);
    json_free(record);
    return st;
}

/* --- reading --------------------------------------------------------- */

static const char *user_name(struct session *s)
{
    if (s->env.sandbox)
        return "sandbox"; /* reproducible (rule: DESIGN §6) */
    const char *name = getenv("USER");
    struct passwd *pw = name && *name ? NULL : getpwuid(getuid());
    return arena_strdup(&s->arena, pw ? pw->pw_name : name ? name : "unknown");
}

static enum status check_environment(const struct session *s, struct err *err)
{
    const char *const *names = (const char *const *)s->doc.front.environments;
    if (!names || s->env.sandbox)
        return ST_OK;
    for (; *names; names++)
        if (strcmp(*names, s->env.name) == 0)
            return ST_OK;
    return err_at(err, ST_INPUT, s->doc.path, 1,
                  "this runbook is not for environment '%s': it is not in the "
                  "front matter's environments:",
                  s->env.name);
}

/* Front matter before runproof.yaml: a page may bring its own. */
static enum status open_world(struct session *s, struct err *err)
{
    const char *fixture =
        s->doc.front.fixtures ? s->doc.front.fixtures : s->config.fixtures;
    if (!s->env.sandbox)
        return ST_OK;
    if (!fixture)
        return err_at(err, ST_INPUT, s->doc.path, 1,
                      "the sandbox needs a fixture: add fixtures: <folder> to "
                      "the front matter or to runproof.yaml");
    return world_open(s->config.root, fixture, &s->world, err);
}

/* The fixture's epoch, unless the page names its own. */
static void start_clock(struct session *s)
{
    int64_t epoch = s->doc.front.epoch_ms;
    if (epoch < 0 && s->world)
        epoch = world_epoch_ms(s->world);
    if (s->env.sandbox)
        clock_virtual(&s->clock, epoch < 0 ? 0 : epoch);
    else
        clock_real(&s->clock);
    s->started_ms = clock_now_ms(&s->clock);
}

static const char *sandbox_run_id(struct session *s)
{
    struct buf key = {0};
    struct digest fixture = world_digest(s->world);
    buf_printf(&key, "%s\n", s->source_hash.hex);
    json_write(s->inputs.values, &key);
    buf_printf(&key, "\n%s\n%s\n", fixture.hex, SEED);
    struct digest d = hash_sha256(buf_view(&key));
    buf_release(&key);
    return arena_printf(&s->arena, "sbx-%.16s", d.hex);
}

static const char *new_run_id(struct session *s)
{
    if (s->env.sandbox)
        return sandbox_run_id(s);
    char id[27];
    ulid_new(clock_now_ms(&s->clock), id);
    return arena_strdup(&s->arena, id);
}

/* A page that holds a known secret must not run: its evidence would publish
 * it once more. */
static enum status refuse_secret_in_source(struct session *s, struct err *err)
{
    const char *name = NULL;
    struct span src = buf_view(&s->source);
    size_t at = redact_find(vault_redact(s->vault), src, &name);
    if (at == src.n)
        return ST_OK;
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += src.p[i] == '\n';
    return err_at(err, ST_INPUT, s->opt->path, line,
                  "the page itself holds the secret %s; remove it and rotate "
                  "the secret",
                  name);
}

/* What reading and reopening share, once s->source is filled. */
static enum status read_parts(struct session *s, struct err *err)
{
    const struct run_options *o = s->opt;
    enum status st = doc_parse(&s->doc, o->path, buf_view(&s->source), err);
    if (st == ST_OK)
        st = plan_make(&s->doc, &s->arena, &s->plan, err);
    if (st == ST_OK)
        st = doc_source_hash(buf_view(&s->source), &s->source_hash, err);
    if (st != ST_OK)
        return st;
    s->owner = s->doc.front.owner ? s->doc.front.owner : "unowned";
    s->operator_name = user_name(s);
    s->person = (struct person){.answers = o->answers,
                                .yes = o->yes,
                                .terminal = isatty(STDIN_FILENO) &&
                                            isatty(STDERR_FILENO),
                                .name = s->operator_name};
    s->vault = vault_new();
    s->steps = mem_alloc(s->plan.n * sizeof *s->steps);
    s->passed = mem_alloc(s->plan.n * sizeof *s->passed);
    return ST_OK;
}

static enum status read_environment(struct session *s, struct err *err)
{
    const char *name = s->opt->environment;
    return config_environment(&s->config, name ? name : "sandbox", &s->arena,
                              &s->env, err);
}

/* The page as the repository knows it. */
static void name_page(struct session *s)
{
    char real[PATH_MAX];
    const char *path = realpath(s->opt->path, real) ? real : s->opt->path;
    s->page = path_relative(&s->arena, s->config.root, path);
}

static enum status load_page(struct session *s, const char *path,
                             struct err *err)
{
    enum status st = file_read(path, DOC_MAX_BYTES, &s->source, err);
    if (st == ST_LIMIT)
        err_place(err, path, 0);
    return st;
}

enum status session_read(struct session *s, const struct run_options *opt,
                         struct err *err)
{
    *s = (struct session){.opt = opt, .lock_fd = -1, .journal = {.fd = -1}};
    enum status st = load_page(s, opt->path, err);
    if (st == ST_OK)
        st = config_load(opt->path, &s->arena, &s->config, err);
    if (st == ST_OK)
        st = read_environment(s, err);
    name_page(s);
    if (st == ST_OK)
        st = read_parts(s, err);
    if (st == ST_OK)
        st = check_environment(s, err);
    if (st == ST_OK)
        st = luafiles_load(opt->lua_dir, &s->arena, &s->modules, &s->n_modules,
                           err);
    if (st == ST_OK)
        st = open_world(s, err);
    if (st == ST_OK)
        st = params_resolve(&s->doc.front, opt->path, opt->params, &s->person,
                            s->vault, &s->inputs, err);
    if (st == ST_OK)
        st = refuse_secret_in_source(s, err);
    if (st != ST_OK)
        return st;
    start_clock(s);
    s->run_id = new_run_id(s);
    history_init(&s->history, s->plan.n);
    return ST_OK;
}

/* --- starting -------------------------------------------------------- */

enum status session_lock(struct session *s, struct err *err)
{
    struct arena *a = &s->arena;
    const char *dir = path_join(a, s->config.root, WORK_DIR "/locks");
    char real[PATH_MAX];
    struct digest d = hash_sha256(
        span_of(realpath(s->opt->path, real) ? real : s->opt->path));
    const char *path =
        arena_printf(a, "%s/%s-%.16s.lock", dir, s->env.name, d.hex);
    enum status st = file_mkdirs(dir, err);
    if (st != ST_OK)
        return st;
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (s->lock_fd < 0)
        return err_at(err, ST_IO, path, 0, "cannot make the lock: %s",
                      strerror(errno));
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return err_at(err, ST_LOCKED, s->opt->path, 0,
                      "another run of this runbook in '%s' is under way; wait "
                      "for it to end",
                      s->env.name);
    return ST_OK;
}

static const struct json *session_settings(const struct session *s)
{
    return s->world ? world_settings(s->world) : s->env.settings;
}

static void open_door(struct session *s, enum door_mode mode)
{
    s->door = (struct door){
        .mode = mode,
        .env = &s->env,
        .settings = session_settings(s),
        .journal = &s->journal,
        .bundle = &s->bundle,
        .history = &s->history,
        .vault = s->vault,
        .clock = &s->clock,
        .world = s->world,
        .person = &s->person,
        .root = s->world ? world_tree(s->world) : s->config.root,
        .scratch = path_join(&s->arena, s->work, "scratch"),
    };
}

static enum status start_world(struct session *s, struct err *err)
{
    s->work = arena_printf(&s->arena, "%s/" WORK_DIR "/runs/%s", s->config.root,
                           s->bundle.name);
    enum status st = file_mkdirs(path_join(&s->arena, s->work, "scratch"), err);
    if (st == ST_OK && s->world)
        st = world_start(s->world, path_join(&s->arena, s->work, "world"),
                         s->modules, s->n_modules, err);
    return st;
}

static struct json *modules_record(const struct session *s)
{
    struct json *list = json_new(JSON_ARRAY);
    for (size_t i = 0; i < s->n_modules; i++) {
        struct json *m = json_push(list, json_new(JSON_OBJECT));
        json_put_str(m, "name", s->modules[i].name);
        json_put_str(m, "sha256", s->modules[i].sha256.hex);
        json_put_str(m, "from", s->modules[i].embedded ? "binary" : "folder");
    }
    return list;
}

static void put_binary(struct json *r)
{
    struct buf exe = {0};
    struct err ignored = {0};
    if (file_read("/proc/self/exe", (size_t)1 << 30, &exe, &ignored) == ST_OK)
        json_put_str(r, "binary", hash_sha256(buf_view(&exe)).hex);
    buf_release(&exe);
    json_put_str(r, "version", RUNPROOF_VERSION);
}

static struct json *run_record(struct session *s)
{
    struct json *r = session_record("run", NULL);
    json_put_str(r, "run", s->run_id);
    json_put_str(r, "runbook", s->page);
    json_put_str(r, "bundle", s->bundle.rel);
    json_put_str(r, "source", s->source_hash.hex);
    json_put_str(r, "environment", s->env.name);
    json_put_str(r, "operator", s->operator_name);
    json_put(r, "params", json_copy(s->inputs.values));
    json_put(r, "secret_params", json_copy(s->inputs.sources));
    json_put(r, "answers", json_copy(s->opt->answers));
    json_put(r, "policy", environment_policy_json(&s->env));
    json_put(r, "modules", modules_record(s));
    if (s->world)
        json_put_str(r, "fixture", world_digest(s->world).hex);
    if (s->opt->only)
        json_put_str(r, "only", s->opt->only);
    if (s->opt->from)
        json_put_str(r, "from", s->opt->from);
    put_binary(r);
    return r;
}

/* Everything a stranger needs to replay the run. */
static enum status store_inputs(struct session *s, struct err *err)
{
    struct buf text = {0};
    enum status st = doc_strip(buf_view(&s->source), &text, err);
    if (st == ST_OK)
        st = bundle_put(&s->bundle, BUNDLE_SOURCE, buf_view(&text), err);
    for (size_t i = 0; i < s->n_modules && st == ST_OK; i++) {
        const char *name =
            arena_printf(&s->arena, "lua/%s.lua", s->modules[i].name);
        st = bundle_put(&s->bundle, name, s->modules[i].text, err);
    }
    struct json *policy = environment_policy_json(&s->env);
    buf_clear(&text);
    json_pretty(policy, &text);
    json_free(policy);
    if (st == ST_OK)
        st = bundle_put(&s->bundle, BUNDLE_POLICY, buf_view(&text), err);
    struct json *settings = json_copy(session_settings(s));
    buf_clear(&text);
    json_pretty(settings, &text);
    json_free(settings);
    if (st == ST_OK)
        st = bundle_put(&s->bundle, "environment.json", buf_view(&text), err);
    buf_release(&text);
    return st;
}

/* A rehearsal keeps nothing: its bundle is a folder in /tmp. */
static enum status make_bundle(struct session *s, struct err *err)
{
    if (!s->opt->plan)
        return bundle_create(&s->bundle, s->config.root, s->owner, s->run_id,
                             &s->arena, err);
    char dir[] = "/tmp/runproof-plan-XXXXXX";
    if (!mkdtemp(dir))
        return err_at(err, ST_IO, "/tmp", 0, "cannot make a folder: %s",
                      strerror(errno));
    const char *kept = arena_strdup(&s->arena, dir);
    s->bundle = (struct bundle){kept, kept, path_base(kept)};
    return file_mkdirs(bundle_path(&s->bundle, "blobs", &s->arena), err);
}

enum status session_start(struct session *s, enum door_mode mode,
                          struct err *err)
{
    enum status st = make_bundle(s, err);
    if (st == ST_OK)
        st = store_inputs(s, err);
    if (st == ST_OK)
        st = start_world(s, err);
    if (st == ST_OK)
        st = journal_create(&s->journal,
                            bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena),
                            err);
    if (st == ST_OK)
        st = session_note(s, run_record(s), &s->history.run, err);
    if (st != ST_OK)
        return st;
    s->history.has_run = true;
    open_door(s, mode);
    return ST_OK;
}

/* --- resuming -------------------------------------------------------- */

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
        st = read_environment(s, err);
    if (st == ST_OK)
        st = load_page(s, bundle_path(&s->bundle, BUNDLE_SOURCE, &s->arena),
                       err);
    if (st == ST_OK)
        st = read_parts(s, err);
    if (st == ST_OK &&
        strcmp(json_get_str(first, "source", ""), s->source_hash.hex))
        st = err_set(err, ST_TAMPERED,
                     "%s/%s was changed: not the source of the run",
                     s->bundle.rel, BUNDLE_SOURCE);
    s->operator_name = json_get_str(first, "operator", "");
    return st;
}

/* Offline: what the run saw of its environment is in the bundle. */
static enum status read_settings(struct session *s, struct err *err)
{
    struct buf text = {0};
    struct json *settings = NULL;
    enum status st =
        file_read(bundle_path(&s->bundle, "environment.json", &s->arena),
                  DOC_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &settings, err);
    if (st == ST_OK)
        s->env.settings = json_adopt(&s->arena, settings);
    buf_release(&text);
    return st;
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
    if (st == ST_OK)
        st = read_modules(s, json_get(first, "modules"), err);
    const struct json *values = json_get(first, "params");
    if (st == ST_OK && mode == DOOR_REPLAY) {
        st = read_settings(s, err);
        s->inputs = (struct inputs){json_copy(values), NULL};
    } else if (st == ST_OK) {
        st = open_world(s, err);
        if (st == ST_OK)
            st = params_restore(values, json_get(first, "secret_params"),
                                s->vault, &s->inputs, err);
    }
    if (st == ST_OK)
        st = open_history(s, mode, err);
    if (st != ST_OK)
        return st;
    if (mode == DOOR_REPLAY)
        clock_virtual(&s->clock, s->started_ms);
    else
        start_clock(s);
    s->started_ms = json_get_int(first, "at", 0);
    s->resumed = true;
    s->work = path_join(&s->arena, s->config.root, WORK_DIR);
    open_door(s, mode);
    return ST_OK;
}

enum status session_restart(struct session *s, struct err *err)
{
    enum status st = start_world(s, err);
    if (st != ST_OK)
        return st;
    open_door(s, DOOR_LIVE);
    return door_restore(&s->door, err);
}

/* --- closing --------------------------------------------------------- */

/* What cannot be removed is left for the next run to overwrite. */
static void discard(const char *path)
{
    struct err ignored = {0};
    enum status st = file_remove_tree(path, &ignored);
    (void)st;
}

void session_close(struct session *s)
{
    worker_close(s->worker);
    world_close(s->world);
    for (size_t i = 0; s->steps && i < s->plan.n; i++) {
        json_free(s->steps[i].items);
        json_free(s->steps[i].activities);
        buf_release(&s->steps[i].output);
        buf_release(&s->steps[i].log);
    }
    mem_free(s->steps);
    mem_free(s->passed);
    json_free(s->rows);
    inputs_release(&s->inputs);
    journal_close(&s->journal);
    history_release(&s->history);
    vault_free(s->vault);
    if (s->opt->plan && s->bundle.dir)
        discard(s->bundle.dir);
    if (s->work && s->bundle.name && !s->keep_work &&
        s->door.mode != DOOR_REPLAY)
        discard(s->work);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    doc_release(&s->doc);
    buf_release(&s->source);
    arena_release(&s->arena);
}
