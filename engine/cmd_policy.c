/* The command that tells, before anything runs, what would be asked and why. */
#include "cmd_policy.h"

#include <ctype.h>
#include <string.h>

#include "arena.h"
#include "config.h"
#include "doc.h"
#include "file.h"

/* clang-format off */
static const struct option policy_options[] = {
    {"--env", NULL, "E", OPTION_TEXT, "the environment (default: sandbox)"},
    {"--format", NULL, "FORMAT", OPTION_TEXT, "text (default) or json"},
    {0},
};
/* clang-format on */

static const char *const comes_to[VERDICT_COUNT] = {
    [VERDICT_ALLOW] = "happens by itself",
    [VERDICT_ASK] = ("is asked: a person, --yes or --answer; nobody there: "
                     "exit 3"),
    [VERDICT_PLAN] = "needs an approved plan (run --plan), whatever --yes says",
    [VERDICT_DENY] = "is refused",
};

/* --- what a block names ---------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The next dotted name of code, as git.push; none: empty. */
static struct span next_name(struct span *code)
{
    size_t i = 0;
    while (i < code->n) {
        size_t begin = i, dots = 0;
        while (i < code->n &&
               (is_word(code->p[i]) || (code->p[i] == '.' && i > begin))) {
            dots += code->p[i] == '.';
            i++;
        }
        struct span name = span_sub(*code, begin, i);
        if (dots) {
            *code = span_sub(*code, i, code->n);
            return name;
        }
        i += i == begin;
    }
    *code = (struct span){0};
    return *code;
}

/* A rule that the code of a block calls for by name. */
static bool is_named(const struct rule *r, const struct block *b)
{
    struct span code = b->code;
    if (!span_is(b->lang, "lua"))
        return rule_fits(r, SPAN("sh.run")) || rule_fits(r, SPAN("sql.query"));
    struct span name = next_name(&code);
    while (name.n && !rule_fits(r, name))
        name = next_name(&code);
    return name.n;
}

/* Whether a command of the step may declare the network: judged as a remote
 * change then, whatever its class. */
static bool may_declare_network(const struct block *b)
{
    bool lua = span_is(b->lang, "lua") && b->attr.effect >= EFFECT_READ;
    return b->attr.network ||
           (lua && span_find(b->code, SPAN("network"), 0) < b->code.n);
}

static bool may_apply(const struct rule *r, const struct block *b)
{
    return r->any_class || r->class <= b->attr.effect || may_declare_network(b);
}

/* --- reports --------------------------------------------------------- */

static struct json *rules_of(const struct policy *p, const struct block *b)
{
    struct json *list = json_new(JSON_ARRAY);
    for (size_t i = 0; i < p->n_rules; i++) {
        const struct rule *r = &p->rules[i];
        if (!may_apply(r, b))
            continue;
        struct json *o = json_push(list, json_new(JSON_OBJECT));
        json_put_str(o, "match", r->match);
        json_put_str(o, "verdict", verdict_name(r->verdict));
        json_put_bool(o, "named", is_named(r, b));
        if (r->because)
            json_put_str(o, "because", r->because);
    }
    return list;
}

static struct json *step_json(const struct policy *p, const struct block *b)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put(o, "step", json_new_bytes(b->attr.id));
    json_put_str(o, "effect", effect_name(b->attr.effect));
    json_put_bool(o, "confirm", b->attr.confirm.n > 0);
    struct json *classes = json_put(o, "verdicts", json_new(JSON_OBJECT));
    for (int e = 0; e <= (int)b->attr.effect; e++)
        json_put_str(classes, effect_name((enum effect)e),
                     verdict_name(p->by_class[e]));
    if (may_declare_network(b))
        json_put_str(classes, "network",
                     verdict_name(p->by_class[EFFECT_REMOTE]));
    json_put(o, "rules", rules_of(p, b));
    return o;
}

static void print_step(const struct json *step)
{
    const char *effect = json_get_str(step, "effect", "");
    cmd_say(stdout, "\n%s, at most %s\n", json_get_str(step, "step", ""),
            effect);
    if (json_get_bool(step, "confirm", false))
        cmd_say(stdout, "  before it: a person confirms it\n");
    const struct json *v = json_first(json_get(step, "verdicts"));
    for (; v; v = json_next(v))
        for (int i = 0; i < VERDICT_COUNT; i++)
            if (strcmp(json_str(v), verdict_name((enum verdict)i)) == 0 &&
                (i != VERDICT_ALLOW || strcmp(json_key(v), effect) == 0))
                cmd_say(stdout, "  %-7s %s\n", json_key(v), comes_to[i]);
    const struct json *r = json_first(json_get(step, "rules"));
    for (; r; r = json_next(r))
        cmd_say(stdout, "  rule    %s: %s%s%s%s\n",
                json_get_str(r, "match", ""), json_get_str(r, "verdict", ""),
                json_get_bool(r, "named", false) ? ", named in this step"
                                                 : ", if it comes to that",
                json_get(r, "because") ? ": " : "",
                json_get_str(r, "because", ""));
}

static void print_policy(const struct json *all)
{
    const struct json *p = json_get(all, "policy");
    cmd_say(stdout, "%s in %s\n", json_get_str(all, "document", ""),
            json_get_str(all, "environment", ""));
    const struct json *approvals = json_get(p, "approvals");
    if (approvals)
        cmd_say(stdout, "a plan needs %lld person%s%s\n",
                (long long)json_get_int(approvals, "persons", 1),
                json_get_int(approvals, "persons", 1) == 1 ? "" : "s",
                json_get_bool(approvals, "not_operator", false)
                    ? ", none of them the operator"
                    : "");
    cmd_say(stdout, "commands that the kernel cannot confine: %s\n",
            strcmp(json_get_str(p, "confine", "warn"), "required") == 0
                ? "refused"
                : "a warning");
    for (const struct json *s = json_first(json_get(all, "steps")); s;
         s = json_next(s))
        print_step(s);
}

/* --- the command ----------------------------------------------------- */

static struct json *explain(const struct environment *env, const struct doc *d,
                            const char *path)
{
    struct json *all = json_new(JSON_OBJECT);
    json_put_str(all, "document", path);
    json_put_str(all, "environment", env->name);
    json_put(all, "policy", policy_json(&env->policy));
    struct json *steps = json_put(all, "steps", json_new(JSON_ARRAY));
    for (size_t i = 0; i < d->n_blocks; i++)
        json_push(steps, step_json(&env->policy, &d->blocks[i]));
    return all;
}

static int cmd_policy(const struct call *c)
{
    struct arena a = {0};
    struct err err = {0};
    struct config config;
    struct environment env;
    struct buf text = {0}, out = {0};
    struct doc d = {0};
    const char *path = c->words[0];
    const char *name = call_text(c, "env");
    const char *format = call_text(c, "format");
    bool as_json = format && strcmp(format, "json") == 0;
    enum status st = ST_OK;
    if (format && !as_json && strcmp(format, "text") != 0)
        st = err_set(&err, ST_INPUT, "--format is text or json, not '%s'",
                     format);
    if (st == ST_OK)
        st = config_load(path, &a, &config, &err);
    if (st == ST_OK)
        st = config_environment(&config, name ? name : "sandbox", &a, &env,
                                &err);
    if (st == ST_OK)
        st = file_read(path, DOC_MAX_BYTES, &text, &err);
    if (st == ST_OK)
        st = doc_parse(&d, path, buf_view(&text), &err);
    if (st == ST_OK) {
        struct json *all = explain(&env, &d, path);
        if (as_json) {
            json_write(all, &out);
            cmd_say(stdout, "%s\n", buf_cstr(&out));
        } else {
            print_policy(all);
        }
        json_free(all);
    }
    doc_release(&d);
    buf_release(&out);
    buf_release(&text);
    arena_release(&a);
    return st == ST_OK ? 0 : cmd_fail(&err);
}

const struct command command_policy = {
    .name = "policy",
    .args = "FILE",
    .min_words = 1,
    .max_words = 1,
    .summary = "Tell, step by step, what would be asked and why.",
    .options = policy_options,
    .fn = cmd_policy,
};
