/* Secrets: where they come from, and what is made of them unseen. */
#include "port_kit.h"

#include <sys/stat.h>

#include "arena.h"
#include "secrets.h"

#define NAME "RUNPROOF_TEST_TOKEN"

struct place {
    struct environment env;
    struct json *sources;
    struct json *handle;
    struct err err;
};

/* sources as JSON; "" for none named. */
static enum status get(struct kit *k, struct place *p, const char *sources,
                       const char *name)
{
    *p = (struct place){.env = {.name = "staging", .root = k->root}};
    if (*sources)
        p->env.secrets = p->sources = kit_json(sources);
    return secrets_get(&p->env, NULL, k->vault, name, &p->handle, &p->err);
}

static void put_place(struct place *p)
{
    json_free(p->sources);
    json_free(p->handle);
}

static void assert_secret(const struct kit *k, const struct json *handle,
                          const char *want)
{
    struct span value;
    struct err err = {0};
    if (vault_reveal(k->vault, handle, &value, &err) != ST_OK)
        fail_msg("%s", err.msg);
    if (!span_is(value, want))
        fail_msg("'%.*s' is not '%s'", SPAN_ARG(value), want);
}

static void vault_file(const struct kit *k, const char *name, const char *text)
{
    kit_put(k->root, name, text);
    assert_int_equal(chmod(kit_path(k->root, name), 0600), 0);
}

static void sources_in_order(void **state)
{
    struct kit *k = *state;
    vault_file(k, "a.env", NAME "=from-file-a\n");
    vault_file(k, "b.env", NAME "=from-file-b\nOTHER_TOKEN=other-token\n");
    static const struct {
        const char *sources, *name, *want;
    } rows[] = {
        {"", NAME, "from-process"},
        {"[\"process\"]", NAME, "from-process"},
        {"[\"process\",{\"file\":\"a.env\"}]", NAME, "from-process"},
        {"[{\"file\":\"a.env\"},\"process\"]", NAME, "from-file-a"},
        {"[{\"file\":\"none.env\"},{\"file\":\"b.env\"}]", NAME, "from-file-b"},
        {"[{\"file\":\"a.env\"},{\"file\":\"b.env\"}]", "OTHER_TOKEN",
         "other-token"},
    };
    assert_int_equal(setenv(NAME, "from-process", 1), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p;
        if (get(k, &p, rows[i].sources, rows[i].name) != ST_OK)
            fail_msg("%s: %s", rows[i].sources, p.err.msg);
        assert_secret(k, p.handle, rows[i].want);
        put_place(&p);
    }
    unsetenv(NAME);
}

static void absent_and_wrong_sources(void **state)
{
    struct kit *k = *state;
    vault_file(k, "a.env", "OTHER=from-file-a\nSHORT=1234567\n");
    kit_put(k->root, "open.env", NAME "=from-an-open-file\n");
    assert_int_equal(chmod(kit_path(k->root, "open.env"), 0640), 0);
    static const struct {
        const char *sources, *name;
        enum status st;
        const char *says;
    } rows[] = {
        {"", NAME, ST_FAILED, "no secret " NAME " in environment staging"},
        {"[]", NAME, ST_FAILED, "no secret " NAME},
        {"[{\"file\":\"a.env\"}]", NAME, ST_FAILED, "no secret " NAME},
        {"[{\"file\":\"open.env\"}]", NAME, ST_FAILED, "chmod 600"},
        {"[{\"file\":\"a.env\"}]", "SHORT", ST_INPUT, "SHORT"},
        {"[\"vault\"]", NAME, ST_INPUT, "a secret source is"},
        {"[{\"path\":\"x\"}]", NAME, ST_INPUT, "a secret source is"},
        {"[1]", NAME, ST_INPUT, "a secret source is"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p;
        enum status st = get(k, &p, rows[i].sources, rows[i].name);
        if (st != rows[i].st || !strstr(p.err.msg, rows[i].says) || p.handle)
            fail_msg("%s of %s: %s: %s", rows[i].name, rows[i].sources,
                     status_name(st), p.err.msg);
        put_place(&p);
    }
}

static void dotenv_forms(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *text, *want; /* NULL: not there */
    } rows[] = {
        {NAME "=value-12\n", "value-12"},
        {NAME "=value-12", "value-12"},
        {"\xEF\xBB\xBF# x\n" NAME "=value-12\r\n", "value-12"},
        {"  " NAME " = value-12  \n", "value-12"},
        {"export " NAME "=value-12\n", "value-12"},
        {NAME "=\"value 12\"\n", "value 12"},
        {NAME "='value 12'\n", "value 12"},
        {NAME "='value\"12'\n", "value\"12"},
        {NAME "='a\n  value\r\n12'\n", "a\n  value\n12"},
        {NAME "=\"-----BEGIN X-----\nabc\n-----END X-----\n\"\nB=1\n",
         "-----BEGIN X-----\nabc\n-----END X-----\n"},
        {NAME "=\"a\\nb\\tc\\\"d\\\\e\\$f\\qg\"\n", "a\nb\tc\"d\\e$f\\qg"},
        {NAME "='a\\nb-literal'\n", "a\\nb-literal"},
        {NAME "=`va\"l'ue-12`\n", "va\"l'ue-12"},
        {NAME "=\"value-12\" # a comment\n", "value-12"},
        {NAME "=value-12 # a comment\n", "value-12"},
        {NAME "=value-12\t#\n", "value-12"},
        {"export  " NAME "='value-12'\r\n", "value-12"},
        {"A='" NAME "=inside-of-a'\n" NAME "=value-12\n", "value-12"},
        {"A='x\n" NAME "=inside-of-a\n'\n", NULL},
        {"a line without a value\n" NAME "=value-12\n", "value-12"},
        {NAME "=\n", NULL},
        {NAME "=\"\"\n", NULL},
        {NAME "=a=b==cdef\n", "a=b==cdef"},
        {NAME "=value#not-a-comment\n", "value#not-a-comment"},
        {"A=1\n\n" NAME "=value-12\n" NAME "=value-34\n", "value-34"},
        {"#" NAME "=value-12\n", NULL},
        {NAME "2=value-12\n", NULL},
        {"X" NAME "=value-12\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p;
        vault_file(k, "a.env", rows[i].text);
        enum status st = get(k, &p, "[{\"file\":\"a.env\"}]", NAME);
        if (st != (rows[i].want ? ST_OK : ST_FAILED))
            fail_msg("%s: %s", rows[i].text, p.err.msg);
        if (rows[i].want)
            assert_secret(k, p.handle, rows[i].want);
        put_place(&p);
    }
}

static void dotenv_mistakes(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *text;
        int line;
        const char *says;
    } rows[] = {
        {"A=1\n" NAME "=\"hidden-12\nx\n", 2, "never closed"},
        {NAME "='hidden-12\n", 1, "never closed"},
        {"\n\n" NAME "=\"hidden-12\" hidden\n", 3, "behind the closing"},
        {"A='it's hidden-12'\n" NAME "=value-12", 1, "behind the closing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p;
        vault_file(k, "a.env", rows[i].text);
        assert_int_equal(get(k, &p, "[{\"file\":\"a.env\"}]", NAME), ST_INPUT);
        if (p.err.line != rows[i].line || !strstr(p.err.msg, rows[i].says) ||
            strstr(p.err.msg, "hidden"))
            fail_msg("%s: line %d: %s", rows[i].text, p.err.line, p.err.msg);
        put_place(&p);
    }
}

static void files_that_others_reach(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    vault_file(k, "a.env", NAME "=from-file-a\n");
    kit_put(k->outside, "far.env", NAME "=from-far-away\n");
    assert_int_equal(chmod(kit_path(k->outside, "far.env"), 0600), 0);
    assert_int_equal(
        symlink(kit_path(k->outside, "far.env"), kit_path(k->root, "link.env")),
        0);
    assert_int_equal(symlink(k->outside, kit_path(k->root, "link")), 0);
    assert_int_equal(mkfifo(kit_path(k->root, "fifo.env"), 0600), 0);
    assert_int_equal(file_mkdirs(kit_path(k->root, "open"), &err), ST_OK);
    vault_file(k, "open/b.env", NAME "=from-file-b\n");
    assert_int_equal(chmod(kit_path(k->root, "open"), 0777), 0);
    static const struct {
        const char *file, *says;
    } rows[] = {
        {"link.env", "symbolic link"},     {"link/far.env", "symbolic link"},
        {"fifo.env", "no plain file"},     {"open", "no plain file"},
        {"/dev/zero", "no plain file"},    {"open/b.env", "chmod o-w open"},
        {"/proc/self/environ", "symbolic"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p;
        char source[128];
        snprintf(source, sizeof source, "[{\"file\":\"%s\"}]", rows[i].file);
        assert_int_equal(get(k, &p, source, NAME), ST_FAILED);
        if (!strstr(p.err.msg, rows[i].says))
            fail_msg("%s: %s", rows[i].file, p.err.msg);
        put_place(&p);
    }
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct place p;
        assert_int_equal(chmod(kit_path(k->root, "a.env"), modes[i]), 0);
        assert_int_equal(get(k, &p, "[{\"file\":\"a.env\"}]", NAME), ST_FAILED);
        assert_non_null(strstr(p.err.msg, "chmod 600 a.env"));
        put_place(&p);
    }
}

#define SH(script) "[{\"command\":[\"sh\",\"-c\",\"" script "\",\"{name}\"]}]"

static void commands(void **state)
{
    struct kit *k = *state;
    assert_int_equal(setenv("RUNPROOF_TEST_TOKEN", "hidden-token-1", 1), 0);
    static const struct {
        const char *sources;
        enum status st;
        const char *says; /* the value when ST_OK */
    } rows[] = {
        {SH("echo value-of-$0"), ST_OK, "value-of-" NAME},
        {SH("printf 'value-12\\r\\n'"), ST_OK, "value-12"},
        {SH("printf 'value-12\\n\\n'"), ST_OK, "value-12\n"},
        {SH("echo v-$(env | cut -d= -f1 | grep -c RUNPROOF)-$PWD"), ST_OK, ""},
        {"[{\"command\":[\"/bin/echo\",\"a b;{name}$HOME{name}\"]}]", ST_OK,
         "a b;" NAME "$HOME" NAME},
        {"[{\"command\":[\"sh\",\"-c\",\"echo $" NAME "-$0\",\"{name}\"],"
         "\"env\":[\"" NAME "\"]}]",
         ST_OK, "hidden-token-1-" NAME},
        {SH("exit 3"), ST_FAILED, "sh exited with 3"},
        {SH("echo hidden-value; echo no hidden-value here >&2; exit 1"),
         ST_FAILED, "sh exited with 1: no [redacted:secret] here"},
        {"[{\"command\":[\"sh\",\"-c\",\"echo bad $" NAME
         " >&2; exit 1\",\"{name}\"],\"env\":[\"" NAME "\"]}]",
         ST_FAILED, "bad [redacted:" NAME "]"},
        {SH("kill -9 $$"), ST_FAILED, "exited with 137"},
        {SH(":"), ST_FAILED, "printed nothing"},
        {SH("echo short"), ST_INPUT, "shorter"},
        {SH("head -c 70000 /dev/zero"), ST_FAILED, "more than 64 KiB"},
        {"[{\"command\":[\"sh\",\"-c\",\"sleep 9\",\"{name}\"],"
         "\"timeout\":\"1s\"}]",
         ST_FAILED, "did not end in 1 s"},
        {"[{\"command\":[\"no-such-program\",\"{name}\"]}]", ST_FAILED,
         "no command no-such-program"},
        {"[{\"command\":[\"echo\",\"x\"]}]", ST_INPUT, "is like"},
        {"[{\"command\":[\"{name}\"]}]", ST_INPUT, "is like"},
        {"[{\"command\":\"echo {name}\"}]", ST_INPUT, "is like"},
        {"[{\"command\":[]}]", ST_INPUT, "is like"},
        {"[{\"command\":[\"echo\",1,\"{name}\"]}]", ST_INPUT, "is like"},
        {"[{\"command\":[\"echo\",\"{name}\"],\"shell\":true}]", ST_INPUT,
         "is like"},
        {"[{\"command\":[\"echo\",\"{name}\"],\"timeout\":\"x\"}]", ST_INPUT,
         "is like"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place p;
        enum status st = get(k, &p, rows[i].sources, NAME);
        if (st != rows[i].st || strstr(p.err.msg, "hidden"))
            fail_msg("%s: %s: %s", rows[i].sources, status_name(st), p.err.msg);
        if (st == ST_OK && *rows[i].says)
            assert_secret(k, p.handle, rows[i].says);
        else if (st != ST_OK && !strstr(p.err.msg, rows[i].says))
            fail_msg("%s: %s", rows[i].sources, p.err.msg);
        put_place(&p);
    }
    static const char *const names[] = {"--help", "a/b", "..",
                                        "a b",    "",    "a$b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct place p;
        assert_int_equal(get(k, &p, SH("echo value-12"), names[i]), ST_INPUT);
        put_place(&p);
    }
    unsetenv("RUNPROOF_TEST_TOKEN");
}

static void the_sandbox_has_its_own(void **state)
{
    struct kit *k = *state;
    struct place p;
    struct world *w = NULL;
    struct err err = {0};
    assert_int_equal(file_mkdirs(kit_path(k->root, "f"), &err), ST_OK);
    kit_put(k->root, "f/world.json",
            "{\"secrets\":{\"T\":\"simulated-secret\"}}");
    assert_int_equal(setenv(NAME, "from-process", 1), 0);
    assert_int_equal(world_open(k->root, "f", &w, &err), ST_OK);
    p = (struct place){.env = {.name = "sandbox", .root = k->root}};
    assert_int_equal(secrets_get(&p.env, w, k->vault, "T", &p.handle, &p.err),
                     ST_OK);
    assert_secret(k, p.handle, "simulated-secret");
    put_place(&p);
    /* nothing of the real world */
    p = (struct place){.env = {.name = "sandbox", .root = k->root}};
    assert_int_equal(secrets_get(&p.env, w, k->vault, NAME, &p.handle, &p.err),
                     ST_FAILED);
    unsetenv(NAME);
    world_close(w);
}

static void named_by_a_person(void **state)
{
    struct kit *k = *state;
    struct arena a = {0};
    kit_put(k->outside, "token", "  token-in-a-file\n");
    assert_int_equal(setenv(NAME, "from-process", 1), 0);
    const struct {
        const char *source;
        enum status st;
        const char *says; /* the value when ST_OK */
    } rows[] = {
        {"@env:" NAME, ST_OK, "from-process"},
        {arena_printf(&a, "@%s/token", k->outside), ST_OK, "token-in-a-file"},
        {"@env:RUNPROOF_TEST_NONE", ST_INPUT,
         "-p tok: RUNPROOF_TEST_NONE is not set"},
        {"@/nowhere/at/all", ST_IO, "/nowhere/at/all"},
        {"@", ST_IO, ""},
        {"in-the-clear", ST_INPUT, "never in the command line"},
        {"", ST_INPUT, "never in the command line"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *handle = NULL;
        struct err err = {0};
        enum status st =
            secrets_named(k->vault, "-p", "tok", rows[i].source, &handle, &err);
        if (st != rows[i].st)
            fail_msg("%s: %s: %s", rows[i].source, status_name(st), err.msg);
        if (st == ST_OK)
            assert_secret(k, handle, rows[i].says);
        else if (!strstr(err.msg, rows[i].says) ||
                 strstr(err.msg, "in-the-clear"))
            fail_msg("%s: %s", rows[i].source, err.msg);
        json_free(handle);
    }
    unsetenv(NAME);
    arena_release(&a);
}

static struct json *handle(const struct kit *k, const char *value)
{
    struct json *h = NULL;
    struct err err = {0};
    if (vault_put(k->vault, "S", span_of(value), &h, &err) != ST_OK)
        fail_msg("%s", err.msg);
    return h;
}

static void equality(void **state)
{
    struct kit *k = *state;
    struct json *a = handle(k, "same-value");
    struct json *b = handle(k, "other-value");
    struct json *text = json_new_str("same-value");
    struct json *longer = json_new_str("same-value-");
    struct json *strange = kit_json("{\"$secret\":\"s99\",\"name\":\"S\"}");
    struct json *number = json_new_int(1);
    const struct {
        const struct json *x, *y;
        bool same;
        enum status st;
    } rows[] = {
        {a, a, true, ST_OK},
        {a, text, true, ST_OK},
        {text, a, true, ST_OK},
        {a, b, false, ST_OK},
        {a, longer, false, ST_OK},
        {number, a, false, ST_OK},
        {strange, a, false, ST_FAILED},
        {a, strange, false, ST_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err err = {0};
        bool same = !rows[i].same;
        assert_int_equal(
            secrets_equal(k->vault, rows[i].x, rows[i].y, &same, &err),
            rows[i].st);
        assert_int_equal(same, rows[i].same);
    }
    json_free(a);
    json_free(b);
    json_free(text);
    json_free(longer);
    json_free(strange);
    json_free(number);
}

static void templates(void **state)
{
    struct kit *k = *state;
    struct json *s = handle(k, "tok-12345");
    static const struct {
        const char *fmt, *want; /* NULL: refused */
    } rows[] = {
        {"Bearer {}", "Bearer tok-12345"},
        {"{}", "tok-12345"},
        {"a{}b", "atok-12345b"},
        {"Bearer", NULL},
        {"", NULL},
        {"{ }", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *h = NULL;
        struct err err = {0};
        enum status st = secrets_template(k->vault, rows[i].fmt, s, &h, &err);
        assert_int_equal(st, rows[i].want ? ST_OK : ST_INPUT);
        if (h) {
            assert_secret(k, h, rows[i].want);
            assert_string_equal(json_get_str(h, "name", ""), "S");
        }
        json_free(h);
    }
    json_free(s);
}

static void dsn_parts(void **state)
{
    struct kit *k = *state;
    static const struct {
        const char *dsn, *parts; /* NULL: refused */
        const char *password;    /* NULL: none */
    } rows[] = {
        {"postgres://me:p4ssw0rd-x@db.example:5432/shop?sslmode=require",
         "{\"scheme\":\"postgres\",\"user\":\"me\",\"host\":\"db.example\","
         "\"port\":\"5432\",\"database\":\"shop\"}",
         "p4ssw0rd-x"},
        {"postgres://me:p%40ss%2Fw0rd%@h/a%20b",
         "{\"scheme\":\"postgres\",\"user\":\"me\",\"host\":\"h\","
         "\"database\":\"a b\"}",
         "p@ss/w0rd%"},
        {"postgres://me:in@the@middle@h",
         "{\"scheme\":\"postgres\",\"user\":\"me\",\"host\":\"h\"}",
         "in@the@middle"},
        {"postgres://me:p4ssw0rd-x@[::1]:5432/d",
         "{\"scheme\":\"postgres\",\"user\":\"me\",\"host\":\"::1\","
         "\"port\":\"5432\",\"database\":\"d\"}",
         "p4ssw0rd-x"},
        {"redis://h:6379",
         "{\"scheme\":\"redis\",\"host\":\"h\",\"port\":\"6379\"}", NULL},
        {"mysql://me@h/d",
         "{\"scheme\":\"mysql\",\"user\":\"me\",\"host\":\"h\","
         "\"database\":\"d\"}",
         NULL},
        {"not a dsn", NULL, NULL},
        {"host=h password=p4ssw0rd-x", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json *s = handle(k, rows[i].dsn);
        struct json *parts = NULL;
        struct err err = {0};
        enum status st = secrets_dsn(k->vault, s, &parts, &err);
        assert_int_equal(st, rows[i].parts ? ST_OK : ST_FAILED);
        assert_null(strstr(err.msg, "p4ssw0rd"));
        const struct json *password = json_get(parts, "password");
        assert_int_equal(password != NULL, rows[i].password != NULL);
        if (password)
            assert_secret(k, password, rows[i].password);
        json_remove(parts, "password");
        struct json *want = rows[i].parts ? kit_json(rows[i].parts) : NULL;
        if (want && !json_equal(parts, want)) {
            struct buf got = {0};
            json_write(parts, &got);
            fail_msg("%s gives %s", rows[i].dsn, buf_cstr(&got));
        }
        json_free(want);
        json_free(parts);
        json_free(s);
    }
}

static void a_page_with_a_secret_is_refused(void **state)
{
    struct kit *k = *state;
    struct err err = {0};
    json_free(handle(k, "tok-12345"));
    assert_int_equal(
        secrets_check_page(k->vault, "p.md", SPAN("a\nb tok-1234\n"), &err),
        ST_OK);
    assert_int_equal(
        secrets_check_page(k->vault, "p.md", SPAN("a\nb tok-12345\n"), &err),
        ST_INPUT);
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.msg, "holds the secret S"));
    assert_null(strstr(err.msg, "tok-12345"));
}

#define kit_test(fn) cmocka_unit_test_setup_teardown(fn, kit_enter, kit_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kit_test(sources_in_order),
        kit_test(absent_and_wrong_sources),
        kit_test(dotenv_forms),
        kit_test(dotenv_mistakes),
        kit_test(files_that_others_reach),
        kit_test(commands),
        kit_test(the_sandbox_has_its_own),
        kit_test(named_by_a_person),
        kit_test(equality),
        kit_test(templates),
        kit_test(dsn_parts),
        kit_test(a_page_with_a_secret_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
