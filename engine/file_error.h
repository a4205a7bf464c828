/* One line for a failed system call on a path; for the file modules. */
#pragma once

#include "err.h"

/* From errno: "cannot <verb> <path>: <reason> (<way out>)". Returns st, or
 * what err already held. */
enum status file_error(struct err *err, enum status st, const char *verb,
                       const char *path);
