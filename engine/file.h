/* Files: bounded reads, atomic replacement, appends. Paths are NUL-terminated.
 * Messages name the path and say what to do. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "str.h"

/* What is being written is called so, before its final name. */
#define FILE_TEMP ".runproof-"

/* Reads a whole regular file (or FIFO) into *out, appended. cap in bytes.
 * ST_IO when it cannot be read, ST_LIMIT over cap; *out unchanged on error. */
MUST_USE enum status file_read(const char *path, size_t cap, struct buf *out,
                               struct err *err);
/* Replaces path atomically: temporary file beside it with the old file's mode,
 * fsync, rename, fsync of the directory. After a crash the file is the old one
 * or the new one, whole. A symbolic link stays, its target is replaced; a file
 * without write permission is refused, for root too. ST_UNWRITTEN on any
 * failure, nothing left behind; what a crash leaves, FILE_TEMP and the name,
 * the next write of the same path removes. */
MUST_USE enum status file_replace(const char *path, struct span bytes,
                                  struct err *err);
/* As file_replace without fsync: for files that a run can make again. */
MUST_USE enum status file_write(const char *path, struct span bytes,
                                struct err *err);
/* Makes a file that is not there yet, not synced either: for a folder that is
 * put in place as a whole. ST_UNWRITTEN on any failure, nothing left behind. */
MUST_USE enum status file_create(const char *path, struct span bytes,
                                 struct err *err);
/* Appends with one write(2) under O_APPEND and an exclusive flock, then
 * fsyncs. Creates the file, 0644. ST_UNWRITTEN, and then nothing of bytes is
 * in the file. */
MUST_USE enum status file_append(const char *path, struct span bytes,
                                 struct err *err);
/* Makes the names in dir outlive a power failure. ST_UNWRITTEN. */
MUST_USE enum status file_sync_dir(const char *dir, struct err *err);
/* mkdir -p, 0755. ST_IO. */
MUST_USE enum status file_mkdirs(const char *path, struct err *err);
/* Every byte to a descriptor, however many write(2) it takes; errno tells why
 * not. */
bool file_write_all(int fd, struct span bytes);
bool file_exists(const char *path);
bool file_is_dir(const char *path);
/* What stands at path itself: a symbolic link is neither, so that a walk
 * ends. */
bool file_is_own_dir(const char *path);
bool file_is_plain(const char *path);

struct arena;
/* "dir/name" with exactly one slash; name absolute gives name. */
char *path_join(struct arena *a, const char *dir, const char *name);
char *path_dir(struct arena *a, const char *path); /* "." when none */
const char *path_base(const char *path);           /* borrowed from path */
/* `to` as seen from the directory `from_dir`; both relative to the same root
 * or both absolute, "." and ".." resolved textually. */
char *path_relative(struct arena *a, const char *from_dir, const char *to);
/* Textual clean-up of "a/./b//../c"; a leading ".." that cannot be resolved
 * stays. */
char *path_clean(struct arena *a, const char *path);
/* Opens rel under the directory root (flags and mode as open(2)), refusing
 * absolute paths, "..", and every symbolic link that leaves root
 * (openat2 RESOLVE_BENEATH). Returns a descriptor or -1 with err
 * (ST_REFUSED when it would leave root, ST_IO otherwise). */
int file_open_beneath(const char *root, const char *rel, int flags,
                      unsigned mode, struct err *err);
/* Whether what exists of rel stays under root: ST_REFUSED when a symbolic link
 * on the way leads out of it (or is absolute). */
MUST_USE enum status file_check_beneath(const char *root, const char *rel,
                                        struct err *err);
/* Names in a directory, sorted bytewise, without "." and "..". *names is an
 * arena array of *count. ST_IO when it cannot be listed. */
MUST_USE enum status file_list(const char *dir, struct arena *a, char ***names,
                               size_t *count, struct err *err);
/* Removes what writes cut off by a crash left below dir. ST_IO. */
MUST_USE enum status file_sweep(const char *dir, struct err *err);
/* rm -rf below (and with) path; missing is fine. ST_IO. */
MUST_USE enum status file_remove_tree(const char *path, struct err *err);
/* cp -r of regular files and directories, over what is there. ST_IO;
 * ST_INPUT for a symbolic link or anything else. */
MUST_USE enum status file_copy_tree(const char *from, const char *to,
                                    struct err *err);
