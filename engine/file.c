/* Reads, replaces and appends to single files. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arena.h"
#include "file_error.h"

static int open_retry(const char *path, int flags, mode_t mode)
{
    int fd = -1;
    do
        fd = open(path, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* --- reading --- */

static enum status read_all(int fd, const char *path, size_t cap,
                            struct buf *out, struct err *err)
{
    char chunk[65536];
    struct stat info;
    size_t begin = out->n;
    if (fstat(fd, &info) != 0)
        return file_error(err, ST_IO, "read", path);
    if (S_ISDIR(info.st_mode))
        return err_set(err, ST_IO, "cannot read %s: it is a directory", path);
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        return err_set(err, ST_IO, "cannot read %s: not a regular file", path);
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0 && S_ISFIFO(info.st_mode) && out->n == begin)
            return err_set(err, ST_IO,
                           "cannot read %s: nothing is written to "
                           "this pipe",
                           path);
        if (n == 0)
            return ST_OK;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return file_error(err, ST_IO, "read", path);
        if ((size_t)n > cap - (out->n - begin))
            return err_set(err, ST_LIMIT, "%s is larger than %zu bytes", path,
                           cap);
        buf_put(out, chunk, (size_t)n);
    }
}

enum status file_read(const char *path, size_t cap, struct buf *out,
                      struct err *err)
{
    /* A pipe that nobody writes to is not waited for. */
    int fd = open_retry(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0 || fcntl(fd, F_SETFL, 0) != 0)
        return file_error(err, ST_IO, "read", path);
    size_t begin = out->n;
    enum status st = read_all(fd, path, cap, out, err);
    if (st != ST_OK && out->p) {
        out->n = begin;
        out->p[begin] = '\0';
    }
    close(fd);
    return st;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_dir(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_is_own_dir(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool file_is_plain(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* --- replacing --- */

bool file_write_all(int fd, struct span bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = span_sub(bytes, (size_t)n, bytes.n);
    }
    return true;
}

/* The new file looks as the old one did; its owner only if we may. */
static bool keep_looks(int fd, const struct stat *old)
{
    if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
        fchown(fd, old->st_uid, old->st_gid) != 0)
        errno = 0;
    return fchmod(fd, old->st_mode & 07777) == 0;
}

static bool sync_dir(const char *dir)
{
    int fd = open_retry(dir, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return false;
    /* EINVAL: a file system whose directories need no sync */
    bool ok = fsync(fd) == 0 || errno == EINVAL;
    int why = errno;
    close(fd);
    errno = why;
    return ok;
}

enum status file_sync_dir(const char *dir, struct err *err)
{
    return sync_dir(dir) ? ST_OK : file_error(err, ST_UNWRITTEN, "sync", dir);
}

static bool is_named(int fd, const char *path)
{
    struct stat mine;
    struct stat named;
    return fstat(fd, &mine) == 0 && lstat(path, &named) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

static bool lock_file(int fd)
{
    int got = flock(fd, LOCK_EX);
    while (got != 0 && errno == EINTR)
        got = flock(fd, LOCK_EX);
    return got == 0;
}

/* Empty and locked. Its name is fixed, so that the next write sweeps up what a
 * crash left; the lock keeps a second writer out meanwhile. */
static int open_temp(const char *temp)
{
    bool ok = false;
    int fd = -1;
    while (!ok) {
        fd = open_retry(temp, O_WRONLY | O_CREAT | O_NOFOLLOW, 0666);
        if (fd < 0 || !lock_file(fd))
            break;
        ok = is_named(fd, temp);
        if (!ok) /* it got its final name while we waited */
            close(fd);
    }
    if (ok && ftruncate(fd, 0) == 0)
        return fd;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

/* old is NULL when path is new. */
static bool swap_in(const char *path, const char *temp, struct span bytes,
                    const struct stat *old, bool durable)
{
    int fd = open_temp(temp);
    if (fd < 0)
        return false;
    bool ok = (!old || keep_looks(fd, old)) && file_write_all(fd, bytes) &&
              (!durable || fsync(fd) == 0) && rename(temp, path) == 0;
    int why = errno;
    if (!ok)
        unlink(temp);
    close(fd);
    errno = why;
    return ok;
}

static enum status replace(const char *path, struct span bytes, bool durable,
                           struct err *err)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode))
        return err_set(err, ST_UNWRITTEN, "cannot write %s: not a regular file",
                       path);
    /* A rename needs no permission on the file: ask for it all the same, and
     * of root too. */
    if (exists && (!(old.st_mode & 0222) || access(path, W_OK) != 0))
        return err_set(err, ST_UNWRITTEN,
                       "cannot write %s: it is read-only (chmod u+w it)", path);
    struct arena a = {0};
    char *real = realpath(path, NULL); /* a symbolic link stays one */
    const char *target = real ? real : path;
    char *dir = path_dir(&a, target);
    const char *name = arena_printf(&a, FILE_TEMP "%s", path_base(target));
    char *temp = path_join(&a, dir, name);
    bool ok = swap_in(target, temp, bytes, exists ? &old : NULL, durable) &&
              (!durable || sync_dir(dir));
    if (!ok)
        file_error(err, ST_UNWRITTEN, "write", path);
    mem_free(real);
    arena_release(&a);
    return ok ? ST_OK : ST_UNWRITTEN;
}

enum status file_replace(const char *path, struct span bytes, struct err *err)
{
    return replace(path, bytes, true, err);
}

enum status file_write(const char *path, struct span bytes, struct err *err)
{
    return replace(path, bytes, false, err);
}

enum status file_create(const char *path, struct span bytes, struct err *err)
{
    int fd = open_retry(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd < 0)
        return file_error(err, ST_UNWRITTEN, "make", path);
    bool ok = file_write_all(fd, bytes);
    if (!ok) {
        file_error(err, ST_UNWRITTEN, "write", path);
        unlink(path);
    }
    close(fd);
    return ok ? ST_OK : ST_UNWRITTEN;
}

/* --- appending --- */

/* All of s or nothing: a torn tail is cut off again while we hold the lock. */
static bool append_locked(int fd, struct span s)
{
    struct stat before;
    if (flock(fd, LOCK_EX) != 0 || fstat(fd, &before) != 0)
        return false;
    ssize_t n = write(fd, s.p, s.n);
    if (n == (ssize_t)s.n)
        return fsync(fd) == 0;
    int why = n < 0 ? errno : ENOSPC;
    if (n > 0 && ftruncate(fd, before.st_size) != 0)
        why = errno;
    errno = why;
    return false;
}

enum status file_append(const char *path, struct span bytes, struct err *err)
{
    int fd = open_retry(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
    if (fd < 0)
        return file_error(err, ST_UNWRITTEN, "append to", path);
    bool ok = append_locked(fd, bytes);
    if (!ok)
        file_error(err, ST_UNWRITTEN, "append to", path);
    close(fd);
    return ok ? ST_OK : ST_UNWRITTEN;
}

/* --- opening below a root --- */

static int open_in(int root, const char *rel, int flags, unsigned mode)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;
    /* EAGAIN: a rename elsewhere raced with the walk */
    for (int tries = 0; tries < 64; tries++) {
        fd = syscall(SYS_openat2, root, rel, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return (int)fd;
}

static bool climbs(const char *rel)
{
    struct span rest = span_of(rel);
    while (rest.n)
        if (span_is(span_cut(&rest, '/'), ".."))
            return true;
    return rel[0] == '/';
}

int file_open_beneath(const char *root, const char *rel, int flags,
                      unsigned mode, struct err *err)
{
    if (climbs(rel)) {
        err_set(err, ST_REFUSED,
                "%s leaves the directory %s: use a path below it, without ..",
                rel, root);
        return -1;
    }
    int dir = open_retry(root, O_PATH | O_DIRECTORY, 0);
    if (dir < 0) {
        file_error(err, ST_IO, "open", root);
        return -1;
    }
    int fd = open_in(dir, rel, flags, mode);
    int why = errno;
    close(dir);
    errno = why;
    if (fd >= 0)
        return fd;
    if (why == EXDEV || why == ELOOP)
        err_set(err, ST_REFUSED,
                "%s leaves the directory %s by a symbolic link", rel, root);
    else if (why == ENOSYS)
        err_set(err, ST_IO,
                "cannot open %s: the kernel has no openat2 (Linux 5.6 or "
                "newer, not hidden by a seccomp filter)",
                rel);
    else
        file_error(err, ST_IO, "open", rel);
    return -1;
}

enum status file_check_beneath(const char *root, const char *rel,
                               struct err *err)
{
    struct arena a = {0};
    int dir = open_retry(root, O_PATH | O_DIRECTORY, 0);
    int fd = -1;
    const char *part = rel;
    for (bool missing = dir >= 0; missing; part = path_dir(&a, part)) {
        fd = open_in(dir, part, O_PATH, 0);
        missing = fd < 0 && errno == ENOENT && strchr(part, '/');
    }
    bool leaves = dir >= 0 && fd < 0 && (errno == EXDEV || errno == ELOOP);
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    arena_release(&a);
    return leaves ? err_set(err, ST_REFUSED,
                            "%s leads out of %s by a symbolic link; put a "
                            "file or folder of its own there",
                            rel, root)
                  : ST_OK;
}
