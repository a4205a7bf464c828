/* Keeps the changing requests of a simulated cloud in a file. */
#include "cloud.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "file.h"
#include "world.h"

#define REQUESTS "requests.jsonl"
#define ABOUT "cloud.json"
#define ABOUT_MAX_BYTES (64u << 10)
#define REQUESTS_MAX_BYTES ((size_t)1 << 30)

struct cloud {
    struct arena arena;
    const char *dir;
    struct world *world;
    int fd;            /* of REQUESTS, locked */
    int64_t shift_ms;  /* from the wall clock to the cloud's */
    int64_t latest_ms; /* the cloud's time at the last request */
};

static const char *in_dir(struct cloud *c, const char *name)
{
    return path_join(&c->arena, c->dir, name);
}

static int64_t wall_ms(void)
{
    struct clock wall;
    clock_real(&wall);
    return clock_now_ms(&wall);
}

/* --- the folder ------------------------------------------------------ */

static enum status io_error(struct cloud *c, const char *verb, struct err *err)
{
    return err_set(err, ST_UNWRITTEN, "cannot %s %s/%s: %s", verb, c->dir,
                   REQUESTS, strerror(errno));
}

/* Private: a request may carry what somebody took for a secret. */
static enum status open_requests(struct cloud *c, struct err *err)
{
    if (file_mkdirs(c->dir, err) != ST_OK)
        return err->st;
    c->fd = open(in_dir(c, REQUESTS), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                 0600);
    if (c->fd < 0)
        return io_error(c, "open", err);
    if (flock(c->fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ST_LOCKED,
                       "another `runproof sandbox` serves %s; end it, or "
                       "choose another --state",
                       c->dir);
    return ST_OK;
}

static enum status write_about(struct cloud *c, int64_t since_ms,
                               struct err *err)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_str(o, "fixture", world_digest(c->world).hex);
    json_put_int(o, "since_ms", since_ms);
    struct buf text = {0};
    json_pretty(o, &text);
    buf_char(&text, '\n');
    enum status st = file_replace(in_dir(c, ABOUT), buf_view(&text), err);
    buf_release(&text);
    json_free(o);
    return st;
}

static enum status read_about(struct cloud *c, int64_t *since_ms,
                              struct err *err)
{
    struct buf text = {0};
    struct json *o = NULL;
    const char *path = in_dir(c, ABOUT);
    enum status st = file_read(path, ABOUT_MAX_BYTES, &text, err);
    if (st == ST_OK)
        st = json_parse(buf_view(&text), &o, err);
    *since_ms = json_get_int(o, "since_ms", 0);
    if (st == ST_OK &&
        strcmp(json_get_str(o, "fixture", ""), world_digest(c->world).hex) != 0)
        st = err_set(err, ST_INPUT,
                     "%s was made from another fixture, or the fixture was "
                     "changed: choose another --state, or remove the folder",
                     c->dir);
    json_free(o);
    buf_release(&text);
    return st;
}

/* The cloud's time is the fixture's epoch when its folder is made. */
static enum status set_clock(struct cloud *c, struct err *err)
{
    int64_t since_ms = wall_ms();
    int64_t epoch_ms = world_epoch_ms(c->world);
    enum status st = file_exists(in_dir(c, ABOUT))
                         ? read_about(c, &since_ms, err)
                         : write_about(c, since_ms, err);
    c->latest_ms = epoch_ms < 0 ? 0 : epoch_ms;
    c->shift_ms = c->latest_ms - since_ms;
    return st;
}

/* --- the requests ---------------------------------------------------- */

static enum status tell_again(struct cloud *c, struct span line, size_t number,
                              struct err *err)
{
    struct json *kept = NULL;
    struct json *response = NULL;
    enum status st = json_parse(line, &kept, err);
    int64_t now_ms = json_get_int(kept, "now_ms", 0);
    if (st == ST_OK)
        st = world_request(c->world, json_get(kept, "request"), now_ms,
                           &response, err);
    if (st == ST_OK && !json_get_bool(response, "changed", false))
        st = err_set(err, ST_TAMPERED, "this request changes nothing any more");
    if (st != ST_OK)
        err_place(err, in_dir(c, REQUESTS), (int)number);
    if (now_ms > c->latest_ms)
        c->latest_ms = now_ms;
    json_free(response);
    json_free(kept);
    return st;
}

/* A last line without its newline was never answered: it is cut off. */
static enum status tell_all(struct cloud *c, struct err *err)
{
    struct buf text = {0};
    enum status st =
        file_read(in_dir(c, REQUESTS), REQUESTS_MAX_BYTES, &text, err);
    struct span all = buf_view(&text);
    size_t at = 0;
    for (size_t number = 1; st == ST_OK; number++) {
        size_t eol = span_find(all, SPAN("\n"), at);
        if (eol == all.n)
            break;
        st = tell_again(c, span_sub(all, at, eol), number, err);
        at = eol + 1;
    }
    if (st == ST_OK && ftruncate(c->fd, (off_t)at) != 0)
        st = io_error(c, "mend", err);
    buf_release(&text);
    return st;
}

static enum status keep(struct cloud *c, const struct json *request,
                        int64_t now_ms, struct err *err)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_int(o, "now_ms", now_ms);
    json_put(o, "request", json_copy(request));
    struct buf line = {0};
    json_write(o, &line);
    buf_char(&line, '\n');
    ssize_t n = write(c->fd, line.p, line.n);
    bool whole = n == (ssize_t)line.n;
    if (n >= 0 && !whole)
        errno = ENOSPC;
    bool ok = whole && fdatasync(c->fd) == 0;
    buf_release(&line);
    json_free(o);
    return ok ? ST_OK : io_error(c, "append to", err);
}

/* --- the cloud ------------------------------------------------------- */

enum status cloud_open(const struct cloud_options *opt, struct cloud **out,
                       struct err *err)
{
    struct cloud *c = mem_alloc(sizeof *c);
    *out = c;
    c->fd = -1;
    c->dir = arena_strdup(&c->arena, opt->dir);
    enum status st = world_open(opt->root, opt->fixture, &c->world, err);
    if (st == ST_OK)
        st = open_requests(c, err);
    if (st == ST_OK)
        st = set_clock(c, err);
    if (st == ST_OK)
        st = world_start(c->world, in_dir(c, "world"), opt->modules,
                         opt->n_modules, err);
    if (st == ST_OK)
        st = world_wake(c->world, err);
    if (st == ST_OK)
        st = tell_all(c, err);
    if (st != ST_OK) {
        cloud_close(c);
        *out = NULL;
    }
    return st;
}

void cloud_close(struct cloud *c)
{
    if (!c)
        return;
    world_close(c->world);
    if (c->fd >= 0)
        close(c->fd);
    arena_release(&c->arena);
    mem_free(c);
}

enum status cloud_answer(struct cloud *c, const struct json *request,
                         struct json **response, struct err *err)
{
    int64_t now_ms = wall_ms() + c->shift_ms;
    if (now_ms < c->latest_ms)
        now_ms = c->latest_ms;
    c->latest_ms = now_ms;
    enum status st = world_request(c->world, request, now_ms, response, err);
    if (st == ST_OK && json_get_bool(*response, "changed", false))
        st = keep(c, request, now_ms, err);
    return st;
}
