/* Reads --only and --from. */
#include "selection.h"

static bool in_list(const char *list, struct span id)
{
    struct span rest = span_of(list);
    while (rest.n)
        if (span_eq(span_trim(span_cut(&rest, ',')), id))
            return true;
    return false;
}

bool selection_has(const struct session *s, size_t i)
{
    const struct run_options *o = s->opt;
    if (o->only)
        return in_list(o->only, s->plan.steps[i].block->attr.id);
    if (o->from)
        return i >= plan_find(&s->plan, span_trim(span_of(o->from)));
    return true;
}

/* A selection of nothing would be a run that passes without a step. */
static enum status check_ids(const struct session *s, const char *option,
                             const char *list, char sep, struct err *err)
{
    struct span rest = span_of(list);
    size_t named = 0;
    while (rest.n) {
        struct span id = span_trim(span_cut(&rest, sep));
        if (id.n && plan_find(&s->plan, id) == SIZE_MAX)
            return err_set(err, ST_INPUT, "%s: no step '%.*s' in %s", option,
                           SPAN_ARG(id), s->page);
        named += id.n > 0;
    }
    return named
               ? ST_OK
               : err_set(err, ST_INPUT, "%s names no step; give it an id of %s",
                         option, s->page);
}

enum status selection_check(const struct session *s, struct err *err)
{
    const struct run_options *o = s->opt;
    if (o->only && o->from)
        return err_set(err, ST_INPUT, "give one of --only and --from");
    if (o->only)
        return check_ids(s, "--only", o->only, ',', err);
    return o->from ? check_ids(s, "--from", o->from, '\0', err) : ST_OK;
}

void selection_leave_out(struct session *s, size_t i)
{
    s->steps[i].status = STEP_SKIPPED;
    s->steps[i].reason =
        s->opt->only ? "left out by --only" : "left out by --from";
}

size_t selection_missing(const struct session *s, size_t i)
{
    const struct step *step = &s->plan.steps[i];
    for (size_t k = 0; k < step->n_needs; k++)
        if (!selection_has(s, step->needs[k]))
            return step->needs[k];
    return SIZE_MAX;
}
