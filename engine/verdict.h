/* A policy as data: what becomes of an effect class and of single operations
 * (rule: DESIGN §5). The same form stands in runproof.yaml and, as it was in
 * force, in a bundle's policy.json. */
#pragma once

#include <stdint.h>

#include "arena.h"
#include "effect.h"
#include "err.h"
#include "json.h"
#include "schema.h"

/* In order: a later one is stricter. */
enum verdict { VERDICT_ALLOW, VERDICT_ASK, VERDICT_PLAN, VERDICT_DENY };
#define VERDICT_COUNT 4

const char *verdict_name(enum verdict v);

/* For operations whose name fits, instead of the class's verdict. */
struct rule {
    const char *match; /* "git.push" */
    bool any_class;
    enum effect class; /* unless any_class */
    enum verdict verdict;
    const char *because; /* NULL: nothing said */
};

/* What a command that the kernel cannot confine comes to. */
enum confinement { CONFINEMENT_WARN, CONFINEMENT_REQUIRED };

/* Who must sign a plan. */
struct quorum {
    int64_t persons;
    bool not_operator; /* who runs it does not count */
};

struct policy {
    enum verdict by_class[EFFECT_COUNT];
    const struct rule *rules; /* the first that fits wins */
    size_t n_rules;
    int64_t ask_timeout_ms; /* for an answer at the terminal */
    enum confinement confinement;
    struct quorum approvals;
};

/* One hour: a terminal that nobody sits at may not hold a run for ever. */
#define ASK_TIMEOUT_DEFAULT_MS (3600 * INT64_C(1000))

/* The members of `policy:`. */
extern const struct schema policy_members[];

/* The defaults: of an environment by its name. */
struct policy policy_default(const char *environment);
/* Overwrites what p, checked by policy_members, says. Strings are borrowed
 * from p, rules live in a. */
void policy_read(const struct json *p, struct arena *a, struct policy *out);
/* What becomes of an operation ("git.push", "sh.run") of that class.
 * *by is the rule that says so, NULL when the class does; by may be NULL. */
enum verdict policy_verdict(const struct policy *p, struct span operation,
                            enum effect class, const struct rule **by);
/* Whether a rule's pattern fits a name: `*` stands for any characters. */
bool rule_fits(const struct rule *r, struct span operation);
/* The same form again, without what is default everywhere. New object. */
struct json *policy_json(const struct policy *p);
