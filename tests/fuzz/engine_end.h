/* The engine's end of the door for fuzz targets: a session without a run, one
 * page of three steps, a journal in memory, and ports that do nothing. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "port.h"
#include "talk.h"

#define END_PAGE                                                               \
    "```lua {#a effect=remote}\nx = 1\n```\n\n"                                \
    "```lua {#b effect=local}\nx = 1\n```\n\n"                                 \
    "```lua {#c}\nx = 1\n```\n"
#define END_STEPS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct end {
    struct arena arena;
    struct buf page;
    struct json *answers, *rows;
    struct session s;
} end;

static inline void end_must(enum status st, const struct err *err)
{
    if (st == ST_OK)
        return;
    fprintf(stderr, "%s: %s\n", status_name(st), err->msg);
    abort();
}

/* --- ports ------------------------------------------------------------- */

static inline struct json *end_json(const char *text)
{
    struct err err = {0};
    struct json *j = NULL;
    end_must(json_parse(span_of(text), &j, &err), &err);
    return j;
}

/* What the world answers: no more than its kind, and now and then no. */
static inline enum status end_answer(const struct port_call *call,
                                     struct json **value, struct err *err)
{
    static const struct {
        const char *op, *value;
    } rows[] = {
        {"http.request", "{\"status\":200,\"headers\":{\"x\":\"y\"},"
                         "\"body\":\"{}\"}"},
        {"sh.run", "{\"code\":0,\"signal\":null,\"stdout\":\"out tok-5up3r-"
                   "53cret\",\"stderr\":\"\",\"truncated\":false}"},
        {"fs.read", "\"text\""},
        {"fs.exists", "true"},
        {"fs.list", "[\"a\",\"b\"]"},
        {"sql.query", "{\"columns\":[\"a\"],\"rows\":[{\"a\":1}],"
                      "\"count\":1,\"command\":\"SELECT\"}"},
    };
    struct buf text = {0};
    json_write(call->args, &text);
    bool fails = text.n % 7 == 0;
    buf_release(&text);
    if (fails)
        return err_set(err, ST_FAILED, "the world says no");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(call->op, rows[i].op) == 0)
            *value = end_json(rows[i].value);
    return ST_OK;
}

static inline enum status end_perform(void *state, const struct port_call *call,
                                      struct json **value, struct err *err)
{
    (void)state;
    return end_answer(call, value, err);
}

/* A call that is under way, for http. */
struct end_job {
    struct end_job *next;
    struct json *value;
    struct err err;
};

static struct end_job *end_jobs;

static inline enum status end_begin(void *state, const struct port_call *call,
                                    void **job, struct err *err)
{
    struct end_job *j = mem_alloc(sizeof *j);
    struct end_job **last = &end_jobs;
    (void)state;
    (void)err;
    j->err.st = end_answer(call, &j->value, &j->err);
    while (*last)
        last = &(*last)->next;
    *last = j;
    *job = j;
    return ST_OK;
}

static inline void *end_next(void *state, void *job, int wait_ms)
{
    struct end_job **at = &end_jobs;
    (void)state;
    (void)wait_ms;
    while (*at && job && *at != job)
        at = &(*at)->next;
    struct end_job *j = *at;
    if (j)
        *at = j->next;
    return j;
}

static inline enum status end_finish(void *state, void *job,
                                     struct json **value, struct err *err)
{
    struct end_job *j = job;
    (void)end_next(state, job, 0); /* given up: still in the list */
    *value = j->value;
    *err = j->err;
    mem_free(j);
    return err->st;
}

enum status __wrap_port_for(const char *op, const struct port **out,
                            void **state, struct err *err);
enum status __wrap_port_for(const char *op, const struct port **out,
                            void **state, struct err *err)
{
    static const struct port at_once = {.perform = end_perform};
    static const struct port many = {
        .begin = end_begin, .next = end_next, .finish = end_finish};
    (void)err;
    *out = strncmp(op, "http.", 5) == 0 ? &many : &at_once;
    *state = NULL;
    return ST_OK;
}

/* --- the session --------------------------------------------------------- */

static inline void end_close(void)
{
    struct err err = {0};
    journal_close(&end.s.journal);
    history_release(&end.s.history);
    end_must(file_remove_tree(end.s.env.root, &err), &err);
}

static inline void end_open(void)
{
    struct err err = {0};
    struct session *s = &end.s;
    char dir[] = "/dev/shm/runproof-fuzz-XXXXXX";
    if (!mkdtemp(dir))
        abort();
    setenv("API_TOKEN", "tok-5up3r-53cret", 1);
    buf_str(&end.page, END_PAGE);
    end_must(doc_parse(&s->doc, "page.md", buf_view(&end.page), &err), &err);
    end_must(plan_make(&s->doc, &end.arena, &s->plan, &err), &err);
    s->page = "page.md";
    s->env = (struct environment){.name = "staging",
                                  .root = arena_strdup(&end.arena, dir)};
    s->bundle.dir = s->env.root;
    end_must(file_mkdirs(path_join(&end.arena, dir, "blobs"), &err), &err);
    end_must(file_mkdirs(path_join(&end.arena, dir, "scratch"), &err), &err);
    end_must(journal_create(&s->journal,
                            path_join(&end.arena, dir, BUNDLE_JOURNAL), &err),
             &err);
    end.answers = end_json("{\"q\":\"yes\",\"a\":\"yes\",\"n\":\"7\"}");
    s->person =
        (struct person){.name = "nobody", .answers = end.answers, .yes = true};
    atexit(end_close);
}

/* A new attempt of that step in a new journal. */
static inline struct attempt_log *end_attempt(size_t step, int verdicts)
{
    struct err err = {0};
    struct session *s = &end.s;
    struct record_at at = {0};
    s->vault = vault_new();
    if (ftruncate(s->journal.fd, 0) != 0)
        abort();
    lseek(s->journal.fd, 0, SEEK_SET);
    s->journal.end = 0;
    s->journal.lines = 0;
    clock_virtual(&s->clock, 1795438800000);
    history_release(&s->history);
    history_init(&s->history, s->plan.n);
    for (int i = 0; i < EFFECT_COUNT; i++)
        s->env.policy.by_class[i] = (enum verdict)(verdicts >> 2 * i & 3);
    s->door = (struct door){.mode = DOOR_LIVE,
                            .env = &s->env,
                            .journal = &s->journal,
                            .bundle = &s->bundle,
                            .history = &s->history,
                            .vault = s->vault,
                            .clock = &s->clock,
                            .person = &s->person,
                            .page = s->page,
                            .source = buf_view(&end.page),
                            .root = s->env.root,
                            .scratch = s->env.root};
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", "attempt");
    json_put_int(r, "at", 0);
    end_must(journal_append(&s->journal, r, JOURNAL_NO_SYNC, &at, &err), &err);
    json_free(r);
    return history_begin(&s->history, step, at);
}

static inline void end_forget(void)
{
    vault_free(end.s.vault);
    end.s.vault = NULL;
    arena_release(&end.s.arena);
    if (end_jobs)
        abort(); /* every call that begins ends */
}
