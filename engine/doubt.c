/* Finds out what became of a change that a crash cut off. */
#include "doubt.h"

#include <string.h>

#include "port_fs.h"
#include "record.h"
#include "transport.h"

/* What --answer calls it. Of tasks several can be in doubt, and an answer to
 * the one that was asked about must not count for others: they have a number.
 */
static const char *doubt_id(const struct passage *p, const struct activity *a,
                            struct arena *m)
{
    struct span step = p->step->block->attr.id;
    if (!a->task)
        return arena_printf(m, "%.*s-in-doubt", SPAN_ARG(step));
    return arena_printf(m, "%.*s-in-doubt-%lld", SPAN_ARG(step),
                        (long long)a->n);
}

/* A person decides what neither the row nor a probe can tell. */
static enum status doubt_person(struct door *d, const struct passage *p,
                                const struct activity *a, enum doubt *out,
                                struct err *err)
{
    struct arena m = {0};
    struct buf what = {0};
    activity_summary(a->op, a->args, &what);
    /* --yes consents to changes; it does not know facts. */
    struct consent c = {
        .id = doubt_id(p, a, &m),
        .question = arena_printf(
            &m,
            "The run stopped while this was under way: %s. Has it happened?"
            "%s%s",
            buf_cstr(&what), a->doubt ? " " : "", a->doubt ? a->doubt : "")};
    bool yes = false;
    const char *how = NULL;
    enum status st = person_consent(d->person, &c, &yes, &how, err);
    *out = yes ? DOUBT_DONE : DOUBT_AGAIN;
    buf_release(&what);
    arena_release(&m);
    return st;
}

static enum status doubt_file(struct door *d, const struct passage *p,
                              const struct activity *a,
                              const struct json *intent, enum doubt *out,
                              struct err *err)
{
    char now[FS_STATE_ROOM] = "";
    char after[FS_STATE_ROOM] = "";
    fs_state_digest(d->root, a->op, a->args, now, after);
    if (strcmp(now, json_get_str(intent, "before", "")) == 0)
        *out = DOUBT_AGAIN;
    else if (strcmp(now, json_get_str(intent, "after", "")) == 0)
        *out = DOUBT_DONE;
    else
        return doubt_person(d, p, a, out, err);
    return ST_OK;
}

enum status doubt_settle(struct door *d, struct passage *p,
                         const struct activity *a, enum doubt *out,
                         struct err *err)
{
    *out = DOUBT_NONE;
    struct record_at at;
    if (!history_settle(p->log, a->n, &at))
        return ST_OK;
    struct json *intent = NULL;
    enum status st = journal_get(d->journal, at, &intent, err);
    if (st == ST_OK &&
        strcmp(json_get_str(intent, "digest", ""), a->digest.hex) != 0)
        st = record_diverged(p, a, intent, err);
    if (st != ST_OK || transport_is_simulated(d, a->op) || a->idempotent)
        *out = DOUBT_AGAIN; /* the simulated cloud died with its process */
    else if (strncmp(a->op, "fs.", 3) == 0)
        st = doubt_file(d, p, a, intent, out, err);
    else if (json_get_bool(a->args, "probe", false))
        *out = DOUBT_PROBE;
    else
        st = doubt_person(d, p, a, out, err);
    json_free(intent);
    return st;
}
