/* plan.json: what a rehearsal found that a run would change, with a hash that
 * an approval signs and `run --plan` holds the run to (rule: DESIGN §5, Plans;
 * docs/FORMAT.md). One JSON object; only its content counts, not its layout. */
#pragma once

#include "arena.h"
#include "err.h"
#include "hash.h"
#include "json.h"

#define PLAN_FILE_TYPE "runproof/plan/v1"

/* Members of whole: type, runbook, environment, source, inputs, modules,
 * policy, config (null without a runproof.yaml), changes, reads, stops, hash.
 * Of a change: step, n (from 1), task (null: the block itself), op, class, row
 * (or null), object, args, digest, binds ({hole: where the answer has it}),
 * refused (the service will say no), before, after. */
struct plan_file {
    struct arena arena; /* owns all below */
    const struct json *whole;
    const struct json *changes;
    const char *runbook, *environment;
    const char *hash; /* of the content, reckoned anew */
};

/* ST_IO, ST_LIMIT; ST_INPUT when it is no plan of this version; ST_TAMPERED
 * when its hash, or a change's digest, is not that of the content. Always
 * plan_file_release. */
MUST_USE enum status plan_file_read(const char *path, struct plan_file *out,
                                    struct err *err);
/* The same of a text; name: for messages. */
MUST_USE enum status plan_file_parse(struct span text, const char *name,
                                     struct plan_file *out, struct err *err);
void plan_file_release(struct plan_file *f);

/* Of a plan as above, whatever its `hash` says: the SHA-256 of the canonical
 * JSON of all but reads, stops and hash, the changes without before and
 * after. */
struct digest plan_file_hash(const struct json *whole);
/* The SHA-256 of op, a newline, and args as canonical JSON. */
struct digest plan_change_digest(const char *op, const struct json *args);
/* Puts the hash into whole and writes it as canonical JSON, whole or not at
 * all. ST_UNWRITTEN. */
MUST_USE enum status plan_file_write(const char *path, struct json *whole,
                                     struct err *err);
