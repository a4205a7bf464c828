/* What the parts of redact share: forms, tables, hits. */
#pragma once

#include <stdint.h>

#include "redact.h"
#include "strongbox.h"

#define HEAD_BYTES REDACT_MIN_BYTES
#define HEADS (1u << 16)

/* One form of one value. All have HEAD_BYTES at least: these are hashed, so
 * that a place in the text costs one look-up for any number of secrets. */
struct needle {
    const char *p; /* both in the pool */
    const char *name;
    size_t n;
    size_t next; /* of the same head, index + 1; 0 ends */
};

struct needles {
    uint64_t seen[HEADS / 64]; /* whether the head has any: fits a cache */
    uint32_t heads[HEADS];     /* index + 1 */
    struct needle *v;
    size_t n, cap;
    size_t longest;
};

struct redact {
    struct needles exact;  /* as text formats write them, byte by byte */
    struct needles folded; /* compared with the folded text (redact_fold.c) */
    struct strongbox *pool;
    bool shapes;
};

/* A place to be taken out. name is borrowed. */
struct hit {
    size_t begin, end;
    const char *name;
};

struct hits {
    struct hit *v;
    size_t n, cap;
    size_t partial; /* where what may go on behind the end begins, or its end */
};

static inline size_t head_hash(uint64_t head)
{
    return (head * UINT64_C(0x9E3779B97F4A7C15)) >> 48;
}

/* Adds every form of value. */
void redact_forms(struct redact *r, const char *name, struct span value);
/* Takes copies into the pool, unless the form is known or too short. */
void needle_add(struct redact *r, struct needles *in, const char *name,
                struct span form);

/* Reads s with its escapes undone: %40, \u0040, \x40, &#64;, &amp;, also when
 * doubled. Left out: blanks, line ends, NUL, and what quoting puts in between:
 * \ " ' and +, which also stands for a blank. */
struct fold {
    struct span s;
    size_t at;    /* behind the character given last */
    size_t begin; /* of it */
    unsigned char rest[4];
    size_t n_rest;
};
int fold_next(struct fold *f); /* -1 at the end */
void fold_all(struct span s, struct buf *out);
/* Bytes of s without an escape that its end may have cut. */
size_t fold_whole(struct span s);

/* All hits, in order, those that overlap joined. is_end: nothing follows s;
 * otherwise hits->partial is set. Release v with mem_free. */
void redact_collect(const struct redact *r, struct span s, bool is_end,
                    struct hits *hits);
/* The same without shapes. */
void redact_collect_known(const struct redact *r, struct span s, bool is_end,
                          struct hits *hits);
