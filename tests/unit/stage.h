/* For the tests of the door: one step of a page, its journal, and an
 * environment to act in, without workers. */
#pragma once

#include "port_server.h"

#include "arena.h"
#include "door.h"
#include "record.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define WRITE "{\"path\":\"f\",\"text\":\"new\"}"
#define door_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, leave)

struct stage {
    struct kit *k;
    struct arena arena;
    struct buf page;
    struct doc doc;
    struct plan plan;
    struct environment env;
    struct person person;
    struct clock clock;
    struct journal journal;
    struct bundle bundle;
    struct history history;
    struct door door;
    struct passage p;
    int64_t asked; /* in this attempt */
    struct json *rows, *answers, *settings;
    /* of the last activity */
    struct json *answer;
    struct err err;
    enum status st;
};

/* A new attempt of the step, after whatever the journal holds. */
static inline void stage_attempt(struct stage *s)
{
    struct record_at at = {0};
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", "attempt");
    json_put_str(r, "step", "a");
    assert_int_equal(record_append(&s->door, r, JOURNAL_NO_SYNC, &at, &s->err),
                     ST_OK);
    json_free(s->p.activities);
    json_free(s->p.items);
    json_free(s->p.doubtful);
    mem_free(s->p.earlier);
    s->asked = 0;
    s->p = (struct passage){.step = &s->plan.steps[0],
                            .log = history_begin(&s->history, 0, at),
                            .deadline_mono_ms = clock_mono_ms() + 20000,
                            .activities = json_new(JSON_ARRAY),
                            .items = json_new(JSON_ARRAY)};
}

/* attributes: of the one block, behind its id. Everything is allowed. */
static inline struct stage *stage_open(struct kit *k, const char *attributes)
{
    struct stage *s = mem_alloc(sizeof *s);
    s->k = k;
    buf_printf(&s->page, "```lua {#a %s}\nx = 1\n```\n", attributes);
    if (doc_parse(&s->doc, "page.md", buf_view(&s->page), &s->err) != ST_OK ||
        plan_make(&s->doc, &s->arena, &s->plan, &s->err) != ST_OK ||
        bundle_create(&s->bundle, k->dir, "ops", "run", "h", &s->arena,
                      &s->err) != ST_OK ||
        bundle_publish(&s->bundle, k->dir, &s->arena, &s->err) != ST_OK ||
        journal_create(&s->journal,
                       bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena),
                       &s->err) != ST_OK)
        fail_msg("%s", s->err.msg);
    s->env = (struct environment){.name = "staging", .root = k->root};
    s->person = (struct person){.name = "tester"};
    clock_virtual(&s->clock, 1795438800000);
    history_init(&s->history, s->plan.n);
    s->door = (struct door){.mode = DOOR_LIVE,
                            .env = &s->env,
                            .journal = &s->journal,
                            .bundle = &s->bundle,
                            .history = &s->history,
                            .vault = k->vault,
                            .clock = &s->clock,
                            .person = &s->person,
                            .page = "page.md",
                            .source = buf_view(&s->page),
                            .root = k->root,
                            .scratch = k->scratch};
    struct json *run = json_new(JSON_OBJECT);
    json_put_str(run, "type", "run");
    assert_int_equal(
        record_append(&s->door, run, JOURNAL_NO_SYNC, NULL, &s->err), ST_OK);
    stage_attempt(s);
    return s;
}

static inline void stage_close(struct stage *s)
{
    json_free(s->p.activities);
    json_free(s->p.items);
    json_free(s->p.doubtful);
    mem_free(s->p.earlier);
    json_free(s->rows);
    json_free(s->answers);
    json_free(s->settings);
    json_free(s->answer);
    journal_close(&s->journal);
    history_release(&s->history);
    doc_release(&s->doc);
    arena_release(&s->arena);
    buf_release(&s->page);
    struct err err = {0};
    char dir[96];
    snprintf(dir, sizeof dir, "%s/artifacts", s->k->dir);
    assert_int_equal(file_remove_tree(dir, &err), ST_OK);
    mem_free(s);
}

/* Asks for op with args (taken). */
static inline enum status stage_ask(struct stage *s, const char *op,
                                    struct json *args)
{
    json_free(s->answer);
    s->answer = NULL;
    err_clear(&s->err);
    struct request r = {.n = ++s->asked, .op = op, .args = args};
    s->st = door_perform(&s->door, &s->p, &r, &s->answer, &s->err);
    json_free(args);
    return s->st;
}

/* args as printf'ed JSON. */
__attribute__((format(printf, 3, 4))) static inline enum status
stage_do(struct stage *s, const char *op, const char *fmt, ...)
{
    struct buf text = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    struct json *args = kit_json(buf_cstr(&text));
    buf_release(&text);
    return stage_ask(s, op, args);
}

/* The engine dies and comes back: the journal is read again, cut off behind
 * its first `lines` lines (0: none is lost); the last attempt goes on. */
static inline void stage_crash(struct stage *s, size_t lines)
{
    const char *path = bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena);
    struct buf text = {0};
    struct journal_walk walk;
    journal_close(&s->journal);
    history_release(&s->history);
    if (file_read(path, 1 << 20, &text, &s->err) != ST_OK)
        fail_msg("%s", s->err.msg);
    size_t end = 0;
    for (size_t i = 0; i < lines; i++)
        end = span_find(buf_view(&text), SPAN("\n"), end) + 1;
    if (lines)
        assert_int_equal(truncate(path, (off_t)end), 0);
    buf_release(&text);
    if (history_load(&s->history, &s->plan, path, TORN_IS_DROPPED, &walk,
                     &s->err) != ST_OK ||
        journal_reopen(&s->journal, path, &walk, &s->err) != ST_OK)
        fail_msg("%s", s->err.msg);
    json_free(s->p.activities);
    json_free(s->p.items);
    json_free(s->p.doubtful);
    mem_free(s->p.earlier);
    s->asked = 0;
    s->p = (struct passage){.step = &s->plan.steps[0],
                            .log = history_last(&s->history, 0),
                            .deadline_mono_ms = clock_mono_ms() + 20000,
                            .activities = json_new(JSON_ARRAY),
                            .items = json_new(JSON_ARRAY)};
    assert_non_null(s->p.log);
}

/* The types of the journal's records from the first attempt on, "result" with
 * its class: "attempt intent result/local". */
static inline void stage_records(struct stage *s, struct buf *out)
{
    struct buf text = {0};
    struct err err = {0};
    if (file_read(bundle_path(&s->bundle, BUNDLE_JOURNAL, &s->arena), 1 << 20,
                  &text, &err) != ST_OK)
        fail_msg("%s", err.msg);
    struct span rest = buf_view(&text);
    span_cut(&rest, '\n');
    while (rest.n) {
        struct json *r = NULL;
        assert_int_equal(json_parse(span_cut(&rest, '\n'), &r, &err), ST_OK);
        const char *type = json_get_str(r, "type", "?");
        buf_printf(out, "%s%s", out->n ? " " : "", type);
        if (strcmp(type, "result") == 0)
            buf_printf(out, "/%s", json_get_str(r, "class", "?"));
        json_free(r);
    }
    buf_release(&text);
}

static inline void assert_records(struct stage *s, const char *want)
{
    struct buf got = {0};
    stage_records(s, &got);
    assert_string_equal(buf_cstr(&got), want);
    buf_release(&got);
}

/* The runbook got an error of that kind, which says so. */
static inline void assert_raised(const struct stage *s, const char *kind,
                                 const char *says)
{
    assert_int_equal(s->st, ST_OK);
    assert_false(json_get_bool(s->answer, "ok", true));
    assert_string_equal(json_get_str(s->answer, "kind", ""), kind);
    const char *error = json_get_str(s->answer, "error", "");
    if (!strstr(error, says))
        fail_msg("\"%s\" does not say \"%s\"", error, says);
}

static inline void assert_answered(const struct stage *s)
{
    if (s->st != ST_OK || !json_get_bool(s->answer, "ok", false))
        fail_msg("%s: %s %s", status_name(s->st), s->err.msg,
                 json_get_str(s->answer, "error", ""));
}

static inline enum status request(struct stage *s, const char *method, int port)
{
    return stage_do(s, "http.request",
                    "{\"method\":\"%s\",\"url\":\"http://127.0.0.1:%d/\"}",
                    method, port);
}
