/* Looks for used nonces, and notes them. */
#include "nonces.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "file.h"

#define NONCES ".runproof/nonces"
#define NONCES_MAX_BYTES (16u << 20)
#define CHUNK (64u << 10)

const char *nonces_mark(const char *nonce, struct arena *a)
{
    return arena_printf(a, "\"nonce\":\"%s\"", nonce);
}

/* Whether the file holds the needle, whatever its size. Nothing is parsed: a
 * journal that was tampered with counts, too. */
static enum status search(int fd, const char *path, struct span needle,
                          bool *held, struct err *err)
{
    struct buf window = {0};
    char *chunk = mem_alloc(CHUNK);
    ssize_t n = 0;
    *held = false;
    while (!*held) {
        n = read(fd, chunk, CHUNK);
        if (n <= 0)
            break;
        buf_put(&window, chunk, (size_t)n);
        *held = span_find(buf_view(&window), needle, 0) < window.n;
        size_t keep = window.n < needle.n ? window.n : needle.n;
        memmove(window.p, window.p + window.n - keep, keep);
        window.n = keep;
    }
    mem_free(chunk);
    buf_release(&window);
    if (n < 0)
        return err_set(err, ST_IO, "cannot read %s: %s", path, strerror(errno));
    return ST_OK;
}

static enum status holds(const char *path, struct span needle, bool *held,
                         struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *held = false;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ST_OK;
    if (fd < 0)
        return err_set(err, ST_IO,
                       "cannot read %s, which may have used the approval: %s",
                       path, strerror(errno));
    enum status st = search(fd, path, needle, held, err);
    close(fd);
    return st;
}

/* --- bundles --------------------------------------------------------- */

struct hunt {
    struct arena *a;
    struct span mark;
    const char *own; /* bundle that may have it */
    const char *run; /* that has it */
};

static enum status hunt_owner(struct hunt *h, const char *dir, struct err *err)
{
    char **runs = NULL;
    size_t n = 0;
    enum status st = file_list(dir, h->a, &runs, &n, err);
    for (size_t i = 0; i < n && st == ST_OK && !h->run; i++) {
        bool held = false;
        /* a hidden one never became a run */
        if (runs[i][0] == '.' || (h->own && strcmp(runs[i], h->own) == 0))
            continue;
        const char *bundle = path_join(h->a, dir, runs[i]);
        st =
            holds(path_join(h->a, bundle, BUNDLE_JOURNAL), h->mark, &held, err);
        if (held)
            h->run = runs[i];
    }
    return st;
}

static enum status hunt_bundles(struct hunt *h, const char *root,
                                struct err *err)
{
    const char *top = path_join(h->a, root, "artifacts");
    char **owners = NULL;
    size_t n = 0;
    if (!file_is_dir(top))
        return ST_OK;
    enum status st = file_list(top, h->a, &owners, &n, err);
    for (size_t i = 0; i < n && st == ST_OK && !h->run; i++) {
        const char *dir = path_join(h->a, top, owners[i]);
        if (file_is_dir(dir))
            st = hunt_owner(h, dir, err);
    }
    return st;
}

/* --- the list -------------------------------------------------------- */

/* The run in the line "NONCE RUN", NULL when it is not listed. */
static enum status read_list(const char *root, const char *nonce,
                             struct arena *a, const char **run, struct err *err)
{
    struct buf text = {0};
    const char *path = path_join(a, root, NONCES);
    *run = NULL;
    if (!file_exists(path))
        return ST_OK;
    enum status st = file_read(path, NONCES_MAX_BYTES, &text, err);
    struct span rest = buf_view(&text);
    while (st == ST_OK && rest.n && !*run) {
        struct span line = span_cut(&rest, '\n');
        if (span_is(span_cut(&line, ' '), nonce))
            *run = span_dup(a, line);
    }
    buf_release(&text);
    return st;
}

enum status nonces_find(const char *root, const char *nonce, const char *own,
                        struct arena *a, const char **run, struct err *err)
{
    struct hunt h = {
        .a = a, .mark = span_of(nonces_mark(nonce, a)), .own = own};
    const char *listed = NULL;
    *run = NULL;
    enum status st = hunt_bundles(&h, root, err);
    if (st == ST_OK)
        st = read_list(root, nonce, a, &listed, err);
    if (listed && own && strcmp(listed, own) == 0)
        listed = NULL;
    if (st == ST_OK)
        *run = h.run ? h.run : listed;
    return st;
}

enum status nonces_note(const char *root, const char *nonce, const char *run,
                        struct err *err)
{
    struct arena a = {0};
    struct buf line = {0};
    const char *listed = NULL;
    const char *path = path_join(&a, root, NONCES);
    enum status st = read_list(root, nonce, &a, &listed, err);
    if (st == ST_OK && !listed)
        st = file_mkdirs(path_dir(&a, path), err);
    buf_printf(&line, "%s %s\n", nonce, run);
    if (st == ST_OK && !listed)
        st = file_append(path, buf_view(&line), err);
    buf_release(&line);
    arena_release(&a);
    return st;
}
