/* run.intoto.json: an in-toto Statement, bare or in a signed envelope. */
#pragma once

#include "arena.h"
#include "dsse.h"
#include "err.h"
#include "json.h"

#define STATEMENT_PAYLOAD "application/vnd.in-toto+json"

/* The file's text: indented JSON, or an envelope when there is a signer. */
void statement_text(const struct json *statement, const struct signer *signer,
                    struct buf *out);
/* The statement in a file's text, freed by the caller, and its envelope, in a;
 * envelope->n is 0 for a bare one. ST_INPUT for what is neither. */
MUST_USE enum status statement_parse(struct span text, struct arena *a,
                                     struct json **out, struct dsse *envelope,
                                     struct err *err);
