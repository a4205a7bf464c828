/* What leaked secrets look like (rows of lua/leaks.txt), and whether a place
 * that looks like one is one: the matcher finds candidates by `pattern`, this
 * finds where they begin and end, and drops what only stands for a secret. */
#pragma once

#include <stdbool.h>

#include "arena.h"
#include "err.h"
#include "str.h"

struct leak_rule {
    const char *name; /* "dsn-password" */
    const char *is;   /* "a connection string with its password" */
    const char *remedy;
};

enum leak_kind {
    LEAK_TOKEN,
    LEAK_ASSIGNED,
    LEAK_RANDOM,
    LEAK_DSN,
    LEAK_JWT,
    LEAK_BLOCK,
    LEAK_KINDS
};

/* One way in which a rule finds. */
struct leak_line {
    const struct leak_rule *rule;
    enum leak_kind kind;
    const char *const *words; /* NULL-ended */
    const char *set;          /* "A-Za-z0-9_" */
    size_t least, most;
    const char *pattern; /* a regular expression of candidates, of bounded
                          * width; leak_at is told where they end */
};

struct leak_rules {
    struct leak_rule *rules;
    size_t n_rules;
    struct leak_line *lines;
    size_t n_lines;
};

/* The rows inside the program. */
extern const struct span leak_text;
/* All strings live in a, or in text. ST_INTERNAL with the line of a row that
 * is malformed. */
MUST_USE enum status leak_parse(struct span text, struct arena *a,
                                struct leak_rules *out, struct err *err);

/* A secret in a text: the whole (a DSN from its scheme on), and what of it is
 * the secret (its password). */
struct leak {
    size_t begin, end;
    struct span secret;
};

/* No secret is longer: a longer one is cut there. */
#define LEAK_MOST 20480

/* Whether the candidate of l that ends at `end` is a secret. False for what
 * stands for one ("<token>", "$PASSWORD", "changeme", AKIA…EXAMPLE) and for
 * what is meant for everybody. */
bool leak_at(const struct leak_line *l, struct span text, size_t end,
             struct leak *out);

/* --- judgements, for leak_at and its tests --- */

/* Bits of entropy a character, by the frequencies in s. */
double leak_entropy(struct span s);
/* Whether it says that it is none: template marks, words such as "example",
 * one character over and over, the alphabet in order. */
bool leak_is_placeholder(struct span s);
/* Letters of both cases and digits, or hex digits, without order. */
bool leak_is_random(struct span s);
/* Whether the password of a DSN is one. host is what follows '@'. */
bool leak_is_password(struct span user, struct span password, struct span host);
