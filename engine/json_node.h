/* The tree's names and strings, writable: for json_map.c. */
#pragma once

#include "json.h"

/* utf8 and key hold no NUL. j is a string, member stands in an object. */
void json_set_str(struct json *j, struct span utf8);
void json_set_key(struct json *member, struct span key);
/* The members, equal names together and then in order of line. Freed with
 * mem_free. */
struct json **json_by_name(const struct json *obj, size_t *count);
