/* Decides on an activity before it happens. */
#include "policy.h"

#include <string.h>

#include "record.h"
#include "rows.h"

static const char *const deeds[EFFECT_COUNT] = {
    [EFFECT_NONE] = "acts in",
    [EFFECT_READ] = "reads in",
    [EFFECT_LOCAL] = "writes files in",
    [EFFECT_REMOTE] = "changes",
};

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
    json_put_str(r, "about", effect_name(a->effect));
    json_put_bool(r, "yes",
                  d->history->steps[p->index].agreed[a->effect] == CONSENT_YES);
    json_put_str(r, "how", how);
    json_put_str(r, "by", d->person->name);
    return record_append(d, r, JOURNAL_NO_SYNC, NULL, err);
}

static enum status ask_consent(struct door *d, struct passage *p,
                               const struct activity *a, struct err *err)
{
    enum agreement *agreed = &d->history->steps[p->index].agreed[a->effect];
    if (*agreed != CONSENT_UNKNOWN)
        return ST_OK;
    struct arena m = {0};
    struct buf what = {0};
    activity_summary(a->op, a->args, &what);
    struct consent c = {
        .id = consent_id(p, a->effect, &m),
        .question = arena_printf(
            &m, "Step '%.*s' %s %s: %s", SPAN_ARG(p->step->block->attr.id),
            deeds[a->effect], d->env->name, buf_cstr(&what)),
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
static enum verdict verdict_for(const struct door *d, const struct activity *a)
{
    enum verdict v = d->env->policy.by_class[a->effect];
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

enum status policy_decide(struct door *d, struct passage *p,
                          const struct activity *a, struct err *err)
{
    enum effect ceiling = p->step->block->attr.effect;
    if (a->effect > ceiling) {
        p->stopped = true;
        return err_set(err, ST_REFUSED,
                       "refused: %s is %s, above this step's ceiling "
                       "effect=%s; raise it if the step is meant to do this",
                       a->op, effect_name(a->effect), effect_name(ceiling));
    }
    enum verdict v = verdict_for(d, a);
    enum status st = check_destination(d, p, a, err);
    if (st != ST_OK)
        return st;
    if (v == VERDICT_ASK)
        st = ask_consent(d, p, a, err);
    if (st != ST_OK || v == VERDICT_ALLOW)
        return st;
    if (v == VERDICT_ASK &&
        d->history->steps[p->index].agreed[a->effect] == CONSENT_YES)
        return ST_OK;
    p->policy_refused = true;
    p->stopped = true;
    const char *why = v == VERDICT_ASK    ? "a person said no"
                      : v == VERDICT_PLAN ? "it needs an approved plan"
                                          : "the policy denies it";
    return err_set(err, ST_REFUSED, "refused: %s in %s: %s",
                   effect_name(a->effect), d->env->name, why);
}
