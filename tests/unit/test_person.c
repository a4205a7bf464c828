/* Questions: given answers, nobody there, and a person at a terminal. */
#include "port_kit.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "person.h"

/* --- without a terminal ------------------------------------------------ */

struct asked {
    const char *op, *args;
    const char *answers; /* JSON, NULL: none */
    bool yes;
    enum status st;
    const char *want; /* the value as JSON, or what the refusal says */
    const char *how;
};

#define CONFIRM "{\"question\":\"Go on?\",\"opts\":{\"id\":\"go\"}}"
#define INPUT "{\"question\":\"Which?\",\"opts\":{\"id\":\"v\"}}"
#define INPUT_DEFAULT                                                          \
    "{\"question\":\"Which?\",\"opts\":{\"id\":\"v\",\"default\":\"41\"}}"
#define INPUT_PATTERN                                                          \
    "{\"question\":\"Which?\",\"opts\":{\"id\":\"v\",\"pattern\":\"[0-9]+\"}}"
#define CHOICE                                                                 \
    "{\"question\":\"Where?\",\"choices\":[\"fra\",\"ams\"],"                  \
    "\"opts\":{\"id\":\"r\"}}"
#define CHOICE_DEFAULT                                                         \
    "{\"question\":\"Where?\",\"choices\":[\"fra\",\"ams\"],"                  \
    "\"opts\":{\"id\":\"r\",\"default\":\"ams\"}}"

static const struct asked given[] = {
    {"ask.confirm", CONFIRM, "{\"go\":\"y\"}", false, ST_OK, "true",
     "--answer"},
    {"ask.confirm", CONFIRM, "{\"go\":\"no\"}", false, ST_OK, "false",
     "--answer"},
    {"ask.confirm", CONFIRM, "{\"go\":\"no\"}", true, ST_OK, "false",
     "--answer"},
    {"ask.confirm", CONFIRM, "{\"go\":\"maybe\"}", true, ST_INPUT,
     "--answer go=maybe: answer y or n", NULL},
    {"ask.confirm", "{\"question\":\"Go on?\"}", "{\"Go on?\":\"yes\"}", false,
     ST_OK, "true", "--answer"},
    {"ask.confirm", CONFIRM, NULL, true, ST_OK, "true", "--yes"},
    {"ask.confirm", CONFIRM, NULL, false, ST_WAITING,
     "nobody to answer 'go'; resume in a terminal or with --answer 'go=", NULL},
    {"ask.input", INPUT, "{\"v\":\"x y\"}", false, ST_OK, "\"x y\"",
     "--answer"},
    {"ask.input", INPUT, "{\"v\":\"\"}", false, ST_OK, "\"\"", "--answer"},
    {"ask.input", INPUT_PATTERN, "{\"v\":\"42\"}", false, ST_OK, "\"42\"",
     "--answer"},
    {"ask.input", INPUT_PATTERN, "{\"v\":\"x42\"}", false, ST_INPUT,
     "must match [0-9]+", NULL},
    {"ask.choice", CHOICE, "{\"r\":\"ams\"}", false, ST_OK, "\"ams\"",
     "--answer"},
    {"ask.choice", CHOICE, "{\"r\":\"1\"}", false, ST_OK, "\"fra\"",
     "--answer"},
    {"ask.choice", CHOICE, "{\"r\":\"3\"}", false, ST_INPUT,
     "must be one of the 2 choices", NULL},
    /* --yes consents; it knows no value */
    {"ask.input", INPUT, NULL, true, ST_WAITING, "nobody to answer 'v'", NULL},
    {"ask.choice", CHOICE, NULL, true, ST_WAITING, "nobody to answer 'r'",
     NULL},
    {"ask.input", INPUT_PATTERN, NULL, true, ST_WAITING, "nobody to answer",
     NULL},
    /* but what stands there as the default it takes */
    {"ask.input", INPUT_DEFAULT, NULL, true, ST_OK, "\"41\"", "--yes"},
    {"ask.choice", CHOICE_DEFAULT, NULL, true, ST_OK, "\"ams\"", "--yes"},
    {"ask.input", INPUT_DEFAULT, NULL, false, ST_WAITING, "nobody to answer",
     NULL},
    {"ask.mood", INPUT, NULL, false, ST_INPUT, "no such question", NULL},
};

static void given_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        const struct asked *r = &given[i];
        struct json *args = kit_json(r->args);
        struct json *answers = r->answers ? kit_json(r->answers) : NULL;
        struct person p = {.answers = answers, .yes = r->yes};
        struct reply reply = {0};
        struct err err = {0};
        enum status st = person_ask(&p, r->op, args, &reply, &err);
        if (st != r->st)
            fail_msg("row %zu: %s: %s", i, status_name(st), err.msg);
        if (st == ST_OK) {
            struct json *want = kit_json(r->want);
            assert_true(json_equal(reply.value, want));
            assert_string_equal(reply.how, r->how);
            json_free(want);
        } else if (!strstr(err.msg, r->want)) {
            fail_msg("row %zu: %s", i, err.msg);
        }
        json_free(reply.value);
        json_free(answers);
        json_free(args);
    }
}

static void consent_is_not_a_fact(void **state)
{
    (void)state;
    static const struct {
        bool yes, by_yes;
        enum status st;
        const char *says;
    } rows[] = {
        {true, true, ST_OK, ""},
        {true, false, ST_WAITING, "with --answer c=yes"},
        {false, true, ST_WAITING, "with --answer c=yes or --yes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct person p = {.yes = rows[i].yes};
        struct consent c = {"c", "Has it happened?", rows[i].by_yes};
        struct err err = {0};
        const char *how = NULL;
        bool yes = !rows[i].yes;
        assert_int_equal(person_consent(&p, &c, &yes, &how, &err), rows[i].st);
        assert_int_equal(yes, rows[i].st == ST_OK);
        size_t n = strlen(rows[i].says);
        assert_string_equal(err.msg + strlen(err.msg) - n, rows[i].says);
    }
}

/* --- at a terminal ----------------------------------------------------- */

/* In the child: asks, and tells on the terminal what it got. */
static int64_t patience_ms;

static _Noreturn void ask_and_tell(const char *op, const char *args)
{
    struct person p = {.terminal = true, .patience_ms = patience_ms};
    struct reply reply = {0};
    struct err err = {0};
    struct buf value = {0};
    struct json *a = NULL;
    if (json_parse(span_of(args), &a, &err) != ST_OK)
        _exit(1);
    enum status st = person_ask(&p, op, a, &reply, &err);
    if (reply.value)
        json_write(reply.value, &value);
    printf("GOT %s %s %s\n", status_name(st), buf_cstr(&value), err.msg);
    fflush(stdout);
    _exit(p.waited_ms < 0);
}

/* Reads what the terminal shows until it shows `until`, or ends. */
static void read_until(int fd, const char *until, struct buf *shown)
{
    char text[512];
    struct pollfd p = {fd, POLLIN, 0};
    while (!strstr(buf_cstr(shown), until)) {
        ssize_t n = poll(&p, 1, 20000) > 0 ? read(fd, text, sizeof text) : 0;
        if (n <= 0)
            return;
        buf_put(shown, text, (size_t)n);
    }
}

struct talk {
    const char *op, *args;
    const char *typed[4]; /* a line at each prompt */
    const char *got;      /* what ask_and_tell tells */
    const char *shown;    /* NULL, or what must be on the screen */
    const char *hidden;   /* NULL, or what must not, before GOT */
};

static const struct talk talks[] = {
    {"ask.confirm", CONFIRM, {"y\n"}, "GOT ok true", "? Go on?", NULL},
    {"ask.confirm",
     CONFIRM,
     {"YES\n", "n\n"},
     "GOT ok false",
     "answer y or n",
     NULL},
    {"ask.confirm", CONFIRM, {"\n"}, "GOT ok false", "[y/N]", NULL},
    {"ask.confirm",
     CONFIRM,
     {"what\n", "is\n", "this\n"},
     "GOT waiting  no answer that fits after 3 tries",
     NULL,
     NULL},
    {"ask.confirm",
     CONFIRM,
     {"\4"},
     "GOT waiting  the question was left open",
     NULL,
     NULL},
    {"ask.input", INPUT, {"  a value \n"}, "GOT ok \"a value\"", NULL, NULL},
    {"ask.input", INPUT_DEFAULT, {"\n"}, "GOT ok \"41\"", "[41]", NULL},
    {"ask.input",
     INPUT_PATTERN,
     {"x\n", "7\n"},
     "GOT ok \"7\"",
     "must match [0-9]+",
     NULL},
    {"ask.choice", CHOICE, {"2\n"}, "GOT ok \"ams\"", "  2) ams", NULL},
    {"ask.choice",
     CHOICE,
     {"us\n", "fra\n"},
     "GOT ok \"fra\"",
     "must be one of the 2 choices",
     NULL},
    {"ask.input",
     "{\"question\":\"Token?\",\"opts\":{\"id\":\"t\",\"secret\":true}}",
     {"hush-hush-hush\n"},
     "GOT ok \"hush-hush-hush\"",
     "? Token?",
     "hush"},
};

static void a_person_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        const struct talk *t = &talks[i];
        struct buf shown = {0};
        int fd = -1;
        int status = -1;
        pid_t pid = forkpty(&fd, NULL, NULL, NULL);
        assert_true(pid >= 0);
        if (pid == 0)
            ask_and_tell(t->op, t->args);
        for (int k = 0; k < 4 && t->typed[k]; k++) {
            /* the next prompt: behind what was there before */
            struct buf more = {0};
            read_until(fd, "> ", &more);
            buf_span(&shown, buf_view(&more));
            buf_release(&more);
            size_t n = strlen(t->typed[k]);
            assert_int_equal(write(fd, t->typed[k], n), n);
        }
        read_until(fd, "GOT", &shown);
        read_until(fd, t->got, &shown);
        char *got = strstr(buf_cstr(&shown), "GOT");
        if (!got || strncmp(got, t->got, strlen(t->got)) != 0)
            fail_msg("talk %zu: %s", i, buf_cstr(&shown));
        if (t->shown && !strstr(shown.p, t->shown))
            fail_msg("talk %zu shows no '%s': %s", i, t->shown, shown.p);
        const char *leak = t->hidden ? strstr(shown.p, t->hidden) : NULL;
        if (leak && leak < got)
            fail_msg("talk %zu shows '%s': %s", i, t->hidden, shown.p);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        close(fd);
        buf_release(&shown);
    }
}

/* An answer that comes too late is none. */
static void nobody_answers_in_time(void **state)
{
    (void)state;
    struct buf shown = {0};
    int fd = -1;
    int status = -1;
    pid_t pid = forkpty(&fd, NULL, NULL, NULL);
    assert_true(pid >= 0);
    patience_ms = 20;
    if (pid == 0)
        ask_and_tell("ask.confirm", CONFIRM);
    patience_ms = 0;
    read_until(fd, "(ask_timeout)", &shown);
    assert_non_null(strstr(buf_cstr(&shown), "GOT waiting  no answer within"));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(fd);
    buf_release(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_answers),
        cmocka_unit_test(consent_is_not_a_fact),
        cmocka_unit_test(a_person_answers),
        cmocka_unit_test(nobody_answers_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
