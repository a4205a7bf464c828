/* Reads the front matter by table. */
#include "front.h"

#include <stddef.h>

#include "clock.h"
#include "lines.h"
#include "param.h"
#include "yaml.h"

#define FRONT_MAX_NODES 10000

/* --- where it stands --- */

static bool is_rule(struct span line)
{
    return span_starts(line, "---") && !span_trim(span_sub(line, 3, line.n)).n;
}

bool front_opens(struct span src)
{
    struct span rest = span_sub(src, bom_length(src), src.n);
    return is_rule(line_cut(&rest)) && span_trim(line_cut(&rest)).n;
}

bool front_find(struct span src, struct front_place *out)
{
    if (!front_opens(src))
        return false;
    struct span rest = span_sub(src, bom_length(src), src.n);
    (void)line_cut(&rest);
    const char *yaml = rest.p;
    for (int lines = 2; rest.n; lines++) {
        const char *at = rest.p;
        if (!is_rule(line_cut(&rest)))
            continue;
        out->yaml = (struct span){yaml, (size_t)(at - yaml)};
        out->end = src.n - rest.n;
        out->lines = lines;
        return true;
    }
    return false;
}

/* --- the keys --- */

struct reader {
    struct front *out;
    struct arena *arena;
    struct err *err;
};

struct key {
    const char *name;
    enum status (*read)(struct reader *r, const struct key *k,
                        const struct json *v);
    size_t at; /* of the field in struct front */
};

static enum status refuse(struct reader *r, const struct key *k,
                          const struct json *v, const char *want)
{
    return err_at(r->err, ST_INPUT, NULL, json_line(v), "%s: %s", k->name,
                  want);
}

static const char **field(struct reader *r, const struct key *k)
{
    return (const char **)(void *)((char *)r->out + k->at);
}

static enum status read_text(struct reader *r, const struct key *k,
                             const struct json *v)
{
    char room[32];
    if (json_type(v) == JSON_STRING)
        *field(r, k) = json_str(v);
    else if (json_type(v) == JSON_NUMBER)
        *field(r, k) = arena_strdup(r->arena, json_num_text(v, room));
    else
        return refuse(r, k, v, "must be a text on one line");
    return ST_OK;
}

static enum status read_date(struct reader *r, const struct key *k,
                             const struct json *v)
{
    int64_t ms;
    struct span text = json_span(v);
    *field(r, k) = json_str(v);
    if (span_is(text, "TBD") || (text.n && time_parse(text, &ms)))
        return ST_OK;
    return refuse(r, k, v, "must be a date, as in 2026-11-23, or TBD");
}

static enum status read_period(struct reader *r, const struct key *k,
                               const struct json *v)
{
    int64_t ms;
    *field(r, k) = json_str(v);
    if (json_str(v) && duration_parse(json_span(v), &ms))
        return ST_OK;
    return refuse(r, k, v, "must be a duration, as in 7d or 12h");
}

static bool is_doc_hash(struct span s)
{
    if (!span_starts(s, "sha256:") || s.n != strlen("sha256:") + 64)
        return false;
    for (size_t i = strlen("sha256:"); i < s.n; i++)
        if (!s.p[i] || !strchr("0123456789abcdef", s.p[i]))
            return false;
    return true;
}

static enum status read_hash(struct reader *r, const struct key *k,
                             const struct json *v)
{
    *field(r, k) = json_str(v);
    if (span_is(json_span(v), "TBD") || is_doc_hash(json_span(v)))
        return ST_OK;
    return refuse(r, k, v,
                  "must be TBD or sha256: and 64 hex digits, as `runproof "
                  "stamp` writes it");
}

static enum status read_epoch(struct reader *r, const struct key *k,
                              const struct json *v)
{
    if (json_str(v) && time_parse(json_span(v), &r->out->epoch_ms))
        return ST_OK;
    return refuse(r, k, v, "must be a time, as in 2026-11-23T13:00:00Z");
}

static enum status read_evidence(struct reader *r, const struct key *k,
                                 const struct json *v)
{
    r->out->evidence_copy = span_is(json_span(v), "copy");
    if (r->out->evidence_copy || span_is(json_span(v), "inline"))
        return ST_OK;
    return refuse(r, k, v, "must be inline or copy");
}

static enum status read_environments(struct reader *r, const struct key *k,
                                     const struct json *v)
{
    if (json_type(v) != JSON_ARRAY)
        return refuse(r, k, v, "must be a list, as in [staging, production]");
    const char **list = arena_array(r->arena, json_size(v) + 1, sizeof(char *));
    r->out->environments = list;
    for (const struct json *e = json_first(v); e; e = json_next(e)) {
        if (!json_str(e))
            return refuse(r, k, e, "must hold names only");
        *list++ = json_str(e);
    }
    return ST_OK;
}

static enum status read_params(struct reader *r, const struct key *k,
                               const struct json *v)
{
    if (json_type(v) != JSON_OBJECT)
        return refuse(r, k, v, "must map names to {type: …}");
    r->out->params =
        arena_array(r->arena, json_size(v), sizeof *r->out->params);
    for (const struct json *e = json_first(v); e; e = json_next(e)) {
        struct param *p = &r->out->params[r->out->n_params++];
        if (param_read(e, p, r->err) != ST_OK)
            return r->err->st;
    }
    return ST_OK;
}

#define FIELD(name) offsetof(struct front, name)

/* clang-format off */
#define KEYS(X)                                                                \
    X("title",          read_text,         FIELD(title))                       \
    X("owner",          read_text,         FIELD(owner))                       \
    X("environments",   read_environments, 0)                                  \
    X("epoch",          read_epoch,        0)                                  \
    X("doc",            read_text,         FIELD(doc))                         \
    X("last_reviewed",  read_date,         FIELD(last_reviewed))               \
    X("expires",        read_date,         FIELD(expires))                     \
    X("doc_hash",       read_hash,         FIELD(doc_hash))                    \
    X("last_exercised", read_text,         FIELD(last_exercised))              \
    X("exercise_every", read_period,       FIELD(exercise_every))              \
    X("evidence",       read_evidence,     0)                                  \
    X("fixtures",       read_text,         FIELD(fixtures))                    \
    X("params",         read_params,       0)
/* clang-format on */

#define ROW(name, read, at) {name, read, at},
#define NAME(name, read, at) name,

static const struct key keys[] = {KEYS(ROW)};
static const char *const names[] = {KEYS(NAME) NULL};

const char *const *front_names(void)
{
    return names;
}

static const struct key *key_of(const char *name)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

/* --- the whole --- */

static enum status read_all(struct reader *r)
{
    struct front *f = r->out;
    size_t n = json_size(f->tree);
    f->unknown = arena_array(r->arena, n, sizeof *f->unknown);
    f->unknown_line = arena_array(r->arena, n, sizeof *f->unknown_line);
    for (const struct json *e = json_first(f->tree); e; e = json_next(e)) {
        const struct key *k = key_of(json_key(e));
        if (!k) {
            f->unknown_line[f->n_unknown] = json_line(e) + 1;
            f->unknown[f->n_unknown++] = json_key(e);
        } else if (json_type(e) != JSON_NULL && k->read(r, k, e) != ST_OK) {
            return r->err->st;
        }
    }
    return ST_OK;
}

static enum status read_yaml(struct reader *r, struct span yaml)
{
    if (yaml.n > FRONT_MAX_BYTES)
        return err_set(r->err, ST_LIMIT,
                       "the front matter is over %u bytes: shorten it",
                       FRONT_MAX_BYTES);
    struct json *tree = NULL;
    if (yaml_parse(yaml, FRONT_MAX_NODES, &tree, r->err) != ST_OK)
        return r->err->st;
    r->out->tree = json_adopt(r->arena, tree);
    if (json_type(tree) != JSON_OBJECT)
        return err_set(r->err, ST_INPUT,
                       "the front matter must hold `key: value` lines");
    return read_all(r);
}

enum status front_parse(struct span src, struct arena *a, struct front *out,
                        struct err *err)
{
    *out = (struct front){.epoch_ms = -1};
    struct front_place place;
    if (!front_opens(src))
        return ST_OK;
    if (!front_find(src, &place))
        return err_at(err, ST_INPUT, NULL, 1,
                      "the front matter is never closed: end it with a line "
                      "---, or put a blank line below a thematic break");
    out->present = true;
    out->end = place.end;
    out->lines = place.lines;
    struct err inner = {0};
    struct reader r = {out, a, &inner};
    if (read_yaml(&r, place.yaml) == ST_OK)
        return ST_OK;
    /* Lines were counted from the one behind the opening `---`. */
    return err_at(err, inner.st, NULL, inner.line + 1, "%s", inner.msg);
}
