/* Decides what to do about commands that cannot be confined. */
#include "walls.h"

#include <stdio.h>
#include <string.h>

#include "limit.h"
#include "record.h"

#define LACK                                                                   \
    "this kernel has no Landlock (Linux 5.13 or newer, not switched off)"

static const char warning[] =
    LACK ": what commands read is not affected, but below class remote they "
         "can write what you can; sockets stay closed (docs/CONFINEMENT.md)";

static enum status warn(struct door *d, struct err *err)
{
    struct json *r = json_new(JSON_OBJECT);
    json_put_str(r, "type", "warning");
    json_put_str(r, "about", "confine");
    json_put_str(r, "text", warning);
    d->warned = true;
    if (d->person->before)
        d->person->before(d->person->before_ctx);
    fprintf(stderr, "warning: %s\n", warning);
    return record_append(d, r, JOURNAL_NO_SYNC, NULL, err);
}

enum status walls_check(struct door *d, struct passage *p,
                        const struct activity *a, struct err *err)
{
    if (strcmp(a->op, "sh.run") != 0 || limit_landlock_abi() > 0)
        return ST_OK;
    if (d->env->policy.confinement != CONFINEMENT_REQUIRED)
        return d->warned ? ST_OK : warn(d, err);
    p->policy_refused = true;
    p->stopped = true;
    return err_set(err, ST_REFUSED,
                   "refused: " LACK ", and the policy of %s says confine: "
                   "required",
                   d->env->name);
}
