/* Finds the candidates of all rules in one pass (the only user of
 * vectorscan). */
#include <hs.h>
#include <limits.h>

#include "scan_part.h"

struct matcher {
    hs_database_t *database;
    size_t reach;
};

struct matcher_scratch {
    hs_scratch_t *scratch;
};

/* hs_expression_info hands out what malloc gave: by default the C library's,
 * whose free is mem_free. */
static void free_info(hs_expr_info_t *info)
{
    mem_free(info);
}

struct listener {
    bool (*found)(void *ctx, unsigned line, size_t end);
    void *ctx;
};

static enum status compile(struct matcher *m, const struct leak_rules *rules,
                           struct err *err)
{
    struct arena a = {0};
    const char **patterns = arena_array(&a, rules->n_lines, sizeof *patterns);
    unsigned *ids = arena_array(&a, rules->n_lines, sizeof *ids);
    hs_compile_error_t *wrong = NULL;
    for (size_t i = 0; i < rules->n_lines; i++) {
        patterns[i] = rules->lines[i].pattern;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_multi(patterns, NULL, ids, (unsigned)rules->n_lines,
                         HS_MODE_BLOCK, NULL, &m->database,
                         &wrong) != HS_SUCCESS)
        (void)err_set(err, ST_INTERNAL, "the pattern of %s: %s",
                      wrong->expression >= 0
                          ? rules->lines[wrong->expression].rule->name
                          : "all rules",
                      wrong->message);
    hs_free_compile_error(wrong);
    arena_release(&a);
    return err->st;
}

/* How wide a candidate of any rule can be. */
static enum status measure(struct matcher *m, const struct leak_rules *rules,
                           struct err *err)
{
    for (size_t i = 0; i < rules->n_lines; i++) {
        hs_expr_info_t *info = NULL;
        hs_compile_error_t *wrong = NULL;
        unsigned width = UINT_MAX;
        if (hs_expression_info(rules->lines[i].pattern, 0, &info, &wrong) ==
            HS_SUCCESS)
            width = info->max_width;
        hs_free_compile_error(wrong);
        free_info(info);
        if (width > MATCHER_REACH)
            return err_set(err, ST_INTERNAL,
                           "the pattern of %s is malformed or has no bound",
                           rules->lines[i].rule->name);
        m->reach = width > m->reach ? width : m->reach;
    }
    return ST_OK;
}

size_t matcher_reach(const struct matcher *m)
{
    return m->reach;
}

enum status matcher_new(const struct leak_rules *rules, struct matcher **out,
                        struct err *err)
{
    /* What the library was built for; it says so, the machine decides. */
    if (hs_valid_platform() != HS_SUCCESS)
        return err_set(err, ST_INPUT,
                       "scan needs a processor with SSE 4.2 (or NEON)");
    *out = mem_alloc(sizeof **out);
    enum status st = measure(*out, rules, err);
    return st == ST_OK ? compile(*out, rules, err) : st;
}

void matcher_free(struct matcher *m)
{
    if (m)
        hs_free_database(m->database);
    mem_free(m);
}

struct matcher_scratch *matcher_scratch_new(const struct matcher *m)
{
    struct matcher_scratch *s = mem_alloc(sizeof *s);
    if (hs_alloc_scratch(m->database, &s->scratch) != HS_SUCCESS)
        s->scratch = NULL;
    return s;
}

void matcher_scratch_free(struct matcher_scratch *s)
{
    if (s)
        hs_free_scratch(s->scratch);
    mem_free(s);
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to,
                    unsigned flags, void *ctx)
{
    const struct listener *l = ctx;
    (void)from;
    (void)flags;
    return !l->found(l->ctx, id, to);
}

/* Blocks are of 32 bits; the ceiling of a blob is far below. */
void matcher_run(const struct matcher *m, struct matcher_scratch *s,
                 struct span text,
                 bool (*found)(void *ctx, unsigned line, size_t end), void *ctx)
{
    struct listener l = {found, ctx};
    (void)hs_scan(m->database, text.p, (unsigned)text.n, 0, s->scratch,
                  on_match, &l);
}
