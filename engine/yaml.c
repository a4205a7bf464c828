/* Loads YAML into JSON values over libyaml's event parser. */
#include "yaml.h"

#include <stdlib.h>
#include <yaml.h> /* libyaml: our own is in quotes */

#include "arena.h"
#include "yaml_scalar.h"

/* Aliases multiply: what they may add in string bytes, and how many targets
 * there may be. Their nodes are bounded by the caller's max_nodes. */
#define ALIAS_MAX_BYTES ((size_t)1 << 20)
#define MAX_ANCHORS 256

struct anchor {
    const char *name;
    const struct json *node; /* in the tree; NULL while it is being loaded */
};

struct load {
    yaml_parser_t parser;
    struct arena arena;
    struct anchor anchors[MAX_ANCHORS];
    size_t n_anchors;
    size_t max_nodes;
    size_t nodes;
    size_t alias_bytes;
    size_t depth;
    struct err *err;
};

static struct json *load_event(struct load *l, const yaml_event_t *e);

static int line_of(const yaml_event_t *e)
{
    return (int)e->start_mark.line + 1;
}

static struct span text_of(const yaml_event_t *e)
{
    return (struct span){(const char *)e->data.scalar.value,
                         e->data.scalar.length};
}

/* In characters, as editors count. */
static int column_of(const yaml_event_t *e)
{
    return (int)e->start_mark.column + 1;
}

static void *refuse(struct load *l, const yaml_event_t *e, const char *why)
{
    err_at(l->err, ST_INPUT, NULL, line_of(e), "YAML: %s", why);
    l->err->column = column_of(e);
    return NULL;
}

static bool next_event(struct load *l, yaml_event_t *e)
{
    if (yaml_parser_parse(&l->parser, e))
        return true;
    const yaml_parser_t *p = &l->parser;
    int line = (int)p->problem_mark.line + 1;
    if (p->context)
        err_at(l->err, ST_INPUT, NULL, line, "YAML: %s %s", p->problem,
               p->context);
    else
        err_at(l->err, ST_INPUT, NULL, line, "YAML: %s",
               p->problem ? p->problem : "cannot be read");
    l->err->column = (int)p->problem_mark.column + 1;
    return false;
}

/* --- ceilings --- */

struct tally {
    size_t nodes, bytes, depth;
};

static struct tally tally_tree(const struct json *j)
{
    struct tally all = {.nodes = 1, .bytes = json_span(j).n};
    for (const struct json *c = json_first(j); c; c = json_next(c)) {
        struct tally t = tally_tree(c);
        all.nodes += t.nodes;
        all.bytes += t.bytes + (json_key(c) ? strlen(json_key(c)) : 0);
        if (t.depth >= all.depth)
            all.depth = t.depth + 1;
    }
    return all;
}

static bool within(struct load *l, const yaml_event_t *e, const char *what,
                   size_t used, size_t most)
{
    if (used <= most)
        return true;
    err_at(l->err, ST_LIMIT, NULL, line_of(e), "YAML with %s: %zu at most",
           what, most);
    return false;
}

static bool count_nodes(struct load *l, const yaml_event_t *e, size_t more)
{
    l->nodes += more;
    return within(l, e, "too many values, aliases expanded", l->nodes,
                  l->max_nodes);
}

/* --- anchors and aliases --- */

/* *slot stays NULL when the node has no anchor. */
static bool open_anchor(struct load *l, const yaml_event_t *e,
                        const yaml_char_t *name, struct anchor **slot)
{
    if (!name)
        return true;
    if (!within(l, e, "too many anchors", l->n_anchors + 1, MAX_ANCHORS))
        return false;
    *slot = &l->anchors[l->n_anchors++];
    (*slot)->name = arena_strdup(&l->arena, (const char *)name);
    return true;
}

static void close_anchor(struct anchor *slot, const struct json *node)
{
    if (slot)
        slot->node = node;
}

static struct json *load_alias(struct load *l, const yaml_event_t *e)
{
    const char *name = (const char *)e->data.alias.anchor;
    size_t i = l->n_anchors; /* the latest of that name counts */
    while (i && strcmp(l->anchors[i - 1].name, name) != 0)
        i--;
    if (!i)
        return refuse(l, e, "alias of an anchor that is not defined above it");
    const struct json *node = l->anchors[i - 1].node;
    if (!node)
        return refuse(l, e, "alias inside of what it stands for");
    struct tally t = tally_tree(node);
    l->alias_bytes += t.bytes;
    if (!count_nodes(l, e, t.nodes) ||
        !within(l, e, "too much text in aliases", l->alias_bytes,
                ALIAS_MAX_BYTES) ||
        !within(l, e, "too deep nesting", l->depth + t.depth, JSON_MAX_DEPTH))
        return NULL;
    return json_copy(node);
}

/* --- scalars --- */

static bool is_text(struct load *l, const yaml_event_t *e)
{
    struct span s = text_of(e);
    if (span_utf8(s) && !memchr(s.p, '\0', s.n))
        return true;
    refuse(l, e, "a string may not hold NUL");
    return false;
}

static struct json *load_scalar(struct load *l, const yaml_event_t *e)
{
    struct span s = text_of(e);
    const char *tag = (const char *)e->data.scalar.tag;
    if (!is_text(l, e))
        return NULL;
    if (tag && strcmp(tag, YAML_STR_TAG) != 0 && strcmp(tag, "!") != 0)
        return refuse(l, e, "tags other than !!str are not supported");
    if (tag || e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return json_new_bytes(s);
    struct json *j = yaml_plain(s);
    return j ? j
             : refuse(l, e, "number out of range; quote it if it is a string");
}

/* --- collections --- */

static bool open_level(struct load *l, const yaml_event_t *e,
                       const yaml_char_t *tag)
{
    if (tag) {
        refuse(l, e, "tags other than !!str are not supported");
        return false;
    }
    l->depth++;
    return within(l, e, "too deep nesting", l->depth, JSON_MAX_DEPTH);
}

static bool load_items(struct load *l, struct json *arr)
{
    for (;;) {
        yaml_event_t e;
        if (!next_event(l, &e))
            return false;
        bool end = e.type == YAML_SEQUENCE_END_EVENT;
        struct json *child = end ? NULL : load_event(l, &e);
        yaml_event_delete(&e);
        if (!child)
            return end;
        json_push(arr, child);
    }
}

static bool is_key(struct load *l, const yaml_event_t *e)
{
    if (e->type != YAML_SCALAR_EVENT)
        refuse(l, e, "a key must be a scalar");
    else if (e->data.scalar.anchor)
        refuse(l, e, "a key may not have an anchor");
    else if (e->data.scalar.plain_implicit && span_is(text_of(e), "<<"))
        refuse(l, e, "merge keys (<<) are not supported; write them out");
    else
        return is_text(l, e);
    return false;
}

/* The place of a member is its key's. */
static bool load_member(struct load *l, const yaml_event_t *key,
                        struct json *obj)
{
    yaml_event_t e;
    if (!is_key(l, key) || !next_event(l, &e))
        return false;
    struct json *child = load_event(l, &e);
    yaml_event_delete(&e);
    if (!child)
        return false;
    json_set_place(child, line_of(key), column_of(key));
    json_add(obj, text_of(key).p, child);
    return true;
}

static bool load_members(struct load *l, struct json *obj)
{
    bool ok = true;
    bool end = false;
    while (ok && !end) {
        yaml_event_t e;
        if (!next_event(l, &e))
            return false;
        end = e.type == YAML_MAPPING_END_EVENT;
        ok = end || load_member(l, &e, obj);
        yaml_event_delete(&e);
    }
    const struct json *twice = ok ? json_repeated(obj) : NULL;
    if (twice) {
        err_at(l->err, ST_INPUT, NULL, json_line(twice),
               "YAML: key \"%.80s\" appears twice", json_key(twice));
        l->err->column = json_column(twice);
    }
    return ok && !twice;
}

static struct json *load_collection(struct load *l, enum json_type type,
                                    struct anchor *anchor)
{
    struct json *j = json_new(type);
    bool ok = type == JSON_ARRAY ? load_items(l, j) : load_members(l, j);
    l->depth--;
    close_anchor(anchor, j);
    if (ok)
        return j;
    json_free(j);
    return NULL;
}

static struct json *load_node(struct load *l, const yaml_event_t *e)
{
    struct anchor *anchor = NULL;
    struct json *j = NULL;
    switch (e->type) {
    case YAML_ALIAS_EVENT:
        return load_alias(l, e);
    case YAML_SCALAR_EVENT:
        if (open_anchor(l, e, e->data.scalar.anchor, &anchor))
            j = load_scalar(l, e);
        close_anchor(anchor, j);
        return j;
    case YAML_SEQUENCE_START_EVENT:
        if (!open_level(l, e, e->data.sequence_start.tag) ||
            !open_anchor(l, e, e->data.sequence_start.anchor, &anchor))
            return NULL;
        return load_collection(l, JSON_ARRAY, anchor);
    case YAML_MAPPING_START_EVENT:
        if (!open_level(l, e, e->data.mapping_start.tag) ||
            !open_anchor(l, e, e->data.mapping_start.anchor, &anchor))
            return NULL;
        return load_collection(l, JSON_OBJECT, anchor);
    default:
        return refuse(l, e, "unexpected end");
    }
}

static struct json *load_event(struct load *l, const yaml_event_t *e)
{
    if (!count_nodes(l, e, e->type == YAML_ALIAS_EVENT ? 0 : 1))
        return NULL;
    struct json *j = load_node(l, e);
    if (j)
        json_set_place(j, line_of(e), column_of(e));
    return j;
}

/* --- the document --- */

/* One event between the ends of the stream. */
static bool load_top(struct load *l, const yaml_event_t *e, struct json **root)
{
    switch (e->type) {
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    case YAML_DOCUMENT_START_EVENT:
        if (*root)
            refuse(l, e, "more than one document");
        return !*root;
    default:
        *root = load_event(l, e);
        return *root != NULL;
    }
}

static bool load_stream(struct load *l, struct json **root)
{
    bool ok = true;
    bool end = false;
    while (ok && !end) {
        yaml_event_t e;
        if (!next_event(l, &e))
            return false;
        end = e.type == YAML_STREAM_END_EVENT;
        ok = load_top(l, &e, root);
        yaml_event_delete(&e);
    }
    return ok;
}

enum status yaml_parse(struct span text, size_t max_nodes, struct json **out,
                       struct err *err)
{
    struct load *l = mem_alloc(sizeof *l);
    struct json *root = NULL;
    l->max_nodes = max_nodes;
    l->err = err;
    if (!span_utf8(text)) {
        err_set(err, ST_INPUT, "YAML: not UTF-8");
    } else if (!yaml_parser_initialize(&l->parser)) {
        abort(); /* out of memory, the only cause */
    } else {
        yaml_parser_set_encoding(&l->parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(
            &l->parser, (const unsigned char *)(text.n ? text.p : ""), text.n);
        bool ok = load_stream(l, &root);
        yaml_parser_delete(&l->parser);
        if (!ok) {
            json_free(root);
            root = NULL;
        } else if (!root) {
            root = json_new(JSON_OBJECT);
        }
    }
    arena_release(&l->arena);
    mem_free(l);
    if (!root)
        return err->st;
    *out = root;
    return ST_OK;
}
