/* Reads and matches the allow list of scan. */
#include "allow.h"

#include "attr.h"
#include "clock.h"

#define REASON_LEAST 8
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static const char *const keys[] = {"fingerprint", "path",    "rule",
                                   "reason",      "expires", NULL};

/* --- reading --------------------------------------------------------- */

static bool is_listed(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static enum status check_members(const struct config *c, const struct json *e,
                                 struct err *err)
{
    for (const struct json *m = json_first(e); m; m = json_next(m)) {
        const char *near = nearest_name(span_of(json_key(m)), keys);
        if (!is_listed(json_key(m), keys))
            return err_at(err, ST_INPUT, c->path, json_line(m),
                          "scan.allow: unknown key '%s'; %s%s", json_key(m),
                          near ? "did you mean "
                               : "known: fingerprint, path, rule, reason, "
                                 "expires",
                          near ? near : "");
        if (!json_str(m) || !*json_str(m))
            return err_at(err, ST_INPUT, c->path, json_line(m),
                          "scan.allow: %s must be a text; put it in quotes",
                          json_key(m));
    }
    return ST_OK;
}

static bool is_rule(const struct leak_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->n_rules; i++)
        if (strcmp(rules->rules[i].name, name) == 0)
            return true;
    return false;
}

static enum status check_entry(const struct config *c,
                               const struct leak_rules *rules,
                               struct allowance *a, struct err *err)
{
    const char *wrong = NULL;
    if (!a->fingerprint && !a->path)
        wrong = "needs the fingerprint that scan prints, or a path";
    else if (!a->reason || strlen(a->reason) < REASON_LEAST)
        wrong = "needs a reason: why this is no secret, or does no harm";
    else if (!a->expires || !time_parse(span_of(a->expires), &a->end_ms))
        wrong = "needs `expires`, the last day on which it holds, as in "
                "2027-01-31";
    if (wrong)
        return err_at(err, ST_INPUT, c->path, a->line, "scan.allow: this %s",
                      wrong);
    if (a->rule && !is_rule(rules, a->rule))
        return err_at(err, ST_INPUT, c->path, a->line,
                      "scan.allow: there is no rule '%s'", a->rule);
    if (strlen(a->expires) == strlen("2027-01-31"))
        a->end_ms += DAY_MS;
    return ST_OK;
}

static enum status read_entry(const struct config *c,
                              const struct leak_rules *rules,
                              const struct json *e, struct allowance *out,
                              struct err *err)
{
    if (json_type(e) != JSON_OBJECT)
        return err_at(
            err, ST_INPUT, c->path, json_line(e),
            "scan.allow: an entry is as in {path: tests/data, reason: "
            "…, expires: 2027-01-31}");
    if (check_members(c, e, err) != ST_OK)
        return err->st;
    *out = (struct allowance){.fingerprint = json_get_str(e, keys[0], NULL),
                              .path = json_get_str(e, keys[1], NULL),
                              .rule = json_get_str(e, keys[2], NULL),
                              .reason = json_get_str(e, keys[3], NULL),
                              .expires = json_get_str(e, keys[4], NULL),
                              .line = json_line(json_first(e))};
    return check_entry(c, rules, out, err);
}

enum status allow_read(const struct config *config,
                       const struct leak_rules *rules, struct arena *a,
                       struct allowances *out, struct err *err)
{
    const struct json *top = json_get(config->tree, "scan");
    const struct json *list = json_get(top, "allow");
    *out = (struct allowances){0};
    for (const struct json *m = json_first(top); m; m = json_next(m))
        if (strcmp(json_key(m), "allow") != 0)
            return err_at(err, ST_INPUT, config->path, json_line(m),
                          "scan: unknown key '%s'; known: allow", json_key(m));
    if (json_type(list) != JSON_NULL && json_type(list) != JSON_ARRAY)
        return err_at(err, ST_INPUT, config->path, json_line(list),
                      "scan: write it as in scan: {allow: […]}");
    out->v = arena_array(a, json_size(list), sizeof *out->v);
    for (const struct json *e = json_first(list); e; e = json_next(e))
        if (read_entry(config, rules, e, &out->v[out->n++], err) != ST_OK)
            return err->st;
    return ST_OK;
}

/* --- matching -------------------------------------------------------- */

/* Where a glob goes on when the rest does not fit: its last star may take one
 * character more. */
struct retry {
    const char *glob, *path;
};

bool allow_glob(const char *glob, const char *path)
{
    struct retry one = {0}, all = {0};
    for (;;) {
        if (glob[0] == '*' && glob[1] == '*') {
            glob += 2;
            all = (struct retry){glob, path};
            one = (struct retry){0};
        } else if (*glob == '*') {
            one = (struct retry){++glob, path};
        } else if (*glob && *glob == *path) {
            glob++;
            path++;
        } else if (!*glob && (!*path || *path == '/')) {
            return true;
        } else if (one.glob && *one.path && *one.path != '/') {
            glob = one.glob;
            path = ++one.path;
        } else if (all.glob && *all.path) {
            glob = all.glob;
            path = ++all.path;
            one = (struct retry){0};
        } else {
            return false;
        }
    }
}

static bool fits(const struct allowance *a, const char *fingerprint,
                 const char *path, const char *rule)
{
    return (!a->fingerprint || strcmp(a->fingerprint, fingerprint) == 0) &&
           (!a->path || allow_glob(a->path, path)) &&
           (!a->rule || strcmp(a->rule, rule) == 0);
}

const struct allowance *allow_find(const struct allowances *all,
                                   const char *fingerprint, const char *path,
                                   const char *rule, int64_t now_ms)
{
    for (size_t i = 0; i < all->n; i++)
        if (now_ms < all->v[i].end_ms &&
            fits(&all->v[i], fingerprint, path, rule))
            return &all->v[i];
    return NULL;
}
