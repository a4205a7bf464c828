/* Opens a fixture and answers requests from its simulators. */
#include "world.h"

#include <stdio.h>
#include <unistd.h>

#include "boot.h"
#include "clock.h"
#include "file.h"
#include "fixture_repo.h"
#include "worker.h"

#define WORLD_FILE "world.json"
#define SHAS_FILE "shas.json" /* beside the scratch tree */
#define WORLD_MAX_BYTES (64u << 20)
/* A simulated request is a table look-up; longer means a bug in a simulator. */
#define WORLD_REQUEST_MS 20000

struct world {
    struct arena arena;
    const char *fixture; /* folder */
    const char *tree;    /* scratch copy, NULL before world_start */
    struct json *state;  /* world.json */
    struct digest digest;
    const struct luafile *modules; /* borrowed */
    size_t n_modules;
    struct worker *sim;  /* NULL until it is first needed */
    struct json *loaded; /* names of its modules; owned */
};

static enum status add_tree_digest(struct hasher *h, const char *dir,
                                   const char *rel, struct arena *a,
                                   struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    enum status st =
        file_list(*rel ? path_join(a, dir, rel) : dir, a, &names, &n, err);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        const char *sub = *rel ? path_join(a, rel, names[i]) : names[i];
        const char *path = path_join(a, dir, sub);
        if (file_is_own_dir(path)) {
            st = add_tree_digest(h, dir, sub, a, err);
            continue;
        }
        struct buf text = {0};
        st = file_read(path, WORLD_MAX_BYTES, &text, err);
        struct digest d = hash_sha256(buf_view(&text));
        hasher_add(h, span_of(arena_printf(a, "%s %s\n", d.hex, sub)));
        buf_release(&text);
    }
    return st;
}

/* name: the folder as it was given. */
static enum status read_state(struct world *w, const char *name,
                              struct err *err)
{
    struct buf text = {0};
    const char *path = path_join(&w->arena, w->fixture, WORLD_FILE);
    enum status st = ST_OK;
    if (!file_exists(path))
        st = err_set(err, ST_INPUT,
                     "the sandbox needs a fixture: no " WORLD_FILE
                     " in this folder; name one as fixtures: in the front "
                     "matter or in runproof.yaml");
    if (st == ST_OK)
        st = file_read(path, WORLD_MAX_BYTES, &text, err);
    struct json *state = NULL;
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &state, err);
    w->state = json_adopt(&w->arena, state);
    if (st == ST_OK && json_type(state) != JSON_OBJECT)
        st = err_set(err, ST_INPUT, "a world is an object: {\"epoch\": …}");
    if (st != ST_OK)
        err_place(err, name, err->line);
    buf_release(&text);
    return st;
}

enum status world_open(const char *root, const char *fixture,
                       struct world **out, struct err *err)
{
    struct world *w = mem_alloc(sizeof *w);
    *out = w;
    w->fixture = path_clean(&w->arena, path_join(&w->arena, root, fixture));
    enum status st = read_state(w, fixture, err);
    struct hasher h;
    hasher_init(&h);
    if (st == ST_OK)
        st = add_tree_digest(&h, w->fixture, "", &w->arena, err);
    w->digest = hasher_end(&h);
    if (st != ST_OK) {
        world_close(w);
        *out = NULL;
    }
    return st;
}

void world_close(struct world *w)
{
    if (!w)
        return;
    worker_close(w->sim);
    json_free(w->loaded);
    arena_release(&w->arena);
    mem_free(w);
}

struct digest world_digest(const struct world *w)
{
    return w->digest;
}

int64_t world_epoch_ms(const struct world *w)
{
    int64_t ms = -1;
    const char *epoch = json_str(json_get(w->state, "epoch"));
    if (!epoch || !time_parse(span_of(epoch), &ms))
        return -1;
    return ms;
}

const struct json *world_settings(const struct world *w)
{
    return json_get(w->state, "env");
}

const struct json *world_secrets(const struct world *w)
{
    return json_get(w->state, "secrets");
}

const struct json *world_loaded(const struct world *w)
{
    return w->loaded;
}

/* The simulators tell when they have loaded more; nobody else is told. */
static void note_loaded(struct world *w, struct json *told)
{
    const struct json *names = json_get(told, "loaded");
    if (!names)
        return;
    json_free(w->loaded);
    w->loaded = json_copy(names);
    json_remove(told, "loaded");
}

const char *world_tree(const struct world *w)
{
    return w->tree;
}

/* The tree appears under its name only when it is whole, so that a resume
 * never sees half of one. The commits' ids are kept beside it. */
static enum status make_tree(struct world *w, const char *dir, struct err *err)
{
    struct arena *a = &w->arena;
    const char *half = arena_printf(a, "%s.half", dir);
    const char *from = path_join(a, w->fixture, "tree");
    const char *tree = path_join(a, half, "tree");
    struct json *shas = NULL;
    enum status st = file_remove_tree(half, err);
    if (st == ST_OK)
        st = file_mkdirs(tree, err);
    if (st == ST_OK && file_is_dir(from))
        st = file_copy_tree(from, tree, err);
    const struct json *commits = json_get(w->state, "commits");
    const struct fixture_origin origin = {path_join(a, half, "origin.git"),
                                          json_get(w->state, "origin")};
    if (st == ST_OK && commits)
        st = fixture_repo_init(tree, &origin, commits, &shas, err);
    struct buf text = {0};
    json_write(shas, &text);
    json_free(shas);
    if (st == ST_OK)
        st = file_write(path_join(a, half, SHAS_FILE), buf_view(&text), err);
    buf_release(&text);
    if (st == ST_OK && rename(half, dir) != 0)
        st = err_at(err, ST_IO, dir, 0, "cannot put the scratch tree in place");
    return st;
}

static enum status add_commits(struct world *w, const char *dir,
                               struct err *err)
{
    struct buf text = {0};
    struct json *shas = NULL;
    enum status st = file_read(path_join(&w->arena, dir, SHAS_FILE),
                               WORLD_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &shas, err);
    buf_release(&text);
    if (st != ST_OK)
        return st;
    struct json *git = json_put(w->state, "git", json_new(JSON_OBJECT));
    for (const struct json *s = json_first(shas); s; s = json_next(s))
        json_put_str(git, "head", json_str(s));
    json_put(git, "shas", shas);
    return ST_OK;
}

static void place_in_fixture(struct world *w, struct err *err)
{
    if (err->st == ST_INPUT)
        err_place(err, path_join(&w->arena, w->fixture, WORLD_FILE), 0);
}

enum status world_start(struct world *w, const char *dir,
                        const struct luafile *modules, size_t n,
                        struct err *err)
{
    enum status st = ST_OK;
    w->tree = path_join(&w->arena, dir, "tree");
    if (!file_exists(path_join(&w->arena, dir, SHAS_FILE)))
        st = file_remove_tree(dir, err);
    if (st == ST_OK && !file_is_dir(dir))
        st = make_tree(w, dir, err);
    if (st == ST_OK)
        st = add_commits(w, dir, err);
    place_in_fixture(w, err);
    w->modules = modules;
    w->n_modules = n;
    return st;
}

enum status world_wake(struct world *w, struct err *err)
{
    if (w->sim)
        return ST_OK;
    struct json *booted = NULL;
    struct json *payload = json_new(JSON_OBJECT);
    json_put(payload, "fixture", json_copy(w->state));
    enum status st = boot_worker(BOOT_SIM, w->modules, w->n_modules, payload,
                                 &w->sim, &booted, err);
    note_loaded(w, booted);
    json_free(booted);
    json_free(payload);
    place_in_fixture(w, err);
    return st;
}

static enum status ask(struct world *w, const struct json *request,
                       int64_t now_ms, struct json **response, struct err *err)
{
    struct json *q = json_copy(request);
    json_put_int(q, "now_ms", now_ms);
    struct buf text = {0};
    json_write(q, &text);
    json_free(q);
    enum wire_type type = WIRE_SIM;
    enum status st = worker_send(w->sim, WIRE_ASK_SIM, buf_view(&text), err);
    if (st == ST_OK)
        st = worker_recv(w->sim, clock_mono_ms() + WORLD_REQUEST_MS, &type,
                         &text, err);
    if (st == ST_OK && type != WIRE_SIM)
        st = err_set(err, ST_INTERNAL, "simulator answered '%c'", type);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), response, err);
    if (st == ST_OK)
        note_loaded(w, *response);
    buf_release(&text);
    return st;
}

/* Whatever goes wrong here, no service said it: a block is not told. */
enum status world_request(struct world *w, const struct json *request,
                          int64_t now_ms, struct json **response,
                          struct err *err)
{
    enum status st = world_wake(w, err);
    if (st != ST_OK)
        return err->st = ST_INTERNAL;
    st = ask(w, request, now_ms, response, err);
    if (st != ST_OK && st != ST_INTERNAL) {
        struct err why = *err;
        err_clear(err);
        st = err_set(err, ST_INTERNAL, "the simulator failed: %s", why.msg);
    }
    return st;
}
