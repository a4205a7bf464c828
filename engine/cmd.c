/* Parses the command line by table and dispatches. */
#include "cmd.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "outlet.h"
#include "strongbox.h"
#include "visible.h"
#include "worker.h"

void cmd_say(FILE *to, const char *fmt, ...)
{
    struct buf text = {0};
    struct buf shown = {0};
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&text, fmt, ap);
    va_end(ap);
    visible_text(buf_view(&text), VISIBLE_LINES, &shown);
    fwrite(shown.p, 1, shown.n, to);
    buf_release(&text);
    buf_release(&shown);
}

int cmd_fail(const struct err *err)
{
    struct err safe = *err;
    struct buf words = {0};
    char text[1024];
    if (redact_message(outlet_net(), span_of(err->msg), sizeof err->msg,
                       &words))
        snprintf(safe.msg, sizeof safe.msg, "%s", buf_cstr(&words));
    err_text(&safe, text, sizeof text);
    cmd_say(stderr, "runproof: %s\n", text);
    buf_release(&words);
    return status_exit(err->st);
}

bool call_flag(const struct call *c, const char *name)
{
    return json_get_bool(c->options, name, false);
}

const char *call_text(const struct call *c, const char *name)
{
    return json_str(json_get(c->options, name));
}

/* --- help ------------------------------------------------------------ */

static void print_options(const struct option *o)
{
    for (; o && o->name; o++) {
        char left[48];
        snprintf(left, sizeof left, "%s%s%s%s%s", o->name, o->brief ? ", " : "",
                 o->brief ? o->brief : "", o->value ? " " : "",
                 o->value ? o->value : "");
        printf("  %-26s %s\n", left, o->help);
    }
}

static int print_command(const struct command *c)
{
    printf("usage: runproof %s%s%s%s\n\n%s\n", c->name,
           c->options ? " [options]" : "", *c->args ? " " : "", c->args,
           c->summary);
    if (c->options)
        printf("\n");
    print_options(c->options);
    return 0;
}

static int print_help(void)
{
    printf("usage: runproof COMMAND [options] [arguments]\n\n"
           "Runs Markdown runbooks and writes the evidence back.\n\n");
    for (const struct command *const *c = command_table; *c; c++)
        printf("  %-10s %s\n", (*c)->name, (*c)->summary);
    printf("  %-10s %s\n", "help", "List the commands, or explain one.");
    printf("\n  --help     this text; after a command, its options\n"
           "  --version  the version\n\n"
           "Exit codes: 0 passed, 1 failed or findings, 2 wrong call or "
           "runbook,\n3 refused or waiting for a person, 4 interrupted or not "
           "written back,\n5 evidence does not verify.\n");
    return 0;
}

static const struct command *find_command(const char *name)
{
    for (const struct command *const *c = command_table; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[64] = {0};
    size_t n = 0;
    for (const struct command *const *c = command_table; *c && n < 62; c++)
        names[n++] = (*c)->name;
    const char *near = nearest_name(span_of(name), names);
    struct err e = {0};
    (void)err_set(&e, ST_INPUT, "no command '%s'%s%s%s; see runproof --help",
                  name, near ? "; did you mean '" : "", near ? near : "",
                  near ? "'?" : "");
    return cmd_fail(&e);
}

static int help_on(const char *name)
{
    if (!name)
        return print_help();
    const struct command *c = find_command(name);
    return c ? print_command(c) : unknown_command(name);
}

/* --- options --------------------------------------------------------- */

static const struct option *find_option(const struct command *c,
                                        struct span name)
{
    for (const struct option *o = c->options; o && o->name; o++)
        if (span_is(name, o->name) || (o->brief && span_is(name, o->brief)))
            return o;
    return NULL;
}

static enum status unknown_option(const struct command *c, struct span name,
                                  struct err *err)
{
    const char *names[32] = {0};
    size_t n = 0;
    for (const struct option *o = c->options; o && o->name && n < 31; o++)
        names[n++] = o->name;
    const char *near = nearest_name(name, names);
    return err_set(err, ST_INPUT,
                   "%s has no option %.*s%s%s; see runproof %s --help", c->name,
                   SPAN_ARG(name), near ? "; did you mean " : "",
                   near ? near : "", c->name);
}

static enum status put_option(struct call *call, const struct option *o,
                              struct span value, struct err *err)
{
    const char *key = o->name + 2;
    if (!span_utf8(value))
        return err_set(err, ST_INPUT, "the value of %s is not UTF-8", o->name);
    if (o->kind == OPTION_FLAG) {
        json_put_bool(call->options, key, true);
        return ST_OK;
    }
    if (o->kind == OPTION_TEXT) {
        json_put(call->options, key, json_new_bytes(value));
        return ST_OK;
    }
    struct span name = span_cut(&value, '=');
    if (!name.n || !value.p || value.p == name.p + name.n)
        return err_set(err, ST_INPUT, "%s takes name=value, not '%.*s'",
                       o->name, SPAN_ARG(name));
    struct json *all = (struct json *)json_get(call->options, key);
    if (!all)
        all = json_put(call->options, key, json_new(JSON_OBJECT));
    struct arena a = {0};
    json_put(all, span_dup(&a, name), json_new_bytes(value));
    arena_release(&a);
    return ST_OK;
}

/* Takes one argument that begins with '-', and its value. */
static enum status take_option(const struct command *c, struct call *call,
                               char **argv, int *i, struct err *err)
{
    struct span value = span_of(argv[*i]);
    struct span name = span_cut(&value, '=');
    bool joined = name.n < strlen(argv[*i]);
    const struct option *o = find_option(c, name);
    if (!o)
        return unknown_option(c, name, err);
    if (o->kind == OPTION_FLAG && joined)
        return err_set(err, ST_INPUT, "%s takes no value", o->name);
    if (o->kind != OPTION_FLAG && !joined) {
        if (!argv[*i + 1])
            return err_set(err, ST_INPUT, "%s needs a value: %s %s", o->name,
                           o->name, o->value);
        value = span_of(argv[++*i]);
    }
    return put_option(call, o, value, err);
}

static enum status parse_call(const struct command *c, char **argv,
                              struct call *call, struct err *err)
{
    bool options = true;
    for (int i = 0; argv[i]; i++) {
        enum status st = ST_OK;
        if (options && strcmp(argv[i], "--") == 0)
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1])
            st = take_option(c, call, argv, &i, err);
        else
            call->words[call->n_words++] = argv[i];
        if (st != ST_OK)
            return st;
    }
    if (call->n_words < c->min_words || call->n_words > c->max_words)
        return err_set(err, ST_INPUT, "usage: runproof %s %s", c->name,
                       c->args);
    return ST_OK;
}

static bool asks_help(char **argv)
{
    for (; *argv && strcmp(*argv, "--") != 0; argv++)
        if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
            return true;
    return false;
}

static const char *join_words(struct arena *a, char **argv)
{
    struct buf line = {0};
    buf_str(&line, "runproof");
    for (; *argv; argv++)
        buf_printf(&line, " %s", *argv);
    const char *s = span_dup(a, buf_view(&line));
    buf_release(&line);
    return s;
}

static int run_command(const struct command *c, int argc, char **argv)
{
    if (asks_help(argv))
        return print_command(c);
    struct arena a = {0};
    struct err err = {0};
    struct call call = {.options = json_adopt(&a, json_new(JSON_OBJECT)),
                        .words =
                            arena_array(&a, (size_t)argc + 1, sizeof(char *)),
                        .line = join_words(&a, argv - 1)};
    enum status st = parse_call(c, argv, &call, &err);
    /* Before anything is read: what a worker inherits it cannot leak. */
    if (st == ST_OK && c->lua)
        st = worker_zygote(&err);
    int code = st == ST_OK ? c->fn(&call) : cmd_fail(&err);
    if (code == 0 && (fflush(stdout) != 0 || ferror(stdout) || !outlet_end())) {
        (void)err_set(&err, ST_UNWRITTEN, "cannot write to standard output");
        code = cmd_fail(&err);
    }
    if (c->lua)
        worker_zygote_stop();
    arena_release(&a);
    return code;
}

static int dispatch(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--version") == 0)
        return printf("runproof %s\n", RUNPROOF_VERSION) < 0;
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
        strcmp(name, "help") == 0)
        return help_on(argc > 2 ? argv[2] : NULL);
    const struct command *c = find_command(name);
    return c ? run_command(c, argc, argv + 2) : unknown_command(name);
}

int cmd_main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* an error of write(2), not the end */
    strongbox_process();
    outlet_open();
    int code = dispatch(argc, argv);
    (void)outlet_end();
    return code;
}
