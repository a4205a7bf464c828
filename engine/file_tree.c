/* Directories: made, listed, copied, removed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "file_error.h"

enum status file_mkdirs(const char *path, struct err *err)
{
    struct arena a = {0};
    char *part = arena_strdup(&a, path);
    bool ok = true;
    for (char *p = part; ok && *p;) {
        p += strspn(p, "/");
        p += strcspn(p, "/");
        char kept = *p;
        *p = '\0';
        ok = file_is_dir(part) || mkdir(part, 0755) == 0 ||
             (errno == EEXIST && file_is_dir(part));
        if (!ok)
            file_error(err, ST_IO, "make directory", part);
        *p = kept;
    }
    arena_release(&a);
    return ok ? ST_OK : ST_IO;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status file_list(const char *dir, struct arena *a, char ***names,
                      size_t *count, struct err *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return file_error(err, ST_IO, "list", dir);
    char **v = NULL;
    size_t n = 0;
    size_t cap = 0;
    errno = 0;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        MEM_GROW(v, n, cap);
        v[n++] = arena_strdup(a, e->d_name);
        errno = 0;
    }
    enum status st = errno ? file_error(err, ST_IO, "list", dir) : ST_OK;
    closedir(d);
    if (st == ST_OK) {
        *names = arena_array(a, n, sizeof **names);
        if (n)
            memcpy(*names, v, n * sizeof *v);
        qsort(*names, n, sizeof **names, by_bytes);
        *count = n;
    }
    mem_free(v);
    return st;
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

enum status file_remove_tree(const char *path, struct err *err)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ||
        errno == ENOENT)
        return ST_OK;
    return file_error(err, ST_IO, "remove", path);
}

static int remove_temp(const char *path, const struct stat *info, int kind,
                       struct FTW *at)
{
    (void)info;
    bool temp =
        kind == FTW_F && span_starts(span_of(path + at->base), FILE_TEMP);
    return temp ? remove(path) : 0;
}

enum status file_sweep(const char *dir, struct err *err)
{
    if (nftw(dir, remove_temp, 16, FTW_PHYS) == 0)
        return ST_OK;
    return file_error(err, ST_IO, "tidy up", dir);
}

/* --- copying --- */

static bool copy_bytes(int in, int out)
{
    char chunk[65536];
    for (;;) {
        ssize_t n = read(in, chunk, sizeof chunk);
        if (n <= 0)
            return n == 0;
        for (ssize_t done = 0; done < n;) {
            ssize_t w = write(out, chunk + done, (size_t)(n - done));
            if (w < 0)
                return false;
            done += w;
        }
    }
}

static enum status copy_file(const char *from, const char *to, mode_t mode,
                             struct err *err)
{
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0)
        return file_error(err, ST_IO, "read", from);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                   mode & 0777);
    enum status st = ST_OK;
    if (out < 0 || !copy_bytes(in, out))
        st = file_error(err, ST_IO, "copy to", to);
    if (out >= 0 && close(out) != 0 && st == ST_OK)
        st = file_error(err, ST_IO, "copy to", to);
    close(in);
    return st;
}

static enum status copy_node(struct arena *a, const char *from, const char *to,
                             struct err *err);

static enum status copy_dir(struct arena *a, const char *from, const char *to,
                            struct err *err)
{
    char **names = NULL;
    size_t n = 0;
    enum status st = file_list(from, a, &names, &n, err);
    if (st == ST_OK)
        st = file_mkdirs(to, err);
    for (size_t i = 0; i < n && st == ST_OK; i++)
        st = copy_node(a, path_join(a, from, names[i]),
                       path_join(a, to, names[i]), err);
    return st;
}

static enum status copy_node(struct arena *a, const char *from, const char *to,
                             struct err *err)
{
    struct stat info;
    if (lstat(from, &info) != 0)
        return file_error(err, ST_IO, "copy", from);
    if (S_ISDIR(info.st_mode))
        return copy_dir(a, from, to, err);
    if (S_ISREG(info.st_mode))
        return copy_file(from, to, info.st_mode, err);
    return err_set(err, ST_INPUT,
                   "cannot copy %s: only regular files and directories can be "
                   "copied",
                   from);
}

enum status file_copy_tree(const char *from, const char *to, struct err *err)
{
    struct arena a = {0};
    struct span dest = span_of(path_clean(&a, to));
    const char *inside = arena_printf(&a, "%s/", path_clean(&a, from));
    enum status st = ST_OK;
    if (span_starts(dest, inside))
        st =
            err_set(err, ST_INPUT, "cannot copy %s into itself (%s)", from, to);
    else
        st = copy_node(&a, from, to, err);
    arena_release(&a);
    return st;
}
