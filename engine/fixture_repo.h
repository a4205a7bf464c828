/* A git repository made from a fixture's files and commits, the same on every
 * machine. Loads the git port module. */
#pragma once

#include "err.h"
#include "json.h"

/* The remote that a tree seems to be cloned from. */
struct fixture_origin {
    const char *dir;         /* made, a bare repository */
    const struct json *refs; /* {"refs/heads/release": "HEAD~1", …}: what it has
                                beside main, not fetched yet; or NULL */
};

/* Makes tree_dir/.git and its origin, unless that is NULL; neither may exist.
 * *shas (caller frees) is the array of commit hashes, oldest first. commits, in
 * order:
 *   [{message, author, email, time, add:["path"…]}…]
 * time in Unix seconds, UTC; committer = author; branch main. add names files
 * or folders; the last commit takes in all that is left, but what .gitignore
 * says. The same files and list give the same hashes: no configuration outside
 * tree_dir is read, then or later in this process. ST_INPUT for a bad list,
 * ST_FAILED otherwise, ST_INTERNAL without the git module. */
MUST_USE enum status fixture_repo_init(const char *tree_dir,
                                       const struct fixture_origin *origin,
                                       const struct json *commits,
                                       struct json **shas, struct err *err);

/* What the git module exports for it. */
#define FIXTURE_REPO_SYMBOL "runproof_git_fixture"
typedef enum status fixture_repo_fn(const char *tree_dir,
                                    const struct fixture_origin *origin,
                                    const struct json *commits,
                                    struct json **shas, struct err *err);
