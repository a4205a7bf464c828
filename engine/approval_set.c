/* Gathers the approvals of a plan, counts persons, and checks the record. */
#include <string.h>

#include "approval.h"
#include "clock.h"
#include "file.h"
#include "nonces.h"

#define MAX_FILES 256

/* --- gathering ------------------------------------------------------- */

static bool has_given(const struct approvals *all, const char *person)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->v[i].person, person) == 0)
            return true;
    return false;
}

/* Takes one that counts; another says why it does not. */
static void take(const struct approval_case *c, struct span text,
                 const char *name, struct arena *a, struct approvals *out)
{
    struct approval ap;
    struct err why = {0};
    enum status st = approval_parse(text, a, &ap, &why);
    if (st == ST_OK)
        st = approval_judge(c, &ap, a, &why);
    if (st != ST_OK) {
        buf_printf(&out->reasons, "%s: %s\n", name, why.msg);
        return;
    }
    if (has_given(out, ap.person))
        return; /* a person counts once, however many keys are theirs */
    MEM_GROW(out->v, out->n, out->room);
    out->v[out->n++] = ap;
}

static void take_file(const struct approval_case *c, const char *path,
                      struct arena *a, struct approvals *out)
{
    struct buf text = {0};
    struct err why = {0};
    if (file_read(path, APPROVAL_MAX_BYTES, &text, &why) == ST_OK)
        take(c, buf_view(&text), path_base(path), a, out);
    else
        buf_printf(&out->reasons, "%s: %s\n", path_base(path), why.msg);
    buf_release(&text);
}

enum status approvals_gather(const struct approval_case *c,
                             const char *plan_path, struct arena *a,
                             struct approvals *out, struct err *err)
{
    char **names = NULL;
    size_t n = 0, seen = 0;
    const char *dir = path_dir(a, plan_path);
    const char *any = path_base(approval_path(plan_path, "", a));
    const char *stem = arena_strndup(a, any, strlen(any) - strlen(".json"));
    enum status st = file_list(dir, a, &names, &n, err);
    for (size_t i = 0; i < n && st == ST_OK; i++) {
        if (!span_starts(span_of(names[i]), stem) ||
            !span_ends(span_of(names[i]), ".json"))
            continue;
        if (++seen > MAX_FILES)
            return err_set(err, ST_LIMIT,
                           "more than %d files %s*: remove those that are not "
                           "needed",
                           MAX_FILES, stem);
        take_file(c, path_join(a, dir, names[i]), a, out);
    }
    return st;
}

void approvals_keep(const struct approval_case *c, const struct json *record,
                    struct arena *a, struct approvals *out)
{
    const struct json *g = json_first(json_get(record, "given"));
    for (; g; g = json_next(g)) {
        struct buf text = {0};
        json_write(json_get(g, "envelope"), &text);
        take(c, buf_view(&text),
             arena_printf(a, "approval of %s", json_get_str(g, "person", "")),
             a, out);
        buf_release(&text);
    }
}

void approvals_release(struct approvals *all)
{
    mem_free(all->v);
    buf_release(&all->reasons);
    *all = (struct approvals){0};
}

/* --- counting -------------------------------------------------------- */

static bool may_still(const struct approval_case *c,
                      const struct approvals *all, const char *person)
{
    if (!persons_has_key(&c->authority->persons, person) ||
        has_given(all, person))
        return false;
    for (const char *const *o = c->operators; o && *o; o++)
        if (c->rule.not_operator && strcmp(*o, person) == 0)
            return false;
    return true;
}

static void list_given(const struct approvals *all, struct buf *out)
{
    for (size_t i = 0; i < all->n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", all->v[i].person);
    if (!all->n)
        buf_str(out, "none");
}

static void list_missing(const struct approval_case *c,
                         const struct approvals *all, struct buf *out)
{
    const struct persons *p = &c->authority->persons;
    size_t n = 0;
    for (size_t i = 0; i < p->n_names; i++)
        if (may_still(c, all, p->names[i]))
            buf_printf(out, "%s%s", n++ ? ", " : "", p->names[i]);
    if (!n)
        buf_printf(out, "nobody else in %s has a key", c->authority->file);
}

/* One line: of the reasons the first, and how many more. */
static void first_reason(const struct approvals *all, struct buf *out)
{
    struct span rest = buf_view(&all->reasons);
    struct span first = span_cut(&rest, '\n');
    size_t more = 0;
    for (size_t i = 0; i < rest.n; i++)
        more += rest.p[i] == '\n';
    if (first.n)
        buf_printf(out, "; not counted: %.*s", SPAN_ARG(first));
    if (more)
        buf_printf(out, " (and %zu more)", more);
}

enum status approvals_enough(const struct approval_case *c,
                             const struct approvals *all, const char *plan_path,
                             struct err *err)
{
    long long need = (long long)c->rule.persons;
    struct buf given = {0};
    struct buf missing = {0};
    struct buf reason = {0};
    if ((long long)all->n >= need)
        return ST_OK;
    list_given(all, &given);
    list_missing(c, all, &missing);
    first_reason(all, &reason);
    enum status st = err_set(
        err, ST_WAITING,
        "the plan needs the approval of %lld person%s, and has: %s; missing "
        "%lld of: %s (runproof approve %s --key K)%s",
        need, need == 1 ? "" : "s", buf_cstr(&given), need - (long long)all->n,
        buf_cstr(&missing), plan_path, buf_cstr(&reason));
    buf_release(&given);
    buf_release(&missing);
    buf_release(&reason);
    return st;
}

/* --- the record ------------------------------------------------------ */

static void put_key(struct json *o, const struct sign_public *key)
{
    struct buf text = {0};
    sign_public_text(key, &text);
    json_put_str(o, "key", buf_cstr(&text));
    buf_release(&text);
}

struct json *approvals_record(const struct approval_case *c,
                              const struct approvals *all)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put_str(o, "plan", c->plan);
    json_put_str(o, "policy_ref", c->authority->ref);
    json_put_str(o, "commit", c->authority->commit);
    json_put_int(o, "persons", c->rule.persons);
    json_put_bool(o, "not_operator", c->rule.not_operator);
    struct json *who = json_put(o, "operators", json_new(JSON_ARRAY));
    for (const char *const *p = c->operators; p && *p; p++)
        json_push(who, json_new_str(*p));
    struct json *given = json_put(o, "given", json_new(JSON_ARRAY));
    for (size_t i = 0; i < all->n; i++) {
        struct json *g = json_push(given, json_new(JSON_OBJECT));
        json_put_str(g, "person", all->v[i].person);
        json_put_str(g, "nonce", all->v[i].nonce);
        json_put_str(g, "not_after", all->v[i].not_after);
        put_key(g, &all->v[i].key);
        json_put(g, "envelope", json_copy(all->v[i].whole));
    }
    return o;
}

/* --- checking it ----------------------------------------------------- */

static bool is_listed(const struct json *list, const char *name)
{
    for (const struct json *j = json_first(list); j; j = json_next(j))
        if (strcmp(json_str(j) ? json_str(j) : "", name) == 0)
            return true;
    return false;
}

static bool was_before(const struct json *given, const struct json *g)
{
    const struct json *o = json_first(given);
    for (; o && o != g; o = json_next(o))
        if (json_equal(json_get(o, "person"), json_get(g, "person")))
            return true;
    return false;
}

struct checking {
    const struct json *record;
    const char *plan;
    int64_t at_ms;
    const struct persons *trusted;
};

/* What is wrong with one, or NULL. */
static const char *fault_of(const struct checking *c, const struct json *g,
                            struct arena *a, struct err *why)
{
    struct approval ap;
    struct sign_public key;
    struct buf text = {0};
    json_write(json_get(g, "envelope"), &text);
    enum status st = approval_parse(buf_view(&text), a, &ap, why);
    buf_release(&text);
    if (st != ST_OK)
        return why->msg;
    if (!sign_public_parse(json_span(json_get(g, "key")), &key) ||
        !dsse_signed_by(&ap.envelope, &key))
        return "its signature is not that of its key";
    if (strcmp(ap.plan, c->plan) != 0)
        return "it is for another plan";
    if (strcmp(ap.person, json_get_str(g, "person", "")) != 0 ||
        strcmp(ap.nonce, json_get_str(g, "nonce", "")) != 0 ||
        strcmp(ap.not_after, json_get_str(g, "not_after", "")) != 0)
        return "it says something else than the record";
    if (c->at_ms > ap.not_after_ms)
        return "it did not hold any more";
    if (json_get_bool(c->record, "not_operator", true) &&
        is_listed(json_get(c->record, "operators"), ap.person))
        return "its person operated the run";
    const char *owner = c->trusted ? persons_owner(c->trusted, &key) : NULL;
    if (c->trusted && (!owner || strcmp(owner, ap.person) != 0))
        return "its key is not listed for that person";
    return NULL;
}

enum status approvals_check(const struct json *record, const char *plan,
                            int64_t at_ms, const struct persons *trusted,
                            struct err *err)
{
    struct checking c = {record, plan, at_ms, trusted};
    const struct json *given = json_get(record, "given");
    int64_t need = json_get_int(record, "persons", INT64_MAX), n = 0;
    if (strcmp(json_get_str(record, "plan", ""), plan) != 0)
        return err_set(err, ST_TAMPERED,
                       "the approvals are not for the plan of the run");
    for (const struct json *g = json_first(given); g; g = json_next(g)) {
        struct arena a = {0};
        struct err why = {0};
        const char *fault = was_before(given, g) ? "it is there twice"
                                                 : fault_of(&c, g, &a, &why);
        if (fault)
            err_set(err, ST_TAMPERED, "the approval of %s: %s",
                    json_get_str(g, "person", "?"), fault);
        arena_release(&a);
        if (err->st != ST_OK)
            return err->st;
        n++;
    }
    if (n >= need && need >= 1)
        return ST_OK;
    return err_set(err, ST_TAMPERED,
                   "%lld of %lld persons had approved the plan", (long long)n,
                   (long long)need);
}
