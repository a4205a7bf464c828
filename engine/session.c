/* Opens, resumes and closes the state of one run. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "bound.h"
#include "file.h"
#include "forecast.h"
#include "modules.h"
#include "outlet.h"
#include "secrets.h"
#include "session_part.h"

#define SEED "0"
#define LOCK_PATIENCE_MS 1000

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

/* Another word would count as a failed check. */
static enum status check_answers(const struct session *s, struct err *err)
{
    static const char *const words[] = {"pass", "fail", "skip", "na"};
    struct arena a = {0};
    enum status st = ST_OK;
    for (size_t i = 0; i < s->doc.n_boxes && st == ST_OK; i++) {
        const char *id = span_dup(&a, s->doc.boxes[i].id);
        const char *said = json_str(json_get(s->opt->answers, id));
        bool known = !said || !s->doc.boxes[i].manual;
        for (size_t k = 0; k < sizeof words / sizeof *words && !known; k++)
            known = strcmp(said, words[k]) == 0;
        if (!known)
            st = err_at(err, ST_INPUT, s->doc.path, s->doc.boxes[i].line,
                        "--answer %s=%s: a manual box takes pass, fail, skip "
                        "or na",
                        id, said);
    }
    arena_release(&a);
    return st;
}

/* Front matter before runproof.yaml: a page may bring its own. */
enum status session_world(struct session *s, struct err *err)
{
    const char *fixture =
        s->doc.front.fixtures ? s->doc.front.fixtures : s->config.fixtures;
    if (!s->env.sandbox)
        return ST_OK;
    if (!fixture)
        return err_at(err, ST_INPUT, s->doc.path, 1,
                      "the sandbox needs a fixture: add fixtures: <folder> to "
                      "the front matter or to runproof.yaml");
    enum status st = world_open(s->config.root, fixture, &s->world, err);
    if (st == ST_OK)
        secrets_know(s->world, s->vault);
    return st;
}

/* The fixture's epoch, unless the page names its own. */
void session_clock(struct session *s)
{
    int64_t epoch = s->doc.front.epoch_ms;
    if (epoch < 0 && s->world)
        epoch = world_epoch_ms(s->world);
    if (s->env.sandbox)
        clock_virtual(&s->clock, epoch < 0 ? 0 : epoch);
    else if (s->opt->plan) { /* nobody waits for what is only predicted */
        clock_real(&s->clock);
        clock_virtual(&s->clock, clock_now_ms(&s->clock));
    } else
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

/* What reading and reopening share, once s->source is filled. */
enum status session_parts(struct session *s, struct err *err)
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
    outlet_know(vault_redact(s->vault));
    s->steps = mem_alloc(s->plan.n * sizeof *s->steps);
    s->passed = mem_alloc(s->plan.n * sizeof *s->passed);
    return ST_OK;
}

enum status session_environment(struct session *s, struct err *err)
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

enum status session_name_out(struct session *s, struct err *err)
{
    char real[PATH_MAX];
    struct arena *a = &s->arena;
    const char *out = s->opt->out;
    if (!out)
        return ST_OK;
    if (!realpath(out, real) && !realpath(path_dir(a, out), real))
        return err_set(err, ST_INPUT, "--out %s: there is no such folder", out);
    const char *path =
        file_exists(out) ? real : path_join(a, real, path_base(out));
    s->out = path_relative(a, s->config.root, path);
    if (strcmp(s->out, s->page) == 0)
        s->out = NULL;
    return ST_OK;
}

bool session_copies(const struct session *s)
{
    return s->doc.front.evidence_copy && !s->out;
}

const char *session_target(struct session *s)
{
    if (session_copies(s))
        return path_join(&s->arena, s->bundle.rel, BUNDLE_COPY);
    return s->out ? s->out : s->page;
}

enum status session_check_folders(struct session *s, struct err *err)
{
    struct arena *a = &s->arena;
    const char *const written[] = {
        arena_printf(a, "artifacts/%s", s->owner),
        WORK_DIR "/runs",
        WORK_DIR "/locks",
        arena_printf(a, FEEDBACK_DIR "/%s.md", s->owner),
        arena_printf(a, READER_DIR "/%s", path_base(s->page)),
    };
    enum status st = ST_OK;
    for (size_t i = 0; i < sizeof written / sizeof *written && st == ST_OK; i++)
        st = file_check_beneath(s->config.root, written[i], err);
    return st;
}

enum status session_load_page(struct session *s, const char *path,
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
    enum status st = session_load_page(s, opt->path, err);
    if (st == ST_OK)
        st = config_load(opt->path, &s->arena, &s->config, err);
    if (st == ST_OK)
        st = session_environment(s, err);
    if (st != ST_OK)
        return st;
    name_page(s);
    st = session_name_out(s, err);
    if (st == ST_OK)
        st = session_parts(s, err);
    if (st == ST_OK)
        st = session_check_folders(s, err);
    if (st == ST_OK)
        st = check_environment(s, err);
    if (st == ST_OK)
        st = check_answers(s, err);
    if (st == ST_OK)
        st = modules_load(s, err);
    if (st == ST_OK)
        st = session_world(s, err);
    if (st == ST_OK)
        st = params_resolve(&s->doc.front, opt->path, opt->params, &s->person,
                            s->vault, &s->inputs, err);
    if (st == ST_OK)
        st = secrets_check_page(s->vault, opt->path, buf_view(&s->source), err);
    if (st != ST_OK)
        return st;
    session_clock(s);
    s->run_id = new_run_id(s);
    history_init(&s->history, s->plan.n);
    return ST_OK;
}

/* --- starting -------------------------------------------------------- */

const char *session_key(struct session *s)
{
    char real[PATH_MAX];
    struct digest d = hash_sha256(
        span_of(realpath(s->opt->path, real) ? real : s->opt->path));
    return arena_printf(&s->arena, "%s-%.16s", s->env.name, d.hex);
}

/* The supervisor of a command holds the lock, too, until it has ended what a
 * killed run left behind. */
static bool take_lock(int fd)
{
    const struct timespec pause = {0, 10 * 1000000L};
    int64_t give_up_ms = clock_mono_ms() + LOCK_PATIENCE_MS;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (clock_mono_ms() >= give_up_ms)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

/* Nobody commits locks and scratch folders by `git add -A`. */
static enum status hide_work(struct session *s, struct err *err)
{
    const char *path =
        path_join(&s->arena, s->config.root, WORK_DIR "/.gitignore");
    return file_exists(path) ? ST_OK : file_replace(path, SPAN("*\n"), err);
}

enum status session_lock(struct session *s, struct err *err)
{
    struct arena *a = &s->arena;
    const char *dir = path_join(a, s->config.root, WORK_DIR "/locks");
    const char *path = arena_printf(a, "%s/%s.lock", dir, session_key(s));
    enum status st = file_mkdirs(dir, err);
    if (st == ST_OK)
        st = hide_work(s, err);
    if (st != ST_OK)
        return st;
    s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (s->lock_fd < 0)
        return err_at(err, ST_IO, path, 0, "cannot make the lock: %s",
                      strerror(errno));
    if (!take_lock(s->lock_fd))
        return err_at(err, ST_LOCKED, s->opt->path, 0,
                      "another run of this runbook in '%s' is under way; wait "
                      "for it to end",
                      s->env.name);
    return ST_OK;
}

const struct json *session_settings(const struct session *s)
{
    return s->world ? world_settings(s->world) : s->env.settings;
}

void session_door(struct session *s, enum door_mode mode)
{
    s->person.patience_ms = s->env.policy.ask_timeout_ms;
    s->door = (struct door){
        .mode = mode,
        .env = &s->env,
        .settings = session_settings(s),
        .rows = s->rows, /* of a worker booted before */
        .journal = &s->journal,
        .bundle = &s->bundle,
        .history = &s->history,
        .vault = s->vault,
        .clock = &s->clock,
        .world = s->world,
        .person = &s->person,
        .forecast = s->forecast,
        .bound = s->bound,
        .holes = s->forecast ? forecast_holes(s->forecast)
                 : s->bound  ? bound_holes(s->bound)
                             : NULL,
        .page = s->page,
        .source = buf_view(&s->source),
        .root = s->world ? world_tree(s->world) : s->config.root,
        .scratch = path_join(&s->arena, s->work, "scratch"),
    };
}

const char *session_work(struct session *s)
{
    return arena_printf(&s->arena, "%s/" WORK_DIR "/runs/%s", s->config.root,
                        s->bundle.name);
}

enum status session_tree(struct session *s, struct err *err)
{
    s->work = session_work(s);
    /* left by a killed run whose bundle somebody removed */
    enum status st = s->resumed ? ST_OK : file_remove_tree(s->work, err);
    if (st == ST_OK)
        st = file_mkdirs(path_join(&s->arena, s->work, "scratch"), err);
    if (st == ST_OK && s->world)
        st = world_start(s->world, path_join(&s->arena, s->work, "world"),
                         s->modules, s->n_modules, err);
    return st;
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
    names_release(&s->checks);
    mem_free(s->passed);
    json_free(s->rows);
    json_free(s->expected);
    inputs_release(&s->inputs);
    journal_close(&s->journal);
    history_release(&s->history);
    outlet_know(NULL);
    vault_free(s->vault);
    forecast_free(s->forecast);
    bound_free(s->bound);
    signer_free(s->signer);
    if (s->opt->plan && s->bundle.dir)
        discard(s->bundle.dir);
    if (s->work && (s->done || s->opt->plan))
        discard(s->work);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    doc_release(&s->doc);
    buf_release(&s->source);
    arena_release(&s->arena);
}
