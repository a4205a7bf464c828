/* Reads, writes and hashes plan.json. */
#include "plan_file.h"

#include <stdio.h>
#include <string.h>

#include "file.h"

#define PLAN_MAX_BYTES ((size_t)32 << 20)

/* What a member must be; what is read for people alone is not hashed. */
struct member {
    const char *name;
    unsigned types; /* bits of 1 << enum json_type */
    bool hashed;
};

#define IS_TEXT (1u << JSON_STRING)
#define IS_OPEN (1u << JSON_NULL)
#define IS_ANY ~0u

static const struct member plan_members[] = {
    {"type", IS_TEXT, true},
    {"runbook", IS_TEXT, true},
    {"environment", IS_TEXT, true},
    {"source", IS_TEXT, true},
    {"inputs", 1u << JSON_OBJECT, true},
    {"modules", IS_TEXT, true},
    {"policy", IS_TEXT, true},
    {"config", IS_TEXT | IS_OPEN, true},
    {"changes", 1u << JSON_ARRAY, true},
    {"reads", 1u << JSON_ARRAY, false},
    {"stops", 1u << JSON_ARRAY, false},
    {"hash", IS_TEXT, false},
    {0},
};

static const struct member change_members[] = {
    {"step", IS_TEXT, true},
    {"n", 1u << JSON_NUMBER, true},
    {"task", IS_TEXT | IS_OPEN, true},
    {"op", IS_TEXT, true},
    {"class", IS_TEXT, true},
    {"row", IS_TEXT | IS_OPEN, true},
    {"object", IS_TEXT, true},
    {"args", 1u << JSON_OBJECT, true},
    {"digest", IS_TEXT, true},
    {"binds", 1u << JSON_OBJECT, true},
    {"refused", 1u << JSON_BOOL, true},
    {"before", IS_ANY, false},
    {"after", IS_ANY, false},
    {0},
};

/* --- the hash -------------------------------------------------------- */

static struct json *hashed_part(const struct json *j, const struct member *m)
{
    struct json *part = json_new(JSON_OBJECT);
    for (; m->name; m++)
        if (m->hashed)
            json_put(part, m->name, json_copy(json_get(j, m->name)));
    return part;
}

static struct digest digest_of(const struct json *j)
{
    struct buf text = {0};
    json_write(j, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return d;
}

struct digest plan_file_hash(const struct json *whole)
{
    struct json *part = hashed_part(whole, plan_members);
    struct json *changes = json_put(part, "changes", json_new(JSON_ARRAY));
    const struct json *c = json_first(json_get(whole, "changes"));
    for (; c; c = json_next(c))
        json_push(changes, hashed_part(c, change_members));
    struct digest d = digest_of(part);
    json_free(part);
    return d;
}

struct digest plan_change_digest(const char *op, const struct json *args)
{
    struct buf text = {0};
    buf_printf(&text, "%s\n", op);
    json_write(args, &text);
    struct digest d = hash_sha256(buf_view(&text));
    buf_release(&text);
    return d;
}

/* --- reading --------------------------------------------------------- */

static const struct member *find_member(const struct member *m,
                                        const char *name)
{
    for (; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

/* Every member is there, of its type, and no other: what is not known is not
 * hashed, and would be read as if it were approved. */
static enum status check_members(const struct json *j, const struct member *all,
                                 const char *what, struct err *err)
{
    for (const struct json *c = json_first(j); c; c = json_next(c))
        if (!find_member(all, json_key(c)))
            return err_set(err, ST_INPUT,
                           "%s has a member that is not known here: %s", what,
                           json_key(c));
    for (const struct member *m = all; m->name; m++) {
        const struct json *member = json_get(j, m->name);
        if (!member || !(m->types & (1u << json_type(member))))
            return err_set(err, ST_INPUT,
                           "%s lacks %s, or it is of another "
                           "type",
                           what, m->name);
    }
    return ST_OK;
}

static enum status check_change(const struct json *c, int64_t n,
                                struct err *err)
{
    char what[48];
    snprintf(what, sizeof what, "change %lld", (long long)n);
    if (json_type(c) != JSON_OBJECT)
        return err_set(err, ST_INPUT, "%s is no object", what);
    if (check_members(c, change_members, what, err) != ST_OK)
        return err->st;
    if (json_get_int(c, "n", 0) != n)
        return err_set(err, ST_INPUT, "%s is numbered otherwise", what);
    struct digest d =
        plan_change_digest(json_get_str(c, "op", ""), json_get(c, "args"));
    if (strcmp(d.hex, json_get_str(c, "digest", "")) != 0)
        return err_set(err, ST_TAMPERED,
                       "%s was changed: its digest is not that of its "
                       "arguments; make the plan anew",
                       what);
    return ST_OK;
}

static enum status check_plan(const struct json *whole, struct err *err)
{
    const char *type = json_get_str(whole, "type", "");
    if (json_type(whole) != JSON_OBJECT || strcmp(type, PLAN_FILE_TYPE) != 0)
        return err_set(err, ST_INPUT,
                       "not a plan of this version (" PLAN_FILE_TYPE
                       "): make one by `runproof plan -o`");
    if (check_members(whole, plan_members, "the plan", err) != ST_OK)
        return err->st;
    int64_t n = 0;
    const struct json *c = json_first(json_get(whole, "changes"));
    for (; c && err->st == ST_OK; c = json_next(c))
        (void)check_change(c, ++n, err);
    if (err->st != ST_OK)
        return err->st;
    if (strcmp(plan_file_hash(whole).hex, json_get_str(whole, "hash", "")) != 0)
        return err_set(err, ST_TAMPERED,
                       "the plan was changed: its hash is not that of its "
                       "content; make it anew");
    return ST_OK;
}

enum status plan_file_parse(struct span text, const char *name,
                            struct plan_file *out, struct err *err)
{
    struct json *whole = NULL;
    *out = (struct plan_file){0};
    enum status st = json_parse(text, &whole, err);
    out->whole = json_adopt(&out->arena, whole);
    if (st == ST_OK)
        st = check_plan(whole, err);
    if (st != ST_OK)
        return err_place(err, name, err->line);
    out->changes = json_get(whole, "changes");
    out->runbook = json_get_str(whole, "runbook", "");
    out->environment = json_get_str(whole, "environment", "");
    out->hash = json_get_str(whole, "hash", "");
    return ST_OK;
}

enum status plan_file_read(const char *path, struct plan_file *out,
                           struct err *err)
{
    struct buf text = {0};
    *out = (struct plan_file){0};
    enum status st = file_read(path, PLAN_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = plan_file_parse(buf_view(&text), path, out, err);
    buf_release(&text);
    return st;
}

void plan_file_release(struct plan_file *f)
{
    arena_release(&f->arena);
    *f = (struct plan_file){0};
}

/* --- writing --------------------------------------------------------- */

enum status plan_file_write(const char *path, struct json *whole,
                            struct err *err)
{
    struct buf text = {0};
    json_put_str(whole, "hash", plan_file_hash(whole).hex);
    json_write(whole, &text);
    buf_char(&text, '\n');
    enum status st = file_replace(path, buf_view(&text), err);
    buf_release(&text);
    return st;
}
