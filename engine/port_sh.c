/* Performs sh.run: one command, argv only, confined to its effect class. */
#include "port_sh.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "file.h"
#include "limit.h"
#include "port.h"
#include "proc.h"
#include "vault.h"

#define OUTPUT_CAP (16u << 20)
/* Of the machine's memory; all its processes together. */
#define MEMORY_SHARE 3 / 4
/* What a command leaves of a disk that had more: the journal goes on. */
#define DISK_RESERVE ((uint64_t)256 << 20)
#define DISK_SHARE 16 /* the reserve is at most this part of the disk */
#define SEARCH_PATH "/usr/local/bin:/usr/bin:/bin"

/* One command, ready to run; everything lives in the arena. */
struct command {
    const struct port_call *call;
    struct arena arena;
    char **argv;
    char **envp;
    const char *program;
    struct span input;
    int cwd;
    bool check;
    int64_t deadline_mono_ms;
    int64_t timeout_ms; /* of its own, 0: none that comes first */
    struct limit limit;
    bool roomy; /* the disks have their reserve */
    const struct redact *known;
};

enum status sh_class(const struct json *args, enum effect ceiling,
                     enum effect *out, struct err *err)
{
    const struct json *network = json_get(json_get(args, "opts"), "network");
    if (network && json_type(network) != JSON_BOOL)
        return err_set(err, ST_INPUT,
                       "opts.network of sh.run must be true or false");
    return port_class("sh.run", args, ceiling, out, err);
}

bool sh_network(const struct json *args)
{
    return json_get_bool(json_get(args, "opts"), "network", false);
}

/* --- arguments --- */

/* A name without a slash is looked up in SEARCH_PATH, whatever PATH says. */
static enum status find_program(struct command *c, const char *name,
                                struct err *err)
{
    struct span rest = SPAN(SEARCH_PATH);
    c->program = name;
    if (!*name)
        return err_set(err, ST_INPUT, "the command of sh.run is empty");
    if (strchr(name, '/'))
        return ST_OK;
    while (rest.n) {
        struct span dir = span_cut(&rest, ':');
        c->program = arena_printf(&c->arena, "%.*s/%s", SPAN_ARG(dir), name);
        if (access(c->program, X_OK) == 0)
            return ST_OK;
    }
    return err_set(err, ST_FAILED, "there is no command %s in %s", name,
                   SEARCH_PATH);
}

static enum status take_argv(struct command *c, const struct json *argv,
                             struct err *err)
{
    size_t n = json_size(argv), i = 0;
    if (json_type(argv) != JSON_ARRAY || n == 0)
        return err_set(err, ST_INPUT,
                       "sh.run needs a list: the command and its arguments");
    c->argv = arena_array(&c->arena, n + 1, sizeof *c->argv);
    for (const struct json *j = json_first(argv); j; j = json_next(j)) {
        struct span s;
        if (vault_is_handle(j))
            return err_set(err, ST_REFUSED,
                           "a secret may not be an argument of a command, "
                           "where every process can read it: pass it in "
                           "opts.env or opts.stdin");
        if (!json_bytes(j, &c->arena, &s) || memchr(s.p, '\0', s.n))
            return err_set(err, ST_INPUT,
                           "argument %zu of sh.run is not a string", i);
        c->argv[i++] = span_dup(&c->arena, s);
    }
    return find_program(c, c->argv[0], err);
}

/* The bytes of a string or a secret. */
static enum status reveal(struct command *c, const struct vault *vault,
                          const struct json *j, const char *what,
                          struct span *out, struct err *err)
{
    if (vault_is_handle(j))
        return vault_reveal(vault, j, out, err);
    if (!json_bytes(j, &c->arena, out))
        return err_set(err, ST_INPUT, "%s of sh.run is not a string", what);
    return ST_OK;
}

static bool env_name_ok(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz_0123456789";
    return *name && !strchr("0123456789", *name) &&
           !name[strspn(name, letters)];
}

/* Sets NAME=value, replacing one of that name. */
static void env_set(struct command *c, const char *name, struct span value)
{
    size_t n = strlen(name), i = 0;
    while (c->envp[i] &&
           (strncmp(c->envp[i], name, n) != 0 || c->envp[i][n] != '='))
        i++;
    c->envp[i] = arena_printf(&c->arena, "%s=%.*s", name, SPAN_ARG(value));
}

static enum status take_env(struct command *c, const struct port_call *call,
                            const struct json *env, struct err *err)
{
    const struct {
        const char *name, *value;
    } fixed[] = {{"PATH", SEARCH_PATH},
                 {"HOME", call->scratch},
                 {"TMPDIR", call->scratch},
                 {"LANG", "C.UTF-8"},
                 {"TZ", "UTC"}};
    size_t n_fixed = sizeof fixed / sizeof *fixed;
    c->envp =
        arena_array(&c->arena, n_fixed + json_size(env) + 1, sizeof *c->envp);
    for (size_t i = 0; i < n_fixed; i++)
        env_set(c, fixed[i].name, span_of(fixed[i].value));
    for (const struct json *j = json_first(env); j; j = json_next(j)) {
        const char *name = json_key(j);
        struct span value;
        if (!name || !env_name_ok(name))
            return err_set(err, ST_INPUT,
                           "opts.env of sh.run: %s is no name of a variable",
                           name ? name : "a list item");
        if (reveal(c, call->vault, j, name, &value, err) != ST_OK)
            return err->st;
        if (value.n && memchr(value.p, '\0', value.n))
            return err_set(err, ST_INPUT, "opts.env.%s has a NUL byte", name);
        env_set(c, name, value);
    }
    return ST_OK;
}

/* Seconds as a number, or "5m". */
static bool take_duration(const struct json *j, int64_t *ms)
{
    if (json_type(j) == JSON_STRING)
        return duration_parse(json_span(j), ms);
    double s = json_num(j);
    *ms = s > 0 && s < 1e9 ? (int64_t)(s * 1000) : 0;
    return json_type(j) == JSON_NUMBER && *ms > 0;
}

static enum status take_timeout(struct command *c, const struct port_call *call,
                                const struct json *timeout, struct err *err)
{
    int64_t ms;
    c->deadline_mono_ms = call->deadline_mono_ms;
    if (json_type(timeout) == JSON_NULL)
        return ST_OK;
    if (!take_duration(timeout, &ms))
        return err_set(err, ST_INPUT,
                       "opts.timeout of sh.run must be seconds or like \"5m\"");
    int64_t at = clock_mono_ms() + ms;
    if (at < c->deadline_mono_ms) {
        c->deadline_mono_ms = at;
        c->timeout_ms = ms;
    }
    return ST_OK;
}

/* Whether the folder's disk has what must be left of it. */
static bool has_reserve(const char *dir)
{
    struct statvfs d;
    if (statvfs(dir, &d) != 0)
        return true;
    uint64_t reserve = (uint64_t)d.f_blocks * d.f_frsize / DISK_SHARE;
    if (reserve > DISK_RESERVE)
        reserve = DISK_RESERVE;
    return (uint64_t)d.f_bavail * d.f_frsize >= reserve;
}

static bool disks_have_reserve(const struct port_call *call)
{
    return has_reserve(call->scratch) && has_reserve(call->root);
}

static enum status command_prepare(struct command *c,
                                   const struct port_call *call,
                                   struct err *err)
{
    const struct json *opts = json_get(call->args, "opts");
    const struct json *input = json_get(opts, "stdin");
    c->check = json_get_bool(opts, "check", true);
    c->known = vault_redact(call->vault);
    if (take_argv(c, json_get(call->args, "argv"), err) != ST_OK ||
        take_env(c, call, json_get(opts, "env"), err) != ST_OK ||
        take_timeout(c, call, json_get(opts, "timeout"), err) != ST_OK)
        return err->st;
    if (json_type(input) != JSON_NULL &&
        reveal(c, call->vault, input, "opts.stdin", &c->input, err) != ST_OK)
        return err->st;
    c->cwd = file_open_beneath(call->root, json_get_str(opts, "cwd", "."),
                               O_PATH | O_DIRECTORY, 0, err);
    if (c->cwd < 0) {
        err->st = err->st == ST_REFUSED ? ST_REFUSED : ST_FAILED;
        return err->st;
    }
    c->roomy = disks_have_reserve(call);
    const struct limit_spec spec = {.effect = call->effect,
                                    .network = sh_network(call->args),
                                    .root = call->root,
                                    .scratch = call->scratch};
    return limit_prepare(&spec, &c->limit, err);
}

static void command_release(struct command *c)
{
    if (c->cwd >= 0)
        close(c->cwd);
    limit_release(&c->limit);
    for (size_t i = 0; c->envp && c->envp[i]; i++)
        explicit_bzero(c->envp[i], strlen(c->envp[i])); /* may be secrets */
    arena_release(&c->arena);
}

/* --- results --- */

/* The last line that says something: most often the reason. */
static struct span last_line(const struct buf *b)
{
    struct span rest = span_trim(buf_view(b)), line = rest;
    while (rest.n)
        line = span_cut(&rest, '\n');
    line = span_trim(line);
    return line.n > 200 ? span_sub(line, 0, 200) : line;
}

static const char *signal_text(int signal)
{
    const char *name = sigabbrev_np(signal);
    return name ? name : "RT";
}

/* Why it was ended, for what is no affair of opts.check: NULL when it was not.
 */
static const char *ended_for(enum proc_end end)
{
    static const char *const reasons[] = {
        [PROC_FLOODED] = "wrote more than 16 MiB",
        [PROC_CROWDED] = "started too many processes",
        [PROC_SWOLLEN] = "took more than three quarters of the memory",
        [PROC_FULL] = "left no room on the disk",
    };
    return end < sizeof reasons / sizeof *reasons ? reasons[end] : NULL;
}

static enum status exit_check(const struct command *c,
                              const struct proc_result *r, struct err *err)
{
    /* The line is cut: half a secret would not be found afterwards. */
    struct buf safe = {0};
    redact_bytes(c->known, buf_view(&r->err), &safe);
    struct span why = last_line(&safe);
    const char *name = c->argv[0], *colon = why.n ? ": " : "";
    const char *reason = ended_for(r->end);
    if (reason)
        err_set(err, ST_FAILED, "%s %s and was ended", name, reason);
    else if (r->end == PROC_KILLED)
        err_set(err, ST_FAILED, "%s was killed by SIG%s%s%.*s", name,
                signal_text(r->signal), colon, SPAN_ARG(why));
    else if (r->code != 0)
        err_set(err, ST_FAILED, "%s exited with %d%s%.*s", name, r->code, colon,
                SPAN_ARG(why));
    buf_release(&safe);
    return err->st;
}

static enum status timed_out(const struct command *c, struct err *err)
{
    char text[32];
    if (!c->timeout_ms)
        return err_set(err, ST_TIMEOUT,
                       "%s did not end in the time left and was ended",
                       c->argv[0]);
    duration_text(c->timeout_ms, text);
    return err_set(err, ST_FAILED, "%s did not end in %s and was ended",
                   c->argv[0], text);
}

static struct json *result_json(const struct proc_result *r)
{
    struct json *j = json_new(JSON_OBJECT);
    json_put_int(j, "code", r->code);
    if (r->signal)
        json_put_str(j, "signal", signal_text(r->signal));
    else
        json_put(j, "signal", json_new(JSON_NULL));
    json_put(j, "stdout", json_new_bytes(buf_view(&r->out)));
    json_put(j, "stderr", json_new_bytes(buf_view(&r->err)));
    json_put_bool(j, "truncated", r->end == PROC_FLOODED);
    return j;
}

static bool is_stopped(void *ctx)
{
    const struct command *c = ctx;
    return port_interrupted(c->call);
}

static bool is_full(void *ctx)
{
    const struct command *c = ctx;
    return c->roomy && !disks_have_reserve(c->call);
}

static uint64_t memory_of_machine(void)
{
    return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A bomb is no result, whatever opts.check says. */
static bool is_bomb(enum proc_end end)
{
    return end == PROC_CROWDED || end == PROC_SWOLLEN || end == PROC_FULL;
}

static enum status command_run(struct command *c, struct json **value,
                               struct err *err)
{
    struct proc_result r = {0};
    const struct proc_spec spec = {
        .program = c->program,
        .argv = c->argv,
        .envp = c->envp,
        .cwd = c->cwd,
        .input = c->input,
        .limit = &c->limit,
        .user_namespace = c->call->effect < EFFECT_REMOTE &&
                          !sh_network(c->call->args) && !limit_scopes_signals(),
        .cap_bytes = OUTPUT_CAP,
        .most_processes = LIMIT_PROCESSES,
        .most_memory = memory_of_machine() * MEMORY_SHARE,
        .deadline_mono_ms = c->deadline_mono_ms,
        .is_full = is_full,
        .is_stopped = is_stopped,
        .ctx = c,
    };
    if (proc_run(&spec, &r, err) == ST_OK) {
        if (r.end == PROC_TIMEOUT)
            timed_out(c, err);
        else if (r.end == PROC_STOPPED)
            err_set(err, ST_INTERRUPTED, "%s was ended: interrupted",
                    c->argv[0]);
        else if ((!c->check && !is_bomb(r.end)) ||
                 exit_check(c, &r, err) == ST_OK)
            *value = result_json(&r);
    }
    buf_release(&r.out);
    buf_release(&r.err);
    return err->st;
}

static enum status perform(void *state, const struct port_call *call,
                           struct json **value, struct err *err)
{
    struct command c = {.call = call, .cwd = -1, .limit.ruleset = -1};
    (void)state;
    if (strcmp(call->op, "sh.run") != 0)
        return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
    if (command_prepare(&c, call, err) == ST_OK)
        command_run(&c, value, err);
    command_release(&c);
    return err->st;
}

const struct port port_sh = {.name = "sh", .perform = perform};
