/* Puts a plan together, and holds a session to one. */
#include "rehearse.h"

#include <string.h>

#include "bound.h"
#include "file.h"
#include "forecast.h"
#include "session_part.h"
#include "state.h"

#define CONFIG_FILE "runproof.yaml"
#define CONFIG_MAX_BYTES ((size_t)4 << 20)

/* --- what it is for -------------------------------------------------- */

static struct digest modules_digest(const struct session *s)
{
    struct hasher h;
    struct arena a = {0};
    hasher_init(&h);
    for (size_t i = 0; i < s->n_modules; i++) /* by name */
        hasher_add(&h, span_of(arena_printf(&a, "%s %s\n", s->modules[i].name,
                                            s->modules[i].sha256.hex)));
    arena_release(&a);
    return hasher_end(&h);
}

static struct digest digest_of(struct json *taken)
{
    struct buf text = {0};
    json_write(taken, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    json_free(taken);
    return d;
}

static struct json *config_digest(struct session *s)
{
    struct buf text = {0};
    struct err none = {0};
    if (!s->config.path)
        return json_new(JSON_NULL);
    const char *path = path_join(&s->arena, s->config.root, CONFIG_FILE);
    enum status st = file_read(path, CONFIG_MAX_BYTES, &text, &none);
    struct json *j = st == ST_OK
                         ? json_new_str(hash_sha256(buf_view(&text)).hex)
                         : json_new(JSON_NULL);
    buf_release(&text);
    return j;
}

struct json *rehearse_about(struct session *s)
{
    struct holes plain;
    struct json *o = json_new(JSON_OBJECT);
    holes_init(&plain);
    json_put_str(o, "type", PLAN_FILE_TYPE);
    json_put_str(o, "runbook", s->page);
    json_put_str(o, "environment", s->env.name);
    json_put_str(o, "source", s->source_hash.hex);
    json_put(o, "inputs", holes_write(&plain, s->inputs.values));
    json_put_str(o, "modules", modules_digest(s).hex);
    json_put_str(o, "policy", digest_of(policy_json(&s->env.policy)).hex);
    json_put(o, "config", config_digest(s));
    holes_release(&plain);
    return o;
}

/* Steps that failed, too, tell where the prediction ends. */
static void add_failures(const struct session *s, struct json *stops)
{
    for (size_t i = 0; i < s->plan.n; i++) {
        const struct step_view *v = &s->steps[i];
        if (v->status != STEP_FAILED && v->status != STEP_REFUSED)
            continue;
        struct json *o = json_push(stops, json_new(JSON_OBJECT));
        json_put(o, "step", json_new_bytes(s->plan.steps[i].block->attr.id));
        json_put_str(o, "why",
                     v->error    ? v->error
                     : v->reason ? v->reason
                                 : "failed");
    }
}

/* A secret that was learnt late may have stood in what was asked before. */
static void renew_digests(struct json *changes)
{
    struct json *c = (struct json *)json_first(changes);
    for (; c; c = (struct json *)json_next(c)) {
        struct digest d =
            plan_change_digest(json_get_str(c, "op", ""), json_get(c, "args"));
        json_put_str(c, "digest", d.hex);
    }
}

struct json *rehearse_plan(struct session *s)
{
    struct json *o = rehearse_about(s);
    json_put(o, "changes", json_copy(forecast_changes(s->forecast)));
    json_put(o, "reads", json_copy(forecast_reads(s->forecast)));
    json_put(o, "stops", json_copy(forecast_stops(s->forecast)));
    add_failures(s, (struct json *)json_get(o, "stops"));
    if (redact_json(vault_redact(s->vault), o))
        renew_digests((struct json *)json_get(o, "changes"));
    return o;
}

void rehearse_begin(struct session *s)
{
    struct forecast_options opt = {
        .modules = s->modules,
        .n_modules = s->n_modules,
        .globals = state_globals(s),
        .root = s->world ? world_tree(s->world) : s->config.root,
        .dir = path_join(&s->arena, s->work, "files"),
        .from_ms = s->started_ms,
    };
    s->forecast = forecast_new(&opt);
}

/* --- a run under one ------------------------------------------------- */

static const struct {
    const char *member, *words;
} about[] = {
    {"runbook", "another page"},
    {"environment", "another environment"},
    {"source", "another version of this page"},
    {"inputs", "other inputs"},
    {"modules", "other Lua modules (another runproof, or --lua-dir)"},
    {"policy", "another policy"},
    {"config", "another runproof.yaml"},
};

/* In what the plan is for another run than this one, or NULL. */
static const char *difference(struct session *s)
{
    const struct json *plan = bound_plan(s->bound)->whole;
    struct json *mine = rehearse_about(s);
    const char *what = NULL;
    for (size_t i = 0; i < sizeof about / sizeof *about && !what; i++)
        if (!json_equal(json_get(plan, about[i].member),
                        json_get(mine, about[i].member)))
            what = about[i].words;
    json_free(mine);
    return what;
}

static enum status compare(struct session *s, struct err *err)
{
    const char *what = difference(s);
    if (!what)
        return ST_OK;
    return err_at(err, ST_REFUSED, s->opt->under, 0,
                  "the plan is for %s; make a new one by `runproof plan %s -o "
                  "%s`",
                  what, s->opt->path, s->opt->under);
}

enum status rehearse_still(struct session *s, struct err *err)
{
    const char *what = difference(s);
    if (!what)
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "refused: the plan that %s is held to is for %s; put it "
                   "back, or plan and run anew",
                   s->bundle.name, what);
}

enum status rehearse_bind(struct session *s, struct err *err)
{
    if (!s->opt->under)
        return ST_OK;
    enum status st =
        bound_open(s->opt->under, s->run_id, s->started_ms, &s->bound, err);
    return st == ST_OK ? compare(s, err) : st;
}

enum status rehearse_rebind(struct session *s, const char *hash,
                            struct err *err)
{
    if (!hash)
        return ST_OK;
    const char *path = bundle_path(&s->bundle, BUNDLE_PLAN, &s->arena);
    enum status st = bound_open(path, s->run_id, s->started_ms, &s->bound, err);
    if (st == ST_OK && strcmp(bound_plan(s->bound)->hash, hash) != 0)
        st = err_at(err, ST_TAMPERED, path, 0,
                    "not the plan that the run is held to");
    return st;
}
