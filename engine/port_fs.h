/* What the door must know of file changes beyond the port's vtable. */
#pragma once

#include "json.h"

/* Room for a SHA-256 in hex, or "absent", "directory" or "unknown". */
#define FS_STATE_ROOM 65

/* For fs.write, fs.append, fs.remove and fs.mkdir: the state of the path now,
 * and the one it will have after the change. The door journals both in the
 * intent, so that after a crash it can tell whether the change happened: now
 * equals after, done; now equals before, not yet; anything else, in doubt.
 * Both are "unknown" when the operation itself would be refused. */
void fs_state_digest(const char *root, const char *op, const struct json *args,
                     char before[FS_STATE_ROOM], char after[FS_STATE_ROOM]);
