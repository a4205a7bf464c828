/* runproof.yaml: the environments, where their providers live, where their
 * secrets come from, what their policy allows (rule: DESIGN §5). */
#pragma once

#include "hash.h"
#include "verdict.h"

struct environment {
    const char *name;
    bool sandbox;                /* the built-in simulated cloud */
    const struct json *settings; /* provider settings, as `env` in Lua; NULL in
                                  * the sandbox: its fixture has them */
    const struct json *secrets;  /* array of sources, NULL: process only */
    const struct json *escalate; /* {webhook, issue}; NULL: nobody is told */
    const struct json *own; /* all that runproof.yaml says of it, or NULL */
    const char *root;       /* vault files' paths start here */
    struct policy policy;
};

struct config {
    const char *path;     /* "runproof.yaml" as shown, NULL when absent */
    struct digest sha256; /* of the file, when there is one */
    const char *root;     /* the repository's root directory */
    const char *fixtures; /* default fixture folder, NULL when none */
    const struct json *tree;
    const struct json *reads;   /* rows that lower a POST, NULL when none */
    const char *policy_ref;     /* NULL when there is no file */
    const struct json *persons; /* {name: [key, …]}, NULL when none */
};

/* The root is the nearest directory at or above `near` (a file or directory)
 * that holds runproof.yaml or .git; else near's own directory. All strings
 * live in a. ST_INPUT with file, line and column for whatever is wrong in any
 * part of it. */
MUST_USE enum status config_load(const char *near, struct arena *a,
                                 struct config *out, struct err *err);
/* ST_INPUT with the known names when there is no such environment. */
MUST_USE enum status config_environment(const struct config *c,
                                        const char *name, struct arena *a,
                                        struct environment *out,
                                        struct err *err);
