/* What the json_*.c share. Strings that come in hold no NUL and are UTF-8. */
#pragma once

#include "json.h"

struct json *json_new_text(struct span utf8);
/* digits: the text of a whole number that v may not hold exactly, else empty.
 */
struct json *json_new_exact(double v, struct span digits);
/* j is a string; member stands in an object, or will. */
void json_set_str(struct json *j, struct span utf8);
void json_set_key(struct json *member, struct span key);
/* The members, equal names together and then in order of line. Freed with
 * mem_free. */
struct json **json_by_name(const struct json *obj, size_t *count);
/* The bytes of s up to the first that JSON has an escape for in strings: quote,
 * backslash, control character. */
size_t json_plain(struct span s);
