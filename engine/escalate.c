/* Writes a failed run's summary and tells the environment's hook. */
#include "escalate.h"

#include <string.h>

#include "attempt.h"
#include "changes.h"
#include "mdtext.h"
#include "outcome.h"
#include "visible.h"

#define NAME "escalate"
#define CODE "require(\"errand/escalate\")((select(2, ...)))"
#define LINE_BYTES 300
#define ERROR_BYTES 4000
#define LIST_MOST 50

static bool has_failed(const struct session *s, size_t i)
{
    return s->steps[i].status == STEP_FAILED && !s->steps[i].drifted;
}

static size_t first_failed(const struct session *s)
{
    size_t i = 0;
    while (i < s->plan.n && !has_failed(s, i))
        i++;
    return i;
}

static const char *id_of(struct session *s, size_t i)
{
    return span_dup(&s->arena, s->plan.steps[i].block->attr.id);
}

/* --- the summary ------------------------------------------------------ */

static void put_fact(const char *name, const char *text, struct buf *out)
{
    buf_printf(out, "- %s: ", name);
    md_escape_cut(span_of(text), LINE_BYTES, out);
    buf_char(out, '\n');
}

static void put_head(struct session *s, struct buf *out)
{
    char since[32];
    time_iso(s->started_ms, since);
    buf_str(out, "# Failed: ");
    md_escape(span_of(s->doc.title ? s->doc.title : s->page), out);
    buf_str(out, "\n\n");
    put_fact("run", s->bundle.name, out);
    put_fact("runbook", s->page, out);
    put_fact("environment", s->env.name, out);
    put_fact("operator", s->operator_name, out);
    put_fact("since", since, out);
    put_fact("evidence", s->bundle.rel, out);
}

static void put_changes(const char *title, const struct json *list,
                        struct buf *out)
{
    size_t n = 0;
    if (!json_size(list))
        return;
    buf_printf(out, "\n%s\n\n", title);
    const struct json *c = json_first(list);
    for (; c && n < LIST_MOST; c = json_next(c), n++) {
        buf_str(out, "- ");
        md_escape(span_of(json_get_str(c, "class", "")), out);
        buf_str(out, ": ");
        md_escape_cut(json_span(json_get(c, "summary")), LINE_BYTES, out);
        buf_char(out, '\n');
    }
    if (c)
        buf_str(out, "- and more in the log\n");
}

static void put_end(struct session *s, size_t i, struct buf *out)
{
    const struct step_view *v = &s->steps[i];
    char at[32];
    time_iso(v->ended_ms, at);
    buf_str(out, "\n## Step ");
    md_escape(span_of(id_of(s, i)), out);
    buf_printf(out, "\n\n%d attempt%s, the last until %s.\n\n", v->attempts,
               v->attempts == 1 ? "" : "s", at);
    md_fence("text", utf8_head(span_of(outcome_error_at(s, i)), ERROR_BYTES),
             out);
    buf_char(out, '\n');
    if (v->undone) {
        buf_str(out, "\nUndone: ");
        md_escape_cut(span_of(v->undone), LINE_BYTES, out);
        buf_char(out, '\n');
    }
    size_t rescue = s->plan.steps[i].on_fail;
    if (rescue == SIZE_MAX)
        return;
    buf_str(out, "\nRescue: ");
    md_escape(span_of(id_of(s, rescue)), out);
    buf_printf(out, ", %s\n", step_status_name(s->steps[rescue].status));
}

static enum status put_step(struct session *s, size_t i, struct buf *out,
                            struct err *err)
{
    struct json *made = NULL;
    struct json *doubts = NULL;
    put_end(s, i, out);
    enum status st = changes_made(s, i, &made, err);
    if (st == ST_OK)
        st = changes_in_doubt(s, i, &doubts, err);
    if (st == ST_OK) {
        put_changes("Changed, the newest first:", made, out);
        put_changes("In doubt, look whether it happened:", doubts, out);
        buf_str(out, "\n");
        md_link(SPAN("log"),
                span_of(arena_printf(&s->arena, "%02zu-%s.log",
                                     s->plan.steps[i].number, id_of(s, i))),
                out);
        buf_str(out, "\n");
    }
    json_free(made);
    json_free(doubts);
    return st;
}

/* A run that failed is over: what is left is to begin again. */
static void put_way_out(struct session *s, struct buf *out)
{
    struct buf line = {0};
    buf_str(out, "\n## Go on\n\nMend the cause, then run it again, from the "
                 "step that failed if those before it need not be done "
                 "again:\n\n");
    buf_printf(&line, "runproof run %s --env %s --from %s", s->page,
               s->env.name, id_of(s, first_failed(s)));
    md_fence("sh", buf_view(&line), out);
    buf_char(out, '\n');
    buf_release(&line);
}

/* All of it, without secrets. Caller releases. */
static enum status summary(struct session *s, struct buf *safe, struct err *err)
{
    struct buf text = {0};
    enum status st = ST_OK;
    put_head(s, &text);
    for (size_t i = 0; i < s->plan.n && st == ST_OK; i++)
        if (has_failed(s, i))
            st = put_step(s, i, &text, err);
    put_way_out(s, &text);
    redact_bytes(vault_redact(s->vault), buf_view(&text), safe);
    buf_release(&text);
    return st;
}

/* --- the hook --------------------------------------------------------- */

static const struct json *settings_of(const struct session *s)
{
    if (s->world)
        return json_get(world_settings(s->world), "escalate");
    const struct json *all = json_get(s->config.tree, "environments");
    return json_get(json_get(all, s->env.name), "escalate");
}

static void put_webhook(const struct json *webhook, struct json *given)
{
    const char *url = json_str(webhook);
    if (!url)
        url = json_str(json_get(webhook, "url"));
    if (url)
        json_put_str(given, "webhook", url);
    else if (json_str(json_get(webhook, "secret")))
        json_put_str(given, "secret", json_str(json_get(webhook, "secret")));
}

static struct json *message(struct session *s, const char *text)
{
    size_t i = first_failed(s);
    struct json *m = json_new(JSON_OBJECT);
    json_put_str(m, "run", s->bundle.name);
    json_put_str(m, "runbook", s->page);
    json_put_str(m, "environment", s->env.name);
    json_put_str(m, "step", id_of(s, i));
    json_put_str(m, "error", s->steps[i].error ? s->steps[i].error : "failed");
    json_put_str(m, "summary", text);
    json_put_str(m, "bundle", s->bundle.rel);
    redact_json(vault_redact(s->vault), m);
    return m;
}

static enum status carry_out(struct session *s, struct json *given,
                             const char **told, struct err *err)
{
    struct attempt_result a = {0};
    struct errand errand = {
        .name = NAME, .code = CODE, .given = given, .granted = true};
    enum status st = attempt_errand(s, first_failed(s), &errand, &a, err);
    if (st == ST_OK)
        *told = a.passed ? "told"
                         : arena_printf(&s->arena, "NOT told: %s", a.error);
    attempt_release(&a);
    return st;
}

/* What a crash left open may have been sent: it is not sent again. */
static const char *told_before(struct session *s)
{
    const struct step_log *log = &s->history.steps[first_failed(s)];
    size_t n = history_errand(log, NAME);
    if (!n)
        return NULL;
    const struct attempt_log *a = &log->attempts[n - 1];
    return a->ended       ? (a->passed ? "told" : "NOT told")
           : a->n_intents ? "in doubt: a crash cut it off, and nobody is told "
                            "twice"
                          : NULL;
}

static enum status tell(struct session *s, const char *text, struct err *err)
{
    const struct json *settings = settings_of(s);
    struct json *given = json_new(JSON_OBJECT);
    put_webhook(json_get(settings, "webhook"), given);
    if (json_str(json_get(settings, "issue")))
        json_put_str(given, "issue", json_str(json_get(settings, "issue")));
    bool any = json_size(given) > 0;
    json_put_str(given, "title",
                 arena_printf(&s->arena, "Failed: %s in %s (%s)", s->page,
                              s->env.name, s->bundle.name));
    json_put_str(given, "body", text);
    json_put(given, "message", message(s, text));
    s->told = any ? told_before(s) : NULL;
    struct err why = {0};
    enum status st = ST_OK;
    if (any && !s->told)
        st = carry_out(s, given, &s->told, &why);
    if (st == ST_INTERRUPTED)
        *err = why;
    else if (st != ST_OK)
        s->told = arena_printf(&s->arena, "NOT told: %s", why.msg);
    json_free(given);
    return st == ST_INTERRUPTED ? st : ST_OK;
}

enum status escalate(struct session *s, struct err *err)
{
    struct buf text = {0};
    if (first_failed(s) == s->plan.n || s->history.ended)
        return ST_OK;
    enum status st = summary(s, &text, err);
    if (st == ST_OK)
        st = bundle_put(&s->bundle, BUNDLE_ESCALATION, buf_view(&text), err);
    if (st == ST_OK)
        st = tell(s, buf_cstr(&text), err);
    buf_release(&text);
    return st;
}
