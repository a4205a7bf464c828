/* Decides on an activity before it happens. */
#include "policy.h"

#include "record.h"

static enum status ask_consent(struct door *d, struct passage *p,
                               const struct activity *a, struct err *err)
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
        st = record_append(d, r, JOURNAL_NO_SYNC, NULL, err);
    }
    buf_release(&what);
    arena_release(&m);
    return st;
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
