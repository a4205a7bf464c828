/* Lints runbooks without running them (rule: DESIGN §4, check). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "err.h"

typedef void (*check_report)(void *ctx, const struct err *finding);

struct check_count {
    size_t pages, findings;
};

/* path: a page, or a folder whose *.md pages are taken. now_ms decides on
 * expiry. ST_IO / ST_INPUT when path itself cannot be read. */
MUST_USE enum status check_path(const char *path, int64_t now_ms,
                                check_report report, void *ctx,
                                struct check_count *count, struct err *err);
