/* Finds the lines of a file that match a pattern. */
#include "grep.h"

#include <fcntl.h>
#include <regex.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"

struct grep {
    struct buf fixed;
    struct buf line; /* under the expression, NUL-terminated */
    regex_t regex;
    bool is_regex;
};

/* Multiplies *product by the numbers of {n,m}; p stands behind the brace.
 * Returns the closing brace or the end. */
static const char *repeat_read(const char *p, long *product)
{
    while (*p && *p != '}') {
        char *end;
        long n = strtol(p, &end, 10);
        if (n > 1 && *product <= GREP_REPEAT_CAP)
            *product *= n < GREP_REPEAT_CAP ? n : GREP_REPEAT_CAP + 1;
        p = end == p ? p + 1 : end;
    }
    return p;
}

/* The C library builds {n,m} by copying and follows back references by trying
 * everything: both are bounded here, before it sees the pattern. */
static enum status regex_check(const char *p, struct err *err)
{
    long product = 1;
    while (*p) {
        if (*p == '{')
            p = repeat_read(p + 1, &product);
        else if (*p == '\\' && p[1] && strchr("123456789", *++p))
            return err_set(err, ST_INPUT, "a pattern may not refer back (\\%c)",
                           *p);
        if (*p)
            p++;
    }
    if (product > GREP_REPEAT_CAP)
        return err_set(err, ST_INPUT,
                       "the repeats {n,m} of a pattern multiply to over %d",
                       GREP_REPEAT_CAP);
    return ST_OK;
}

static enum status regex_new(struct grep *g, struct err *err)
{
    const char *pattern = buf_cstr(&g->fixed);
    if (regex_check(pattern, err) != ST_OK)
        return err->st;
    int rc = regcomp(&g->regex, pattern, REG_EXTENDED | REG_NOSUB);
    g->is_regex = rc == 0;
    if (rc == 0)
        return ST_OK;
    char why[128];
    regerror(rc, &g->regex, why, sizeof why);
    return err_set(err, ST_INPUT, "the pattern is malformed: %s", why);
}

enum status grep_new(struct span pattern, bool is_regex, struct grep **out,
                     struct err *err)
{
    if (!pattern.n || pattern.n > GREP_PATTERN_CAP ||
        memchr(pattern.p, '\0', pattern.n))
        return err_set(err, ST_INPUT, "a pattern has 1 to %d bytes and no NUL",
                       GREP_PATTERN_CAP);
    struct grep *g = mem_alloc(sizeof *g);
    buf_span(&g->fixed, pattern);
    if (is_regex && regex_new(g, err) != ST_OK) {
        grep_free(g);
        return err->st;
    }
    *out = g;
    return ST_OK;
}

void grep_free(struct grep *g)
{
    if (!g)
        return;
    if (g->is_regex)
        regfree(&g->regex);
    buf_release(&g->fixed);
    buf_release(&g->line);
    mem_free(g);
}

bool grep_matches(struct grep *g, struct span line)
{
    if (!g->is_regex)
        return span_find(line, buf_view(&g->fixed), 0) < line.n;
    buf_clear(&g->line);
    buf_put(&g->line, line.p, line.n < GREP_LINE_CAP ? line.n : GREP_LINE_CAP);
    return regexec(&g->regex, buf_cstr(&g->line), 0, NULL, 0) == 0;
}

/* At most cap bytes, not ending inside a character. */
static struct span cut(struct span s, size_t cap)
{
    if (s.n <= cap)
        return s;
    while (cap && ((unsigned char)s.p[cap] & 0xc0) == 0x80)
        cap--;
    return span_sub(s, 0, cap);
}

static bool is_binary(struct span bytes)
{
    size_t n = bytes.n < 8000 ? bytes.n : 8000;
    return n && memchr(bytes.p, '\0', n);
}

/* False unless fd is a plain file that can be read. */
static bool read_plain(int fd, struct buf *out)
{
    struct stat st;
    char room[65536];
    ssize_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? 1 : -1;
    while (n > 0) {
        n = read(fd, room, sizeof room);
        if (n > 0)
            buf_put(out, room, (size_t)n);
    }
    return n == 0;
}

int64_t grep_file(struct grep *g, const char *root, const char *path,
                  int64_t max, struct json *rows)
{
    struct buf bytes = {.cap = GREP_FILE_CAP};
    struct err unread = {0};
    int fd = file_open_beneath(root, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW,
                               0, &unread);
    if (fd < 0)
        return 0;
    bool ok = read_plain(fd, &bytes) && !is_binary(buf_view(&bytes));
    close(fd);
    int64_t found = 0;
    struct span rest = ok ? buf_view(&bytes) : SPAN("");
    for (int64_t line = 1; rest.n && found < max; line++) {
        struct span text = span_cut(&rest, '\n');
        if (span_ends(text, "\r"))
            text.n--;
        if (!grep_matches(g, text))
            continue;
        struct json *row = json_push(rows, json_new(JSON_OBJECT));
        json_put(row, "path", json_new_bytes(span_of(path)));
        json_put_int(row, "line", line);
        json_put(row, "text", json_new_bytes(cut(text, GREP_TEXT_CAP)));
        found++;
    }
    buf_release(&bytes);
    return found;
}
