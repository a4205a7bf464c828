/* The passphrase of a key: typed without echo, or from RUNPROOF_PASSPHRASE or
 * the file that RUNPROOF_PASSPHRASE_FILE names. In locked memory. */
#pragma once

#include "err.h"
#include "str.h"

#define PASSPHRASE_MAX 1024

struct passphrase {
    size_t n;
    char text[PASSPHRASE_MAX];
};

enum passphrase_use {
    PASSPHRASE_KNOWN, /* asked once */
    PASSPHRASE_NEW    /* asked twice, and long enough */
};

/* what: the file it is for, as the question shows it. ST_WAITING when there is
 * neither a terminal nor one of the variables; ST_INPUT when it is empty, too
 * long, too short for a new one, or the second differs; ST_INTERRUPTED by
 * Ctrl-C. The variable is taken out of the environment. The caller frees *out
 * with passphrase_free. */
MUST_USE enum status passphrase_get(const char *what, enum passphrase_use use,
                                    struct passphrase **out, struct err *err);
void passphrase_free(struct passphrase *p); /* NULL is fine */
struct span passphrase_view(const struct passphrase *p);
