/* Approvals: a person's signature under the hash of a plan, for one run and a
 * while (rule: DESIGN §5, Plans). A DSSE envelope over the canonical JSON of
 * {type, plan, person, nonce, not_after}. */
#pragma once

#include "authority.h"
#include "dsse.h"
#include "json.h"

#define APPROVAL_TYPE "runproof/approval/v1"
#define APPROVAL_PAYLOAD "application/vnd.runproof.approval+json"
#define APPROVAL_MAX_BYTES (64u << 10)
#define APPROVAL_HOURS 4 /* how long one holds, unless it is told */

/* As it was read; nothing is trusted before approval_judge. */
struct approval {
    const char *plan, *person, *nonce, *not_after;
    int64_t not_after_ms;
    struct dsse envelope;
    const struct json *whole; /* the envelope, for the journal */
    struct sign_public key;   /* that signed it, once judged */
};

/* The envelope's text for a person's yes, with a new nonce; appended. */
void approval_make(const char *plan, const char *person, int64_t not_after_ms,
                   const struct signer *s, struct buf *out);
/* "deploy.approval-ada.json" beside "deploy.json". */
const char *approval_path(const char *plan_path, const char *person,
                          struct arena *a);
/* ST_INPUT for what is no approval of this version. All lives in a. */
MUST_USE enum status approval_parse(struct span text, struct arena *a,
                                    struct approval *out, struct err *err);

/* What an approval is held against. Borrowed. */
struct approval_case {
    const char *plan;             /* hash */
    const char *const *operators; /* persons who run it, NULL-ended */
    const struct authority *authority;
    struct approval_rule rule;
    int64_t now_ms;
    const char *root; /* where used nonces are looked for */
    const char *own;  /* name of the run's own bundle, NULL: none yet */
};

/* Whether it counts: ST_REFUSED with the reason. Sets ap->key. */
MUST_USE enum status approval_judge(const struct approval_case *c,
                                    struct approval *ap, struct arena *a,
                                    struct err *err);

/* Those that count, a person's once; and in a line each why others do not. */
struct approvals {
    struct approval *v;
    size_t n, room;
    struct buf reasons;
};

/* All files beside the plan that approval_path could have named. ST_IO when
 * the folder cannot be read. Approvals that are there already stay. */
MUST_USE enum status approvals_gather(const struct approval_case *c,
                                      const char *plan_path, struct arena *a,
                                      struct approvals *out, struct err *err);
/* Those that a run's record holds, as approvals_record made it. */
void approvals_keep(const struct approval_case *c, const struct json *record,
                    struct arena *a, struct approvals *out);
/* ST_WAITING unless there are enough: who is missing, and why an approval that
 * is there does not count. */
MUST_USE enum status approvals_enough(const struct approval_case *c,
                                      const struct approvals *all,
                                      const char *plan_path, struct err *err);
void approvals_release(struct approvals *all);

/* For the journal: what was given, by whom, and the keys to check it with.
 * New object. */
struct json *approvals_record(const struct approval_case *c,
                              const struct approvals *all);
/* Checks such a record without anything else: that it is about plan, that each
 * signature is of the key it names, that as many persons as it says were
 * needed gave one which held at_ms. trusted: whose keys they must be, or NULL.
 * ST_TAMPERED. */
MUST_USE enum status approvals_check(const struct json *record,
                                     const char *plan, int64_t at_ms,
                                     const struct persons *trusted,
                                     struct err *err);
