/* What the parts of the scanner share. */
#pragma once

#include <stdatomic.h>

#include "arena.h"
#include "hash.h"
#include "scan.h"

/* --- the matcher (scan_match.c) --- */

struct matcher;
struct matcher_scratch; /* one thread's */

MUST_USE enum status matcher_new(const struct leak_rules *rules,
                                 struct matcher **out, struct err *err);
void matcher_free(struct matcher *m); /* NULL is fine */
/* No candidate is wider: whether one ends at a place is decided by so many
 * bytes before it. */
#define MATCHER_REACH 256
size_t matcher_reach(const struct matcher *m);
struct matcher_scratch *matcher_scratch_new(const struct matcher *m);
void matcher_scratch_free(struct matcher_scratch *s);
/* Calls found for each candidate: the line's number and where it ends. It
 * answers false to end the search. */
void matcher_run(const struct matcher *m, struct matcher_scratch *s,
                 struct span text,
                 bool (*found)(void *ctx, unsigned line, size_t end),
                 void *ctx);

/* --- zlib (scan_inflate.c) --- */

struct inflater inflater_new(void);
void inflater_free(struct inflater *inflate);

/* --- hits (scan_hits.c) --- */

/* A secret in a blob or file. Nothing of it is kept but what may be shown. */
struct hit {
    uint32_t line_of_rules;
    uint32_t source; /* a number that the caller knows */
    size_t begin;
    uint32_t line, column;
    char fingerprint[17];
    char shown[40];
};

/* What one thread finds. */
struct hits {
    const struct leak_rules *rules;
    const struct matcher *matcher;
    struct matcher_scratch *scratch;
    struct hit *v;
    size_t n, cap;
    bool full; /* there were more than are kept */
    size_t files;
    uint64_t bytes;
};

void hits_open(struct hits *h, const struct leak_rules *rules,
               const struct matcher *m);
void hits_close(struct hits *h);
/* Looks at a text; whether it holds a secret. */
bool hits_look(struct hits *h, uint32_t source, struct span text);

/* The candidates of a text, as long as others are made of it. */
struct candidates;
/* The same for a text that a delta made of another one, whose candidates are
 * base (NULL: not known): what was copied is not looked at again. *out, if
 * not NULL, gets the text's own, freed by candidates_free. */
bool hits_look_delta(struct hits *h, uint32_t source, struct span text,
                     struct span delta, const struct candidates *base,
                     struct candidates **out);
void candidates_free(struct candidates *c); /* NULL is fine */
/* One as a row of scan_result; the caller adds where it is. */
struct json *hit_row(const struct hit *hit, const struct leak_rules *rules);

/* --- the repository (scan_repo.c) --- */

#define OID 20

struct repo;

/* ST_INPUT when path is in no repository that libgit2 opens. */
MUST_USE enum status repo_open(const char *path, struct repo **out,
                               struct err *err);
void repo_close(struct repo *r); /* NULL is fine */
/* Whether no folder above path is a repository. */
bool repo_is_none(const char *path);
/* Its folders of objects: its own, then its alternates. */
MUST_USE enum status repo_object_dirs(struct repo *r, struct arena *a,
                                      const char ***out, size_t *n,
                                      struct err *err);
/* Calls each with what a ref, or a worktree's HEAD, names: any object. False
 * when not all could be read. */
bool repo_refs(struct repo *r,
               void (*each)(void *ctx, const unsigned char *oid), void *ctx);
bool repo_is_partial(struct repo *r);
bool repo_is_shallow(struct repo *r);

/* One object's bytes, lent until repo_object_free. False when it is missing
 * or damaged. Any thread may ask. */
struct repo_object {
    void *handle;
    enum pack_type type;
    struct span bytes;
};
bool repo_read(struct repo *r, const unsigned char *oid,
               struct repo_object *out);
/* Type and size without the bytes. */
bool repo_header(struct repo *r, const unsigned char *oid, enum pack_type *type,
                 size_t *size);
void repo_object_free(struct repo_object *o);

/* Calls each for the files of the work tree below its folder `below` ("" is
 * all) that git does not ignore; its submodules by a slash at their end. */
MUST_USE enum status repo_files(struct repo *r, const char *below,
                                void (*each)(void *ctx, const char *path),
                                void *ctx, struct err *err);
const char *repo_work_dir(struct repo *r); /* NULL: bare */

/* --- the store: where every object lies (scan_store.c) --- */

struct store {
    struct arena *arena;
    struct repo *repo;
    struct store_pack {
        struct pack pack;
        const char *name;
        struct span idx, bytes; /* mapped */
    } * packs;
    size_t n_packs;
    unsigned char *loose; /* names one after the other */
    size_t n_loose, room_loose;
    /* A pack may lead libgit2, which follows deltas without counting, in
     * circles: nothing is asked of it then that lies in packs. */
    bool is_unsafe;
};

MUST_USE enum status store_open(struct store *s, struct repo *repo,
                                struct arena *a, struct scan_result *out,
                                struct err *err);
void store_close(struct store *s);
/* Whether a pack before the i-th has it. */
bool store_has_before(const struct store *s, size_t i,
                      const unsigned char *oid);
void store_push(unsigned char **list, size_t *n, size_t *room,
                const unsigned char *oid);

/* --- the history (scan_history.c), who brought a blob (scan_origin.c) --- */

struct origin {
    const char *path; /* NULL: nobody */
    char commit[41];  /* "": a ref names it without a commit */
    int64_t date;     /* of the author, seconds */
    uint32_t order;   /* the oldest first */
    bool reachable;
};

MUST_USE enum status scan_history(const struct scan_request *request,
                                  struct repo *repo, const struct matcher *m,
                                  struct scan_result *out, struct err *err);
/* blobs: n names, one after the other; origins: as many. */
MUST_USE enum status origin_find(struct store *store,
                                 const struct scan_request *request,
                                 const unsigned char *blobs, size_t n,
                                 struct origin *origins, struct arena *a,
                                 struct scan_result *out, struct err *err);

/* --- files (scan_files.c) --- */

MUST_USE enum status scan_files(const struct scan_request *request,
                                const struct matcher *m,
                                struct scan_result *out, struct err *err);

void scan_notice(struct scan_result *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void oid_hex(const unsigned char *oid, char out[41]);
bool scan_stopped(const struct scan_request *request);
