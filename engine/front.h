/* Front matter: YAML between `---` lines, read by table (rule: DESIGN §3). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "err.h"
#include "json.h"
#include "str.h"

#define FRONT_MAX_BYTES (64u << 10)

enum param_type {
    PARAM_STRING,
    PARAM_INTEGER,
    PARAM_NUMBER,
    PARAM_BOOLEAN,
    PARAM_CHOICE
};

struct param {
    const char *name;
    enum param_type type;
    const struct json *otherwise; /* default, NULL when none */
    bool required;
    bool secret;
    const char *prompt;         /* NULL when none */
    const char *pattern;        /* POSIX extended regex, NULL when none */
    const struct json *choices; /* array of strings, NULL when none */
    int line;
};

/* All strings NULL when absent, owned by the arena passed. */
struct front {
    bool present;
    size_t end; /* offset behind the closing `---` line; 0 when absent */
    int lines;  /* lines it takes, for the line offset */
    const char *title, *owner, *doc, *last_reviewed, *expires, *doc_hash,
        *last_exercised, *exercise_every, *fixtures;
    int64_t epoch_ms; /* -1 when absent */
    bool evidence_copy;
    const char **environments; /* NULL-terminated, NULL when absent */
    struct param *params;
    size_t n_params;
    const char **unknown; /* names of unknown keys, to be warned of */
    int *unknown_line;
    size_t n_unknown;
    const struct json *tree; /* everything, keys in source order */
};

/* Where it stands: between a first line `---` and the next line `---`. */
struct front_place {
    struct span yaml; /* between these lines */
    size_t end;       /* offset behind the closing line */
    int lines;        /* with both `---` lines */
};
/* Begins src (behind a BOM) with a line `---` that is no thematic break, as it
 * would be above a blank line? Then it must be closed: were that optional, a
 * line `---` in some evidence could turn the page's head into front matter. */
bool front_opens(struct span src);
/* False when src has none, or it is never closed. */
bool front_find(struct span src, struct front_place *out);

/* Reads the front matter at the head of src (behind a BOM). Absent is ST_OK
 * with present=false. ST_INPUT / ST_LIMIT with the line otherwise. */
MUST_USE enum status front_parse(struct span src, struct arena *a,
                                 struct front *out, struct err *err);
/* The known keys, NULL-terminated: for `check`, completion and docs. */
const char *const *front_names(void);
