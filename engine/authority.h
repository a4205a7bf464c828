/* What the team has agreed on: the persons, and how many must approve, as
 * runproof.yaml has it in the commit that policy_ref names. Never what stands
 * in the working tree, which is the operator's (rule: DESIGN §5, Plans). */
#pragma once

#include "config.h"
#include "persons.h"

#define POLICY_REF_DEFAULT "origin/HEAD"

struct authority {
    const char *ref;    /* "refs/remotes/origin/HEAD" */
    const char *commit; /* its hash */
    const char *file;   /* "runproof.yaml at origin/HEAD", for messages */
    const struct json *tree;
    struct persons persons;
};

/* origin/HEAD decides: its own runproof.yaml may name another policy_ref, and
 * the working tree must agree. Only where there is no origin/HEAD is it the
 * working tree's that counts; without one, ST_REFUSED, saying what to set. All
 * lives in a. */
MUST_USE enum status authority_read(const struct config *c, struct arena *a,
                                    struct authority *out, struct err *err);

/* Whose approval an environment's plans need. */
struct approval_rule {
    int64_t persons;
    bool not_operator;
};

/* `approvals` of the environment's policy there; by default one person, in
 * production another one than the operator. ST_REFUSED when the environment is
 * not known there, ST_INPUT when it is written otherwise. */
MUST_USE enum status authority_rule(const struct authority *au,
                                    const char *environment,
                                    struct approval_rule *out, struct err *err);
