/* Plain scalars by the core schema of YAML 1.2. */
#pragma once

#include "json.h"
#include "str.h"

/* null, true, false, a number or else a string. text is UTF-8 without NUL and
 * ends in a NUL behind it. NULL for a number that JSON has no room for. */
struct json *yaml_plain(struct span text);
