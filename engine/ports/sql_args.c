/* Reads the arguments of sql.query. */
#include <string.h>

#include "clock.h"
#include "sql_part.h"
#include "vault.h"

#define MAX_ROWS 1000
#define MOST_ROWS 100000
#define MOST_PARAMS 65535

/* Seconds as a number, or "5m". */
static bool take_duration(const struct json *j, int64_t *ms)
{
    if (json_type(j) == JSON_STRING)
        return duration_parse(json_span(j), ms) && *ms > 0;
    double s = json_num(j);
    *ms = s > 0 && s < 1e9 ? (int64_t)(s * 1000) : 0;
    return json_type(j) == JSON_NUMBER && *ms > 0;
}

static enum status take_options(struct query *q, struct err *err)
{
    const struct json *opts = json_get(q->call.args, "opts");
    const struct json *timeout = json_get(opts, "timeout");
    const struct json *rows = json_get(opts, "max_rows");
    q->max_rows = MAX_ROWS;
    const char *role = json_get_str(opts, "role", NULL);
    q->role = role ? arena_strdup(&q->arena, role) : NULL;
    q->give_up_mono_ms = q->call.deadline_mono_ms;
    bool whole = json_type(rows) == JSON_NULL || json_int(rows, &q->max_rows);
    if (!whole || q->max_rows < 1 || q->max_rows > MOST_ROWS)
        return err_set(err, ST_INPUT,
                       "opts.max_rows of sql.query must be 1 to %d", MOST_ROWS);
    if (json_type(timeout) == JSON_NULL)
        return ST_OK;
    int64_t ms = 0;
    if (!take_duration(timeout, &ms))
        return err_set(
            err, ST_INPUT,
            "opts.timeout of sql.query must be seconds or like \"30s\"");
    int64_t at = clock_mono_ms() + ms;
    if (at < q->give_up_mono_ms) {
        q->give_up_mono_ms = at;
        q->timeout_ms = ms;
    }
    return ST_OK;
}

static enum status take_param(struct query *q, const struct json *j,
                              struct err *err)
{
    char room[32];
    size_t i = q->n_params;
    struct span s = json_span(j);
    if (json_type(j) == JSON_NULL) {
        q->params[q->n_params++] = NULL;
        return ST_OK;
    }
    if (json_type(j) == JSON_NUMBER)
        s = span_of(json_num_text(j, room));
    else if (json_type(j) == JSON_BOOL)
        s = span_of(json_bool(j) ? "true" : "false");
    else if (vault_is_handle(j)) {
        if (vault_reveal(q->call.vault, j, &s, err) != ST_OK)
            return err->st;
    } else if (json_type(j) != JSON_STRING)
        return err_set(err, ST_INPUT,
                       "parameter $%zu of sql.query is no text, number, "
                       "boolean, json.null or secret",
                       i + 1);
    if (s.n && memchr(s.p, 0, s.n))
        return err_set(err, ST_INPUT, "parameter $%zu of sql.query holds a NUL",
                       i + 1);
    q->params[q->n_params++] = span_dup(&q->arena, s);
    return ST_OK;
}

enum status sql_arguments(struct query *q, struct err *err)
{
    const struct json *params = json_get(q->call.args, "params");
    const char *text = json_str(json_get(q->call.args, "text"));
    if (!text)
        return err_set(err, ST_INPUT, "sql.query: the statement is not text");
    q->text = arena_strdup(&q->arena, text);
    if (json_size(params) > MOST_PARAMS)
        return err_set(err, ST_INPUT, "sql.query takes %d parameters",
                       MOST_PARAMS);
    q->params =
        arena_array(&q->arena, json_size(params) + 1, sizeof *q->params);
    for (const struct json *j = json_first(params); j; j = json_next(j))
        if (take_param(q, j, err) != ST_OK)
            return err->st;
    return take_options(q, err);
}
