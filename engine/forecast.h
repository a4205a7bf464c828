/* What a plan finds: the changes that a run would make, predicted instead of
 * made, and the reads that were made for it (rule: DESIGN §5, Plans). */
#pragma once

#include "activity.h"
#include "holes.h"
#include "luafiles.h"

struct forecast;

struct forecast_options {
    const struct luafile *modules; /* of a runbook's worker; borrowed */
    size_t n_modules;
    struct json *globals; /* as of WIRE_BOOT; taken */
    const char *root;     /* what fs sees */
    const char *dir;      /* for changed files, see shadow.h */
    int64_t from_ms;      /* the plan's beginning, by its clock */
};

struct forecast *forecast_new(const struct forecast_options *opt);
void forecast_free(struct forecast *f); /* NULL is fine */
struct holes *forecast_holes(struct forecast *f);
/* Arrays, as of plan_file.h; borrowed. */
const struct json *forecast_changes(const struct forecast *f);
const struct json *forecast_reads(const struct forecast *f);
const struct json *forecast_stops(const struct forecast *f);
/* Where a file is to be looked for: path in this folder. */
const char *forecast_root(const struct forecast *f, const char *path);

/* Predicts a change that the policy lets pass: *value is what it would answer.
 * ST_WAITING where prediction stops, with the reason; what a port would
 * refuse, it refuses here. */
MUST_USE enum status forecast_change(struct door *d, struct passage *p,
                                     const struct activity *a,
                                     struct json **value, struct err *err);
/* A read: as it would be answered after the changes so far. *found is false
 * when it is to be made as ever. */
MUST_USE enum status forecast_read(struct door *d, struct passage *p,
                                   const struct activity *a, bool *found,
                                   struct json **value, struct err *err);
/* Keeps that the read was made. */
void forecast_note(struct forecast *f, const struct passage *p,
                   const struct activity *a);
