/* The command line: every wrong call is told in one line, exit 2. */
#include "port_kit.h"

#include <fcntl.h>
#include <unistd.h>

#include "cmd.h"

#define MAX_WORDS 12

/* What the program printed, and its exit code. */
struct told {
    int code;
    struct buf out, err;
};

static void take_file(const struct kit *k, const char *name, struct buf *out)
{
    struct err err = {0};
    if (file_read(kit_path(k->dir, name), 1 << 20, out, &err) != ST_OK)
        fail_msg("%s", err.msg);
}

/* stdout and stderr of this process go to files meanwhile. */
static struct told call(const struct kit *k, const char *const *words)
{
    struct told t = {0};
    static const char *const names[] = {"out", "err"};
    int kept[2];
    char *argv[MAX_WORDS + 2] = {(char *)"runproof"};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    for (int i = 0; i < 2; i++) {
        fflush(i ? stderr : stdout);
        kept[i] = dup(i + 1);
        int fd = open(kit_path(k->dir, names[i]), O_WRONLY | O_CREAT | O_TRUNC,
                      0600);
        assert_true(fd >= 0);
        assert_true(dup2(fd, i + 1) >= 0);
        close(fd);
    }
    t.code = cmd_main(argc, argv);
    for (int i = 0; i < 2; i++) {
        fflush(i ? stderr : stdout); /* which are others since the first */
        assert_true(dup2(kept[i], i + 1) >= 0);
        close(kept[i]);
    }
    take_file(k, "out", &t.out);
    take_file(k, "err", &t.err);
    return t;
}

static void release(struct told *t)
{
    buf_release(&t->out);
    buf_release(&t->err);
}

static void join(const char *const *words, struct buf *out)
{
    for (; *words; words++)
        buf_printf(out, " %s", *words);
}

static const struct {
    const char *words[MAX_WORDS];
    const char *says;
} wrong[] = {
    {{"rn"}, "no command 'rn'; did you mean 'run'?; see runproof --help"},
    {{"qqqqqq"}, "no command 'qqqqqq'; see runproof --help"},
    {{""}, "no command ''"},
    {{"--verbose"}, "no command '--verbose'"},
    {{"help", "rn"}, "no command 'rn'; did you mean 'run'"},
    {{"run"}, "usage: runproof run FILE"},
    {{"run", "a.md", "b.md"}, "usage: runproof run FILE"},
    {{"run", "--env", "staging"}, "usage: runproof run FILE"},
    {{"run", "--"}, "usage: runproof run FILE"},
    {{"run", "--", "--env", "x"}, "usage: runproof run FILE"},
    {{"run", "--evn", "x", "a.md"}, "--evn"},
    {{"run", "--evn=x", "a.md"}, "--env"},
    {{"run", "-q", "a.md"}, "-q"},
    {{"run", "-", "a.md"}, "usage: runproof run FILE"},
    {{"run", "a.md", "--env"}, "--env needs a value: --env E"},
    {{"run", "a.md", "-p"}, "--param needs a value: --param K=V"},
    {{"run", "a.md", "-p", "x"}, "--param takes name=value, not 'x'"},
    {{"run", "a.md", "-p", "=x"}, "--param takes name=value, not ''"},
    {{"run", "a.md", "--param=x"}, "--param takes name=value"},
    {{"run", "a.md", "--answer", "id"}, "--answer takes name=value, not 'id'"},
    {{"run", "a.md", "--yes=1"}, "--yes takes no value"},
    {{"run", "a.md", "-y=1"}, "--yes takes no value"},
    {{"run", "a.md", "--out", "\xFF.md"}, "the value of --out is not UTF-8"},
    {{"run", "a.md", "-p", "x=\xFF"}, "the value of --param is not UTF-8"},
    {{"resume"}, "usage: runproof resume RUN"},
    {{"resume", "x", "--env", "y"}, "--env"},
    {{"verify"}, "usage: runproof verify FILE|RUN"},
    {{"strip"}, "usage: runproof strip FILE"},
    {{"strip", "--yes", "a.md"}, "--yes"},
    {{"render", "a.md", "-o"}, "needs a value"},
    {{"log", "x"}, "usage: runproof log"},
    {{"check"}, "usage: runproof check PATH"},
};

static void wrong_calls(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct told t = call(k, wrong[i].words);
        struct buf line = {0};
        join(wrong[i].words, &line);
        if (t.code != 2 || t.out.n || !strstr(buf_cstr(&t.err), wrong[i].says))
            fail_msg("runproof%s: exit %d: %s%s", buf_cstr(&line), t.code,
                     buf_cstr(&t.out), buf_cstr(&t.err));
        /* one line, from us */
        assert_true(span_starts(buf_view(&t.err), "runproof: "));
        assert_int_equal(span_find(buf_view(&t.err), SPAN("\n"), 0),
                         t.err.n - 1);
        buf_release(&line);
        release(&t);
    }
}

static const struct {
    const char *words[MAX_WORDS];
    const char *prints;
} helpful[] = {
    {{NULL}, "usage: runproof COMMAND"},
    {{"help"}, "usage: runproof COMMAND"},
    {{"--help"}, "usage: runproof COMMAND"},
    {{"-h"}, "Exit codes: 0 passed"},
    {{"help", "run"}, "usage: runproof run [options] FILE"},
    {{"run", "--help"}, "--param, -p K=V"},
    {{"run", "a.md", "--nonsense", "-h"}, "usage: runproof run"},
    {{"--version"}, "runproof " RUNPROOF_VERSION},
};

static void help(void **state)
{
    struct kit *k = *state;
    for (size_t i = 0; i < sizeof helpful / sizeof *helpful; i++) {
        struct told t = call(k, helpful[i].words);
        if (t.code != 0 || t.err.n ||
            !strstr(buf_cstr(&t.out), helpful[i].prints))
            fail_msg("row %zu: exit %d: %s%s", i, t.code, buf_cstr(&t.out),
                     buf_cstr(&t.err));
        release(&t);
    }
}

/* Each command explains each of its options, none twice. */
static void rows_are_whole(void **state)
{
    struct kit *k = *state;
    for (const struct command *const *c = command_table; *c; c++) {
        const char *const words[] = {(*c)->name, "--help", NULL};
        struct told t = call(k, words);
        assert_int_equal(t.code, 0);
        assert_non_null(strstr(buf_cstr(&t.out), (*c)->summary));
        assert_true((*c)->min_words <= (*c)->max_words);
        const struct option *o = (*c)->options;
        for (; o && o->name; o++) {
            if (!strstr(buf_cstr(&t.out), o->help))
                fail_msg("%s %s is not explained", (*c)->name, o->name);
            assert_int_equal(o->kind == OPTION_FLAG, o->value == NULL);
            for (const struct option *x = (*c)->options; x != o; x++)
                if (!strcmp(x->name, o->name) ||
                    (x->brief && o->brief && !strcmp(x->brief, o->brief)))
                    fail_msg("%s has %s twice", (*c)->name, o->name);
        }
        release(&t);
    }
}

static void words_may_look_like_options(void **state)
{
    struct kit *k = *state;
    char place[512];
    assert_non_null(getcwd(place, sizeof place));
    kit_put(k->root, "--odd.md", "# A page\n");
    assert_int_equal(chdir(k->root), 0);
    const char *const words[] = {"strip", "--", "--odd.md", NULL};
    struct told t = call(k, words);
    assert_int_equal(chdir(place), 0);
    assert_int_equal(t.code, 0);
    assert_string_equal(buf_cstr(&t.out), "# A page\n");
    release(&t);
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(wrong_calls),
        kit_test(help),
        kit_test(rows_are_whole),
        kit_test(words_may_look_like_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
