/* A map from names to texts, for look-ups of many names in many. */
#pragma once

#include <stddef.h>

#include "str.h"

struct name_slot;

/* Zero-initialise ({0}); names_release makes it empty again. */
struct names {
    struct name_slot *slots;
    size_t n, room;
};

/* Replaces what name stood for. Both are borrowed until names_release. */
void names_put(struct names *m, struct span name, const char *text);
/* NULL when the name is unknown, or was put with NULL. */
const char *names_get(const struct names *m, struct span name);
void names_release(struct names *m);
