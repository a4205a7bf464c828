/* Reads and writes a policy. */
#include "verdict.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "str.h"

#define PRODUCTION "production"

static const char *const verdict_names[VERDICT_COUNT + 1] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_ASK] = "ask",
    [VERDICT_PLAN] = "plan",
    [VERDICT_DENY] = "deny",
};

static const char *const class_names[] = {"none", "read", "local", "remote",
                                          NULL};

static const char *const confinement_names[] = {
    [CONFINEMENT_WARN] = "warn", [CONFINEMENT_REQUIRED] = "required", NULL};

const char *verdict_name(enum verdict v)
{
    return verdict_names[v];
}

/* --- what may be written --------------------------------------------- */

/* "git.push", "sh.run", "*" */
static bool is_match(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                    "0123456789_.*",
                    s.p[i]))
            return false;
    return s.n && s.p[0] != '.';
}

static bool is_patience(struct span s)
{
    int64_t ms = 0;
    return duration_parse(s, &ms) && ms > 0;
}

#define CLASS(name, which, what)                                               \
    {                                                                          \
        .key = (name), .type = SCHEMA_WORD, .words = verdict_names,            \
        .example = name ": ask",                                               \
        .doc = "verdict for what " what " (default " which ")"                 \
    }

static const struct schema rule_members[] = {
    {.key = "match",
     .type = SCHEMA_STRING,
     .fits = is_match,
     .flags = SCHEMA_REQUIRED,
     .example = "match: git.push",
     .doc = "name of the operation; `*` stands for any characters"},
    {.key = "class",
     .type = SCHEMA_WORD,
     .words = class_names,
     .example = "class: remote",
     .doc = "only operations of this class (default: of any)"},
    {.key = "verdict",
     .type = SCHEMA_WORD,
     .words = verdict_names,
     .flags = SCHEMA_REQUIRED,
     .example = "verdict: deny",
     .doc = "`allow`, `ask`, `plan` or `deny`"},
    {.key = "because",
     .type = SCHEMA_STRING,
     .example = "because: no machine is changed by hand",
     .doc = "shown when it is asked or refused"},
    {0},
};

static const struct schema rule = {
    .type = SCHEMA_RECORD,
    .of = rule_members,
    .example = "- {match: git.push, verdict: deny}",
};

static const struct schema approval_members[] = {
    {.key = "persons",
     .type = SCHEMA_COUNT,
     .example = "persons: 2",
     .doc = "how many persons must approve a plan (default 1)"},
    {.key = "not_operator",
     .type = SCHEMA_BOOL,
     .example = "not_operator: true",
     .doc = "who runs it does not count (default false, in `production` true)"},
    {0},
};

const struct schema policy_members[] = {
    CLASS("none", "`allow`", "touches nothing"),
    CLASS("read", "`allow`", "looks"),
    CLASS("local", "`allow`", "writes in the repository"),
    CLASS("remote", "`ask`, in `production` `plan`", "changes a service"),
    {.key = "rules",
     .type = SCHEMA_LIST,
     .of = &rule,
     .example = "rules: [{match: git.push, verdict: deny}]",
     .doc = "for single operations; the first that fits wins"},
    {.key = "ask_timeout",
     .type = SCHEMA_STRING,
     .fits = is_patience,
     .example = "ask_timeout: 10m",
     .doc = "no answer at the terminal by then is no yes (default 1h)"},
    {.key = "confine",
     .type = SCHEMA_WORD,
     .words = confinement_names,
     .example = "confine: required",
     .doc = "`required` refuses commands where the kernel cannot confine them "
            "(default `warn`)"},
    {.key = "approvals",
     .type = SCHEMA_RECORD,
     .of = approval_members,
     .example = "approvals: {persons: 2, not_operator: true}",
     .doc = "who must approve a plan"},
    {0},
};

/* --- reading --------------------------------------------------------- */

/* Rule: DESIGN §5, "Default". */
struct policy policy_default(const char *environment)
{
    bool production = strcmp(environment, PRODUCTION) == 0;
    return (struct policy){
        .by_class = {[EFFECT_NONE] = VERDICT_ALLOW,
                     [EFFECT_READ] = VERDICT_ALLOW,
                     [EFFECT_LOCAL] = VERDICT_ALLOW,
                     [EFFECT_REMOTE] = production ? VERDICT_PLAN : VERDICT_ASK},
        .ask_timeout_ms = ASK_TIMEOUT_DEFAULT_MS,
        .approvals = {.persons = 1, .not_operator = production},
    };
}

/* The strictest, if it is none of them. */
static enum verdict read_verdict(const struct json *v)
{
    for (int i = 0; json_str(v) && i < VERDICT_COUNT; i++)
        if (strcmp(json_str(v), verdict_names[i]) == 0)
            return (enum verdict)i;
    return VERDICT_DENY;
}

static struct rule read_rule(const struct json *r)
{
    struct rule out = {.match = json_get_str(r, "match", "*"),
                       .verdict = read_verdict(json_get(r, "verdict")),
                       .because = json_str(json_get(r, "because"))};
    out.any_class =
        !effect_parse(span_of(json_get_str(r, "class", "")), &out.class);
    return out;
}

static void read_rules(const struct json *list, struct arena *a,
                       struct policy *out)
{
    size_t n = json_type(list) == JSON_ARRAY ? json_size(list) : 0;
    if (!n)
        return;
    struct rule *rules = arena_array(a, n, sizeof *rules);
    size_t i = 0;
    for (const struct json *r = json_first(list); r; r = json_next(r))
        rules[i++] = read_rule(r);
    out->rules = rules;
    out->n_rules = n;
}

void policy_read(const struct json *p, struct arena *a, struct policy *out)
{
    for (int i = 0; i < EFFECT_COUNT; i++) {
        const struct json *v = json_get(p, effect_name((enum effect)i));
        if (v)
            out->by_class[i] = read_verdict(v);
    }
    read_rules(json_get(p, "rules"), a, out);
    duration_parse(json_span(json_get(p, "ask_timeout")), &out->ask_timeout_ms);
    const char *confine = json_get_str(p, "confine", "warn");
    out->confinement = strcmp(confine, confinement_names[CONFINEMENT_WARN]) == 0
                           ? CONFINEMENT_WARN
                           : CONFINEMENT_REQUIRED;
    const struct json *approvals = json_get(p, "approvals");
    out->approvals.persons =
        json_get_int(approvals, "persons", out->approvals.persons);
    out->approvals.not_operator =
        json_get_bool(approvals, "not_operator", out->approvals.not_operator);
}

/* --- deciding -------------------------------------------------------- */

bool rule_fits(const struct rule *r, struct span operation)
{
    const char *want = r->match;
    const char *star = NULL; /* the last one met, and what it swallowed */
    size_t i = 0, swallowed = 0;
    while (i < operation.n) {
        if (*want == '*') {
            star = want++;
            swallowed = i;
        } else if (*want == operation.p[i]) {
            want++;
            i++;
        } else if (star) {
            want = star + 1;
            i = ++swallowed;
        } else {
            return false;
        }
    }
    while (*want == '*')
        want++;
    return !*want;
}

enum verdict policy_verdict(const struct policy *p, struct span operation,
                            enum effect class, const struct rule **by)
{
    const struct rule *found = NULL;
    for (size_t i = 0; i < p->n_rules && !found; i++) {
        const struct rule *r = &p->rules[i];
        if ((r->any_class || r->class == class) && rule_fits(r, operation))
            found = r;
    }
    if (by)
        *by = found;
    return found ? found->verdict : p->by_class[class];
}

/* --- writing --------------------------------------------------------- */

static struct json *rules_json(const struct policy *p)
{
    struct json *list = json_new(JSON_ARRAY);
    for (size_t i = 0; i < p->n_rules; i++) {
        const struct rule *r = &p->rules[i];
        struct json *o = json_push(list, json_new(JSON_OBJECT));
        json_put_str(o, "match", r->match);
        if (!r->any_class)
            json_put_str(o, "class", effect_name(r->class));
        json_put_str(o, "verdict", verdict_name(r->verdict));
        if (r->because)
            json_put_str(o, "because", r->because);
    }
    return list;
}

struct json *policy_json(const struct policy *p)
{
    struct json *o = json_new(JSON_OBJECT);
    for (int i = 0; i < EFFECT_COUNT; i++)
        json_put_str(o, effect_name((enum effect)i),
                     verdict_name(p->by_class[i]));
    if (p->n_rules)
        json_put(o, "rules", rules_json(p));
    if (p->ask_timeout_ms != ASK_TIMEOUT_DEFAULT_MS) {
        char text[32];
        snprintf(text, sizeof text, "%lldms", (long long)p->ask_timeout_ms);
        json_put_str(o, "ask_timeout", text);
    }
    if (p->confinement == CONFINEMENT_REQUIRED)
        json_put_str(o, "confine", confinement_names[p->confinement]);
    if (p->approvals.persons != 1 || p->approvals.not_operator) {
        struct json *a = json_put(o, "approvals", json_new(JSON_OBJECT));
        json_put_int(a, "persons", p->approvals.persons);
        json_put_bool(a, "not_operator", p->approvals.not_operator);
    }
    return o;
}
