/* Predicts activities, and keeps what a plan shows. */
#include "forecast.h"

#include <string.h>

#include "conceal.h"
#include "overlay.h"
#include "plan_file.h"
#include "policy.h"
#include "shadow.h"
#include "transport.h"

/* A prediction that needs more live answers than this goes round in circles. */
#define NEEDS_MOST 64

struct forecast {
    struct overlay *overlay;
    struct shadow *shadow;
    struct holes holes;
    struct json *changes, *reads, *stops;
    struct json *known; /* {hole: true} that answers of changes bring */
    bool requests;      /* one was predicted: reads may show it */
};

struct forecast *forecast_new(const struct forecast_options *opt)
{
    struct forecast *f = mem_alloc(sizeof *f);
    holes_init(&f->holes);
    f->holes.from_ms = f->holes.to_ms = opt->from_ms;
    f->overlay = overlay_new(opt->modules, opt->n_modules, opt->globals);
    f->shadow = shadow_new(opt->root, opt->dir);
    f->changes = json_new(JSON_ARRAY);
    f->reads = json_new(JSON_ARRAY);
    f->stops = json_new(JSON_ARRAY);
    f->known = json_new(JSON_OBJECT);
    json_put_bool(f->known, HOLES_RUN, true);
    return f;
}

void forecast_free(struct forecast *f)
{
    if (!f)
        return;
    overlay_close(f->overlay);
    shadow_free(f->shadow);
    holes_release(&f->holes);
    json_free(f->changes);
    json_free(f->reads);
    json_free(f->stops);
    json_free(f->known);
    mem_free(f);
}

struct holes *forecast_holes(struct forecast *f)
{
    return &f->holes;
}

const struct json *forecast_changes(const struct forecast *f)
{
    return f->changes;
}

const struct json *forecast_reads(const struct forecast *f)
{
    return f->reads;
}

const struct json *forecast_stops(const struct forecast *f)
{
    return f->stops;
}

const char *forecast_root(const struct forecast *f, const char *path)
{
    return shadow_root(f->shadow, path);
}

/* --- what is kept ---------------------------------------------------- */

static struct json *of_step(const struct passage *p)
{
    struct json *o = json_new(JSON_OBJECT);
    json_put(o, "step", json_new_bytes(p->step->block->attr.id));
    return o;
}

static void put_text(struct json *o, const char *name, const char *text)
{
    json_put(o, name, text ? json_new_str(text) : json_new(JSON_NULL));
}

static struct json *words(const struct forecast *f, const struct activity *a)
{
    struct buf text = {0};
    struct buf out = {0};
    activity_summary(a->op, a->args, &text);
    holes_write_text(&f->holes, buf_view(&text), &out);
    struct json *j = json_new_bytes(out.n ? buf_view(&out) : SPAN(""));
    buf_release(&text);
    buf_release(&out);
    return j;
}

void forecast_note(struct forecast *f, const struct passage *p,
                   const struct activity *a)
{
    struct json *o = of_step(p);
    json_put(o, "read", words(f, a));
    json_push(f->reads, o);
}

/* Without what the prediction tells of it. */
static struct json *new_change(struct forecast *f, const struct passage *p,
                               const struct activity *a)
{
    struct json *c = of_step(p);
    json_put_int(c, "n", (int64_t)json_size(f->changes) + 1);
    put_text(c, "task", a->task);
    json_put_str(c, "op", a->op);
    json_put_str(c, "class", effect_name(a->effect));
    put_text(c, "row", a->row);
    json_put(c, "object", words(f, a));
    struct json *args = json_put(c, "args", holes_write(&f->holes, a->args));
    json_put_str(c, "digest", plan_change_digest(a->op, args).hex);
    json_put(c, "binds", json_new(JSON_OBJECT));
    json_put_bool(c, "refused", false);
    json_put(c, "before", json_new(JSON_NULL));
    json_put(c, "after", json_new(JSON_NULL));
    return c;
}

static enum status stop(struct forecast *f, const struct passage *p,
                        const struct activity *a, const char *why,
                        struct err *err)
{
    struct json *o = of_step(p);
    json_put(o, "at", words(f, a));
    json_put_str(o, "why", why);
    json_push(f->stops, o);
    return err_set(err, ST_WAITING, "%s", why);
}

/* --- asking the overlay ---------------------------------------------- */

/* A live answer that the prediction needs: a read like any other, under the
 * same policy, and without secrets. */
static enum status look(struct door *d, struct passage *p,
                        const struct json *args, struct json **value,
                        struct err *err)
{
    struct request r = {.op = "http.request", .args = args};
    struct activity a = activity_of(&r);
    enum status st = activity_classify(d, p, &a, err);
    if (st == ST_OK && a.effect > EFFECT_READ)
        st = err_set(err, ST_INTERNAL, "the overlay may only read");
    if (st == ST_OK)
        st = policy_decide(d, p, &a, err);
    if (st == ST_OK)
        st = transport_live(d, p, &a, value, err);
    if (st == ST_OK) {
        conceal_answer(d->vault, a.row, a.secret_fields, *value);
        redact_json(vault_redact(d->vault), *value);
        forecast_note(d->forecast, p, &a);
    }
    activity_release(&a);
    return st;
}

static struct json *question_of(const struct activity *a, bool change)
{
    struct json *q = json_new(JSON_OBJECT);
    json_put_bool(q, "change", change);
    struct json *request = json_put(q, "request", json_copy(a->args));
    if (a->row)
        json_put_str(request, "row", a->row);
    else /* what the worker says counts only if it is so */
        json_remove(request, "row");
    json_put(q, "known", json_new(JSON_ARRAY));
    return q;
}

static enum status ask(struct door *d, struct passage *p,
                       const struct activity *a, bool change,
                       struct json **reply, struct err *err)
{
    struct json *q = question_of(a, change);
    struct json *known = (struct json *)json_get(q, "known");
    enum status st = ST_OK;
    for (int i = 0; st == ST_OK; i++) {
        struct json *live = NULL;
        json_free(*reply);
        *reply = NULL;
        st = overlay_ask(d->forecast->overlay, q, clock_now_ms(d->clock), reply,
                         err);
        const struct json *need = json_get(*reply, "need");
        if (st != ST_OK || !need)
            break;
        st = i < NEEDS_MOST
                 ? look(d, p, need, &live, err)
                 : err_set(err, ST_INTERNAL, "a prediction without an end");
        json_push(known, live ? live : json_new(JSON_NULL));
    }
    json_free(q);
    return st;
}

/* --- changes --------------------------------------------------------- */

static void take_reply(struct forecast *f, struct json *change,
                       const struct json *reply, struct json **value)
{
    static const char *const shown[] = {"before", "after"};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        json_put(change, shown[i],
                 holes_write(&f->holes, json_get(reply, shown[i])));
    if (json_get(reply, "object"))
        json_put(change, "object",
                 holes_write(&f->holes, json_get(reply, "object")));
    *value = json_copy(json_get(reply, "answer"));
    json_put_bool(change, "refused", json_get_int(*value, "status", 0) >= 400);
    struct json *binds = (struct json *)json_get(change, "binds");
    holes_places(*value, f->known, binds);
    for (const struct json *b = json_first(binds); b; b = json_next(b))
        json_put_bool(f->known, json_key(b), true);
}

static enum status change_request(struct door *d, struct passage *p,
                                  const struct activity *a, struct json *change,
                                  struct json **value, struct err *err)
{
    struct forecast *f = d->forecast;
    struct json *reply = NULL;
    enum status st = ask(d, p, a, true, &reply, err);
    const char *why = json_str(json_get(reply, "stop"));
    if (st == ST_OK && why)
        st = stop(f, p, a, why, err);
    if (st == ST_OK) {
        take_reply(f, change, reply, value);
        f->requests = true;
    }
    json_free(reply);
    return st;
}

static struct port_call call_of(const struct door *d, const struct activity *a)
{
    return (struct port_call){.op = a->op,
                              .args = a->args,
                              .effect = a->effect,
                              .vault = d->vault,
                              .now_ms = clock_now_ms(d->clock)};
}

static enum status change_file(struct door *d, const struct activity *a,
                               struct json *change, struct json **value,
                               struct err *err)
{
    struct forecast *f = d->forecast;
    struct port_call call = call_of(d, a);
    const char *path = json_get_str(a->args, "path", "");
    struct json *before = shadow_look(f->shadow, path);
    enum status st = shadow_perform(f->shadow, &call, value, err);
    struct json *after = shadow_look(f->shadow, path);
    json_put(change, "object",
             holes_write(&f->holes, json_get(a->args, "path")));
    json_put(change, "before", holes_write(&f->holes, before));
    json_put(change, "after", holes_write(&f->holes, after));
    json_free(before);
    json_free(after);
    return st;
}

static bool is_file(const char *op)
{
    return strncmp(op, "fs.", 3) == 0;
}

static enum status predict(struct door *d, struct passage *p,
                           const struct activity *a, struct json *change,
                           struct json **value, struct err *err)
{
    struct forecast *f = d->forecast;
    if (holes_unknown(json_get(change, "args"), f->known))
        return stop(f, p, a,
                    "not predicted: it needs a value that no change's answer "
                    "brings",
                    err);
    if (strcmp(a->op, "http.request") == 0)
        return change_request(d, p, a, change, value, err);
    if (is_file(a->op))
        return change_file(d, a, change, value, err);
    return stop(f, p, a, "prediction stops here", err);
}

enum status forecast_change(struct door *d, struct passage *p,
                            const struct activity *a, struct json **value,
                            struct err *err)
{
    struct forecast *f = d->forecast;
    f->holes.to_ms = clock_now_ms(d->clock);
    struct json *change = new_change(f, p, a);
    enum status st = predict(d, p, a, change, value, err);
    if (st == ST_OK || st == ST_WAITING) /* where it stops, it is listed */
        json_push(f->changes, change);
    else
        json_free(change);
    return st;
}

/* --- reads ----------------------------------------------------------- */

/* Whether it asks for something that no service has made yet; the run's own id
 * is nothing to be asked for. */
static bool names_hole(const struct forecast *f, const struct activity *a)
{
    struct json *own = json_new(JSON_OBJECT);
    struct json *args = holes_write(&f->holes, a->args);
    json_put_bool(own, HOLES_RUN, true);
    bool found = holes_unknown(args, own);
    json_free(args);
    json_free(own);
    return found;
}

/* What looks at files by other ways than fs would not see the changed ones. */
static bool sees_files(const char *op)
{
    return strcmp(op, "sh.run") == 0 || strncmp(op, "git.", 4) == 0;
}

static enum status read_request(struct door *d, struct passage *p,
                                const struct activity *a, bool *found,
                                struct json **value, struct err *err)
{
    struct json *reply = NULL;
    enum status st = ask(d, p, a, false, &reply, err);
    const char *why = json_str(json_get(reply, "stop"));
    *found = !json_get_bool(reply, "pass", false);
    if (st == ST_OK && why)
        st = stop(d->forecast, p, a, why, err);
    else if (st == ST_OK && *found)
        *value = json_copy(json_get(reply, "answer"));
    json_free(reply);
    return st;
}

enum status forecast_read(struct door *d, struct passage *p,
                          const struct activity *a, bool *found,
                          struct json **value, struct err *err)
{
    struct forecast *f = d->forecast;
    *found = false;
    f->holes.to_ms = clock_now_ms(d->clock);
    if (strcmp(a->op, "http.request") == 0)
        return f->requests ? read_request(d, p, a, found, value, err) : ST_OK;
    if (!is_file(a->op) && names_hole(f, a))
        return stop(f, p, a, "not predicted: it asks for what is not there yet",
                    err);
    if (!shadow_any(f->shadow))
        return ST_OK;
    *found = true;
    if (sees_files(a->op))
        return stop(f, p, a,
                    "not predicted: it looks at files, and this plan changes "
                    "some",
                    err);
    struct port_call call = call_of(d, a);
    if (is_file(a->op))
        return shadow_perform(f->shadow, &call, value, err);
    *found = false;
    return ST_OK;
}
