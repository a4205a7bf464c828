/* A step's result as the Markdown of its evidence region (rule: DESIGN §3,
 * Evidence). Pure: the same result gives the same bytes. Nothing from outside
 * can leave its place: every foreign text is in a fence longer than any run
 * inside, or escaped. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "effect.h"
#include "json.h"
#include "str.h"

enum step_status {
    STEP_PENDING, /* not reached */
    STEP_PASSED,
    STEP_FAILED,
    STEP_SKIPPED, /* its if= was false, or --only/--from left it out */
    STEP_BLOCKED, /* a step it needs did not pass */
    STEP_REFUSED, /* policy or ceiling said no */
    STEP_WAITING, /* needs a person */
    STEP_STATUS_COUNT
};
const char *step_status_name(enum step_status s); /* "passed" */
bool step_status_parse(struct span s, enum step_status *out);
const char *step_status_mark(enum step_status s); /* "✅" */

/* Everything shown of one step. All borrowed. */
struct step_result {
    const char *id;
    const char *run;
    const char *environment;
    enum step_status status;
    int attempts;       /* 0 when it never started */
    int64_t started_ms; /* Unix */
    int64_t elapsed_ms;
    const char *src; /* full hex of the block's source hash */
    /* array of evidence messages in order, as the worker sent them:
     * {kind:"table", columns:[…], rows:[[…]…], title?}
     * {kind:"json", value, title?}   {kind:"text", text, title?}
     * {kind:"link", url, title}      {kind:"metric", name, value, unit?}
     * {kind:"file", path, sha256, bytes, title?}
     * {kind:"check", id, ok, detail?} */
    const struct json *items;
    struct span output; /* what the block printed, all attempts' last */
    const char *error;  /* one line, NULL when none */
    const char *undone; /* what was taken back, NULL when nothing */
    const char *reason; /* why skipped, blocked, refused; NULL when none */
    int counts[EFFECT_COUNT];      /* activities that succeeded, by class */
    const struct json *activities; /* array of {op, class, summary}: in order */
    const char *log; /* path as linked from the page, NULL when none */
    bool tight;      /* no blank line, no details block */
    /* Digest of mode and inputs, NULL when none. Not shown, but part of out=,
     * so that evidence_same tells runs with other inputs apart. */
    const char *inputs;
};

/* Marker lines included, LF between lines, none at the end. The out= hash is
 * of the normalised result: without run, times, seconds and log path.
 * Output over EVIDENCE_OUTPUT_LINES lines or EVIDENCE_OUTPUT_BYTES is cut,
 * saying so and naming the log. */
#define EVIDENCE_OUTPUT_LINES 60
#define EVIDENCE_OUTPUT_BYTES 8192
void evidence_markdown(const struct step_result *r, struct buf *out);

/* "1 change, 2 local writes, 3 reads" */
void evidence_counts(const int counts[EFFECT_COUNT], struct buf *out);

/* True when two regions' texts differ only in run, times, seconds and the
 * bundle's path: then the old bytes stay. Compares the texts, not just their
 * out=, so that evidence changed by hand is replaced. */
bool evidence_same(struct span old_text, struct span new_text);
