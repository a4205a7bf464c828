/* Answers clock, secret, question and evidence activities. */
#include "inner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "forecast.h"
#include "inner_seal.h"
#include "interrupt.h"
#include "secrets.h"

#define FILE_MAX_BYTES (64u << 20)

typedef enum status (*inner_fn)(struct door *d, struct passage *p,
                                const char *op, const struct json *args,
                                struct json **value, struct err *err);

static enum status time_now(struct door *d, struct passage *p, const char *op,
                            const struct json *args, struct json **value,
                            struct err *err)
{
    (void)p;
    (void)op;
    (void)args;
    (void)err;
    *value = json_new_num((double)clock_now_ms(d->clock) / 1000.0);
    return ST_OK;
}

enum status inner_sleep_ms(const struct json *args, int64_t *ms,
                           struct err *err)
{
    double seconds = json_num(json_get(args, "seconds"));
    if (!(seconds >= 0 && seconds <= 86400))
        return err_set(err, ST_INPUT, "time.sleep takes 0 to 86400 seconds");
    *ms = llround(seconds * 1000);
    return ST_OK;
}

static enum status time_sleep(struct door *d, struct passage *p, const char *op,
                              const struct json *args, struct json **value,
                              struct err *err)
{
    (void)op;
    int64_t ms = 0;
    if (inner_sleep_ms(args, &ms, err) != ST_OK)
        return err->st;
    *value = json_new(JSON_NULL);
    if (d->clock->is_virtual) {
        clock_advance(d->clock, ms);
        return ST_OK;
    }
    int64_t left = p->deadline_mono_ms - clock_mono_ms();
    bool late = ms > left;
    if (late)
        ms = left > 0 ? left : 0;
    if (!interrupt_sleep(ms, &d->waiting))
        return err_set(err, ST_INTERRUPTED, "interrupted");
    if (late)
        return err_set(err, ST_TIMEOUT, "the step's time was up in time.sleep");
    return ST_OK;
}

/* A page that holds a secret which was just learnt ends the run. */
static enum status check_page(const struct door *d, struct passage *p,
                              enum status st, struct err *err)
{
    if (st != ST_OK)
        return st;
    st = secrets_check_page(d->vault, d->page, d->source, err);
    p->fatal = st != ST_OK;
    return st;
}

static enum status secret_get(struct door *d, struct passage *p, const char *op,
                              const struct json *args, struct json **value,
                              struct err *err)
{
    (void)op;
    enum status st = secrets_get(d->env, d->world, d->vault,
                                 json_get_str(args, "name", ""), value, err);
    return check_page(d, p, st, err);
}

static enum status secret_equal(struct door *d, struct passage *p,
                                const char *op, const struct json *args,
                                struct json **value, struct err *err)
{
    (void)p;
    (void)op;
    bool same = false;
    enum status st = secrets_equal(d->vault, json_get(args, "a"),
                                   json_get(args, "b"), &same, err);
    *value = json_new_bool(same);
    return st;
}

static enum status secret_template(struct door *d, struct passage *p,
                                   const char *op, const struct json *args,
                                   struct json **value, struct err *err)
{
    (void)p;
    (void)op;
    return secrets_template(d->vault, json_get_str(args, "fmt", ""),
                            json_get(args, "s"), value, err);
}

static enum status secret_dsn(struct door *d, struct passage *p, const char *op,
                              const struct json *args, struct json **value,
                              struct err *err)
{
    (void)op;
    enum status st = secrets_dsn(d->vault, json_get(args, "s"), value, err);
    return check_page(d, p, st, err);
}

static enum status ask_person(struct door *d, struct passage *p, const char *op,
                              const struct json *args, struct json **value,
                              struct err *err)
{
    int64_t before = d->person->waited_ms;
    struct reply reply;
    enum status st = person_ask(d->person, op, args, &reply, err);
    p->deadline_mono_ms += d->person->waited_ms - before;
    *value = reply.value;
    return st;
}

/* An answer in the open would stay in the shell's history and the process
 * list: the call is wrong, and the run is over. */
static enum status ask_secret(struct door *d, struct passage *p, const char *op,
                              const struct json *args, struct json **value,
                              struct err *err)
{
    const char *id = person_question_id(args);
    const char *given = json_str(json_get(d->person->answers, id));
    if (given) {
        enum status st =
            secrets_named(d->vault, "--answer", id, given, value, err);
        p->fatal = st != ST_OK;
        return check_page(d, p, st, err);
    }
    struct json *typed = NULL;
    enum status st = ask_person(d, p, op, args, &typed, err);
    if (st == ST_OK)
        st = vault_put(d->vault, id, json_span(typed), value, err);
    json_free(typed);
    return check_page(d, p, st, err);
}

static enum status ask(struct door *d, struct passage *p, const char *op,
                       const struct json *args, struct json **value,
                       struct err *err)
{
    bool secret = json_get_bool(json_get(args, "opts"), "secret", false);
    return (secret ? ask_secret : ask_person)(d, p, op, args, value, err);
}

/* The request of a change that an earlier attempt made and that this one has
 * not asked for; false when the next is none, or no request. */
static enum status http_earlier(struct door *d, struct passage *p,
                                const char *op, const struct json *args,
                                struct json **value, struct err *err)
{
    (void)op;
    (void)args;
    static const char *const members[] = {"method", "url", "json"};
    struct json *asked = NULL;
    struct json *request = NULL;
    enum status st = ST_OK;
    *value = json_new_bool(false);
    struct change *earlier = passage_earlier(p, p->task);
    if (earlier)
        st = journal_get(d->journal, earlier->asked, &asked, err);
    if (st == ST_OK &&
        strcmp(json_get_str(asked, "op", ""), "http.request") == 0)
        st = bundle_unfold(d->bundle, json_get(asked, "args"), &request, err);
    if (request) {
        json_free(*value);
        *value = json_new(JSON_OBJECT);
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_get(request, members[i]))
            json_put(*value, members[i],
                     json_copy(json_get(request, members[i])));
    json_free(request);
    json_free(asked);
    return st;
}

static enum status evidence_file(struct door *d, struct passage *p,
                                 const char *op, const struct json *args,
                                 struct json **value, struct err *err)
{
    (void)op;
    const char *path = json_get_str(args, "path", "");
    const char *root = d->forecast ? forecast_root(d->forecast, path) : d->root;
    int fd = file_open_beneath(root, path, 0, 0, err);
    if (fd < 0)
        return err->st == ST_REFUSED ? ST_REFUSED : ST_FAILED;
    struct arena a = {0};
    struct buf raw = {0};
    struct buf text = {0};
    const char *opened = arena_printf(&a, "/proc/self/fd/%d", fd);
    enum status st = file_read(opened, FILE_MAX_BYTES, &raw, err);
    close(fd);
    redact_bytes(vault_redact(d->vault), buf_view(&raw), &text);
    buf_release(&raw);
    struct digest sha = hash_sha256(buf_view(&text));
    const char *name = arena_printf(&a, "files/%.12s-%s", sha.hex,
                                    path_base(path_clean(&a, path)));
    if (st == ST_OK && d->mode == DOOR_LIVE)
        st = bundle_put(d->bundle, name, buf_view(&text), err);
    /* sorted, as the journal gives it back: the log shows it so */
    *value = json_new(JSON_OBJECT);
    json_put_int(*value, "bytes", (int64_t)text.n);
    json_put_str(*value, "kind", "file");
    json_put_str(*value, "path", name);
    json_put_str(*value, "sha256", sha.hex);
    json_put_str(*value, "title",
                 json_get_str(json_get(args, "opts"), "title", path));
    if (st == ST_OK)
        json_push(p->items, json_copy(*value));
    buf_release(&text);
    arena_release(&a);
    return st;
}

/* The worker's probe has told whether a change in doubt had happened. */
static enum status door_settle(struct door *d, struct passage *p,
                               const char *op, const struct json *args,
                               struct json **value, struct err *err)
{
    (void)d;
    (void)op;
    if (!p->doubtful)
        return err_set(err, ST_INPUT, "door.settle: nothing is in doubt");
    *value = json_copy(json_get(args, "value"));
    return ST_OK;
}

static const struct {
    const char *op;
    inner_fn fn;
} table[] = {
    {"time.now", time_now},
    {"time.sleep", time_sleep},
    {"secret.get", secret_get},
    {"secret.equal", secret_equal},
    {"secret.template", secret_template},
    {"secret.dsn", secret_dsn},
    {"secret.seal", inner_seal},
    {"http.earlier", http_earlier},
    {"ask.confirm", ask},
    {"ask.input", ask},
    {"ask.choice", ask},
    {"evidence.file", evidence_file},
    {"door.settle", door_settle},
};

enum status inner_perform(struct door *d, struct passage *p, const char *op,
                          const struct json *args, bool *found,
                          struct json **value, struct err *err)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(op, table[i].op) == 0) {
            *found = true;
            return table[i].fn(d, p, op, args, value, err);
        }
    *found = false;
    return ST_OK;
}
