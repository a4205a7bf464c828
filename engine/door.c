/* The one door through which a runbook touches the world. */
#include "door.h"

#include <stdlib.h>
#include <string.h>

#include "inner.h"
#include "port.h"
#include "port_fs.h"
#include "port_sh.h"
#include "prim.h"
#include "rows.h"

/* Everything known of the activity being performed. */
struct ask {
    const char *op;
    const struct json *args;
    const struct prim *prim;
    enum effect effect;
    bool idempotent;
    struct digest digest;
};

static struct digest ask_digest(const char *op, const struct json *args)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n", op);
    json_write(args, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return d;
}

/* --- answers --------------------------------------------------------- */

static void answer_value(const struct json *value, struct buf *answer)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_bool(o, "ok", true);
    json_put(o, "value", value ? json_copy(value) : json_new(JSON_NULL));
    buf_clear(answer);
    json_write(o, answer);
    json_free(o);
}

static void answer_error(const char *kind, const char *message,
                         struct buf *answer)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_bool(o, "ok", false);
    json_put_str(o, "kind", kind);
    json_put_str(o, "error", message);
    buf_clear(answer);
    json_write(o, answer);
    json_free(o);
}

/* --- what it is ------------------------------------------------------ */

static enum status classify(const struct door *d, const struct passage *p,
                            struct ask *a, struct err *err)
{
    a->prim = prim_find(span_of(a->op));
    if (!a->prim || a->prim->kind != PRIM_ACTIVITY)
        return err_set(err, ST_INPUT, "no such activity: %s", a->op);
    a->effect = a->prim->effect;
    a->idempotent = a->effect <= EFFECT_READ;
    if (strcmp(a->op, "sh.run") == 0)
        return sh_class(a->args, p->step->block->attr.effect, &a->effect, err);
    if (strcmp(a->op, "http.request") == 0) {
        struct row_facts f = rows_classify(d->rows, d->settings, a->args);
        a->effect = f.effect;
        a->idempotent = f.idempotent;
    }
    return ST_OK;
}

static struct json *new_note(const struct ask *a)
{
    struct buf text = {0};
    activity_summary(a->op, a->args, &text);
    struct json *o = json_new(JSON_OBJECT);
    json_put_str(o, "op", a->op);
    json_put_str(o, "class", effect_name(a->effect));
    json_put(o, "summary", json_new_bytes(buf_view(&text)));
    buf_release(&text);
    return o;
}

static void push_note(struct passage *p, struct json *note)
{
    enum effect class = EFFECT_NONE;
    effect_parse(span_of(json_get_str(note, "class", "")), &class);
    p->counts[class]++;
    json_push(p->activities, note);
}

/* A settled change counts as itself; what its probe read does not count. */
static void settle_note(struct passage *p, const struct json *args)
{
    struct json *note = p->doubtful;
    p->doubtful = NULL;
    if (note && strcmp(json_get_str(args, "outcome", ""), "done") == 0)
        push_note(p, note);
    else
        json_free(note);
}

static void note_activity(struct passage *p, const struct ask *a)
{
    if (strcmp(a->op, "door.settle") == 0)
        settle_note(p, a->args);
    else if (!p->doubtful)
        push_note(p, new_note(a));
}

static void answer_in_doubt(struct passage *p, const struct ask *a,
                            struct buf *answer)
{
    p->doubtful = new_note(a);
    p->was_in_doubt = true;
    buf_clear(answer);
    buf_str(answer, "{\"in_doubt\":true}");
}

/* --- journal --------------------------------------------------------- */

static struct json *new_record(const char *type, const struct passage *p,
                               const struct ask *a)
{
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", type);
    struct span id = p->step->block->attr.id;
    json_put(r, "step", json_new_bytes(id));
    json_put_int(r, "n", p->n);
    json_put_str(r, "op", a->op);
    json_put_str(r, "class", effect_name(a->effect));
    json_put_str(r, "digest", a->digest.hex);
    return r;
}

static enum status put_folded(const struct door *d, struct json *record,
                              const char *key, struct json *value,
                              struct err *err)
{
    struct json *stored = NULL;
    enum status st = bundle_fold(d->bundle, value, &stored, err);
    json_put(record, key, stored);
    return st;
}

static enum status append(struct door *d, struct json *record,
                          enum journal_sync sync, struct record_at *at,
                          struct err *err)
{
    json_put_int(record, "at", clock_now_ms(d->clock));
    enum status st = journal_append(d->journal, record, sync, at, err);
    json_free(record);
    return st;
}

/* Announces a change before it starts; local ones with the file's digests, so
 * that a resume can tell whether it happened. */
static enum status write_intent(struct door *d, struct passage *p,
                                const struct ask *a, struct err *err)
{
    struct json *r = new_record("intent", p, a);
    enum status st = put_folded(d, r, "args", json_copy(a->args), err);
    char before[FS_STATE_ROOM] = "";
    char after[FS_STATE_ROOM] = "";
    if (st == ST_OK && strncmp(a->op, "fs.", 3) == 0) {
        fs_state_digest(d->root, a->op, a->args, before, after);
        json_put_str(r, "before", before);
        json_put_str(r, "after", after);
    }
    if (st != ST_OK) {
        json_free(r);
        return st;
    }
    enum journal_sync sync = a->effect == EFFECT_REMOTE && !d->world
                                 ? JOURNAL_SYNC
                                 : JOURNAL_NO_SYNC;
    return append(d, r, sync, &p->log->intent, err);
}

struct result {
    bool ok;
    struct json *value; /* owned */
    const char *kind;   /* of an error: "activity", "refused", "timeout" */
    const char *message;
    bool reused;
    bool in_doubt;
};

static enum status write_result(struct door *d, struct passage *p,
                                const struct ask *a, const struct result *res,
                                struct err *err)
{
    struct json *r = new_record("result", p, a);
    enum status st = put_folded(d, r, "args", json_copy(a->args), err);
    json_put_bool(r, "ok", res->ok);
    if (res->in_doubt)
        json_put_bool(r, "in_doubt", true);
    if (res->reused)
        json_put_bool(r, "reused", true);
    if (st == ST_OK && res->ok && !res->in_doubt)
        st = put_folded(
            d, r, "value",
            res->value ? json_copy(res->value) : json_new(JSON_NULL), err);
    if (!res->ok) {
        json_put_str(r, "kind", res->kind);
        json_put_str(r, "error", res->message);
    }
    if (st != ST_OK) {
        json_free(r);
        return st;
    }
    struct record_at at;
    st = append(d, r, JOURNAL_NO_SYNC, &at, err);
    if (st == ST_OK) {
        history_result(d->history, p->log, at);
        p->cursor = p->log->n_results;
    }
    return st;
}

/* --- replay ---------------------------------------------------------- */

static enum status diverged(const struct passage *p, const struct ask *a,
                            const struct json *rec, struct err *err)
{
    struct buf now = {0};
    struct buf then = {0};
    activity_summary(a->op, a->args, &now);
    activity_summary(json_get_str(rec, "op", "?"), json_get(rec, "args"),
                     &then);
    enum status st = err_set(
        err, ST_DIVERGED,
        "step '%.*s', activity %lld: the journal has `%.180s`, the code now "
        "asks `%.180s`",
        SPAN_ARG(p->step->block->attr.id), (long long)p->n, buf_cstr(&then),
        buf_cstr(&now));
    buf_release(&now);
    buf_release(&then);
    return st;
}

static enum status give_recorded(struct door *d, struct passage *p,
                                 const struct ask *a, const struct json *rec,
                                 struct buf *answer, struct err *err)
{
    if (d->clock->is_virtual || d->mode == DOOR_REPLAY)
        d->clock->virtual_ms = json_get_int(rec, "at", 0);
    if (json_get_bool(rec, "in_doubt", false)) {
        answer_in_doubt(p, a, answer);
        return ST_OK;
    }
    if (!json_get_bool(rec, "ok", false)) {
        const char *kind = json_get_str(rec, "kind", "activity");
        p->policy_refused |= strcmp(kind, "refused") == 0;
        answer_error(kind, json_get_str(rec, "error", ""), answer);
        return ST_OK;
    }
    struct json *value = NULL;
    enum status st =
        bundle_unfold(d->bundle, json_get(rec, "value"), &value, err);
    if (st != ST_OK)
        return st;
    if (strcmp(a->op, "evidence.file") == 0)
        json_push(p->items, json_copy(value));
    note_activity(p, a);
    answer_value(value, answer);
    json_free(value);
    return ST_OK;
}

static enum status replay(struct door *d, struct passage *p, struct ask *a,
                          struct buf *answer, struct err *err)
{
    struct json *rec = NULL;
    enum status st =
        journal_get(d->journal, p->log->results[p->cursor], &rec, err);
    if (st == ST_OK && (strcmp(json_get_str(rec, "op", ""), a->op) != 0 ||
                        strcmp(json_get_str(rec, "digest", ""), a->digest.hex)))
        st = diverged(p, a, rec, err);
    if (st == ST_OK) {
        effect_parse(span_of(json_get_str(rec, "class", "")), &a->effect);
        p->cursor++;
        st = give_recorded(d, p, a, rec, answer, err);
    }
    json_free(rec);
    return st;
}

/* --- policy ---------------------------------------------------------- */

static enum status ask_consent(struct door *d, struct passage *p,
                               const struct ask *a, struct err *err)
{
    struct step_log *log = &d->history->steps[p->index];
    if (log->remote != CONSENT_UNKNOWN)
        return ST_OK;
    struct arena m = {0};
    struct buf what = {0};
    activity_summary(a->op, a->args, &what);
    const char *id = span_dup(&m, p->step->block->attr.id);
    const char *question = arena_printf(&m, "Step '%s' changes %s: %s", id,
                                        d->env->name, buf_cstr(&what));
    bool yes = false;
    const char *how = NULL;
    int64_t before = d->person->waited_ms;
    enum status st = person_consent(d->person, id, question, &yes, &how, err);
    p->deadline_mono_ms += d->person->waited_ms - before;
    if (st == ST_OK) {
        log->remote = yes ? CONSENT_YES : CONSENT_NO;
        struct json *r = json_new(JSON_OBJECT);
        json_put_str(r, "type", "decision");
        json_put_str(r, "step", id);
        json_put_str(r, "about", "remote");
        json_put_bool(r, "yes", yes);
        json_put_str(r, "how", how);
        json_put_str(r, "by", d->person->name);
        st = append(d, r, JOURNAL_NO_SYNC, NULL, err);
    }
    buf_release(&what);
    arena_release(&m);
    return st;
}

/* ST_REFUSED with the reason, or ST_OK. */
static enum status decide(struct door *d, struct passage *p,
                          const struct ask *a, struct err *err)
{
    enum effect ceiling = p->step->block->attr.effect;
    if (a->effect > ceiling) {
        p->stopped = true;
        return err_set(err, ST_REFUSED,
                       "refused: %s is %s, above this step's ceiling "
                       "effect=%s; raise it if the step is meant to do this",
                       a->op, effect_name(a->effect), effect_name(ceiling));
    }
    enum verdict v = d->env->policy[a->effect];
    enum status st = ST_OK;
    if (v == VERDICT_ASK)
        st = ask_consent(d, p, a, err);
    if (st != ST_OK || v == VERDICT_ALLOW)
        return st;
    if (v == VERDICT_ASK && d->history->steps[p->index].remote == CONSENT_YES)
        return ST_OK;
    p->policy_refused = true;
    p->stopped = true;
    const char *why = v == VERDICT_ASK    ? "a person said no"
                      : v == VERDICT_PLAN ? "it needs an approved plan"
                                          : "the policy denies it";
    return err_set(err, ST_REFUSED, "refused: %s in %s: %s",
                   effect_name(a->effect), d->env->name, why);
}

/* --- changes asked again --------------------------------------------- */

/* A change that succeeded in an earlier attempt is answered from the journal
 * when asked again at the same place; another one there stops the step. */
static enum status reuse(struct door *d, struct passage *p, struct ask *a,
                         struct buf *answer, struct err *err)
{
    struct json *rec = NULL;
    enum status st =
        journal_get(d->journal, p->earlier[p->next_earlier++], &rec, err);
    if (st == ST_OK && strcmp(json_get_str(rec, "digest", ""), a->digest.hex)) {
        struct err why = {0};
        (void)diverged(p, a, rec, &why);
        p->stopped = true;
        answer_error("refused", why.msg, answer);
        json_free(rec);
        return ST_OK;
    }
    struct json *value = NULL;
    if (st == ST_OK)
        st = bundle_unfold(d->bundle, json_get(rec, "value"), &value, err);
    struct result res = {.ok = true, .value = value, .reused = true};
    if (st == ST_OK)
        st = write_result(d, p, a, &res, err);
    if (st == ST_OK) {
        note_activity(p, a);
        answer_value(value, answer);
    }
    json_free(value);
    json_free(rec);
    return st;
}

/* --- after a crash --------------------------------------------------- */

enum doubt { DOUBT_NONE, DOUBT_AGAIN, DOUBT_PROBE, DOUBT_DONE };

/* A person decides what neither the row nor a probe can tell. */
static enum status doubt_person(struct door *d, const struct passage *p,
                                const struct ask *a, enum doubt *out,
                                struct err *err)
{
    struct arena m = {0};
    struct buf what = {0};
    activity_summary(a->op, a->args, &what);
    const char *id =
        arena_printf(&m, "%.*s-in-doubt", SPAN_ARG(p->step->block->attr.id));
    const char *question = arena_printf(
        &m, "The run stopped while this was under way: %s. Has it happened?",
        buf_cstr(&what));
    bool yes = false;
    const char *how = NULL;
    /* --yes consents to changes; it does not know facts. */
    struct person asked = *d->person;
    asked.yes = false;
    enum status st = person_consent(&asked, id, question, &yes, &how, err);
    d->person->waited_ms = asked.waited_ms;
    *out = yes ? DOUBT_DONE : DOUBT_AGAIN;
    buf_release(&what);
    arena_release(&m);
    return st;
}

static enum status doubt_file(struct door *d, const struct passage *p,
                              const struct ask *a, const struct json *intent,
                              enum doubt *out, struct err *err)
{
    char now[FS_STATE_ROOM] = "";
    char after[FS_STATE_ROOM] = "";
    fs_state_digest(d->root, a->op, a->args, now, after);
    if (strcmp(now, json_get_str(intent, "before", "")) == 0)
        *out = DOUBT_AGAIN;
    else if (strcmp(now, json_get_str(intent, "after", "")) == 0)
        *out = DOUBT_DONE;
    else
        return doubt_person(d, p, a, out, err);
    return ST_OK;
}

/* An announced change without a result: was it done? (rule: DESIGN §6) */
static enum status settle_doubt(struct door *d, struct passage *p,
                                const struct ask *a, enum doubt *out,
                                struct err *err)
{
    *out = DOUBT_NONE;
    if (!p->log->has_intent)
        return ST_OK;
    struct json *intent = NULL;
    enum status st = journal_get(d->journal, p->log->intent, &intent, err);
    p->log->has_intent = false;
    if (st == ST_OK &&
        strcmp(json_get_str(intent, "digest", ""), a->digest.hex) != 0)
        st = diverged(p, a, intent, err);
    bool simulated = d->world && strcmp(a->op, "http.request") == 0;
    if (st != ST_OK || simulated || a->idempotent)
        *out = DOUBT_AGAIN; /* the simulated cloud died with its process */
    else if (strncmp(a->op, "fs.", 3) == 0)
        st = doubt_file(d, p, a, intent, out, err);
    else if (json_get_bool(a->args, "probe", false))
        *out = DOUBT_PROBE;
    else
        st = doubt_person(d, p, a, out, err);
    json_free(intent);
    return st;
}

/* --- transport ------------------------------------------------------- */

/* The simulators see what a server would: a filled request with a body. */
static enum status simulate(struct door *d, const struct json *args,
                            struct json **value, struct err *err)
{
    struct json *q = NULL;
    enum status st = vault_fill(d->vault, args, &q, err);
    const struct json *body = json_get(q, "json");
    if (st == ST_OK && body) {
        struct buf text = {0};
        json_write(body, &text);
        json_put(q, "body", json_new_bytes(buf_view(&text)));
        json_remove(q, "json");
        buf_release(&text);
    }
    if (st == ST_OK)
        st = world_request(d->world, q, clock_now_ms(d->clock), value, err);
    json_free(q);
    if (st == ST_OK) {
        json_remove(*value, "changed");
        json_remove(*value, "op");
    }
    return st;
}

static enum status through_port(struct door *d, struct passage *p,
                                const struct ask *a, struct json **value,
                                struct err *err)
{
    const struct port *port = NULL;
    void *state = NULL;
    struct port_call call = {.op = a->op,
                             .args = a->args,
                             .effect = a->effect,
                             .root = d->root,
                             .scratch = d->scratch,
                             .vault = d->vault,
                             .deadline_mono_ms = p->deadline_mono_ms};
    enum status st = port_for(a->op, &port, &state, err);
    return st == ST_OK ? port->perform(state, &call, value, err) : st;
}

static enum status transport(struct door *d, struct passage *p,
                             const struct ask *a, struct json **value,
                             struct err *err)
{
    bool found = false;
    clock_advance(d->clock, a->prim->virtual_ms);
    enum status st = inner_perform(d, p, a->op, a->args, &found, value, err);
    if (found)
        return st;
    if (d->world && strcmp(a->op, "http.request") == 0)
        return simulate(d, a->args, value, err);
    return through_port(d, p, a, value, err);
}

/* What a file change that was made before the crash would have answered. */
static enum status done_value(struct door *d, struct passage *p,
                              const struct ask *a, struct json **value,
                              struct err *err)
{
    *value = json_new(JSON_OBJECT);
    if (strcmp(a->op, "fs.remove") == 0 || strcmp(a->op, "fs.mkdir") == 0) {
        json_put_bool(*value, a->op[3] == 'r' ? "removed" : "created", true);
        return ST_OK;
    }
    struct ask look = {.op = "fs.read", .args = a->args, .effect = EFFECT_READ};
    struct json *now = NULL;
    struct arena m = {0};
    struct span bytes = {0};
    enum status st = through_port(d, p, &look, &now, err);
    if (st == ST_OK && json_bytes(now, &m, &bytes)) {
        json_put(*value, "path", json_copy(json_get(a->args, "path")));
        json_put_int(*value, "bytes", (int64_t)bytes.n);
        json_put_str(*value, "sha256", hash_sha256(bytes).hex);
        json_put_bool(*value, "changed", true);
    }
    arena_release(&m);
    json_free(now);
    return st;
}

static bool redact_string(void *ctx, struct span s, struct buf *out)
{
    return redact_bytes(ctx, s, out);
}

static const char *error_kind(enum status st)
{
    return st == ST_REFUSED   ? "refused"
           : st == ST_TIMEOUT ? "timeout"
                              : "activity";
}

/* What may end an attempt, rather than be raised in Lua. */
static bool is_fatal(enum status st)
{
    return st == ST_WAITING || st == ST_INTERRUPTED || st == ST_INTERNAL ||
           st == ST_DIVERGED;
}

static enum status finish(struct door *d, struct passage *p,
                          const struct ask *a, struct result *res,
                          const struct err *why, struct buf *answer,
                          struct err *err)
{
    struct buf safe = {0};
    const struct redact *known = vault_redact(d->vault);
    if (res->ok && res->value)
        json_map_strings(res->value, redact_string, (void *)known);
    if (!res->ok) {
        redact_bytes(known, span_of(why->msg), &safe);
        res->message = buf_cstr(&safe);
        res->kind = error_kind(why->st);
        p->stopped |= why->st == ST_REFUSED;
    }
    enum status st = write_result(d, p, a, res, err);
    if (st == ST_OK && res->ok) {
        note_activity(p, a);
        answer_value(res->value, answer);
    } else if (st == ST_OK) {
        answer_error(res->kind, res->message, answer);
    }
    buf_release(&safe);
    return st;
}

static enum status perform_live(struct door *d, struct passage *p,
                                struct ask *a, struct buf *answer,
                                struct err *err)
{
    struct err why = {0};
    struct result res = {0};
    enum doubt doubt = DOUBT_NONE;
    enum status st = decide(d, p, a, &why);
    if (st == ST_OK && d->mode == DOOR_PREDICT && a->effect > EFFECT_READ) {
        note_activity(p, a);
        st = err_set(&why, ST_WAITING, "prediction stops here");
    }
    if (st == ST_OK)
        st = settle_doubt(d, p, a, &doubt, &why);
    if (st == ST_OK && doubt == DOUBT_PROBE) {
        res = (struct result){.ok = true, .in_doubt = true};
        answer_in_doubt(p, a, answer);
        return write_result(d, p, a, &res, err);
    }
    if (st == ST_OK && doubt != DOUBT_DONE && a->effect > EFFECT_READ)
        st = write_intent(d, p, a, &why);
    if (st == ST_OK && doubt == DOUBT_DONE) {
        clock_advance(d->clock, a->prim->virtual_ms);
        if (strncmp(a->op, "fs.", 3) == 0)
            st = done_value(d, p, a, &res.value, &why);
    } else if (st == ST_OK) {
        st = transport(d, p, a, &res.value, &why);
    }
    if (is_fatal(st)) {
        *err = why;
        json_free(res.value);
        return st;
    }
    res.ok = st == ST_OK;
    st = finish(d, p, a, &res, &why, answer, err);
    json_free(res.value);
    return st;
}

enum status door_perform(struct door *d, struct passage *p, const char *op,
                         const struct json *args, struct buf *answer,
                         struct err *err)
{
    struct ask a = {.op = op, .args = args, .digest = ask_digest(op, args)};
    struct err why = {0};
    p->n++;
    if (p->cursor < p->log->n_results)
        return replay(d, p, &a, answer, err);
    if (d->mode == DOOR_REPLAY)
        return diverged(p, &a, NULL, err);
    if (classify(d, p, &a, &why) != ST_OK) {
        answer_error(error_kind(why.st), why.msg, answer);
        p->stopped |= why.st == ST_REFUSED;
        return ST_OK;
    }
    if (a.effect > EFFECT_READ && p->next_earlier < p->n_earlier)
        return reuse(d, p, &a, answer, err);
    return perform_live(d, p, &a, answer, err);
}

/* --- resume ---------------------------------------------------------- */

static bool is_secret(const char *op, const struct json *args)
{
    return strncmp(op, "secret.", 7) == 0 ||
           (strncmp(op, "ask.", 4) == 0 &&
            json_get_bool(json_get(args, "opts"), "secret", false));
}

static enum status restore_one(struct door *d, const struct json *rec,
                               struct err *err)
{
    const char *op = json_get_str(rec, "op", "");
    struct json *args = NULL;
    struct json *value = NULL;
    enum status st =
        bundle_unfold(d->bundle, json_get(rec, "args"), &args, err);
    bool ok = json_get_bool(rec, "ok", false);
    struct passage p = {.deadline_mono_ms = INT64_MAX};
    bool found = false;
    if (st == ST_OK && ok && is_secret(op, args))
        st = inner_perform(d, &p, op, args, &found, &value, err);
    else if (st == ST_OK && ok && d->world && strcmp(op, "http.request") == 0 &&
             !json_get_bool(rec, "reused", false)) {
        d->clock->virtual_ms = json_get_int(rec, "at", 0);
        st = simulate(d, args, &value, err);
    }
    json_free(args);
    json_free(value);
    return st;
}

enum status door_restore(struct door *d, struct err *err)
{
    enum status st = ST_OK;
    for (size_t i = 0; i < d->history->n_all && st == ST_OK; i++) {
        struct json *rec = NULL;
        st = journal_get(d->journal, d->history->all_results[i], &rec, err);
        if (st == ST_OK)
            st = restore_one(d, rec, err);
        json_free(rec);
    }
    return st;
}

/* --- words ----------------------------------------------------------- */

static const struct {
    const char *op;
    const char *member[2];
} summaries[] = {
    {"http.request", {"method", "url"}}, {"fs.", {"path", "dir"}},
    {"sh.run", {"argv", NULL}},          {"git.grep", {"pattern", "path"}},
    {"secret.get", {"name", NULL}},      {"ask.", {"question", NULL}},
    {"evidence.file", {"path", NULL}},   {"time.sleep", {"seconds", NULL}},
};

static void put_member(const struct json *v, struct buf *out)
{
    char room[32];
    if (json_type(v) == JSON_NUMBER) {
        buf_printf(out, " %s", json_num_text(v, room));
    } else if (json_type(v) == JSON_ARRAY) {
        for (const struct json *c = json_first(v); c; c = json_next(c))
            put_member(c, out);
    } else if (json_str(v)) {
        buf_char(out, ' ');
        buf_span(out, json_span(v));
    } else if (vault_is_handle(v)) {
        buf_printf(out, " <secret %s>", json_get_str(v, "name", ""));
    }
}

void activity_summary(const char *op, const struct json *args, struct buf *out)
{
    bool http = strcmp(op, "http.request") == 0;
    struct buf words = {0};
    if (!http)
        buf_str(&words, op);
    for (size_t i = 0; i < sizeof summaries / sizeof *summaries; i++) {
        if (!span_starts(span_of(op), summaries[i].op))
            continue;
        for (int k = 0; k < 2 && summaries[i].member[k]; k++)
            put_member(json_get(args, summaries[i].member[k]), &words);
        break;
    }
    buf_span(out, span_trim(buf_view(&words)));
    buf_release(&words);
}
