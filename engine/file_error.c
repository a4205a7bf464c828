/* Words the operating system's refusals. */
#include "file_error.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
    int code;
    const char *way_out;
} hints[] = {
    {ENOENT, "check the path"},
    {ENOTDIR, "check the path"},
    {EACCES, "check the permissions"},
    {EPERM, "check the permissions"},
    {EROFS, "mount it writable"},
    {ENOSPC, "free some space"},
    {EDQUOT, "free some space"},
    {EFBIG, "raise the file size limit"},
    {EMFILE, "raise the limit of open files"},
    {ELOOP, "remove the loop of symbolic links"},
};

enum status file_error(struct err *err, enum status st, const char *verb,
                       const char *path)
{
    int code = errno;
    char room[128];
    const char *reason = strerror_r(code, room, sizeof room);
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].code == code)
            return err_set(err, st, "cannot %s %s: %s (%s)", verb, path, reason,
                           hints[i].way_out);
    return err_set(err, st, "cannot %s %s: %s", verb, path, reason);
}
