/* Appends, reads and checks hash-chained records. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "redact.h"

static struct digest no_head(void)
{
    struct digest d;
    memset(d.hex, '0', 64);
    d.hex[64] = '\0';
    return d;
}

static enum status io_error(const struct journal *j, const char *verb,
                            struct err *err)
{
    return err_at(err, ST_INTERRUPTED, j->path, 0,
                  "cannot %s the journal: %s; free space or mend permissions, "
                  "then resume",
                  verb, strerror(errno));
}

static char *copy(const char *path)
{
    char *p = mem_alloc(strlen(path) + 1);
    memcpy(p, path, strlen(path) + 1);
    return p;
}

enum status journal_create(struct journal *j, const char *path, struct err *err)
{
    *j = (struct journal){.fd = -1, .head = no_head(), .path = copy(path)};
    j->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
    if (j->fd < 0)
        return io_error(j, "create", err);
    return ST_OK;
}

enum status journal_in_place(const struct journal *j, struct err *err)
{
    struct stat mine;
    struct stat there;
    if (fstat(j->fd, &mine) == 0 && stat(j->path, &there) == 0 &&
        mine.st_dev == there.st_dev && mine.st_ino == there.st_ino &&
        there.st_size == j->end)
        return ST_OK;
    return err_at(err, ST_UNWRITTEN, j->path, 0,
                  "somebody moved or changed the journal during the run; put "
                  "it back and resume, or run anew");
}

void journal_moved(struct journal *j, const char *path)
{
    mem_free(j->path);
    j->path = copy(path);
}

static enum status write_lines(struct journal *j, struct span lines,
                               enum journal_sync sync, struct err *err)
{
    bool ok = file_write_all(j->fd, lines);
    if (ok && sync == JOURNAL_SYNC)
        ok = fdatasync(j->fd) == 0;
    return ok ? ST_OK : io_error(j, "write", err);
}

void journal_hold(struct journal *j)
{
    j->held = true;
}

static enum status flush(struct journal *j, enum journal_sync sync,
                         struct err *err)
{
    enum status st = ST_OK;
    if (j->pending.n)
        st = write_lines(j, buf_view(&j->pending), sync, err);
    buf_clear(&j->pending);
    j->held = false;
    return st;
}

enum status journal_flush(struct journal *j, struct err *err)
{
    return flush(j, JOURNAL_NO_SYNC, err);
}

struct buf *journal_begin(struct journal *j)
{
    j->begun = j->pending.n;
    return &j->pending;
}

void journal_drop(struct journal *j)
{
    buf_cut(&j->pending, j->begun);
}

/* What nobody thought of: the door has redacted what it writes. A form that
 * lies over several strings cannot be taken out. */
static enum status cleanse(struct journal *j, struct err *err)
{
    struct span line = span_sub(buf_view(&j->pending), j->begun, j->pending.n);
    const char *name = NULL;
    struct json *record = NULL;
    if (redact_find(j->net, line, &name) == line.n)
        return ST_OK;
    enum status st = json_parse(line, &record, err);
    if (st == ST_OK && redact_json(j->net, record)) {
        buf_cut(&j->pending, j->begun);
        json_write(record, &j->pending);
    }
    json_free(record);
    return st;
}

enum status journal_commit(struct journal *j, enum journal_sync sync,
                           struct record_at *at, struct err *err)
{
    if (cleanse(j, err) != ST_OK)
        return err->st;
    struct span line = span_sub(buf_view(&j->pending), j->begun, j->pending.n);
    struct digest head = hash_sha256(line);
    if (at)
        *at = (struct record_at){j->end, line.n, j->lines + 1};
    j->end += (int64_t)line.n + 1;
    buf_char(&j->pending, '\n');
    if ((!j->held || sync == JOURNAL_SYNC) && flush(j, sync, err) != ST_OK)
        return err->st;
    j->head = head;
    j->lines++;
    return ST_OK;
}

enum status journal_append(struct journal *j, struct json *record,
                           enum journal_sync sync, struct record_at *at,
                           struct err *err)
{
    json_put_str(record, "prev", j->head.hex);
    json_write(record, journal_begin(j));
    return journal_commit(j, sync, at, err);
}

/* A line that waits to be written; empty when at is in the file. */
static struct span pending_line(const struct journal *j, struct record_at at)
{
    int64_t written = j->end - (int64_t)j->pending.n;
    if (at.offset < written)
        return (struct span){0};
    size_t from = (size_t)(at.offset - written);
    return span_sub(buf_view(&j->pending), from, from + at.bytes);
}

enum status journal_get(const struct journal *j, struct record_at at,
                        struct json **out, struct err *err)
{
    struct span waits = pending_line(j, at);
    if (waits.n)
        return json_parse(waits, out, err);
    char *p = mem_alloc(at.bytes + 1);
    ssize_t n = pread(j->fd, p, at.bytes, at.offset);
    enum status st = ST_OK;
    if (n != (ssize_t)at.bytes)
        st = io_error(j, "read", err);
    else
        st = json_parse((struct span){p, at.bytes}, out, err);
    mem_free(p);
    return st;
}

void journal_close(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    mem_free(j->path);
    buf_release(&j->pending);
    *j = (struct journal){.fd = -1};
}

static enum status walk_line(const char *path, struct span line, size_t number,
                             int64_t offset, struct journal_walk *w,
                             struct err *err)
{
    struct json *record = NULL;
    struct err why = {0};
    if (json_parse(line, &record, &why) != ST_OK)
        return err_at(err, ST_TAMPERED, path, (int)number,
                      "this record was changed: not JSON (%s)", why.msg);
    enum status st = ST_OK;
    const char *prev = json_get_str(record, "prev", "");
    if (strcmp(prev, w->head.hex) != 0)
        st = err_at(err, ST_TAMPERED, path, (int)number,
                    number == 1 ? "the first record's prev is not 64 zeros"
                                : "the chain breaks between this record and "
                                  "the one before: one of the two was changed");
    struct record_at at = {offset, line.n, number};
    if (st == ST_OK && w->fn)
        st = w->fn(w->ctx, record, at, err);
    w->head = hash_sha256(line);
    json_free(record);
    return st;
}

enum status journal_walk(const char *path, enum torn torn,
                         struct journal_walk *w, struct err *err)
{
    struct buf text = {0};
    enum status st = file_read(path, JOURNAL_MAX_BYTES, &text, err);
    struct span all = buf_view(&text);
    w->head = no_head();
    w->lines = 0;
    w->end = 0;
    while (st == ST_OK && (size_t)w->end < all.n) {
        struct span rest = span_sub(all, (size_t)w->end, all.n);
        const char *nl = memchr(rest.p, '\n', rest.n);
        if (!nl && torn == TORN_IS_DROPPED)
            break;
        if (!nl) {
            st = err_at(err, ST_TAMPERED, path, (int)w->lines + 1,
                        "the last record is torn: no newline ends it");
            break;
        }
        struct span line = {rest.p, (size_t)(nl - rest.p)};
        st = walk_line(path, line, w->lines + 1, w->end, w, err);
        w->lines++;
        w->end += (int64_t)line.n + 1;
    }
    buf_release(&text);
    return st;
}

static enum status open_walked(struct journal *j, const char *path, int flags,
                               const struct journal_walk *walk, struct err *err)
{
    *j = (struct journal){.fd = -1,
                          .head = walk->head,
                          .lines = walk->lines,
                          .end = walk->end,
                          .path = copy(path)};
    j->fd = open(path, flags | O_CLOEXEC);
    return j->fd < 0 ? io_error(j, "open", err) : ST_OK;
}

enum status journal_open(struct journal *j, const char *path,
                         const struct journal_walk *walk, struct err *err)
{
    return open_walked(j, path, O_RDONLY, walk, err);
}

enum status journal_reopen(struct journal *j, const char *path,
                           const struct journal_walk *walk, struct err *err)
{
    enum status st = open_walked(j, path, O_RDWR | O_APPEND, walk, err);
    if (st == ST_OK && ftruncate(j->fd, walk->end) != 0)
        st = io_error(j, "reopen", err);
    return st;
}
