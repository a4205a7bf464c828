/* Writes SARIF: section numbers are those of the standard. */
#include "sarif.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

/* {"text": …}, §3.11 */
static void put_text(struct json *o, const char *key, const char *text)
{
    json_put_str(json_put(o, key, json_new(JSON_OBJECT)), "text", text);
}

/* §3.49 */
static struct json *rule_json(const char *name, const char *is,
                              const char *remedy)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_str(o, "id", name);
    put_text(o, "shortDescription", is);
    put_text(o, "help", remedy);
    json_put_str(json_put(o, "defaultConfiguration", json_new(JSON_OBJECT)),
                 "level", "error");
    return o;
}

static struct json *tool_json(const struct leak_rules *rules)
{
    struct json *tool = json_new(JSON_OBJECT);
    struct json *driver = json_put(tool, "driver", json_new(JSON_OBJECT));
    json_put_str(driver, "name", "runproof");
    json_put_str(driver, "version", RUNPROOF_VERSION);
    struct json *list = json_put(driver, "rules", json_new(JSON_ARRAY));
    for (size_t i = 0; i < rules->n_rules; i++)
        json_push(list, rule_json(rules->rules[i].name, rules->rules[i].is,
                                  rules->rules[i].remedy));
    json_push(list,
              rule_json("allowance-over", "an entry of scan.allow that is over",
                        "look at it again, then set `expires` anew or "
                        "remove the entry"));
    return tool;
}

/* A path as a relative reference, §3.4.3 and RFC 3986. */
static void put_uri(struct json *o, const char *path)
{
    struct buf uri = {0};
    for (; *path; path++) {
        bool plain = (*path >= 'a' && *path <= 'z') ||
                     (*path >= 'A' && *path <= 'Z') ||
                     (*path >= '0' && *path <= '9') || strchr("-._~/", *path);
        buf_printf(&uri, plain ? "%c" : "%%%02X", (unsigned char)*path);
    }
    json_put_str(o, "uri", buf_cstr(&uri));
    buf_release(&uri);
}

/* §3.28, §3.29. What lies at no path is told by its blob's name. */
static void put_location(struct json *result, const struct finding *f)
{
    struct json *list = json_put(result, "locations", json_new(JSON_ARRAY));
    struct json *physical = json_put(json_push(list, json_new(JSON_OBJECT)),
                                     "physicalLocation", json_new(JSON_OBJECT));
    put_uri(json_put(physical, "artifactLocation", json_new(JSON_OBJECT)),
            *f->path || !f->blob ? f->path : f->blob);
    struct json *region = json_put(physical, "region", json_new(JSON_OBJECT));
    json_put_int(region, "startLine", f->line);
    json_put_int(region, "startColumn", f->column);
}

static void put_properties(struct json *result, const struct finding *f)
{
    struct json *o = json_put(result, "properties", json_new(JSON_OBJECT));
    json_put_str(o, "commit", f->commit);
    json_put_str(o, "date", f->date);
    json_put_str(o, "blob", f->blob);
    json_put_bool(o, "reachable", f->reachable);
}

/* §3.27 */
static struct json *result_json(const struct finding *f,
                                const struct leak_rules *rules)
{
    struct json *o = json_new(JSON_OBJECT);
    struct buf text = {0};
    size_t index = f->rule ? (size_t)(f->rule - rules->rules) : rules->n_rules;
    finding_text(f, &text);
    if (f->blob) {
        buf_str(&text, ", ");
        finding_since(f, &text);
    }
    json_put_str(o, "ruleId", f->rule ? f->rule->name : "allowance-over");
    json_put_int(o, "ruleIndex", (int64_t)index);
    json_put_str(o, "level", "error");
    put_text(o, "message", buf_cstr(&text));
    put_location(o, f);
    if (*f->fingerprint)
        json_put_str(json_put(o, "partialFingerprints", json_new(JSON_OBJECT)),
                     "runproofSecret/v1", f->fingerprint);
    if (f->blob)
        put_properties(o, f);
    if (f->allowed) {
        struct json *list = json_put(o, "suppressions", json_new(JSON_ARRAY));
        struct json *s = json_push(list, json_new(JSON_OBJECT));
        json_put_str(s, "kind", "external");
        json_put_str(s, "justification", f->allowed->reason);
    }
    buf_release(&text);
    return o;
}

/* §3.20 */
static struct json *invocation_json(const struct json *notices, bool complete)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_bool(o, "executionSuccessful", complete);
    struct json *list =
        json_put(o, "toolExecutionNotifications", json_new(JSON_ARRAY));
    for (const struct json *n = json_first(notices); n; n = json_next(n)) {
        struct json *told = json_push(list, json_new(JSON_OBJECT));
        json_put_str(told, "level", complete ? "note" : "warning");
        put_text(told, "message", json_str(n) ? json_str(n) : "");
    }
    return o;
}

struct json *sarif_json(const struct findings *f,
                        const struct leak_rules *rules,
                        const struct json *notices, bool complete)
{
    struct json *log = json_new(JSON_OBJECT);
    json_put_str(log, "$schema", SCHEMA);
    json_put_str(log, "version", "2.1.0");
    struct json *run = json_push(json_put(log, "runs", json_new(JSON_ARRAY)),
                                 json_new(JSON_OBJECT));
    json_put(run, "tool", tool_json(rules));
    json_push(json_put(run, "invocations", json_new(JSON_ARRAY)),
              invocation_json(notices, complete));
    json_put_str(run, "columnKind", "unicodeCodePoints");
    struct json *results = json_put(run, "results", json_new(JSON_ARRAY));
    for (size_t i = 0; i < f->n; i++)
        json_push(results, result_json(&f->v[i], rules));
    return log;
}
