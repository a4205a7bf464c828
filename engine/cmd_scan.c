/* The command that looks for leaked secrets. */
#include "cmd_scan.h"

#include <string.h>

#include "clock.h"
#include "interrupt.h"
#include "sarif.h"

/* clang-format off */
static const struct option scan_options[] = {
    {"--history", NULL, NULL, OPTION_FLAG, "every blob that a ref leads to, instead of the files"},
    {"--unreachable", NULL, NULL, OPTION_FLAG, "with --history: what no ref leads to any more, too"},
    {"--format", NULL, "FORMAT", OPTION_TEXT, "text (default), json or sarif"},
    {0},
};
/* clang-format on */

/* What one call is made of. */
struct look {
    struct arena arena;
    struct leak_rules rules;
    struct findings findings;
    struct scan_result *results; /* one a path */
    int n;
    struct json *notices;
    bool damaged;
    size_t files, unreached;
    uint64_t bytes;
};

/* --- text ------------------------------------------------------------ */

static void print_finding(const struct finding *f)
{
    struct buf text = {0};
    const char *path = *f->path ? f->path : "(no path)";
    finding_text(f, &text);
    if (f->blob) {
        buf_str(&text, ", ");
        finding_since(f, &text);
    }
    cmd_say(stdout, "%s:%lld:%lld: %s", path, (long long)f->line,
            (long long)f->column, buf_cstr(&text));
    if (f->rule)
        cmd_say(stdout, " [%s %s]", f->rule->name, f->fingerprint);
    cmd_say(stdout, "\n");
    buf_release(&text);
}

static bool is_found(const struct findings *all, const struct leak_rule *rule)
{
    const struct finding *f = all->v;
    for (size_t left = all->n; f && left; left--, f++)
        if (f->rule == rule && !f->allowed)
            return true;
    return false;
}

/* What to do, once a rule. */
static void print_remedies(const struct look *l)
{
    for (size_t i = 0; i < l->rules.n_rules; i++)
        if (is_found(&l->findings, &l->rules.rules[i]))
            cmd_say(stdout, "%s: %s\n", l->rules.rules[i].name,
                    l->rules.rules[i].remedy);
}

static void print_text(const struct look *l, bool history)
{
    size_t n = l->findings.n - l->findings.allowed;
    for (size_t i = 0; i < l->findings.n; i++)
        if (!l->findings.v[i].allowed)
            print_finding(&l->findings.v[i]);
    print_remedies(l);
    printf("%zu finding%s in %zu %s%s, %.1f MiB", n, n == 1 ? "" : "s",
           l->files, history ? "blob" : "file", l->files == 1 ? "" : "s",
           (double)l->bytes / (1 << 20));
    if (l->findings.allowed)
        printf("; %zu allowed", l->findings.allowed);
    printf("\n");
}

/* --- formats --------------------------------------------------------- */

static struct json *as_json(const struct look *l)
{
    struct json *o = json_new(JSON_OBJECT);
    struct json *list = json_put(o, "findings", json_new(JSON_ARRAY));
    for (size_t i = 0; i < l->findings.n; i++)
        json_push(list, finding_json(&l->findings.v[i]));
    json_put(o, "notices", json_copy(l->notices));
    json_put_int(o, "looked_at", (int64_t)l->files);
    json_put_int(o, "bytes", (int64_t)l->bytes);
    json_put_bool(o, "complete", !l->damaged);
    return o;
}

static void print_json(struct json *j)
{
    struct buf text = {0};
    json_pretty(j, &text);
    printf("%s\n", buf_cstr(&text));
    buf_release(&text);
    json_free(j);
}

static void print_all(const struct look *l, const char *format, bool history)
{
    if (strcmp(format, "json") == 0)
        print_json(as_json(l));
    else if (strcmp(format, "sarif") == 0)
        print_json(
            sarif_json(&l->findings, &l->rules, l->notices, !l->damaged));
    else
        print_text(l, history);
    for (const struct json *n = json_first(l->notices); n; n = json_next(n))
        cmd_say(stderr, "runproof: note: %s\n", json_str(n));
}

/* --- the call -------------------------------------------------------- */

static enum status check_call(const struct call *c, const char *format,
                              struct err *err)
{
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0 &&
        strcmp(format, "sarif") != 0)
        return err_set(err, ST_INPUT,
                       "--format is text, json or sarif, not '%s'", format);
    if (call_flag(c, "unreachable") && !call_flag(c, "history"))
        return err_set(err, ST_INPUT,
                       "--unreachable needs --history: files of a work tree "
                       "have no refs");
    return ST_OK;
}

static void add_up(struct look *l, const struct scan_result *r)
{
    for (const struct json *n = json_first(r->notices); n; n = json_next(n))
        json_push(l->notices, json_copy(n));
    l->damaged |= r->damaged;
    l->files += r->files;
    l->bytes += r->bytes;
    l->unreached += r->unreached;
    findings_add(&l->findings, r->rows, &l->rules);
}

static enum status look_at(struct look *l, const struct call *c,
                           const char *path, struct err *err)
{
    const struct scan_request request = {.path = path,
                                         .rules = &l->rules,
                                         .history = call_flag(c, "history"),
                                         .unreachable =
                                             call_flag(c, "unreachable"),
                                         .stop = &interrupted};
    struct scan_result *r = &l->results[l->n++];
    if (scan(&request, r, err) == ST_OK)
        add_up(l, r);
    return err->st;
}

static enum status look_at_all(struct look *l, const struct call *c,
                               struct err *err)
{
    const char *first = c->n_words ? c->words[0] : ".";
    struct config config = {0};
    struct allowances allow = {0};
    struct clock clock;
    clock_real(&clock);
    if (leak_parse(leak_text, &l->arena, &l->rules, err) != ST_OK ||
        config_load(first, &l->arena, &config, err) != ST_OK ||
        allow_read(&config, &l->rules, &l->arena, &allow, err) != ST_OK)
        return err->st;
    l->results =
        arena_array(&l->arena, (size_t)c->n_words + 1, sizeof *l->results);
    if (!c->n_words && look_at(l, c, first, err) != ST_OK)
        return err->st;
    for (int i = 0; i < c->n_words; i++)
        if (look_at(l, c, c->words[i], err) != ST_OK)
            return err->st;
    findings_settle(&l->findings, &allow, &config, clock_now_ms(&clock));
    if (l->unreached)
        json_push(l->notices,
                  json_new_str(arena_printf(
                      &l->arena,
                      "%zu more in what no ref leads to: add --unreachable",
                      l->unreached)));
    return ST_OK;
}

static void look_release(struct look *l)
{
    for (int i = 0; i < l->n; i++)
        scan_release(&l->results[i]);
    findings_release(&l->findings);
    json_free(l->notices);
    arena_release(&l->arena);
}

static int cmd_scan(const struct call *c)
{
    const char *format = call_text(c, "format");
    struct look l = {.notices = json_new(JSON_ARRAY)};
    struct err err = {0};
    interrupt_catch();
    format = format ? format : "text";
    enum status st = check_call(c, format, &err);
    if (st == ST_OK)
        st = look_at_all(&l, c, &err);
    int code = st == ST_OK ? 0 : cmd_fail(&err);
    if (st == ST_OK) {
        print_all(&l, format, call_flag(c, "history"));
        code = l.findings.n > l.findings.allowed ? status_exit(ST_FAILED) : 0;
        if (l.damaged)
            code = cmd_fail(&(struct err){
                .st = ST_IO, .msg = "not everything could be looked at"});
    }
    look_release(&l);
    return code;
}

const struct command command_scan = {
    .name = "scan",
    .args = "[PATH...]",
    .max_words = 1000,
    .summary = "Look for leaked secrets, in files or in all history.",
    .options = scan_options,
    .fn = cmd_scan,
};
