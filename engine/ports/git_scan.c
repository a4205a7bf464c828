/* Looks for leaked secrets: what `runproof scan` finds, as rows. */
#include "finding.h"
#include "git_work.h"
#include "interrupt.h"

struct look {
    struct work *w;
    struct config config;
    struct leak_rules rules;
    struct allowances allow;
    struct scan_result result;
};

static enum status prepare(struct look *l, struct err *err)
{
    struct arena *a = l->w->arena;
    if (leak_parse(leak_text, a, &l->rules, err) != ST_OK ||
        config_load(l->w->call->root, a, &l->config, err) != ST_OK)
        return err->st;
    return allow_read(&l->config, &l->rules, a, &l->allow, err);
}

static enum status run(struct look *l, struct err *err)
{
    const struct port_call *call = l->w->call;
    struct scan_request request = {.path = call->root,
                                   .rules = &l->rules,
                                   .stop = &interrupted,
                                   .deadline_mono_ms = call->deadline_mono_ms};
    if (arg_flag(l->w, "history", false, &request.history, err) != ST_OK ||
        arg_flag(l->w, "unreachable", false, &request.unreachable, err) !=
            ST_OK)
        return err->st;
    if (request.unreachable && !request.history)
        return err_set(err, ST_INPUT,
                       "git.scan: unreachable needs history = true");
    struct err stopped = {0};
    enum status st = scan(&request, &l->result, &stopped);
    if (st == ST_INTERRUPTED && work_is_late(l->w))
        return work_late(l->w, err);
    return st == ST_OK ? ST_OK : err_set(err, st, "%s", stopped.msg);
}

/* A list that is not whole would pass for a clean one. */
static enum status check_whole(const struct look *l, struct err *err)
{
    const char *why = json_str(json_first(l->result.notices));
    if (!l->result.damaged)
        return ST_OK;
    return err_set(err, ST_FAILED,
                   "git.scan: not everything could be looked "
                   "at: %s",
                   why ? why : "damaged");
}

enum status work_scan(struct work *w, struct json **value, struct err *err)
{
    struct look l = {.w = w};
    struct findings found = {0};
    enum status st = prepare(&l, err);
    if (st == ST_OK)
        st = run(&l, err);
    if (st == ST_OK)
        st = check_whole(&l, err);
    if (st == ST_OK) {
        findings_add(&found, l.result.rows, &l.rules);
        findings_settle(&found, &l.allow, &l.config, w->call->now_ms);
        *value = json_new(JSON_ARRAY);
    }
    for (size_t i = 0; i < found.n; i++)
        if (!found.v[i].allowed)
            json_push(*value, finding_json(&found.v[i]));
    findings_release(&found);
    scan_release(&l.result);
    return st;
}
