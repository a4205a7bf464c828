/* Memory for secrets: never in swap, in a core dump or in a child process,
 * zeroed when freed. It only grows, until all of it is freed. */
#pragma once

#include <stddef.h>

struct strongbox;

struct strongbox *strongbox_new(void);
void strongbox_free(struct strongbox *l); /* all of it; NULL is fine */
/* A copy of n bytes and a NUL behind them. */
char *strongbox_copy(struct strongbox *l, const void *p, size_t n);

/* No core dump of this process and of those it starts, and no look into its
 * memory and its environment by others of the same user. */
void strongbox_process(void);
