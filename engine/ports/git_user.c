/* Tells who commits here: user.name and user.email. */
#include "git_work.h"

static void put_setting(struct json *o, const char *key, git_config *c,
                        const char *name)
{
    const char *value = NULL;
    if (git_config_get_string(&value, c, name) == 0)
        json_put(o, key, json_new_bytes(span_of(value)));
}

enum status work_user(struct work *w, struct json **value, struct err *err)
{
    git_config *all = NULL;
    git_config *now = NULL;
    int rc = git_repository_config(&all, w->repo);
    if (rc == 0)
        rc = git_config_snapshot(&now, all);
    if (rc == 0) {
        *value = json_new(JSON_OBJECT);
        put_setting(*value, "name", now, "user.name");
        put_setting(*value, "email", now, "user.email");
    } else {
        git_failed(w, rc, "read git's configuration", err);
    }
    git_config_free(now);
    git_config_free(all);
    return err->st;
}
