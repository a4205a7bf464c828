/* Makes, reads and judges one approval. */
#include "approval.h"

#include <string.h>

#include "clock.h"
#include "nonces.h"

static const char *const members[] = {"type",  "plan",      "person",
                                      "nonce", "not_after", NULL};

/* --- making ---------------------------------------------------------- */

void approval_make(const char *plan, const char *person, int64_t not_after_ms,
                   const struct signer *s, struct buf *out)
{
    char iso[32];
    struct buf nonce = {0};
    struct buf payload = {0};
    struct json *o = json_new(JSON_OBJECT);
    random_hex(NONCE_BYTES, &nonce);
    time_iso(not_after_ms, iso);
    json_put_str(o, "type", APPROVAL_TYPE);
    json_put_str(o, "plan", plan);
    json_put_str(o, "person", person);
    json_put_str(o, "nonce", buf_cstr(&nonce));
    json_put_str(o, "not_after", iso);
    json_write(o, &payload);
    dsse_seal(APPROVAL_PAYLOAD, buf_view(&payload), s, out);
    buf_release(&payload);
    buf_release(&nonce);
    json_free(o);
}

static const char *stem(const char *plan_path, struct arena *a)
{
    struct span path = span_of(plan_path);
    size_t n = span_ends(path, ".json") ? path.n - 5 : path.n;
    return arena_printf(a, "%.*s.approval-", (int)n, plan_path);
}

const char *approval_path(const char *plan_path, const char *person,
                          struct arena *a)
{
    return arena_printf(a, "%s%s.json", stem(plan_path, a), person);
}

/* --- reading --------------------------------------------------------- */

static bool is_hex(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* Every member is there, a string, and no other: what is not known here cannot
 * be obeyed. */
static enum status check_members(const struct json *p, struct err *err)
{
    size_t n = 0;
    for (; members[n]; n++)
        if (!json_str(json_get(p, members[n])))
            return err_set(err, ST_INPUT, "its payload has no %s", members[n]);
    if (json_size(p) != n)
        return err_set(err, ST_INPUT,
                       "its payload has a member that is not known here");
    if (strcmp(json_get_str(p, "type", ""), APPROVAL_TYPE) != 0)
        return err_set(err, ST_INPUT, "it is no " APPROVAL_TYPE);
    return ST_OK;
}

static enum status read_payload(const struct json *p, struct arena *a,
                                struct approval *out, struct err *err)
{
    char iso[32];
    if (check_members(p, err) != ST_OK)
        return err->st;
    out->plan = arena_strdup(a, json_get_str(p, "plan", ""));
    out->person = arena_strdup(a, json_get_str(p, "person", ""));
    out->nonce = arena_strdup(a, json_get_str(p, "nonce", ""));
    out->not_after = arena_strdup(a, json_get_str(p, "not_after", ""));
    if (!is_hex(out->plan, 64))
        return err_set(err, ST_INPUT, "its plan is no hash");
    if (!person_name_fits(span_of(out->person)))
        return err_set(err, ST_INPUT, "its person is no name");
    if (!is_hex(out->nonce, (size_t)NONCE_BYTES * 2))
        return err_set(err, ST_INPUT, "its nonce is not %d bytes of hex",
                       NONCE_BYTES);
    if (!time_parse(span_of(out->not_after), &out->not_after_ms))
        return err_set(err, ST_INPUT, "its not_after is no time");
    time_iso(out->not_after_ms, iso);
    if (strcmp(iso, out->not_after) != 0)
        return err_set(err, ST_INPUT, "its not_after is not written as %s",
                       iso);
    return ST_OK;
}

enum status approval_parse(struct span text, struct arena *a,
                           struct approval *out, struct err *err)
{
    struct json *whole = NULL;
    struct json *payload = NULL;
    *out = (struct approval){0};
    enum status st = json_parse(text, &whole, err);
    out->whole = json_adopt(a, whole);
    if (st == ST_OK)
        st = dsse_read(whole, a, &out->envelope, err);
    if (st == ST_OK && strcmp(out->envelope.type, APPROVAL_PAYLOAD) != 0)
        st = err_set(err, ST_INPUT, "its payloadType is not " APPROVAL_PAYLOAD);
    if (st == ST_OK)
        st = json_parse(out->envelope.payload, &payload, err);
    if (st == ST_OK)
        st = read_payload(payload, a, out, err);
    json_free(payload);
    return st;
}

/* --- judging --------------------------------------------------------- */

static bool find_signer(const struct persons *p, struct approval *ap)
{
    for (size_t i = 0; i < p->n_keys; i++) {
        const struct person_key *k = &p->keys[i];
        if (strcmp(k->person, ap->person) != 0 ||
            !dsse_signed_by(&ap->envelope, &k->key))
            continue;
        ap->key = k->key;
        return true;
    }
    return false;
}

static bool operates(const struct approval_case *c, const char *person)
{
    for (const char *const *o = c->operators; o && *o; o++)
        if (strcmp(*o, person) == 0)
            return true;
    return false;
}

static enum status check_unused(const struct approval_case *c,
                                const struct approval *ap, struct arena *a,
                                struct err *err)
{
    const char *run = NULL;
    enum status st = nonces_find(c->root, ap->nonce, c->own, a, &run, err);
    if (st != ST_OK || !run)
        return st;
    return err_set(err, ST_REFUSED,
                   "it was used by run %s, and serves one run: resume that, or "
                   "have the plan approved again",
                   run);
}

enum status approval_judge(const struct approval_case *c, struct approval *ap,
                           struct arena *a, struct err *err)
{
    const struct persons *p = &c->authority->persons;
    if (strcmp(ap->plan, c->plan) != 0)
        return err_set(err, ST_REFUSED, "it is for another plan, %.16s",
                       ap->plan);
    if (!persons_has_key(p, ap->person))
        return err_set(err, ST_REFUSED, "%s has no key in %s", ap->person,
                       c->authority->file);
    if (!find_signer(p, ap))
        return err_set(err, ST_REFUSED,
                       "no signature in it is by a key of %s in %s", ap->person,
                       c->authority->file);
    if (c->rule.not_operator && operates(c, ap->person))
        return err_set(err, ST_REFUSED,
                       "%s operates the run, and another person must approve",
                       ap->person);
    if (c->now_ms > ap->not_after_ms)
        return err_set(err, ST_REFUSED, "it held until %s", ap->not_after);
    return check_unused(c, ap, a, err);
}
