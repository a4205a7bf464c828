/* JSON values. The only user of cJSON; `struct json` begins with its node,
 * opaque here. Text is read and written here, as cJSON is lax in both (facts in
 * DESIGN §8): it must be strict UTF-8 without NUL escapes or duplicate keys;
 * integers keep the exact text they came with; numbers outside double's range
 * are refused; depth and size are bounded. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "str.h"

struct json;
struct arena;

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

#define JSON_MAX_DEPTH 200
#define JSON_MAX_BYTES (64u << 20) /* of text */
#define JSON_MAX_VALUES (4 << 20)  /* in one text */

/* Parses exactly one value; err->line is the line in text. The caller frees
 * *out with json_free. ST_INPUT on malformed text, ST_LIMIT over a ceiling. */
MUST_USE enum status json_parse(struct span text, struct json **out,
                                struct err *err);
void json_free(struct json *j); /* NULL is fine */
/* The arena frees it; returns j. */
struct json *json_adopt(struct arena *a, struct json *j);

/* --- reading; every function accepts NULL and then answers as for null --- */
enum json_type json_type(const struct json *j);
const struct json *json_get(const struct json *obj, const char *key);
/* NULL unless a string; NUL-terminated UTF-8, owned by j. */
const char *json_str(const struct json *j);
struct span json_span(const struct json *j);
/* True when j is an integer that fits exactly. */
bool json_int(const struct json *j, int64_t *out);
double json_num(const struct json *j);
/* The text a number came with or would be written as. */
const char *json_num_text(const struct json *j, char room[32]);
bool json_bool(const struct json *j);
/* Member with a default. */
const char *json_get_str(const struct json *obj, const char *key,
                         const char *otherwise);
int64_t json_get_int(const struct json *obj, const char *key,
                     int64_t otherwise);
bool json_get_bool(const struct json *obj, const char *key, bool otherwise);
/* for (c = json_first(j); c; c = json_next(c)) over elements or members. */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *j);
const char *json_key(const struct json *member);
size_t json_size(const struct json *j);
bool json_equal(const struct json *a, const struct json *b);

/* --- building; containers own their children --- */
struct json *json_new(enum json_type type); /* null, false, 0, "", [], {} */
struct json *json_new_bool(bool v);
struct json *json_new_int(int64_t v);
struct json *json_new_num(double v); /* finite, else null */
/* Invalid UTF-8 or NUL inside makes {"$bytes":"<base64>"} instead of a
 * string: the one way to carry any bytes (see wire.h). */
struct json *json_new_bytes(struct span s);
struct json *json_new_str(const char *utf8); /* NULL gives null */
/* Canonical text that is written as it is: nothing can be read from it. */
struct json *json_new_raw(struct span text);
const char *json_raw(const struct json *j); /* NULL for any other */
/* obj[key] = child (replaced if present), arr[#arr+1] = child; both return
 * child. */
struct json *json_put(struct json *obj, const char *key, struct json *child);
/* json_put for a key known to be absent: constant time. Where that is not
 * known, json_repeated tells afterwards. */
struct json *json_add(struct json *obj, const char *key, struct json *child);
/* The second of two members with one name, NULL when all differ. */
const struct json *json_repeated(const struct json *obj);
struct json *json_push(struct json *arr, struct json *child);
void json_put_str(struct json *obj, const char *key, const char *v);
void json_put_int(struct json *obj, const char *key, int64_t v);
void json_put_bool(struct json *obj, const char *key, bool v);
void json_remove(struct json *obj, const char *key);
struct json *json_copy(const struct json *j);
/* A string or {"$bytes":…} back to bytes (arena). False if neither. */
bool json_bytes(const struct json *j, struct arena *a, struct span *out);
/* Calls fn on every string of the tree, member keys included; what fn writes
 * to out replaces it when fn returns true (bytes that no JSON string can hold
 * become U+FFFD; a member name that is then taken gets " (2)", " (3)" behind
 * it). Of {"$bytes":…} the bytes are given. True if anything was replaced. */
bool json_map_strings(struct json *j,
                      bool (*fn)(void *ctx, struct span s, struct buf *out),
                      void *ctx);

/* --- writing --- */
/* Canonical (RFC 8785: members sorted by UTF-16 code units, ECMAScript
 * numbers; integers within int64 in full), one line, no newline. */
void json_write(const struct json *j, struct buf *out);
/* The same, two-space indented, members in the given order. */
void json_pretty(const struct json *j, struct buf *out);
/* s as a JSON string literal; s must be UTF-8. */
void json_quote(struct span s, struct buf *out);

/* --- places: nodes may remember where they came from (0 = unknown) --- */
int json_line(const struct json *j);
int json_column(const struct json *j); /* in characters, from 1 */
void json_set_place(struct json *j, int line, int column);
