/* A git repository made from a fixture's files and commits, the same on every
 * machine. Loads the git port module. */
#pragma once

#include "err.h"
#include "json.h"

/* Makes tree_dir/.git and, unless it is NULL, the bare repository origin_dir,
 * of which the first is like a clone (neither may exist); *shas (caller frees)
 * is the array of commit hashes, oldest first. commits, in order:
 *   [{message, author, email, time, add:["path"…]}…]
 * time in Unix seconds, UTC; committer = author; branch main. add names files
 * or folders; the last commit takes in all that is left, but what .gitignore
 * says. The same files and list give the same hashes: no configuration outside
 * tree_dir is read, then or later in this process. ST_INPUT for a bad list,
 * ST_FAILED otherwise, ST_INTERNAL without the git module. */
MUST_USE enum status fixture_repo_init(const char *tree_dir,
                                       const char *origin_dir,
                                       const struct json *commits,
                                       struct json **shas, struct err *err);

/* What the git module exports for it. */
#define FIXTURE_REPO_SYMBOL "runproof_git_fixture"
typedef enum status fixture_repo_fn(const char *tree_dir,
                                    const char *origin_dir,
                                    const struct json *commits,
                                    struct json **shas, struct err *err);
