/* Asks a command for a secret: pass, op, vault, whatever prints it. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"
#include "file.h"
#include "limit.h"
#include "proc.h"
#include "secrets_part.h"
#include "vault.h"

#define ANSWER_CAP (64u << 10)
#define TIMEOUT_MS 30000
#define MOST_PROCESSES 256 /* an agent and its pinentry take a few */
#define MOST_MEMORY ((uint64_t)4 << 30)
#define SEARCH_PATH "/usr/local/bin:/usr/bin:/bin"
#define HOLE "{name}"
#define SHOWN_BYTES 200

/* What every command is given of the engine's environment. */
static const char *const common[] = {"HOME", "USER", "LOGNAME", "LANG"};

struct question {
    struct arena arena;
    char **argv, **envp;
    const char *program;
    int cwd;
    int64_t timeout_ms;
    struct redact *known; /* what its error text must not show */
};

static bool is_texts(const struct json *list)
{
    for (const struct json *c = json_first(list); c; c = json_next(c))
        if (!json_str(c) || !*json_str(c))
            return false;
    return json_type(list) == JSON_ARRAY;
}

static bool has_hole(const struct json *argv)
{
    const struct json *c = json_next(json_first(argv));
    while (c && !strstr(json_str(c), HOLE))
        c = json_next(c);
    return c != NULL;
}

enum status secrets_check_command(const struct json *source, struct err *err)
{
    static const char *const known[] = {"command", "env", "timeout"};
    const struct json *argv = json_get(source, "command");
    const struct json *env = json_get(source, "env");
    const struct json *timeout = json_get(source, "timeout");
    int64_t ms = 0;
    bool good = is_texts(argv) && has_hole(argv) && (!env || is_texts(env)) &&
                (!timeout || (json_str(timeout) &&
                              duration_parse(json_span(timeout), &ms)));
    for (const struct json *m = json_first(source); m; m = json_next(m)) {
        size_t i = 0;
        while (i < 3 && strcmp(json_key(m), known[i]) != 0)
            i++;
        good &= i < 3;
    }
    if (good)
        return ST_OK;
    return err_at(err, ST_INPUT, "runproof.yaml", json_line(source),
                  "a command for secrets is like {command: [pass, show, "
                  "\"shop/{name}\"], env: [PASSWORD_STORE_DIR], timeout: 30s}; "
                  "{name} stands in an argument");
}

/* A block names the secret: it must not make another argument of it. */
static enum status check_name(const char *name, struct err *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-"
                                  "abcdefghijklmnopqrstuvwxyz0123456789";
    if (*name && !strchr(".-", *name) && !name[strspn(name, letters)])
        return ST_OK;
    return err_set(err, ST_INPUT,
                   "'%.60s' is no name that a command can be asked for: "
                   "letters, digits, '_', '-' and '.'",
                   name);
}

static char *filled(struct arena *a, const char *text, const char *name)
{
    struct buf out = {0};
    for (const char *hole = strstr(text, HOLE); hole;
         hole = strstr(text, HOLE)) {
        buf_put(&out, text, (size_t)(hole - text));
        buf_str(&out, name);
        text = hole + sizeof HOLE - 1;
    }
    buf_str(&out, text);
    char *made = span_dup(a, buf_view(&out));
    buf_release(&out);
    return made;
}

static enum status find_program(struct question *q, struct err *err)
{
    struct span rest = SPAN(SEARCH_PATH);
    q->program = q->argv[0];
    if (strchr(q->program, '/'))
        return ST_OK;
    while (rest.n) {
        struct span dir = span_cut(&rest, ':');
        q->program =
            arena_printf(&q->arena, "%.*s/%s", SPAN_ARG(dir), q->argv[0]);
        if (access(q->program, X_OK) == 0)
            return ST_OK;
    }
    return err_set(err, ST_FAILED, "there is no command %s in %s", q->argv[0],
                   SEARCH_PATH);
}

static void put_variable(struct question *q, size_t *n, const char *name)
{
    const char *value = getenv(name);
    struct err too_short = {0};
    if (!value)
        return;
    q->envp[(*n)++] = arena_printf(&q->arena, "%s=%s", name, value);
    if (strstr(name, "TOKEN") || strstr(name, "SECRET") ||
        strstr(name, "PASS") || strstr(name, "KEY"))
        too_short.st = redact_add(q->known, name, span_of(value), &too_short);
}

static void take_environment(struct question *q, const struct json *env)
{
    size_t n = 0;
    size_t n_common = sizeof common / sizeof *common;
    q->envp =
        arena_array(&q->arena, n_common + json_size(env) + 2, sizeof *q->envp);
    q->envp[n++] = arena_strdup(&q->arena, "PATH=" SEARCH_PATH);
    for (size_t i = 0; i < n_common; i++)
        put_variable(q, &n, common[i]);
    for (const struct json *c = json_first(env); c; c = json_next(c))
        put_variable(q, &n, json_str(c));
}

static enum status prepare(struct question *q, const struct search *s,
                           const struct json *source, struct err *err)
{
    const struct json *argv = json_get(source, "command");
    size_t i = 0;
    if (secrets_check_command(source, err) != ST_OK ||
        check_name(s->name, err) != ST_OK)
        return err->st;
    q->argv = arena_array(&q->arena, json_size(argv) + 1, sizeof *q->argv);
    for (const struct json *c = json_first(argv); c; c = json_next(c), i++)
        q->argv[i] = i ? filled(&q->arena, json_str(c), s->name)
                       : arena_strdup(&q->arena, json_str(c));
    take_environment(q, json_get(source, "env"));
    q->timeout_ms = TIMEOUT_MS;
    (void)duration_parse(json_span(json_get(source, "timeout")),
                         &q->timeout_ms);
    q->cwd = open(s->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (q->cwd < 0)
        return err_set(err, ST_FAILED, "cannot enter %s", s->root);
    return find_program(q, err);
}

/* Its last line, without a value that it may have printed. */
static enum status tell_failure(const struct question *q,
                                const struct proc_result *r, struct err *err)
{
    struct buf safe = {0};
    struct err too_short = {0};
    struct span printed = span_trim(buf_view(&r->out));
    too_short.st = redact_add(q->known, "secret", printed, &too_short);
    redact_bytes(q->known, buf_view(&r->err), &safe);
    struct span rest = span_trim(buf_view(&safe));
    struct span line = rest;
    while (rest.n)
        line = span_cut(&rest, '\n');
    line = span_sub(span_trim(line), 0, SHOWN_BYTES);
    const char *name = path_base(q->program);
    const char *colon = line.n ? ": " : "";
    if (r->end == PROC_TIMEOUT)
        (void)err_set(err, ST_FAILED,
                      "the secret's command %s did not end in %lld s and was "
                      "ended",
                      name, (long long)(q->timeout_ms / 1000));
    else if (r->end == PROC_FLOODED)
        (void)err_set(err, ST_FAILED,
                      "the secret's command %s wrote more than 64 KiB and was "
                      "ended",
                      name);
    else if (r->end == PROC_CROWDED || r->end == PROC_SWOLLEN)
        (void)err_set(err, ST_FAILED,
                      "the secret's command %s took more than %d processes or "
                      "%d GiB and was ended",
                      name, MOST_PROCESSES, (int)(MOST_MEMORY >> 30));
    else
        (void)err_set(err, ST_FAILED,
                      "the secret's command %s exited with %d%s%.*s", name,
                      r->code, colon, SPAN_ARG(line));
    buf_release(&safe);
    return ST_FAILED;
}

static struct span without_line_end(struct span s)
{
    if (s.n && s.p[s.n - 1] == '\n')
        s.n--;
    if (s.n && s.p[s.n - 1] == '\r')
        s.n--;
    return s;
}

static enum status ask(struct question *q, struct buf *out, struct err *err)
{
    struct proc_result r = {0};
    struct limit free_to_act = {.effect = EFFECT_REMOTE, .ruleset = -1};
    const struct proc_spec spec = {
        .program = q->program,
        .argv = q->argv,
        .envp = q->envp,
        .cwd = q->cwd,
        .limit = &free_to_act,
        .cap_bytes = ANSWER_CAP,
        .most_processes = MOST_PROCESSES,
        .most_memory = MOST_MEMORY,
        .deadline_mono_ms = clock_mono_ms() + q->timeout_ms,
    };
    enum status st = proc_run(&spec, &r, err);
    struct span value = without_line_end(buf_view(&r.out));
    if (st == ST_OK && (r.end != PROC_EXITED || r.code != 0))
        st = tell_failure(q, &r, err);
    else if (st == ST_OK && !value.n)
        st = err_set(err, ST_FAILED, "the secret's command %s printed nothing",
                     path_base(q->program));
    else if (st == ST_OK)
        buf_span(out, value);
    buf_wipe(&r.out);
    buf_wipe(&r.err);
    return st;
}

enum status secrets_ask_command(const struct search *s,
                                const struct json *source, struct buf *out,
                                struct err *err)
{
    struct question q = {.cwd = -1, .known = redact_new()};
    redact_shapes(q.known, true);
    enum status st = prepare(&q, s, source, err);
    if (st == ST_OK)
        st = ask(&q, out, err);
    if (q.cwd >= 0)
        close(q.cwd);
    for (size_t i = 0; q.envp && q.envp[i]; i++)
        explicit_bzero(q.envp[i], strlen(q.envp[i]));
    redact_free(q.known);
    arena_release(&q.arena);
    return st;
}
