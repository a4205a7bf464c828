/* Gets passphrases. */
#include "passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "hash_sign.h"
#include "visible.h"

#define VARIABLE "RUNPROOF_PASSPHRASE"
#define FILE_VARIABLE "RUNPROOF_PASSPHRASE_FILE"
#define NEW_MIN 8
#define CTRL_C 3

struct span passphrase_view(const struct passphrase *p)
{
    return (struct span){p->text, p->n};
}

void passphrase_free(struct passphrase *p)
{
    locked_free(p);
}

static enum status too_long(const char *from, struct err *err)
{
    return err_set(err, ST_INPUT, "%s: a passphrase has at most %d bytes", from,
                   PASSPHRASE_MAX);
}

/* Up to the line's end; no buffer of ours or of stdio keeps a copy. */
static enum status read_line(int fd, const char *from, struct passphrase *p,
                             struct err *err)
{
    p->n = 0;
    for (;;) {
        char c;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, ST_IO, "%s: cannot read: %s", from,
                           strerror(errno));
        if (got == 1 && c == CTRL_C && isatty(fd))
            return err_set(err, ST_INTERRUPTED, "no passphrase was given");
        if (got == 0 || c == '\n')
            return ST_OK;
        if (p->n == sizeof p->text)
            return too_long(from, err);
        p->text[p->n++] = c;
    }
}

/* --- the terminal ---------------------------------------------------- */

/* No echo, before the question is shown. Ctrl-C ends the line like a newline:
 * killed, this would leave the terminal mute. */
static bool hush(struct termios *old)
{
    if (tcgetattr(STDIN_FILENO, old) != 0)
        return false;
    struct termios quiet = *old;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    quiet.c_cc[VEOL] = CTRL_C;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

static enum status ask(const char *question, const char *what,
                       struct passphrase *p, struct err *err)
{
    struct termios old;
    struct buf shown = {0};
    if (!hush(&old))
        return err_set(err, ST_IO, "cannot turn the terminal's echo off: %s",
                       strerror(errno));
    visible_text(span_of(what), VISIBLE_ONE_LINE, &shown);
    fprintf(stderr, "%s %s: ", question, buf_cstr(&shown));
    fflush(stderr);
    enum status st = read_line(STDIN_FILENO, "terminal", p, err);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    fputc('\n', stderr);
    buf_release(&shown);
    return st;
}

static enum status ask_twice(const char *what, struct passphrase *p,
                             struct err *err)
{
    struct passphrase *again = locked_alloc(sizeof *again);
    enum status st = ask("Passphrase again for", what, again, err);
    if (st == ST_OK && !span_eq(passphrase_view(p), passphrase_view(again)))
        st = err_set(err, ST_INPUT, "the two passphrases differ; try again");
    locked_free(again);
    return st;
}

static enum status from_terminal(const char *what, enum passphrase_use use,
                                 struct passphrase *p, struct err *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return err_set(
            err, ST_WAITING,
            "the passphrase of %s is needed: from a terminal, " VARIABLE
            " or " FILE_VARIABLE,
            what);
    enum status st = ask("Passphrase for", what, p, err);
    if (st == ST_OK && use == PASSPHRASE_NEW)
        st = ask_twice(what, p, err);
    return st;
}

/* --- machines -------------------------------------------------------- */

/* A child has no use for it. */
static enum status from_variable(char *value, struct passphrase *p,
                                 struct err *err)
{
    size_t n = strlen(value);
    enum status st = n > sizeof p->text ? too_long(VARIABLE, err) : ST_OK;
    if (st == ST_OK) {
        memcpy(p->text, value, n);
        p->n = n;
    }
    explicit_bzero(value, n);
    unsetenv(VARIABLE);
    return st;
}

static enum status from_file(const char *path, struct passphrase *p,
                             struct err *err)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s) != 0) {
        err_set(err, ST_IO, FILE_VARIABLE ": cannot read %s: %s", path,
                strerror(errno));
    } else if (S_ISREG(s.st_mode) && (s.st_mode & 077) != 0) {
        err_set(err, ST_INPUT,
                FILE_VARIABLE ": others may read %s: chmod 600 it", path);
    } else {
        (void)read_line(fd, path, p, err);
    }
    if (fd >= 0)
        close(fd);
    return err->st;
}

enum status passphrase_get(const char *what, enum passphrase_use use,
                           struct passphrase **out, struct err *err)
{
    struct passphrase *p = locked_alloc(sizeof *p);
    char *value = getenv(VARIABLE);
    const char *path = getenv(FILE_VARIABLE);
    enum status st = value  ? from_variable(value, p, err)
                     : path ? from_file(path, p, err)
                            : from_terminal(what, use, p, err);
    if (st == ST_OK && p->n == 0)
        st = err_set(err, ST_INPUT, "the passphrase is empty");
    if (st == ST_OK && use == PASSPHRASE_NEW && p->n < NEW_MIN)
        st = err_set(err, ST_INPUT,
                     "a passphrase has at least %d bytes; several words are "
                     "better",
                     NEW_MIN);
    *out = st == ST_OK ? p : NULL;
    if (st != ST_OK)
        passphrase_free(p);
    return st;
}
