/* Holds a run under a plan to the approvals of persons. */
#include "approved.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "approval.h"
#include "bound.h"
#include "nonces.h"
#include "port.h"
#include "rehearse.h"

#define GIT_MS 20000
#define MAX_OPERATORS 8

/* What is judged, and by what; all in the session's arena but `all`. */
struct hearing {
    struct approval_case c;
    struct authority authority;
    const char *operators[MAX_OPERATORS + 1];
    size_t n_operators;
    struct buf names; /* as which the operator is known here, for messages */
    struct approvals all;
};

static void hearing_end(struct hearing *h)
{
    buf_release(&h->names);
    approvals_release(&h->all);
}

/* --- who operates ---------------------------------------------------- */

static void add_operator(struct hearing *h, const char *name)
{
    const char *person = persons_find(&h->authority.persons, name);
    for (size_t i = 0; person && i < h->n_operators; i++)
        if (strcmp(h->operators[i], person) == 0)
            return;
    if (person && h->n_operators < MAX_OPERATORS)
        h->operators[h->n_operators++] = person;
}

static void known_as(struct hearing *h, const char *name)
{
    if (!name || !*name)
        return;
    buf_printf(&h->names, "%s%s", h->names.n ? ", " : "", name);
    add_operator(h, name);
}

/* As git would sign a commit; the address before the @, too. */
static void ask_git(struct session *s, struct hearing *h)
{
    const struct port *port = NULL;
    void *state = NULL;
    struct err ignored = {0};
    struct json *user = NULL;
    struct json *args = json_adopt(&s->arena, json_new(JSON_OBJECT));
    struct port_call call = {.op = "git.user",
                             .args = args,
                             .effect = EFFECT_READ,
                             .root = s->config.root,
                             .deadline_mono_ms = clock_mono_ms() + GIT_MS};
    if (port_for(call.op, &port, &state, &ignored) == ST_OK &&
        port_perform(port, state, &call, &user, &ignored) == ST_OK) {
        struct span mail = json_span(json_get(user, "email"));
        known_as(h, json_str(json_get(user, "name")));
        known_as(h, json_str(json_get(user, "email")));
        add_operator(h, span_dup(&s->arena, span_cut(&mail, '@')));
    }
    json_free(user);
}

static void find_operators(struct session *s, struct hearing *h)
{
    const struct passwd *login = getpwuid(getuid());
    known_as(h, s->operator_name);
    if (login && strcmp(login->pw_name, s->operator_name) != 0)
        known_as(h, login->pw_name);
    ask_git(s, h);
}

/* A name that is nobody's might be another one of an approver's. */
static enum status check_operator(const struct hearing *h, struct err *err)
{
    if (!h->c.rule.not_operator || h->n_operators)
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "refused: another person than the operator must approve, "
                   "and %s lists none of %.200s under persons: list who runs "
                   "it there, with no key (NAME: []) if that is no approver",
                   h->authority.file, buf_cstr(&h->names));
}

/* --- what is needed -------------------------------------------------- */

static bool is_needed(const struct session *s)
{
    const struct json *c = json_first(bound_plan(s->bound)->changes);
    for (; c; c = json_next(c)) {
        enum effect class = EFFECT_REMOTE;
        effect_parse(span_of(json_get_str(c, "class", "")), &class);
        struct span operation =
            span_of(json_get_str(c, "row", json_get_str(c, "op", "")));
        if (policy_verdict(&s->env.policy, operation, class, NULL) ==
            VERDICT_PLAN)
            return true;
    }
    return false;
}

static enum status open_hearing(struct session *s, struct hearing *h,
                                struct err *err)
{
    struct clock now;
    clock_real(&now);
    enum status st = authority_read(&s->config, &s->arena, &h->authority, err);
    h->c = (struct approval_case){.plan = bound_plan(s->bound)->hash,
                                  .operators = h->operators,
                                  .authority = &h->authority,
                                  .now_ms = clock_now_ms(&now),
                                  .root = s->config.root};
    if (st == ST_OK)
        st = authority_rule(&h->authority, s->env.name, &h->c.rule, err);
    if (st != ST_OK)
        return st;
    find_operators(s, h);
    return ST_OK;
}

/* Until when as many as are needed hold: each that runs out may be one too
 * many. */
static int64_t holds_until(const struct hearing *h)
{
    int64_t until = 0;
    for (size_t i = 0; i < h->all.n; i++) {
        int64_t as_long = 0;
        int64_t t = h->all.v[i].not_after_ms;
        for (size_t k = 0; k < h->all.n; k++)
            as_long += h->all.v[k].not_after_ms >= t;
        if (as_long >= h->c.rule.persons && t > until)
            until = t;
    }
    return until;
}

/* --- beginning ------------------------------------------------------- */

static enum status hear(struct session *s, struct hearing *h, struct err *err)
{
    enum status st = open_hearing(s, h, err);
    if (st == ST_OK)
        st = check_operator(h, err);
    if (st == ST_OK)
        st = approvals_gather(&h->c, s->opt->under, &s->arena, &h->all, err);
    if (st == ST_OK)
        st = approvals_enough(&h->c, &h->all, s->opt->under, err);
    if (st != ST_OK)
        return st;
    bound_approve(s->bound, holds_until(h));
    s->approval = json_adopt(&s->arena, approvals_record(&h->c, &h->all));
    return ST_OK;
}

enum status approved_begin(struct session *s, struct err *err)
{
    struct hearing h = {0};
    struct err why = {0};
    if (!s->bound || s->env.sandbox)
        return ST_OK;
    enum status st = hear(s, &h, &why);
    hearing_end(&h);
    if (st == ST_OK || !is_needed(s))
        return ST_OK;
    *err = why;
    return st;
}

static enum status use(struct session *s, const struct json *record,
                       struct err *err)
{
    const struct json *g = json_first(json_get(record, "given"));
    enum status st = ST_OK;
    for (; g && st == ST_OK; g = json_next(g))
        st = nonces_note(s->config.root, json_get_str(g, "nonce", ""),
                         s->bundle.name, err);
    return st;
}

enum status approved_use(struct session *s, struct err *err)
{
    return use(s, s->approval, err);
}

/* --- going on -------------------------------------------------------- */

/* The nonces that a record names, in one text. */
static void list_nonces(const struct json *record, struct buf *out)
{
    const struct json *g = json_first(json_get(record, "given"));
    for (; g; g = json_next(g))
        buf_printf(out, "%s ", json_get_str(g, "nonce", ""));
}

/* Those that persons gave after the run began are noted before they are
 * used. */
static enum status note_new(struct session *s, const struct hearing *h,
                            const struct json *had, struct err *err)
{
    struct buf before = {0};
    struct buf now = {0};
    struct json *record = approvals_record(&h->c, &h->all);
    list_nonces(had, &before);
    list_nonces(record, &now);
    enum status st = use(s, record, err);
    if (st == ST_OK && !span_eq(buf_view(&before), buf_view(&now))) {
        struct json *r = session_record("approval", NULL);
        json_put(r, "approval", json_copy(record));
        st = session_note(s, r, NULL, err);
    }
    buf_release(&before);
    buf_release(&now);
    json_free(record);
    return st;
}

static enum status hear_again(struct session *s, struct hearing *h,
                              const struct json *had, struct err *err)
{
    const char *path = bundle_path(&s->bundle, BUNDLE_PLAN, &s->arena);
    enum status st = open_hearing(s, h, err);
    if (st != ST_OK)
        return st;
    h->c.own = s->bundle.name;
    const struct json *o = json_first(json_get(had, "operators"));
    for (; o; o = json_next(o)) /* who began it operated it, too */
        add_operator(h, json_str(o) ? json_str(o) : "");
    st = check_operator(h, err);
    if (st == ST_OK)
        approvals_keep(&h->c, had, &s->arena, &h->all);
    if (st == ST_OK)
        st = approvals_gather(&h->c, path, &s->arena, &h->all, err);
    if (st == ST_OK)
        st = approvals_enough(&h->c, &h->all, path, err);
    return st;
}

enum status approved_again(struct session *s, struct err *err)
{
    struct hearing h = {0};
    struct json *first = NULL;
    struct err why = {0};
    if (!s->bound || s->env.sandbox || s->history.ended)
        return ST_OK;
    enum status st = rehearse_still(s, err);
    if (st == ST_OK)
        st = journal_get(&s->journal, s->history.run, &first, err);
    if (st != ST_OK)
        return st;
    const struct json *had = json_get(first, "approval");
    st = hear_again(s, &h, had, &why);
    if (st == ST_OK) {
        bound_approve(s->bound, holds_until(&h));
        st = note_new(s, &h, had, &why);
    }
    hearing_end(&h);
    json_free(first);
    if (st == ST_OK || !is_needed(s))
        return ST_OK;
    *err = why;
    return st;
}
