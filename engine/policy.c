/* Decides on an activity before it happens. */
#include "policy.h"

#include <string.h>

#include "bound.h"
#include "record.h"
#include "rows.h"

static const char *const deeds[EFFECT_COUNT] = {
    [EFFECT_NONE] = "acts in",
    [EFFECT_READ] = "reads in",
    [EFFECT_LOCAL] = "writes files in",
    [EFFECT_REMOTE] = "changes",
};
static const char network_deed[] = "uses the network in";

/* What may reach a service may change it, whatever it says: the policy takes a
 * command that declares the network for a remote change. */
static enum effect judged_as(const struct activity *a)
{
    return a->network ? EFFECT_REMOTE : a->effect;
}

/* What --answer calls the question: the step alone for its changes. */
static const char *consent_id(const struct passage *p, enum effect class,
                              struct arena *a)
{
    struct span id = p->step->block->attr.id;
    return class == EFFECT_REMOTE
               ? span_dup(a, id)
               : arena_printf(a, "%.*s-%s", SPAN_ARG(id), effect_name(class));
}

static enum status note_consent(struct door *d, const struct passage *p,
                                const struct activity *a, const char *how,
                                struct err *err)
{
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", "decision");
    json_put(r, "step", json_new_bytes(p->step->block->attr.id));
    enum effect class = judged_as(a);
    json_put_str(r, "about", effect_name(class));
    json_put_bool(r, "yes",
                  d->history->steps[p->index].agreed[class] == CONSENT_YES);
    json_put_str(r, "how", how);
    json_put_str(r, "by", d->person->name);
    return record_append(d, r, JOURNAL_NO_SYNC, NULL, err);
}

static enum status ask_consent(struct door *d, struct passage *p,
                               const struct activity *a, struct err *err)
{
    enum effect class = judged_as(a);
    enum agreement *agreed = &d->history->steps[p->index].agreed[class];
    if (*agreed != CONSENT_UNKNOWN)
        return ST_OK;
    struct arena m = {0};
    struct buf what = {0};
    activity_summary(a->op, a->args, &what);
    struct consent c = {
        .id = consent_id(p, class, &m),
        .question = arena_printf(&m, "Step '%.*s' %s %s: %s",
                                 SPAN_ARG(p->step->block->attr.id),
                                 a->network ? network_deed : deeds[class],
                                 d->env->name, buf_cstr(&what)),
        .by_yes = d->mode != DOOR_PREDICT /* its --yes is not a person's */};
    bool yes = false;
    const char *how = NULL;
    int64_t before = d->person->waited_ms;
    enum status st = person_consent(d->person, &c, &yes, &how, err);
    p->deadline_mono_ms += d->person->waited_ms - before;
    if (st == ST_OK) {
        *agreed = yes ? CONSENT_YES : CONSENT_NO;
        st = note_consent(d, p, a, how, err);
    }
    buf_release(&what);
    arena_release(&m);
    return st;
}

/* A rehearsal predicts changes that will need consent or a plan. */
static enum verdict verdict_for(const struct door *d, const struct activity *a,
                                const struct rule **by)
{
    const struct policy *policy = &d->env->policy;
    struct span operation =
        policy->n_rules ? activity_operation(d, a) : span_of(a->op);
    enum verdict v = policy_verdict(policy, operation, judged_as(a), by);
    bool predicted = d->mode == DOOR_PREDICT && a->effect > EFFECT_READ;
    return predicted && v != VERDICT_DENY ? VERDICT_ALLOW : v;
}

/* A provider's credential goes to the provider alone. */
static enum status check_destination(struct door *d, struct passage *p,
                                     const struct activity *a, struct err *err)
{
    if (strcmp(a->op, "http.request") != 0)
        return ST_OK;
    const char *name = rows_strays(d->rows, d->settings, d->vault, a->args);
    if (!name)
        return ST_OK;
    p->stopped = true;
    return err_set(err, ST_REFUSED,
                   "refused: the secret %s goes to its provider's hosts alone "
                   "(base in runproof.yaml), and this URL is none of them",
                   name);
}

static bool is_private(struct span url)
{
    static const char *const begins[] = {
        "https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (span_starts(url, begins[i]))
            return true;
    return false;
}

/* The environment's hook is asked for by its file; what it says of a failure is
 * for nobody on the way. */
static enum status check_granted(struct door *d, struct passage *p,
                                 const struct activity *a, struct err *err)
{
    const struct json *to = json_get(a->args, "url");
    struct span url = json_span(to);
    if (strcmp(a->op, "http.request") != 0)
        return ST_OK;
    if (vault_is_handle(to) && vault_reveal(d->vault, to, &url, err) != ST_OK)
        return err->st;
    if (is_private(url))
        return check_destination(d, p, a, err);
    p->stopped = true;
    return err_set(err, ST_REFUSED,
                   "refused: escalate goes to https:// addresses alone");
}

static const char *const reasons[VERDICT_COUNT] = {
    [VERDICT_ASK] = "a person said no",
    [VERDICT_PLAN] = "it needs an approved plan",
    [VERDICT_DENY] = "the policy denies it",
};

static enum status refuse(struct door *d, struct passage *p,
                          const struct activity *a, enum verdict v,
                          const struct rule *by, struct err *err)
{
    p->policy_refused = true;
    p->stopped = true;
    bool told = by && by->because;
    return err_set(
        err, ST_REFUSED, "refused: %s in %s: %s%s%s%s%s",
        a->network ? "a command with the network" : effect_name(a->effect),
        d->env->name, reasons[v], by ? ", by the rule for " : "",
        by ? by->match : "", told ? ": " : "", told ? by->because : "");
}

enum status policy_decide(struct door *d, struct passage *p,
                          const struct activity *a, struct err *err)
{
    enum effect ceiling = p->step->block->attr.effect;
    if (p->granted)
        return check_granted(d, p, a, err);
    if (a->effect > ceiling) {
        p->stopped = true;
        return err_set(err, ST_REFUSED,
                       "refused: %s is %s, above this step's ceiling "
                       "effect=%s; raise it if the step is meant to do this",
                       a->op, effect_name(a->effect), effect_name(ceiling));
    }
    const struct rule *by = NULL;
    enum verdict v = verdict_for(d, a, &by);
    enum status st = check_destination(d, p, a, err);
    if (st != ST_OK)
        return st;
    if (v == VERDICT_PLAN && d->bound && a->effect > EFFECT_READ)
        return bound_leave(d->bound, clock_now_ms(d->clock), err);
    if (v == VERDICT_ASK)
        st = ask_consent(d, p, a, err);
    if (st != ST_OK || v == VERDICT_ALLOW)
        return st;
    if (v == VERDICT_ASK &&
        d->history->steps[p->index].agreed[judged_as(a)] == CONSENT_YES)
        return ST_OK;
    return refuse(d, p, a, v, by, err);
}
