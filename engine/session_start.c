/* Starts a run: its bundle and the journal's first record. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "approved.h"
#include "bound.h"
#include "drift.h"
#include "file.h"
#include "modules.h"
#include "rehearse.h"
#include "session_part.h"

static void put_binary(struct json *r)
{
    struct buf exe = {0};
    struct err ignored = {0};
    if (file_read("/proc/self/exe", (size_t)1 << 30, &exe, &ignored) == ST_OK)
        json_put_str(r, "binary", hash_sha256(buf_view(&exe)).hex);
    buf_release(&exe);
    json_put_str(r, "version", RUNPROOF_VERSION);
}

/* Which questions are secret is known when they are asked: outside of the
 * sandbox only the answers to manual boxes are written down, the others are
 * given again to a resume. */
static struct json *kept_answers(const struct session *s)
{
    if (s->env.sandbox)
        return json_copy(s->opt->answers);
    struct json *kept = json_new(JSON_OBJECT);
    const struct json *a = json_first(s->opt->answers);
    for (; a; a = json_next(a))
        for (size_t i = 0; i < s->doc.n_boxes; i++)
            if (span_is(s->doc.boxes[i].id, json_key(a)))
                json_put(kept, json_key(a), json_copy(a));
    return kept;
}

static struct json *run_record(struct session *s)
{
    struct json *r = session_record("run", NULL);
    json_put_int(r, "at", s->started_ms);
    json_put_str(r, "run", s->run_id);
    json_put_str(r, "runbook", s->page);
    json_put_str(r, "bundle", s->bundle.rel);
    json_put_str(r, "source", s->source_hash.hex);
    json_put_str(r, "environment", s->env.name);
    json_put_str(r, "operator", s->operator_name);
    json_put(r, "params", json_copy(s->inputs.values));
    json_put(r, "secret_params", json_copy(s->inputs.sources));
    json_put(r, "answers", kept_answers(s));
    json_put(r, "policy", policy_json(&s->env.policy));
    json_put(r, "modules", modules_record(s));
    json_put_str(r, "config", s->config.path ? s->config.sha256.hex : NULL);
    if (s->world)
        json_put_str(r, "fixture", world_digest(s->world).hex);
    if (s->out)
        json_put_str(r, "out", s->out);
    if (s->opt->only)
        json_put_str(r, "only", s->opt->only);
    if (s->opt->from)
        json_put_str(r, "from", s->opt->from);
    if (s->bound)
        json_put_str(r, "plan", bound_plan(s->bound)->hash);
    if (s->approval)
        json_put(r, "approval", json_copy(s->approval));
    put_binary(r);
    return r;
}

/* Everything a stranger needs to replay the run. */
static enum status store_inputs(struct session *s, struct err *err)
{
    struct buf text = {0};
    enum status st = doc_strip(buf_view(&s->source), &text, err);
    if (st == ST_OK)
        st = bundle_add(&s->bundle, BUNDLE_SOURCE, buf_view(&text), err);
    if (st == ST_OK)
        st = modules_keep(s, true, err);
    s->expected = drift_expected(s);
    buf_clear(&text);
    json_pretty(s->expected, &text);
    if (st == ST_OK && json_size(s->expected))
        st = bundle_add(&s->bundle, BUNDLE_EXPECTED, buf_view(&text), err);
    struct json *policy = policy_json(&s->env.policy);
    buf_clear(&text);
    json_pretty(policy, &text);
    json_free(policy);
    if (st == ST_OK)
        st = bundle_add(&s->bundle, BUNDLE_POLICY, buf_view(&text), err);
    buf_clear(&text);
    if (s->bound)
        json_write(bound_plan(s->bound)->whole, &text);
    if (st == ST_OK && s->bound)
        st = bundle_add(&s->bundle, BUNDLE_PLAN, buf_view(&text), err);
    struct json *settings = json_copy(session_settings(s));
    buf_clear(&text);
    json_pretty(settings, &text);
    json_free(settings);
    if (st == ST_OK)
        st = bundle_add(&s->bundle, "environment.json", buf_view(&text), err);
    buf_release(&text);
    return st;
}

/* A rehearsal keeps nothing: its bundle is a folder in /tmp. */
static enum status make_bundle(struct session *s, struct err *err)
{
    if (!s->opt->plan)
        return bundle_create(&s->bundle, s->config.root, s->owner, s->run_id,
                             session_key(s), &s->arena, err);
    char dir[] = "/tmp/runproof-plan-XXXXXX";
    if (!mkdtemp(dir))
        return err_at(err, ST_IO, "/tmp", 0, "cannot make a folder: %s",
                      strerror(errno));
    const char *kept = arena_strdup(&s->arena, dir);
    s->bundle = (struct bundle){kept, kept, path_base(kept)};
    return file_mkdirs(bundle_path(&s->bundle, "blobs", &s->arena), err);
}

static enum status begin_journal(struct session *s, struct err *err)
{
    enum status st = journal_create(
        &s->journal, bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena), err);
    s->journal.net = vault_redact(s->vault);
    if (st == ST_OK)
        st = session_note(s, run_record(s), &s->history.run, err);
    s->history.has_run = st == ST_OK;
    return st;
}

/* The way to the journal is on the disk before a service is changed; in the
 * sandbox there is none. */
static enum status sync_bundle(struct session *s, struct err *err)
{
    const char *dir = s->bundle.dir;
    enum status st = ST_OK;
    int folders = s->world ? 0 : 4; /* root/artifacts/owner/run */
    for (int i = 0; i < folders && st == ST_OK; i++) {
        st = file_sync_dir(dir, err);
        dir = path_dir(&s->arena, dir);
    }
    return st;
}

/* From here on the run can be resumed; killed before, it has never been. */
static enum status publish(struct session *s, struct err *err)
{
    if (s->opt->plan)
        return ST_OK;
    enum status st = bundle_publish(&s->bundle, s->config.root, &s->arena, err);
    if (st == ST_OK)
        st = sync_bundle(s, err);
    if (st == ST_OK)
        journal_moved(&s->journal,
                      bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena));
    return st;
}

enum status session_start(struct session *s, enum door_mode mode,
                          struct err *err)
{
    enum status st = rehearse_bind(s, err);
    if (st == ST_OK)
        st = approved_begin(s, err);
    if (st == ST_OK)
        st = session_signer(s, err);
    if (st == ST_OK)
        st = make_bundle(s, err);
    if (st == ST_OK)
        st = store_inputs(s, err);
    if (st == ST_OK)
        st = begin_journal(s, err);
    if (st == ST_OK)
        st = publish(s, err);
    if (st == ST_UNWRITTEN || st == ST_INTERRUPTED)
        st = err->st = ST_IO; /* there is nothing yet that could be resumed */
    if (st == ST_OK)
        st = approved_use(s, err);
    if (st == ST_OK)
        st = session_tree(s, err);
    if (st == ST_OK && mode == DOOR_PREDICT)
        rehearse_begin(s);
    if (st == ST_OK)
        session_door(s, mode);
    return st;
}
