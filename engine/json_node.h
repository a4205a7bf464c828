/* What the files of json share: the tree's names and strings, writable, and
 * the order of members. */
#pragma once

#include "json.h"

/* utf8 and key hold no NUL. j is a string, member stands in an object. */
void json_set_str(struct json *j, struct span utf8);
void json_set_key(struct json *member, struct span key);
/* The members, equal names together and then in order of line. Freed with
 * mem_free. */
struct json **json_by_name(const struct json *obj, size_t *count);

/* Above 0 when b must stand before a. */
typedef int json_order(const struct json *a, const struct json *b);
/* Equal ones stay as they are. Not qsort: that of glibc asks the system how
 * much memory there is, which ends a worker. */
void json_sort(const struct json **v, size_t n, json_order *order);
