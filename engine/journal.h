/* The journal: append-only JSON lines, each holding the SHA-256 of the line
 * before in its member `prev` (rule: DESIGN §6, fixed). */
#pragma once

#include <stdint.h>

#include "err.h"
#include "hash.h"
#include "json.h"
#include "str.h"

#define JOURNAL_MAX_BYTES ((size_t)4 << 30)

enum journal_sync { JOURNAL_NO_SYNC, JOURNAL_SYNC };

/* Where a record lies in the file. */
struct record_at {
    int64_t offset;
    size_t bytes; /* without the newline */
    size_t line;  /* from 1 */
};

struct redact;

struct journal {
    int fd;
    char *path; /* owned */
    struct digest head;
    size_t lines;
    int64_t end;
    const struct redact *net; /* the last one: borrowed, NULL: none */
    bool held;
    struct buf pending; /* lines not yet written; owned */
    size_t begun;       /* where in it the line of journal_begin begins */
};

/* Creates path, which must not exist. */
MUST_USE enum status journal_create(struct journal *j, const char *path,
                                    struct err *err);
/* ST_UNWRITTEN when what lies at its path is not what was written: somebody
 * moved, replaced or cut it. */
MUST_USE enum status journal_in_place(const struct journal *j, struct err *err);
/* Its folder was renamed: it lies at path from now on. */
void journal_moved(struct journal *j, const char *path);
/* Appends record (borrowed; `prev` is added) with one write. With
 * JOURNAL_SYNC it is on the disk on return. at may be NULL. After an error
 * nothing further may be appended. */
MUST_USE enum status journal_append(struct journal *j, struct json *record,
                                    enum journal_sync sync,
                                    struct record_at *at, struct err *err);
/* The same for a record that is written in place: its canonical text, `prev`
 * (the head's digest) in it, is to be put behind what the buffer holds, and
 * then becomes a record, or is dropped. */
struct buf *journal_begin(struct journal *j);
MUST_USE enum status journal_commit(struct journal *j, enum journal_sync sync,
                                    struct record_at *at, struct err *err);
void journal_drop(struct journal *j);
/* From now on records may wait for each other to be written together, up to
 * the next journal_flush or JOURNAL_SYNC. Only for what need not survive the
 * process: answers that nobody has been given. */
void journal_hold(struct journal *j);
MUST_USE enum status journal_flush(struct journal *j, struct err *err);
/* Reads a record back; the caller frees *out. */
MUST_USE enum status journal_get(const struct journal *j, struct record_at at,
                                 struct json **out, struct err *err);
void journal_close(struct journal *j);

/* Walks an existing journal, checking the chain: calls fn for each record in
 * order; stops when fn answers other than ST_OK. *head is the digest of the
 * last line. ST_TAMPERED names the line. */
struct journal_walk {
    enum status (*fn)(void *ctx, const struct json *record, struct record_at at,
                      struct err *err);
    void *ctx;
    struct digest head;
    size_t lines;
    int64_t end; /* bytes of whole lines */
};
/* torn: what to do with a last line that has no newline. */
enum torn { TORN_IS_TAMPERED, TORN_IS_DROPPED };
MUST_USE enum status journal_walk(const char *path, enum torn torn,
                                  struct journal_walk *walk, struct err *err);
/* Opens for journal_get alone. */
MUST_USE enum status journal_open(struct journal *j, const char *path,
                                  const struct journal_walk *walk,
                                  struct err *err);
/* Opens for appending behind what a walk with TORN_IS_DROPPED accepted; a torn
 * line is cut off. */
MUST_USE enum status journal_reopen(struct journal *j, const char *path,
                                    const struct journal_walk *walk,
                                    struct err *err);
