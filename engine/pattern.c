/* Checks and matches the patterns of runbooks. */
#include "pattern.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define MAX_BYTES 256
#define MAX_REPEAT 1024

static bool is_modest(struct span pattern)
{
    unsigned long product = 1;
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] != '{')
            continue;
        struct span rest = span_sub(pattern, i + 1, pattern.n);
        unsigned long least = strtoul(rest.p, NULL, 10);
        struct span bounds = span_cut(&rest, '}');
        size_t comma = span_find(bounds, SPAN(","), 0);
        unsigned long most =
            comma < bounds.n ? strtoul(bounds.p + comma + 1, NULL, 10) : 0;
        if (least > MAX_REPEAT || most > MAX_REPEAT)
            return false;
        product *= 1 + (most > least ? most : least);
        if (product > MAX_REPEAT)
            return false;
    }
    return pattern.n <= MAX_BYTES;
}

enum status pattern_check(const char *pattern, struct err *err)
{
    regex_t re;
    if (!is_modest(span_of(pattern)))
        return err_set(err, ST_INPUT,
                       "pattern is too long or repeats too often");
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return err_set(err, ST_INPUT,
                       "pattern must be a POSIX extended regular expression");
    regfree(&re);
    return ST_OK;
}

bool pattern_fits(const char *pattern, struct span text)
{
    struct arena a = {0};
    regex_t re;
    bool fits = false;
    const char *whole = arena_printf(&a, "^(%s)$", pattern);
    if (regcomp(&re, whole, REG_EXTENDED | REG_NOSUB) == 0) {
        fits = !(text.n && memchr(text.p, '\0', text.n)) &&
               regexec(&re, span_dup(&a, text), 0, NULL, 0) == 0;
        regfree(&re);
    }
    arena_release(&a);
    return fits;
}
