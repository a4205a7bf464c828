/* Performs fs.*: the files of one repository, never outside it.
 *
 * Paths are resolved by the kernel beneath the root (openat2), so that no
 * symbolic link swapped in between can lead out. A change opens the parent
 * folder once and works on names in that descriptor; it replaces files whole,
 * so that a crash leaves the old bytes or the new ones. */
#include "port_fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "file_error.h"
#include "hash.h"
#include "port.h"
#include "vault.h"

#define FILE_CAP (16u << 20)

/* A name in an open folder beneath the root. */
struct spot {
    const char *path; /* as the runbook wrote it; borrowed */
    const char *name; /* last component */
    int dir;          /* -1 when the folder does not exist */
};

/* What stands at a spot. */
struct found {
    bool there;
    bool is_dir;
    mode_t mode;
    struct buf bytes; /* of a file */
};

static enum status leaves(const char *path, struct err *err)
{
    return err_set(err, ST_REFUSED, "path leaves the repository: %s", path);
}

/* The textual half of the rule; the kernel checks symbolic links. */
static enum status path_check(const char *path, struct err *err)
{
    if (!*path)
        return err_set(err, ST_INPUT, "the path is empty");
    if (*path == '/')
        return leaves(path, err);
    struct span rest = span_of(path);
    while (rest.n)
        if (span_is(span_cut(&rest, '/'), ".."))
            return leaves(path, err);
    return ST_OK;
}

/* Opens path beneath root. *fd is -1 with ST_OK when nothing is there. */
static enum status open_there(const char *root, const char *path, int flags,
                              int *fd, struct err *err)
{
    struct err e = {0};
    *fd = file_open_beneath(root, path, flags | O_CLOEXEC, 0, &e);
    if (*fd >= 0 || errno == ENOENT || errno == ENOTDIR)
        return ST_OK;
    if (e.st == ST_REFUSED)
        return leaves(path, err);
    return file_error(err, ST_FAILED, "open", path);
}

static enum status spot_open(const char *root, const char *path,
                             struct arena *a, struct spot *out, struct err *err)
{
    if (path_check(path, err) != ST_OK)
        return err->st;
    char *copy = arena_strdup(a, path);
    for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
        copy[n - 1] = '\0';
    *out = (struct spot){path, path_base(copy), -1};
    if (!strcmp(out->name, "."))
        return err_set(err, ST_INPUT, "%s is a folder: name a file", path);
    return open_there(root, path_dir(a, copy), O_RDONLY | O_DIRECTORY,
                      &out->dir, err);
}

static void spot_close(struct spot *s)
{
    if (s->dir >= 0)
        close(s->dir);
    s->dir = -1;
}

/* Where the spot really is, as seen from the root: symbolic links inside the
 * repository may give one folder several names. */
static enum status spot_real(const struct spot *s, const char *root,
                             struct arena *a, const char **out, struct err *err)
{
    char real_root[PATH_MAX], real_dir[PATH_MAX], link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", s->dir);
    if (!realpath(root, real_root) || !realpath(link, real_dir))
        return file_error(err, ST_FAILED, "resolve", s->path);
    size_t n = strcmp(real_root, "/") ? strlen(real_root) : 0;
    if (strncmp(real_dir, real_root, n) != 0)
        return leaves(s->path, err);
    *out = arena_printf(a, "%s/%s", real_dir + n, s->name);
    return ST_OK;
}

/* History and evidence are written by git and by the engine alone. */
static enum status spot_guard(const struct spot *s, const char *root,
                              struct arena *a, struct err *err)
{
    const char *real = "";
    if (spot_real(s, root, a, &real, err) != ST_OK)
        return err->st;
    struct span rest = span_of(real);
    while (rest.n)
        if (span_is(span_cut(&rest, '/'), ".git"))
            return err_set(err, ST_REFUSED,
                           "%s is inside .git, which fs does not change",
                           s->path);
    if (span_starts(span_of(real), "/artifacts/") &&
        !strcmp(s->name, "journal.jsonl"))
        return err_set(err, ST_REFUSED,
                       "%s is a run's journal, which nobody rewrites", s->path);
    return ST_OK;
}

static enum status read_file(int fd, const char *path, struct buf *out,
                             struct err *err)
{
    char room[65536];
    out->cap = FILE_CAP;
    for (;;) {
        ssize_t n = read(fd, room, sizeof room);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return file_error(err, ST_FAILED, "read", path);
        if (n == 0)
            return ST_OK;
        buf_put(out, room, (size_t)n);
        if (out->over)
            return err_set(err, ST_FAILED,
                           "%s is over 16 MiB, the most that fs reads", path);
    }
}

/* Reads what fd stands for; fd is closed. The caller releases out->bytes. */
static enum status found_read(int fd, const char *path, struct found *out,
                              struct err *err)
{
    struct stat st;
    enum status rc = ST_OK;
    *out = (struct found){.there = true};
    if (fstat(fd, &st) != 0)
        rc = file_error(err, ST_FAILED, "read", path);
    else if (S_ISDIR(st.st_mode))
        out->is_dir = true;
    else if (!S_ISREG(st.st_mode))
        rc = err_set(err, ST_FAILED, "%s is not a plain file", path);
    else
        rc = read_file(fd, path, &out->bytes, err);
    out->mode = st.st_mode & 07777;
    close(fd);
    return rc;
}

static enum status spot_look(const struct spot *s, struct found *out,
                             struct err *err)
{
    *out = (struct found){0};
    if (s->dir < 0)
        return ST_OK;
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    int fd =
        openat(s->dir, s->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0)
        return found_read(fd, s->path, out, err);
    if (errno == ENOENT)
        return ST_OK;
    if (errno == ELOOP)
        return err_set(err, ST_REFUSED,
                       "%s is a symbolic link: name the file it points to",
                       s->path);
    return file_error(err, ST_FAILED, "open", s->path);
}

/* The name is fixed, so that the next write sweeps up what a crash left; the
 * lock keeps a second process out meanwhile. */
static int temp_open(const struct spot *s, const char *temp, mode_t mode)
{
    struct stat mine, named;
    int fd =
        openat(s->dir, temp, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &mine) == 0 &&
        fstatat(s->dir, temp, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        mine.st_ino == named.st_ino && ftruncate(fd, 0) == 0)
        return fd;
    close(fd);
    errno = EBUSY;
    return -1;
}

static enum status spot_replace(const struct spot *s, const struct found *old,
                                struct span bytes, struct arena *a,
                                struct err *err)
{
    const char *temp = arena_printf(a, ".runproof-%s.tmp", s->name);
    int fd = temp_open(s, temp, old->there ? old->mode : 0644);
    if (fd < 0)
        return file_error(err, ST_FAILED, "write", s->path);
    bool done = file_write_all(fd, bytes) &&
                (!old->there || fchmod(fd, old->mode) == 0) && fsync(fd) == 0 &&
                renameat(s->dir, temp, s->dir, s->name) == 0 &&
                fsync(s->dir) == 0;
    if (!done) {
        file_error(err, ST_FAILED, "write", s->path);
        unlinkat(s->dir, temp, 0);
    }
    close(fd);
    return done ? ST_OK : err->st;
}

/* The bytes a file will have after fs.write or fs.append. */
static enum status bytes_after(const char *op, const struct json *args,
                               const struct spot *s, const struct found *old,
                               struct arena *a, struct span *out,
                               struct err *err)
{
    const struct json *text = json_get(args, "text");
    if (vault_is_handle(text))
        return err_set(err, ST_REFUSED,
                       "a secret may not be written to a file: %s", s->path);
    if (!json_bytes(text, a, out))
        return err_set(err, ST_INPUT, "%s needs a text", op);
    if (s->dir < 0)
        return err_set(err, ST_FAILED,
                       "cannot write %s: make its folder first (fs.mkdir)",
                       s->path);
    if (old->is_dir)
        return err_set(err, ST_FAILED, "cannot write %s: it is a folder",
                       s->path);
    if (strcmp(op, "fs.append") != 0)
        return ST_OK;
    struct span head = buf_view(&old->bytes);
    char *both = arena_alloc(a, head.n + out->n + 1);
    if (head.n)
        memcpy(both, head.p, head.n);
    if (out->n)
        memcpy(both + head.n, out->p, out->n);
    *out = (struct span){both, head.n + out->n};
    return ST_OK;
}

/* --- the operations: each gets its path argument and a scratch arena --- */

struct job {
    const struct port_call *call;
    const char *path;
    struct arena *a;
};

static enum status fs_read(const struct job *j, struct json **value,
                           struct err *err)
{
    int fd;
    struct found f = {0};
    if (path_check(j->path, err) != ST_OK ||
        open_there(j->call->root, j->path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
                   &fd, err) != ST_OK)
        return err->st;
    if (fd < 0)
        return err_set(err, ST_FAILED, "there is no file %s", j->path);
    if (found_read(fd, j->path, &f, err) == ST_OK && f.is_dir)
        err_set(err, ST_FAILED, "cannot read %s: it is a folder", j->path);
    if (err->st == ST_OK)
        *value = json_new_bytes(buf_view(&f.bytes));
    buf_release(&f.bytes);
    return err->st;
}

/* fs.write and fs.append */
static enum status fs_put(const struct job *j, struct json **value,
                          struct err *err)
{
    struct spot s = {.dir = -1};
    struct found old = {0};
    struct span bytes = {0};
    if (spot_open(j->call->root, j->path, j->a, &s, err) != ST_OK)
        return err->st;
    if ((s.dir >= 0 && spot_guard(&s, j->call->root, j->a, err) != ST_OK) ||
        spot_look(&s, &old, err) != ST_OK ||
        bytes_after(j->call->op, j->call->args, &s, &old, j->a, &bytes, err) !=
            ST_OK)
        goto out;
    bool changed = !old.there || !span_eq(buf_view(&old.bytes), bytes);
    if (changed && spot_replace(&s, &old, bytes, j->a, err) != ST_OK)
        goto out;
    *value = json_new(JSON_OBJECT);
    json_put_str(*value, "path", j->path);
    json_put_int(*value, "bytes", (int64_t)bytes.n);
    json_put_str(*value, "sha256", hash_sha256(bytes).hex);
    json_put_bool(*value, "changed", changed);
out:
    buf_release(&old.bytes);
    spot_close(&s);
    return err->st;
}

static enum status fs_list(const struct job *j, struct json **value,
                           struct err *err)
{
    int fd;
    char **names;
    size_t count;
    if (path_check(j->path, err) != ST_OK ||
        open_there(j->call->root, j->path, O_RDONLY | O_DIRECTORY, &fd, err) !=
            ST_OK)
        return err->st;
    if (fd < 0)
        return err_set(err, ST_FAILED, "there is no folder %s", j->path);
    const char *self = arena_printf(j->a, "/proc/self/fd/%d", fd);
    if (file_list(self, j->a, &names, &count, &(struct err){0}) != ST_OK) {
        file_error(err, ST_FAILED, "list", j->path);
    } else {
        *value = json_new(JSON_ARRAY);
        for (size_t i = 0; i < count; i++)
            json_push(*value, json_new_bytes(span_of(names[i])));
    }
    close(fd);
    return err->st;
}

static enum status fs_exists(const struct job *j, struct json **value,
                             struct err *err)
{
    int fd;
    if (path_check(j->path, err) != ST_OK ||
        open_there(j->call->root, j->path, O_PATH, &fd, err) != ST_OK)
        return err->st;
    *value = json_new_bool(fd >= 0);
    if (fd >= 0)
        close(fd);
    return ST_OK;
}

static enum status fs_remove(const struct job *j, struct json **value,
                             struct err *err)
{
    struct spot s = {.dir = -1};
    struct found old = {0};
    if (spot_open(j->call->root, j->path, j->a, &s, err) != ST_OK)
        return err->st;
    if ((s.dir >= 0 && spot_guard(&s, j->call->root, j->a, err) != ST_OK) ||
        spot_look(&s, &old, err) != ST_OK)
        goto out;
    if (old.there &&
        (unlinkat(s.dir, s.name, old.is_dir ? AT_REMOVEDIR : 0) != 0 ||
         fsync(s.dir) != 0)) {
        file_error(err, ST_FAILED, "remove", j->path);
        goto out;
    }
    *value = json_new_bool(old.there);
out:
    buf_release(&old.bytes);
    spot_close(&s);
    return err->st;
}

/* Makes one folder whose parent exists; *created is false if it was there. */
static enum status make_folder(const char *root, const char *path,
                               struct arena *a, bool *created, struct err *err)
{
    struct spot s = {.dir = -1};
    if (spot_open(root, path, a, &s, err) != ST_OK)
        return err->st;
    *created = false;
    if (s.dir < 0)
        err_set(err, ST_FAILED, "cannot make %s: its parent is not a folder",
                path);
    else if (spot_guard(&s, root, a, err) == ST_OK &&
             mkdirat(s.dir, s.name, 0755) == 0)
        *created = true;
    else if (err->st == ST_OK && errno != EEXIST)
        file_error(err, ST_FAILED, "make", path);
    if (*created && fsync(s.dir) != 0)
        file_error(err, ST_FAILED, "make", path);
    spot_close(&s);
    return err->st;
}

static enum status fs_mkdir(const struct job *j, struct json **value,
                            struct err *err)
{
    bool created = false;
    int fd;
    if (path_check(j->path, err) != ST_OK)
        return err->st;
    for (const char *p = j->path; *p; p += strspn(p, "/")) {
        p += strcspn(p, "/");
        size_t n = (size_t)(p - j->path);
        const char *upto = arena_strndup(j->a, j->path, n);
        if (!strcmp(path_base(upto), "."))
            continue;
        if (make_folder(j->call->root, upto, j->a, &created, err) != ST_OK)
            return err->st;
    }
    if (open_there(j->call->root, j->path, O_PATH | O_DIRECTORY, &fd, err) !=
        ST_OK)
        return err->st;
    if (fd < 0)
        return err_set(err, ST_FAILED, "cannot make %s: a file is in the way",
                       j->path);
    close(fd);
    *value = json_new_bool(created);
    return ST_OK;
}

static const struct {
    const char *op;
    const char *arg; /* the member that holds the path */
    enum status (*run)(const struct job *j, struct json **value,
                       struct err *err);
} ops[] = {
    {"fs.read", "path", fs_read},     {"fs.write", "path", fs_put},
    {"fs.append", "path", fs_put},    {"fs.list", "dir", fs_list},
    {"fs.exists", "path", fs_exists}, {"fs.remove", "path", fs_remove},
    {"fs.mkdir", "path", fs_mkdir},
};

static enum status perform(void *state, const struct port_call *call,
                           struct json **value, struct err *err)
{
    (void)state;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (strcmp(ops[i].op, call->op) != 0)
            continue;
        struct arena a = {0};
        struct job job = {call, json_str(json_get(call->args, ops[i].arg)), &a};
        enum status st =
            job.path ? ops[i].run(&job, value, err)
                     : err_set(err, ST_INPUT, "%s needs a %s (a string)",
                               call->op, ops[i].arg);
        arena_release(&a);
        return st;
    }
    return err_set(err, ST_INTERNAL, "no port serves %s", call->op);
}

const struct port port_fs = {.name = "fs", .perform = perform};

/* --- telling after a crash whether a change happened --- */

static void state_text(const struct found *f, char out[FS_STATE_ROOM])
{
    const char *text = f->is_dir ? "directory" : "absent";
    struct digest d;
    if (f->there && !f->is_dir) {
        d = hash_sha256(buf_view(&f->bytes));
        text = d.hex;
    }
    snprintf(out, FS_STATE_ROOM, "%s", text);
}

static enum status foresee(const char *root, const char *op,
                           const struct json *args, struct arena *a,
                           char before[FS_STATE_ROOM],
                           char after[FS_STATE_ROOM], struct err *err)
{
    struct spot s = {.dir = -1};
    struct found old = {0};
    struct span bytes = {0};
    const char *path = json_get_str(args, "path", "");
    if (spot_open(root, path, a, &s, err) != ST_OK ||
        (s.dir >= 0 && spot_guard(&s, root, a, err) != ST_OK) ||
        spot_look(&s, &old, err) != ST_OK)
        goto out;
    state_text(&old, before);
    if (!strcmp(op, "fs.remove"))
        snprintf(after, FS_STATE_ROOM, "absent");
    else if (!strcmp(op, "fs.mkdir"))
        snprintf(after, FS_STATE_ROOM, "directory");
    else if (bytes_after(op, args, &s, &old, a, &bytes, err) == ST_OK)
        snprintf(after, FS_STATE_ROOM, "%s", hash_sha256(bytes).hex);
out:
    buf_release(&old.bytes);
    spot_close(&s);
    return err->st;
}

void fs_state_digest(const char *root, const char *op, const struct json *args,
                     char before[FS_STATE_ROOM], char after[FS_STATE_ROOM])
{
    struct arena a = {0};
    struct err refused = {0};
    if (foresee(root, op, args, &a, before, after, &refused) != ST_OK) {
        snprintf(before, FS_STATE_ROOM, "unknown");
        snprintf(after, FS_STATE_ROOM, "unknown");
    }
    arena_release(&a);
}
