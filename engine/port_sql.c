/* Tells what class of effect one SQL statement has. */
#include "port_sql.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "port.h"

#define WORD_ROOM 24 /* for a statement's first word, in messages */

/* What may only give rows, once it runs in a read-only transaction. Others
 * that the server lets into one act all the same: COPY … TO PROGRAM, LOAD. */
static const char *const reading[] = {"select", "with",    "values", "table",
                                      "show",   "explain", NULL};
/* What means something only to later statements of its session. */
static const char *const of_session[] = {
    "abort",   "begin",    "close", "commit",   "deallocate", "declare",
    "discard", "end",      "fetch", "execute",  "listen",     "move",
    "prepare", "release",  "reset", "rollback", "savepoint",  "set",
    "start",   "unlisten", NULL};

static bool is_one_of(const char *word, const char *const *list)
{
    while (*list && strcasecmp(word, *list) != 0)
        list++;
    return *list != NULL;
}

/* --- the first word, as Postgres finds it --- */

/* Behind a comment at at, or at when there is none. Block comments nest; the
 * end of a line may be a carriage return alone. */
static size_t behind_comment(struct span s, size_t at)
{
    struct span rest = span_sub(s, at, s.n);
    size_t depth = 0, i = at;
    if (span_starts(rest, "--")) {
        while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r')
            i++;
        return i;
    }
    do {
        rest = span_sub(s, i, s.n);
        bool opens = span_starts(rest, "/*");
        bool closes = depth && span_starts(rest, "*/");
        depth = depth + opens - closes;
        i += opens || closes ? 2 : depth != 0;
    } while (depth && i < s.n);
    return i;
}

static void first_word(struct span s, char out[WORD_ROOM])
{
    size_t at = 0, before, n = 0;
    do {
        before = at;
        while (at < s.n && strchr(" \t\n\r\f\v;(", s.p[at]))
            at++;
        at = behind_comment(s, at);
    } while (at != before);
    while (at < s.n && n + 1 < WORD_ROOM &&
           (isalnum((unsigned char)s.p[at]) || s.p[at] == '_'))
        out[n++] = (char)toupper((unsigned char)s.p[at++]);
    out[n] = '\0';
}

/* --- the class --- */

enum status sql_class(const struct json *args, enum effect ceiling,
                      enum effect *out, struct err *err)
{
    char word[WORD_ROOM];
    struct span text = json_span(json_get(args, "text"));
    if (port_class("sql.query", args, ceiling, out, err) != ST_OK)
        return err->st;
    first_word(text, word);
    if (!*word)
        return err_set(err, ST_INPUT, "sql.query: no SQL statement%s",
                       text.n ? " begins like this" : "");
    if (is_one_of(word, of_session))
        return err_set(err, ST_REFUSED,
                       "sql.query runs each statement in a session and a "
                       "transaction of its own: %s has no place there",
                       word);
    if (*out > EFFECT_READ || is_one_of(word, reading))
        return ST_OK;
    return err_set(err, ST_REFUSED,
                   "this %s may only read (select, with, values, table, show, "
                   "explain), and %s is not that: give it effect=remote",
                   ceiling > EFFECT_READ ? "query" : "step", word);
}
