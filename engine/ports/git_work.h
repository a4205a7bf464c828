/* What the operations of the git port share: one call's repository, its
 * arguments, and errors that name the cause and the way out. */
#pragma once

#include <git2.h>

#include "arena.h"
#include "port.h"

/* One call: what it was given, and what it must free. */
struct work {
    const struct port_call *call;
    const struct json *opts; /* its options, or all arguments without any */
    struct arena *arena;
    git_repository *repo;
};

typedef enum status work_fn(struct work *w, struct json **value,
                            struct err *err);

/* The operations, by what they do. */
work_fn work_head, work_status;            /* git_status.c */
work_fn work_log, work_diff, work_grep;    /* git_log.c, _diff.c, _grep.c */
work_fn work_show, work_user;              /* git_show.c, git_user.c */
work_fn work_scan;                         /* git_scan.c */
work_fn work_base, work_ancestor, work_ab; /* git_graph.c */
work_fn work_branches, work_tags;          /* git_list.c */
work_fn work_branch, work_drop, work_tag;  /* git_refs.c */
work_fn work_commit, work_pick;            /* git_commit.c, git_pick.c */
work_fn work_fetch, work_push;             /* git_fetch.c, git_push.c */

/* --- errors --- */

/* "cannot <what>: …" out of libgit2's last error, code. */
enum status git_failed(const struct work *w, int code, const char *what,
                       struct err *err);
/* ST_FAILED in a shallow clone, in which commits look unrelated that are not,
 * and whose cut libgit2 does not tell to a remote. */
MUST_USE enum status work_need_history(const struct work *w, const char *what,
                                       struct err *err);
/* Whether the call's time is over, and the error that says so. */
bool work_is_late(const struct work *w);
enum status work_late(const struct work *w, struct err *err);

/* --- arguments: ST_INPUT when of another type --- */

MUST_USE enum status arg_text(const struct work *w, const char *name,
                              const char **out, struct err *err);
/* One that may not be left out: a positional one. */
MUST_USE enum status arg_needed(const struct work *w, const char *name,
                                const char **out, struct err *err);
MUST_USE enum status arg_flag(const struct work *w, const char *name,
                              bool otherwise, bool *out, struct err *err);
/* A list of texts in the arena; none when left out. */
MUST_USE enum status arg_list(const struct work *w, const char *name,
                              git_strarray *out, struct err *err);
MUST_USE enum status arg_max(const struct work *w, int64_t otherwise,
                             int64_t most, int64_t *out, struct err *err);

/* --- objects --- */

struct json *sha_json(const git_oid *id); /* null for the zero one */
/* {sha, subject, author, email, time} */
struct json *commit_json(git_commit *commit);
/* The object of that type that name stands for; the caller frees it. */
MUST_USE enum status work_resolve(const struct work *w, const char *name,
                                  git_object_t type, git_object **out,
                                  struct err *err);
/* Whether tracked files differ from the commit that is checked out. */
MUST_USE enum status work_is_dirty(const struct work *w, bool *out,
                                   struct err *err);
/* ST_FAILED while a merge, rebase or the like waits to be gone on with: a
 * commit of ours would end it wrongly. */
MUST_USE enum status work_need_rest(const struct work *w, struct err *err);
/* Who does it, at the run's time in UTC: author as "Name <address>", or, when
 * that is NULL, whom the repository's configuration names. The caller frees
 * it. */
MUST_USE enum status work_signature(const struct work *w, const char *author,
                                    git_signature **out, struct err *err);
/* The message of a commit or tag: its last line is ended. */
const char *work_message(const struct work *w, const char *text);
