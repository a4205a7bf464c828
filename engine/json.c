/* Wraps cJSON's tree: reading and building. */
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

#define NAME_ROOM 16
/* The bits of a node's type above cJSON's own hold the column: cJSON masks and
 * copies them. */
#define COLUMN_SHIFT 10
#define COLUMN_MAX ((1 << 20) - 1)
#define FEW_MEMBERS 8

/* A value is cJSON's node with its text behind it, and a short name too: one
 * object of memory instead of three. To cJSON the text is somebody else's
 * (cJSON_IsReference) and so is the name (cJSON_StringIsConst), until they are
 * replaced. Two of its fields carry more than cJSON means: valueint is the line
 * of any node (a number's value is in valuedouble), and valuestring of a number
 * is its text, where a double may not hold it. */
struct json {
    cJSON c; /* first: cJSON takes one for the other */
    char name[NAME_ROOM];
    char text[];
};

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

/* Before main, since any function may be the first to free. */
__attribute__((constructor)) static void hook_memory(void)
{
    cJSON_Hooks hooks = {mem_alloc, wipe};
    cJSON_InitHooks(&hooks);
}

static struct json *new_node(int type)
{
    struct json *j = mem_alloc(sizeof *j);
    j->c.type = type;
    return j;
}

static struct json *new_with_text(int type, struct span text)
{
    struct json *j = mem_alloc(sizeof *j + text.n + 1);
    j->c.type = type | cJSON_IsReference;
    j->c.valuestring = j->text;
    if (text.n)
        memcpy(j->text, text.p, text.n);
    return j;
}

static char *text_copy(struct span s)
{
    char *p = mem_alloc(s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}

/* Replaces *text, which was node's own unless flag says that it was not. */
static void text_replace(cJSON *c, char **text, int flag, struct span with)
{
    char *fresh = text_copy(with);
    if (!(c->type & flag))
        wipe(*text);
    else if (*text)
        explicit_bzero(*text, strlen(*text));
    c->type &= ~flag;
    *text = fresh;
}

/* --- members by name --- */

/* Most names differ in their first letter. */
static bool is_same(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

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

/* The same without sorting, for as many as this is quicker for. */
static const struct json *repeated_of_few(const struct json *obj)
{
    for (const cJSON *c = peek(obj)->child; c; c = c->next)
        for (const cJSON *b = peek(obj)->child; b != c; b = b->next)
            if (is_same(b->string, c->string))
                return (const struct json *)c;
    return NULL;
}

const struct json *json_repeated(const struct json *obj)
{
    if (json_size(obj) <= FEW_MEMBERS)
        return repeated_of_few(obj);
    size_t n = 0;
    struct json **all = json_by_name(obj, &n);
    const struct json *found = NULL;
    for (size_t i = 1; i < n && !found; i++)
        if (strcmp(json_key(all[i - 1]), json_key(all[i])) == 0)
            found = all[i];
    mem_free(all);
    return found;
}

/* --- memory --- */

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
    while (c && !is_same(c->string, key))
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
    static const int types[] = {
        [JSON_NULL] = cJSON_NULL,     [JSON_BOOL] = cJSON_False,
        [JSON_NUMBER] = cJSON_Number, [JSON_STRING] = cJSON_String,
        [JSON_ARRAY] = cJSON_Array,   [JSON_OBJECT] = cJSON_Object,
    };
    return type == JSON_STRING ? json_new_text(SPAN(""))
                               : new_node(types[type]);
}

struct json *json_new_bool(bool v)
{
    return new_node(v ? cJSON_True : cJSON_False);
}

struct json *json_new_exact(double v, struct span digits)
{
    struct json *j =
        digits.n ? new_with_text(cJSON_Number, digits) : new_node(cJSON_Number);
    j->c.valuedouble = v;
    return j;
}

struct json *json_new_num(double v)
{
    return isfinite(v) ? json_new_exact(v, SPAN("")) : json_new(JSON_NULL);
}

struct json *json_new_int(int64_t v)
{
    if (v > -(INT64_C(1) << 53) && v < (INT64_C(1) << 53))
        return json_new_exact((double)v, SPAN(""));
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)v);
    return json_new_exact((double)v, span_of(text));
}

struct json *json_new_text(struct span utf8)
{
    return new_with_text(cJSON_String, utf8);
}

struct json *json_new_bytes(struct span s)
{
    if (span_utf8(s) && (!s.n || !memchr(s.p, '\0', s.n)))
        return json_new_text(s);
    struct buf coded = {0};
    base64_encode(s, &coded);
    struct json *j = json_new(JSON_OBJECT);
    json_add(j, "$bytes", json_new_text(buf_view(&coded)));
    buf_release(&coded);
    return j;
}

struct json *json_new_raw(struct span text)
{
    return new_with_text(cJSON_Raw, text);
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
    json_set_key(child, span_of(key));
    cJSON_ReplaceItemViaPointer(node(obj), old, node(child));
    return child;
}

struct json *json_add(struct json *obj, const char *key, struct json *child)
{
    json_set_key(child, span_of(key));
    return json_push(obj, child);
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
    if (!j)
        return json_new(JSON_NULL);
    const cJSON *from = peek(j);
    int type = from->type & 0xFF;
    struct json *to = from->valuestring
                          ? new_with_text(type, span_of(from->valuestring))
                          : new_node(type);
    to->c.valuedouble = from->valuedouble;
    to->c.valueint = from->valueint;
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        struct json *child = json_push(to, json_copy(c));
        if (json_key(c))
            json_set_key(child, span_of(json_key(c)));
    }
    return to;
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
    cJSON *c = node(j);
    text_replace(c, &c->valuestring, cJSON_IsReference, utf8);
}

void json_set_key(struct json *member, struct span key)
{
    cJSON *c = node(member);
    if (c->string || key.n >= NAME_ROOM) {
        text_replace(c, &c->string, cJSON_StringIsConst, key);
        return;
    }
    memcpy(member->name, key.p, key.n);
    c->string = member->name;
    c->type |= cJSON_StringIsConst;
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
