/* runproof plan: rehearses a runbook, prints and keeps what it would change. */
#include "cmd_plan.h"

#include <stdio.h>
#include <string.h>

#include "forecast.h"
#include "outcome.h"
#include "plan_file.h"
#include "rehearse.h"
#include "rehearse_text.h"
#include "visible.h"

#define INDENT "      "

/* In one line, whatever a command or a statement holds. */
static void print_read(const struct json *activity)
{
    struct buf line = {0};
    visible_text(json_span(json_get(activity, "summary")), VISIBLE_ONE_LINE,
                 &line);
    printf(INDENT "  %s\n", buf_cstr(&line));
    buf_release(&line);
}

static bool is_class(const struct json *activity, const char *class)
{
    return strcmp(json_get_str(activity, "class", ""), class) == 0;
}

/* The step's change at or behind c. */
static const struct json *of_step(const struct json *c, struct span step)
{
    while (c && !span_is(step, json_get_str(c, "step", "")))
        c = json_next(c);
    return c;
}

static void print_change(const struct json *change)
{
    struct buf text = {0};
    rehearse_show(change, INDENT, &text);
    fputs(buf_cstr(&text), stdout);
    buf_release(&text);
}

/* Reads and changes in the order in which they were asked for. */
static void print_activities(const struct json *plan, const struct json *list,
                             struct span step)
{
    const struct json *change =
        of_step(json_first(json_get(plan, "changes")), step);
    for (const struct json *a = json_first(list); a; a = json_next(a)) {
        if (is_class(a, "read")) {
            print_read(a);
        } else if (change) {
            print_change(change);
            change = of_step(json_next(change), step);
        }
    }
    for (; change; change = of_step(json_next(change), step))
        print_change(change);
}

static void print_step(const struct session *s, const struct json *plan,
                       size_t i)
{
    const struct step_view *v = &s->steps[i];
    const struct attrs *at = &s->plan.steps[i].block->attr;
    const char *status =
        v->status == STEP_PASSED ? "" : step_status_name(v->status);
    cmd_say(stdout, "%2zu  %-24.*s %-*s%s%s\n", s->plan.steps[i].number,
            SPAN_ARG(at->id), *status ? 8 : 0, effect_name(at->effect),
            *status ? " " : "", status);
    print_activities(plan, v->activities, at->id);
    if (v->error || v->reason)
        cmd_say(stdout, INDENT "! %s\n", v->error ? v->error : v->reason);
}

static int count(const struct json *plan, const char *class)
{
    int n = 0;
    const struct json *c = json_first(json_get(plan, "changes"));
    for (; c; c = json_next(c))
        n += is_class(c, class);
    return n;
}

void plan_print(const struct session *s, const struct json *plan)
{
    for (size_t i = 0; i < s->plan.n; i++)
        print_step(s, plan, i);
    size_t stops = json_size(json_get(plan, "stops"));
    printf("\nplan: %zu steps in %s: %d remote changes (~), %d local (+), %zu "
           "reads; nothing was done\nhash: %s\n",
           s->plan.n, s->env.name, count(plan, "remote"), count(plan, "local"),
           json_size(json_get(plan, "reads")), plan_file_hash(plan).hex);
    if (stops)
        printf("      it is not whole: the prediction stops at %zu place%s "
               "(!)\n",
               stops, stops == 1 ? "" : "s");
}

/* --- --out and --check ----------------------------------------------- */

static enum status check(const char *path, const struct json *plan,
                         struct err *err)
{
    struct plan_file f;
    enum status st = plan_file_read(path, &f, err);
    if (st == ST_OK && strcmp(f.hash, plan_file_hash(plan).hex) != 0) {
        struct buf diff = {0};
        rehearse_differ(f.whole, plan, &diff);
        fputs(buf_cstr(&diff), stdout);
        buf_release(&diff);
        st = err_at(err, ST_REFUSED, path, 0,
                    "not the same plan any more (what differs is above: - in "
                    "the file, + now); make it anew and have it approved");
    }
    plan_file_release(&f);
    return st;
}

enum status plan_keep(struct json *plan, const struct plan_wishes *w,
                      struct err *err)
{
    enum status st = ST_OK;
    if (w->check)
        st = check(w->check, plan, err);
    if (st == ST_OK && w->out)
        st = plan_file_write(w->out, plan, err);
    return st;
}
