/* The laws of writing evidence, checked on one document: by other means than
 * the engine's own proofs, where they can be. */
#pragma once

#include "str.h"

struct tally {
    size_t documents;
    size_t regions;          /* blocks that evidence was written under */
    size_t unreadable;       /* documents that doc_parse refuses */
    size_t written, refused; /* unsafe payloads */
};

/* src has no evidence yet. False prints what law is broken, and the document.
 */
bool laws_hold(const char *name, struct span src, unsigned seed,
               struct tally *tally);
