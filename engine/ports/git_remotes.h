/* What git's configuration says of remotes. libgit2 1.5 reads it with regular
 * expressions, and loses memory for each entry that one does not match. */
#pragma once

#include "git_work.h"

struct remote_facts {
    const char *url, *push_url; /* as rewritten by url.*.insteadOf */
    git_strarray fetch;         /* refspecs */
    git_remote_autotag_option_t tags;
};

/* Texts in the call's arena. ST_FAILED when no remote is called name. */
MUST_USE enum status remote_read(const struct work *w, const char *name,
                                 struct remote_facts *out, struct err *err);
/* The names of all remotes, in the order of the configuration. */
MUST_USE enum status remote_names(const struct work *w, git_strarray *out,
                                  struct err *err);
/* The branch that branch follows, as it was last fetched: a full name, NULL
 * for none. */
const char *remote_upstream(const struct work *w, const char *branch);
/* Forgets what is configured for a branch that is no more. */
void remote_forget_branch(const struct work *w, const char *branch);
