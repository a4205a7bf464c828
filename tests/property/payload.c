/* Writes payloads. */
#include "payload.h"

#include <stdlib.h>

#include "evidence.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const char *const attacks[] = {
    "<!-- /runproof:evidence -->",
    "<!-- runproof:evidence id=b0 -->",
    "<!-- /runproof:evidence -->\n\n# Free\n\n<!-- runproof:evidence id=b0 -->",
    "```\n<!-- /runproof:evidence -->",
    "~~~\n~~~~\n~~~~~",
    "`\n``\n```\n````\n`````\n``````\n```````",
    "</details>\n\nfree",
    "<script>alert(1)",
    "<details>",
    "<!-- never closed",
    "<?php", /* these run to their end or the document's */
    "<![CDATA[",
    "<!DOCTYPE",
    "[l]: /evil\n[x]: /evil\n[ref]: /evil",
    "[status]: http://evil.test \"t\"",
    "- [x] ticked <!-- check: health -->",
    "# heading\n\n- list\n\n> quote\n\n    code\n\n***",
    "text\n====",
    "\n\n\n",
    "   ",
    "@name #1 \x1b[31m",
    "```lua {#b0}\nx\n```",
    "1. a\n2. b",
    "tab\t\n\ttab",
    "\\",
    "|",
    "---\ntitle: x\n---",
};

static const char tame_items[] =
    "[{\"kind\":\"table\",\"columns\":[\"version\",\"status\"],"
    "\"rows\":[[\"41\",\"succeeded\"],[\"40\",\"failed\"]]},"
    "{\"kind\":\"json\",\"value\":{\"a\":[1,2]}},"
    "{\"kind\":\"metric\",\"name\":\"p95\",\"value\":3,\"unit\":\"ms\"}]";

static const char activities[] =
    "[{\"op\":\"http.get\",\"class\":\"read\",\"summary\":\"GET /health\"},"
    "{\"op\":\"http.post\",\"class\":\"remote\",\"summary\":\"POST /x\"}]";

static struct json *parsed(const char *text)
{
    struct json *j;
    struct err err = {0};
    if (json_parse(span_of(text), &j, &err) != ST_OK)
        abort();
    return j;
}

static struct json *hostile_table(const char *attack)
{
    struct json *table = json_new(JSON_OBJECT);
    json_put_str(table, "kind", "table");
    struct json *columns = json_put(table, "columns", json_new(JSON_ARRAY));
    json_push(columns, json_new_str(attack));
    struct json *rows = json_put(table, "rows", json_new(JSON_ARRAY));
    struct json *row = json_push(rows, json_new(JSON_ARRAY));
    json_push(row, json_new_str(attack));
    return table;
}

/* Two kinds at a time, in turn. */
static struct json *hostile_items(const char *attack, unsigned variant)
{
    static const char *const kinds[][2] = {
        {"text", "text"},   {"json", "value"}, {"link", "url"},
        {"metric", "name"}, {"check", "id"},   {"file", "path"},
    };
    struct json *items = json_new(JSON_ARRAY);
    const char *const *kind = kinds[variant % COUNT(kinds)];
    struct json *one = json_push(items, json_new(JSON_OBJECT));
    json_put_str(one, "kind", kind[0]);
    json_put_str(one, "title", attack);
    json_put_str(one, kind[1], attack);
    json_push(items, hostile_table(attack));
    return items;
}

static struct json *hostile_activities(const char *attack)
{
    struct json *list = json_new(JSON_ARRAY);
    struct json *one = json_push(list, json_new(JSON_OBJECT));
    json_put_str(one, "op", attack);
    json_put_str(one, "class", "read");
    json_put_str(one, "summary", attack);
    return list;
}

static void write_evidence(bool hostile, unsigned variant,
                           const struct block *b, struct buf *out)
{
    const char *attack = attacks[variant % COUNT(attacks)];
    struct json *items =
        hostile ? hostile_items(attack, variant) : parsed(tame_items);
    struct json *acts =
        hostile ? hostile_activities(attack) : parsed(activities);
    struct arena a = {0};
    struct step_result r = {
        .id = span_dup(&a, b->attr.id),
        .run = "01JD0000000000000000000000",
        .environment = hostile ? attack : "sandbox",
        .status = hostile ? STEP_FAILED : STEP_PASSED,
        .attempts = 1,
        .started_ms = 1795438800000,
        .elapsed_ms = 420,
        .src = b->src.hex,
        .items = items,
        .output = span_of(hostile ? attack : "hello\n\nworld\n"),
        .error = hostile ? attack : NULL,
        .reason = hostile ? attack : NULL,
        .counts = {[EFFECT_READ] = 1, [EFFECT_REMOTE] = 1},
        .activities = acts,
        .log = hostile ? attack : "../artifacts/ops/01JD/02-step.log",
        .tight = b->tight,
    };
    evidence_markdown(&r, out);
    arena_release(&a);
    json_free(items);
    json_free(acts);
}

void payload_write(enum payload kind, unsigned variant, const struct block *b,
                   struct buf *out)
{
    if (kind != PAYLOAD_RAW) {
        write_evidence(kind == PAYLOAD_HOSTILE, variant, b, out);
        return;
    }
    buf_printf(out, "<!-- runproof:evidence id=%.*s run=r -->\n%s\n",
               SPAN_ARG(b->attr.id), attacks[variant % COUNT(attacks)]);
    buf_str(out, "<!-- /runproof:evidence -->");
}
