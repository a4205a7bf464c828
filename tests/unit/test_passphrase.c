/* Passphrases: from the environment, from a file, typed without echo. */
#include "passphrase.h"

#include "port_kit.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static enum status get(enum passphrase_use use, struct buf *out,
                       struct err *err)
{
    struct passphrase *p = NULL;
    enum status st = passphrase_get("my.key", use, &p, err);
    buf_clear(out);
    if (st == ST_OK)
        buf_span(out, passphrase_view(p));
    passphrase_free(p);
    return st;
}

static void from_the_environment(void **state)
{
    (void)state;
    struct buf text = {0};
    struct err err = {0};
    assert_int_equal(setenv("RUNPROOF_PASSPHRASE", "from env", 1), 0);
    const char *place = getenv("RUNPROOF_PASSPHRASE");
    assert_int_equal(get(PASSPHRASE_KNOWN, &text, &err), ST_OK);
    assert_string_equal(buf_cstr(&text), "from env");
    /* no child inherits it, and the bytes are gone */
    assert_null(getenv("RUNPROOF_PASSPHRASE"));
    assert_int_equal(*place, '\0');
    buf_release(&text);
}

static void wrong_ones(void **state)
{
    char longest[PASSPHRASE_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[PASSPHRASE_MAX + 1] = '\0';
    const struct {
        const char *text;
        enum passphrase_use use;
        const char *says;
    } rows[] = {
        {"", PASSPHRASE_KNOWN, "is empty"},
        {"", PASSPHRASE_NEW, "is empty"},
        {"seven77", PASSPHRASE_NEW, "at least 8"},
        {longest, PASSPHRASE_KNOWN, "at most 1024"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = {0};
        struct err err = {0};
        setenv("RUNPROOF_PASSPHRASE", rows[i].text, 1);
        assert_int_equal(get(rows[i].use, &text, &err), ST_INPUT);
        assert_non_null(strstr(err.msg, rows[i].says));
        assert_null(getenv("RUNPROOF_PASSPHRASE"));
        buf_release(&text);
    }
}

static void from_a_file(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {{"one line", "one line"},
                {"one line\n", "one line"},
                {"two\nlines\n", "two"},
                {" blanks \n", " blanks "}};
    struct kit *k = *state;
    const char *path = kit_path(k->root, "pass");
    setenv("RUNPROOF_PASSPHRASE_FILE", path, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = {0};
        struct err err = {0};
        kit_put(k->root, "pass", rows[i].text);
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(get(PASSPHRASE_KNOWN, &text, &err), ST_OK);
        assert_string_equal(buf_cstr(&text), rows[i].want);
        assert_int_equal(chmod(path, 0640), 0);
        assert_int_equal(get(PASSPHRASE_KNOWN, &text, &err), ST_INPUT);
        assert_non_null(strstr(err.msg, "chmod 600"));
        buf_release(&text);
    }
    struct buf text = {0};
    struct err err = {0};
    setenv("RUNPROOF_PASSPHRASE_FILE", kit_path(k->root, "absent"), 1);
    assert_int_equal(get(PASSPHRASE_KNOWN, &text, &err), ST_IO);
    unsetenv("RUNPROOF_PASSPHRASE_FILE");
    buf_release(&text);
}

static void nobody_to_ask(void **state)
{
    (void)state;
    struct buf text = {0};
    struct err err = {0};
    int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    close(null);
    assert_int_equal(get(PASSPHRASE_KNOWN, &text, &err), ST_WAITING);
    assert_non_null(strstr(err.msg, "RUNPROOF_PASSPHRASE"));
    buf_release(&text);
}

/* --- at a terminal --------------------------------------------------- */

/* What the child at the terminal ends with: the status, and over 100 when the
 * passphrase is another one than wanted. */
static void child(enum passphrase_use use, const char *want)
{
    struct passphrase *p = NULL;
    struct err err = {0};
    struct termios t;
    enum status st = passphrase_get("my.key", use, &p, &err);
    bool same = st != ST_OK || span_is(passphrase_view(p), want);
    passphrase_free(p);
    bool echo = tcgetattr(STDIN_FILENO, &t) == 0 && (t.c_lflag & ECHO);
    _exit(!echo ? 101 : same ? (int)st : 102);
}

/* Reads what the terminal shows until it ends with `until`, or hangs up. */
static void read_screen(int fd, const char *until, struct buf *screen)
{
    char c;
    while (!until || !span_ends(buf_view(screen), until)) {
        if (read(fd, &c, 1) != 1)
            break;
        buf_char(screen, c);
    }
}

static int at_terminal(enum passphrase_use use, const char *want,
                       const char *const *typed, struct buf *screen)
{
    int fd = -1, status = 0;
    pid_t pid = forkpty(&fd, NULL, NULL, NULL);
    assert_true(pid >= 0);
    if (pid == 0)
        child(use, want);
    for (; *typed; typed++) {
        read_screen(fd, "my.key: ", screen);
        buf_char(screen, '|');
        ssize_t n = (ssize_t)strlen(*typed);
        assert_int_equal(write(fd, *typed, (size_t)n), n);
    }
    read_screen(fd, NULL, screen);
    close(fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void typed_without_echo(void **state)
{
    static const struct {
        enum passphrase_use use;
        const char *typed[3];
        enum status st;
    } rows[] = {
        {PASSPHRASE_KNOWN, {"geheim12\n"}, ST_OK},
        {PASSPHRASE_KNOWN, {"\n"}, ST_INPUT},
        {PASSPHRASE_KNOWN, {"\x03"}, ST_INTERRUPTED},
        {PASSPHRASE_KNOWN, {"gehe\x03"}, ST_INTERRUPTED},
        {PASSPHRASE_NEW, {"geheim12\n", "geheim12\n"}, ST_OK},
        {PASSPHRASE_NEW, {"geheim12\n", "geheim13\n"}, ST_INPUT},
        {PASSPHRASE_NEW, {"geheim1\n", "geheim1\n"}, ST_INPUT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf screen = {0};
        int st = at_terminal(rows[i].use, "geheim12", rows[i].typed, &screen);
        if (st != (int)rows[i].st)
            fail_msg("row %zu: %d: %s", i, st, buf_cstr(&screen));
        assert_non_null(strstr(screen.p, "Passphrase for my.key: "));
        assert_null(strstr(screen.p, "gehe"));
        buf_release(&screen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_environment),
        cmocka_unit_test(wrong_ones),
        cmocka_unit_test_setup_teardown(from_a_file, kit_enter, kit_leave),
        cmocka_unit_test(nobody_to_ask),
        cmocka_unit_test(typed_without_echo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
