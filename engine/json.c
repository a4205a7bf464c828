/* Wraps cJSON's tree: parsing, reading, building. */
#include "json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "hash.h"
#include "json_node.h"
#include "json_scan.h"

/* struct json is a cJSON. Two of its fields carry more than cJSON means:
 * valueint is the line of any node (a number's value is in valuedouble), and
 * valuestring of a number is its text, where a double may not hold it. The
 * bits of type above cJSON's own hold the column: cJSON masks and copies
 * them. */
#define COLUMN_SHIFT 10
#define COLUMN_MAX ((1 << 20) - 1)

static cJSON *node(struct json *j)
{
    return (cJSON *)j;
}

static const cJSON *peek(const struct json *j)
{
    return (const cJSON *)j;
}

static struct json *wrap(cJSON *c)
{
    return (struct json *)c;
}

/* A tree may hold secrets (vault_fill): nothing of it stays behind. */
static void wipe(void *p)
{
    if (p)
        explicit_bzero(p, malloc_usable_size(p));
    mem_free(p);
}

/* Before main, since any function may be the first to allocate; with these
 * hooks no cJSON call fails for want of memory. */
__attribute__((constructor)) static void hook_memory(void)
{
    cJSON_Hooks hooks = {mem_alloc, wipe};
    cJSON_InitHooks(&hooks);
}

static char *text_copy(struct span s)
{
    char *p = mem_alloc(s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}

static void text_replace(char **text, struct span with)
{
    char *fresh = text_copy(with);
    wipe(*text);
    *text = fresh;
}

/* --- members by name --- */

static int by_name(const void *a, const void *b)
{
    const cJSON *x = *(cJSON *const *)a;
    const cJSON *y = *(cJSON *const *)b;
    int c = strcmp(x->string, y->string);
    return c ? c : (x->valueint > y->valueint) - (x->valueint < y->valueint);
}

struct json **json_by_name(const struct json *obj, size_t *count)
{
    struct json **all = mem_alloc(json_size(obj) * sizeof *all);
    *count = 0;
    for (cJSON *c = peek(obj)->child; c; c = c->next)
        all[(*count)++] = wrap(c);
    qsort(all, *count, sizeof *all, by_name);
    return all;
}

const struct json *json_repeated(const struct json *obj)
{
    size_t n = 0;
    struct json **all = json_by_name(obj, &n);
    const struct json *found = NULL;
    for (size_t i = 1; i < n && !found; i++)
        if (strcmp(json_key(all[i - 1]), json_key(all[i])) == 0)
            found = all[i];
    mem_free(all);
    return found;
}

/* --- parsing --- */

/* Gives the tree its lines and exact integers: both walks are in document
 * order. Refuses repeated members on the way. */
static enum status settle(cJSON *c, const struct json_place **at,
                          struct err *err)
{
    c->valueint = (*at)->line;
    if ((*at)->integer.n)
        c->valuestring = text_copy((*at)->integer);
    (*at)++;
    for (cJSON *child = c->child; child; child = child->next)
        if (settle(child, at, err) != ST_OK)
            return err->st;
    if (!cJSON_IsObject(c) || !c->child)
        return ST_OK;
    const struct json *twice = json_repeated(wrap(c));
    if (!twice)
        return ST_OK;
    return err_at(err, ST_INPUT, NULL, json_line(twice),
                  "not JSON: member \"%.80s\" appears twice", json_key(twice));
}

enum status json_parse(struct span text, struct json **out, struct err *err)
{
    struct json_places places = {0};
    enum status st = json_scan(text, &places, err);
    cJSON *root = NULL;
    if (st == ST_OK) {
        root = cJSON_ParseWithLength(text.p, text.n);
        const struct json_place *at = places.v;
        st = root ? settle(root, &at, err)
                  : err_set(err, ST_INTERNAL,
                            "cJSON refuses text that the scanner accepted");
    }
    mem_free(places.v);
    if (st == ST_OK)
        *out = wrap(root);
    else
        cJSON_Delete(root);
    return st;
}

void json_free(struct json *j)
{
    cJSON_Delete(node(j));
}

static void free_node(void *j)
{
    cJSON_Delete(j);
}

struct json *json_adopt(struct arena *a, struct json *j)
{
    arena_defer(a, free_node, j);
    return j;
}

/* --- reading --- */

enum json_type json_type(const struct json *j)
{
    if (!j)
        return JSON_NULL;
    switch (peek(j)->type & 0xFF) {
    case cJSON_False:
    case cJSON_True:
        return JSON_BOOL;
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

static cJSON *find_member(const struct json *obj, const char *key)
{
    if (json_type(obj) != JSON_OBJECT)
        return NULL;
    cJSON *c = peek(obj)->child;
    while (c && strcmp(c->string, key) != 0)
        c = c->next;
    return c;
}

const struct json *json_get(const struct json *obj, const char *key)
{
    return wrap(find_member(obj, key));
}

const char *json_str(const struct json *j)
{
    return json_type(j) == JSON_STRING ? peek(j)->valuestring : NULL;
}

struct span json_span(const struct json *j)
{
    return span_of(json_str(j));
}

bool json_int(const struct json *j, int64_t *out)
{
    if (json_type(j) != JSON_NUMBER)
        return false;
    const cJSON *c = peek(j);
    if (c->valuestring) {
        errno = 0;
        long long v = strtoll(c->valuestring, NULL, 10);
        if (errno == ERANGE)
            return false;
        *out = v;
        return true;
    }
    double v = c->valuedouble;
    if (v != trunc(v) || v < -0x1p63 || v >= 0x1p63)
        return false;
    *out = (int64_t)v;
    return true;
}

double json_num(const struct json *j)
{
    return json_type(j) == JSON_NUMBER ? peek(j)->valuedouble : 0;
}

const char *json_num_text(const struct json *j, char room[32])
{
    if (json_type(j) == JSON_NUMBER && peek(j)->valuestring)
        return peek(j)->valuestring;
    struct buf text = {0};
    json_write(json_type(j) == JSON_NUMBER ? j : NULL, &text);
    snprintf(room, 32, "%s", buf_cstr(&text));
    buf_release(&text);
    return room;
}

bool json_bool(const struct json *j)
{
    return j && cJSON_IsTrue(peek(j));
}

const char *json_get_str(const struct json *obj, const char *key,
                         const char *otherwise)
{
    const char *s = json_str(json_get(obj, key));
    return s ? s : otherwise;
}

int64_t json_get_int(const struct json *obj, const char *key, int64_t otherwise)
{
    int64_t v = otherwise;
    return json_int(json_get(obj, key), &v) ? v : otherwise;
}

bool json_get_bool(const struct json *obj, const char *key, bool otherwise)
{
    const struct json *j = json_get(obj, key);
    return json_type(j) == JSON_BOOL ? json_bool(j) : otherwise;
}

const struct json *json_first(const struct json *j)
{
    return j ? wrap(peek(j)->child) : NULL;
}

const struct json *json_next(const struct json *j)
{
    return j ? wrap(peek(j)->next) : NULL;
}

const char *json_key(const struct json *member)
{
    return member ? peek(member)->string : NULL;
}

size_t json_size(const struct json *j)
{
    size_t n = 0;
    for (const struct json *c = json_first(j); c; c = json_next(c))
        n++;
    return n;
}

/* Equal means the same canonical bytes. */
bool json_equal(const struct json *a, const struct json *b)
{
    struct buf x = {0};
    struct buf y = {0};
    json_write(a, &x);
    json_write(b, &y);
    bool same = span_eq(buf_view(&x), buf_view(&y));
    buf_release(&x);
    buf_release(&y);
    return same;
}

/* --- building --- */

struct json *json_new(enum json_type type)
{
    switch (type) {
    case JSON_BOOL:
        return wrap(cJSON_CreateFalse());
    case JSON_NUMBER:
        return json_new_num(0);
    case JSON_STRING:
        return wrap(cJSON_CreateString(""));
    case JSON_ARRAY:
        return wrap(cJSON_CreateArray());
    case JSON_OBJECT:
        return wrap(cJSON_CreateObject());
    case JSON_NULL:
        break;
    }
    return wrap(cJSON_CreateNull());
}

struct json *json_new_bool(bool v)
{
    return wrap(cJSON_CreateBool(v));
}

struct json *json_new_num(double v)
{
    if (!isfinite(v))
        return json_new(JSON_NULL);
    cJSON *c = cJSON_CreateNumber(v);
    c->valueint = 0;
    return wrap(c);
}

struct json *json_new_int(int64_t v)
{
    struct json *j = json_new_num((double)v);
    if (v > -(INT64_C(1) << 53) && v < (INT64_C(1) << 53))
        return j;
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)v);
    node(j)->valuestring = text_copy(span_of(text));
    return j;
}

static struct json *new_string(struct span s)
{
    cJSON *c = cJSON_CreateString("");
    text_replace(&c->valuestring, s);
    return wrap(c);
}

struct json *json_new_bytes(struct span s)
{
    if (span_utf8(s) && (!s.n || !memchr(s.p, '\0', s.n)))
        return new_string(s);
    struct buf coded = {0};
    base64_encode(s, &coded);
    struct json *j = json_new(JSON_OBJECT);
    json_add(j, "$bytes", new_string(buf_view(&coded)));
    buf_release(&coded);
    return j;
}

struct json *json_new_raw(struct span text)
{
    cJSON *c = cJSON_CreateNull();
    c->type = cJSON_Raw;
    c->valuestring = text_copy(text);
    return wrap(c);
}

const char *json_raw(const struct json *j)
{
    bool raw = j && (peek(j)->type & 0xFF) == cJSON_Raw;
    return raw ? peek(j)->valuestring : NULL;
}

struct json *json_new_str(const char *utf8)
{
    return utf8 ? json_new_bytes(span_of(utf8)) : json_new(JSON_NULL);
}

struct json *json_put(struct json *obj, const char *key, struct json *child)
{
    cJSON *old = find_member(obj, key);
    if (!old)
        return json_add(obj, key, child);
    text_replace(&node(child)->string, span_of(key));
    cJSON_ReplaceItemViaPointer(node(obj), old, node(child));
    return child;
}

struct json *json_add(struct json *obj, const char *key, struct json *child)
{
    cJSON_AddItemToObject(node(obj), key, node(child));
    return child;
}

struct json *json_push(struct json *arr, struct json *child)
{
    cJSON_AddItemToArray(node(arr), node(child));
    return child;
}

void json_put_str(struct json *obj, const char *key, const char *v)
{
    json_put(obj, key, json_new_str(v));
}

void json_put_int(struct json *obj, const char *key, int64_t v)
{
    json_put(obj, key, json_new_int(v));
}

void json_put_bool(struct json *obj, const char *key, bool v)
{
    json_put(obj, key, json_new_bool(v));
}

void json_remove(struct json *obj, const char *key)
{
    cJSON *c = find_member(obj, key);
    if (c)
        cJSON_Delete(cJSON_DetachItemViaPointer(node(obj), c));
}

struct json *json_copy(const struct json *j)
{
    return j ? wrap(cJSON_Duplicate(peek(j), true)) : json_new(JSON_NULL);
}

bool json_bytes(const struct json *j, struct arena *a, struct span *out)
{
    const char *coded = json_str(json_get(j, "$bytes"));
    if (json_type(j) == JSON_STRING) {
        *out = (struct span){span_dup(a, json_span(j)), json_span(j).n};
        return true;
    }
    struct buf plain = {0};
    bool ok =
        coded && json_size(j) == 1 && base64_decode(span_of(coded), &plain);
    if (ok)
        *out = (struct span){span_dup(a, buf_view(&plain)), plain.n};
    buf_release(&plain);
    return ok;
}

void json_set_str(struct json *j, struct span utf8)
{
    text_replace(&node(j)->valuestring, utf8);
}

void json_set_key(struct json *member, struct span key)
{
    text_replace(&node(member)->string, key);
}

/* --- places --- */

int json_line(const struct json *j)
{
    return j ? peek(j)->valueint : 0;
}

int json_column(const struct json *j)
{
    return j ? peek(j)->type >> COLUMN_SHIFT : 0;
}

void json_set_place(struct json *j, int line, int column)
{
    int kept = column > COLUMN_MAX ? 0 : column;
    node(j)->valueint = line;
    node(j)->type &= (1 << COLUMN_SHIFT) - 1;
    node(j)->type |= kept << COLUMN_SHIFT;
}
