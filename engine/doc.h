/* A runbook's bytes as a structure: front matter, runnable blocks, marked
 * check boxes, evidence regions, each with its byte range in the source. The
 * only parser user of cmark. Positions come from the syntax tree; the traps
 * are those of DESIGN §3. Spans point into the source or the doc's arena. */
#pragma once

#include "arena.h"
#include "attr.h"
#include "err.h"
#include "front.h"
#include "hash.h"
#include "str.h"

#define DOC_MAX_BYTES (64u << 20)

/* A fenced block whose info string carries attributes. */
struct block {
    struct span lang; /* "lua", "sh", "bash", "sql" */
    struct attrs attr;
    struct span code;    /* literal: container prefixes removed, LF */
    struct digest src;   /* SHA-256 of lang, "\n", code: the region's src= */
    int line;            /* of the opening fence in the file, from 1 */
    size_t begin;        /* first byte of the opening fence's line */
    size_t insert_at;    /* just behind the closing fence's line's last byte */
    struct span prefix;  /* container bytes each region line starts with */
    const char *eol;     /* "\n", "\r\n" or "\r": ends the opening fence line */
    bool tight;          /* directly inside a tight list */
    int region;          /* index into regions, -1 when none */
    const char *heading; /* text of the nearest heading before, or "" */
};

/* `- [ ] text <!-- check: id -->` */
struct box {
    struct span id; /* without "manual:" */
    bool manual;
    bool ticked;
    int line;
    size_t mark_at;   /* offset of the byte between the brackets */
    const char *text; /* plain text of the item, one line, marker removed */
};

/* One evidence region: from the EOL before the opening marker to the end of
 * the closing marker. */
struct region {
    struct span id, run, status, src, out; /* of the marker; may be empty */
    size_t begin, end;
    int line;            /* of the opening marker */
    int last_line;       /* of the closing marker */
    struct span text;    /* the whole region: opening line, payload, closing
                          * line; LF, prefix removed */
    struct span payload; /* of text: between the markers' lines */
    struct digest hash;  /* of text: what the journal records */
    int block;           /* index of the block it stands under, -1: orphan */
    bool canonical;      /* its bytes are exactly what doc_place would write */
};

struct doc {
    struct arena arena;
    const char *path; /* borrowed; as shown in messages */
    struct span src;  /* borrowed from the caller */
    struct front front;
    struct block *blocks;
    size_t n_blocks;
    struct box *boxes;
    size_t n_boxes;
    struct region *regions;
    size_t n_regions;
    const struct block **by_id; /* the n_blocks blocks sorted by id */
    const char *title; /* front title, else the first heading, else path */
};

/* Parses bytes; they and path must outlive the doc. ST_INPUT with file:line on
 * the first thing wrong (unclosed fence with attributes, attribute errors, two
 * blocks with one id, unpaired or nested markers, evidence that changes how
 * the rest reads, bad front matter);
 * ST_LIMIT over DOC_MAX_BYTES. Always release, also after an error. */
MUST_USE enum status doc_parse(struct doc *d, const char *path,
                               struct span bytes, struct err *err);
void doc_release(struct doc *d);
const struct block *doc_block(const struct doc *d, struct span id);
/* The block has changed since, or is gone: src= is the head of its hash, of at
 * least DOC_SRC_DIGITS. */
#define DOC_SRC_DIGITS 16
bool doc_is_stale(const struct doc *d, const struct region *r);

/* Every problem rather than the first: calls report for each, in order of
 * line. For `check`. */
void doc_problems(const char *path, struct span bytes,
                  void (*report)(void *ctx, const struct err *e), void *ctx);

/* The bytes without regions, marked boxes unticked (DESIGN §3). */
MUST_USE enum status doc_strip(struct span bytes, struct buf *out,
                               struct err *err);
/* The source hash of DESIGN §3 over the strip()ped form. */
MUST_USE enum status doc_source_hash(struct span bytes, struct digest *out,
                                     struct err *err);

/* What to put where. text: the whole region, opening and closing marker lines
 * included, lines ended by LF except the last; empty removes a region. */
struct placement {
    size_t block;
    struct span text;
};
struct tick {
    size_t box;
    bool ticked;
};

/* Pure: (doc, placements, ticks) to new bytes by splicing. Afterwards parses
 * the result and refuses (ST_INTERNAL, *out empty) unless strip(new) =
 * strip(old), the tree outside regions is equal, and the regions read back
 * equal. Placements may come in any order, one per block. */
MUST_USE enum status doc_place(const struct doc *d, const struct placement *put,
                               size_t n_put, const struct tick *ticks,
                               size_t n_ticks, struct buf *out,
                               struct err *err);
