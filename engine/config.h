/* runproof.yaml: the environments, where their providers live, where their
 * secrets come from, what their policy allows (rule: DESIGN §5). */
#pragma once

#include "arena.h"
#include "effect.h"
#include "err.h"
#include "hash.h"
#include "json.h"

enum verdict { VERDICT_ALLOW, VERDICT_ASK, VERDICT_PLAN, VERDICT_DENY };
#define VERDICT_COUNT 4

const char *verdict_name(enum verdict v);

struct environment {
    const char *name;
    bool sandbox;                /* the built-in simulated cloud */
    const struct json *settings; /* provider settings, as `env` in Lua; NULL in
                                  * the sandbox: its fixture has them */
    const struct json *secrets;  /* array of sources, NULL: process only */
    const char *root;            /* vault files' paths start here */
    enum verdict policy[EFFECT_COUNT];
    bool confine_required; /* no command runs where the kernel cannot confine */
};

struct config {
    const char *path;     /* "runproof.yaml" as shown, NULL when absent */
    struct digest sha256; /* of the file, when there is one */
    const char *root;     /* the repository's root directory */
    const char *fixtures; /* default fixture folder, NULL when none */
    const struct json *tree;
    const struct json *reads; /* rows that lower a POST, NULL when none */
};

/* The root is the nearest directory at or above `near` (a file or directory)
 * that holds runproof.yaml or .git; else near's own directory. All strings
 * live in a. ST_INPUT with file:line for a malformed configuration. */
MUST_USE enum status config_load(const char *near, struct arena *a,
                                 struct config *out, struct err *err);
/* ST_INPUT with the known names when there is no such environment. */
MUST_USE enum status config_environment(const struct config *c,
                                        const char *name, struct arena *a,
                                        struct environment *out,
                                        struct err *err);
/* {"none":"allow",…}: what stands in the bundle as policy.json. New object. */
struct json *environment_policy_json(const struct environment *e);
