/* Asks questions and checks the answers. */
#include "person.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "pattern.h"
#include "str.h"
#include "visible.h"

#define TRIES 3

/* Echo off, before the question is shown: nothing typed may be seen. False
 * when there is nothing to put back. */
static bool hush(struct termios *old)
{
    if (tcgetattr(STDIN_FILENO, old) != 0)
        return false;
    struct termios quiet = *old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

/* Whether a line comes, or the end, in time. */
static bool comes(const struct person *p)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    int64_t end = clock_mono_ms() + p->patience_ms;
    int64_t left = p->patience_ms ? p->patience_ms : -1;
    while (poll(&in, 1, left > INT_MAX ? INT_MAX : (int)left) == 0) {
        left = end - clock_mono_ms();
        if (left <= 0)
            return false;
    }
    return true; /* also when interrupted: reading tells */
}

/* A line from the terminal, without its newline. */
static enum status read_line(const struct person *p, struct buf *out,
                             struct err *err)
{
    if (!comes(p))
        return err_set(err, ST_WAITING,
                       "no answer within %lld s (ask_timeout); resume to be "
                       "asked again",
                       (long long)(p->patience_ms / 1000));
    char *line = NULL;
    size_t room = 0;
    ssize_t n = getline(&line, &room, stdin);
    buf_clear(out);
    if (n >= 0)
        buf_span(out, span_trim((struct span){line, (size_t)n}));
    if (line)
        explicit_bzero(line, room);
    mem_free(line);
    if (n < 0)
        return err_set(err, ST_WAITING,
                       "the question was left open; resume to be asked again");
    return ST_OK;
}

static bool is_yes(struct span s)
{
    return span_is(s, "y") || span_is(s, "yes") || span_is(s, "true");
}

static bool is_no(struct span s)
{
    return span_is(s, "n") || span_is(s, "no") || span_is(s, "false") ||
           s.n == 0;
}

/* The value of a text answer, or NULL with a reason when it does not fit. */
typedef struct json *(*reader)(const struct json *args, struct span text,
                               char why[160]);

static struct json *read_confirm(const struct json *args, struct span text,
                                 char why[160])
{
    (void)args;
    if (is_yes(text) || is_no(text))
        return json_new_bool(is_yes(text));
    snprintf(why, 160, "answer y or n");
    return NULL;
}

static struct json *read_input(const struct json *args, struct span text,
                               char why[160])
{
    const struct json *opts = json_get(args, "opts");
    const char *otherwise = json_str(json_get(opts, "default"));
    const char *pattern = json_str(json_get(opts, "pattern"));
    if (text.n == 0 && otherwise)
        text = span_of(otherwise);
    if (!pattern || pattern_fits(pattern, text))
        return json_new_bytes(text);
    snprintf(why, 160, "must match %s", pattern);
    return NULL;
}

static struct json *read_choice(const struct json *args, struct span text,
                                char why[160])
{
    const struct json *choices = json_get(args, "choices");
    const struct json *opts = json_get(args, "opts");
    const char *otherwise = json_str(json_get(opts, "default"));
    if (text.n == 0 && otherwise)
        text = span_of(otherwise);
    int64_t i = 0;
    for (const struct json *c = json_first(choices); c; c = json_next(c)) {
        char number[24];
        snprintf(number, sizeof number, "%lld", (long long)++i);
        if (span_eq(json_span(c), text) || span_is(text, number))
            return json_copy(c);
    }
    snprintf(why, 160, "must be one of the %lld choices", (long long)i);
    return NULL;
}

static const struct question {
    const char *op;
    reader read;
    const char *hint;
} questions[] = {
    {"ask.confirm", read_confirm, "[y/N] "},
    {"ask.input", read_input, ""},
    {"ask.choice", read_choice, ""},
};

static const struct question *question_for(const char *op)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        if (strcmp(op, questions[i].op) == 0)
            return &questions[i];
    return NULL;
}

/* The words are a runbook's: they may not steer the terminal. */
static void show(const char *before, const char *words, const char *after)
{
    struct buf safe = {0};
    visible_text(span_of(words), VISIBLE_ONE_LINE, &safe);
    fprintf(stderr, "%s%s%s", before, buf_cstr(&safe), after);
    buf_release(&safe);
}

static void show_question(const struct question *q, const struct json *args)
{
    show("? ", json_get_str(args, "question", ""), "\n");
    int i = 0;
    const struct json *choices = json_get(args, "choices");
    for (const struct json *c = json_first(choices); c; c = json_next(c)) {
        fprintf(stderr, "  %d) ", ++i);
        show("", json_str(c) ? json_str(c) : "", "\n");
    }
    const char *otherwise =
        json_str(json_get(json_get(args, "opts"), "default"));
    if (otherwise)
        show("  [", otherwise, "] ");
    fprintf(stderr, "%s> ", q->hint);
    fflush(stderr);
}

static enum status ask_terminal(struct person *p, const struct question *q,
                                const struct json *args, struct reply *out,
                                struct err *err)
{
    bool secret = json_get_bool(json_get(args, "opts"), "secret", false);
    struct buf line = {0};
    struct termios old;
    enum status st = ST_OK;
    int64_t began = clock_mono_ms();
    bool hidden = secret && hush(&old);
    if (p->before)
        p->before(p->before_ctx);
    for (int i = 0; i < TRIES && st == ST_OK && !out->value; i++) {
        char why[160] = "";
        show_question(q, args);
        st = read_line(p, &line, err);
        if (hidden || st != ST_OK) /* nobody saw the line's end */
            fputc('\n', stderr);
        if (st == ST_OK)
            out->value = q->read(args, buf_view(&line), why);
        if (st == ST_OK && !out->value)
            show("  ", why, "\n");
    }
    if (hidden)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
    p->waited_ms += clock_mono_ms() - began;
    if (line.p)
        explicit_bzero(line.p, line.room);
    buf_release(&line);
    out->how = "terminal";
    if (st == ST_OK && !out->value)
        st = err_set(err, ST_WAITING,
                     "no answer that fits after %d tries; resume to be asked "
                     "again",
                     TRIES);
    return st;
}

/* --answer, or what --yes and a default can stand in for. */
static enum status ask_given(const struct person *p, const struct question *q,
                             const char *id, const struct json *args,
                             struct reply *out, struct err *err)
{
    const char *given = json_str(json_get(p->answers, id));
    char why[160] = "";
    if (given) {
        out->how = "--answer";
        out->value = q->read(args, span_of(given), why);
        if (!out->value)
            return err_set(err, ST_INPUT, "--answer %s=%s: %s", id, given, why);
        return ST_OK;
    }
    if (!p->yes)
        return ST_OK;
    out->how = "--yes";
    if (q->read == read_confirm)
        out->value = json_new_bool(true);
    else if (json_get(json_get(args, "opts"), "default"))
        out->value = q->read(args, (struct span){"", 0}, why);
    return ST_OK;
}

const char *person_question_id(const struct json *args)
{
    return json_get_str(json_get(args, "opts"), "id",
                        json_get_str(args, "question", ""));
}

enum status person_ask(struct person *p, const char *op,
                       const struct json *args, struct reply *out,
                       struct err *err)
{
    *out = (struct reply){0};
    const struct question *q = question_for(op);
    if (!q)
        return err_set(err, ST_INPUT, "no such question: %s", op);
    const char *id = person_question_id(args);
    const char *pattern = json_str(json_get(json_get(args, "opts"), "pattern"));
    enum status st = pattern ? pattern_check(pattern, err) : ST_OK;
    if (st == ST_OK)
        st = ask_given(p, q, id, args, out, err);
    if (st != ST_OK || out->value)
        return st;
    if (p->terminal)
        return ask_terminal(p, q, args, out, err);
    return err_set(err, ST_WAITING,
                   "nobody to answer '%s'; resume in a terminal or with "
                   "--answer '%s=…'",
                   id, id);
}

enum status person_consent(struct person *p, const struct consent *c, bool *yes,
                           const char **how, struct err *err)
{
    struct person asked = *p;
    struct json *args = json_new(JSON_OBJECT);
    json_put_str(args, "question", c->question);
    json_put_str(json_put(args, "opts", json_new(JSON_OBJECT)), "id", c->id);
    struct reply reply;
    asked.yes &= c->by_yes;
    enum status st = person_ask(&asked, "ask.confirm", args, &reply, err);
    p->waited_ms = asked.waited_ms;
    *yes = st == ST_OK && json_bool(reply.value);
    *how = reply.how;
    json_free(reply.value);
    json_free(args);
    if (st == ST_WAITING) {
        err_clear(err);
        st = err_set(err, ST_WAITING,
                     "%s — needs a person: resume in a terminal, or with "
                     "--answer %s=yes%s",
                     c->question, c->id, c->by_yes ? " or --yes" : "");
    }
    return st;
}
