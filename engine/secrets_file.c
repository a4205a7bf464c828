/* Reads vault files, if nobody else can. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "secrets_part.h"

#define VAULT_FILE_BYTES (1u << 20)

/* No symbolic link on the way: it could lead anywhere, and whoever made it
 * decides what is read. */
static int open_plain(const char *root, const char *rel, int flags)
{
    struct open_how how = {
        .flags = (unsigned)(flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK),
        .resolve = (RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)};
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return -1;
    long fd = syscall(SYS_openat2, dir, rel, &how, sizeof how);
    int why = errno;
    close(dir);
    errno = why;
    return (int)fd;
}

static enum status check_file(int fd, const char *rel, struct err *err)
{
    struct stat s;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode))
        return err_set(err, ST_FAILED,
                       "%s is to hold secrets and is no plain file", rel);
    if ((s.st_mode & 077) != 0)
        return err_set(err, ST_FAILED,
                       "%s holds secrets and others can read it; run chmod "
                       "600 %s",
                       rel, rel);
    if (s.st_uid != geteuid() && s.st_uid != 0)
        return err_set(err, ST_FAILED,
                       "%s holds secrets and belongs to somebody else", rel);
    return ST_OK;
}

static enum status check_folder(const char *root, const char *rel,
                                struct err *err)
{
    struct arena a = {0};
    struct stat s = {0};
    const char *dir = path_dir(&a, rel);
    int fd = open_plain(root, dir, O_DIRECTORY);
    enum status st = ST_OK;
    if (fd < 0 || fstat(fd, &s) != 0 || (s.st_mode & S_IWOTH) != 0)
        st = err_set(err, ST_FAILED,
                     "everybody can replace %s: its folder is writable for "
                     "all; run chmod o-w %s",
                     rel, dir);
    if (fd >= 0)
        close(fd);
    arena_release(&a);
    return st;
}

enum status secrets_read_private(const char *root, const char *rel,
                                 struct buf *out, bool *there, struct err *err)
{
    int fd = open_plain(root, rel, 0);
    *there = fd >= 0;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ST_OK;
    if (fd < 0 && errno == ELOOP)
        return err_set(err, ST_FAILED,
                       "%s is to hold secrets and leads over a symbolic link: "
                       "name the file itself",
                       rel);
    if (fd < 0)
        return err_set(err, ST_FAILED, "cannot read %s: %s", rel,
                       strerror(errno));
    char opened[32];
    snprintf(opened, sizeof opened, "/proc/self/fd/%d", fd);
    enum status st = check_file(fd, rel, err);
    if (st == ST_OK)
        st = check_folder(root, rel, err);
    if (st == ST_OK)
        st = file_read(opened, VAULT_FILE_BYTES, out, err);
    close(fd);
    return st;
}
