/* The evidence bundle of one run: artifacts/<owner>/<run>/ (rule: DESIGN §6).
 * It stands alone: source, Lua modules, policy, logs, blobs, journal,
 * statement. */
#pragma once

#include "arena.h"
#include "err.h"
#include "hash.h"
#include "json.h"
#include "statement.h"
#include "str.h"

#define BUNDLE_BLOB_BYTES (16u << 10) /* larger bodies become blobs */
#define BUNDLE_JOURNAL "journal.jsonl"
#define BUNDLE_SOURCE "source.md"
#define BUNDLE_STATEMENT "run.intoto.json"
#define BUNDLE_POLICY "policy.json"
#define BUNDLE_PLAN "plan.json"         /* only of a run under one */
#define BUNDLE_COPY "page.md"           /* only with evidence: copy */
#define BUNDLE_EXPECTED "expected.json" /* only with expect=match */

struct bundle {
    const char *dir;  /* path to open */
    const char *rel;  /* the same from the repository's root */
    const char *name; /* last part: the run id, with "-2" if taken before */
};

/* Names a new bundle for run (an existing one of the same id gives the next
 * suffix) and makes its folder, under a hidden name until bundle_publish. What
 * a run killed before that left there is removed: at any time, hidden belongs
 * to one process. Strings live in a. owner must be a plain file name. */
MUST_USE enum status bundle_create(struct bundle *b, const char *root,
                                   const char *owner, const char *run,
                                   const char *hidden, struct arena *a,
                                   struct err *err);
/* Puts the folder in its place, whole. ST_LOCKED when a run of another page
 * with the same id took the name meanwhile. */
MUST_USE enum status bundle_publish(struct bundle *b, const char *root,
                                    struct arena *a, struct err *err);
/* Finds a bundle by run id, below root/artifacts. ST_INPUT when there is none,
 * saying "bundle missing". */
MUST_USE enum status bundle_named(struct bundle *b, const char *root,
                                  const char *run, struct arena *a,
                                  struct err *err);
/* The same, or by path: what a person may call it. */
MUST_USE enum status bundle_find(struct bundle *b, const char *root,
                                 const char *run, struct arena *a,
                                 struct err *err);
/* Takes the name that the run itself gave its bundle, as in its first record;
 * *root becomes the repository's root that follows from it, NULL when the
 * folder was moved or copied from its place. ST_TAMPERED when rel is no name
 * of a bundle. */
MUST_USE enum status bundle_adopt(struct bundle *b, const char *rel,
                                  struct arena *a, const char **root,
                                  struct err *err);
/* Takes the statement away: the run goes on, and what it said is over. */
MUST_USE enum status bundle_reopen(const struct bundle *b, struct err *err);
char *bundle_path(const struct bundle *b, const char *name, struct arena *a);
MUST_USE enum status bundle_put(const struct bundle *b, const char *name,
                                struct span bytes, struct err *err);
/* The same for a file that is not there yet, before bundle_publish. */
MUST_USE enum status bundle_add(const struct bundle *b, const char *name,
                                struct span bytes, struct err *err);

/* The page with the run's evidence: its copy, or as it stands in the
 * repository; source.md where it is gone. *path lives in a. */
MUST_USE enum status bundle_page(const struct bundle *b, const char *root,
                                 struct arena *a, const char **path,
                                 struct err *err);

/* A value for the journal: itself, or {"$blob":sha256,"bytes":n} after its
 * text went to blobs/. Takes value, returns what to store. */
MUST_USE enum status bundle_fold(const struct bundle *b, struct json *value,
                                 struct json **out, struct err *err);
/* The same for a value whose canonical text is at hand: what to store is
 * appended to *out as canonical text. */
MUST_USE enum status bundle_fold_text(const struct bundle *b,
                                      const struct json *value,
                                      struct span text, struct buf *out,
                                      struct err *err);
/* The inverse; the caller frees *out. ST_TAMPERED when the blob is missing or
 * does not match its name. */
MUST_USE enum status bundle_unfold(const struct bundle *b,
                                   const struct json *stored, struct json **out,
                                   struct err *err);

/* The same for bytes, which a blob holds as they are: as JSON they could be too
 * many to read back. New value. */
MUST_USE enum status bundle_fold_bytes(const struct bundle *b,
                                       struct span bytes, struct json **out,
                                       struct err *err);
MUST_USE enum status bundle_unfold_bytes(const struct bundle *b,
                                         const struct json *stored,
                                         struct buf *out, struct err *err);

struct names;

/* What the statement says beside the files' digests. Borrowed. */
struct statement {
    const char *runbook;
    struct digest source;
    struct digest head; /* of the journal */
    const char *run, *environment, *status;
    const struct json *vcs; /* {"sha":…,"dirty":…} or NULL */
    int64_t started_ms, ended_ms;
    /* SHA-256 by name of files whose bytes are known: they are not read again;
     * or NULL */
    const struct names *known;
    const struct signer *signer; /* NULL: unsigned */
};
/* Writes run.intoto.json (in-toto Statement v1), naming every file of the
 * bundle by digest. */
MUST_USE enum status bundle_attest(const struct bundle *b,
                                   const struct statement *s, struct err *err);
/* Checks that the files are those of the statement, and returns it; the caller
 * frees *out. ST_TAMPERED names the file. */
MUST_USE enum status bundle_check(const struct bundle *b, struct json **out,
                                  struct err *err);
/* The envelope of the statement, in a; out->n is 0 when it is unsigned or not
 * there. Errors as of bundle_check. */
MUST_USE enum status bundle_envelope(const struct bundle *b, struct arena *a,
                                     struct dsse *out, struct err *err);
