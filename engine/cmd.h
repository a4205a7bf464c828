/* The command line: one row a command, one row an option; parsing and help
 * follow from the rows (rule: DESIGN §4). */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "err.h"
#include "json.h"

enum option_kind {
    OPTION_FLAG, /* true */
    OPTION_TEXT, /* takes a value */
    OPTION_PAIR  /* k=v, may be repeated: an object */
};

struct option {
    const char *name;  /* "--env" */
    const char *brief; /* "-e", NULL when none */
    const char *value; /* "E" in help; NULL for a flag */
    enum option_kind kind;
    const char *help;
};

/* Parsed: options by name without dashes, and what stands free. */
struct call {
    struct json *options; /* object */
    const char **words;   /* positional, NULL-terminated */
    int n_words;
    const char *line; /* the command as typed, for the record */
};

struct command {
    const char *name;
    const char *args; /* "FILE" in the usage line */
    int min_words, max_words;
    const char *summary;
    const struct option *options;       /* ended by a NULL name; may be NULL */
    bool lua;                           /* needs workers */
    int (*fn)(const struct call *call); /* exit code */
};

extern const struct command *const command_table[]; /* NULL-ended */

/* printf for people: control bytes of what is printed are shown as text. */
__attribute__((format(printf, 2, 3))) void cmd_say(FILE *to, const char *fmt,
                                                   ...);
/* Prints "runproof: error: …" on stderr; returns the exit code. */
int cmd_fail(const struct err *err);
bool call_flag(const struct call *c, const char *name);
const char *call_text(const struct call *c, const char *name);

/* Runs the program. */
int cmd_main(int argc, char **argv);
